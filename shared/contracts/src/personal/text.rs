//! A personal value that is one text. What kinds there are is said elsewhere; here is what all of
//! them share: tidied, bounded, free of invisible characters, wiped when dropped.

use std::fmt;
use std::marker::PhantomData;

use crate::sealed::{Class, Personal};
use serde::de::{Deserialize, Deserializer, Error, Visitor};
use zeroize::Zeroizing;

use super::{Invalid, Sealable, Unreadable};

/// Whether a text may have line breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lines {
    /// None: it ends up in a heading, a mail header or a single field.
    One,
    /// Line breaks are kept, as `\n` whatever they came as; a tab becomes a space.
    Many,
}

/// Marks what a text is. Implemented by empty enums.
pub trait Kind: 'static {
    /// The class of key that seals it.
    const CLASS: Class;
    /// The field's permanent name, bound into the seal.
    const FIELD: &'static str;
    /// The name shown in the API's description.
    const NAME: &'static str;
    /// The most characters it may have.
    const CHARACTERS_MAX: usize;
    /// Whether it may have line breaks.
    const LINES: Lines;
    /// What more this kind asks of a tidy text.
    fn check(text: &str) -> Result<(), Invalid> {
        let _ = text;
        Ok(())
    }
}

/// A personal text of the kind `K`. Neither `Debug` nor an error shows it, and it cannot be
/// serialised, so that it reaches no event, fact, row or log unsealed.
pub struct Text<K> {
    text: Zeroizing<String>,
    kind: PhantomData<fn() -> K>,
}

impl<K: Kind> Text<K> {
    /// Tidies and checks what somebody typed.
    pub fn new(typed: String) -> Result<Self, Invalid> {
        Self::checked(&Zeroizing::new(typed))
    }

    fn checked(typed: &str) -> Result<Self, Invalid> {
        let text = tidy(typed, K::LINES);
        if text.is_empty() {
            return Err(Invalid::Empty);
        }
        let characters = text.chars().count();
        if characters > K::CHARACTERS_MAX {
            return Err(Invalid::TooLong { characters_max: K::CHARACTERS_MAX, characters });
        }
        for (place, character) in (1..).zip(text.chars()) {
            let breaks_line = matches!(character, '\n' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}');
            if breaks_line && K::LINES == Lines::One {
                return Err(Invalid::ManyLines);
            }
            if character.is_control() && character != '\n' {
                return Err(Invalid::Invisible { place });
            }
        }
        K::check(&text)?;
        Ok(Self { text, kind: PhantomData })
    }

    /// The text in clear, for whoever may read it, at the last moment.
    pub fn reveal(&self) -> &str {
        &self.text
    }
}

/// Trims, and gives every line break and tab the same form. One buffer of the full size, as a
/// growing one would leave copies behind.
fn tidy(typed: &str, lines: Lines) -> Zeroizing<String> {
    let trimmed = typed.trim();
    let mut text = Zeroizing::new(String::with_capacity(trimmed.len()));
    let mut characters = trimmed.chars().peekable();
    while let Some(character) = characters.next() {
        match (lines, character) {
            (Lines::Many, '\r') if characters.peek() == Some(&'\n') => {}
            (Lines::Many, '\r') => text.push('\n'),
            (Lines::Many, '\t') => text.push(' '),
            (Lines::Many | Lines::One, kept) => text.push(kept),
        }
    }
    text
}

impl<K: Kind> Personal for Text<K> {
    const CLASS: Class = K::CLASS;
    const FIELD: &'static str = K::FIELD;
}

impl<K: Kind> Sealable for Text<K> {
    fn to_plain(&self) -> Zeroizing<Vec<u8>> {
        Zeroizing::new(self.text.as_bytes().to_vec())
    }

    fn from_plain(plain: &[u8]) -> Result<Self, Unreadable> {
        let text = std::str::from_utf8(plain).map_err(|_| Unreadable)?;
        Ok(Self { text: Zeroizing::new(text.to_owned()), kind: PhantomData })
    }
}

impl<K: Kind> fmt::Debug for Text<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}(hidden)", K::NAME)
    }
}

impl<'de, K: Kind> Deserialize<'de> for Text<K> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Typed(typed) = Typed::deserialize(deserializer)?;
        Self::checked(&typed).map_err(D::Error::custom)
    }
}

impl<K: Kind> utoipa::PartialSchema for Text<K> {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        utoipa::openapi::ObjectBuilder::new()
            .schema_type(utoipa::openapi::schema::Type::String)
            .min_length(Some(1))
            .max_length(Some(K::CHARACTERS_MAX))
            .into()
    }
}

impl<K: Kind> utoipa::ToSchema for Text<K> {
    fn name() -> std::borrow::Cow<'static, str> {
        std::borrow::Cow::Borrowed(K::NAME)
    }
}

/// Text as it came. Unlike `String` it does not repeat in its error what came instead: serde would
/// put a telephone number given without quotation marks into the message.
pub(super) struct Typed(pub(super) Zeroizing<String>);

impl<'de> Deserialize<'de> for Typed {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // Asked for a string, serde_json would name the number it found without asking the visitor.
        deserializer.deserialize_any(TypedVisitor)
    }
}

struct TypedVisitor;

impl Visitor<'_> for TypedVisitor {
    type Value = Typed;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("text")
    }
    fn visit_str<E: Error>(self, text: &str) -> Result<Typed, E> {
        Ok(Typed(Zeroizing::new(text.to_owned())))
    }
    fn visit_string<E: Error>(self, text: String) -> Result<Typed, E> {
        Ok(Typed(Zeroizing::new(text)))
    }
    fn visit_bool<E: Error>(self, _: bool) -> Result<Typed, E> {
        Err(E::custom(Invalid::NotText))
    }
    fn visit_i64<E: Error>(self, _: i64) -> Result<Typed, E> {
        Err(E::custom(Invalid::NotText))
    }
    fn visit_u64<E: Error>(self, _: u64) -> Result<Typed, E> {
        Err(E::custom(Invalid::NotText))
    }
    fn visit_f64<E: Error>(self, _: f64) -> Result<Typed, E> {
        Err(E::custom(Invalid::NotText))
    }
}
