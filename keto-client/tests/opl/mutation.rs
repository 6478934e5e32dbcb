//! Mutations of a source: most are invalid, in every way that a model can be.

use fastrand::Rng;

/// What is inserted: tokens, names with a meaning, and characters outside of the language.
const PIECES: [&str; 52] = [
    "class",
    "implements",
    "this",
    "ctx",
    "Namespace",
    "related",
    "permits",
    "Context",
    "boolean",
    "Array",
    "SubjectSet",
    "includes",
    "traverse",
    "subject",
    "N0",
    "N1",
    "r0",
    "p0",
    "&&",
    "||",
    "!",
    "=",
    "=>",
    ".",
    ":",
    ",",
    ";",
    "|",
    "(",
    ")",
    "{",
    "}",
    "[",
    "]",
    "<",
    ">",
    "'",
    "\"",
    "/",
    "//",
    "/*",
    "*/",
    "\n",
    "ü",
    "日本",
    "\u{a0}",
    "&",
    "#",
    "1",
    "\u{0}",
    "🦀",
    "'N0'",
];

/// A source with one to three mutations.
pub fn mutate(rng: &mut Rng, source: &str) -> String {
    let mut source = source.to_owned();
    for _ in 0..rng.usize(1..=3) {
        let (start, end) = token(rng, &source);
        match rng.usize(..8) {
            0 | 1 => source.replace_range(start..end, ""),
            2 => source.insert_str(start, rng.choice(PIECES).unwrap()),
            3 => source.replace_range(start..end, rng.choice(PIECES).unwrap()),
            4 => source.truncate(start),
            5 => {
                let (from, to) = token(rng, &source);
                let copied = source[from..to].to_owned();
                source.insert_str(start, &copied);
            }
            6 => {
                let (from, to) = token(rng, &source);
                let copied = source[from..to].to_owned();
                source.replace_range(start..end, &copied);
            }
            _ => {
                let (_, to) = token(rng, &source);
                source.replace_range(start.min(to)..start.max(to), "");
            }
        }
    }
    source
}

/// The range of a random word, character or space.
fn token(rng: &mut Rng, source: &str) -> (usize, usize) {
    let mut start = rng.usize(..=source.len());
    while !source.is_char_boundary(start) {
        start -= 1;
    }
    let rest = &source[start..];
    let word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let length = match rest.chars().next() {
        Some(first) if word(first) => rest.find(|c| !word(c)).unwrap_or(rest.len()),
        Some(first) => first.len_utf8(),
        None => 0,
    };
    (start, start + length)
}
