//! Values sealed on their way in and opened on their way out. Where the vault has no key any more,
//! what was sealed is no longer kept, and a page shows nothing in its place.

use contracts::personal::{Kind, Sealable, Text};
use contracts::{PersonId, Sealed};
use vault::{KeyError, OpenError, SealError};
use web::Problem;

use super::State;
use super::given::Given;

impl State {
    /// Seals what somebody typed, for the person it is about.
    pub(super) async fn seal<K: Kind>(
        &self,
        person: PersonId,
        given: &Given<K>,
    ) -> Result<Sealed<Text<K>>, Problem> {
        self.vault.seal(person, given.text()?).await.map_err(|error| not_sealed(&error))
    }

    /// Seals what may be left out.
    pub(super) async fn seal_if_given<K: Kind>(
        &self,
        person: PersonId,
        given: Option<&Given<K>>,
    ) -> Result<Option<Sealed<Text<K>>>, Problem> {
        match given {
            Some(given) => self.seal(person, given).await.map(Some),
            None => Ok(None),
        }
    }

    /// A value in clear; `None` where it is no longer kept.
    pub(super) async fn open<K: Kind>(
        &self,
        sealed: &Sealed<Text<K>>,
    ) -> Result<Option<String>, Problem>
    where
        Text<K>: Sealable,
    {
        match self.vault.open(sealed).await {
            Ok(text) => Ok(Some(text.reveal().to_owned())),
            Err(error) if is_gone(&error) => Ok(None),
            Err(error) => Err(not_opened(&error)),
        }
    }

    /// What may have been left out, in clear.
    pub(super) async fn open_if_given<K: Kind>(
        &self,
        sealed: Option<&Sealed<Text<K>>>,
    ) -> Result<Option<String>, Problem> {
        match sealed {
            Some(sealed) => self.open(sealed).await,
            None => Ok(None),
        }
    }
}

fn is_gone(error: &OpenError) -> bool {
    matches!(error, OpenError::Key(KeyError::Destroyed { .. }))
}

fn not_sealed(error: &SealError) -> Problem {
    match error {
        // Nothing more can be said of someone who was forgotten.
        SealError::Key(KeyError::Destroyed { .. }) => Problem::unknown(),
        SealError::Key(KeyError::Unavailable(_)) => Problem::unavailable(error),
        SealError::Key(
            KeyError::NotAllowed { .. }
            | KeyError::Missing { .. }
            | KeyError::OtherKek { .. }
            | KeyError::Damaged { .. }
            | KeyError::NotMade { .. },
        )
        | SealError::NotSealed { .. } => Problem::fault(error),
    }
}

fn not_opened(error: &OpenError) -> Problem {
    if matches!(error, OpenError::Key(KeyError::Unavailable(_))) {
        Problem::unavailable(error)
    } else {
        Problem::fault(error)
    }
}
