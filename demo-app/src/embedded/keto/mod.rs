//! A small Keto: checks through subject sets, their expansion, and relation tuples.

mod batch;
mod check;
mod expand;
mod query;
mod store;
mod tuples;

use super::{
    error::{healthy, version},
    server::{Listener, Running},
};
use crate::methods::{Methods, not_found};
use actix_web::{
    HttpResponse,
    http::Method,
    web::{self, Data, ServiceConfig},
};
use serde_json::json;
use std::sync::Arc;
use store::Store;
use url::Url;

/// Which Keto it behaves as.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Wire {
    /// As v26.2.0
    #[default]
    Current,
    /// As Ory Network, which refuses subject ids
    Network,
    /// As v0.7.0-alpha.1
    #[value(name = "v0.7")]
    V0_7,
}

/// A running Keto. It stops when this is dropped.
#[derive(Debug)]
pub struct EmbeddedKeto {
    /// Where its read API is.
    pub read_url: Url,
    /// Where its write API is.
    pub write_url: Url,
    _running: [Running; 2],
}

impl EmbeddedKeto {
    /// Starts it empty, on loopback ports that are free, with the namespaces `app`, `Group` and
    /// `User`.
    pub fn start(wire: Wire) -> std::io::Result<Self> {
        let store = Arc::new(Store::new(wire));
        let (read, write) = (Listener::bind()?, Listener::bind()?);
        let (read_url, write_url) = (read.url.clone(), write.url.clone());
        let running = [
            read.serve(read_routes(store.clone(), wire))?,
            write.serve(write_routes(store, wire))?,
        ];
        Ok(Self { read_url, write_url, _running: running })
    }
}

fn read_routes(store: Arc<Store>, wire: Wire) -> impl Fn(&mut ServiceConfig) + Clone + Send {
    move |config| {
        config.app_data(Data::from(store.clone()));
        let at = |path| at(wire, path);
        match wire {
            Wire::Current | Wire::Network => config
                .service(check::on(at("/relation-tuples/check"), check::Status::Mirrors))
                .service(check::on(at("/relation-tuples/check/openapi"), check::Status::Ok))
                .service(at("/relation-tuples/batch/check").post(batch::check))
                .service(at("/relation-tuples/expand").get(expand::expand))
                .service(at("/namespaces").get(namespaces)),
            Wire::V0_7 => config
                .service(check::on(at("/check"), check::Status::Mirrors))
                .service(at("/expand").get(expand::expand)),
        };
        config.service(at("/relation-tuples").get(tuples::list));
        common(config, wire);
    }
}

fn write_routes(store: Arc<Store>, wire: Wire) -> impl Fn(&mut ServiceConfig) + Clone + Send {
    let path = match wire {
        Wire::Current | Wire::Network => "/admin/relation-tuples",
        Wire::V0_7 => "/relation-tuples",
    };
    move |config| {
        let tuples = at(wire, path)
            .on(&[Method::PUT], tuples::create)
            .on(&[Method::PATCH], tuples::patch)
            .on(&[Method::DELETE], tuples::delete);
        config.app_data(Data::from(store.clone())).service(tuples);
        common(config, wire);
    }
}

fn common(config: &mut ServiceConfig, wire: Wire) {
    config
        .service(at(wire, "/health/alive").get(healthy))
        .service(at(wire, "/health/ready").get(healthy))
        .service(at(wire, "/version").get(version))
        .default_service(web::to(not_found));
}

fn at(wire: Wire, path: &str) -> Methods {
    match wire {
        Wire::Current | Wire::Network => Methods::at(path),
        Wire::V0_7 => Methods::with_options_at(path),
    }
}

async fn namespaces() -> HttpResponse {
    let names = store::NAMESPACES.map(|name| json!({"name": name}));
    HttpResponse::Ok().json(json!({"namespaces": names}))
}
