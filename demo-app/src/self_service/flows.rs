//! The page of a flow: create it or fetch it, show it, submit it, and go where that leads.

use super::{SelfService, form, kind::FlowPage, pages, viewer};
use crate::error_chain::error_chain;
use actix_web::{
    HttpRequest, HttpResponse,
    http::header::{HeaderValue, SET_COOKIE},
    web::{Data, Form, Query},
};
use kratos_client::{
    AuthenticatorAssuranceLevel, Error, ErrorExt, ErrorId, Flows, KratosClient,
    flow::{
        ContinueWith, CreateFlowOptions, CreateFlowOutcome, Flow, FlowId, GetFlowOutcome,
        SetCookies, UpdateFlowOutcome, WithCookies,
    },
};
use serde::Deserialize;
use url::{Url, form_urlencoded};

/// The query of a page.
#[derive(Deserialize)]
pub(super) struct FlowQuery {
    flow: Option<String>,
    return_to: Option<String>,
    aal: Option<String>,
    refresh: Option<bool>,
}

/// Shows the flow that the query names, or creates one.
pub(super) async fn show<K: FlowPage>(
    request: HttpRequest,
    app: Data<SelfService>,
    query: Query<FlowQuery>,
) -> HttpResponse
where
    KratosClient: Flows<K>,
{
    let Some(id) = &query.flow else { return create::<K>(&request, &app, &query).await };
    match fetch::<K>(&request, &app, id, pages::redirect).await {
        Ok(flow) => {
            let session = viewer::session(&app, &request).await;
            pages::flow(&flow, session.as_deref(), app.has_mailbox)
        }
        Err(response) => response,
    }
}

async fn create<K: FlowPage>(
    request: &HttpRequest,
    app: &SelfService,
    query: &FlowQuery,
) -> HttpResponse
where
    KratosClient: Flows<K>,
{
    let mut options = CreateFlowOptions::new();
    let return_to = query.return_to.as_deref().and_then(|url| Url::parse(url).ok());
    if let Some(url) = &return_to {
        options = options.return_to(url);
    }
    if let Some(aal) = &query.aal {
        options = options.aal(&AuthenticatorAssuranceLevel::from(aal.clone()));
    }
    if query.refresh == Some(true) {
        options = options.refresh();
    }
    let flows: &dyn Flows<K> = &app.kratos;
    match flows.create(&options, &viewer::caller(app, request)).await {
        Ok(WithCookies { value, set_cookies }) => {
            let response = match value {
                CreateFlowOutcome::Flow(flow) => page_of::<K>(&flow.id),
                // Kratos has not looked at the URL here, so that no other site may be it.
                CreateFlowOutcome::AlreadyLoggedIn => {
                    let ours = return_to.filter(|url| url.origin() == app.public_url.origin());
                    pages::redirect(ours.as_ref().unwrap_or(&app.public_url).as_str())
                }
                CreateFlowOutcome::NoSession => log_in_for::<K>(app),
                CreateFlowOutcome::SecondFactorRequired { redirect_to } => {
                    second_factor(redirect_to.as_ref())
                }
                _ => pages::not_available(request, None),
            };
            with_cookies(response, &set_cookies)
        }
        Err(error) => failed::<K>(request, &error),
    }
}

/// The flow of this browser, or the response where there is none; for one that has expired, by the path
/// of a new one.
async fn fetch<K: FlowPage>(
    request: &HttpRequest,
    app: &SelfService,
    id: &str,
    expired: fn(&str) -> HttpResponse,
) -> Result<Flow<K>, HttpResponse>
where
    KratosClient: Flows<K>,
{
    let flows: &dyn Flows<K> = &app.kratos;
    match flows.get(&id.into(), &viewer::caller(app, request)).await {
        Ok(GetFlowOutcome::Flow(flow)) => Ok(*flow),
        Ok(GetFlowOutcome::NoSession) => Err(log_in_for::<K>(app)),
        Ok(GetFlowOutcome::SecondFactorRequired { redirect_to }) => {
            Err(second_factor(redirect_to.as_ref()))
        }
        Ok(GetFlowOutcome::Gone { redirect_to }) => {
            Err(expired(&path_of_new::<K>(redirect_to.as_ref())))
        }
        Ok(_) => Err(pages::redirect(K::PATH)),
        Err(error) => Err(failed::<K>(request, &error)),
    }
}

/// The path of a new flow, which leads back to where the expired one does: Kratos's URL of a new flow
/// tells.
fn path_of_new<K: FlowPage>(redirect_to: Option<&Url>) -> String {
    let mut query = redirect_to.into_iter().flat_map(Url::query_pairs);
    match query.find(|(name, _)| name == "return_to") {
        Some((_, return_to)) => with_parameter(K::PATH, "return_to", &return_to),
        None => K::PATH.to_owned(),
    }
}

/// Submits the fields that the browser posted.
pub(super) async fn submit<K: FlowPage>(
    request: HttpRequest,
    app: Data<SelfService>,
    query: Query<FlowQuery>,
    posted: Form<Vec<(String, String)>>,
) -> HttpResponse
where
    KratosClient: Flows<K>,
{
    let Some(id) = &query.flow else { return pages::redirect(K::PATH) };
    let flow = match fetch::<K>(&request, &app, id, pages::expired).await {
        Ok(flow) => flow,
        Err(response) => return response,
    };
    let body = form::body(&flow.ui, &posted);
    let flows: &dyn Flows<K> = &app.kratos;
    match flows.submit(&flow, &body, &viewer::caller(&app, &request)).await {
        Ok(WithCookies { value, set_cookies }) => {
            with_cookies(follow(&request, &app, &flow, value), &set_cookies)
        }
        Err(error) => failed::<K>(&request, &error),
    }
}

/// Goes where the outcome of a submitted flow leads.
fn follow<K: FlowPage>(
    request: &HttpRequest,
    app: &SelfService,
    flow: &Flow<K>,
    outcome: UpdateFlowOutcome<K>,
) -> HttpResponse {
    match outcome {
        UpdateFlowOutcome::Completed(completed) => {
            // Kratos lists the return to the app before a page that has to be seen first.
            let steps = K::next_steps(&completed);
            let flows = steps.iter().filter(|step| step.flow().is_some());
            if let Some(url) = flows.chain(steps).find_map(next_page) {
                return pages::redirect(&url);
            }
            if K::SHOWN_WHEN_COMPLETED {
                return page_of::<K>(&flow.id);
            }
            // Kratos allowed the URL when it created the flow.
            let return_to = flow.return_to.as_deref().and_then(|url| Url::parse(url).ok());
            let return_to = return_to.filter(|url| matches!(url.scheme(), "http" | "https"));
            pages::redirect(return_to.as_ref().unwrap_or(&app.public_url).as_str())
        }
        UpdateFlowOutcome::Continue(flow) => page_of::<K>(&flow.id),
        UpdateFlowOutcome::AnotherFlow { redirect_browser_to, .. } => {
            pages::redirect(redirect_browser_to.as_str())
        }
        UpdateFlowOutcome::Gone { replacement: Some(id) } => page_of::<K>(&id),
        UpdateFlowOutcome::Gone { replacement: None } => pages::redirect(K::PATH),
        UpdateFlowOutcome::AlreadyLoggedIn => pages::redirect(app.public_url.as_str()),
        UpdateFlowOutcome::NoSession => log_in_for::<K>(app),
        UpdateFlowOutcome::AddressNotVerified { continue_with } => {
            let page = continue_with.iter().find_map(next_page);
            pages::redirect(page.as_deref().unwrap_or("/verification"))
        }
        UpdateFlowOutcome::IdentityDisabled => pages::disabled(),
        _ => pages::not_available(request, None),
    }
}

/// The page of a next step: one of ours, or the URL that Kratos names.
fn next_page(step: &ContinueWith) -> Option<String> {
    let path = match step {
        ContinueWith::ShowVerificationUi { .. } => "/verification",
        ContinueWith::ShowSettingsUi { .. } => "/settings",
        ContinueWith::ShowRecoveryUi { .. } => "/recovery",
        other => return other.browser_url().map(String::from),
    };
    Some(with_flow(path, step.flow()?.id.as_str()))
}

fn page_of<K: FlowPage>(id: &FlowId) -> HttpResponse {
    pages::redirect(&with_flow(K::PATH, id.as_str()))
}

fn with_flow(path: &str, id: &str) -> String {
    with_parameter(path, "flow", id)
}

fn with_parameter(path: &str, name: &str, value: &str) -> String {
    let query = form_urlencoded::Serializer::new(String::new()).append_pair(name, value).finish();
    format!("{path}?{query}")
}

/// To the login, and back to this page.
fn log_in_for<K: FlowPage>(app: &SelfService) -> HttpResponse {
    pages::redirect(&login_for(&app.public_url, K::PATH))
}

/// The path of the login that comes back to another path of this app.
pub(super) fn login_for(public_url: &Url, path: &str) -> String {
    match public_url.join(path) {
        Ok(page) => with_parameter("/login", "return_to", page.as_str()),
        Err(_) => "/login".to_owned(),
    }
}

fn second_factor(redirect_to: Option<&Url>) -> HttpResponse {
    pages::redirect(redirect_to.map_or("/login?aal=aal2", Url::as_str))
}

/// What comes of an error: a new flow where this one is not the browser's, and a message otherwise.
fn failed<K: FlowPage>(request: &HttpRequest, error: &Error) -> HttpResponse {
    tracing::warn!("no {} flow: {}", K::PATH, error_chain(&error));
    match error.error_id() {
        Some(ErrorId::SecurityCsrfViolation | ErrorId::SecurityIdentityMismatch) => {
            pages::not_this_browser(K::PATH)
        }
        Some(ErrorId::SelfServiceFlowReturnToForbidden) => pages::return_to_forbidden(),
        Some(ErrorId::SelfServiceFlowDisabled) => pages::disabled_flow(),
        Some(ErrorId::IdentityDisabled) => pages::disabled(),
        // A recovery has no use for who is logged in.
        Some(ErrorId::SessionAlreadyAvailable) => pages::redirect("/settings"),
        _ if error.is_not_found() => pages::redirect(K::PATH),
        _ if error.is_rate_limited() => pages::too_many(),
        _ => pages::not_available(request, None),
    }
}

/// Passes the cookies on with all of their attributes.
fn with_cookies(mut response: HttpResponse, cookies: &SetCookies) -> HttpResponse {
    for cookie in cookies.iter() {
        if let Ok(cookie) = HeaderValue::from_bytes(cookie.as_bytes()) {
            response.headers_mut().append(SET_COOKIE, cookie);
        }
    }
    response
}
