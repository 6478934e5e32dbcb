//! Errors with all that caused them, for the log.

use std::{error::Error, iter::successors};

/// An error and its causes in one line: "could not connect", and why.
pub fn causes(error: &dyn Error) -> String {
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
