//! Enums of strings to which a newer server may add values.

use serde::de::{Error, Visitor};
use std::{borrow::Cow, fmt, marker::PhantomData};

/// Declares an enum of the strings that a server uses, with a variant `Other` for unknown ones.
#[doc(hidden)]
#[macro_export]
macro_rules! text_enum {
    ($(#[$attribute:meta])* $name:ident { $($(#[$doc:meta])* $variant:ident = $text:literal,)* }) => {
        $(#[$attribute])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum $name {
            $($(#[$doc])* $variant,)*
            /// A value that this version of the crate does not know.
            Other(String),
        }

        impl $name {
            /// The value as the server's API writes it.
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $text,)*
                    Self::Other(text) => text,
                }
            }
        }

        impl From<::std::borrow::Cow<'_, str>> for $name {
            fn from(text: ::std::borrow::Cow<'_, str>) -> Self {
                match &*text {
                    $($text => Self::$variant,)*
                    _ => Self::Other(text.into_owned()),
                }
            }
        }

        impl From<String> for $name {
            fn from(text: String) -> Self {
                ::std::borrow::Cow::Owned::<str>(text).into()
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                ::std::borrow::Cow::Borrowed(text).into()
            }
        }

        impl ::std::str::FromStr for $name {
            type Err = ::std::convert::Infallible;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Ok(text.into())
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                self.as_str()
            }
        }

        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl $crate::__serde::Serialize for $name {
            fn serialize<S: $crate::__serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                to.serialize_str(self.as_str())
            }
        }

        impl<'de> $crate::__serde::Deserialize<'de> for $name {
            fn deserialize<D: $crate::__serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                from.deserialize_str($crate::TextVisitor::new())
            }
        }

        impl From<$name> for String {
            fn from(value: $name) -> Self {
                value.as_str().to_owned()
            }
        }
    };
}

/// Deserializes a value from a borrowed string.
#[doc(hidden)]
#[allow(missing_debug_implementations, reason = "for the macro alone")]
pub struct TextVisitor<T>(PhantomData<T>);

impl<T> TextVisitor<T> {
    #[allow(clippy::new_without_default, missing_docs, reason = "for the macro alone")]
    pub fn new() -> Self {
        Self(PhantomData)
    }
}

impl<T: for<'a> From<Cow<'a, str>>> Visitor<'_> for TextVisitor<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
        Ok(Cow::Borrowed(text).into())
    }
}
