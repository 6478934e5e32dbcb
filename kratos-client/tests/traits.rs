//! Traits types against identity schemas.

#![cfg(feature = "testing")]
#![allow(clippy::unwrap_used, dead_code, reason = "tests")]

use kratos_client::testing::{TraitsMismatches, assert_traits_match_schema, compare_traits};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// The schema of the example set-ups.
fn person() -> Value {
    serde_json::from_str(include_str!("../../compose/shared/identity.schema.json")).unwrap()
}

fn schema(traits: &Value) -> Value {
    json!({"properties": {"traits": traits}})
}

/// The differences, each as a line, in alphabetical order.
fn differences<T: Serialize + serde::de::DeserializeOwned>(schema: &Value) -> Vec<String> {
    let mismatches = compare_traits::<T>(schema).err();
    let mismatches = mismatches.iter().flat_map(TraitsMismatches::mismatches);
    let mut lines: Vec<_> = mismatches.map(ToString::to_string).collect();
    lines.sort();
    lines
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Person {
    email: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    name: Option<Name>,
}

#[derive(Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Name {
    #[serde(skip_serializing_if = "Option::is_none")]
    first: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last: Option<String>,
}

#[test]
fn a_type_that_has_every_property_matches() {
    assert_traits_match_schema::<Person>(&person());
}

#[test]
fn every_kind_of_difference_is_named() {
    #[derive(Serialize, Deserialize)]
    struct Traits {
        email: Option<u32>,
        name: Short,
        tenant: String,
    }
    #[derive(Serialize, Deserialize)]
    struct Short {
        first: String,
    }
    assert_eq!(
        differences::<Traits>(&person()),
        [
            "/email: of another type: invalid type: string \"ann@example.org\", expected u32",
            "/name/first: optional in the schema, but required by the type",
            "/name/last: the type has no such field",
            "/name: optional in the schema, but required by the type",
            "/tenant: the schema has no such property",
        ]
    );
}

#[test]
fn a_required_property_is_not_optional_in_the_type() {
    #[derive(Serialize, Deserialize)]
    struct Traits {
        email: Option<String>,
        #[serde(default)]
        name: Name,
    }
    let found = differences::<Traits>(&person());
    assert_eq!(found, ["/email: required by the schema, but optional in the type"]);
}

#[test]
fn unknown_properties_that_the_type_denies_are_named() {
    #[derive(Serialize, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Traits {
        email: String,
    }
    assert_eq!(differences::<Traits>(&person()), ["/name: the type has no such field"]);
}

#[test]
fn each_type_and_enum_value_of_a_property_is_read() {
    #[derive(Serialize, Deserialize)]
    #[serde(rename_all = "lowercase")]
    enum Role {
        Admin,
        Member,
    }
    #[derive(Serialize, Deserialize)]
    struct Traits {
        role: Role,
        phone: String,
        tags: Vec<String>,
        born: jiff::civil::Date,
        age: u8,
    }
    let traits = json!({
        "type": "object",
        "properties": {
            "role": {"enum": ["admin", "member", "guest"]},
            "phone": {"type": ["string", "null"]},
            "tags": {"type": "array", "items": {"$ref": "#/definitions/tag"}},
            "born": {"type": "string", "format": "date"},
            "age": {"type": "integer", "minimum": 18},
        },
        "required": ["role", "phone", "tags", "born", "age"],
    });
    let mut schema = schema(&traits);
    schema["definitions"] = json!({"tag": {"type": "string"}});
    let found = differences::<Traits>(&schema);
    assert_eq!(found.len(), 2, "{found:?}");
    assert!(found[1].starts_with("/role: of another type: unknown variant `guest`"), "{found:?}");
    assert!(found[0].starts_with("/phone: of another type: invalid type: null"), "{found:?}");
}

#[test]
#[should_panic(expected = "/email: required by the schema, but optional in the type")]
fn the_assertion_lists_the_differences() {
    #[derive(Serialize, Deserialize)]
    struct Traits {
        email: Option<String>,
        name: Option<Name>,
    }
    assert_traits_match_schema::<Traits>(&person());
}

/// Schemas that nobody should have must neither panic nor hang.
#[test]
fn odd_schemas_are_bounded() {
    let mut recursive = schema(&json!({"$ref": "#/definitions/node"}));
    recursive["definitions"] = json!({"node": {
        "type": "object",
        "properties": {"next": {"$ref": "#/definitions/node"}, "a/b~c": {"type": "string"}},
    }});
    let endless = json!({"properties": {"traits": {"$ref": "#/properties/traits"}}});
    for schema in [
        recursive,
        endless,
        json!(null),
        json!([]),
        schema(&json!(true)),
        schema(&json!({"enum": []})),
    ] {
        let _ = compare_traits::<Value>(&schema);
        let _ = compare_traits::<Person>(&schema);
    }
}
