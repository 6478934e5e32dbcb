//! A small Keto: checks through subject sets, their expansion, and relation tuples.

mod batch;
mod check;
mod expand;
mod query;
mod store;
mod tuples;

use super::{
    error::{healthy, no_route, version},
    server::{Listener, Running},
};
use actix_web::{
    HttpResponse,
    web::{self, Data, ServiceConfig},
};
use serde_json::json;
use std::sync::Arc;
use store::Store;
use url::Url;

/// Which Keto it speaks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wire {
    /// Like v26.2.0.
    Current,
    /// Like v0.7.0-alpha.1.
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
        match wire {
            Wire::Current => config
                .service(check::resource("/relation-tuples/check", check::Status::Mirrors))
                .service(check::resource("/relation-tuples/check/openapi", check::Status::Ok))
                .route("/relation-tuples/batch/check", web::post().to(batch::check))
                .route("/relation-tuples/expand", web::get().to(expand::expand))
                .route("/namespaces", web::get().to(namespaces)),
            Wire::V0_7 => config
                .service(check::resource("/check", check::Status::Mirrors))
                .route("/expand", web::get().to(expand::expand)),
        };
        config.route("/relation-tuples", web::get().to(tuples::list)).configure(common);
    }
}

fn write_routes(store: Arc<Store>, wire: Wire) -> impl Fn(&mut ServiceConfig) + Clone + Send {
    let path = match wire {
        Wire::Current => "/admin/relation-tuples",
        Wire::V0_7 => "/relation-tuples",
    };
    move |config| {
        config
            .app_data(Data::from(store.clone()))
            .service(
                web::resource(path)
                    .route(web::put().to(tuples::create))
                    .route(web::patch().to(tuples::patch))
                    .route(web::delete().to(tuples::delete)),
            )
            .configure(common);
    }
}

fn common(config: &mut ServiceConfig) {
    config
        .route("/health/alive", web::get().to(healthy))
        .route("/health/ready", web::get().to(healthy))
        .route("/version", web::get().to(version))
        .default_service(web::to(no_route));
}

async fn namespaces() -> HttpResponse {
    let names = store::NAMESPACES.map(|name| json!({"name": name}));
    HttpResponse::Ok().json(json!({"namespaces": names}))
}
