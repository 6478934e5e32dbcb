//! Every page: it fits, is accessible, small, and takes the keyboard.

use crate::{
    appearance,
    chromium::Tab,
    stack::{CONTACT, Stack, totp},
};
use contract_tests::users::TestUser;
use serde_json::Value;

/// Walks through all pages, and looks at each.
pub async fn every_page(stack: Stack) {
    Tab::run(async |tab| {
        without_a_session(&stack, tab).await;
        messages(&stack, tab).await;
        let who = stack.somebody().await;
        with_a_session(&stack, tab, &who).await;
        second_factor(&stack, tab, &who).await;
        if !stack.is_old() {
            codes(&stack, tab, &stack.somebody().await).await;
        }
    })
    .await;
}

/// The name of a screenshot, by the version of the servers.
pub fn name(stack: &Stack, page: &str) -> String {
    let servers = match (stack.has_mailbox(), stack.is_old()) {
        (true, _) => "embedded",
        (false, true) => "article",
        (false, false) => "today",
    };
    format!("{servers}-{page}")
}

async fn without_a_session(stack: &Stack, tab: &Tab) {
    for page in ["login", "registration", "recovery", "verification"] {
        tab.open(&stack.at(page)).await;
        tab.is_at(&format!("/{page}")).await;
        appearance::check(tab, &name(stack, page)).await;
    }
    tab.open(&stack.at("/login")).await;
    let who = TestUser { email: "nobody@example.test".into(), password: "wrong".into() };
    stack.submit_login(tab, &who).await;
    tab.shows("There is a problem").await;
    appearance::check(tab, &name(stack, "login-error")).await;

    tab.open(&stack.at("/registration")).await;
    tab.fill("traits.email", "new@example.test").await;
    if tab.has("main button[value=profile]").await {
        tab.click("main button[value=profile]").await;
        appearance::check(tab, &name(stack, "registration-password")).await;
    }
    tab.fill("password", "short").await;
    tab.click("main button[value=password]").await;
    tab.shows("There is a problem").await;
    appearance::check(tab, &name(stack, "registration-error")).await;
}

async fn messages(stack: &Stack, tab: &Tab) {
    tab.open(&stack.at("/?returned_from=login")).await;
    tab.shows("You are not logged in").await;
    appearance::check(tab, &name(stack, "login-loop")).await;

    let flow = stack.kratos.users.request("GET", "self-service/login/browser", &[]);
    let flow: Value = flow.send().await.unwrap().json().await.unwrap();
    tab.open(&stack.at(&format!("/login?flow={}", flow["id"].as_str().unwrap()))).await;
    tab.shows("This form is not yours").await;
    appearance::check(tab, &name(stack, "not-this-browser")).await;

    let login = stack.kratos.users.public_url().join("self-service/login/browser").unwrap();
    let mut elsewhere = login.clone();
    elsewhere.set_query(Some("return_to=http://evil.test/"));
    tab.open(&elsewhere).await;
    tab.is_at("/error").await;
    tab.shows("This did not work").await;
    appearance::check(tab, &name(stack, "error")).await;

    if stack.has_mailbox() {
        tab.open(&stack.at("/mailbox")).await;
        tab.shows("Mailbox").await;
        appearance::check(tab, &name(stack, "mailbox-empty")).await;
    }
}

async fn with_a_session(stack: &Stack, tab: &Tab, who: &TestUser) {
    tab.open(&stack.at("/")).await;
    tab.is_at("/login").await;
    stack.submit_login(tab, who).await;
    tab.shows("You may not see this page").await;
    tab.shows(CONTACT).await;
    tab.shows(&who.email).await;
    appearance::check(tab, &name(stack, "denied")).await;

    tab.open(&stack.without_keto).await;
    tab.shows("Please try again later").await;
    tab.shows("Request id").await;
    appearance::check(tab, &name(stack, "not-available")).await;

    stack.grant(who).await;
    tab.open(&stack.url).await;
    tab.shows("Welcome to the homepage").await;
    tab.shows(&who.email).await;
    appearance::check(tab, &name(stack, "home")).await;

    tab.open(&stack.at("/sessions")).await;
    tab.shows("Your sessions").await;
    appearance::check(tab, &name(stack, "sessions")).await;

    tab.open(&stack.at("/settings")).await;
    tab.shows("Authenticator app").await;
    appearance::check(tab, &name(stack, "settings")).await;
    tab.fill("password", "short").await;
    tab.click("main button[value=password]").await;
    tab.shows("There is a problem").await;
    appearance::check(tab, &name(stack, "settings-error")).await;
}

async fn second_factor(stack: &Stack, tab: &Tab, who: &TestUser) {
    add_totp(stack, tab).await;
    tab.element("[role=status]").await;
    appearance::check(tab, &name(stack, "settings-saved")).await;
    if tab.has("button[name=lookup_secret_regenerate]").await {
        tab.click("button[name=lookup_secret_regenerate]").await;
        tab.element("button[name=lookup_secret_confirm]").await;
        appearance::check(tab, &name(stack, "settings-recovery-codes")).await;
        tab.click("button[name=lookup_secret_confirm]").await;
    }
    tab.click("header form button").await;
    stack.log_in_to_second_factor(tab, who).await;
    appearance::check(tab, &name(stack, "second-factor")).await;
    tab.fill("totp_code", "000000").await;
    tab.click("button[value=totp]").await;
    tab.shows("There is a problem").await;
    appearance::check(tab, &name(stack, "second-factor-error")).await;
    stack.forget(tab).await;
}

/// Sets up an authenticator app; gives its secret.
pub async fn add_totp(stack: &Stack, tab: &Tab) -> String {
    tab.open(&stack.at("/settings")).await;
    let secret = tab.element(".secret code").await.text().await.unwrap();
    tab.fill("totp_code", &totp(&secret)).await;
    tab.click("button[value=totp]").await;
    secret
}

async fn codes(stack: &Stack, tab: &Tab, who: &TestUser) {
    tab.open(&stack.at("/verification")).await;
    tab.fill("email", &who.email).await;
    tab.click("main button[value=code]").await;
    tab.element("input[name=code]").await;
    appearance::check(tab, &name(stack, "verification-code")).await;
    tab.fill("code", &stack.code(&who.email).await).await;
    tab.click("main button[value=code]").await;
    tab.shows("Address verified").await;
    appearance::check(tab, &name(stack, "verified")).await;

    tab.open(&stack.at("/recovery")).await;
    tab.fill("email", &who.email).await;
    tab.click("main button[value=code]").await;
    tab.element("input[name=code]").await;
    appearance::check(tab, &name(stack, "recovery-code")).await;
    tab.fill("code", "000000").await;
    tab.click("main button[value=code]").await;
    tab.shows("There is a problem").await;
    appearance::check(tab, &name(stack, "recovery-error")).await;
    tab.fill("code", &stack.code(&who.email).await).await;
    tab.click("main button[value=code]").await;
    tab.is_at("/settings").await;
    appearance::check(tab, &name(stack, "recovered")).await;
    if stack.has_mailbox() {
        tab.open(&stack.at("/mailbox")).await;
        tab.shows(&who.email).await;
        appearance::check(tab, &name(stack, "mailbox")).await;
    }
}
