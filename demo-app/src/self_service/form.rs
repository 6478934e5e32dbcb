//! A flow's nodes as forms: what the templates show, and what the browser posts back.

use kratos_client::flow::{
    UiContainer, UiNode, UiNodeAttributes, UiNodeInputAttributes, UiText, UiTextType,
    UpdateFlowBody,
};
use serde_json::Value;

/// A form with the nodes of one or more groups.
pub(super) struct Form {
    /// The heading, where each group has a form of its own.
    pub(super) heading: Option<String>,
    /// The fields, in order.
    pub(super) nodes: Vec<Node>,
}

/// What a node is shown as.
pub(super) enum Node {
    /// A value that is posted back as it is.
    Hidden { name: String, value: String, onload: Option<String> },
    /// A field with its label.
    Field(Field),
    /// A box to check.
    Checkbox { field: Field, checked: bool },
    /// A choice of values.
    Select { field: Field, options: Vec<(String, bool)> },
    /// A button.
    Button(Button),
    /// A text, such as a secret to copy.
    Text { label: Option<String>, lines: Vec<String> },
    /// An image, such as a QR code.
    Image { src: String, label: String },
    /// A link.
    Link { href: String, label: String },
    /// A script, with its integrity hash.
    Script { src: String, integrity: Option<String> },
}

/// A button that submits the form, or that starts a script.
pub(super) struct Button {
    pub(super) name: String,
    pub(super) value: String,
    pub(super) label: String,
    /// Whether the browser checks the fields of the form first.
    pub(super) validates: bool,
    /// Whether it is not the one that most people want.
    pub(super) is_secondary: bool,
    pub(super) onclick: Option<String>,
}

/// A field with its label and messages.
pub(super) struct Field {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) input_type: &'static str,
    pub(super) value: String,
    pub(super) label: String,
    pub(super) required: bool,
    pub(super) disabled: bool,
    pub(super) autocomplete: Option<String>,
    pub(super) pattern: Option<String>,
    pub(super) numeric: bool,
    pub(super) messages: Vec<Message>,
}

impl Field {
    /// Whether one of the messages is an error.
    pub(super) fn is_invalid(&self) -> bool {
        self.messages.iter().any(|message| message.is_error)
    }
}

/// A message of a field or of the whole form.
pub(super) struct Message {
    pub(super) text: String,
    pub(super) is_error: bool,
    pub(super) is_success: bool,
}

/// The messages of these texts.
pub(super) fn messages(texts: Option<&[UiText]>) -> Vec<Message> {
    let message = |text: &UiText| Message {
        text: text.text.clone(),
        is_error: text.message_type == UiTextType::Error,
        is_success: text.message_type == UiTextType::Success,
    };
    texts.unwrap_or_default().iter().map(message).collect()
}

/// The order of the groups, with their headings. What is not listed comes last.
const GROUPS: [(&str, &str); 10] = [
    ("default", "Profile"),
    ("profile", "Profile"),
    ("password", "Password"),
    ("code", "Code"),
    ("link", "Link"),
    ("totp", "Authenticator app"),
    ("lookup_secret", "Recovery codes"),
    ("webauthn", "Security keys"),
    ("passkey", "Passkeys"),
    ("oidc", "Social sign-in"),
];

/// The position of a node. Fields that are not seen come last, and so does the way back: the first
/// button is the one that the Enter key presses.
fn rank(node: &UiNode) -> usize {
    let (last, before) = (GROUPS.len() + 2, GROUPS.len() + 1);
    let group = GROUPS.iter().position(|(name, _)| *name == node.group).unwrap_or(GROUPS.len());
    match &node.attributes {
        UiNodeAttributes::Input(input) if input.input_type == "hidden" => last,
        UiNodeAttributes::Input(input) if input.name == "screen" => before,
        _ => group,
    }
}

/// Whether a node is a field that has to be filled in.
fn is_required(node: &UiNode) -> bool {
    match &node.attributes {
        UiNodeAttributes::Input(input) => {
            let is_field = !matches!(&*input.input_type, "hidden" | "submit" | "button");
            is_field && input.required == Some(true)
        }
        _ => false,
    }
}

/// The forms of a flow: one for each group, or one for all with that of social sign-in apart, so
/// that its buttons do not ask for the other fields.
pub(super) fn forms(ui: &UiContainer, per_group: bool) -> Vec<Form> {
    let mut nodes: Vec<&UiNode> = ui.nodes.iter().flatten().collect();
    nodes.sort_by_key(|node| rank(node));
    let is_shared = |node: &UiNode| match &node.attributes {
        UiNodeAttributes::Input(input) => node.group == "default" && input.input_type == "hidden",
        _ => false,
    };
    let (shared, own): (Vec<_>, Vec<_>) = nodes.into_iter().partition(|node| is_shared(node));
    let form_of = |node: &UiNode| match per_group || node.group == "oidc" {
        true => node.group.clone(),
        false => String::new(),
    };
    let mut forms: Vec<(String, Vec<&UiNode>)> = Vec::new();
    for node in own {
        let name = form_of(node);
        match forms.iter_mut().find(|(form, _)| *form == name) {
            Some((_, nodes)) => nodes.push(node),
            None => forms.push((name, vec![node])),
        }
    }
    let form = |(number, (group, nodes)): (usize, (String, Vec<&UiNode>))| {
        let heading = GROUPS.iter().find(|(name, _)| *name == group);
        let heading = heading.map_or_else(|| readable(&group), |(_, heading)| (*heading).into());
        let prefix = format!("f{number}");
        // A button checks the fields of its own method, and of all methods, but not of another one.
        let validates = |node: &UiNode| {
            let mut required = nodes.iter().filter(|node| is_required(node));
            required.all(|field| field.group == "default" || field.group == node.group)
        };
        let shown = |node: &&UiNode| shown(node, &prefix, validates(node));
        let nodes = nodes.iter().chain(&shared).filter_map(shown).collect();
        Form { heading: per_group.then_some(heading), nodes }
    };
    forms.into_iter().enumerate().map(form).collect()
}

/// A node as it is shown. Nothing, where it is of an unknown type or could run a script.
fn shown(node: &UiNode, prefix: &str, validates: bool) -> Option<Node> {
    let label = node.meta.as_ref().and_then(|meta| meta.label.as_ref());
    let label = label.map(|label| label.text.clone());
    match &node.attributes {
        UiNodeAttributes::Input(input) => {
            let label = label.or_else(|| input.label.as_ref().map(|label| label.text.clone()));
            let label = label.filter(|text| !text.is_empty());
            let label = label.unwrap_or_else(|| readable(&input.name));
            Some(match &*input.input_type {
                "submit" | "button" => Node::Button(button(input, label, validates)),
                _ => input_shown(node, input, label, prefix),
            })
        }
        UiNodeAttributes::Text(text) => {
            let lines = text.text.text.split(", ").map(str::to_owned).collect();
            Some(Node::Text { label, lines })
        }
        UiNodeAttributes::Image(image) => image.src.starts_with("data:image/").then(|| {
            Node::Image { src: image.src.clone(), label: label.unwrap_or_else(|| "Image".into()) }
        }),
        UiNodeAttributes::Anchor(link) => is_web(&link.href)
            .then(|| Node::Link { href: link.href.clone(), label: link.title.text.clone() }),
        UiNodeAttributes::Script(script) => is_web(&script.src)
            .then(|| Node::Script { src: script.src.clone(), integrity: script.integrity.clone() }),
        _ => None,
    }
}

/// An attribute that names a function of the server's script.
fn trigger(input: &UiNodeInputAttributes, key: &str) -> Option<String> {
    input.extra.get(key).and_then(Value::as_str).map(str::to_owned)
}

fn button(input: &UiNodeInputAttributes, label: String, validates: bool) -> Button {
    let name = input.name.clone();
    let ends_something = ["unlink", "disable", "remove"].iter().any(|end| name.ends_with(end));
    let goes_back = matches!(&*name, "screen" | "email" | "resend");
    Button {
        value: input.value.as_ref().map(text_of).unwrap_or_default(),
        label,
        validates: validates && !goes_back,
        is_secondary: ends_something || goes_back,
        onclick: trigger(input, "onclickTrigger"),
        name,
    }
}

fn input_shown(node: &UiNode, input: &UiNodeInputAttributes, label: String, prefix: &str) -> Node {
    let name = input.name.clone();
    let value = input.value.as_ref().map(text_of).unwrap_or_default();
    let input_type = match input.input_type.as_str() {
        "hidden" => {
            return Node::Hidden { name, value, onload: trigger(input, "onloadTrigger") };
        }
        "password" => "password",
        "email" => "email",
        "tel" => "tel",
        "url" => "url",
        "number" => "number",
        "date" => "date",
        "datetime-local" => "datetime-local",
        "checkbox" => "checkbox",
        _ => "text",
    };
    let field = Field {
        id: format!("{prefix}-{name}"),
        numeric: matches!(&*name, "totp_code" | "code"),
        input_type,
        label,
        required: input.required == Some(true),
        disabled: input.disabled == Some(true),
        autocomplete: input.autocomplete.clone().or_else(|| purpose(&name).map(str::to_owned)),
        pattern: input.pattern.clone().filter(|pattern| !pattern.is_empty()),
        messages: messages(node.messages.as_deref()),
        name,
        value,
    };
    match &input.options {
        _ if input_type == "checkbox" => Node::Checkbox { checked: field.value == "true", field },
        Some(options) if !options.is_empty() => {
            let values = options.iter().map(|option| text_of(&option.value));
            let options = values.map(|value| (value.clone(), value == field.value)).collect();
            Node::Select { field, options }
        }
        _ => Node::Field(field),
    }
}

fn text_of(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

/// The purpose of a field whose node does not tell it, as a token of HTML's `autocomplete`.
fn purpose(name: &str) -> Option<&'static str> {
    Some(match name {
        "identifier" | "password_identifier" => "username",
        "email" | "traits.email" => "email",
        "traits.name.first" => "given-name",
        "traits.name.last" => "family-name",
        "code" | "totp_code" => "one-time-code",
        _ => return None,
    })
}

/// The name of a field or group as words: "First name" for `traits.name.first`.
fn readable(name: &str) -> String {
    let path = name.strip_prefix("traits.").unwrap_or(name);
    let words: Vec<_> = path.rsplit('.').collect();
    let words = words.join(" ").replace('_', " ");
    let mut letters = words.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// Whether a link leads to a page, and is no `javascript:` or the like.
fn is_web(url: &str) -> bool {
    url.starts_with("https://") || url.starts_with("http://") || url.starts_with('/')
}

/// The body of the fields that a browser posted. The anti-CSRF token is the browser's and never the
/// flow's own: a form of another site has none. The method is that of the button's group where the
/// form does not name one.
pub(super) fn body<K>(ui: &UiContainer, posted: &[(String, String)]) -> UpdateFlowBody<K> {
    let posted_value = |name: &str| posted.iter().rev().find(|(posted, _)| posted == name);
    let method = posted_value("method").map_or_else(|| method_of_button(ui, posted), |(_, it)| it);
    let mut body = UpdateFlowBody::method(method);
    for (name, value) in posted.iter().filter(|(name, _)| name != "method") {
        let is_flag = !name.contains('.') && name != "csrf_token" && is_button(ui, name);
        body = match value.as_str() {
            "true" if is_flag => body.field(name, true),
            "false" if is_flag => body.field(name, false),
            _ => body.field(name, value.as_str()),
        };
    }
    match posted_value("csrf_token") {
        Some(_) => body,
        None => body.field("csrf_token", ""),
    }
}

fn is_button(ui: &UiContainer, name: &str) -> bool {
    ui.input(name).is_some_and(|input| matches!(input.input_type.as_str(), "submit" | "button"))
}

fn method_of_button<'a>(ui: &'a UiContainer, posted: &[(String, String)]) -> &'a str {
    let pressed = ui.nodes.iter().flatten().find(|node| match &node.attributes {
        UiNodeAttributes::Input(input) if input.input_type == "submit" => {
            let value = input.value.as_ref().map(text_of).unwrap_or_default();
            posted.iter().any(|(name, posted)| *name == input.name && *posted == value)
        }
        _ => false,
    });
    pressed.map(|node| node.group.as_str()).filter(|group| *group != "default").unwrap_or_default()
}
