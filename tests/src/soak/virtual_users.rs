//! The virtual users who request the page of the app, and the responses that they may get.

use super::fault_injection::ServerHealth;
use reqwest::Client;
use std::time::{Duration, Instant};
use url::Url;

/// Longer than this nobody waits.
const PATIENCE: Duration = Duration::from_secs(30);

/// Somebody with a session.
#[derive(Clone, Debug)]
pub struct VirtualUser {
    /// The identity's id, which the pages show.
    pub id: String,
    /// The `Cookie` header.
    pub cookies: String,
}

/// What the right answer to a virtual user is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Right {
    /// The page.
    LetIn,
    /// 403.
    Denied,
    /// Sent to log in, whatever the servers do: nobody is asked.
    LogIn,
    /// Sent to log in, unless Kratos can't be asked.
    LogInOrNotAvailable,
    /// The page or 403: the permission changes meanwhile.
    LetInOrDenied,
    /// The page or sent to log in: the session ends meanwhile.
    LetInOrLogIn,
}

/// One virtual user's request, with the right answer to it.
#[derive(Clone, Debug)]
pub struct Visit<'a> {
    /// What to call the virtual user in the report.
    pub who: &'static str,
    /// The `Cookie` header; empty for none.
    pub cookies: &'a str,
    /// The identity's id, where there is one.
    pub id: &'a str,
    /// What is right.
    pub right: Right,
}

/// What came back, and when.
#[derive(Clone, Debug)]
pub struct Answer {
    /// When the request was sent.
    pub sent: Instant,
    /// When the answer was there as a whole.
    pub received: Instant,
    /// The status, where it leads, and the page; or why there is none.
    pub seen: Result<Seen, String>,
}

/// A whole answer.
#[derive(Clone, Debug)]
pub struct Seen {
    /// The status.
    pub status: u16,
    /// Where it leads.
    pub location: String,
    /// The page.
    pub page: String,
}

/// What to think of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// As it must be.
    Right,
    /// 503, while there was a fault.
    Unavailable,
    /// 503, though all was well.
    Unexplained,
    /// It must never be.
    Wrong(String),
}

impl Visit<'_> {
    /// Asks for the homepage.
    pub async fn send(&self, http: &Client, app: &Url) -> Answer {
        let sent = Instant::now();
        let mut request = http.get(app.clone()).timeout(PATIENCE);
        if !self.cookies.is_empty() {
            request = request.header("cookie", self.cookies);
        }
        let seen = async {
            let answer = request.send().await?;
            let location = answer.headers().get("location");
            let location = location.and_then(|url| url.to_str().ok()).unwrap_or_default().into();
            let status = answer.status().as_u16();
            Ok(Seen { status, location, page: answer.text().await? })
        };
        let seen = seen.await.map_err(|error: reqwest::Error| format!("{error:?}"));
        Answer { sent, received: Instant::now(), seen }
    }

    /// Holds an answer against what may be.
    pub fn judge(&self, health: ServerHealth, answer: &Answer) -> Verdict {
        use Right::{Denied, LetIn, LetInOrDenied, LetInOrLogIn, LogIn, LogInOrNotAvailable};

        let seen = match &answer.seen {
            Ok(seen) => seen,
            Err(error) => return Verdict::Wrong(format!("no answer of the app: {error}")),
        };
        let welcome = seen.page.contains("Welcome to the homepage");
        let names = seen.page.contains(self.id);
        let login = seen.location.contains("/login?");
        match (seen.status, self.right) {
            (200 | 403, _) if matches!(health, ServerHealth::Down(_)) => {
                Verdict::Wrong(format!("{} though there can't be a decision", seen.status))
            }
            (200, LetIn | LetInOrDenied | LetInOrLogIn) if welcome && names => Verdict::Right,
            (403, Denied | LetInOrDenied) if !welcome && names => Verdict::Right,
            (302, LogIn | LogInOrNotAvailable | LetInOrLogIn) if login && !welcome => {
                Verdict::Right
            }
            (503, right) if right != LogIn && !welcome => match health {
                ServerHealth::Healthy => Verdict::Unexplained,
                ServerHealth::Degraded | ServerHealth::Down(_) => Verdict::Unavailable,
            },
            (status, right) => Verdict::Wrong(format!("{status} where {right:?} is right")),
        }
    }
}

/// Cookies that are nobody's.
pub const GARBAGE: [&str; 5] = [
    "ory_kratos_session=garbage",
    "ory_kratos_session=; ory_kratos_session=\"x\"",
    "ory_kratos_session=MTc0fGFhYWE%3D%00; csrf_token_x=1",
    "theme=dark; =; ;;",
    "ory_kratos_session=../../admin?x=1#y; ory_kratos_session=ory_st_nobodys",
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::soak::fault_injection::Fault;

    #[test]
    fn judges() {
        let visit = |right| Visit { who: "", cookies: "", id: "ann", right };
        let seen = |status, page: &str, location: &str| {
            let now = Instant::now();
            let seen = Seen { status, location: location.into(), page: page.into() };
            Answer { sent: now, received: now, seen: Ok(seen) }
        };
        let page = seen(200, "Welcome to the homepage, ann", "");
        let other = seen(200, "Welcome to the homepage, bob", "");
        let denied = seen(403, "not you, ann", "");
        let login = seen(302, "", "http://ui.test/login?return_to=x");
        let gone = seen(503, "Not available", "");
        let down = ServerHealth::Down(Fault::KetoHangs);
        let is_wrong = |right, health, answer: &Answer| {
            matches!(visit(right).judge(health, answer), Verdict::Wrong(_))
        };

        assert_eq!(visit(Right::LetIn).judge(ServerHealth::Healthy, &page), Verdict::Right);
        assert_eq!(visit(Right::LetIn).judge(ServerHealth::Degraded, &page), Verdict::Right);
        assert!(is_wrong(Right::LetIn, down, &page));
        assert!(is_wrong(Right::LetIn, ServerHealth::Healthy, &other));
        assert!(is_wrong(Right::LetIn, ServerHealth::Degraded, &denied));
        assert!(is_wrong(Right::LetIn, ServerHealth::Degraded, &login));
        for right in [Right::Denied, Right::LogIn, Right::LogInOrNotAvailable] {
            assert!(is_wrong(right, ServerHealth::Healthy, &page) && is_wrong(right, down, &page));
        }
        assert_eq!(visit(Right::Denied).judge(ServerHealth::Healthy, &denied), Verdict::Right);
        assert_eq!(visit(Right::Denied).judge(ServerHealth::Healthy, &gone), Verdict::Unexplained);
        assert_eq!(visit(Right::Denied).judge(down, &gone), Verdict::Unavailable);
        assert_eq!(visit(Right::LogIn).judge(down, &login), Verdict::Right);
        assert!(is_wrong(Right::LogIn, down, &gone));
        assert_eq!(visit(Right::LogInOrNotAvailable).judge(down, &gone), Verdict::Unavailable);
        for (right, other) in [(Right::LetInOrDenied, &denied), (Right::LetInOrLogIn, &login)] {
            assert_eq!(visit(right).judge(ServerHealth::Healthy, &page), Verdict::Right);
            assert_eq!(visit(right).judge(ServerHealth::Healthy, other), Verdict::Right);
            assert!(is_wrong(right, down, &page));
        }
        assert!(is_wrong(Right::LetInOrDenied, ServerHealth::Healthy, &login));
        assert!(is_wrong(Right::LetInOrLogIn, ServerHealth::Healthy, &denied));
    }
}
