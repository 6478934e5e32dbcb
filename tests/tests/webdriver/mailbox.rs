//! Codes that the embedded servers show instead of sending them.

use crate::{chromium::Tab, stack::Stack};
use uuid::Uuid;

pub async fn verify_and_recover(stack: Stack) {
    Tab::run(async |tab| {
        let email = format!("new-{}@example.test", Uuid::new_v4());
        register(&stack, tab, &email, "a password of somebody new").await;
        tab.is_at("/verification").await;
        let flow = tab.url().await;
        let code = code(&stack, tab, &email).await;
        tab.open(&flow).await;
        tab.fill("code", &code).await;
        tab.click("main button[value=code]").await;
        tab.shows("Address verified").await;
        tab.click("header form button").await;

        tab.open(&stack.at("/recovery")).await;
        tab.fill("email", &email).await;
        tab.click("main button[value=code]").await;
        let flow = tab.url().await;
        let code = self::code(&stack, tab, &email).await;
        tab.open(&flow).await;
        tab.fill("code", &code).await;
        tab.click("main button[value=code]").await;
        tab.is_at("/settings").await;
        tab.shows("You successfully recovered your account").await;
        tab.fill("password", "another password of theirs").await;
        tab.click("main button[value=password]").await;
        tab.shows("Your changes have been saved").await;

        // Ten messages are on a page.
        for _ in 0..12 {
            stack.kratos.users.ask_for_recovery(&email).await;
        }
        tab.open(&stack.at("/mailbox")).await;
        let count = "return document.querySelectorAll('article').length";
        assert_eq!(tab.evaluate(count, Vec::new()).await, 10);
        tab.click("a[href^='/mailbox?page=']").await;
        assert_eq!(tab.evaluate(count, Vec::new()).await, 4);
    })
    .await;
}

/// Fills in the registration.
pub async fn register(stack: &Stack, tab: &Tab, email: &str, password: &str) {
    tab.open(&stack.at("/registration")).await;
    tab.is_at("/registration").await;
    tab.fill("traits.email", email).await;
    if tab.has("main button[value=profile]").await {
        tab.click("main button[value=profile]").await;
    }
    tab.fill("password", password).await;
    tab.click("main button[value=password]").await;
}

/// The code in the newest message.
async fn code(stack: &Stack, tab: &Tab, email: &str) -> String {
    tab.open(&stack.at("/mailbox")).await;
    let message = tab.element("article").await.text().await.unwrap();
    assert!(message.contains(email), "{message}");
    let is_code = |line: &&str| line.len() == 6 && line.bytes().all(|b| b.is_ascii_digit());
    message.lines().find(is_code).unwrap().to_owned()
}
