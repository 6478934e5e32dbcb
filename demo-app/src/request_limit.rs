//! Limits the requests that the app works on at the same time.

use actix_web::{
    Error, HttpResponse,
    body::BoxBody,
    dev::{ServiceRequest, ServiceResponse},
    http::header::RETRY_AFTER,
    middleware::Next,
};
use std::sync::Arc;
use tokio::sync::Semaphore;

/// Answers 503 with `Retry-After` while all permits are taken, so that no request waits for another
/// one. Requests for the health of the app need no permit.
pub async fn limit(
    permits: Arc<Semaphore>,
    request: ServiceRequest,
    next: Next<BoxBody>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    if request.path().starts_with("/health/") {
        return next.call(request).await;
    }
    let Ok(_permit) = permits.try_acquire() else {
        let response = HttpResponse::ServiceUnavailable()
            .insert_header((RETRY_AFTER, "1"))
            .content_type("text/plain; charset=utf-8")
            .body("Too many requests are under way. Please try again.\n");
        return Ok(request.into_response(response));
    };
    next.call(request).await
}
