//! As much of Protocol Buffers as a check over gRPC needs.
//!
//! See <https://protobuf.dev/programming-guides/encoding/>.

use keto_client::{RelationTuple, Subject};

/// What a check or a batch of them asks.
#[derive(Default)]
pub struct Checks {
    pub tuples: Vec<RelationTuple>,
    pub depth: Option<u32>,
}

enum Value<'a> {
    Number(u64),
    Bytes(&'a [u8]),
}

fn varint(bytes: &mut &[u8]) -> u64 {
    let mut value = 0;
    for shift in (0..).step_by(7) {
        let (byte, rest) = bytes.split_first().unwrap();
        *bytes = rest;
        value |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            break;
        }
    }
    value
}

fn fields(mut bytes: &[u8]) -> Vec<(u64, Value<'_>)> {
    let mut fields = Vec::new();
    while !bytes.is_empty() {
        let tag = varint(&mut bytes);
        let number = varint(&mut bytes);
        let value = match tag & 7 {
            0 => Value::Number(number),
            _ => {
                let (field, rest) = bytes.split_at(usize::try_from(number).unwrap());
                bytes = rest;
                Value::Bytes(field)
            }
        };
        fields.push((tag >> 3, value));
    }
    fields
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// Reads a `CheckRequest`, whose tuple is field 8, or a `BatchCheckRequest`, whose tuples are
/// field 1. The depth is field 7 or 4.
pub fn read_checks(message: &[u8]) -> Checks {
    let mut checks = Checks::default();
    for (field, value) in fields(message) {
        match value {
            Value::Bytes(tuple) => checks.tuples.push(read_tuple(tuple)),
            Value::Number(depth) if [4, 7].contains(&field) => {
                checks.depth = Some(u32::try_from(depth).unwrap());
            }
            Value::Number(_) => {}
        }
    }
    checks
}

fn read_tuple(message: &[u8]) -> RelationTuple {
    let mut parts = [const { String::new() }; 4];
    for (field, value) in fields(message) {
        let Value::Bytes(bytes) = value else { continue };
        parts[usize::try_from(field).unwrap() - 1] = match field {
            // Its id is field 1.
            4 => fields(bytes)
                .into_iter()
                .find_map(|(_, value)| match value {
                    Value::Bytes(id) => Some(text(id)),
                    Value::Number(_) => None,
                })
                .unwrap(),
            _ => text(bytes),
        };
    }
    let [namespace, object, relation, subject] = parts;
    RelationTuple::new(namespace, object, relation, Subject::id(subject))
}

/// A `CheckResponse`: what is false is left out.
pub fn decision(allowed: bool) -> Vec<u8> {
    if allowed { vec![8, 1] } else { Vec::new() }
}

/// A message as a field of another one, which must be short.
pub fn nested(field: u8, message: &[u8]) -> Vec<u8> {
    [&[field << 3 | 2, u8::try_from(message.len()).unwrap()], message].concat()
}
