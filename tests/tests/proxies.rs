//! The recipes of `compose/proxies`, by the real proxies in front of an application, whose paths to
//! their programs are in `TEST_NGINX`, `TEST_TRAEFIK` and `TEST_CADDY`.

#![allow(clippy::unwrap_used, reason = "a test")]

use actix_web::{App as Actix, HttpRequest, HttpResponse, HttpServer, web};
use contract_tests::app::{permission, port, refusing_port, traits};
use demo_app::forward_auth::{self, settings::ForwardAuthSettings};
use keto_client::guard::PermissionTable;
use kratos_client::{guard::SignedIn, mock::MockLogout};
use libtest_mimic::{Arguments, Trial};
use std::{
    fs,
    net::{SocketAddr, TcpListener},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::Duration,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};
use url::Url;

/// A proxy, its recipe, the port in it, and the arguments that run it by the file with the recipe, in its
/// folder.
struct Proxy {
    name: &'static str,
    program: &'static str,
    recipe: &'static str,
    port: &'static str,
    arguments: fn(&Path, SocketAddr) -> Vec<String>,
}

const PROXIES: [Proxy; 3] = [
    Proxy {
        name: "nginx",
        program: "TEST_NGINX",
        recipe: "nginx.conf",
        port: "8081",
        arguments: |file, _| {
            let folder = file.parent().unwrap().display();
            let global = format!("daemon off; pid {folder}/pid; error_log {folder}/errors;");
            ["-p", &folder.to_string(), "-c", &file.display().to_string(), "-g", &global]
                .map(str::to_owned)
                .into()
        },
    },
    Proxy {
        name: "traefik",
        program: "TEST_TRAEFIK",
        recipe: "traefik-dynamic.yaml",
        port: "8082",
        arguments: |file, address| {
            let file = format!("--providers.file.filename={}", file.display());
            vec![format!("--entrypoints.web.address={address}"), file]
        },
    },
    Proxy {
        name: "caddy",
        program: "TEST_CADDY",
        recipe: "Caddyfile",
        port: "8083",
        arguments: |file, _| {
            let file = file.display().to_string();
            ["run", "--adapter", "caddyfile", "--config", &file].map(str::to_owned).into()
        },
    },
];

fn main() {
    let trials = PROXIES.into_iter().map(|proxy| {
        let program = keto_client::env_vars(proxy.program);
        let title = match &program {
            Some(_) => proxy.name.to_owned(),
            None => format!("{} (set {})", proxy.name, proxy.program),
        };
        let is_skipped = program.is_none();
        let run = move || {
            let program = program.ok_or("the environment does not name the program")?;
            actix_web::rt::System::new().block_on(ask_before_each_request(&proxy, &program));
            Ok(())
        };
        Trial::test(title, run).with_ignored_flag(is_skipped)
    });
    libtest_mimic::run(&Arguments::from_args(), trials.collect()).exit();
}

/// A proxy that runs by its recipe, until it is dropped.
struct Running {
    address: SocketAddr,
    child: Child,
    folder: PathBuf,
}

impl Drop for Running {
    fn drop(&mut self) {
        // nginx ends its workers when it is asked to, not when it is killed.
        let _ = Command::new("kill").arg(self.child.id().to_string()).status();
        let _ = self.child.wait();
        let _ = fs::remove_dir_all(&self.folder);
    }
}

impl Running {
    async fn start(proxy: &Proxy, program: &str, app: SocketAddr, upstream: SocketAddr) -> Self {
        let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let folder = std::env::temp_dir().join(format!("proxy-{}", uuid::Uuid::new_v4()));
        fs::create_dir(&folder).unwrap();
        let recipes = Path::new(env!("CARGO_MANIFEST_DIR")).join("../compose/proxies");
        let mut recipe = fs::read_to_string(recipes.join(proxy.recipe)).unwrap();
        for (old, new) in [
            ("app:5000", app.to_string()),
            ("upstream:80", upstream.to_string()),
            (&format!("listen {}", proxy.port), format!("listen {address}")),
            (&format!("http://:{}", proxy.port), format!("http://{address}")),
            ("http {", format!("http {{ access_log {}/requests;", folder.display())),
        ] {
            recipe = recipe.replace(old, &new);
        }
        let file = folder.join(proxy.recipe);
        fs::write(&file, recipe).unwrap();
        let mut command = Command::new(program);
        command.args((proxy.arguments)(&file, address)).env("HOME", &folder).current_dir(&folder);
        let child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let running = Self { address, child, folder };
        for _ in 0..100 {
            tokio::time::sleep(Duration::from_millis(100)).await;
            // Traefik listens before it has read the recipe, and knows no path until then.
            let is_open = TcpStream::connect(address).await.is_ok();
            if is_open && !running.send("GET", "/", &[], "").await.starts_with("HTTP/1.1 404") {
                return running;
            }
        }
        panic!("{} does not run", proxy.name);
    }

    /// The response, head and body, to a request whose path is sent as it is.
    async fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> String {
        let headers = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n"));
        let headers: String = headers.collect();
        let (host, length) = (self.address, body.len());
        let request = format!(
            "{method} {path} HTTP/1.1\r\nHost: {host}\r\n{headers}Content-Length: {length}\r\n\
             Connection: close\r\n\r\n{body}"
        );
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut response = Vec::new();
        let read = stream.read_to_end(&mut response);
        tokio::time::timeout(Duration::from_secs(20), read).await.unwrap().unwrap();
        String::from_utf8(response).unwrap()
    }
}

/// Serves until the test ends.
fn serve(configure: impl Fn(&mut web::ServiceConfig) + Clone + Send + 'static) -> SocketAddr {
    let (listener, _) = port();
    let address = listener.local_addr().unwrap();
    let server = HttpServer::new(move || Actix::new().configure(configure.clone()));
    let server = server.workers(1).disable_signals().listen(listener).unwrap();
    actix_web::rt::spawn(server.run());
    address
}

/// Tells what it got.
async fn upstream(request: HttpRequest, body: String) -> HttpResponse {
    let headers = request.headers().iter();
    let headers = headers.map(|(name, value)| format!("{name}={}\n", value.to_str().unwrap()));
    let headers: String = headers.collect();
    HttpResponse::Ok().body(format!("{} {}\n{headers}{body}", request.method(), request.uri()))
}

async fn ask_before_each_request(kind: &Proxy, program: &str) {
    let tuples = ["app:homepage#read@User:ann", "app:7#read@User:ann"].map(str::parse);
    let permissions: PermissionTable = tuples.into_iter().map(Result::unwrap).collect();
    let app = traits(SignedIn::as_identity("ann"), MockLogout::new(), permissions);
    // The address at which browsers reach the proxy is known when it runs. Until then, and for any other
    // host, browsers come back to the first URL.
    let rules = "/welcome\n/documents/{id} app:{id}#read\n/* app:homepage#read";
    let urls = vec![Url::parse("http://app.test/").unwrap()];
    let settings = ForwardAuthSettings { urls, rules: Some(rules.parse().unwrap()) };
    let endpoint = settings.endpoint(&app, &permission("homepage")).unwrap();
    let app = serve(move |config| forward_auth::configure(endpoint.clone())(config));
    let upstream = serve(|config| {
        config.default_service(web::to(upstream));
    });
    let proxy = Running::start(kind, program, app, upstream).await;

    let cookie = ("Cookie", "ory_kratos_session=planted; theme=dark");
    let forged = [
        cookie,
        ("X-Identity-Id", "eve"),
        ("X-Session-Id", "eve"),
        ("X-Original-URI", "/welcome"),
        ("X-Original-Method", "GET"),
        ("X-Forwarded-Uri", "/welcome"),
        ("X-Forwarded-Method", "GET"),
        ("X-Forwarded-Host", "app.test"),
    ];
    for (path, headers, status) in [
        ("/welcome", &[cookie][..], 200),
        ("/documents/7?page=2", &[cookie], 200),
        ("/any", &forged, 200),
        ("/documents/7", &forged, 200),
        ("/documents/8", &forged, 403),
        ("/documents/8", &[cookie], 403),
        ("//documents/8", &[cookie], 403),
        ("/any/../documents/8", &[cookie], 403),
        ("/any/%2e%2e/documents/8", &[cookie], 403),
        ("/documents%2F8", &[cookie], 403),
        ("/welcome", &forged[1..], 401),
        ("/welcome", &[], 401),
    ] {
        let response = proxy.send("GET", path, headers, "").await;
        assert!(response.starts_with(&format!("HTTP/1.1 {status} ")), "{path}: {response}");
        // The upstream server tells its path, as it got it.
        assert_eq!(response.contains(&format!("GET {path}\n")), status == 200, "{response}");
        if status == 200 {
            assert!(response.contains("\nx-identity-id=ann\n"), "{path}: {response}");
            assert!(!response.contains("eve"), "{path}: {response}");
        }
    }

    let page = [("Accept", "text/html"), ("Sec-Fetch-Mode", "navigate")];
    let response = proxy.send("GET", "/documents/7?page=2&lines=9", &page, "").await;
    assert!(response.starts_with("HTTP/1.1 302 "), "{response}");
    let login = "http://ui.test/login?return_to=http%3A%2F%2Fapp.test%2Fdocuments%2F7\
                 %3Fpage%3D2%26lines%3D9%26returned_from%3Dlogin";
    let mut headers = response.lines().filter_map(|line| line.split_once(": "));
    let location = headers.find(|(name, _)| name.eq_ignore_ascii_case("location"));
    assert_eq!(location.map(|(_, url)| url), Some(login), "{response}");

    // The body goes to the upstream server alone, and no other site can send it.
    for (origin, status) in [("http://app.test", 200), ("http://evil.test", 403)] {
        let headers = [cookie, ("Origin", origin)];
        let response = proxy.send("POST", "/any", &headers, "what is sent").await;
        assert!(response.starts_with(&format!("HTTP/1.1 {status} ")), "{origin}: {response}");
        assert_eq!(response.ends_with("what is sent"), status == 200, "{origin}: {response}");
    }

    // Without the app, nothing is allowed.
    let (_socket, url) = refusing_port();
    let refused = url.socket_addrs(|| None).unwrap()[0];
    let proxy = Running::start(kind, program, refused, upstream).await;
    let response = proxy.send("GET", "/welcome", &[cookie], "").await;
    assert!(response.starts_with("HTTP/1.1 5"), "{response}");
}
