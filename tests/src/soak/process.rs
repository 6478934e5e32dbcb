//! The app as a process of its own.

use std::{
    collections::BTreeMap,
    fs,
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, ChildStderr, Command, Stdio},
    sync::{Arc, Mutex},
    thread::JoinHandle,
};
use url::Url;

/// More kinds of log lines than this are not told apart.
const KINDS: usize = 50;

/// An app that runs; it is ended when this is dropped.
pub struct Process {
    /// How browsers reach it.
    pub url: Url,
    child: Child,
    log: Arc<Mutex<Log>>,
    reader: Option<JoinHandle<()>>,
}

/// What the app wrote to its log.
#[derive(Clone, Debug, Default)]
pub struct Log {
    /// How often it gave each reason for having no decision.
    pub reasons: BTreeMap<String, u64>,
    /// Lines that tell of a panic.
    pub panics: Vec<String>,
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Process {
    /// Starts the program of this name beside this one, with an environment of nothing but these
    /// settings.
    ///
    /// # Errors
    /// Says how to build the program if it is not there, and what it said if it does not start.
    pub fn start(name: &str, settings: &[(&str, &str)]) -> Result<Self, String> {
        let own = std::env::current_exe().map_err(|error| error.to_string())?;
        let name = format!("{name}{}", std::env::consts::EXE_SUFFIX);
        let program = own.parent().map(|folder| folder.join(name)).unwrap_or_default();
        if !program.is_file() {
            let release = if cfg!(debug_assertions) { "" } else { " --release" };
            return Err(format!(
                "{} does not exist: build it by `cargo build{release} -p demo-app -p contract-tests`",
                program.display(),
            ));
        }
        Self::run(&program, settings)
    }

    fn run(program: &Path, settings: &[(&str, &str)]) -> Result<Self, String> {
        let mut command = Command::new(program);
        command.env_clear().envs(settings.iter().copied()).stdin(Stdio::null());
        let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
        let mut child = child.map_err(|error| format!("{}: {error}", program.display()))?;
        let stdout = child.stdout.take().expect("is piped");
        let stderr = child.stderr.take().expect("is piped");
        let log = Arc::new(Mutex::new(Log::default()));
        let reader = {
            let log = log.clone();
            std::thread::spawn(move || read(stderr, &log))
        };
        let mut said = String::new();
        // Nothing else is ever said there.
        let _ = BufReader::new(stdout).read_line(&mut said);
        let url = said.trim().rsplit(' ').next().and_then(|url| Url::parse(url).ok());
        let mut process =
            Self { url: Url::parse("http://127.0.0.1").unwrap(), child, log, reader: Some(reader) };
        match url {
            Some(url) => process.url = url,
            None => return Err(format!("the app did not start: {said} {:?}", process.end())),
        }
        Ok(process)
    }

    /// Kibibytes of memory that it has.
    pub fn memory(&self) -> Option<u64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).ok()?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
        line.split_whitespace().next()?.parse().ok()
    }

    /// File descriptors that it has open.
    pub fn descriptors(&self) -> Option<usize> {
        Some(fs::read_dir(format!("/proc/{}/fd", self.child.id())).ok()?.count())
    }

    /// Whether it still runs.
    pub fn runs(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// Ends it, and gives its whole log.
    pub fn end(&mut self) -> Log {
        let _ = self.child.kill();
        let _ = self.child.wait();
        if let Some(reader) = self.reader.take() {
            let _ = reader.join();
        }
        self.log.lock().unwrap().clone()
    }
}

fn read(stderr: ChildStderr, log: &Mutex<Log>) {
    for line in BufReader::new(stderr).split(b'\n').map_while(Result::ok) {
        let line = String::from_utf8_lossy(&line);
        let mut log = log.lock().unwrap();
        if line.contains("panic") {
            log.panics.push(line.into_owned());
        } else if let Some((_, reason)) = line.split_once("could not be authorized: ") {
            let known = log.reasons.contains_key(reason) || log.reasons.len() < KINDS;
            let reason = if known { reason } else { "other reasons" };
            *log.reasons.entry(reason.to_owned()).or_default() += 1;
        }
    }
}
