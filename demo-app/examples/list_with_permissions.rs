//! A JSON API: the list of those documents that whoever asks may view, checked in one batch, and one
//! document by its id.
//!
//! `KRATOS_EXTERNAL_API_URL=http://127.0.0.1:4433 KRATOS_UI_URL=http://127.0.0.1:4455
//! APP_PUBLIC_URL=http://127.0.0.1:3000 KETO_API_READ_URL=http://127.0.0.1:4466
//! cargo run -p demo-app --example list_with_permissions`

use axum::{Json, Router, extract::Path, routing::get};
use keto_client::{
    Decision,
    axum::{Authorization, Can, Permit, RequiredPermission},
    guard::Refused,
};
use kratos_client::axum::SessionGuard;
use tokio::net::TcpListener;

const DOCUMENTS: [&str; 3] = ["annual-report", "minutes", "draft"];

struct ViewDocument;

impl RequiredPermission for ViewDocument {
    const TEMPLATE: &'static str = "Document:{id}#view";
}

async fn list(can: Can) -> Result<Json<Vec<&'static str>>, Refused> {
    let results = can.check_each(DOCUMENTS.map(|id| ("Document", id, "view"))).await?;
    let rows = DOCUMENTS.into_iter().zip(results);
    Ok(Json(rows.filter(|(_, r)| *r == Ok(Decision::Allowed)).map(|(id, _)| id).collect()))
}

async fn document(_: Permit<ViewDocument>, Path(id): Path<String>) -> Json<String> {
    Json(format!("the text of {id}"))
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let app = Router::new()
        .route("/documents", get(list))
        .route("/documents/{id}", get(document))
        .layer(Authorization::from_env()?)
        .layer(SessionGuard::from_env()?);
    Ok(axum::serve(TcpListener::bind("127.0.0.1:3000").await?, app).await?)
}
