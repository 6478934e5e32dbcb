//! Structs whose JSON is an object, read by [`Lenient`].

use crate::model::{
    ExtraFields,
    lenient::{Field, Lenient, Seed},
};
use serde::{
    Deserialize, Deserializer, Serialize,
    de::{Error, MapAccess, Visitor},
    ser::SerializeMap,
};
use serde_json::Value;
use std::{borrow::Cow, fmt, marker::PhantomData};

/// Implements reading and writing of a struct that keeps what it does not know in `extra`.
///
/// It has to be told each field but `extra`:
/// - `needed` ones must be there and fit;
/// - `lenient` ones may be missing, and what does not fit is kept, see [`crate::model::lenient`];
/// - `skipped` ones are not in the JSON.
macro_rules! lenient_object {
    (
        $name:ident $(<$parameter:ident: $read:ident, $write:ident>)? {
            needed: [$($needed:ident),*],
            lenient: [$($field:ident $(as $json:literal)?),*]
            $(, skipped: [$($skipped:ident),*])?
            $(, then: $then:ident)?
        }
    ) => {
        impl<'de $(, $parameter: $read)?> $crate::model::lenient::Lenient<'de>
            for $name $(<$parameter>)?
        {
            fn from_object<A: serde::de::MapAccess<'de>>(
                mut object: A,
            ) -> Result<Result<Self, serde_json::Value>, A::Error> {
                use $crate::model::lenient_object::{self as object_of, Key, once};
                $(let mut $needed = None;)*
                $(let mut $field = None;)*
                let mut extra = $crate::model::ExtraFields::new();
                while let Some(Key(key)) = object.next_key()? {
                    $(if key == stringify!($needed) {
                        once(&mut $needed, stringify!($needed), || object.next_value())?;
                        continue;
                    })*
                    $({
                        const NAME: &str = lenient_object!(@name $field $($json)?);
                        if key == NAME {
                            let slot = &mut $field;
                            once(slot, NAME, || object_of::field(NAME, &mut object, &mut extra))?;
                            continue;
                        }
                    })*
                    let value = object.next_value()?;
                    extra.insert(key.into_owned(), value);
                }
                let object = Self {
                    $($needed: object_of::needed($needed, stringify!($needed))?,)*
                    $($field: $field.unwrap_or_else($crate::model::lenient::Field::missing),)*
                    $($($skipped: Default::default(),)*)?
                    extra,
                };
                Ok(Ok(object $(.$then())?))
            }
        }

        impl<'de $(, $parameter: $read)?> serde::Deserialize<'de> for $name $(<$parameter>)? {
            fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                from.deserialize_map($crate::model::lenient_object::ObjectVisitor::new())
            }
        }

        impl $(<$parameter: $write>)? serde::Serialize for $name $(<$parameter>)? {
            fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                use serde::ser::SerializeMap as _;
                let mut object = to.serialize_map(None)?;
                $(object.serialize_entry(stringify!($needed), &self.$needed)?;)*
                $($crate::model::lenient_object::write(
                    &mut object,
                    lenient_object!(@name $field $($json)?),
                    &self.$field,
                    &self.extra,
                )?;)*
                for (name, value) in &self.extra {
                    object.serialize_entry(name, value)?;
                }
                object.end()
            }
        }
    };
    (@name $field:ident) => { stringify!($field) };
    (@name $field:ident $json:literal) => { $json };
}

pub(crate) use lenient_object;

/// Reads a struct from an object, and from nothing else.
pub(crate) struct ObjectVisitor<T>(PhantomData<T>);

impl<T> ObjectVisitor<T> {
    pub(crate) fn new() -> Self {
        Self(PhantomData)
    }
}

impl<'de, T: Lenient<'de>> Visitor<'de> for ObjectVisitor<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, object: A) -> Result<T, A::Error> {
        T::from_object(object)?.map_err(|_| A::Error::custom("an object that is none"))
    }
}

/// The name of a field, or a key that is none.
pub(crate) struct Key<'de>(pub(crate) Cow<'de, str>);

impl<'de> Deserialize<'de> for Key<'de> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct KeyVisitor;

        impl<'de> Visitor<'de> for KeyVisitor {
            type Value = Key<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a key")
            }

            fn visit_borrowed_str<E>(self, key: &'de str) -> Result<Key<'de>, E> {
                Ok(Key(Cow::Borrowed(key)))
            }

            fn visit_str<E>(self, key: &str) -> Result<Key<'de>, E> {
                Ok(Key(Cow::Owned(key.to_owned())))
            }
        }

        from.deserialize_identifier(KeyVisitor)
    }
}

/// Reads a field, unless it was there already: of two values, another reader could take the other.
pub(crate) fn once<T, E: Error>(
    slot: &mut Option<T>,
    name: &'static str,
    read: impl FnOnce() -> Result<T, E>,
) -> Result<(), E> {
    if slot.is_some() {
        return Err(E::duplicate_field(name));
    }
    *slot = Some(read()?);
    Ok(())
}

/// Reads a lenient field, and keeps what does not fit.
pub(crate) fn field<'de, F, A>(
    name: &'static str,
    object: &mut A,
    extra: &mut ExtraFields,
) -> Result<F, A::Error>
where
    F: Field + Lenient<'de>,
    A: MapAccess<'de>,
{
    Ok(object.next_value_seed(Seed::new())?.unwrap_or_else(|odd| {
        if !odd.is_null() {
            extra.insert(name.to_owned(), odd);
        }
        F::missing()
    }))
}

/// A needed field. One that is missing is `null` to a type that takes it.
pub(crate) fn needed<'de, T: Deserialize<'de>, E: Error>(
    slot: Option<T>,
    name: &'static str,
) -> Result<T, E> {
    match slot {
        Some(value) => Ok(value),
        None => T::deserialize(Value::Null).map_err(|_| E::missing_field(name)),
    }
}

/// Writes a lenient field, unless there is something else in its place.
pub(crate) fn write<M: SerializeMap>(
    object: &mut M,
    name: &'static str,
    field: &(impl Field + Serialize),
    extra: &ExtraFields,
) -> Result<(), M::Error> {
    if field.is_left_out() || extra.contains_key(name) {
        return Ok(());
    }
    object.serialize_entry(name, field)
}
