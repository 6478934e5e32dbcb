//! The form of a flow: nodes to show and messages to tell. What this version does not know is
//! kept, and written back as it came.

use crate::model::{
    Extra,
    lenient::{Field, any_json},
    lenient_object::lenient_object,
    text_enum::text_enum,
};
use derive_more::Debug;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

/// A form.
///
/// See <https://www.ory.com/docs/kratos/concepts/ui-user-interface>.
#[derive(Clone, Debug, PartialEq)]
pub struct UiContainer {
    /// Where a browser posts the form.
    pub action: String,
    /// By which HTTP method.
    pub method: String,
    /// What to show, in order. `None` where the server has nothing to offer.
    pub nodes: Option<Vec<UiNode>>,
    /// What to tell about the form as a whole.
    pub messages: Option<Vec<UiText>>,
    /// Fields that this version does not know.
    #[debug(skip)]
    pub extra: Extra,
}

impl UiContainer {
    /// The input of this name.
    pub fn input(&self, name: &str) -> Option<&UiNodeInputAttributes> {
        let mut inputs = self.nodes.iter().flatten().filter_map(|node| match &node.attributes {
            UiNodeAttributes::Input(input) => Some(input),
            _ => None,
        });
        inputs.find(|input| input.name == name)
    }

    /// The text node of this id, such as `totp_secret_key`.
    pub fn text(&self, id: &str) -> Option<&UiText> {
        let mut texts = self.nodes.iter().flatten().filter_map(|node| match &node.attributes {
            UiNodeAttributes::Text(text) => Some(text),
            _ => None,
        });
        texts.find(|text| text.id == id).map(|text| &text.text)
    }

    /// All messages: of the form, and of each node.
    pub fn all_messages(&self) -> impl Iterator<Item = &UiText> {
        let nodes = self.nodes.iter().flatten().flat_map(|node| node.messages.iter().flatten());
        self.messages.iter().flatten().chain(nodes)
    }
}

/// One part of a form.
#[derive(Clone, Debug, PartialEq)]
pub struct UiNode {
    /// What it is: `input`, `text`, `img`, `a`, `script` or something newer.
    pub node_type: String,
    /// The method that it belongs to, such as `password`, or `default`.
    pub group: String,
    /// What it is in detail.
    pub attributes: UiNodeAttributes,
    /// What to tell about it.
    pub messages: Option<Vec<UiText>>,
    /// Its label.
    pub meta: Option<UiNodeMeta>,
    /// Fields that this version does not know.
    #[debug(skip)]
    pub extra: Extra,
}

/// What a node is in detail.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum UiNodeAttributes {
    /// An input or a button.
    Input(UiNodeInputAttributes),
    /// A text, such as a secret to copy.
    Text(UiNodeTextAttributes),
    /// An image, such as a QR code.
    Image(UiNodeImageAttributes),
    /// A link.
    Anchor(UiNodeAnchorAttributes),
    /// A script to load.
    Script(UiNodeScriptAttributes),
    /// Something that this version does not know.
    Other(#[debug("[redacted]")] Value),
}

/// An input or a button.
#[derive(Clone, Debug, PartialEq)]
pub struct UiNodeInputAttributes {
    /// The name by which it is submitted.
    pub name: String,
    /// What kind of input: `text`, `password`, `hidden`, `submit` and so on.
    pub input_type: String,
    /// What is in it.
    #[debug("[redacted]")]
    pub value: Option<Value>,
    /// Whether it has to be filled in.
    pub required: Option<bool>,
    /// Whether it can't be changed.
    pub disabled: Option<bool>,
    /// What a browser may fill in.
    pub autocomplete: Option<String>,
    /// The regular expression that it must match.
    pub pattern: Option<String>,
    /// Its label.
    pub label: Option<UiText>,
    /// Fields that this version does not know.
    #[debug(skip)]
    pub extra: Extra,
}

/// A text.
#[derive(Clone, Debug, PartialEq)]
pub struct UiNodeTextAttributes {
    /// The id.
    pub id: String,
    /// The text.
    pub text: UiText,
    /// Fields that this version does not know.
    #[debug(skip)]
    pub extra: Extra,
}

/// An image.
#[derive(Clone, Debug, PartialEq)]
pub struct UiNodeImageAttributes {
    /// The id.
    pub id: String,
    /// Its URL, often a `data:` URL with a secret in it.
    #[debug("[redacted]")]
    pub src: String,
    /// Fields that this version does not know: width, height and so on.
    #[debug(skip)]
    pub extra: Extra,
}

/// A link.
#[derive(Clone, Debug, PartialEq)]
pub struct UiNodeAnchorAttributes {
    /// The id.
    pub id: String,
    /// Where it leads.
    #[debug("[redacted]")]
    pub href: String,
    /// What it says.
    pub title: UiText,
    /// Fields that this version does not know.
    #[debug(skip)]
    pub extra: Extra,
}

/// A script to load.
#[derive(Clone, Debug, PartialEq)]
pub struct UiNodeScriptAttributes {
    /// The id.
    pub id: String,
    /// Its URL.
    pub src: String,
    /// Its hash, which the browser checks.
    pub integrity: Option<String>,
    /// Fields that this version does not know.
    #[debug(skip)]
    pub extra: Extra,
}

/// The label of a node.
#[derive(Clone, Debug, PartialEq)]
pub struct UiNodeMeta {
    /// The label.
    pub label: Option<UiText>,
    /// Fields that this version does not know.
    #[debug(skip)]
    pub extra: Extra,
}

/// A text for people. It can quote what they typed in, so `Debug` shows the id only.
///
/// See <https://www.ory.com/docs/kratos/concepts/ui-messages> for the ids.
#[derive(Clone, Debug, PartialEq)]
pub struct UiText {
    /// What it says, as a number that stays the same in all languages.
    pub id: u64,
    /// What it says, in English.
    #[debug("[redacted]")]
    pub text: String,
    /// How it is meant.
    pub message_type: UiTextType,
    /// The values in the text.
    #[debug("[redacted]")]
    pub context: Option<Value>,
    /// Fields that this version does not know.
    #[debug(skip)]
    pub extra: Extra,
}

text_enum! {
    /// How a message is meant.
    UiTextType {
        /// As information.
        Info = "info",
        /// As an error.
        Error = "error",
        /// As a success.
        Success = "success",
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
        input_type as "type", value, required, disabled, autocomplete, pattern, label
    ]
});

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
    /// As they are: of what type they are is said beside them, see
    /// `UiNode::with_typed_attributes`.
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Value::deserialize(from).map(Self::Other)
    }
}

impl UiNode {
    fn with_typed_attributes(mut self) -> Self {
        if let UiNodeAttributes::Other(value) = self.attributes {
            self.attributes = UiNodeAttributes::read(&self.node_type, value);
        }
        self
    }
}

impl UiNodeAttributes {
    /// By the type of the node, which stands beside the attributes. What does not fit its type is
    /// kept as it is: a form that can be shown in part is better than none.
    fn read(node_type: &str, value: Value) -> Self {
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
