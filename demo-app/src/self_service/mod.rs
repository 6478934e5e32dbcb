//! The pages of the person: login, registration, recovery, verification, settings, sessions and
//! errors, rendered from Kratos's flows. They are the alternative to a separate UI and need no
//! JavaScript, but for passkeys and security keys, which browsers offer to scripts only.

mod error;
mod flows;
mod form;
mod kind;
mod mailbox;
mod pages;
mod sessions;
mod viewer;

pub(crate) use pages::{redirect, render};

use crate::{
    methods::Methods,
    routes::{asset, security_headers},
};
use actix_web::{http::Method, web};
use kratos_client::{
    KratosClient,
    flow::{Login, Recovery, Registration, Settings, TrustedProxies, Verification},
};
use url::Url;

/// What the pages need.
#[derive(Clone)]
pub struct SelfService {
    /// Kratos.
    pub kratos: KratosClient,
    /// How browsers reach this app.
    pub public_url: Url,
    /// The proxies that are trusted to report a browser's address.
    pub proxies: TrustedProxies,
    /// Whether there is a page with the messages of Kratos, because it is embedded and sends none.
    /// Everybody can read it, so that the app must listen on loopback only.
    pub has_mailbox: bool,
}

/// The most that a form may be, in bytes.
const MAX_FORM_SIZE: usize = 256 * 1024;

/// Adds the pages. Register them before the app's own routes, which answer every other path.
pub fn configure(pages: SelfService) -> impl FnOnce(&mut web::ServiceConfig) {
    move |config| {
        let url = pages.public_url.clone();
        let scope = |path: &str| web::scope(path).wrap(security_headers(&url));
        if pages.has_mailbox {
            config.service(scope("/mailbox").service(Methods::at("").get(mailbox::list)));
        }
        config
            .app_data(web::Data::new(pages))
            .app_data(web::FormConfig::default().limit(MAX_FORM_SIZE))
            .service(scope("/login").service(flow::<Login>()))
            .service(scope("/registration").service(flow::<Registration>()))
            .service(scope("/recovery").service(flow::<Recovery>()))
            .service(scope("/verification").service(flow::<Verification>()))
            .service(scope("/settings").service(flow::<Settings>()))
            .service(scope("/error").service(Methods::at("").get(error::error)))
            .service(
                scope("/sessions")
                    .service(Methods::at("").get(sessions::list))
                    .service(Methods::at("/end").on(&[Method::POST], sessions::end))
                    .service(Methods::at("/end-others").on(&[Method::POST], sessions::end_others)),
            )
            .service(asset("/passkeys.js", "text/javascript; charset=utf-8", pages::SCRIPT));
    }
}

/// The page of one kind of flow.
fn flow<K: kind::FlowPage>() -> Methods
where
    KratosClient: kratos_client::Flows<K>,
{
    Methods::at("").get(flows::show::<K>).on(&[Method::POST], flows::submit::<K>)
}
