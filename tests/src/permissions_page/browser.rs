//! A page over servers, and the browsers of people who use it.

use crate::{
    api::plain_http,
    app::{self, Served, serve_with_permissions},
    servers,
};
use demo_app::permissions_page::{ChangeLog, PermissionsPage};
use futures_util::TryStreamExt;
use keto_client::{
    ApiVersion, KetoClient, RelationQuery, RelationTuple, Relationships, RelationshipsExt, Subject,
    testing::KetoServer,
};
use kratos_client::{Credential, Identity, KratosClient, testing::KratosServer};
use reqwest::Client;
use std::sync::Arc;
use url::Url;
use uuid::Uuid;

/// Where the servers are.
#[derive(Clone, Debug)]
pub struct Servers {
    /// Kratos's public API.
    pub kratos: Url,
    /// Kratos's admin API.
    pub kratos_admin: Url,
    /// Keto's read API.
    pub keto_read: Url,
    /// Keto's write API.
    pub keto_write: Url,
}

impl Servers {
    /// Testing servers.
    pub fn testing(kratos: &KratosServer, keto: &KetoServer) -> Self {
        Self {
            kratos: kratos.public_url().clone(),
            kratos_admin: kratos.admin_url().clone(),
            keto_read: keto.read_url().clone(),
            keto_write: keto.write_url().clone(),
        }
    }
}

/// A page that is being served, with an object of its own to test with.
pub(super) struct Test {
    pub(super) keto: KetoClient,
    pub(super) object: String,
    pub(super) kratos: crate::kratos::Kratos,
    permission: String,
    served: Served,
}

impl Test {
    pub(super) fn start(servers: &Servers) -> Self {
        let Servers { kratos, kratos_admin, keto_read, keto_write } = servers;
        let (listener, url) = app::port();
        let client = KetoClient::builder().read_url(keto_read.as_str());
        let client = client.write_url(keto_write.as_str()).build().unwrap();
        let admin = KratosClient::builder().public_url(kratos.as_str());
        // A relation that the model of the real servers declares.
        let permission = format!("app:page-{}#owner", Uuid::new_v4());
        let page = PermissionsPage {
            keto: client.clone(),
            kratos: admin.admin_url(kratos_admin.as_str()).build().unwrap(),
            log: Arc::new(ChangeLog::open(None).unwrap()),
            permission: permission.parse().unwrap(),
            has_account_pages: true,
        };
        let kratos = servers::kratos(kratos.clone(), kratos_admin, false);
        let keto = servers::keto(keto_read, keto_write, false, ApiVersion::Detect);
        let app = app::app(&kratos, &keto, "homepage", url);
        let served = serve_with_permissions(listener, app, page);
        let object = format!("object-{}", Uuid::new_v4());
        Self { keto: client, object, kratos, permission, served }
    }

    /// The browser of somebody new, who is logged in.
    pub(super) async fn visitor(&self) -> Visitor<'_> {
        let user = self.kratos.users.somebody().await;
        let cookies = self.kratos.users.cookies(&user).await;
        let credential = Credential::from_cookie_headers([&cookies]);
        let whoami = self.kratos.sessions.whoami(&credential).await.unwrap();
        let identity = whoami.active().unwrap().identity.clone();
        Visitor { served: &self.served, http: plain_http(), cookies, email: user.email, identity }
    }

    /// The browser of somebody new who may manage permissions.
    pub(super) async fn manager(&self) -> Visitor<'_> {
        let manager = self.visitor().await;
        self.grant(&format!("{}@{}", self.permission, manager.subject())).await;
        manager
    }

    pub(super) async fn grant(&self, tuple: &str) {
        self.keto.create_relationship(&tuple.parse().unwrap()).await.unwrap();
    }

    /// The tuples of the object, each as often as it is stored.
    pub(super) async fn tuples(&self) -> Vec<RelationTuple> {
        let query = RelationQuery::new().namespace("app").object(self.object.as_str());
        self.keto.list_relationships(query).try_collect().await.unwrap()
    }

    pub(super) fn tuple(&self, relation: &str, subject: &str) -> RelationTuple {
        format!("app:{}#{relation}@{subject}", self.object).parse().unwrap()
    }
}

/// Somebody with a browser.
pub(super) struct Visitor<'a> {
    served: &'a Served,
    http: Client,
    cookies: String,
    pub(super) email: String,
    pub(super) identity: Identity,
}

/// A page as it was answered.
#[derive(Debug)]
pub(super) struct Page {
    pub(super) status: u16,
    pub(super) html: String,
    pub(super) location: String,
}

impl Visitor<'_> {
    pub(super) fn id(&self) -> &str {
        self.identity.id.as_str()
    }

    /// `User:<id>`
    pub(super) fn subject(&self) -> String {
        let subject = Subject::set("User", self.id(), "").try_to_string().unwrap();
        subject.trim_matches(['(', ')']).to_owned()
    }

    pub(super) async fn open(&self, path: &str) -> Page {
        let request = self.http.get(self.served.url.join(path).unwrap());
        self.send(request).await
    }

    pub(super) async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Page {
        let origin = self.served.url.origin().ascii_serialization();
        self.post_from(&origin, path, fields).await
    }

    /// Posts a form of a page of this origin.
    pub(super) async fn post_from(
        &self,
        origin: &str,
        path: &str,
        fields: &[(&str, &str)],
    ) -> Page {
        let request = self.http.post(self.served.url.join(path).unwrap()).form(fields);
        let request = match origin {
            "" => request,
            origin => request.header("origin", origin),
        };
        self.send(request).await
    }

    async fn send(&self, request: reqwest::RequestBuilder) -> Page {
        let request = request.header("accept", "text/html").header("cookie", &self.cookies);
        let response = request.send().await.unwrap();
        let location = response.headers().get("location").map(|url| url.to_str().unwrap());
        Page {
            status: response.status().as_u16(),
            location: location.unwrap_or_default().to_owned(),
            html: response.text().await.unwrap(),
        }
    }

    /// The preview of granting a relation on an object.
    pub(super) async fn preview(&self, object: &str, relation: &str, people: &[&str]) -> Page {
        let mut fields = vec![
            ("action", "preview"),
            ("namespace", "app"),
            ("objects", object),
            ("relation", relation),
        ];
        fields.extend(people.iter().map(|id| ("people", *id)));
        self.post("/permissions/grant", &fields).await
    }

    /// Confirms a preview.
    pub(super) async fn confirm(&self, preview: &Page) -> Page {
        self.post("/permissions/confirm", &[("change", &preview.hidden("change"))]).await
    }
}

impl Page {
    /// The value of a hidden field.
    pub(super) fn hidden(&self, name: &str) -> String {
        let start = format!("<input type=\"hidden\" name=\"{name}\" value=\"");
        let value = self.html.split_once(&start).unwrap_or_else(|| panic!("{}", self.html)).1;
        unescape(value.split('"').next().unwrap())
    }

    /// The values of the check boxes of tuples.
    pub(super) fn rows(&self) -> Vec<String> {
        let rows = self.html.split("name=\"tuple\" value=\"").skip(1);
        rows.map(|row| unescape(row.split('"').next().unwrap())).collect()
    }

    /// The URL of a link with this text.
    pub(super) fn link(&self, text: &str) -> Option<String> {
        let before = self.html.split_once(&format!(">{text}</a>"))?.0;
        let tag = before.rsplit_once("<a ")?.1;
        Some(unescape(tag.split_once("href=\"")?.1.split('"').next()?))
    }

    #[track_caller]
    pub(super) fn assert_has(&self, status: u16, text: &str) {
        assert_eq!(self.status, status, "{}", self.html);
        assert!(self.html.contains(text), "{text:?} is missing in {}", self.html);
    }
}

fn unescape(text: &str) -> String {
    text.replace("&#34;", "\"")
        .replace("&#39;", "'")
        .replace("&#60;", "<")
        .replace("&#62;", ">")
        .replace("&#38;", "&")
}
