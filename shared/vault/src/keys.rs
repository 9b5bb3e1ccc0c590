//! The rows of the key database: one key per person and class, made once and read back, so that all
//! services agree on it. A key is wrapped before it comes here and still wrapped when it leaves.

use contracts::{Class, PersonId};
use sqlx::PgPool;

/// Why there is no key to seal or open with.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The person was forgotten, or the class has reached the end of its retention. What was sealed
    /// under the key can never be opened again, and nothing more can be sealed.
    #[error("the {class} key of this person was destroyed", class = .class.name())]
    Destroyed {
        /// Which of the person's keys.
        class: Class,
    },
    /// This service's role has no right to keys of the class.
    #[error("this service has no right to {class} keys", class = .class.name())]
    NotAllowed {
        /// Which class.
        class: Class,
    },
    /// No key was ever made for the person and class.
    #[error("this person has no {class} key", class = .class.name())]
    Missing {
        /// Which class.
        class: Class,
    },
    /// The key database cannot be reached or does not answer; trying again later may help.
    #[error("the key database is unavailable")]
    Unavailable(#[source] sqlx::Error),
    /// The key is wrapped by a key-encryption key that this service was not given.
    #[error("the {class} key is wrapped by key-encryption key {kek_id:?}, which is not configured", class = .class.name())]
    OtherKek {
        /// Which class.
        class: Class,
        /// The name stored beside the key.
        kek_id: String,
    },
    /// The stored key was altered, or belongs to another person or class.
    #[error("the stored {class} key does not unwrap for this person", class = .class.name())]
    Damaged {
        /// Which class.
        class: Class,
    },
    /// The operating system gave no randomness, or the cipher refused to work.
    #[error("no {class} key could be made", class = .class.name())]
    NotMade {
        /// Which class.
        class: Class,
    },
}

/// One row, as stored.
pub(crate) struct Row {
    pub(crate) kek_id: String,
    /// `None` once the key is destroyed.
    pub(crate) wrapped: Option<Vec<u8>>,
}

pub(crate) async fn find(
    pool: &PgPool,
    person: PersonId,
    class: Class,
) -> Result<Option<Row>, KeyError> {
    let row: Option<(String, Option<Vec<u8>>)> = sqlx::query_as(select_of(class))
        .bind(person.uuid())
        .fetch_optional(pool)
        .await
        .map_err(|error| refused_or_unavailable(class, error))?;
    Ok(row.map(|(kek_id, wrapped)| Row { kek_id, wrapped }))
}

/// Stores a new key unless there is one, or was one. Whoever calls reads back which it is.
pub(crate) async fn offer(
    pool: &PgPool,
    person: PersonId,
    class: Class,
    kek_id: &str,
    wrapped: &[u8],
) -> Result<(), KeyError> {
    sqlx::query(insert_of(class))
        .bind(person.uuid())
        .bind(kek_id)
        .bind(wrapped)
        .execute(pool)
        .await
        .map(|_| ())
        .map_err(|error| refused_or_unavailable(class, error))
}

const INSUFFICIENT_PRIVILEGE: &str = "42501";

pub(crate) fn is_refused(error: &sqlx::Error) -> bool {
    error
        .as_database_error()
        .and_then(sqlx::error::DatabaseError::code)
        .is_some_and(|code| code == INSUFFICIENT_PRIVILEGE)
}

fn refused_or_unavailable(class: Class, error: sqlx::Error) -> KeyError {
    if is_refused(&error) { KeyError::NotAllowed { class } } else { KeyError::Unavailable(error) }
}

const fn select_of(class: Class) -> &'static str {
    match class {
        Class::Contact => "select kek_id, wrapped from vault.contact_key where person = $1",
        Class::Application => "select kek_id, wrapped from vault.application_key where person = $1",
        Class::Needs => "select kek_id, wrapped from vault.needs_key where person = $1",
        Class::Equality => "select kek_id, wrapped from vault.equality_key where person = $1",
        Class::Money => "select kek_id, wrapped from vault.money_key where person = $1",
        Class::FormerIdentity => {
            "select kek_id, wrapped from vault.former_identity_key where person = $1"
        }
    }
}

const fn insert_of(class: Class) -> &'static str {
    match class {
        Class::Contact => {
            "insert into vault.contact_key (person, kek_id, wrapped) values ($1, $2, $3) \
             on conflict (person) do nothing"
        }
        Class::Application => {
            "insert into vault.application_key (person, kek_id, wrapped) values ($1, $2, $3) \
             on conflict (person) do nothing"
        }
        Class::Needs => {
            "insert into vault.needs_key (person, kek_id, wrapped) values ($1, $2, $3) \
             on conflict (person) do nothing"
        }
        Class::Equality => {
            "insert into vault.equality_key (person, kek_id, wrapped) values ($1, $2, $3) \
             on conflict (person) do nothing"
        }
        Class::Money => {
            "insert into vault.money_key (person, kek_id, wrapped) values ($1, $2, $3) \
             on conflict (person) do nothing"
        }
        Class::FormerIdentity => {
            "insert into vault.former_identity_key (person, kek_id, wrapped) values ($1, $2, $3) \
             on conflict (person) do nothing"
        }
    }
}
