//! What is offered to someone, and who may decide about it. Decides nothing by itself.

use contracts::id::{ApplicationId, GroupId, OpportunityId, SeatId};
use contracts::{PersonId, Sealed};
use eventstore::Occasion;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{ReasonForException, Refusal};
use crate::contacted::by_a_human;
use crate::term::{Term, TermRule};

/// A place in a group, as offered to one person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// The seat.
    pub seat: SeatId,
    /// Its group.
    pub group: GroupId,
    /// The opportunity that led there, if one did.
    pub opportunity: Option<OpportunityId>,
    /// The application that led there, if one did.
    pub application: Option<ApplicationId>,
    /// Who.
    pub person: PersonId,
    /// The term.
    pub term: Term,
    /// The rule it is given under.
    pub rule: TermRule,
    /// The day by which an answer is hoped for. Nothing happens by itself after it.
    pub answer_by: Date,
    /// The version of the terms they would agree to.
    pub terms_version: String,
    /// Why it is given during the break before standing again, where it is.
    pub exception: Option<Exception>,
}

/// A decision outside the rule for terms.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exception {
    /// Why.
    pub reason: Sealed<ReasonForException>,
    /// Who authorised it.
    pub authorised_by: PersonId,
}

impl Place {
    /// What only the person can say, themself or typed in for them.
    pub(super) fn said_by_its_person(&self, occasion: &Occasion) -> Result<(), Refusal> {
        if occasion.person() == self.person { Ok(()) } else { Err(Refusal::NotTheirs) }
    }

    /// What a human decides about the person, and nobody about themselves.
    pub(super) fn decided_by_another(&self, occasion: &Occasion) -> Result<(), Refusal> {
        if !by_a_human(occasion) {
            return Err(Refusal::HumanMustDecide);
        }
        if [occasion.actor, occasion.person()].contains(&self.person) {
            return Err(Refusal::SomeoneElseMustDecide);
        }
        Ok(())
    }
}
