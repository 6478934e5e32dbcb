//! The gRPC messages that mean the same as JSON responses of Keto.

use prost_reflect::{
    DescriptorPool, DynamicMessage,
    prost::Message,
    prost_types::{
        FieldDescriptorProto,
        field_descriptor_proto::{Label, Type},
    },
};
use serde_json::{Map, Value, json};
use std::path::Path;

/// The member that mutations add to objects. Each message has it as a field that no client knows.
pub(crate) const UNKNOWN: &str = "unheard_of";

/// The messages of Keto's gRPC API.
pub(crate) struct Messages(DescriptorPool);

impl Messages {
    pub(crate) fn read() -> Self {
        let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("../keto-client/proto");
        let files = ["relation_tuples.proto", "opl.proto", "health.proto"];
        let mut files = protox::compile(files, [directory]).unwrap();
        for message in files.file.iter_mut().flat_map(|file| &mut file.message_type) {
            message.field.push(FieldDescriptorProto {
                name: Some(UNKNOWN.to_owned()),
                number: Some(1000),
                label: Some(Label::Optional.into()),
                r#type: Some(Type::String.into()),
                ..FieldDescriptorProto::default()
            });
        }
        Self(DescriptorPool::from_file_descriptor_set(files).unwrap())
    }

    /// The message that means the same as an operation's response; `None` where there is none, such
    /// as one with a number in a field of text.
    pub(crate) fn encode(&self, operation: &str, response: &Value) -> Option<Vec<u8>> {
        let tuples = |name| format!("ory.keto.relation_tuples.v1alpha2.{name}Response");
        let (name, json) = match operation {
            "postCheckPermission" | "postCheck" => (tuples("Check"), proto_json(response)?),
            "batchCheckPermission" => (tuples("BatchCheck"), proto_json(response)?),
            "expandPermissions" => (tuples("Expand"), json!({"tree": proto_json(response)?})),
            "getRelationships" | "getRelationTuples" => {
                (tuples("ListRelationTuples"), proto_json(response)?)
            }
            "createRelationship" | "createRelationTuple" => {
                (tuples("TransactRelationTuples"), json!({}))
            }
            "listRelationshipNamespaces" => (tuples("ListNamespaces"), proto_json(response)?),
            "checkOplSyntax" => {
                ("ory.keto.opl.v1alpha1.CheckResponse".into(), proto_json(response)?)
            }
            // Over HTTP, it is the status that says so.
            "isAlive" | "isInstanceAlive" | "isReady" | "isInstanceReady" => {
                ("grpc.health.v1.HealthCheckResponse".into(), json!({"status": "SERVING"}))
            }
            "getVersion" => (tuples("GetVersion"), proto_json(response)?),
            _ => return None,
        };
        let message = self.0.get_message_by_name(&name).unwrap();
        Some(DynamicMessage::deserialize(message, json).ok()?.encode_to_vec())
    }
}

/// The same JSON with the names that the messages have.
fn proto_json(value: &Value) -> Option<Value> {
    let fields = match value {
        Value::Object(fields) => fields,
        Value::Array(items) => return items.iter().map(proto_json).collect(),
        other => return Some(other.clone()),
    };
    let mut message = Map::new();
    for (name, value) in fields {
        match (name.as_str(), proto_json(value)?) {
            ("subject_id", id) => message.insert("subject".into(), json!({"id": id})),
            ("subject_set", set) => message.insert("subject".into(), json!({"set": set})),
            ("type", Value::String(name)) => {
                let name = format!("NODE_TYPE_{}", name.to_uppercase());
                message.insert("node_type".into(), name.into())
            }
            ("type", number) => message.insert("node_type".into(), number),
            ("errors", errors) => message.insert("parse_errors".into(), errors),
            ("Line", line) => message.insert("line".into(), line),
            (UNKNOWN, value) => message.insert(UNKNOWN.into(), value.to_string().into()),
            (_, value) => message.insert(name.clone(), value),
        };
    }
    Some(message.into())
}
