//! Hostile input: what is shown, and that nothing is written.

use crate::{appearance, chromium::Tab, mailbox::register, pages::name, stack::Stack};
use serde_json::{Value, json};
use std::time::Duration;
use uuid::Uuid;

/// What would run, were it taken for HTML.
const HTML: &str = "\"'><script>window.ran = 1</script><img src=x onerror=\"window.ran = 1\">";

pub async fn names(stack: Stack) {
    Tab::run(async |tab| {
        tab.open(&stack.at("/login")).await;
        tab.fill(stack.identifier(), HTML).await;
        tab.fill("password", HTML).await;
        tab.click("main button[value=password]").await;
        tab.shows("There is a problem").await;
        is_text_only(tab).await;

        let who = stack.somebody().await;
        stack.log_in(tab, &who).await;
        for name in [HTML, &"é".repeat(5 * 1024)] {
            tab.open(&stack.at("/settings")).await;
            // Keys would take long for 10 KB.
            let script =
                "document.querySelector('[name=\"traits.name.first\"]').value = arguments[0]";
            tab.evaluate(script, vec![json!(name)]).await;
            tab.click("button[value=profile]").await;
            tab.element("[role=status]").await;
            is_text_only(tab).await;
            let script = "return document.querySelector('[name=\"traits.name.first\"]').value";
            assert_eq!(tab.evaluate(script, Vec::new()).await, name);
            let wide = "return document.documentElement.scrollWidth <= innerWidth";
            assert_eq!(tab.evaluate(wide, Vec::new()).await, true);
        }
        tab.open(&stack.at("/sessions")).await;
        tab.shows(&who.email).await;
    })
    .await;
}

/// Nothing of the input has become an element, or has run.
async fn is_text_only(tab: &Tab) {
    let script = "return [window.ran === undefined, document.querySelectorAll(
        'img[src=x], script:not([src])').length]";
    assert_eq!(tab.evaluate(script, Vec::new()).await, json!([true, 0]));
}

pub async fn flows(stack: Stack) {
    Tab::run(async |tab| {
        let who = stack.somebody().await;
        // A flow of another browser, in a form that this browser sends.
        let theirs = stack.kratos.users.request("GET", "self-service/login/browser", &[]);
        let theirs: Value = theirs.send().await.unwrap().json().await.unwrap();
        tab.open(&stack.at("/login")).await;
        let script = "document.querySelector('main form').action = '/login?flow=' + arguments[0]";
        tab.evaluate(script, vec![theirs["id"].clone()]).await;
        stack.submit_login(tab, &who).await;
        tab.shows("This form is not yours").await;
        is_logged_out(&stack, tab).await;

        // A flow that the server does not have any more is replaced.
        let gone = format!("/login?flow={}", Uuid::new_v4());
        tab.open(&stack.at(&gone)).await;
        tab.element("main button[value=password]").await;
        assert_ne!(tab.url().await, stack.at(&gone));

        // A form that was sent already, logged in and logged out.
        stack.log_in_and_keep_form(tab, &who).await;
        let form = tab.evaluate("return sessionStorage.form", Vec::new()).await;
        replay(tab, &form).await;
        tab.shows("This form is not yours").await;
        tab.open(&stack.at("/settings")).await;
        tab.shows(&who.email).await;
        tab.click("header form button").await;
        tab.is_at("/login").await;
        tab.open(&stack.at("/login")).await;
        replay(tab, &form).await;
        is_logged_out(&stack, tab).await;

        // A second registration with the same address writes nothing.
        register(&stack, tab, &who.email, "a password of another person").await;
        tab.shows("There is a problem").await;
        is_logged_out(&stack, tab).await;
        stack.log_in(tab, &who).await;
    })
    .await;
}

/// Forms of a server whose flows expire after a second.
pub async fn expired_flows(stack: Stack) {
    Tab::run(async |tab| {
        let who = stack.somebody().await;
        for page in ["login", "registration", "recovery"] {
            let mut address = stack.at(page);
            address.query_pairs_mut().append_pair("return_to", stack.at("/sessions").as_str());
            tab.open(&address).await;
            let form = tab.url().await;
            let email = match page {
                "login" => stack.identifier(),
                "registration" => "traits.email",
                _ => "email",
            };
            let address = format!("{}@example.test", Uuid::new_v4());
            tab.fill(email, if page == "login" { &who.email } else { &address }).await;
            if tab.has("main [name=password]").await {
                tab.fill("password", &who.password).await;
            }
            tokio::time::sleep(Duration::from_millis(1200)).await;
            tab.click("main form:has([type=email], [type=text]) button").await;
            tab.shows("This form has expired").await;
            appearance::check(tab, &name(&stack, &format!("{page}-expired"))).await;
            let link = "return document.querySelector('main a').href.includes('return_to')";
            let leads_back = tab.evaluate(link, Vec::new()).await;
            assert_eq!(leads_back, !stack.is_old(), "Kratos v0.8 does not tell");
            tab.click("main a").await;
            tab.element("main form [type=email], main form [type=text]").await;
            assert_eq!(tab.url().await.path(), form.path());
            assert_ne!(tab.url().await.query(), form.query(), "the form has a new flow");
            // Whoever registers is logged in.
            is_logged_out(&stack, tab).await;
        }
    })
    .await;
}

/// Sends a form again, with all that it had.
async fn replay(tab: &Tab, form: &Value) {
    let script = "const [action, fields] = JSON.parse(arguments[0]);
        const form = document.createElement('form');
        form.method = 'post'; form.action = action;
        for (const [name, value] of fields) {
            const input = document.createElement('input');
            input.type = 'hidden'; input.name = name; input.value = value; form.append(input);
        }
        document.body.append(form);
        form.submit();";
    let page = tab.element("main").await;
    tab.evaluate(script, vec![form.clone()]).await;
    tab.leaves(page).await;
}

async fn is_logged_out(stack: &Stack, tab: &Tab) {
    tab.open(&stack.at("/settings")).await;
    tab.is_at("/login").await;
}

pub async fn returns(stack: Stack) {
    Tab::run(async |tab| {
        let who = stack.somebody().await;
        let elsewhere = ["http://evil.test/", "//evil.test/", "javascript:alert(1)", "data:,x"];
        for url in elsewhere {
            for page in ["login", "registration"] {
                let mut address = stack.at(page);
                address.query_pairs_mut().append_pair("return_to", url);
                tab.open(&address).await;
                let is_here = tab.url().await.origin() == stack.url.origin();
                assert!(is_here, "{page} leads to {}", tab.url().await);
                if tab.has("main form").await && page == "login" {
                    stack.submit_login(tab, &who).await;
                    assert_eq!(tab.url().await.origin(), stack.url.origin(), "{url}");
                    tab.click("header form button").await;
                } else if page == "login" {
                    tab.shows("leads to a page that is not allowed").await;
                }
            }
        }
        stack.log_in(tab, &who).await;
        for url in elsewhere {
            let mut address = stack.at("login");
            address.query_pairs_mut().append_pair("return_to", url);
            tab.open(&address).await;
            assert_eq!(tab.url().await.origin(), stack.url.origin(), "{url}");
        }
    })
    .await;
}
