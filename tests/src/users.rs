//! Users of a Kratos who register and log in over plain HTTP, as a browser and an app do.

use crate::api::Api;
use reqwest::{RequestBuilder, Response};
use serde_json::{Value, json};
use url::Url;
use uuid::Uuid;

/// The users of a Kratos.
#[derive(Clone)]
pub struct TestUsers {
    public_url: Url,
    admin_url: Url,
    public: Api,
    /// The admin API, without `/admin`.
    pub admin: Api,
    /// Whether it is v0.8, whose fields and admin paths have other names.
    pub v0_8: bool,
}

/// A user who can log in.
#[derive(Clone, Debug)]
pub struct TestUser {
    /// The email address.
    pub email: String,
    /// The password.
    pub password: String,
}

impl TestUsers {
    /// The users of a server.
    pub fn new(public_url: Url, admin_url: &Url, v0_8: bool) -> Self {
        let (public, admin) = (Api::at(&public_url), Api::at(admin_url));
        Self { public_url, admin_url: admin_url.clone(), public, admin, v0_8 }
    }

    /// Where the public API is.
    pub fn public_url(&self) -> &Url {
        &self.public_url
    }

    /// The URL of the admin API.
    pub fn admin_url(&self) -> &Url {
        &self.admin_url
    }

    /// Somebody new, who can log in.
    pub async fn somebody(&self) -> TestUser {
        let email = format!("somebody-{}@example.test", Uuid::new_v4());
        let login = TestUser { email, password: format!("pass-{}", Uuid::new_v4()) };
        let flow = self.get("self-service/registration/api", &[]).await;
        let body = json!({
            "method": "password",
            "password": login.password,
            "traits": {"email": login.email, "name": {"first": "Some"}},
        });
        self.submit("self-service/registration", &flow, &body, &[])
            .await
            .error_for_status()
            .unwrap();
        login
    }

    /// Logs in as an app does; gives the session token.
    pub async fn token(&self, login: &TestUser) -> String {
        let flow = self.get("self-service/login/api", &[]).await;
        let answer = self.submit("self-service/login", &flow, &self.body(login, ""), &[]).await;
        let body: Value = answer.error_for_status().unwrap().json().await.unwrap();
        body["session_token"].as_str().unwrap().to_owned()
    }

    /// Logs in as a browser does; gives the `Cookie` header that it sends from then on.
    pub async fn cookies(&self, login: &TestUser) -> String {
        let answer = self.request("GET", "self-service/login/browser", &[]).send().await.unwrap();
        let csrf = cookies_of(&answer);
        let flow: Value = answer.json().await.unwrap();
        let nodes = flow["ui"]["nodes"].as_array().unwrap();
        let token = nodes.iter().find(|node| node["attributes"]["name"] == "csrf_token").unwrap();
        let token = token["attributes"]["value"].as_str().unwrap();
        let headers = [("cookie", csrf.as_str())];
        let answer =
            self.submit("self-service/login", &flow, &self.body(login, token), &headers).await;
        // 422 is how today's server sends a browser on to its second factor.
        assert!([200, 422].contains(&answer.status().as_u16()), "{answer:?}");
        format!("{csrf}; {}", cookies_of(&answer))
    }

    fn body(&self, login: &TestUser, csrf_token: &str) -> Value {
        let identifier = if self.v0_8 { "password_identifier" } else { "identifier" };
        json!({
            "method": "password",
            identifier: login.email,
            "password": login.password,
            "csrf_token": csrf_token,
        })
    }

    /// Gives somebody a second factor: what they log in with from now on is not enough.
    pub async fn require_second_factor(&self, login: &TestUser) {
        let token = self.token(login).await;
        let headers = [("x-session-token", token.as_str())];
        let flow = self.get("self-service/settings/api", &headers).await;
        let nodes = flow["ui"]["nodes"].as_array().unwrap();
        let secret = nodes.iter().find(|node| node["attributes"]["id"] == "totp_secret_key");
        let secret = secret.unwrap()["attributes"]["text"]["text"].as_str().unwrap();
        let secret = totp_rs::Secret::Encoded(secret.into()).to_bytes().unwrap();
        let totp = totp_rs::TOTP::new_unchecked(totp_rs::Algorithm::SHA1, 6, 1, 30, secret);
        let code = totp.generate_current().unwrap();
        let body = json!({"method": "totp", "totp_code": code});
        let answer = self.submit("self-service/settings", &flow, &body, &headers).await;
        // Today's server has set it up, and asks the session for it at once.
        let status = answer.status();
        let body = answer.text().await.unwrap();
        assert!(status == 200 || body.contains("aal=aal2"), "{status} {body}");
    }

    /// Lets today's server send somebody a recovery code.
    pub async fn ask_for_recovery(&self, email: &str) {
        let flow = self.get("self-service/recovery/api", &[]).await;
        let body = json!({"method": "code", "email": email});
        let answer = self.submit("self-service/recovery", &flow, &body, &[]).await;
        answer.error_for_status().unwrap();
    }

    /// Disables the account behind a session.
    pub async fn disable(&self, identity: &str) {
        let admin = &self.admin;
        let path = if self.v0_8 { "identities" } else { "admin/identities" };
        let path = format!("{path}/{identity}");
        let identity = admin.request("GET", &path).send().await.unwrap();
        let identity: Value = identity.json().await.unwrap();
        let body = json!({
            "schema_id": identity["schema_id"],
            "traits": identity["traits"],
            "state": "inactive",
        });
        let answer = admin.request("PUT", &path).json(&body).send().await.unwrap();
        answer.error_for_status().unwrap();
    }

    /// The text of the last mail that the server has queued for an address.
    pub async fn last_mail(&self, email: &str) -> Option<String> {
        self.mails(email).await.into_iter().next()
    }

    /// The texts of all mails that the server has queued for an address, the newest first.
    pub async fn mails(&self, email: &str) -> Vec<String> {
        let mails = self.admin.request("GET", "admin/courier/messages");
        let mails = mails.query(&[("recipient", email)]);
        let mails: Value = mails.send().await.unwrap().json().await.unwrap();
        let mails = mails.as_array().unwrap().iter();
        mails.map(|mail| mail["body"].as_str().unwrap().to_owned()).collect()
    }

    /// Asks for a path of the public API, without following redirects.
    pub fn request(&self, method: &str, path: &str, headers: &[(&str, &str)]) -> RequestBuilder {
        let mut request = self.public.request(method, path).header("accept", "application/json");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request
    }

    /// Where the server sends browsers for its forms.
    pub async fn ui_url(&self) -> Url {
        let request = self.public.request("GET", "self-service/login/browser");
        let answer = request.header("accept", "text/html").send().await.unwrap();
        let mut url = Url::parse(answer.headers()["location"].to_str().unwrap()).unwrap();
        url.set_path("/");
        url.set_query(None);
        url
    }

    async fn get(&self, path: &str, headers: &[(&str, &str)]) -> Value {
        let answer = self.request("GET", path, headers).send().await.unwrap();
        answer.error_for_status().unwrap().json().await.unwrap()
    }

    async fn submit(
        &self,
        path: &str,
        flow: &Value,
        body: &Value,
        headers: &[(&str, &str)],
    ) -> Response {
        let path = format!("{path}?flow={}", flow["id"].as_str().unwrap());
        self.request("POST", &path, headers).json(body).send().await.unwrap()
    }
}

/// The cookies that an answer sets, as the header that sends them back.
pub fn cookies_of(answer: &Response) -> String {
    let set = answer.headers().get_all("set-cookie").iter();
    let pairs = set.map(|cookie| cookie.to_str().unwrap().split(';').next().unwrap());
    pairs.collect::<Vec<_>>().join("; ")
}
