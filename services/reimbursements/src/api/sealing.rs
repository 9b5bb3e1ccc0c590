//! Values sealed on their way in and opened on their way out. Where the vault has no key any more,
//! what was sealed is no longer kept, and a page shows nothing in its place.

use contracts::personal::{CostNote, Sealable};
use contracts::{ClaimId, PersonId, Sealed};
use vault::{KeyError, OpenError, SealError};
use web::{Permit, Problem};

use super::State;
use super::given::GivenNote;
use crate::claim::{Answer, AnswerQuery, Item, Submission};
use crate::opening::{Command, Opening, Record};

impl State {
    /// Puts on record that the caller is about to read what somebody else wrote about their costs.
    pub(super) async fn note_reading(
        &self,
        permit: &Permit,
        person: PersonId,
        claim: ClaimId,
    ) -> Result<(), Problem> {
        if permit.is_person(person) {
            return Ok(());
        }
        let command = Command::Record(Record { person, claim });
        self.edge.record_reading::<Opening>(permit, permit.authority(), None, command).await
    }

    /// Seals a value for the person it is about.
    pub(super) async fn seal<T: Sealable>(
        &self,
        person: PersonId,
        value: &T,
    ) -> Result<Sealed<T>, Problem> {
        self.vault.seal(person, value).await.map_err(|error| not_sealed(&error))
    }

    /// A value in clear; `None` where it is no longer kept.
    pub(super) async fn open<T: Sealable>(&self, sealed: &Sealed<T>) -> Result<Option<T>, Problem> {
        match self.vault.open(sealed).await {
            Ok(value) => Ok(Some(value)),
            Err(error) if is_gone(&error) => Ok(None),
            Err(error) => Err(not_opened(&error)),
        }
    }

    /// All of a claim, its notes sealed.
    pub(super) async fn sealed_submission(
        &self,
        person: PersonId,
        said: Submission<GivenNote>,
    ) -> Result<Submission, Problem> {
        let Submission { activity, lines, declines_payment, declares_accurate, late_because } =
            said;
        let mut sealed = Vec::with_capacity(lines.len());
        for item in lines {
            sealed.push(self.sealed_item(person, item).await?);
        }
        Ok(Submission {
            activity,
            lines: sealed,
            declines_payment,
            declares_accurate,
            late_because,
        })
    }

    /// An answer, its note sealed.
    pub(super) async fn sealed_answer(
        &self,
        person: PersonId,
        said: AnswerQuery<GivenNote>,
    ) -> Result<AnswerQuery, Problem> {
        let answer = match said.answer {
            Answer::Explained { note } => {
                Answer::Explained { note: self.seal(person, note.note()?).await? }
            }
            Answer::Corrected { item } => {
                Answer::Corrected { item: self.sealed_item(person, item).await? }
            }
        };
        Ok(AnswerQuery { line: said.line, answer })
    }

    async fn sealed_item(&self, person: PersonId, item: Item<GivenNote>) -> Result<Item, Problem> {
        Ok(match item {
            Item::InvolvementPayment { takes_payment, measure, at_most } => {
                Item::InvolvementPayment { takes_payment, measure, at_most }
            }
            Item::Mileage { tenths_of_miles, vehicle, access_need, note } => {
                let note = self.sealed_note(person, note).await?;
                Item::Mileage { tenths_of_miles, vehicle, access_need, note }
            }
            Item::Fare { kind, amount, receipt, access_need, note } => {
                let note = self.sealed_note(person, note).await?;
                Item::Fare { kind, amount, receipt, access_need, note }
            }
        })
    }

    async fn sealed_note(
        &self,
        person: PersonId,
        note: Option<GivenNote>,
    ) -> Result<Option<Sealed<CostNote>>, Problem> {
        match note {
            Some(note) => self.seal(person, note.note()?).await.map(Some),
            None => Ok(None),
        }
    }

    /// What a line is for, its note in clear for those who read notes; `None` in its place where it
    /// is not for the reader, or no longer kept.
    pub(super) async fn opened_item(
        &self,
        item: &Item,
        reads_notes: bool,
    ) -> Result<Item<String>, Problem> {
        Ok(match item {
            Item::InvolvementPayment { takes_payment, measure, at_most } => {
                let (takes_payment, measure, at_most) = (*takes_payment, *measure, *at_most);
                Item::InvolvementPayment { takes_payment, measure, at_most }
            }
            Item::Mileage { tenths_of_miles, vehicle, access_need, note } => Item::Mileage {
                tenths_of_miles: *tenths_of_miles,
                vehicle: *vehicle,
                access_need: *access_need,
                note: self.opened_note(note.as_ref().filter(|_| reads_notes)).await?,
            },
            Item::Fare { kind, amount, receipt, access_need, note } => Item::Fare {
                kind: *kind,
                amount: *amount,
                receipt: *receipt,
                access_need: *access_need,
                note: self.opened_note(note.as_ref().filter(|_| reads_notes)).await?,
            },
        })
    }

    /// A note in clear.
    pub(super) async fn opened_note(
        &self,
        note: Option<&Sealed<CostNote>>,
    ) -> Result<Option<String>, Problem> {
        match note {
            Some(note) => Ok(self.open(note).await?.map(|note| note.reveal().to_owned())),
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
