//! One's own sessions.

use crate::{chromium::Tab, stack::Stack};

/// More than one page of others.
const OTHERS: u64 = 23;

pub async fn list_and_end(stack: Stack) {
    Tab::run(async |tab| {
        let who = stack.somebody().await;
        let mut others = Vec::new();
        for _ in 0..OTHERS {
            others.push(stack.kratos.users.cookies(&who).await);
        }
        let stranger = stack.somebody().await;
        let strangers = stack.kratos.users.cookies(&stranger).await;
        stack.log_in(tab, &who).await;
        tab.open(&stack.at("/sessions")).await;
        tab.shows("This browser").await;
        tab.shows("Chrome/").await;
        // That of this browser, and the first page of the others, of which registration made one.
        assert_eq!(rows(tab).await, 21);
        tab.click("a[href^='/sessions?page=']").await;
        assert_eq!(rows(tab).await, OTHERS + 1 - 20);
        tab.open(&stack.at("/sessions")).await;
        tab.click(".sessions button").await;
        tab.click("a[href^='/sessions?page=']").await;
        assert_eq!(rows(tab).await, OTHERS - 20);
        tab.click("main > form button").await;
        tab.shows("There are no other sessions.").await;
        assert_eq!(rows(tab).await, 1);
        for cookies in &others {
            assert!(!is_active(&stack, cookies).await);
        }
        assert!(is_active(&stack, &strangers).await);
    })
    .await;
}

async fn rows(tab: &Tab) -> u64 {
    let script = "return document.querySelectorAll('.sessions li').length";
    tab.evaluate(script, Vec::new()).await.as_u64().unwrap()
}

async fn is_active(stack: &Stack, cookies: &str) -> bool {
    let whoami = stack.kratos.users.request("GET", "sessions/whoami", &[("cookie", cookies)]);
    whoami.send().await.unwrap().status() == 200
}
