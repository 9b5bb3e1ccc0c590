//! Names, for those who may read them: recorded first, opened then, and kept nowhere.

use std::collections::{BTreeMap, BTreeSet};

use contracts::personal::PersonName;
use contracts::{PersonId, Personal, Sealed};
use eventstore::Authority;
use http::StatusCode;
use vault::{KeyError, OpenError};
use web::{Permit, Problem};

use super::State;
use crate::opening::{Because, Command, Opening, Record};
use crate::tell::Names;
use crate::views::name;

/// A reader's wish to see names, with all that is recorded of it.
pub(super) struct Wish<'a> {
    pub(super) permit: &'a Permit,
    pub(super) authority: Authority,
    pub(super) route: &'static str,
    pub(super) because: Because,
    pub(super) traceparent: Option<String>,
}

impl State {
    /// The names of these people, as far as they have one that can still be opened. Nothing is
    /// opened unless it is on record that this reader does so.
    pub(super) async fn open_names(
        &self,
        people: &BTreeSet<PersonId>,
        wish: Wish<'_>,
    ) -> Result<Names, Problem> {
        let sealed = name::of(&self.pool, people).await?;
        if sealed.is_empty() {
            return Ok(Names::new());
        }
        self.record(sealed.keys().copied().collect(), wish).await?;
        let mut names = BTreeMap::new();
        for (person, sealed) in sealed {
            if let Some(opened) = self.open(&sealed).await? {
                names.insert(person, opened);
            }
        }
        Ok(names)
    }

    async fn record(&self, people: BTreeSet<PersonId>, wish: Wish<'_>) -> Result<(), Problem> {
        let Wish { permit, authority, route, because, traceparent } = wish;
        let command = Command::Record(Record { people, field: PersonName::FIELD, route, because });
        self.edge.record_reading::<Opening>(permit, authority, traceparent, command).await
    }

    /// A name; `None` where the person was forgotten, or their name cannot be opened any more.
    async fn open(&self, sealed: &Sealed<PersonName>) -> Result<Option<String>, Problem> {
        match self.vault.open(sealed).await {
            Ok(name) => Ok(Some(name.reveal().to_owned())),
            Err(OpenError::Key(KeyError::Destroyed { .. } | KeyError::Missing { .. })) => Ok(None),
            Err(error @ (OpenError::Tampered { .. } | OpenError::Unreadable { .. })) => {
                tracing::error!(%error, "a name cannot be opened");
                Ok(None)
            }
            Err(OpenError::Key(error)) => {
                tracing::error!(%error, "names cannot be opened");
                Err(unavailable())
            }
        }
    }
}

fn unavailable() -> Problem {
    Problem::new(
        StatusCode::SERVICE_UNAVAILABLE,
        "audit.names_unavailable",
        "Names are not available just now",
        "The history can be read without names. Ask for names again in a moment.",
    )
    .retry_after(2)
}
