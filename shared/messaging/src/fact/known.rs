//! Whether an enum of the contract knows a stored name, asked of its `Deserialize` itself, so that
//! no list of names stands beside the enum.

use std::fmt;

use serde::Deserializer;
use serde::de::{DeserializeOwned, Visitor};

/// Whether `T` has a variant stored under `name`. A type that is not a plain enum is taken to know
/// every name; reading then says what is wrong.
pub(super) fn knows<T: DeserializeOwned>(name: &str) -> bool {
    match T::deserialize(Question) {
        Err(Answer::Variants(names)) => names.contains(&name),
        Ok(_) | Err(Answer::NotAnEnum) => true,
    }
}

/// A deserializer that holds nothing and only listens to what it is asked for.
struct Question;

#[derive(Debug)]
enum Answer {
    Variants(&'static [&'static str]),
    NotAnEnum,
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the names of an enum")
    }
}

impl std::error::Error for Answer {}

impl serde::de::Error for Answer {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self::NotAnEnum
    }
}

impl<'de> Deserializer<'de> for Question {
    type Error = Answer;

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Answer> {
        Err(Answer::NotAnEnum)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        variants: &'static [&'static str],
        _: V,
    ) -> Result<V::Value, Answer> {
        Err(Answer::Variants(variants))
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option
        unit unit_struct newtype_struct seq tuple tuple_struct map struct identifier ignored_any
    }
}
