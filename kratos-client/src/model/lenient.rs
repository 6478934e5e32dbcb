//! Reading what a server sends as far as it fits.
//!
//! A response has far more fields than a decision rests on. One of those others that is missing,
//! `null` or of another type than expected must not make the whole response unreadable: it is read
//! as missing, and what the server sent in its place is kept in `extra` under the field's own name,
//! from where it is written again. What identifies a thing is needed, and an error where it can't
//! be read.
//!
//! Nothing is read twice or buffered for it: each value is read by the type that it has in the
//! JSON, and only what does not fit becomes a [`Value`].

use crate::model::ExtraFields;
use serde::{
    Deserialize, Deserializer, Serialize,
    de::{
        DeserializeOwned, DeserializeSeed, Error, IntoDeserializer, MapAccess, SeqAccess, Visitor,
        value::{Error as ValueError, MapAccessDeserializer, SeqAccessDeserializer},
    },
};
use serde_json::Value;
use std::{collections::BTreeMap, fmt, marker::PhantomData};

/// A type that is read from what fits it; anything else in its place is handed back as it is.
pub(crate) trait Lenient<'de>: Sized {
    /// Reads a text, a number or a Boolean.
    fn from_scalar<D: Deserializer<'de>>(_scalar: D) -> Option<Self> {
        None
    }

    /// Reads a list.
    fn from_list<A: SeqAccess<'de>>(list: A) -> Result<Result<Self, Value>, A::Error> {
        Value::deserialize(SeqAccessDeserializer::new(list)).map(Err)
    }

    /// Reads an object.
    fn from_object<A: MapAccess<'de>>(object: A) -> Result<Result<Self, Value>, A::Error> {
        Value::deserialize(MapAccessDeserializer::new(object)).map(Err)
    }
}

/// A type of a field that may be missing.
pub(crate) trait Field: Sized {
    /// The value of a missing field.
    fn missing() -> Self;

    /// Whether nothing is written for it.
    fn is_left_out(&self) -> bool {
        false
    }
}

/// A type whose JSON is a text, a number or a Boolean.
pub(crate) trait Scalar: DeserializeOwned {}

impl<'de, T: Scalar> Lenient<'de> for T {
    fn from_scalar<D: Deserializer<'de>>(scalar: D) -> Option<Self> {
        Self::deserialize(scalar).ok()
    }

    /// Where an application turns on `serde_json`'s `arbitrary_precision`, a number comes as an
    /// object of `serde_json`'s own.
    fn from_object<A: MapAccess<'de>>(object: A) -> Result<Result<Self, Value>, A::Error> {
        let value = Value::deserialize(MapAccessDeserializer::new(object))?;
        let number = value.is_number().then(|| Self::deserialize(&value).ok()).flatten();
        Ok(number.ok_or(value))
    }
}

/// Types of fields that are a default value where they are missing.
macro_rules! scalars {
    ($($type:ty),*) => {
        $(impl Scalar for $type {}

        impl Field for $type {
            fn missing() -> Self {
                Self::default()
            }
        })*
    };
}

scalars!(bool, i64, u64, String);

impl Scalar for jiff::Timestamp {}

/// Makes types of text that can be any text into fields, empty where they are missing.
macro_rules! text_fields {
    ($($type:ty),*) => {
        $(impl $crate::model::lenient::Scalar for $type {}

        impl $crate::model::lenient::Field for $type {
            fn missing() -> Self {
                String::new().into()
            }
        })*
    };
}

impl<'de, T: Lenient<'de>> Lenient<'de> for Option<T> {
    fn from_scalar<D: Deserializer<'de>>(scalar: D) -> Option<Self> {
        T::from_scalar(scalar).map(Some)
    }

    fn from_list<A: SeqAccess<'de>>(list: A) -> Result<Result<Self, Value>, A::Error> {
        Ok(T::from_list(list)?.map(Some))
    }

    fn from_object<A: MapAccess<'de>>(object: A) -> Result<Result<Self, Value>, A::Error> {
        Ok(T::from_object(object)?.map(Some))
    }
}

impl<T> Field for Option<T> {
    fn missing() -> Self {
        None
    }

    fn is_left_out(&self) -> bool {
        self.is_none()
    }
}

/// Makes types that any JSON fits into types of fields.
macro_rules! any_json {
    ($type:ty) => {
        impl<'de> $crate::model::lenient::Lenient<'de> for $type {
            fn from_scalar<D: serde::Deserializer<'de>>(scalar: D) -> Option<Self> {
                serde::Deserialize::deserialize(scalar).ok()
            }

            fn from_list<A: serde::de::SeqAccess<'de>>(
                list: A,
            ) -> Result<Result<Self, serde_json::Value>, A::Error> {
                let list = serde::de::value::SeqAccessDeserializer::new(list);
                serde::Deserialize::deserialize(list).map(Ok)
            }

            fn from_object<A: serde::de::MapAccess<'de>>(
                object: A,
            ) -> Result<Result<Self, serde_json::Value>, A::Error> {
                let object = serde::de::value::MapAccessDeserializer::new(object);
                serde::Deserialize::deserialize(object).map(Ok)
            }
        }
    };
}

any_json!(Value);

pub(crate) use {any_json, text_fields};

impl Field for Value {
    fn missing() -> Self {
        Self::Null
    }
}

/// A list, which fits if each of its items does.
impl<'de, T: Lenient<'de> + Serialize> Lenient<'de> for Vec<T> {
    fn from_list<A: SeqAccess<'de>>(mut list: A) -> Result<Result<Self, Value>, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = list.next_element_seed(Seed::new())? {
            match item {
                Ok(item) => items.push(item),
                Err(odd) => {
                    let read = items.iter().map(serde_json::to_value).collect::<Result<_, _>>();
                    let mut all: Vec<Value> = read.map_err(A::Error::custom)?;
                    all.push(odd);
                    while let Some(value) = list.next_element()? {
                        all.push(value);
                    }
                    return Ok(Err(all.into()));
                }
            }
        }
        Ok(Ok(items))
    }
}

/// A map by words, which fits if each of its values does.
impl<'de, K, T> Lenient<'de> for BTreeMap<K, T>
where
    K: Ord + From<String> + Into<String>,
    T: Lenient<'de> + Serialize,
{
    fn from_object<A: MapAccess<'de>>(mut object: A) -> Result<Result<Self, Value>, A::Error> {
        let mut map = Self::new();
        while let Some(key) = object.next_key::<String>()? {
            match object.next_value_seed(Seed::new())? {
                Ok(value) => drop(map.insert(key.into(), value)),
                Err(odd) => {
                    let mut all = ExtraFields::new();
                    for (key, value) in map {
                        all.insert(
                            key.into(),
                            serde_json::to_value(value).map_err(A::Error::custom)?,
                        );
                    }
                    all.insert(key, odd);
                    while let Some((key, value)) = object.next_entry()? {
                        all.insert(key, value);
                    }
                    return Ok(Err(all.into()));
                }
            }
        }
        Ok(Ok(map))
    }
}

/// Reads a value: `Err` is what stands in its place and does not fit.
struct LenientVisitor<T>(PhantomData<T>);

impl<'de, T: Lenient<'de>> LenientVisitor<T> {
    fn scalar<S>(scalar: S) -> Result<T, Value>
    where
        S: Copy + Into<Value> + IntoDeserializer<'de, ValueError>,
    {
        T::from_scalar(scalar.into_deserializer()).ok_or_else(|| scalar.into())
    }
}

impl<'de, T: Lenient<'de>> Visitor<'de> for LenientVisitor<T> {
    type Value = Result<T, Value>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Self::Value, E> {
        Ok(Self::scalar(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Self::Value, E> {
        Ok(Self::scalar(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Self::Value, E> {
        Ok(Self::scalar(value))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Self::Value, E> {
        Ok(Self::scalar(value))
    }

    fn visit_str<E>(self, value: &str) -> Result<Self::Value, E> {
        Ok(Self::scalar(value))
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Err(Value::Null))
    }

    fn visit_none<E>(self) -> Result<Self::Value, E> {
        Ok(Err(Value::Null))
    }

    fn visit_some<D: Deserializer<'de>>(self, value: D) -> Result<Self::Value, D::Error> {
        value.deserialize_any(self)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<Self::Value, A::Error> {
        T::from_list(list)
    }

    fn visit_map<A: MapAccess<'de>>(self, object: A) -> Result<Self::Value, A::Error> {
        T::from_object(object)
    }
}

/// [`LenientVisitor`] as serde calls it.
pub(crate) struct Seed<T>(PhantomData<T>);

impl<T> Seed<T> {
    pub(crate) fn new() -> Self {
        Self(PhantomData)
    }
}

impl<'de, T: Lenient<'de>> DeserializeSeed<'de> for Seed<T> {
    type Value = Result<T, Value>;

    fn deserialize<D: Deserializer<'de>>(self, value: D) -> Result<Self::Value, D::Error> {
        value.deserialize_option(LenientVisitor(PhantomData))
    }
}

/// For `#[serde(deserialize_with)]`: a field that is missing where it does not fit. What does not
/// fit is not kept.
pub(crate) fn field<'de, F, D>(value: D) -> Result<F, D::Error>
where
    F: Field + Lenient<'de>,
    D: Deserializer<'de>,
{
    Ok(Seed::new().deserialize(value)?.unwrap_or_else(|_| F::missing()))
}
