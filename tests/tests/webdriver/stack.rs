//! The app with its servers, embedded or real.

use crate::chromium::Tab;
use contract_tests::{
    app::{self, Served},
    keto::Keto,
    kratos::Kratos,
    servers::{self, Real},
    users::TestUser,
};
use demo_app::{
    embedded::Embedded,
    permission::Permission,
    permissions_page::{ChangeLog, PermissionsPage},
    subject::SubjectStrategy,
};
use keto_client::{ApiVersion, KetoClient};
use kratos_client::{Credential, Identity, KratosClient};
use std::{net::TcpListener, sync::Arc, time::Duration};
use url::Url;
use uuid::Uuid;

/// Whom the page of a denial names.
pub const CONTACT: &str = "permissions@example.test";

/// The servers of a stack.
#[derive(Clone, Copy)]
pub enum Servers {
    /// The testing servers of both clients, whose flows expire after this time.
    Embedded { flow_lifespan: Option<Duration> },
    /// Real ones, which the environment names.
    Real { kratos: Real, keto: Real },
}

/// The app with its servers.
pub struct Stack {
    /// Where browsers reach the app.
    pub url: Url,
    /// The same app over a Keto that does not respond.
    pub without_keto: Url,
    pub kratos: Kratos,
    pub keto: Keto,
    permission: Permission,
    manage_permission: Permission,
    strategy: SubjectStrategy,
    embedded: Option<Embedded>,
    _served: [Served; 2],
}

impl Stack {
    /// Starts the app, for a permission that nobody has yet.
    pub async fn start(servers: Servers) -> Self {
        let (embedded, kratos, keto, managed, listener, url) = match servers {
            Servers::Embedded { flow_lifespan } => {
                let (listener, url) = app::port();
                let embedded = servers::embedded_with(&url, flow_lifespan);
                let (read, write) = (embedded.keto.read_url(), embedded.keto.write_url());
                let keto = servers::keto(read, write, false, ApiVersion::Detect);
                let kratos = servers::kratos_of(&embedded.kratos);
                let managed = managed(&embedded.kratos.admin_url().clone(), read, write);
                (Some(embedded), kratos, keto, managed, listener, url)
            }
            Servers::Real { kratos, keto } => {
                let (public, admin) = kratos.urls().unwrap();
                let (read, write) = keto.urls().unwrap();
                let managed = managed(&admin, &read, &write);
                let kratos = servers::kratos(public, &admin, kratos.old);
                let keto = servers::keto(&read, &write, keto.old, ApiVersion::Detect);
                let url = kratos.users.ui_url().await;
                let address = url.socket_addrs(|| None).unwrap();
                let listener = TcpListener::bind(&*address).unwrap();
                (None, kratos, keto, managed, listener, url)
            }
        };
        let object = format!("homepage-{}", Uuid::new_v4());
        let mut main = app::app(&kratos, &keto, &object, url.clone());
        main.ui_url = url.clone();
        main.contact = Some(CONTACT.to_owned());
        let (other_listener, without_keto) = app::port();
        let (_refusing, nothing) = app::refusing_port();
        let no_keto = servers::keto(&nothing, &nothing, false, ApiVersion::Current);
        let mut other = app::app(&kratos, &no_keto, &object, without_keto.clone());
        other.ui_url = without_keto.clone();
        let (permission, strategy) = (main.permission.clone(), main.subject);
        let manage_permission: Permission =
            format!("app:page-{}#read", Uuid::new_v4()).parse().unwrap();
        let page = PermissionsPage {
            kratos: managed.0,
            keto: managed.1,
            log: Arc::new(ChangeLog::open(None).unwrap()),
            permission: manage_permission.clone(),
            has_account_pages: true,
        };
        let public = kratos.users.public_url();
        let admin = embedded.as_ref().map(|embedded| embedded.kratos.admin_url());
        let served = [
            app::serve_with_all_pages(listener, main, public, admin, page),
            app::serve_with_pages(other_listener, other, public, None),
        ];
        Self {
            url,
            without_keto,
            kratos,
            keto,
            permission,
            manage_permission,
            strategy,
            embedded,
            _served: served,
        }
    }

    /// The address of a path of the app.
    pub fn at(&self, path: &str) -> Url {
        self.url.join(path).unwrap()
    }

    /// Whether this is of the article's versions.
    pub fn is_old(&self) -> bool {
        self.kratos.users.v0_8
    }

    /// Whether the app has a mailbox.
    pub fn has_mailbox(&self) -> bool {
        self.embedded.is_some()
    }

    /// The name of the field with the email address of a login.
    pub fn identifier(&self) -> &'static str {
        if self.is_old() { "password_identifier" } else { "identifier" }
    }

    /// Somebody new with a password.
    pub async fn somebody(&self) -> TestUser {
        self.kratos.users.somebody().await
    }

    /// Fills in the login and submits it.
    pub async fn submit_login(&self, tab: &Tab, who: &TestUser) {
        tab.fill(self.identifier(), &who.email).await;
        tab.fill("password", &who.password).await;
        tab.click("main button[value=password]").await;
    }

    /// Opens the login and goes through it.
    pub async fn log_in(&self, tab: &Tab, who: &TestUser) {
        tab.open(&self.at("/login")).await;
        tab.is_at("/login").await;
        self.submit_login(tab, who).await;
        tab.waits_for("the end of the login", async || tab.url().await.path() != "/login").await;
    }

    /// The identity of somebody without a second factor.
    async fn identity(&self, who: &TestUser) -> Identity {
        let token = self.kratos.users.token(who).await;
        let token = Credential::from(kratos_client::SessionToken::new(token).unwrap());
        let whoami = self.kratos.sessions.whoami(&token).await.unwrap();
        whoami.active().unwrap().identity.clone()
    }

    /// Gives somebody without a second factor the permission for the homepage.
    pub async fn grant(&self, who: &TestUser) {
        self.grant_permission(who, &self.permission).await;
    }

    /// Gives somebody without a second factor the permission to manage permissions.
    pub async fn grant_management(&self, who: &TestUser) {
        self.grant_permission(who, &self.manage_permission).await;
    }

    async fn grant_permission(&self, who: &TestUser, permission: &Permission) {
        let subject = self.strategy.subject(&self.identity(who).await).unwrap();
        let tuple = permission.of(subject);
        self.keto.relationships.create_relationship(&tuple).await.unwrap();
    }

    /// The code in the newest message to an address.
    pub async fn code(&self, email: &str) -> String {
        let mail = self.kratos.users.last_mail(email).await.unwrap();
        let is_code = |line: &&str| line.len() == 6 && line.bytes().all(|b| b.is_ascii_digit());
        mail.lines().find(is_code).unwrap().to_owned()
    }

    /// Ends all sessions of somebody, as an administrator does. Kratos v0.8 can't, so that there the
    /// browser loses its cookie.
    pub async fn end_sessions(&self, tab: &Tab, who: &TestUser) {
        if self.is_old() {
            return self.forget(tab).await;
        }
        let id = self.identity(who).await.id;
        let path = format!("admin/identities/{}/sessions", id.as_str());
        let answer = self.kratos.users.admin.request("DELETE", &path).send().await.unwrap();
        answer.error_for_status().unwrap();
    }

    /// Lets the browser lose its session cookie.
    pub async fn forget(&self, tab: &Tab) {
        tab.forgets_cookie("ory_kratos_session").await;
    }

    /// Logs in up to the second factor.
    pub async fn log_in_to_second_factor(&self, tab: &Tab, who: &TestUser) {
        tab.open(&self.url).await;
        tab.is_at("/login").await;
        self.submit_login(tab, who).await;
        tab.element("input[name=totp_code]").await;
    }

    /// Logs in, and keeps the form as it was sent, in the storage of the tab.
    pub async fn log_in_and_keep_form(&self, tab: &Tab, who: &TestUser) {
        tab.open(&self.at("/login")).await;
        tab.fill(self.identifier(), &who.email).await;
        tab.fill("password", &who.password).await;
        let script = "const form = document.querySelector('main form');
            const button = form.querySelector('button[value=password]');
            sessionStorage.form = JSON.stringify(
                [form.action, [...new FormData(form, button)]]);";
        tab.evaluate(script, Vec::new()).await;
        tab.click("main button[value=password]").await;
    }
}

/// Clients for the page that manages permissions.
fn managed(admin: &Url, read: &Url, write: &Url) -> (KratosClient, KetoClient) {
    let kratos = KratosClient::builder().admin_url(admin.as_str());
    let keto = KetoClient::builder().read_url(read.as_str()).write_url(write.as_str());
    (kratos.build().unwrap(), keto.build().unwrap())
}

/// The current code of an authenticator app with this secret.
pub fn totp(secret: &str) -> String {
    let secret = totp_rs::Secret::Encoded(secret.into()).to_bytes().unwrap();
    let totp = totp_rs::TOTP::new_unchecked(totp_rs::Algorithm::SHA1, 6, 1, 30, secret);
    totp.generate_current().unwrap()
}
