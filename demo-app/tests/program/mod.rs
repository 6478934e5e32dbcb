//! Runs the program.

#![allow(clippy::unwrap_used, dead_code, reason = "a test, of which each uses a part")]

use std::{
    io::{BufRead, BufReader},
    net::SocketAddr,
    process::{Child, Command, Output, Stdio},
};

/// The program with an environment of nothing but these settings.
pub fn demo(arguments: &[&str], settings: &[(&str, &str)]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_demo-app"));
    command.args(arguments).env_clear().envs(settings.iter().copied());
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

pub fn run(arguments: &[&str], settings: &[(&str, &str)]) -> (Option<i32>, String) {
    let Output { status, stdout, stderr } = demo(arguments, settings).output().unwrap();
    let said = [stdout, stderr].concat();
    (status.code(), String::from_utf8_lossy(&said).into_owned())
}

pub struct Running {
    child: Child,
    /// What it said.
    pub said: Vec<String>,
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Running {
    /// Starts the program, and reads what it says up to the line that has this text.
    pub fn start(settings: &[(&str, &str)], last: &str) -> Self {
        let mut child = demo(&[], settings).spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut said = Vec::new();
        for line in lines.map(Result::unwrap) {
            let is_last = line.contains(last);
            said.push(line);
            if is_last {
                break;
            }
        }
        Self { child, said }
    }

    /// The id of its process.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Reads its log no more, so that writing to it fails.
    pub fn close_log(&mut self) {
        drop(self.child.stderr.take());
    }

    /// Waits for its end. Tells whether it ended without an error.
    pub fn wait(&mut self) -> bool {
        self.child.wait().unwrap().success()
    }

    /// The last word of the line that starts with this text.
    pub fn last_word(&self, label: &str) -> String {
        let line = self.said.iter().find(|line| line.trim_start().starts_with(label));
        line.unwrap().split_whitespace().last().unwrap().to_owned()
    }

    /// Where the homepage is, as it says.
    pub fn address(&self) -> SocketAddr {
        let url = self.last_word("The homepage is at");
        url.trim_start_matches("http://").trim_end_matches('/').parse().unwrap()
    }
}
