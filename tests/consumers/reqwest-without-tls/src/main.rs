#[tokio::main]
async fn main() {
    let url = loopback::serve_http();
    let response = reqwest::Client::new().get(&url).send().await.unwrap();
    let body: serde_json::Value = response.json().await.unwrap();
    assert_eq!(body.to_string(), loopback::ALLOWED);

    #[cfg(feature = "ours")]
    loopback::ask_by_our_clients(&url, None).await;
}
