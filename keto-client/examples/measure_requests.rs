//! Measures every request that a client sends, by a layer around its HTTP service.
//!
//! ```sh
//! export KETO_API_READ_URL=http://127.0.0.1:4466
//! cargo run -p keto-client --example measure_requests -- app:homepage#read@User:ann
//! ```

#![allow(clippy::print_stdout, reason = "an example")]

use async_trait::async_trait;
use bytes::Bytes;
use http::{Request, Response};
use keto_client::{
    Check, ConfigError, Connection, HttpConfig, HttpConnector, HttpService, HttpServiceError,
    KetoClientBuilder, Permissions, RelationTuple, ReqwestConnector,
};
use std::{sync::Arc, time::Instant};

/// Prints what each attempt came to and how long it took. The path only: a query can name a subject.
#[derive(Debug)]
struct Measured(Arc<dyn HttpService>);

#[async_trait]
impl HttpService for Measured {
    async fn call(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpServiceError> {
        let line = format!("{} {}", request.method(), request.uri().path());
        let started = Instant::now();
        let result = self.0.call(request).await;
        match &result {
            Ok(response) => println!("{line}: {} in {:?}", response.status(), started.elapsed()),
            Err(error) => println!("{line}: {error} after {:?}", started.elapsed()),
        }
        result
    }
}

/// Wraps what a client has by default.
#[derive(Debug)]
struct MeasuredConnector;

impl HttpConnector for MeasuredConnector {
    fn connect(&self, connection: &Connection) -> Result<Arc<dyn HttpService>, ConfigError> {
        Ok(Arc::new(Measured(ReqwestConnector.connect(connection)?)))
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let tuple: RelationTuple = std::env::args().nth(1).ok_or("name a relation tuple")?.parse()?;
    let http = HttpConfig::from_vars("KETO", &keto_client::env_vars)?;
    let http = http.connector(Arc::new(MeasuredConnector));
    let keto = KetoClientBuilder::from_env()?.http(http).build()?;
    println!("{:?}", keto.check(&Check::new(tuple)).await?);
    Ok(())
}
