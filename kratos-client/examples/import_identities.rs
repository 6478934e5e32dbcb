//! Imports identities from a CSV file, in batches, and tells what became of each line.
//!
//! ```sh
//! export KRATOS_EXTERNAL_API_URL=http://127.0.0.1:4433 KRATOS_ADMIN_API_URL=http://127.0.0.1:4434
//! cargo run -p kratos-client --example import_identities -- people.csv
//! ```
//!
//! The file has a line of headers; all but `email` may be missing or empty:
//!
//! ```csv
//! email,first,last,external_id,hashed_password,verified
//! ann@example.test,Ann,Example,crm-1,$2a$10$…,true
//! ```
//!
//! Somebody who exists already is reported and left as they are: the import can run again.

#![allow(clippy::print_stderr, reason = "a program for the terminal")]

use indicatif::{ProgressBar, ProgressStyle};
use kratos_client::{
    AddressType, Error, ErrorExt, ErrorKind, Identities, ImportedPassword, KratosClient,
    NewAddress, NewIdentity, Violation,
};
use serde::Deserialize;
use serde_json::{Map, json};
use std::{env, fs::File, process::ExitCode};

/// Small enough that the bar moves, and that hashing fits into the time limit of a call.
const BATCH: usize = 100;

#[derive(Deserialize)]
struct Row {
    email: String,
    first: Option<String>,
    last: Option<String>,
    external_id: Option<String>,
    hashed_password: Option<String>,
    verified: Option<bool>,
}

/// A line of the file by its number, and whom it is about.
struct Line {
    number: u64,
    identity: NewIdentity,
}

impl TryFrom<Row> for NewIdentity {
    type Error = serde_json::Error;

    fn try_from(row: Row) -> Result<Self, Self::Error> {
        let names = [("first", row.first), ("last", row.last)];
        let names: Map<_, _> =
            names.into_iter().filter_map(|(key, name)| Some((key.into(), name?.into()))).collect();
        let mut traits = json!({"email": row.email});
        if !names.is_empty() {
            traits["name"] = names.into();
        }
        let mut identity = NewIdentity::new("default", traits)?;
        if let Some(id) = row.external_id {
            identity = identity.external_id(id);
        }
        if let Some(hash) = row.hashed_password {
            identity = identity.password(ImportedPassword::hashed(hash));
        }
        if row.verified == Some(true) {
            let address = NewAddress::verified(AddressType::Email, row.email);
            identity = identity.verifiable_address(address);
        }
        Ok(identity)
    }
}

/// What is told while it runs, and what is counted.
struct Report {
    bar: ProgressBar,
    created: u64,
    failed: u64,
}

impl Report {
    fn new(lines: u64) -> Self {
        let bar = ProgressBar::new(lines);
        let style = ProgressStyle::with_template("{bar:40} {pos}/{len} lines, {eta} left");
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        Self { bar, created: 0, failed: 0 }
    }

    fn line(&mut self, number: u64, problem: Option<String>) {
        match problem {
            None => self.created += 1,
            Some(problem) => {
                self.failed += 1;
                self.bar.suspend(|| eprintln!("line {number}: {problem}"));
            }
        }
        self.bar.inc(1);
    }
}

/// Explains the error of one line. It names places, not the values that are there.
fn explain(error: &(impl ErrorExt + std::fmt::Display), is_conflict: bool) -> String {
    if is_conflict {
        return "exists already, or another identity has the address or id".into();
    }
    match error.violations().as_slice() {
        [] => error.to_string(),
        violations => {
            let places: Vec<_> = violations.iter().map(Violation::pointer).collect();
            format!("violates the schema at {}", places.join(", "))
        }
    }
}

/// Creates a batch at once. Where the server has no batches, or refuses one because of one line in
/// it, each line goes by itself, so that the others get in.
async fn import(kratos: &dyn Identities, batch: &[Line], report: &mut Report) -> Result<(), Error> {
    let identities: Vec<_> = batch.iter().map(|line| line.identity.clone()).collect();
    match kratos.create_identities(&identities).await {
        Ok(results) => {
            for (line, result) in batch.iter().zip(results) {
                let problem = result.err().map(|error| explain(&error, error.is_conflict()));
                report.line(line.number, problem);
            }
            Ok(())
        }
        Err(error) if is_about_one_line(&error) => {
            for line in batch {
                let result = kratos.create_identity(&line.identity).await;
                let problem = match result.err() {
                    Some(error) if !is_about_one_line(&error) => return Err(error),
                    error => error.map(|error| explain(&error, error.is_conflict())),
                };
                report.line(line.number, problem);
            }
            Ok(())
        }
        Err(error) => Err(error),
    }
}

/// Whether the server answered about the input; otherwise there is no point in going on.
fn is_about_one_line(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::Unsupported { .. })
        || error.status().is_some_and(|status| matches!(status.as_u16(), 400 | 409 | 422))
}

async fn run(path: &str) -> Result<Report, Box<dyn std::error::Error>> {
    let kratos = KratosClient::from_env()?;
    let lines = csv::Reader::from_reader(File::open(path)?).into_records().count() as u64;
    let mut report = Report::new(lines);
    let mut batch = Vec::with_capacity(BATCH);
    let mut file = csv::Reader::from_reader(File::open(path)?);
    let headers = file.headers()?.clone();
    for record in file.records() {
        let number = |position: Option<&csv::Position>| position.map_or(0, csv::Position::line);
        let read = record.and_then(|record| {
            let row = record.deserialize::<Row>(Some(&headers))?;
            let identity = row.try_into().map_err(std::io::Error::from)?;
            Ok(Line { number: number(record.position()), identity })
        });
        match read {
            Ok(line) => batch.push(line),
            // No more than that: the error's text can quote the line.
            Err(error) => report.line(number(error.position()), Some("can't be read".into())),
        }
        if batch.len() == BATCH {
            import(&kratos, &batch, &mut report).await?;
            batch.clear();
        }
    }
    if !batch.is_empty() {
        import(&kratos, &batch, &mut report).await?;
    }
    report.bar.finish();
    Ok(report)
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let Some(path) = env::args().nth(1) else {
        eprintln!("usage: import_identities FILE.csv");
        return ExitCode::from(2);
    };
    match run(&path).await {
        Ok(report) => {
            eprintln!("{} created, {} not", report.created, report.failed);
            if report.failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
        }
        Err(error) => {
            eprintln!("stopped: {error}");
            ExitCode::FAILURE
        }
    }
}
