//! The form of a flow: UI nodes and messages.

use crate::model::{
    ExtraFields,
    lenient::{Field, any_json},
    lenient_object::lenient_object,
    text_enum::text_enum,
};
use derive_more::Debug;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

/// The form of a flow.
///
/// See <https://www.ory.com/docs/kratos/concepts/ui-user-interface>.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct UiContainer {
    /// The URL to which a browser submits the form.
    pub action: String,
    /// The HTTP method of the form.
    pub method: String,
    /// The nodes to render, in order. `None` if there are none.
    pub nodes: Option<Vec<UiNode>>,
    /// The messages of the form as a whole.
    pub messages: Option<Vec<UiText>>,
    /// Fields that this version of the crate does not know.
    #[debug(skip)]
    pub extra: ExtraFields,
}

impl UiContainer {
    /// Finds an input node by its name.
    pub fn input(&self, name: &str) -> Option<&UiNodeInputAttributes> {
        let mut inputs = self.nodes.iter().flatten().filter_map(|node| match &node.attributes {
            UiNodeAttributes::Input(input) => Some(input),
            _ => None,
        });
        inputs.find(|input| input.name == name)
    }

    /// Finds the text of a text node by its id, such as `totp_secret_key`.
    pub fn text(&self, id: &str) -> Option<&UiText> {
        let mut texts = self.nodes.iter().flatten().filter_map(|node| match &node.attributes {
            UiNodeAttributes::Text(text) => Some(text),
            _ => None,
        });
        texts.find(|text| text.id == id).map(|text| &text.text)
    }

    /// Iterates over the messages of the form and of each node.
    pub fn all_messages(&self) -> impl Iterator<Item = &UiText> {
        let nodes = self.nodes.iter().flatten().flat_map(|node| node.messages.iter().flatten());
        self.messages.iter().flatten().chain(nodes)
    }
}

/// A node of a form.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct UiNode {
    /// The type: `input`, `text`, `img`, `a` or `script`.
    pub node_type: String,
    /// The group, which is the name of a method such as `password`, or `default`.
    pub group: String,
    /// The attributes, by the type of the node.
    pub attributes: UiNodeAttributes,
    /// The messages of the node.
    pub messages: Option<Vec<UiText>>,
    /// The metadata with the label.
    pub meta: Option<UiNodeMeta>,
    /// Fields that this version of the crate does not know.
    #[debug(skip)]
    pub extra: ExtraFields,
}

/// The attributes of a node, by its type.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
#[non_exhaustive]
pub enum UiNodeAttributes {
    /// The attributes of an input or a button.
    Input(UiNodeInputAttributes),
    /// The attributes of a text, such as a secret to copy.
    Text(UiNodeTextAttributes),
    /// The attributes of an image, such as a QR code.
    Image(UiNodeImageAttributes),
    /// The attributes of a link.
    Anchor(UiNodeAnchorAttributes),
    /// The attributes of a script to load.
    Script(UiNodeScriptAttributes),
    /// The attributes of a node whose type this version of the crate does not know, as JSON.
    Other(#[debug("[redacted]")] Value),
}

/// The attributes of an input or a button.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct UiNodeInputAttributes {
    /// The name of the form field.
    pub name: String,
    /// The type: `text`, `password`, `hidden`, `submit` and so on.
    pub input_type: String,
    /// The value.
    #[debug("[redacted]")]
    pub value: Option<Value>,
    /// Whether a value is required.
    pub required: Option<bool>,
    /// Whether the input is disabled.
    pub disabled: Option<bool>,
    /// The `autocomplete` attribute.
    pub autocomplete: Option<String>,
    /// The values to choose from, if the identity schema lists them. Newer than Kratos v26.2.
    pub options: Option<Vec<UiNodeInputOption>>,
    /// The regular expression that the value has to match.
    pub pattern: Option<String>,
    /// The label.
    pub label: Option<UiText>,
    /// Fields that this version of the crate does not know.
    #[debug(skip)]
    pub extra: ExtraFields,
}

/// A value to choose from.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct UiNodeInputOption {
    /// The value to submit: a string, a number or a boolean.
    pub value: Value,
    /// Fields that this version of the crate does not know.
    #[debug(skip)]
    pub extra: ExtraFields,
}

/// The attributes of a text node.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct UiNodeTextAttributes {
    /// The id.
    pub id: String,
    /// The text.
    pub text: UiText,
    /// Fields that this version of the crate does not know.
    #[debug(skip)]
    pub extra: ExtraFields,
}

/// The attributes of an image.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct UiNodeImageAttributes {
    /// The id.
    pub id: String,
    /// The URL, often a `data:` URL that contains a secret.
    #[debug("[redacted]")]
    pub src: String,
    /// Fields that this version of the crate does not know, and `width` and `height`.
    #[debug(skip)]
    pub extra: ExtraFields,
}

/// The attributes of a link.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct UiNodeAnchorAttributes {
    /// The id.
    pub id: String,
    /// The URL of the link.
    #[debug("[redacted]")]
    pub href: String,
    /// The text of the link.
    pub title: UiText,
    /// Fields that this version of the crate does not know.
    #[debug(skip)]
    pub extra: ExtraFields,
}

/// The attributes of a script to load.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct UiNodeScriptAttributes {
    /// The id.
    pub id: String,
    /// The URL.
    pub src: String,
    /// The subresource integrity hash, which the browser verifies.
    pub integrity: Option<String>,
    /// Fields that this version of the crate does not know.
    #[debug(skip)]
    pub extra: ExtraFields,
}

/// The metadata of a node.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct UiNodeMeta {
    /// The label.
    pub label: Option<UiText>,
    /// Fields that this version of the crate does not know.
    #[debug(skip)]
    pub extra: ExtraFields,
}

/// A text to show to the user. It can contain user input, so `Debug` shows the id only.
///
/// See <https://www.ory.com/docs/kratos/concepts/ui-messages> for the ids.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct UiText {
    /// The message id, which is independent of the language.
    pub id: u64,
    /// The text in English.
    #[debug("[redacted]")]
    pub text: String,
    /// The severity.
    pub message_type: UiTextType,
    /// The values that the text contains, by name.
    #[debug("[redacted]")]
    pub context: Option<Value>,
    /// Fields that this version of the crate does not know.
    #[debug(skip)]
    pub extra: ExtraFields,
}

text_enum! {
    /// The severity of a message.
    UiTextType {
        /// An information.
        Info = "info",
        /// An error.
        Error = "error",
        /// A success.
        Success = "success",
    }
}

impl UiNodeInputAttributes {
    /// An input by its name and type, without a value.
    pub fn new(name: impl Into<String>, input_type: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            input_type: input_type.into(),
            value: None,
            required: None,
            disabled: None,
            autocomplete: None,
            options: None,
            pattern: None,
            label: None,
            extra: ExtraFields::new(),
        }
    }
}

impl UiNodeTextAttributes {
    /// A text by its id.
    pub fn new(id: impl Into<String>, text: UiText) -> Self {
        Self { id: id.into(), text, extra: ExtraFields::new() }
    }
}

impl UiNodeImageAttributes {
    /// An image by its id and URL.
    pub fn new(id: impl Into<String>, src: impl Into<String>) -> Self {
        Self { id: id.into(), src: src.into(), extra: ExtraFields::new() }
    }
}

impl UiNodeAnchorAttributes {
    /// A link by its id, URL and text.
    pub fn new(id: impl Into<String>, href: impl Into<String>, title: UiText) -> Self {
        Self { id: id.into(), href: href.into(), title, extra: ExtraFields::new() }
    }
}

impl UiNodeScriptAttributes {
    /// A script by its id and URL.
    pub fn new(id: impl Into<String>, src: impl Into<String>) -> Self {
        Self { id: id.into(), src: src.into(), integrity: None, extra: ExtraFields::new() }
    }
}

impl UiText {
    /// A message by its id.
    pub fn new(id: u64, text: impl Into<String>, message_type: UiTextType) -> Self {
        Self { id, text: text.into(), message_type, context: None, extra: ExtraFields::new() }
    }
}

lenient_object!(UiContainer { needed: [], lenient: [action, method, nodes, messages] });

lenient_object!(UiNode {
    needed: [],
    lenient: [node_type as "type", group, attributes, messages, meta],
    then: with_typed_attributes
});

lenient_object!(UiNodeInputAttributes {
    needed: [name],
    lenient: [
        input_type as "type", value, required, disabled, autocomplete, options, pattern, label
    ]
});

lenient_object!(UiNodeInputOption { needed: [value], lenient: [] });

lenient_object!(UiNodeTextAttributes { needed: [text], lenient: [id] });

lenient_object!(UiNodeImageAttributes { needed: [src], lenient: [id] });

lenient_object!(UiNodeAnchorAttributes { needed: [href, title], lenient: [id] });

lenient_object!(UiNodeScriptAttributes { needed: [src], lenient: [id, integrity] });

lenient_object!(UiNodeMeta { needed: [], lenient: [label] });

lenient_object!(UiText {
    needed: [],
    lenient: [id, text, message_type as "type", context]
});

any_json!(UiNodeAttributes);

impl Field for UiNodeAttributes {
    fn missing() -> Self {
        Self::Other(Value::Null)
    }
}

impl<'de> Deserialize<'de> for UiNodeAttributes {
    /// Deserializes as [`UiNodeAttributes::Other`]: the type is a field of the node, see
    /// `UiNode::with_typed_attributes`.
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Value::deserialize(from).map(Self::Other)
    }
}

impl UiNode {
    /// A node without messages and label.
    pub fn new(
        node_type: impl Into<String>,
        group: impl Into<String>,
        attributes: UiNodeAttributes,
    ) -> Self {
        Self {
            node_type: node_type.into(),
            group: group.into(),
            attributes,
            messages: None,
            meta: None,
            extra: ExtraFields::new(),
        }
    }

    fn with_typed_attributes(mut self) -> Self {
        if let UiNodeAttributes::Other(value) = self.attributes {
            self.attributes = UiNodeAttributes::from_json(&self.node_type, value);
        }
        self
    }
}

impl UiNodeAttributes {
    /// Deserializes by the type of the node. Attributes that do not match it stay JSON, so that the
    /// rest of the form can be rendered.
    fn from_json(node_type: &str, value: Value) -> Self {
        fn typed<T: for<'de> Deserialize<'de>>(
            value: Value,
            variant: fn(T) -> UiNodeAttributes,
        ) -> UiNodeAttributes {
            T::deserialize(&value).map_or(UiNodeAttributes::Other(value), variant)
        }
        match node_type {
            "input" => typed(value, Self::Input),
            "text" => typed(value, Self::Text),
            "img" => typed(value, Self::Image),
            "a" => typed(value, Self::Anchor),
            "script" => typed(value, Self::Script),
            _ => Self::Other(value),
        }
    }
}
