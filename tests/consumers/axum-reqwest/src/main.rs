use axum::{Router, extract::State, routing::get};
use tokio::net::TcpListener;

#[tokio::main]
async fn main() {
    let upstream = loopback::serve_http();
    let app = Router::new().route("/", get(forward)).with_state(upstream.clone());
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async { axum::serve(listener, app).await });

    let body = reqwest::get(url).await.unwrap().text().await.unwrap();
    assert_eq!(body, loopback::ALLOWED);

    #[cfg(feature = "ours")]
    loopback::ask_by_our_clients(&upstream, None).await;
}

async fn forward(State(upstream): State<String>) -> String {
    reqwest::get(upstream).await.unwrap().text().await.unwrap()
}
