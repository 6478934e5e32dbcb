//! The servers behind the app, the ways to them, and who is known there.

use super::{
    accounts::Accounts,
    fault_injection::{Fault, Pace, Timeline},
    proxy::{Mode, Proxy},
    virtual_users::VirtualUser,
};
use crate::{
    app::permission,
    servers::{KETOS, KRATOSES, testing_keto, testing_kratos},
    users::TestUser,
};
use keto_client::{
    KetoClient, RelationTuple, Relationships, Subject,
    testing::{KetoServer, KetoVersion},
};
use kratos_client::testing::KratosServer;
use std::time::{Duration, Instant};
use url::Url;
use uuid::Uuid;

/// Kratos and Keto, each behind a proxy.
pub struct Upstreams {
    kratos: Proxy,
    keto_read: Proxy,
    keto_write: Proxy,
    ui: Url,
    object: String,
    /// The client of Keto that changes permissions, straight at the server.
    pub keto: KetoClient,
    /// Who can log in.
    pub accounts: Accounts,
    /// How the person logs in who may see the page the whole time.
    pub login: TestUser,
    /// Who may see the page the whole time.
    pub allowed: VirtualUser,
    /// Who may never see it.
    pub denied: VirtualUser,
    /// Whose permission is granted and revoked in turns.
    pub toggled: VirtualUser,
    _testing_servers: Option<(KratosServer, KetoServer)>,
}

impl Upstreams {
    /// Testing servers of their own, or the real ones that the environment names, with three
    /// users, of whom one is allowed to see a page of its own.
    ///
    /// # Errors
    /// Says which variable is missing for the real ones.
    pub async fn start(use_real: bool) -> Result<Self, String> {
        let ui = Url::parse("http://ui.test/").unwrap();
        let (testing_servers, (public, admin), (read, write)) = if use_real {
            let [kratos, keto] = [KRATOSES[0], KETOS[0]];
            let missing = || format!("set {} and {}", kratos.first, kratos.second);
            let (public, admin) = kratos.urls().ok_or_else(missing)?;
            let missing = || format!("set {} and {}", keto.first, keto.second);
            (None, (public, admin), keto.urls().ok_or_else(missing)?)
        } else {
            let (kratos, keto) = (testing_kratos(), testing_keto(KetoVersion::Current));
            let (public, admin) = (kratos.public_url().clone(), kratos.admin_url().clone());
            let (read, write) = (keto.read_url().clone(), keto.write_url().clone());
            (Some((kratos, keto)), (public, admin), (read, write))
        };
        let accounts = Accounts::new(public.clone(), &admin);
        let login = accounts.login().await;
        let denied = accounts.login().await;
        let toggled = accounts.login().await;
        let keto = KetoClient::builder().read_url(read.as_str()).write_url(write.as_str());
        let upstreams = Self {
            kratos: Proxy::start(&public).await,
            keto_read: Proxy::start(&read).await,
            keto_write: Proxy::start(&write).await,
            ui,
            object: format!("soak-{}", Uuid::new_v4()),
            keto: keto.build().map_err(|error| error.to_string())?,
            allowed: accounts.log_in(&login).await,
            denied: accounts.log_in(&denied).await,
            toggled: accounts.log_in(&toggled).await,
            accounts,
            login,
            _testing_servers: testing_servers,
        };
        let granted =
            upstreams.keto.create_relationship(&upstreams.tuple(&upstreams.allowed)).await;
        granted.map_err(|error| error.to_string())?;
        Ok(upstreams)
    }

    /// How the app is told where they are, with the time limit of its calls in milliseconds.
    pub fn settings(&self, limit: Duration) -> Vec<(&'static str, String)> {
        let limit = limit.as_millis().to_string();
        vec![
            ("LISTEN_ADDR", "127.0.0.1:0".into()),
            ("PERMISSION", format!("app:{}#read", self.object)),
            ("KRATOS_UI_URL", self.ui.to_string()),
            ("KRATOS_EXTERNAL_API_URL", self.kratos.url.to_string()),
            ("KETO_API_READ_URL", self.keto_read.url.to_string()),
            ("KETO_API_WRITE_URL", self.keto_write.url.to_string()),
            ("KRATOS_TIMEOUT_MS", limit.clone()),
            ("KETO_TIMEOUT_MS", limit),
        ]
    }

    /// The permission to see the page.
    pub fn tuple(&self, person: &VirtualUser) -> RelationTuple {
        permission(&self.object).of(Subject::set("User", person.id.as_str(), ""))
    }

    /// Leaves nothing behind in Keto.
    pub async fn clean_up(&self) {
        for person in [&self.allowed, &self.toggled] {
            let _ = self.keto.delete_relationship(&self.tuple(person)).await;
        }
    }

    /// Does a fault for its time, and undoes it.
    pub async fn suffer(&mut self, fault: Fault, pace: &Pace, timeline: &Timeline) {
        let mode = match fault {
            Fault::KratosStopped
            | Fault::KratosRestarted
            | Fault::KetoStopped
            | Fault::KetoRestarted => Mode::Refuse,
            Fault::KratosSlow | Fault::KetoSlow => Mode::Slow(pace.slow),
            Fault::KratosHangs | Fault::KetoHangs => Mode::Hang,
            Fault::ConnectionsReset => Mode::Pass,
        };
        timeline.begin(fault);
        let until = Instant::now() + pace.of(fault);
        self.set(fault, mode).await;
        timeline.in_effect();
        while fault == Fault::ConnectionsReset && Instant::now() < until {
            for proxy in [&mut self.kratos, &mut self.keto_read, &mut self.keto_write] {
                proxy.reset().await;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        tokio::time::sleep_until(until.into()).await;
        timeline.end();
        self.set(fault, Mode::Pass).await;
    }

    async fn set(&mut self, fault: Fault, mode: Mode) {
        use Fault::{KratosHangs, KratosRestarted, KratosSlow, KratosStopped};
        match fault {
            KratosStopped | KratosRestarted | KratosSlow | KratosHangs => {
                self.kratos.set(mode).await;
            }
            _ => {
                self.keto_read.set(mode).await;
                self.keto_write.set(mode).await;
            }
        }
    }
}
