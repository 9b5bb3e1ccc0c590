//! How much of a history a reader sees. People see their own without anyone else in it; a pack that
//! explains a decision holds neither recusals nor what a single assessor thought.

use contracts::PersonId;
use eventstore::Authority;
use jiff::{SignedDuration, Timestamp};
use web::{Permit, Problem, Role};

use crate::subject::{Kind, Subject};

/// An outcome is told in a round and, to those who asked for it, by telephone first: nothing written
/// may come before two working days have passed. A week covers these over any run of holidays. What
/// a message is about may tell of one as well.
const OUTCOMES_REST_FOR: SignedDuration = SignedDuration::from_hours(7 * 24);

/// What tells an applicant how it went.
const OUTCOMES: &[&str] = &[
    "application.offered",
    "application.kept_in_reserve",
    "application.not_selected",
    "appointment.offered",
];

/// What of a panel's work may stand in a pack. A new event is left out until it is listed here.
const OF_SELECTIONS_IN_A_PACK: &[&str] = &[
    "selection.application_taken_in",
    "selection.applicant_withdrawn",
    "selection.begun",
    "selection.put_off",
    "selection.resumed",
    "selection.called_off",
    "selection.panel_formed",
    "selection.decision_recorded",
    "selection.outcome_approved",
    "selection.approval_set_aside",
    "selection.telling_put_off",
    "selection.outcome_released",
    "selection.outcomes_told",
];

/// That someone was not seen is told to them by nobody but a human who has rung; until then it does
/// not count either.
const UNTIL_SOMEONE_HAS_RUNG: &[&str] = &["session.follow_up_opened", "session.follow_up_dropped"];

/// Nothing of a panel's work: what came of it stands in the application's own history.
const NOTHING_OF_SELECTIONS: &[&str] = &[];

/// In which way a history is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reading {
    /// All of it.
    Full,
    /// What explains a decision to whom it concerns.
    Pack,
    /// This person's own.
    Own(PersonId),
}

/// Which records of a history are shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// Which events of panels' work; `None` for all.
    pub of_selections: Option<&'static [&'static str]>,
    /// Whether it is shown who looked at names.
    pub openings: bool,
    /// Events that are not.
    pub left_out: &'static [&'static str],
    /// What tells of an outcome, which, like every message, is shown only as far as it was recorded
    /// up to an instant.
    pub outcomes: &'static [&'static str],
    /// That instant; `None` where nothing is held back.
    pub outcomes_until: Option<Timestamp>,
}

impl Reading {
    /// How this caller may read the history of something, and by which right. `locality` is that of
    /// an opportunity, where one is asked about.
    pub fn of(
        permit: &Permit,
        subject: Subject,
        locality: Option<&str>,
        as_pack: bool,
    ) -> Result<(Self, Authority), Problem> {
        let myself = permit.caller.person;
        if subject == (Subject { kind: Kind::Person, id: myself.uuid() }) {
            // In whatever role: nobody reads of themselves what others are not to see either.
            return Ok((Self::Own(myself), permit.require_role(Role::Involvee)?));
        }
        let authority = permit.require_locality(locality)?;
        let is_coordinator = authority.role == Role::Coordinator.name();
        if is_coordinator && subject.kind != Kind::Opportunity {
            return Err(Problem::forbidden());
        }
        let reading = if is_coordinator || as_pack { Self::Pack } else { Self::Full };
        Ok((reading, authority))
    }

    /// Which records it shows at this moment.
    pub fn shown(self, now: Timestamp) -> Shown {
        let everything = Shown {
            of_selections: None,
            openings: true,
            left_out: &[],
            outcomes: &[],
            outcomes_until: None,
        };
        match self {
            Self::Full => everything,
            Self::Pack => Shown {
                of_selections: Some(OF_SELECTIONS_IN_A_PACK),
                openings: false,
                left_out: UNTIL_SOMEONE_HAS_RUNG,
                ..everything
            },
            Self::Own(_) => Shown {
                of_selections: Some(NOTHING_OF_SELECTIONS),
                left_out: UNTIL_SOMEONE_HAS_RUNG,
                outcomes: OUTCOMES,
                outcomes_until: now.checked_sub(OUTCOMES_REST_FOR).ok(),
                ..everything
            },
        }
    }
}
