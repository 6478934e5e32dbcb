//! The page on which people manage permissions: each of its views fits, is accessible and small, and
//! leads to the next.

use crate::{appearance, chromium::Tab, stack::Stack};

/// Grants somebody a permission, explains it, and takes it back.
pub async fn grant_explain_and_undo(stack: Stack) {
    let (manager, reader) = (stack.somebody().await, stack.somebody().await);
    let name = |page: &str| {
        format!("{}-permissions-{page}", if stack.has_mailbox() { "embedded" } else { "today" })
    };
    Tab::run(async |tab| {
        tab.open(&stack.at("/permissions")).await;
        tab.is_at("/login").await;
        stack.submit_login(tab, &manager).await;
        tab.shows("You may not see this page").await;
        stack.grant_management(&manager).await;

        tab.open(&stack.at("/permissions")).await;
        tab.shows(&manager.email).await;
        appearance::check(tab, &name("list")).await;

        tab.open(&stack.at("/permissions/grant")).await;
        tab.fill("person", &reader.email).await;
        tab.click("button[value=find]").await;
        let found = tab.element("input[name=people]").await;
        if !found.is_selected().await.unwrap() {
            found.click().await.unwrap();
        }
        tab.fill("relation", "read").await;
        tab.choose("namespace", "app").await;
        tab.fill("objects", "browser-report").await;
        appearance::check(tab, &name("grant")).await;
        tab.click("button[value=preview]").await;
        tab.shows("1 permission changes").await;
        appearance::check(tab, &name("preview")).await;
        tab.click("form[action='/permissions/confirm'] button").await;

        tab.open(&stack.at("/permissions/check")).await;
        tab.fill("person", &reader.email).await;
        tab.fill("relation", "read").await;
        tab.fill("object", "browser-report").await;
        tab.choose("namespace", "app").await;
        tab.click("main form button").await;
        tab.shows("Yes").await;
        appearance::check(tab, &name("check")).await;

        tab.open(&stack.at("/permissions/history")).await;
        tab.shows("browser-report").await;
        appearance::check(tab, &name("history")).await;
        tab.click("form[action^='/permissions/undo'] button").await;
        tab.shows("1 permission changes").await;
        tab.click("form[action='/permissions/confirm'] button").await;
    })
    .await;
}
