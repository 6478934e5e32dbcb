use actix_web::{App, HttpResponse, HttpServer, web};
use rustls::{ServerConfig, pki_types::PrivateKeyDer};

#[actix_web::main]
async fn main() {
    let certified = loopback::certificate();
    let key = PrivateKeyDer::try_from(certified.signing_key.serialize_der()).unwrap();
    let tls = ServerConfig::builder().with_no_client_auth();
    let tls = tls.with_single_cert(vec![certified.cert.der().clone()], key).unwrap();
    let answer =
        || async { HttpResponse::Ok().content_type("application/json").body(loopback::ALLOWED) };
    let no_session = || async {
        let error = serde_json::json!({"code": 401, "message": "no session"});
        HttpResponse::Unauthorized().json(serde_json::json!({"error": error}))
    };
    let app = move || {
        App::new()
            .route("/sessions/whoami", web::get().to(no_session))
            .default_service(web::to(answer))
    };
    let server = HttpServer::new(app).workers(1).disable_signals();
    let server = server.bind_rustls_0_23("127.0.0.1:0", tls).unwrap();
    let url = format!("https://localhost:{}", server.addrs()[0].port());
    actix_web::rt::spawn(server.run());

    let certificate = certified.cert.pem();
    let trusted = reqwest::Certificate::from_pem(certificate.as_bytes()).unwrap();
    let client = reqwest::Client::builder().tls_certs_only([trusted]).build().unwrap();
    let body: serde_json::Value = client.get(&url).send().await.unwrap().json().await.unwrap();
    assert_eq!(body.to_string(), loopback::ALLOWED);

    #[cfg(feature = "ours")]
    loopback::ask_by_our_clients(&url, Some(&certificate)).await;
}
