//! Keto over gRPC: plain tonic, and a server that answers at once.

use crate::Outcome;
use bytes::Bytes;
use h2::{RecvStream, server::SendResponse};
use http::{HeaderMap, HeaderName, HeaderValue, Response, header::CONTENT_TYPE};
use proto::{
    CheckRequest, RelationTuple, Subject, check_service_client::CheckServiceClient, subject,
};
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tonic::transport::{Channel, Endpoint};

#[allow(dead_code, clippy::all, reason = "generated, and more than is asked")]
mod proto {
    include!("../../../keto-client/src/grpc/generated/ory.keto.relation_tuples.v1alpha2.rs");
}

/// What somebody writes who wants no more than an answer, but wants it bounded.
pub struct PlainGrpc(CheckServiceClient<Channel>);

impl PlainGrpc {
    pub fn new(url: &str) -> Self {
        let endpoint = Endpoint::from_shared(url.to_owned()).expect("a URL");
        let endpoint = endpoint.connect_timeout(Duration::from_secs(2));
        let channel = endpoint.timeout(Duration::from_secs(5)).connect_lazy();
        Self(CheckServiceClient::new(channel).max_decoding_message_size(8 * 1024 * 1024))
    }

    pub async fn check(&self, tuple: &RelationTuple) -> bool {
        let request = CheckRequest { tuple: Some(tuple.clone()), ..CheckRequest::default() };
        self.0.clone().check(request).await.expect("a decision").into_inner().allowed
    }
}

pub fn tuple(namespace: &str, object: &str, relation: &str, subject: &str) -> RelationTuple {
    let subject = subject::Ref::Id(subject.to_owned());
    RelationTuple {
        namespace: namespace.to_owned(),
        object: object.to_owned(),
        relation: relation.to_owned(),
        subject: Some(Subject { r#ref: Some(subject) }),
    }
}

/// Says "allowed" to whatever is asked, and tells its address in a line.
pub async fn serve() -> Outcome {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("http://{}", listener.local_addr()?);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let _ = stream.set_nodelay(true);
            tokio::spawn(connection(stream));
        }
    });
    Ok(())
}

async fn connection(stream: TcpStream) -> Result<(), h2::Error> {
    let mut connection = h2::server::handshake(stream).await?;
    while let Some(request) = connection.accept().await {
        let (request, respond) = request?;
        tokio::spawn(answer(request.into_body(), respond));
    }
    Ok(())
}

async fn answer(
    mut question: RecvStream,
    mut respond: SendResponse<Bytes>,
) -> Result<(), h2::Error> {
    // A question that is not read to its end is reset, and too many of these end the connection.
    while let Some(bytes) = question.data().await {
        question.flow_control().release_capacity(bytes?.len())?;
    }
    let mut head = Response::new(());
    head.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/grpc"));
    let mut body = respond.send_response(head, false)?;
    body.send_data(Bytes::from_static(b"\0\0\0\0\x02\x08\x01"), false)?;
    let status = (HeaderName::from_static("grpc-status"), HeaderValue::from_static("0"));
    body.send_trailers(HeaderMap::from_iter([status]))
}
