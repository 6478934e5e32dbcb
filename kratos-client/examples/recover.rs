//! Recovers an account by a code that the server mails. Type the code in when it has come. Where
//! the server lets people choose the address, it is chosen first.
//!
//! `KRATOS_EXTERNAL_API_URL=http://127.0.0.1:4433 cargo run -p kratos-client --example recover --
//! ann@example.test`

#![allow(clippy::print_stdout, reason = "an example talks to its user")]

use kratos_client::{
    FlowsExt, KratosClient,
    flow::{
        Caller, Code, CreateFlowOptions, Flow, FlowState, Recovery, UiNodeAttributes,
        UpdateFlowBody, UpdateFlowOutcome,
    },
};
use std::{env, error::Error, io::stdin};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let email = env::args().nth(1).ok_or("usage: recover EMAIL")?;
    let kratos = KratosClient::from_env()?;
    let app = Caller::native();
    let created = kratos.recovery().create(&CreateFlowOptions::new(), &app).await?.value;
    let flow = created.into_flow().ok_or("somebody is logged in already")?;
    let body = match flow.state {
        Some(FlowState::RecoveryAwaitingAddress) => {
            UpdateFlowBody::<Recovery>::recovery_address(&email)
        }
        _ => UpdateFlowBody::<Recovery>::send_code(&email),
    };
    let mut outcome = kratos.recovery().submit(&flow, &body, &app).await?.value;
    loop {
        outcome = match outcome {
            UpdateFlowOutcome::Continue(flow) => {
                for message in flow.ui.all_messages() {
                    println!("{}", message.text);
                }
                let body = match flow.state {
                    Some(FlowState::SentEmail | FlowState::RecoveryAwaitingCode) => {
                        UpdateFlowBody::<Recovery>::code(&Code::new(ask("the code")?))
                    }
                    Some(FlowState::RecoveryAwaitingAddressChoice) => {
                        UpdateFlowBody::<Recovery>::select_address(&choose(&flow)?)
                    }
                    Some(FlowState::RecoveryConfirmingAddress) => {
                        UpdateFlowBody::<Recovery>::confirm_address(&ask("the whole address")?)
                    }
                    _ => return Err("no code was sent".into()),
                };
                kratos.recovery().submit(&flow, &body, &app).await?.value
            }
            UpdateFlowOutcome::Completed(flow) => {
                let next = flow.continue_with.iter().flatten();
                println!("recovered; what comes next: {:?}", next.collect::<Vec<_>>());
                return Ok(());
            }
            UpdateFlowOutcome::AnotherFlow { redirect_browser_to, .. } => {
                println!("recovered; a browser goes on at {redirect_browser_to}");
                return Ok(());
            }
            other => return Err(format!("not recovered: {other:?}").into()),
        };
    }
}

fn ask(what: &str) -> Result<String, Box<dyn Error>> {
    println!("Type in {what}:");
    let mut line = String::new();
    match stdin().read_line(&mut line)? {
        0 => Err("nothing was typed in".into()),
        _ => Ok(line.trim().to_owned()),
    }
}

/// Lets one of the masked addresses be chosen; gives the value that stands for it.
fn choose(flow: &Flow<Recovery>) -> Result<String, Box<dyn Error>> {
    let mut values = Vec::new();
    for node in flow.ui.nodes.iter().flatten() {
        let UiNodeAttributes::Input(input) = &node.attributes else { continue };
        if input.name == "recovery_select_address" {
            let label = node.meta.as_ref().and_then(|meta| meta.label.as_ref());
            println!("{}: {}", values.len(), label.map_or("", |label| label.text.as_str()));
            values.extend(input.value.as_ref().and_then(|value| value.as_str()));
        }
    }
    let chosen: usize = ask("the number of an address")?.parse()?;
    Ok((*values.get(chosen).ok_or("there is no such number")?).to_owned())
}
