//! The programs that are compared as processes of their own.

use crate::{Outcome, load, memory, runtime};
use std::{
    env, fs,
    net::{SocketAddr, TcpListener},
    process::{Child, Command, Stdio},
    time::Duration,
};

/// The servers that stand behind an app.
pub struct Upstreams {
    pub kratos: String,
    pub keto: String,
}

/// An app in a process of its own, which ends with this.
pub struct App {
    pub name: &'static str,
    pub address: SocketAddr,
    /// The head of each request: its first line, and headers beside the cookies.
    head: String,
    child: Child,
}

impl App {
    /// The demo app, where `DEMO_APP` says which program it is, and the Flask app, where
    /// `GUNICORN` does.
    pub fn start_all(upstreams: &Upstreams, cookies: &str) -> Outcome<Vec<Self>> {
        let mut apps = Vec::new();
        for (name, variable) in [("demo app", "DEMO_APP"), ("Flask", "GUNICORN")] {
            match env::var(variable) {
                Ok(program) => apps.push(Self::start(name, &program, upstreams, cookies)?),
                Err(_) => println!("NOT RUN: {name}, for {variable} is not set"),
            }
        }
        Ok(apps)
    }

    fn start(
        name: &'static str,
        program: &str,
        upstreams: &Upstreams,
        cookies: &str,
    ) -> Outcome<Self> {
        let address = free_address()?;
        let mut command = Command::new(program);
        if name == "Flask" {
            let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/flask");
            let workers = env::var("GUNICORN_ARGS").unwrap_or("--workers 2".into());
            command.args(workers.split(' ')).args(["--log-level", "error", "--chdir", folder]);
            command.args(["--bind", &address.to_string(), "app:app"]);
        }
        let command = with_servers(&mut command, address, upstreams);
        Self::spawn(name, address, "GET / HTTP/1.1", command, cookies)
    }

    /// Starts a program, whose requests have this head, and waits until it answers 200.
    pub fn spawn(
        name: &'static str,
        address: SocketAddr,
        head: &str,
        command: &mut Command,
        cookies: &str,
    ) -> Outcome<Self> {
        let child = command.stdout(Stdio::null()).spawn()?;
        let app = Self { name, address, head: head.to_owned(), child };
        runtime().block_on(app.ready(cookies))?;
        Ok(app)
    }

    /// A request of a browser that has these cookies.
    pub fn request(&self, cookies: &str) -> String {
        format!("{}\r\nHost: {}\r\nCookie: {cookies}\r\n\r\n", self.head, self.address)
    }

    async fn ready(&self, cookies: &str) -> Outcome {
        for _ in 0..100 {
            let got = load::get(&mut None, self.address, &self.request(cookies)).await;
            if matches!(got, Ok(200)) {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        Err(format!("{} does not answer 200", self.name).into())
    }

    /// What the app's processes have in memory, in KiB; what they share counts once.
    pub fn memory(&self) -> Outcome<u64> {
        let mut sum = 0;
        for process in processes(self.child.id())? {
            sum += memory::kib(&format!("/proc/{process}/smaps_rollup"), "Pss:")?;
        }
        Ok(sum)
    }
}

impl Drop for App {
    fn drop(&mut self) {
        // Gunicorn's master ends its workers when it is asked to, not when it is killed.
        let _ = Command::new("kill").arg(self.child.id().to_string()).status();
        let _ = self.child.wait();
    }
}

/// An address that nobody listens on yet.
pub fn free_address() -> Outcome<SocketAddr> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?)
}

/// Sets what the apps read about their address and servers.
pub fn with_servers<'a>(
    command: &'a mut Command,
    address: SocketAddr,
    upstreams: &Upstreams,
) -> &'a mut Command {
    command
        .env("LISTEN_ADDR", address.to_string())
        .env("KRATOS_UI_URL", "http://127.0.0.1:4455")
        .env("KRATOS_EXTERNAL_API_URL", &upstreams.kratos)
        .env("KETO_API_READ_URL", &upstreams.keto)
        .env("KETO_API_VERSION", "current")
}

/// A process and those that it has started.
fn processes(parent: u32) -> Outcome<Vec<u32>> {
    let children = fs::read_to_string(format!("/proc/{parent}/task/{parent}/children"))?;
    let children = children.split_whitespace().map(str::parse).collect::<Result<Vec<u32>, _>>()?;
    Ok([vec![parent], children].concat())
}
