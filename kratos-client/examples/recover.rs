//! Recovers an account by a code that the server mails. Type the code in when it has come.
//!
//! `KRATOS_EXTERNAL_API_URL=http://127.0.0.1:4433 cargo run -p kratos-client --example recover --
//! ann@example.test`

#![allow(clippy::print_stdout, reason = "an example talks to its user")]

use kratos_client::{
    Flows, KratosClient,
    flow::{Body, Caller, Code, Flow, FlowState, Outcome, Recovery, Start},
};
use std::{env, error::Error, io::stdin};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let email = env::args().nth(1).ok_or("usage: recover EMAIL")?;
    let kratos = KratosClient::from_env()?;
    let app = Caller::app();
    let flow = Flows::<Recovery>::create(&kratos, &Start::new(), &app).await?.value;
    let mut outcome = kratos.submit(&flow, &Body::<Recovery>::send_code(&email), &app).await?.value;
    loop {
        outcome = match outcome {
            Outcome::Again(flow) if flow.state == Some(FlowState::SentEmail) => {
                tell(&flow);
                let mut code = String::new();
                if stdin().read_line(&mut code)? == 0 {
                    return Err("no code was typed in".into());
                }
                let body = Body::<Recovery>::code(&Code::new(code.trim()));
                kratos.submit(&flow, &body, &app).await?.value
            }
            Outcome::Again(flow) => {
                tell(&flow);
                return Err("no code was sent".into());
            }
            Outcome::Done(flow) => {
                let next = flow.continue_with.iter().flatten();
                println!("recovered; what comes next: {:?}", next.collect::<Vec<_>>());
                return Ok(());
            }
            other => {
                println!("recovered; the browser goes on: {other:?}");
                return Ok(());
            }
        };
    }
}

fn tell(flow: &Flow<Recovery>) {
    for message in flow.ui.all_messages() {
        println!("{}", message.text);
    }
}
