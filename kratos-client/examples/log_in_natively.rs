//! Logs in as an app does, says who it is, and logs out.
//!
//! `KRATOS_EXTERNAL_API_URL=http://127.0.0.1:4433 cargo run -p kratos-client --example
//! log_in_natively -- ann@example.test PASSWORD`

#![allow(clippy::print_stdout, reason = "an example talks to its user")]

use kratos_client::{
    FlowsExt, KratosClient, Logout, Sessions, Whoami,
    flow::{Caller, CreateFlowOptions, Login, Password, UpdateFlowBody, UpdateFlowOutcome},
};
use std::{env, error::Error};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = env::args().skip(1);
    let (Some(email), Some(password)) = (arguments.next(), arguments.next()) else {
        return Err("usage: log_in_natively EMAIL PASSWORD".into());
    };
    let kratos = KratosClient::from_env()?;
    let app = Caller::native();
    let created = kratos.login().create(&CreateFlowOptions::new(), &app).await?.value;
    let flow = created.into_flow().ok_or("somebody is logged in already")?;
    let body = UpdateFlowBody::<Login>::password(&email, &Password::new(password));
    let token = match kratos.login().submit(&flow, &body, &app).await?.value {
        UpdateFlowOutcome::Completed(logged_in) => {
            logged_in.session_token.ok_or("no session token")?
        }
        UpdateFlowOutcome::Continue(flow) => {
            let messages: Vec<_> = flow.ui.all_messages().map(|m| m.text.as_str()).collect();
            return Err(messages.join("\n").into());
        }
        UpdateFlowOutcome::IdentityDisabled => return Err("this account is disabled".into()),
        UpdateFlowOutcome::AddressNotVerified { .. } => {
            return Err("verify your address first".into());
        }
        other => return Err(format!("something else comes first: {other:?}").into()),
    };
    match kratos.whoami(&token.clone().into()).await? {
        Whoami::Active(session) => println!("logged in as identity {}", session.identity.id),
        other => println!("logged in, but: {other:?}"),
    }
    kratos.native_logout(&token).await?;
    println!("logged out");
    Ok(())
}
