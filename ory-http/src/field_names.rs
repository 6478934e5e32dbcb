//! Distinguishes the keys of a JSON path that are field names of a type from those that are data.

use serde::{
    Deserializer,
    de::{
        DeserializeOwned, DeserializeSeed, Error as _, MapAccess, SeqAccess, Visitor, value::Error,
    },
    forward_to_deserialize_any,
};
use serde_path_to_error::{Path, Segment};
use std::cell::Cell;

/// Returns for each segment of a path whether it is the name of a field that `T` declares there.
///
/// `T` is deserialized from a document that contains only this path. A struct deserializes a key
/// as an identifier, while a map deserializes it as a string. For a declared field, a struct
/// requests a value of the type of the field; it skips an unknown field, or keeps it untyped.
pub(crate) fn field_names<T: DeserializeOwned>(path: &Path) -> Vec<bool> {
    let segments: Vec<&Segment> = path.iter().collect();
    let is_field = vec![Cell::new(false); segments.len()];
    // This always fails, at the end of the path or where the type does not match it.
    let _ = T::deserialize(Probe { segments: &segments, is_field: &is_field, key: None });
    is_field.into_iter().map(Cell::into_inner).collect()
}

/// A value that contains only the rest of the path.
#[derive(Clone, Copy)]
struct Probe<'a> {
    segments: &'a [&'a Segment],
    is_field: &'a [Cell<bool>],
    /// The key of the value, if it was deserialized as an identifier.
    key: Option<&'a Cell<bool>>,
}

impl Probe<'_> {
    /// Records that a value of a certain type was requested.
    fn typed(self) -> Self {
        if let Some(is_field) = self.key {
            is_field.set(true);
        }
        self
    }
}

fn end_of_path() -> Error {
    Error::custom("the path ends")
}

/// Declares the methods that request a value of a certain type.
macro_rules! typed {
    ($($method:ident($($argument:ident: $type:ty),*);)*) => {
        $(fn $method<V: Visitor<'de>>(
            self,
            $($argument: $type,)*
            visitor: V,
        ) -> Result<V::Value, Error> {
            self.typed().deserialize_any(visitor)
        })*
    };
}

impl<'de> Deserializer<'de> for Probe<'_> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let (Some((first, segments)), Some((is_field, others))) =
            (self.segments.split_first(), self.is_field.split_first())
        else {
            return Err(end_of_path());
        };
        let value = Probe { segments, is_field: others, key: None };
        let key = match first {
            Segment::Map { key } => key,
            // The key of a map whose keys are not strings.
            Segment::Unknown => "",
            Segment::Seq { .. } => return visitor.visit_seq(Item(Some(value))),
            Segment::Enum { .. } => return Err(end_of_path()),
        };
        visitor.visit_map(Entry { key, is_field, value, read: false })
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Error> {
        Err(end_of_path())
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_some(self.typed())
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self.typed())
    }

    typed! {
        deserialize_bool();
        deserialize_i8();
        deserialize_i16();
        deserialize_i32();
        deserialize_i64();
        deserialize_i128();
        deserialize_u8();
        deserialize_u16();
        deserialize_u32();
        deserialize_u64();
        deserialize_u128();
        deserialize_f32();
        deserialize_f64();
        deserialize_char();
        deserialize_str();
        deserialize_string();
        deserialize_bytes();
        deserialize_byte_buf();
        deserialize_unit();
        deserialize_unit_struct(_name: &'static str);
        deserialize_seq();
        deserialize_tuple(_len: usize);
        deserialize_tuple_struct(_name: &'static str, _len: usize);
        deserialize_map();
        deserialize_struct(_name: &'static str, _fields: &'static [&'static str]);
        deserialize_enum(_name: &'static str, _variants: &'static [&'static str]);
        deserialize_identifier();
    }
}

/// A map that contains the next key of the path.
struct Entry<'a> {
    key: &'a str,
    is_field: &'a Cell<bool>,
    value: Probe<'a>,
    read: bool,
}

impl<'de> MapAccess<'de> for Entry<'_> {
    type Error = Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Error> {
        if std::mem::replace(&mut self.read, true) {
            return Ok(None);
        }
        let key = Key { text: self.key, as_identifier: &Cell::new(false) };
        let value = seed.deserialize(key)?;
        self.value.key = key.as_identifier.get().then_some(self.is_field);
        Ok(Some(value))
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Error> {
        seed.deserialize(self.value)
    }
}

/// A sequence of one item, which contains the rest of the path.
struct Item<'a>(Option<Probe<'a>>);

impl<'de> SeqAccess<'de> for Item<'_> {
    type Error = Error;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Error> {
        self.0.take().map(|value| seed.deserialize(value)).transpose()
    }
}

/// A key that records whether it is deserialized as an identifier.
#[derive(Clone, Copy)]
struct Key<'a> {
    text: &'a str,
    as_identifier: &'a Cell<bool>,
}

impl<'de> Deserializer<'de> for Key<'_> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_str(self.text)
    }

    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.as_identifier.set(true);
        visitor.visit_str(self.text)
    }

    // For the keys of a map whose type is a newtype, such as `UserName(String)`.
    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option
        unit unit_struct seq tuple tuple_struct map struct enum ignored_any
    }
}
