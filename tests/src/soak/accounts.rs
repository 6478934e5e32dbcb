//! Logging in and out, straight at Kratos.

use super::virtual_users::VirtualUser;
use crate::users::{TestUser, TestUsers};
use kratos_client::{
    CookieHeader, Credential, Error, KratosClient, Logout, LogoutOptions, Sessions,
};
use url::Url;

/// The accounts of a Kratos.
#[derive(Clone)]
pub struct Accounts {
    users: TestUsers,
    kratos: KratosClient,
}

impl Accounts {
    /// Those of the server at these URLs.
    pub fn new(public: Url, admin: &Url) -> Self {
        let kratos = KratosClient::builder().public_url(public.as_str()).build().unwrap();
        Self { users: TestUsers::new(public, admin, false), kratos }
    }

    /// Somebody new.
    pub async fn login(&self) -> TestUser {
        self.users.somebody().await
    }

    /// Begins another session.
    pub async fn log_in(&self, login: &TestUser) -> VirtualUser {
        let cookies = self.users.cookies(login).await;
        let credential = Credential::from_cookie_headers([&cookies]);
        let whoami = self.kratos.whoami(&credential).await.unwrap();
        let session = whoami.active().expect("somebody who has just logged in");
        VirtualUser { id: session.identity.id.to_string(), cookies }
    }

    /// Ends a session.
    pub async fn log_out(&self, person: &VirtualUser) -> Result<(), Error> {
        let cookies = CookieHeader::from_headers([&person.cookies]);
        match self.kratos.logout_url(&cookies.clone().into(), &LogoutOptions::new()).await? {
            Some(url) => self.kratos.browser_logout(&url, &cookies).await.map(drop),
            None => Ok(()),
        }
    }
}
