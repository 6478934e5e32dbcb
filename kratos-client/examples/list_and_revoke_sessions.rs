//! Lists the other sessions of whoever a session token belongs to, and ends the ones that are
//! named.
//!
//! `KRATOS_EXTERNAL_API_URL=http://127.0.0.1:4433 cargo run -p kratos-client --example
//! list_and_revoke_sessions -- SESSION_TOKEN [SESSION_ID…]`

#![allow(clippy::print_stdout, reason = "an example talks to its user")]

use futures_util::TryStreamExt;
use kratos_client::{Credential, KratosClient, MySessions, MySessionsExt, SessionToken};
use std::{env, error::Error};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = env::args().skip(1);
    let token = arguments.next().ok_or("usage: list_and_revoke_sessions SESSION_TOKEN [ID…]")?;
    let kratos = KratosClient::from_env()?;
    let me = Credential::from(SessionToken::new(token)?);
    for id in arguments {
        kratos.disable_my_session(&me, &id.as_str().into()).await?;
        println!("{id} is ended");
    }
    let mut sessions = kratos.list_my_sessions(me);
    while let Some(session) = sessions.try_next().await? {
        let begun = session.issued_at.map(|at| at.to_string()).unwrap_or_default();
        println!("{} begun {begun}", session.id);
    }
    Ok(())
}
