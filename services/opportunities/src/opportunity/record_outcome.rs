//! Record the outcome: how it ended, and what changed because people took part. The second may
//! become known long after the first, and is added then.

use contracts::opportunities::Outcome;
use eventstore::Occasion;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::wording::Wording;
use super::{Advertised, Conclusion, Event, Opportunity, Refusal};

/// Asked by staff, or by a policy when the last place is taken. The body, whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RecordOutcome {
    /// Whether its places were taken.
    pub outcome: Outcome,
    /// How many were.
    pub places_filled: u16,
    /// Why places stayed empty; needed where some did.
    #[serde(default)]
    #[schema(max_length = 6000)]
    pub reason: Option<String>,
    /// What changed because people took part, in words for them.
    #[serde(default)]
    #[schema(max_length = 6000)]
    pub what_changed: Option<String>,
}

impl RecordOutcome {
    /// What cannot be taken as it is: field and problem.
    pub fn malformed(&self) -> Vec<(String, String)> {
        let mut wording = Wording::default();
        for (field, text) in [("reason", &self.reason), ("what_changed", &self.what_changed)] {
            if let Some(text) = text {
                wording.required(field, text);
                wording.page(field, Some(text));
            }
        }
        wording.found()
    }

    /// Once applications have closed. The figures stand as first recorded; what changed may be told
    /// later, and told anew as more comes of it, but not taken back.
    pub fn decide(self, state: &Opportunity, _: &Occasion) -> Result<Vec<Event>, Refusal> {
        match state {
            Opportunity::Closed(it) => {
                self.agrees_with(it.advert.places)?;
                Ok(vec![self.recorded(it)])
            }
            Opportunity::Concluded(it, known) => self.add_to(known, it),
            Opportunity::NotDrafted => Err(Refusal::NotDrafted),
            Opportunity::Draft(_) | Opportunity::InReview(_) => Err(Refusal::NotApproved),
            Opportunity::Approved(_) | Opportunity::Open(_) => Err(Refusal::NotClosed),
            Opportunity::Withdrawn { .. } => Err(Refusal::Withdrawn),
        }
    }

    /// More places may be taken than were advertised, where a panel found room for one more.
    fn agrees_with(&self, places: u16) -> Result<(), Refusal> {
        let agrees = match self.outcome {
            Outcome::Filled => self.places_filled >= places,
            Outcome::PartFilled => 0 < self.places_filled && self.places_filled < places,
            Outcome::Unfilled => self.places_filled == 0,
        };
        if !agrees {
            return Err(Refusal::PlacesDoNotAgree { places });
        }
        match self.outcome {
            Outcome::PartFilled | Outcome::Unfilled if self.reason.is_none() => {
                Err(Refusal::ReasonLacking)
            }
            Outcome::Filled | Outcome::PartFilled | Outcome::Unfilled => Ok(()),
        }
    }

    fn add_to(self, known: &Conclusion, it: &Advertised) -> Result<Vec<Event>, Refusal> {
        let same_figures = self.outcome == known.outcome
            && self.places_filled == known.places_filled
            && self.reason == known.reason;
        if !same_figures {
            return Err(Refusal::OutcomeKnown);
        }
        if self.what_changed.is_none() || self.what_changed == known.what_changed {
            return Ok(Vec::new());
        }
        Ok(vec![self.recorded(it)])
    }

    fn recorded(self, it: &Advertised) -> Event {
        Event::OutcomeRecorded {
            outcome: self.outcome,
            places_filled: self.places_filled,
            reason: self.reason,
            what_changed: self.what_changed,
            seats: it.advert.seats.clone(),
        }
    }
}

#[cfg(test)]
mod stories {
    use super::super::samples::*;
    use super::*;
    use crate::opportunity::Command;

    const CHANGED: &str = "The crisis line now answers until midnight.";

    fn record(outcome: Outcome, places_filled: u16, what_changed: Option<&str>) -> Command {
        let reason = match outcome {
            Outcome::Filled => None,
            Outcome::PartFilled | Outcome::Unfilled => {
                Some("Only one person could come on Tuesdays.".to_owned())
            }
        };
        let what_changed = what_changed.map(str::to_owned);
        Command::RecordOutcome(RecordOutcome { outcome, places_filled, reason, what_changed })
    }

    #[test]
    fn the_outcome_is_recorded_before_anyone_knows_what_changed() {
        given(until_closed())
            .when(COORDINATOR, a_week_after_closing(), record(Outcome::PartFilled, 1, None))
            .then(part_filled(None));
    }

    #[test]
    fn what_changed_is_added_when_it_is_known_and_told_anew_when_there_is_more() {
        given(until_concluded())
            .when(
                COORDINATOR,
                a_week_after_closing(),
                record(Outcome::PartFilled, 1, Some(CHANGED)),
            )
            .then(part_filled(Some(CHANGED)));
        given([until_closed(), vec![part_filled(Some("Not yet known."))]].concat())
            .when(
                COORDINATOR,
                a_week_after_closing(),
                record(Outcome::PartFilled, 1, Some(CHANGED)),
            )
            .then(part_filled(Some(CHANGED)));
    }

    #[test]
    fn told_twice_it_is_recorded_once_and_what_changed_is_kept() {
        for what_changed in [None, Some(CHANGED)] {
            given([until_closed(), vec![part_filled(Some(CHANGED))]].concat())
                .when(
                    COORDINATOR,
                    a_week_after_closing(),
                    record(Outcome::PartFilled, 1, what_changed),
                )
                .then_nothing();
        }
    }

    #[test]
    fn an_outcome_stands() {
        given(until_concluded())
            .when(COORDINATOR, a_week_after_closing(), record(Outcome::Filled, 2, Some(CHANGED)))
            .then_refused(Refusal::OutcomeKnown);
    }

    #[test]
    fn the_outcome_agrees_with_the_places() {
        use Outcome::{Filled, PartFilled, Unfilled};
        for (outcome, filled) in [(Filled, 1), (PartFilled, 0), (PartFilled, 2), (Unfilled, 1)] {
            given(until_closed())
                .when(COORDINATOR, a_week_after_closing(), record(outcome, filled, None))
                .then_refused(Refusal::PlacesDoNotAgree { places: 2 });
        }
        for (outcome, filled) in [(Filled, 2), (Filled, 3), (PartFilled, 1), (Unfilled, 0)] {
            let events = given(until_closed())
                .when(COORDINATOR, a_week_after_closing(), record(outcome, filled, None))
                .events();
            assert_eq!(events.len(), 1);
        }
    }

    #[test]
    fn empty_places_need_a_reason() {
        for (outcome, places_filled) in [(Outcome::PartFilled, 1), (Outcome::Unfilled, 0)] {
            let command =
                RecordOutcome { outcome, places_filled, reason: None, what_changed: None };
            given(until_closed())
                .when(COORDINATOR, a_week_after_closing(), Command::RecordOutcome(command))
                .then_refused(Refusal::ReasonLacking);
        }
    }

    #[test]
    fn only_what_has_closed_comes_to_an_outcome() {
        let refusals = [
            (vec![], Refusal::NotDrafted),
            (until_drafted(), Refusal::NotApproved),
            (until_submitted(), Refusal::NotApproved),
            (until_approved(), Refusal::NotClosed),
            (until_opened(), Refusal::NotClosed),
            (until_withdrawn(), Refusal::Withdrawn),
        ];
        for (history, refusal) in refusals {
            given(history)
                .when(COORDINATOR, a_week_after_closing(), record(Outcome::Filled, 2, None))
                .then_refused(refusal);
        }
    }
}
