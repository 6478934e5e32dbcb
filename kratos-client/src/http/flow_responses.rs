//! Decoding the responses to created, fetched and submitted flows.

use crate::flow::{
    continue_with::ContinueWith,
    create_outcome::CreateFlowOutcome,
    error::ErrorExt,
    get_outcome::GetFlowOutcome,
    kind::{FlowKind, Kind},
    model::FlowId,
    outcome::UpdateFlowOutcome,
};
use crate::model::{error_id::ErrorId, web_url::is_http_url};
use http::{StatusCode, header::LOCATION};
use ory_http::{Error, Response, ServerError};
use serde::Deserialize;
use serde_json::Value;
use url::Url;

/// Decodes the response to a submitted flow.
pub(crate) fn read_outcome<K: FlowKind + Kind>(
    response: Response,
) -> Result<UpdateFlowOutcome<K>, Error> {
    if response.status() == StatusCode::OK {
        return response.json_object::<K::Success>().map(K::outcome);
    }
    if let Some(replacement) = redirected_flow::<K>(&response) {
        return Ok(UpdateFlowOutcome::Gone { replacement: Some(replacement) });
    }
    let Some(error) = response.server_error() else {
        // A flow to be continued has no error envelope.
        return match response.status() {
            StatusCode::BAD_REQUEST if response.is_json() => {
                response.json().map(UpdateFlowOutcome::Continue)
            }
            _ => Err(response.into_error()),
        };
    };
    if !response.status().is_client_error() {
        return Err(response.into_error());
    }
    match (error.error_id(), response.status()) {
        (Some(ErrorId::IdentityDisabled), _) => Ok(UpdateFlowOutcome::IdentityDisabled),
        (Some(ErrorId::SessionInactive | ErrorId::SessionAal1Required), _) => {
            Ok(UpdateFlowOutcome::NoSession)
        }
        (Some(ErrorId::SessionVerifiedAddressRequired), _) => {
            let continue_with = error.continue_with();
            Ok(UpdateFlowOutcome::AddressNotVerified { continue_with })
        }
        (Some(ErrorId::SessionAlreadyAvailable | ErrorId::SessionAalAlreadyFulfilled), _) => {
            Ok(UpdateFlowOutcome::AlreadyLoggedIn)
        }
        (_, StatusCode::GONE) => {
            let replacement = response.json::<Gone>()?.use_flow_id.filter(|id| id.as_str() != NIL);
            Ok(UpdateFlowOutcome::Gone {
                replacement: replacement.or_else(|| suggested_flow::<K>(&error)),
            })
        }
        // A code that was already used, if the server does not redirect.
        (_, StatusCode::BAD_REQUEST) => match suggested_flow::<K>(&error) {
            Some(replacement) => Ok(UpdateFlowOutcome::Gone { replacement: Some(replacement) }),
            None => Err(response.into_error()),
        },
        (
            id,
            StatusCode::UNPROCESSABLE_ENTITY | StatusCode::FORBIDDEN | StatusCode::UNAUTHORIZED,
        ) => {
            let problem = "another flow at what is not a web address";
            match web_url(&response, error.redirect_browser_to(), problem)? {
                Some(redirect_browser_to) => {
                    Ok(UpdateFlowOutcome::AnotherFlow { id, redirect_browser_to })
                }
                None => Err(response.into_error()),
            }
        }
        _ => Err(response.into_error()),
    }
}

#[derive(Deserialize)]
struct Gone {
    use_flow_id: Option<FlowId>,
}

/// The id that Kratos sends if it created no flow.
const NIL: &str = "00000000-0000-0000-0000-000000000000";

/// Returns the flow that Kratos redirects to. It redirects, also native apps, if a recovery or
/// verification flow is completed or expired and was replaced by a new one.
fn redirected_flow<K: Kind>(response: &Response) -> Option<FlowId> {
    if response.status() != StatusCode::SEE_OTHER {
        return None;
    }
    let location = Url::parse(response.headers().get(LOCATION)?.to_str().ok()?).ok()?;
    let route = ["self-service", K::NAME, "flows"];
    let mut path = location.path_segments()?.rev();
    let is_flow = route.iter().rev().all(|segment| path.next() == Some(segment));
    let (_, id) = location.query_pairs().find(|(name, _)| name == "id").filter(|_| is_flow)?;
    Some(FlowId::new(id))
}

/// Returns the flow of the same kind that an error suggests as the next step.
fn suggested_flow<K: Kind>(error: &ServerError) -> Option<FlowId> {
    let same_kind = |next: &ContinueWith| {
        matches!(
            (next, K::NAME),
            (ContinueWith::ShowRecoveryUi { .. }, "recovery")
                | (ContinueWith::ShowVerificationUi { .. }, "verification")
                | (ContinueWith::ShowSettingsUi { .. }, "settings")
        )
    };
    let next = error.continue_with().into_iter().find(same_kind)?;
    Some(next.flow()?.id.clone())
}

/// Decodes the response to the creation of a flow.
pub(crate) fn read_created<K: FlowKind>(response: Response) -> Result<CreateFlowOutcome<K>, Error> {
    if response.status() == StatusCode::OK {
        return response.json_object().map(Box::new).map(CreateFlowOutcome::Flow);
    }
    match refusal(&response) {
        Some(ErrorId::SessionAlreadyAvailable | ErrorId::SessionAalAlreadyFulfilled) => {
            Ok(CreateFlowOutcome::AlreadyLoggedIn)
        }
        Some(ErrorId::SessionInactive | ErrorId::SessionAal1Required) => {
            Ok(CreateFlowOutcome::NoSession)
        }
        Some(ErrorId::SessionAal2Required) => {
            let redirect_to = second_factor(&response)?;
            Ok(CreateFlowOutcome::SecondFactorRequired { redirect_to })
        }
        _ => Err(response.into_error()),
    }
}

/// Decodes the response to the request for a flow.
pub(crate) fn read_fetched<K: FlowKind>(response: Response) -> Result<GetFlowOutcome<K>, Error> {
    if response.status() == StatusCode::OK {
        return response.json_object().map(Box::new).map(GetFlowOutcome::Flow);
    }
    // The error of some expired flows has no id.
    if response.status() == StatusCode::GONE
        && let Some(error) = response.server_error()
    {
        let redirect_to = error.details().get("redirect_to").and_then(Value::as_str);
        let problem = "a flow that is over at what is not a web address";
        let redirect_to = web_url(&response, redirect_to, problem)?;
        return Ok(GetFlowOutcome::Gone { redirect_to });
    }
    match refusal(&response) {
        Some(ErrorId::SessionInactive) => Ok(GetFlowOutcome::NoSession),
        Some(ErrorId::SessionAal2Required) => {
            let redirect_to = second_factor(&response)?;
            Ok(GetFlowOutcome::SecondFactorRequired { redirect_to })
        }
        _ => Err(response.into_error()),
    }
}

/// Returns the id of an error with a 4xx status.
fn refusal(response: &Response) -> Option<ErrorId> {
    response.server_error().filter(|_| response.status().is_client_error())?.error_id()
}

/// Returns the URL at which a browser provides its second factor.
fn second_factor(response: &Response) -> Result<Option<Url>, Error> {
    let error = response.server_error();
    let url = error.as_ref().and_then(ServerError::redirect_browser_to);
    web_url(response, url, "a second factor at what is not a web address")
}

/// Decodes a URL to which a browser can be redirected.
fn web_url(
    response: &Response,
    url: Option<&str>,
    problem: &'static str,
) -> Result<Option<Url>, Error> {
    match url.map(Url::parse) {
        Some(Ok(url)) if is_http_url(&url) => Ok(Some(url)),
        Some(_) => Err(response.unexpected(problem)),
        None => Ok(None),
    }
}
