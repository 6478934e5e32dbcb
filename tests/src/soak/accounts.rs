//! Logging in and out, straight at Kratos.

use super::visitors::Person;
use crate::people::{Login, People};
use kratos_client::{
    CookieHeader, Credential, Error, KratosClient, Logout, LogoutOptions, Sessions,
};
use url::Url;

/// The people of a Kratos.
#[derive(Clone)]
pub struct Accounts {
    people: People,
    kratos: KratosClient,
}

impl Accounts {
    /// Those of the server at these URLs.
    pub fn new(public: Url, admin: &Url) -> Self {
        let kratos = KratosClient::builder().public_url(public.as_str()).build().unwrap();
        Self { people: People::new(public, admin, false), kratos }
    }

    /// Somebody new.
    pub async fn login(&self) -> Login {
        self.people.somebody().await
    }

    /// Begins another session.
    pub async fn log_in(&self, login: &Login) -> Person {
        let cookies = self.people.cookies(login).await;
        let credential = Credential::from_cookie_headers([&cookies]);
        let whoami = self.kratos.whoami(&credential).await.unwrap();
        let session = whoami.active().expect("somebody who has just logged in");
        Person { id: session.identity.id.to_string(), cookies }
    }

    /// Ends a session.
    pub async fn log_out(&self, person: &Person) -> Result<(), Error> {
        let cookies = CookieHeader::from_headers([&person.cookies]);
        match self.kratos.logout_url(&cookies.clone().into(), &LogoutOptions::new()).await? {
            Some(url) => self.kratos.browser_logout(&url, &cookies).await.map(drop),
            None => Ok(()),
        }
    }
}
