//! Clients that were built with the URLs of some of a server's APIs: an operation of another API says
//! which variable it lacks, and sends nothing.

use crate::{
    Operation, fake_keto, fake_kratos, keto_operations,
    kratos_operations::{self, Values as KratosValues},
    line,
};
use bytes::Bytes;
use contract_tests::in_memory::{Answer, InMemory};
use http::Request;
use keto_client::{ErrorKind, KetoClient, KetoGrpcClient, Metadata, OplSyntax, Relationships};
use kratos_client::{GetIdentityOptions, Identities, KratosClient};
use std::sync::Arc;

/// That these operations lack a variable, and sent nothing.
async fn assert_lack(service: &Arc<InMemory>, operations: Vec<Operation<'_>>, variable: &str) {
    assert!(!operations.is_empty());
    for Operation { id, call, .. } in operations {
        let error = call.await.expect_err(id);
        let lacks = |kind: &ErrorKind| matches!(kind, ErrorKind::NotConfigured { setting } if *setting == variable);
        assert!(lacks(error.kind()), "{id}: {error:?}");
        assert!(error.to_string().contains(variable), "{id}: {error}");
    }
    assert_eq!(service.take_requests().iter().map(line).collect::<Vec<_>>(), [""; 0]);
}

async fn assert_work(service: &InMemory, operations: Vec<Operation<'_>>) {
    for Operation { id, call, .. } in operations {
        call.await.unwrap_or_else(|error| panic!("{id}: {error:?}"));
        assert!(!service.take_requests().is_empty(), "{id}");
    }
}

/// Whether an operation is one of the server's health, which each API tells.
fn is_health(operation: &Operation<'_>) -> bool {
    ["isAlive", "isReady"].contains(&operation.id)
}

#[tokio::test]
async fn kratos_by_its_admin_api_alone() {
    for version in [fake_kratos::current as fn(&Request<Bytes>) -> Answer, fake_kratos::v0_8] {
        let service = InMemory::new(version);
        let kratos = KratosClient::builder().admin_url("http://127.0.0.1:2");
        let kratos = kratos.http(service.config()).build().unwrap().with_own_connections().unwrap();
        for values in KratosValues::of_browser_and_app() {
            let public = kratos_operations::public(&kratos, &values);
            let (health, public) = public.into_iter().partition(is_health);
            assert_lack(&service, public, "KRATOS_EXTERNAL_API_URL").await;
            assert_work(&service, health).await;
        }
        // The version is found out by the admin API.
        kratos
            .get_identity(
                &"00000000-0000-0000-0000-000000000001".into(),
                &GetIdentityOptions::new(),
            )
            .await
            .unwrap();
        kratos.version().await.unwrap();
    }
}

#[tokio::test]
async fn kratos_by_its_public_api_alone() {
    let service = InMemory::new(fake_kratos::current);
    let kratos = KratosClient::builder().public_url("http://127.0.0.1:1");
    let kratos = kratos.http(service.config()).build().unwrap().with_own_connections().unwrap();
    let [_, values] = KratosValues::of_browser_and_app();
    let admin = kratos_operations::admin(&kratos, &values);
    assert_lack(&service, admin, "KRATOS_ADMIN_API_URL").await;
}

#[tokio::test]
async fn keto_by_its_write_api_alone() {
    let current = |request: &Request<Bytes>| fake_keto::current(request, Some(10));
    for version in
        [Arc::new(current) as Arc<dyn Fn(&_) -> Answer + Send + Sync>, Arc::new(fake_keto::v0_7)]
    {
        let service = InMemory::new(move |request| version(request));
        let keto = KetoClient::builder().write_url("http://127.0.0.1:2").http(service.config());
        let keto = keto.build().unwrap().with_own_connections().unwrap();
        let values = keto_operations::Values::default();
        let is_by_write =
            |operation: &Operation<'_>| is_health(operation) || operation.id == "getVersion";
        let reads = keto_operations::reads(&keto, &values);
        let (by_write, reads): (Vec<_>, Vec<_>) = reads.into_iter().partition(is_by_write);
        let (syntax, reads) =
            reads.into_iter().partition(|operation| operation.id == "checkOplSyntax");
        assert_lack(&service, reads, "KETO_API_READ_URL").await;
        assert_lack(&service, syntax, "KETO_API_OPL_URL").await;
        // The version is found out by a transaction without a body, which changes nothing.
        keto.create_relationship(&values.tuple).await.unwrap();
        let probe = service.take_requests().remove(0);
        assert_eq!(line(&probe), "PATCH /admin/relation-tuples");
        assert!(probe.body().is_empty());
        assert_work(&service, keto_operations::writes(&keto, &values)).await;
        assert_work(&service, by_write).await;
    }
}

#[tokio::test]
async fn keto_by_its_write_api_alone_over_grpc() {
    let service = InMemory::new(|request| fake_keto::over_grpc(request, 10));
    let keto = KetoGrpcClient::builder().write_url("http://127.0.0.1:2").http(service.config());
    let keto = keto.build().unwrap().with_own_connections().unwrap();
    let values = keto_operations::Values::default();
    keto.create_relationship(&values.tuple).await.unwrap();
    keto.is_alive().await.unwrap();
    keto.version().await.unwrap();
    service.take_requests();
    let mut reads = keto_operations::reads(&keto, &values);
    reads.retain(|read| !is_health(read) && !["getVersion", "checkOplSyntax"].contains(&read.id));
    assert_lack(&service, reads, "KETO_API_READ_URL").await;
}

#[tokio::test]
async fn keto_without_its_write_api() {
    let service = InMemory::new(|request| fake_keto::current(request, Some(10)));
    let keto = KetoClient::builder().opl_url("http://127.0.0.1:3").http(service.config());
    let keto = keto.build().unwrap();
    keto.check_opl_syntax("class User {}").await.unwrap();
    service.take_requests();
    let values = keto_operations::Values::default();
    assert_lack(&service, keto_operations::writes(&keto, &values), "KETO_API_WRITE_URL").await;
    let keto = KetoGrpcClient::builder().read_url("http://127.0.0.1:1").http(service.config());
    let keto = keto.build().unwrap();
    assert_lack(&service, keto_operations::writes(&keto, &values), "KETO_API_WRITE_URL").await;
}

#[test]
fn a_client_without_any_url_is_not_built() {
    let kratos = KratosClient::builder().build().unwrap_err();
    assert_eq!(
        kratos.to_string(),
        "KRATOS_EXTERNAL_API_URL is not set, nor is KRATOS_ADMIN_API_URL"
    );
    let keto = "KETO_API_READ_URL is not set, nor is KETO_API_WRITE_URL";
    assert_eq!(KetoClient::builder().build().unwrap_err().to_string(), keto);
    assert_eq!(KetoGrpcClient::builder().build().unwrap_err().to_string(), keto);
}
