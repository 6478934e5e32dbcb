//! The one place that talks to the network.

use crate::{
    BaseUrl, ConfigError, Error, ErrorKind, HttpConfig, ReasonVisibility, Request, Response,
    connect::Connect, deadline::until, retry::Retries,
};
use bytes::{Bytes, BytesMut};
use http::{HeaderValue, header::AUTHORIZATION};
use std::{
    pin::pin,
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::sync::{Semaphore, SemaphorePermit};

/// Sends requests within the limits of an [`HttpConfig`]. Cheap to clone: clones share their
/// connections.
#[derive(Clone, Debug)]
pub struct Transport {
    http: reqwest::Client,
    connect: Arc<Connect>,
    body_limit: usize,
    authorization: Option<HeaderValue>,
    free_text: ReasonVisibility,
    timeout: Duration,
    retries: Retries,
    turns: Option<Arc<Semaphore>>,
}

impl Transport {
    /// Prepares connections to the given servers.
    ///
    /// # Errors
    /// If a limit is zero, or TLS can't be set up for an `https` server.
    pub fn new(
        config: &HttpConfig,
        servers: &[&BaseUrl],
        free_text: ReasonVisibility,
    ) -> Result<Self, ConfigError> {
        config.validate()?;
        let connect = Connect::new(config, servers)?;
        Ok(Self {
            http: connect.client()?,
            connect: Arc::new(connect),
            body_limit: config.body_limit,
            authorization: config.authorization(),
            free_text,
            timeout: config.timeout,
            retries: Retries::new(config.retries.clone()),
            turns: config.max_in_flight.map(|calls| Arc::new(Semaphore::new(calls))),
        })
    }

    /// The same with connections of its own; limits and the retry budget are shared.
    ///
    /// # Errors
    /// If the HTTP client can't be made anew.
    pub fn with_own_connections(&self) -> Result<Self, ConfigError> {
        Ok(Self { http: self.connect.client()?, ..self.clone() })
    }

    /// Sends one request and reads the whole answer, whatever its status; tries again where the
    /// [`RetryConfig`](crate::RetryConfig) says so.
    ///
    /// # Errors
    /// If no whole answer of allowed size arrived in time. Dropping the future ends the call.
    pub async fn send(&self, request: Request) -> Result<Response, Error> {
        let operation = request.operation;
        let started = Instant::now();
        let deadline = started + self.timeout;
        // Pinned where it is, so that it is not moved into the time limit.
        let call = pin!(async {
            let _turn = self.turn().await;
            self.try_until(&request, deadline).await
        });
        let result = until(deadline, operation, call).await;
        let elapsed_ms = || u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
        match &result {
            Ok(answer) => {
                let status = answer.status().as_u16();
                tracing::debug!(operation, status, elapsed_ms = elapsed_ms());
            }
            Err(error) => tracing::debug!(operation, elapsed_ms = elapsed_ms(), %error),
        }
        result
    }

    async fn try_until(&self, request: &Request, deadline: Instant) -> Result<Response, Error> {
        let mut retries = 0;
        loop {
            let tried = self.exchange(request).await;
            if !request.repeatable {
                return tried;
            }
            match self.retries.wait(&tried, retries, deadline) {
                Some(wait) => tokio::time::sleep(wait).await,
                None => return tried,
            }
            retries += 1;
        }
    }

    /// Puts the time limit of one call on several requests that are one call to its caller.
    pub async fn as_one_call<T>(
        &self,
        operation: &'static str,
        call: impl Future<Output = Result<T, Error>>,
    ) -> Result<T, Error> {
        until(Instant::now() + self.timeout, operation, call).await
    }

    /// Waits until fewer calls than allowed are under way.
    async fn turn(&self) -> Option<SemaphorePermit<'_>> {
        // An error would say that the semaphore is closed, which nobody does.
        self.turns.as_ref()?.acquire().await.ok()
    }

    async fn exchange(&self, request: &Request) -> Result<Response, Error> {
        let operation = request.operation;
        let fail = |error| Error::new(operation, ErrorKind::from_reqwest(error));
        let mut http = reqwest::Request::new(request.method.clone(), request.url.clone());
        *http.headers_mut() = request.headers.clone();
        if let Some(value) = self.authorization.as_ref().filter(|_| request.with_api_key) {
            http.headers_mut().insert(AUTHORIZATION, value.clone());
        }
        if !request.body.is_empty() {
            *http.body_mut() = Some(request.body.clone().into());
        }
        let mut response = self.http.execute(http).await.map_err(fail)?;
        let status = response.status();
        let headers = std::mem::take(response.headers_mut());
        let body = self.read_body(operation, response).await?;
        Ok(Response { operation, status, headers, body, free_text: self.free_text })
    }

    async fn read_body(
        &self,
        operation: &'static str,
        mut response: reqwest::Response,
    ) -> Result<Bytes, Error> {
        let limit = self.body_limit;
        let too_large = || Error::new(operation, ErrorKind::BodyTooLarge { limit });
        let fail = |error| Error::new(operation, ErrorKind::from_reqwest(error));
        let announced = response.content_length().unwrap_or(0);
        if announced > limit as u64 {
            return Err(too_large());
        }
        let Some(first) = response.chunk().await.map_err(fail)? else { return Ok(Bytes::new()) };
        if first.len() > limit {
            return Err(too_large());
        }
        // Most answers are one chunk, and are handed on without a copy.
        let Some(second) = response.chunk().await.map_err(fail)? else { return Ok(first) };
        let mut body = BytesMut::with_capacity(first.len() + second.len());
        body.extend_from_slice(&first);
        let mut next = Some(second);
        while let Some(chunk) = next {
            if body.len() + chunk.len() > limit {
                return Err(too_large());
            }
            body.extend_from_slice(&chunk);
            next = response.chunk().await.map_err(fail)?;
        }
        Ok(body.freeze())
    }
}
