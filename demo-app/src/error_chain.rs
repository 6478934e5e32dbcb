//! Errors with their sources, for the log.

use std::{error::Error, iter::successors};

/// The messages of an error and its sources in one line.
pub fn error_chain(error: &dyn Error) -> String {
    let texts = successors(Some(error), |&error| error.source()).map(ToString::to_string);
    // An error that tells its cause in its own text needs not tell it twice.
    let mut line = String::new();
    for text in texts.filter(|text| !text.is_empty()) {
        if !line.contains(&text) {
            let divider = if line.is_empty() { "" } else { ": " };
            line.extend([divider, &text]);
        }
    }
    line
}
