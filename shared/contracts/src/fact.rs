//! How a fact is named and read. A fact's name is hand-written at its enum and permanent, such as
//! `opportunity.opened.v1`; its body is the variant's fields.

use serde::Serialize;
use serde::de::DeserializeOwned;

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
