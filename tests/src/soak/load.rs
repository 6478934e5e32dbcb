//! Bounded load: a fixed number of visitors, each waiting for an answer before the next request.

use super::{
    tally::Tally,
    upstreams::Upstreams,
    visitors::{GARBAGE, Person, Right, Verdict, Visit},
    weather::Timeline,
};
use keto_client::{KetoClient, RelationTuple, Relationships};
use reqwest::Client;
use std::{
    sync::Arc,
    time::{Duration, Instant},
};
use url::Url;

/// What every visitor needs.
#[derive(Clone)]
pub struct Ground {
    /// The client that visits.
    pub http: Client,
    /// Where the app is.
    pub app: Url,
    /// The faults.
    pub timeline: Arc<Timeline>,
    /// What has come of it.
    pub tally: Arc<Tally>,
    /// The wait between two requests of a visitor.
    pub pause: Duration,
    /// When to stop.
    pub until: Instant,
}

impl Ground {
    /// One visit, judged and counted; whether the answer was the right one.
    pub async fn visit(&self, visit: &Visit<'_>) -> bool {
        let answer = visit.send(&self.http, &self.app).await;
        let weather = self.timeline.between(answer.sent, answer.received);
        let verdict = visit.judge(weather, &answer);
        let is_right = verdict == Verdict::Right;
        self.tally.count(visit.who, self.timeline.at(answer.sent), &answer, verdict);
        is_right
    }

    fn goes_on(&self) -> bool {
        Instant::now() < self.until
    }

    async fn pause(&self) {
        tokio::time::sleep(self.pause).await;
    }
}

/// The visit of the person who may see the page.
pub fn allowed(person: &Person) -> Visit<'_> {
    Visit { who: "allowed", cookies: &person.cookies, id: &person.id, right: Right::LetIn }
}

/// Visits as everybody in turn, beginning with the `first`.
pub async fn visitor(ground: Ground, people: [Person; 2], first: usize) {
    let [may, may_not] = &people;
    for turn in first.. {
        if !ground.goes_on() {
            return;
        }
        let visit = match turn % 4 {
            0 => allowed(may),
            1 => Visit { who: "denied", right: Right::Denied, ..allowed(may_not) },
            2 => Visit { who: "nobody", cookies: "", id: "", right: Right::LogIn },
            _ => {
                let cookies = GARBAGE[turn / 4 % GARBAGE.len()];
                Visit { who: "garbage", cookies, id: "", right: Right::LogInOrNotAvailable }
            }
        };
        ground.visit(&visit).await;
        ground.pause().await;
    }
}

/// Grants and revokes somebody's permission in turns, and visits as them: each change must have
/// taken effect when it has returned.
pub async fn toggler(ground: Ground, keto: KetoClient, person: Person, tuple: RelationTuple) {
    let granted = Visit { who: "granted", ..allowed(&person) };
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
            ground.tally.change(&changed);
            if changed.is_ok() {
                break;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        for _ in 0..3 {
            ground.visit(if grant { &granted } else { &revoked }).await;
            ground.pause().await;
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
