//! The keyboard alone, without a mouse.

use crate::{chromium::Tab, stack::Stack};
use serde_json::Value;
use thirtyfour::Key;

pub async fn log_in_and_out(stack: Stack) {
    Tab::run(async |tab| {
        let who = stack.somebody().await;
        tab.open(&stack.url).await;
        tab.is_at("/login").await;
        // The first link leads past the header.
        tab.types(Key::Tab).await;
        assert_eq!(focused(tab).await, "Skip to the content");
        tab.types(Key::Enter).await;
        goes_to(tab, stack.identifier()).await;
        tab.types(who.email.as_str()).await;
        goes_to(tab, "password").await;
        tab.types(who.password.as_str()).await;
        let form = tab.element("main form").await;
        tab.types(Key::Enter).await;
        tab.leaves(form).await;
        tab.shows("You may not see this page").await;
        goes_to(tab, "Settings").await;
        let page = tab.element("main").await;
        tab.types(Key::Enter).await;
        tab.leaves(page).await;
        tab.is_at("/settings").await;
        goes_to(tab, "Log out").await;
        let page = tab.element("main").await;
        tab.types(Key::Enter).await;
        tab.leaves(page).await;
        tab.is_at("/login").await;
    })
    .await;
}

/// Presses Tab until something has the focus.
async fn goes_to(tab: &Tab, what: &str) {
    for _ in 0..30 {
        if focused(tab).await == what {
            return;
        }
        tab.types(Key::Tab).await;
    }
    panic!("the keyboard does not reach {what}");
}

/// The name of the field, or the text of the link or button, that has the focus.
async fn focused(tab: &Tab) -> Value {
    let script = "const it = document.activeElement;
        return it.name || it.textContent.trim().slice(0, 50)";
    tab.evaluate(script, Vec::new()).await
}
