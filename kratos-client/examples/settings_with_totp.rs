//! Sets up an authenticator app as a second factor. Type in the code that the app shows.
//!
//! `KRATOS_EXTERNAL_API_URL=http://127.0.0.1:4433 cargo run -p kratos-client --example
//! settings_with_totp -- SESSION_TOKEN`

#![allow(clippy::print_stdout, reason = "an example talks to its user")]

use kratos_client::{
    FlowsExt, KratosClient, SessionToken,
    flow::{
        Caller, Code, CreateFlowOptions, CreateFlowOutcome, Settings, UpdateFlowBody,
        UpdateFlowOutcome,
    },
};
use std::{env, error::Error, io::stdin};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let token = env::args().nth(1).ok_or("usage: settings_with_totp SESSION_TOKEN")?;
    let kratos = KratosClient::from_env()?;
    let me = Caller::from(SessionToken::new(token)?);
    let created = kratos.settings().create(&CreateFlowOptions::new(), &me).await?.value;
    let mut flow = match created {
        CreateFlowOutcome::Flow(flow) => *flow,
        CreateFlowOutcome::SecondFactorRequired { .. } => {
            return Err("this session needs the second factor first".into());
        }
        _ => return Err("nobody is logged in with this token".into()),
    };
    let secret = flow.ui.text("totp_secret_key").ok_or("TOTP is set up already, or turned off")?;
    println!("Add this secret to your app, and type in the code that it shows: {}", secret.text);
    loop {
        let mut code = String::new();
        if stdin().read_line(&mut code)? == 0 {
            return Err("no code was typed in".into());
        }
        let body = UpdateFlowBody::<Settings>::totp(&Code::new(code.trim()));
        match kratos.settings().submit(&flow, &body, &me).await?.value {
            UpdateFlowOutcome::Continue(again) => {
                for message in again.ui.all_messages() {
                    println!("{}", message.text);
                }
                flow = *again;
            }
            UpdateFlowOutcome::Completed(_) | UpdateFlowOutcome::AnotherFlow { .. } => {
                println!("set up; the next log-in asks for it");
                return Ok(());
            }
            other => return Err(format!("not set up: {other:?}").into()),
        }
    }
}
