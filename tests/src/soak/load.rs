//! Bounded load: a fixed number of virtual users, each waiting for an answer before the next request.

use super::{
    accounts::Accounts,
    counters::Counters,
    fault_injection::Timeline,
    max_ages::MaxAges,
    upstreams::Upstreams,
    virtual_users::{GARBAGE, Right, Verdict, VirtualUser, Visit},
};
use crate::users::TestUser;
use keto_client::{KetoClient, RelationTuple, Relationships};
use reqwest::Client;
use std::{
    sync::Arc,
    time::{Duration, Instant},
};
use url::Url;

/// What every virtual user needs.
#[derive(Clone)]
pub struct Ground {
    /// The client that visits.
    pub http: Client,
    /// Where the app is.
    pub app: Url,
    /// The faults.
    pub timeline: Arc<Timeline>,
    /// How old the answers may be that the app goes by.
    pub max_ages: MaxAges,
    /// What has come of it.
    pub counters: Arc<Counters>,
    /// The wait between two requests of a virtual user.
    pub pause: Duration,
    /// When to stop.
    pub until: Instant,
}

impl Ground {
    /// One visit, judged and counted; whether the answer was the right one.
    pub async fn visit(&self, visit: &Visit<'_>) -> bool {
        let answer = visit.send(&self.http, &self.app).await;
        let health = self.timeline.between(answer.sent, answer.received);
        let verdict = visit.judge(health, &answer);
        let is_right = verdict == Verdict::Right;
        self.counters.count(visit.who, self.timeline.at(answer.sent), &answer, verdict);
        is_right
    }

    /// A few visits, one after the other.
    async fn visits(&self, visit: &Visit<'_>) {
        for _ in 0..3 {
            self.visit(visit).await;
            self.pause().await;
        }
    }

    /// Visits after a change that has just returned: some `until` the answers from before it are
    /// too old, and some `then`, when it must have taken effect. These don't wait for those, which
    /// may still be under way.
    async fn visits_after(&self, max_age: Duration, until: &Visit<'_>, then: &Visit<'_>) {
        let changed = Instant::now();
        let visits_until = async {
            while changed.elapsed() < max_age {
                self.visit(until).await;
                self.pause().await;
            }
        };
        let visits_then = async {
            tokio::time::sleep_until((changed + max_age).into()).await;
            self.visits(then).await;
        };
        tokio::join!(visits_until, visits_then);
        // The next change comes at any time in the life of a cached answer.
        tokio::time::sleep(max_age.mul_f32(fastrand::f32())).await;
    }

    fn goes_on(&self) -> bool {
        Instant::now() < self.until
    }

    async fn pause(&self) {
        tokio::time::sleep(self.pause).await;
    }
}

/// The visit of the person who may see the page.
pub fn allowed(person: &VirtualUser) -> Visit<'_> {
    Visit { who: "allowed", cookies: &person.cookies, id: &person.id, right: Right::LetIn }
}

/// Visits as everybody in turn, beginning with the `first`.
pub async fn virtual_user(ground: Ground, users: [VirtualUser; 3], first: usize) {
    let [may, may_not, toggled] = &users;
    for turn in first.. {
        if !ground.goes_on() {
            return;
        }
        let visit = match turn % 5 {
            0 => allowed(may),
            1 => Visit { who: "denied", right: Right::Denied, ..allowed(may_not) },
            2 => Visit { who: "toggled", right: Right::LetInOrDenied, ..allowed(toggled) },
            3 => Visit { who: "nobody", cookies: "", id: "", right: Right::LogIn },
            _ => {
                let cookies = GARBAGE[turn / 5 % GARBAGE.len()];
                Visit { who: "garbage", cookies, id: "", right: Right::LogInOrNotAvailable }
            }
        };
        ground.visit(&visit).await;
        ground.pause().await;
    }
}

/// Grants and revokes somebody's permission in turns, and visits as them.
pub async fn toggler(ground: Ground, keto: KetoClient, person: VirtualUser, tuple: RelationTuple) {
    let either = Visit { right: Right::LetInOrDenied, ..allowed(&person) };
    let just_granted = Visit { who: "just granted", ..either.clone() };
    let granted = Visit { who: "granted", ..allowed(&person) };
    let just_revoked = Visit { who: "just revoked", ..either };
    let revoked = Visit { who: "revoked", right: Right::Denied, ..allowed(&person) };
    for grant in [true, false].into_iter().cycle() {
        // Until it has returned without an error, nobody knows whether it has been done.
        loop {
            if !ground.goes_on() {
                return;
            }
            let changed = if grant {
                keto.create_relationship(&tuple).await
            } else {
                keto.delete_relationship(&tuple).await
            };
            ground.counters.change(&changed);
            if changed.is_ok() {
                break;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        let (just, then) =
            if grant { (&just_granted, &granted) } else { (&just_revoked, &revoked) };
        ground.visits_after(ground.max_ages.decision, just, then).await;
    }
}

/// Logs somebody in and out in turns who may see the page, and visits as them.
pub async fn logs_in_and_out(ground: Ground, accounts: Accounts, login: TestUser) {
    while ground.goes_on() {
        let person = accounts.log_in(&login).await;
        let logged_in = Visit { who: "logged in", ..allowed(&person) };
        ground.visits(&logged_in).await;
        let logged_out = accounts.log_out(&person).await;
        ground.counters.change(&logged_out);
        // Otherwise nobody knows whether the session has ended.
        if logged_out.is_ok() {
            let just = Visit { who: "just logged out", right: Right::LetInOrLogIn, ..logged_in };
            let then =
                Visit { who: "logged out", right: Right::LogInOrNotAvailable, ..just.clone() };
            ground.visits_after(ground.max_ages.session, &just, &then).await;
        }
    }
}

/// Visits until the answer is the right one; gives how long that took.
pub async fn recovery(ground: &Ground, upstreams: &Upstreams, patience: Duration) -> Duration {
    let since = Instant::now();
    let visit = allowed(&upstreams.allowed);
    while !ground.visit(&visit).await && since.elapsed() < patience {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    since.elapsed()
}
