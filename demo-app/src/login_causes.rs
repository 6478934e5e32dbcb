//! Why somebody who has logged in may have no session, for whoever runs the app and whoever uses it.
//!
//! Of the cookies only names are told, never values.

use kratos_client::{SessionCookieDiagnostics, guard::LoginStep};

/// The likely causes, by what the cookies of the request show.
pub fn likely_causes(missing: LoginStep, found: &SessionCookieDiagnostics) -> Vec<String> {
    let SessionCookieDiagnostics { session_cookie: name, session_cookies, similar_names, .. } =
        found;
    let mut causes = Vec::new();
    if missing == LoginStep::SecondFactor {
        causes.push(
            "Kratos still asks for a second factor. Check that the login UI asks for it where its \
             address has aal=aal2."
                .to_owned(),
        );
    }
    match session_cookies {
        0 if similar_names.is_empty() => causes.push(format!(
            "The browser sent no cookie named {name}. Check that KRATOS_SESSION_COOKIE is the name \
             that Kratos gives to its session cookie, and that the browser accepts cookies. Check \
             that Kratos sets the cookie for the host of this app as well: both must be the same \
             host or share the domain in session.cookie.domain (localhost and 127.0.0.1 are \
             different hosts; the port does not matter), a cookie with Secure needs https, and one \
             with SameSite=Strict is not sent when the browser comes from another site."
        )),
        0 => {
            let names = similar_names.join(", ");
            causes.push(format!(
                "The browser sent no cookie named {name}, but it sent {names}. If that is Kratos's \
                 session cookie, set KRATOS_SESSION_COOKIE to its name."
            ));
        }
        1 => {}
        count => causes.push(format!(
            "The browser sent {count} cookies named {name}, of which Kratos uses the first that it \
             can read. One may be left over from before, often from a parent domain: delete the \
             cookies of this site and of its parent domains, and log in again."
        )),
    }
    if *session_cookies > 0 && missing == LoginStep::Login {
        causes.push(format!(
            "Kratos does not accept the cookie named {name}, or its session is over. Check that \
             KRATOS_EXTERNAL_API_URL is the Kratos that people log in at, and that the clocks of \
             Kratos's server and of this app's server agree."
        ));
    }
    causes
}
