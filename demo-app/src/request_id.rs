//! The id of a request, by which a person who sees an error and whoever reads the log mean the same.

use uuid::Uuid;

/// The header by which a proxy tells the id, and in which an error page repeats it.
pub const REQUEST_ID: &str = "x-request-id";

/// The most characters of an id that a proxy may choose.
const MAX_LENGTH: usize = 64;

/// The id that a proxy has given to the request in the header [`REQUEST_ID`], or else a new one.
pub fn request_id(given: Option<&[u8]>) -> String {
    let is_usual = |id: &&str| {
        (1..=MAX_LENGTH).contains(&id.len())
            && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
    };
    let given = given.and_then(|id| str::from_utf8(id).ok()).filter(is_usual);
    given.map_or_else(|| Uuid::new_v4().to_string(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_usual_id_is_taken_from_a_proxy() {
        assert_eq!(request_id(Some(b"0af7-65.b_c")), "0af7-65.b_c");
        for odd in ["", "<b>", "a b", &"a".repeat(65)] {
            assert_ne!(request_id(Some(odd.as_bytes())), odd);
        }
        assert_ne!(request_id(None), request_id(None));
    }
}
