//! Enums of strings as fields of the model.

/// Declares an enum of the strings that a server uses, and reads it leniently as a field.
macro_rules! text_enum {
    ($(#[$attribute:meta])* $name:ident { $($variants:tt)* }) => {
        ory_http::text_enum! { $(#[$attribute])* $name { $($variants)* } }

        $crate::model::lenient::text_fields!($name);
    };
}

pub(crate) use text_enum;
