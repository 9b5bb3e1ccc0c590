//! A personal value that only the vault can open. Events, facts and rows carry it sealed; nothing
//! here can open one, and its `Debug` shows no more than whose it is.

use std::fmt;
use std::marker::PhantomData;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::id::PersonId;

/// Which of a person's keys seals a value. Each class ends at its own retention date.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// How to reach and address someone.
    Contact,
    /// What someone wrote about themselves to be considered for a role.
    Application,
    /// What someone needs in order to take part.
    Needs,
    /// Equality answers; never for a panel.
    Equality,
    /// Bank details and what belongs to payment; finance's alone.
    Money,
    /// A name or gender someone no longer uses.
    FormerIdentity,
}

impl Class {
    /// Every class, in the order of their declaration.
    pub const ALL: [Self; 6] = [
        Self::Contact,
        Self::Application,
        Self::Needs,
        Self::Equality,
        Self::Money,
        Self::FormerIdentity,
    ];

    /// The stored name; part of what a seal is bound to, so it never changes.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Contact => "contact",
            Self::Application => "application",
            Self::Needs => "needs",
            Self::Equality => "equality",
            Self::Money => "money",
            Self::FormerIdentity => "former_identity",
        }
    }
}

/// A kind of personal value: what class it belongs to and which field it fills. Both are bound into
/// the seal, so a sealed e-mail address cannot be passed off as a name.
pub trait Personal {
    /// The class of key that seals it.
    const CLASS: Class;
    /// The field's permanent name.
    const FIELD: &'static str;
}

/// A sealed personal value of the kind `T`.
pub struct Sealed<T> {
    /// Whose value it is, and so whose key opens it.
    pub person: PersonId,
    /// Nonce, ciphertext and tag, in base64.
    pub bytes: String,
    kind: PhantomData<fn() -> T>,
}

impl<T: Personal> Sealed<T> {
    /// Takes bytes that the vault has sealed. Only the vault has a reason to call this.
    pub fn new(person: PersonId, bytes: String) -> Self {
        Self { person, bytes, kind: PhantomData }
    }
}

impl<T> Clone for Sealed<T> {
    fn clone(&self) -> Self {
        Self { person: self.person, bytes: self.bytes.clone(), kind: PhantomData }
    }
}
impl<T> PartialEq for Sealed<T> {
    fn eq(&self, other: &Self) -> bool {
        self.person == other.person && self.bytes == other.bytes
    }
}
impl<T> Eq for Sealed<T> {}
impl<T: Personal> fmt::Debug for Sealed<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sealed({} of {})", T::FIELD, self.person)
    }
}

#[derive(Serialize, Deserialize)]
struct Stored {
    person: PersonId,
    class: Class,
    field: String,
    bytes: String,
}

impl<T: Personal> Serialize for Sealed<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Stored {
            person: self.person,
            class: T::CLASS,
            field: T::FIELD.to_owned(),
            bytes: self.bytes.clone(),
        }
        .serialize(serializer)
    }
}

impl<'de, T: Personal> Deserialize<'de> for Sealed<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let stored = Stored::deserialize(deserializer)?;
        if stored.class != T::CLASS || stored.field != T::FIELD {
            return Err(serde::de::Error::custom(format!(
                "a sealed {} where a sealed {} belongs",
                stored.field,
                T::FIELD
            )));
        }
        Ok(Self::new(stored.person, stored.bytes))
    }
}
