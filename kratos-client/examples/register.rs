//! Registers somebody by email address and password.
//!
//! `KRATOS_EXTERNAL_API_URL=http://127.0.0.1:4433 cargo run -p kratos-client --example register --
//! ann@example.test PASSWORD`

#![allow(clippy::print_stdout, reason = "an example talks to its user")]

use kratos_client::{
    FlowsExt, KratosClient,
    flow::{Caller, CreateFlowOptions, Password, Registration, UpdateFlowBody, UpdateFlowOutcome},
};
use serde::Serialize;
use std::{env, error::Error};

/// The traits, as the server's identity schema has them.
#[derive(Serialize)]
struct Traits {
    email: String,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = env::args().skip(1);
    let (Some(email), Some(password)) = (arguments.next(), arguments.next()) else {
        return Err("usage: register EMAIL PASSWORD".into());
    };
    let kratos = KratosClient::from_env()?;
    let app = Caller::native();
    let created = kratos.registration().create(&CreateFlowOptions::new(), &app).await?.value;
    let flow = created.into_flow().ok_or("somebody is logged in already")?;
    let body =
        UpdateFlowBody::<Registration>::password(&Traits { email }, &Password::new(password))?;
    match kratos.registration().submit(&flow, &body, &app).await?.value {
        UpdateFlowOutcome::Completed(registered) => {
            match registered.identity {
                Some(identity) => println!("registered identity {}", identity.id),
                None => println!("logged in to an existing identity"),
            }
            println!("logged in: {}", registered.session_token.is_some());
        }
        UpdateFlowOutcome::Continue(flow) => {
            for message in flow.ui.all_messages() {
                println!("{}", message.text);
            }
        }
        other => println!("something else comes first: {other:?}"),
    }
    Ok(())
}
