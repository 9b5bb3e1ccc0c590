//! How a fact is named and read. A fact's name is hand-written at its enum and permanent, such as
//! `opportunity.opened.v1`; its body is the variant's fields.

use serde::de::{DeserializeOwned, Deserializer, Error as _, Visitor};
use serde::{Serialize, forward_to_deserialize_any};

/// Why a name and body could not be written or read.
#[derive(Debug, thiserror::Error)]
pub enum Unreadable {
    /// The body is not what the name promises.
    #[error("the body of {name} does not fit its name")]
    Body {
        /// The stored name.
        name: String,
        /// What serde says.
        #[source]
        source: serde_json::Error,
    },
    /// The type written is not an enum of named variants with fields.
    #[error("only enums whose variants have fields can be named")]
    NotNamed,
}

/// Splits an enum value into its permanent name and its body as JSON text.
pub fn write<T: Serialize>(value: &T) -> Result<(String, String), Unreadable> {
    let json = serde_json::to_value(value)
        .map_err(|source| Unreadable::Body { name: "a value".to_owned(), source })?;
    let serde_json::Value::Object(outer) = json else { return Err(Unreadable::NotNamed) };
    let Some((name, body)) = outer.into_iter().next() else { return Err(Unreadable::NotNamed) };
    if !body.is_object() {
        return Err(Unreadable::NotNamed);
    }
    Ok((name, body.to_string()))
}

/// Puts name and body together again.
pub fn read<T: DeserializeOwned>(name: &str, body: &str) -> Result<T, Unreadable> {
    let quoted = serde_json::Value::String(name.to_owned());
    serde_json::from_str(&format!("{{{quoted}:{body}}}"))
        .map_err(|source| Unreadable::Body { name: name.to_owned(), source })
}

/// Every permanent name of an enum, as it is read.
pub fn names<T: DeserializeOwned>() -> &'static [&'static str] {
    let mut found: &'static [&'static str] = &[];
    // It always fails: only the names it would go by are asked for.
    drop(T::deserialize(Names { found: &mut found }));
    found
}

struct Names<'a> {
    found: &'a mut &'static [&'static str],
}

impl<'de> Deserializer<'de> for Names<'_> {
    type Error = serde::de::value::Error;

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Self::Error> {
        Err(Self::Error::custom("only an enum has names"))
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        variants: &'static [&'static str],
        _: V,
    ) -> Result<V::Value, Self::Error> {
        *self.found = variants;
        Err(Self::Error::custom("only its names were asked for"))
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option
        unit unit_struct newtype_struct seq tuple tuple_struct map struct identifier ignored_any
    }
}

#[cfg(test)]
mod stories {
    use serde::Deserialize;

    use super::names;

    #[derive(Deserialize)]
    enum Tale {
        #[serde(rename = "told")]
        Told {},
        #[serde(rename = "ended")]
        Ended {},
    }

    #[test]
    fn an_enum_says_by_which_names_it_is_read() {
        assert_eq!(names::<Tale>(), ["told", "ended"]);
        assert_eq!(names::<u8>(), [""; 0]);
    }
}
