//! The way of a person to the homepage and out again.

use crate::{
    chromium::Tab,
    pages::add_totp,
    stack::{CONTACT, Stack, totp},
};

/// A page with a query, which has to survive each detour.
const PAGE: &str = "/?tab=2&name=%C3%A4%20b&all";

pub async fn to_the_homepage_and_out(stack: Stack) {
    Tab::run(async |tab| walk(&stack, tab).await).await;
}

pub async fn without_scripts(stack: Stack) {
    Tab::run(async |tab| {
        tab.turns_scripts_off().await;
        walk(&stack, tab).await;
    })
    .await;
}

async fn walk(stack: &Stack, tab: &Tab) {
    let (who, page) = (stack.somebody().await, stack.at(PAGE));
    tab.open(&page).await;
    tab.is_at("/login").await;
    stack.submit_login(tab, &who).await;
    tab.shows("You may not see this page").await;
    assert_eq!(tab.url().await, page);
    tab.shows("#read").await;
    tab.shows(CONTACT).await;

    stack.grant(&who).await;
    tab.open(&page).await;
    tab.shows("Welcome to the homepage").await;
    assert_eq!(tab.url().await, page);

    stack.end_sessions(tab, &who).await;
    tab.open(&page).await;
    tab.is_at("/login").await;
    stack.submit_login(tab, &who).await;
    tab.shows("Welcome to the homepage").await;
    assert_eq!(tab.url().await, page);

    tab.click("header form button").await;
    tab.is_at("/login").await;
    tab.open(&page).await;
    tab.is_at("/login").await;
}

/// Who has a second factor is asked for it on the way to the page.
pub async fn second_factor(stack: Stack) {
    Tab::run(async |tab| {
        let (who, page) = (stack.somebody().await, stack.at(PAGE));
        stack.grant(&who).await;
        stack.log_in(tab, &who).await;
        let secret = add_totp(&stack, tab).await;
        tab.element("[role=status]").await;
        tab.click("header form button").await;
        tab.is_at("/login").await;

        tab.open(&page).await;
        tab.is_at("/login").await;
        stack.submit_login(tab, &who).await;
        tab.element("input[name=totp_code]").await;
        assert!(!tab.text().await.contains("Welcome"), "one factor is enough");
        tab.fill("totp_code", &totp(&secret)).await;
        tab.click("button[value=totp]").await;
        tab.shows("Welcome to the homepage").await;
        assert_eq!(tab.url().await, page);
        tab.click("header form button").await;
        tab.is_at("/login").await;
    })
    .await;
}
