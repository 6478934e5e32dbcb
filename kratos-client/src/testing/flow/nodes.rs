//! The UI nodes of a flow.

use super::{Flow, Kind, messages};
use crate::testing::{
    config::Config,
    credential::Credential,
    identity::Identity,
    schema::{Field, fields},
};
use base64::{Engine, prelude::BASE64_STANDARD};
use qrcode::{QrCode, render::svg};
use serde_json::{Value, json};

/// An input node.
fn input(group: &str, name: &str, kind: &str) -> Node {
    let attributes = json!({"name": name, "type": kind, "disabled": false, "node_type": "input"});
    Node(json!({
        "type": "input", "group": group, "attributes": attributes, "messages": [], "meta": {},
    }))
}

struct Node(Value);

impl Node {
    fn attribute(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.0["attributes"][name] = value.into();
        self
    }

    fn value(self, value: impl Into<Value>) -> Self {
        self.attribute("value", value)
    }

    fn required(self) -> Self {
        self.attribute("required", true)
    }

    fn label(mut self, id: u32, text: &str) -> Self {
        self.0["meta"] = messages::labelled(id, text, None);
        self
    }
}

fn submit(group: &str, name: &str, value: &str, id: u32, label: &str) -> Node {
    input(group, name, "submit").value(value).label(id, label)
}

/// A node without an input: an image, a text or a link.
fn output(kind: &str, group: &str, id: &str, attributes: &Value, label: (u32, &str)) -> Value {
    let mut node = json!({
        "type": kind, "group": group, "attributes": attributes, "messages": [],
        "meta": messages::labelled(label.0, label.1, None),
    });
    node["attributes"]["id"] = id.into();
    node["attributes"]["node_type"] = kind.into();
    node
}

/// The nodes of a flow, with the messages of its fields.
pub(super) fn nodes(flow: &Flow, config: &Config, identity: Option<&Identity>) -> Vec<Value> {
    let csrf = flow.csrf.as_deref().unwrap_or_default();
    let csrf = input("default", "csrf_token", "hidden").value(csrf).required().0;
    let mut nodes = match flow.kind {
        Kind::Login => login(flow, config, identity),
        Kind::Registration => registration(flow, config),
        Kind::Recovery | Kind::Verification => code(flow, config),
        Kind::Settings => settings(flow, config, identity),
    };
    // Kratos has none to verify an address in an app, until the end or an error.
    let is_under_way = !flow.code.used && flow.field_messages.is_empty();
    if !(flow.kind == Kind::Verification && flow.is_native() && is_under_way) {
        nodes.insert(0, csrf);
    }
    for (name, message) in &flow.field_messages {
        let has_name = |node: &&mut Value| node["attributes"]["name"] == **name;
        match nodes.iter_mut().find(has_name) {
            Some(node) => node["messages"] = json!([message]),
            None => {
                let mut node = input("default", name, "text").0;
                node["messages"] = json!([message]);
                nodes.push(node);
            }
        }
    }
    nodes
}

/// The label of the identifier: the title of the trait.
fn identifier_meta(config: &Config) -> Value {
    let fields = fields(&config.identity_schema);
    let identifier =
        fields.iter().find(|field| field.extension("credentials/password/identifier").is_some());
    identifier.map_or_else(|| messages::labelled(1_070_004, "ID", None), title_of)
}

fn title_of(field: &Field<'_>) -> Value {
    let Some(title) = field.schema["title"].as_str() else { return json!({}) };
    messages::labelled(1_070_002, title, Some(json!({"name": field.name, "title": title})))
}

fn password(autocomplete: &str) -> Value {
    input("password", "password", "password")
        .required()
        .attribute("autocomplete", autocomplete)
        .label(1_070_001, "Password")
        .0
}

fn login(flow: &Flow, config: &Config, identity: Option<&Identity>) -> Vec<Value> {
    let mut nodes = Vec::new();
    if flow.login.aal2 {
        let has = |kind| identity.is_some_and(|identity| identity.credentials.contains_key(kind));
        if has("totp") {
            let code = input("totp", "totp_code", "text").value("").required();
            nodes.push(code.label(1_010_006, "Authentication code").0);
            nodes.push(submit("totp", "method", "totp", 1_010_009, "Use Authenticator").0);
        }
        if has("lookup_secret") {
            let code = input("lookup_secret", "lookup_secret", "text").value("").required();
            nodes.push(code.label(1_010_007, "Backup recovery code").0);
            let label = "Use backup recovery code";
            nodes.push(submit("lookup_secret", "method", "lookup_secret", 1_010_010, label).0);
        }
        return nodes;
    }
    let known = identity.and_then(|identity| identity.credentials.get("password"));
    let known = known.and_then(|credential| credential.identifiers.first());
    let (kind, value) = match (flow.login.refresh, known) {
        (true, Some(identifier)) => ("hidden", identifier.as_str()),
        _ => ("text", flow.values["identifier"].as_str().unwrap_or_default()),
    };
    let mut identifier = input("default", "identifier", kind).value(value);
    if kind == "text" {
        identifier = identifier.required();
        identifier.0["meta"] = identifier_meta(config);
    }
    nodes.extend([identifier.0, password("current-password")]);
    nodes.push(match flow.login.refresh {
        true => submit("password", "method", "password", 1_010_001, "Sign in").0,
        false => submit("password", "method", "password", 1_010_022, "Sign in with password").0,
    });
    nodes
}

fn traits(flow: &Flow, config: &Config, group: &str, hidden: bool) -> Vec<Value> {
    let node = |field: Field<'_>| {
        let kind = match (hidden, field.schema["format"].as_str(), field.schema["type"].as_str()) {
            (true, ..) => "hidden",
            (false, Some("email"), _) => "email",
            (false, _, Some("boolean")) => "checkbox",
            (false, _, Some("number" | "integer")) => "number",
            (false, ..) => "text",
        };
        let mut node = input(group, &field.name, kind);
        if let Some(value) = field.value_in(&flow.values["traits"]) {
            node = node.value(value.clone());
        }
        if field.required {
            node = node.required();
        }
        if field.schema["format"] == "email" {
            node = node.attribute("autocomplete", "email");
        }
        node.0["meta"] = title_of(&field);
        node.0
    };
    fields(&config.identity_schema).into_iter().map(node).collect()
}

fn registration(flow: &Flow, config: &Config) -> Vec<Value> {
    let mut nodes = traits(flow, config, "default", flow.has_traits);
    if flow.has_traits {
        nodes.push(password("new-password"));
        nodes.push(submit("password", "method", "password", 1_040_001, "Sign up").0);
        nodes.push(submit("profile", "screen", "previous", 1_040_008, "Back").0);
    } else {
        nodes.push(submit("profile", "method", "profile", 1_040_001, "Sign up").0);
    }
    nodes
}

fn code(flow: &Flow, config: &Config) -> Vec<Value> {
    let next = submit("code", "method", "code", 1_070_009, "Continue").0;
    let Some(address) = &flow.code.address else {
        let email = input("code", "email", "email").required().label(1_070_007, "Email").0;
        return vec![email, next];
    };
    if flow.kind == Kind::Verification && flow.code.used {
        let url = flow.return_to.as_ref().unwrap_or_else(|| config.default_return_url());
        let title = messages::info(1_070_009, "Continue");
        let attributes = json!({"href": url, "title": title});
        return vec![output("a", "code", "continue", &attributes, (1_070_009, "Continue"))];
    }
    let (label, text) = match flow.kind {
        Kind::Verification => (1_070_011, "Verification code"),
        _ => (1_070_010, "Recovery code"),
    };
    let mut code = input("code", "code", "text")
        .required()
        .attribute("pattern", "[0-9]+")
        .attribute("maxlength", 6)
        .label(label, text);
    if let Some(value) = flow.values["code"].as_str() {
        code = code.value(value);
    }
    let method = input("code", "method", "hidden").value("code").0;
    let again = submit("code", "email", address, 1_070_008, "Resend code").0;
    vec![code.0, method, next, again]
}

fn settings(flow: &Flow, config: &Config, identity: Option<&Identity>) -> Vec<Value> {
    let credential = |kind| identity.and_then(|identity| identity.credentials.get(kind));
    let save = |group: &str| submit(group, "method", group, 1_070_003, "Save").0;
    let mut nodes = traits(flow, config, "profile", false);
    nodes.extend([save("profile"), password("new-password"), save("password")]);
    nodes.extend(lookup_secrets(flow, credential("lookup_secret")));
    if credential("totp").is_some() {
        let label = "Unlink TOTP Authenticator App";
        nodes.push(submit("totp", "totp_unlink", "true", 1_050_004, label).required().0);
        return nodes;
    }
    let secret = &flow.settings.totp_secret;
    let mut shown = messages::info(1_050_006, secret);
    shown["context"] = json!({"secret": secret});
    nodes.push(output(
        "img",
        "totp",
        "totp_qr",
        &json!({"src": qr_code(&flow.settings.identity, secret), "width": 256, "height": 256}),
        (1_050_005, "Authenticator app QR code"),
    ));
    let label = "This is your authenticator app secret. Use it if you can not scan the QR code.";
    let attributes = json!({"text": shown});
    nodes.push(output("text", "totp", "totp_secret_key", &attributes, (1_050_017, label)));
    nodes.push(input("totp", "totp_code", "text").required().label(1_070_006, "Verify code").0);
    nodes.push(save("totp"));
    nodes
}

fn lookup_secrets(flow: &Flow, credential: Option<&Credential>) -> Vec<Value> {
    let button = |name, id, label| submit("lookup_secret", name, "true", id, label).0;
    let regenerate = || {
        let label = "Generate new backup recovery codes";
        button("lookup_secret_regenerate", 1_050_008, label)
    };
    let list = |secrets: &[(String, Option<String>)]| {
        let attributes = json!({"text": messages::lookup_secrets(secrets)});
        let label = "These are your back up recovery codes. Please keep them in a safe place!";
        output("text", "lookup_secret", "lookup_secret_codes", &attributes, (1_050_010, label))
    };
    let disable = || button("lookup_secret_disable", 1_050_016, "Disable this method");
    if let Some(new) = &flow.settings.new_lookup_secrets {
        let new: Vec<_> = new.iter().map(|secret| (secret.clone(), None)).collect();
        let label = "Confirm backup recovery codes";
        return vec![list(&new), button("lookup_secret_confirm", 1_050_011, label)];
    }
    match credential {
        None => vec![regenerate()],
        Some(credential) if flow.settings.reveal_lookup_secrets => {
            vec![list(&credential.recovery_codes()), disable(), regenerate()]
        }
        Some(_) => {
            let label = "Reveal backup recovery codes";
            vec![button("lookup_secret_reveal", 1_050_007, label), disable()]
        }
    }
}

/// The QR code of an authenticator app as a data URL.
fn qr_code(identity: &str, secret: &str) -> String {
    let credential = Credential::totp(identity, secret);
    let url = credential.config["totp_url"].as_str().unwrap_or_default();
    let image = QrCode::new(url)
        .map(|code| code.render::<svg::Color<'_>>().min_dimensions(256, 256).build());
    format!("data:image/svg+xml;base64,{}", BASE64_STANDARD.encode(image.unwrap_or_default()))
}
