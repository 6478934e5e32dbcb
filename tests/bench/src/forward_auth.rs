//! The demo app's endpoint for proxies beside Oathkeeper's, with the same servers behind them: each asks
//! for the session and for a permission, and answers with the identity.

use crate::{
    Outcome,
    apps::{App, Upstreams, free_address, with_servers},
    calls,
    homepage::{load_in_turn, median},
    stub::Stub,
};
use std::{env, fs, net::SocketAddr, path::Path, process::Command, time::Duration};

/// Requests a second, how long they take, and memory after it.
pub fn run(time: Duration, rounds: usize) -> Outcome {
    let stub = Stub::start()?;
    let upstreams = Upstreams { kratos: stub.url.clone(), keto: stub.url.clone() };
    let cookies = calls::cookies();
    let folder = env::temp_dir().join(format!("forward-auth-{}", std::process::id()));
    fs::create_dir_all(&folder)?;
    let mut apps = Vec::new();
    if let Some(program) = program("DEMO_APP") {
        apps.push(demo_app(&program, &upstreams, &cookies)?);
    }
    if let Some(program) = program("OATHKEEPER") {
        apps.push(oathkeeper(&program, &upstreams, &cookies, &folder)?);
    }
    let reports = load_in_turn(&apps, &cookies, time, rounds);
    println!("| forward auth | requests a second | p50, ms | p99, ms | failed | MiB |");
    println!("|---|---|---|---|---|---|");
    for (app, reports) in apps.iter().zip(&reports) {
        println!(
            "| {} | {:.0} | {:.2} | {:.2} | {} | {:.1} |",
            app.name,
            median(reports, |report| report.per_second),
            median(reports, |report| report.p50),
            median(reports, |report| report.p99),
            reports.iter().map(|report| report.failed).sum::<usize>(),
            app.memory()? as f64 / 1024.0,
        );
    }
    println!();
    // Oathkeeper watches its files.
    drop(apps);
    fs::remove_dir_all(&folder)?;
    Ok(())
}

fn program(variable: &str) -> Option<String> {
    let program = env::var(variable).ok();
    if program.is_none() {
        println!("NOT RUN: {variable} is not set");
    }
    program
}

fn demo_app(program: &str, upstreams: &Upstreams, cookies: &str) -> Outcome<App> {
    let address = free_address()?;
    let mut command = Command::new(program);
    let command = with_servers(&mut command, address, upstreams);
    command.env("FORWARD_AUTH_URLS", "http://127.0.0.1:8081");
    let head = "GET /forward-auth/nginx HTTP/1.1\r\nX-Original-Method: GET\r\nX-Original-URI: /any";
    App::spawn("demo app", address, head, command, cookies)
}

/// Oathkeeper with its `cookie_session`, `remote_json` and `header`, without a line of log for each
/// request.
fn oathkeeper(program: &str, upstreams: &Upstreams, cookies: &str, folder: &Path) -> Outcome<App> {
    let address = free_address()?;
    let (rules, config) = (folder.join("rules.json"), folder.join("oathkeeper.json"));
    fs::write(&rules, RULES.replace("ADDRESS", &address.to_string()))?;
    let port = |address: SocketAddr| address.port().to_string();
    let config_text = CONFIG
        .replace("API_PORT", &port(address))
        .replace("PROXY_PORT", &port(free_address()?))
        .replace("METRICS_PORT", &port(free_address()?))
        .replace("RULES", &rules.display().to_string())
        .replace("KRATOS", &upstreams.kratos)
        .replace("KETO", &upstreams.keto);
    fs::write(&config, config_text)?;
    let mut command = Command::new(program);
    command.args(["serve", "--sqa-opt-out", "--config"]).arg(&config);
    App::spawn("Oathkeeper", address, "GET /decisions/any HTTP/1.1", &mut command, cookies)
}

const RULES: &str = r#"[{
  "id": "any", "upstream": {"url": "http://127.0.0.1:1"},
  "match": {"url": "http://ADDRESS/<.*>", "methods": ["GET"]},
  "authenticators": [{"handler": "cookie_session"}],
  "authorizer": {"handler": "remote_json"}, "mutators": [{"handler": "header"}]
}]"#;

const CONFIG: &str = r#"{
  "serve": {
    "api": {"port": API_PORT}, "proxy": {"port": PROXY_PORT}, "prometheus": {"port": METRICS_PORT}
  },
  "log": {"level": "error"},
  "access_rules": {"matching_strategy": "regexp", "repositories": ["file://RULES"]},
  "authenticators": {"cookie_session": {"enabled": true, "config": {
    "check_session_url": "KRATOS/sessions/whoami", "preserve_path": true,
    "only": ["ory_kratos_session"], "subject_from": "identity.id", "extra_from": "@this"
  }}},
  "authorizers": {"remote_json": {"enabled": true, "config": {
    "remote": "KETO/relation-tuples/check", "forward_response_headers_to_upstream": [],
    "payload": "{\"namespace\": \"app\", \"object\": \"homepage\", \"relation\": \"read\", \"subject_set\": {\"namespace\": \"User\", \"object\": {{ .Subject | toJson }}, \"relation\": \"\"}}"
  }}},
  "mutators": {"header": {"enabled": true, "config": {"headers": {
    "X-Identity-Id": "{{ print .Subject }}", "X-Session-Id": "{{ print .Extra.id }}"
  }}}}
}"#;
