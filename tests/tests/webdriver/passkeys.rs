//! Passkeys and security keys, by a virtual authenticator.

use crate::{appearance, chromium::Tab, stack::Stack};
use serde_json::{Value, json};

/// A passkey is added in the settings, and is enough to log in.
pub async fn register_and_log_in(stack: Stack) {
    Tab::run(async |tab| {
        let authenticator = add_authenticator(tab, "internal").await;
        let who = stack.somebody().await;
        stack.log_in(tab, &who).await;
        tab.open(&stack.at("/settings")).await;
        appearance::check(tab, "passkeys-settings").await;
        tab.click("button[data-onclick*=Passkey]").await;
        tab.shows("Your changes have been saved").await;

        // The login page offers the passkey at once, and somebody who is always there would take it.
        is_present(tab, &authenticator, false).await;
        tab.click("header form button").await;
        tab.is_at("/login").await;
        appearance::check(tab, "passkeys-login").await;
        is_present(tab, &authenticator, true).await;
        tab.click("button[data-onclick*=Passkey]").await;
        tab.shows(&who.email).await;
    })
    .await;
}

/// A security key is added in the settings, and is asked for as a second factor.
pub async fn second_factor(stack: Stack) {
    Tab::run(async |tab| {
        add_authenticator(tab, "usb").await;
        let who = stack.somebody().await;
        stack.grant(&who).await;
        stack.log_in(tab, &who).await;
        tab.open(&stack.at("/settings")).await;
        tab.fill("webauthn_register_displayname", "my key").await;
        tab.click("button[data-onclick*=WebAuthnRegistration]").await;
        tab.shows("Your changes have been saved").await;
        tab.click("header form button").await;
        tab.is_at("/login").await;

        tab.open(&stack.url).await;
        tab.is_at("/login").await;
        stack.submit_login(tab, &who).await;
        tab.element("button[data-onclick*=WebAuthnLogin]").await;
        appearance::check(tab, "security-key-login").await;
        tab.click("button[data-onclick*=WebAuthnLogin]").await;
        tab.shows("Welcome to the homepage").await;
    })
    .await;
}

/// Adds an authenticator, and gives its id.
async fn add_authenticator(tab: &Tab, transport: &str) -> Value {
    tab.devtools("WebAuthn.enable", json!({})).await.unwrap();
    let options = json!({"options": {
        "protocol": "ctap2",
        "transport": transport,
        "hasResidentKey": transport == "internal",
        "hasUserVerification": true,
        "isUserVerified": true,
        "automaticPresenceSimulation": true,
    }});
    let added = tab.devtools("WebAuthn.addVirtualAuthenticator", options).await.unwrap();
    added["authenticatorId"].clone()
}

/// Sets whether somebody touches the authenticator when it asks.
async fn is_present(tab: &Tab, authenticator: &Value, enabled: bool) {
    let options = json!({"authenticatorId": authenticator, "enabled": enabled});
    tab.devtools("WebAuthn.setAutomaticPresenceSimulation", options).await.unwrap();
}
