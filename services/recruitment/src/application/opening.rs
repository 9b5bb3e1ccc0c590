//! What the applicant is not asked, as it is known already: of the opportunity from what was
//! published, of the person from their registration. Filled in at the edge.

use contracts::opportunities::{Constituency, Criterion};
use jiff::Timestamp;

use super::{Answer, Form, Refusal};
use crate::involvee::AgeBand;

const SECONDS_IN_MINUTE: i64 = 60;
/// The age from which everyone of the upper band is.
const ADULT_YEARS: u8 = 18;
/// The age from which everyone of the lower band is.
const YOUNG_YEARS: u8 = 16;

/// An opportunity, as far as applications depend on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opening {
    /// What it is called.
    pub title: String,
    /// When it opens.
    pub opens_at: Timestamp,
    /// When it closes as it now stands, extensions included; for a rolling one, when it was closed by
    /// hand, and `None` until then.
    pub closes_at: Option<Timestamp>,
    /// The zone in which people are told these.
    pub zone: String,
    /// Whether it will not go ahead.
    pub withdrawn: bool,
    /// Who may apply.
    pub open_to: Vec<Constituency>,
    /// The youngest age at which someone may, in years.
    pub minimum_age_years: u8,
    /// What is asked.
    pub criteria: Vec<Criterion>,
}

/// A person, as far as applications depend on them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Applicant {
    /// Someone we do not know how to reach.
    NotRegistered,
    /// Someone we do.
    Registered {
        /// As whom they take part.
        constituencies: Vec<Constituency>,
        /// How old they are.
        age_band: AgeBand,
    },
}

impl Opening {
    /// It opens when the system knows of it, so early paper waits until then; it closes by when
    /// something was received. The whole closing minute counts, as a clock without seconds shows it.
    pub(super) fn takes(&self, taken_at: Timestamp, received_at: Timestamp) -> Result<(), Refusal> {
        let zone = self.zone.clone();
        if self.withdrawn {
            return Err(Refusal::OpportunityWithdrawn);
        }
        if taken_at < self.opens_at {
            return Err(Refusal::NotYetOpen { opens_at: self.opens_at, zone });
        }
        let minute = |at: Timestamp| at.as_second().div_euclid(SECONDS_IN_MINUTE);
        match self.closes_at {
            Some(closes_at) if minute(received_at) > minute(closes_at) => {
                Err(Refusal::Closed { closes_at, zone })
            }
            Some(_) | None => Ok(()),
        }
    }

    /// As whom of those it is for someone is considered.
    pub(super) fn considers(
        &self,
        constituencies: &[Constituency],
    ) -> Result<Vec<Constituency>, Refusal> {
        let applied_as: Vec<Constituency> =
            self.open_to.iter().filter(|it| constituencies.contains(it)).copied().collect();
        if applied_as.is_empty() {
            return Err(Refusal::NotForThem { open_to: self.open_to.clone() });
        }
        Ok(applied_as)
    }

    /// A band tells less than a birthday: where it does not tell enough, the person's word does.
    pub(super) fn old_enough(&self, age_band: AgeBand, form: &Form) -> Result<(), Refusal> {
        let years = self.minimum_age_years;
        let (certain, possible) = match age_band {
            AgeBand::Adult => (ADULT_YEARS, u8::MAX),
            AgeBand::SixteenOrSeventeen => (YOUNG_YEARS, ADULT_YEARS - 1),
        };
        if years > possible {
            Err(Refusal::TooYoung { years })
        } else if years > certain && !form.of_required_age {
            Err(Refusal::AgeNotSaid { years })
        } else {
            Ok(())
        }
    }

    /// One answer to what was published, and to each that is essential.
    pub(super) fn answered_by(&self, answers: &[Answer]) -> Result<(), Refusal> {
        let codes = |wrong: &dyn Fn(usize, &Answer) -> bool| -> Vec<String> {
            let found = answers.iter().enumerate().filter(|(place, it)| wrong(*place, it));
            found.map(|(_, it)| it.criterion.clone()).collect()
        };
        let not_asked =
            codes(&|_, answer| !self.criteria.iter().any(|it| it.code == answer.criterion));
        if !not_asked.is_empty() {
            return Err(Refusal::NotAsked { codes: not_asked });
        }
        let twice = codes(&|place, answer| {
            answers.iter().take(place).any(|it| it.criterion == answer.criterion)
        });
        if !twice.is_empty() {
            return Err(Refusal::AnsweredTwice { codes: twice });
        }
        let lacking: Vec<(String, String)> = self
            .criteria
            .iter()
            .filter(|it| it.essential && !answers.iter().any(|a| a.criterion == it.code))
            .map(|it| (it.code.clone(), it.text.clone()))
            .collect();
        if lacking.is_empty() { Ok(()) } else { Err(Refusal::EssentialUnanswered { lacking }) }
    }
}
