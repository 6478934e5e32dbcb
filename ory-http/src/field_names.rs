//! Which keys of a JSON path are names of a type's fields, and which are data.

use serde::{
    Deserializer,
    de::{
        DeserializeOwned, DeserializeSeed, Error as _, MapAccess, SeqAccess, Visitor, value::Error,
    },
    forward_to_deserialize_any,
};
use serde_path_to_error::{Path, Segment};
use std::cell::Cell;

/// Tells for each segment of a path whether it is the name of a field that `T` has there.
///
/// The type itself is asked, with a document in which there is nothing but this path. A struct
/// reads a key as an identifier, where a map reads it as text. For a field that it has, a struct
/// asks for a value of the field's type; what it does not have, it skips or keeps untyped.
pub(crate) fn field_names<T: DeserializeOwned>(path: &Path) -> Vec<bool> {
    let segments: Vec<&Segment> = path.iter().collect();
    let is_field = vec![Cell::new(false); segments.len()];
    // It ends with an error, where the path ends or the type does not go on along it.
    let _ = T::deserialize(Probe { segments: &segments, is_field: &is_field, key: None });
    is_field.into_iter().map(Cell::into_inner).collect()
}

/// A value in which there is nothing but the rest of the path.
#[derive(Clone, Copy)]
struct Probe<'a> {
    segments: &'a [&'a Segment],
    is_field: &'a [Cell<bool>],
    /// The value's own key, where that was read as an identifier.
    key: Option<&'a Cell<bool>>,
}

impl Probe<'_> {
    /// Notes that a value of a certain type is wanted.
    fn typed(self) -> Self {
        if let Some(is_field) = self.key {
            is_field.set(true);
        }
        self
    }
}

fn end() -> Error {
    Error::custom("the path ends")
}

/// Declares the methods that ask for a value of a certain type.
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
            return Err(end());
        };
        let value = Probe { segments, is_field: others, key: None };
        let key = match first {
            Segment::Map { key } => key,
            // The key of a map whose keys are more than text.
            Segment::Unknown => "",
            Segment::Seq { .. } => return visitor.visit_seq(Item(Some(value))),
            Segment::Enum { .. } => return Err(end()),
        };
        visitor.visit_map(Entry { key, is_field, value, read: false })
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Error> {
        Err(end())
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

/// A map with the next key of the path.
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

/// A list of one item, on which the path goes on.
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

/// A key, which notes whether it is read as an identifier.
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

    // As a map reads a key of a type such as `UserName(String)`.
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
