//! Extend the closing: applications are taken for longer, or again. Only ever later.

use contracts::opportunities::Closing;
use eventstore::Occasion;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::wording::Wording;
use super::{Advertised, Event, Opportunity, Refusal};

/// Asked by staff. The body, whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ExtendClosing {
    /// The new closing, told in the zone of the old one.
    pub closing_at: Timestamp,
    /// Why, in words for applicants.
    #[schema(max_length = 2000)]
    pub reason: String,
}

impl ExtendClosing {
    /// What cannot be taken as it is: field and problem.
    pub fn malformed(&self) -> Vec<(String, String)> {
        let mut wording = Wording::default();
        wording.required("reason", &self.reason);
        wording.paragraph("reason", Some(&self.reason));
        wording.found()
    }

    /// Until the outcome is recorded. What had closed is open again.
    pub fn decide(self, state: &Opportunity, occasion: &Occasion) -> Result<Vec<Event>, Refusal> {
        match state {
            Opportunity::Open(it) | Opportunity::Closed(it) => self.extend(it, occasion),
            Opportunity::NotDrafted => Err(Refusal::NotDrafted),
            Opportunity::Draft(_) | Opportunity::InReview(_) => Err(Refusal::NotApproved),
            Opportunity::Approved(_) => Err(Refusal::NotOpen),
            Opportunity::Concluded(..) => Err(Refusal::OutcomeKnown),
            Opportunity::Withdrawn { .. } => Err(Refusal::Withdrawn),
        }
    }

    fn extend(self, it: &Advertised, occasion: &Occasion) -> Result<Vec<Event>, Refusal> {
        let Closing::At { at, zone } = &it.advert.closing else { return Err(Refusal::Rolling) };
        let (closing_at, zone) = (*at, zone.clone());
        if closing_at == self.closing_at && it.extended_because.as_ref() == Some(&self.reason) {
            return Ok(Vec::new());
        }
        if self.closing_at <= closing_at {
            return Err(Refusal::ClosingNotLater { closing_at, zone });
        }
        if self.closing_at <= occasion.taken_at {
            return Err(Refusal::ClosingPassed);
        }
        let closing = Closing::At { at: self.closing_at, zone };
        Ok(vec![Event::ClosingExtended { closing, reason: self.reason }])
    }
}

#[cfg(test)]
mod stories {
    use super::super::samples::*;
    use super::*;
    use crate::opportunity::{Close, Command};

    const REASON: &str = "The post was late.";

    fn extend_to(closing_at: Timestamp) -> Command {
        Command::ExtendClosing(ExtendClosing { closing_at, reason: REASON.to_owned() })
    }

    fn extend() -> Command {
        extend_to(at("2027-02-12T12:00:00Z"))
    }

    fn not_later_than(closing_at: Timestamp) -> Refusal {
        Refusal::ClosingNotLater { closing_at, zone: "Europe/London".to_owned() }
    }

    #[test]
    fn an_open_advert_stays_open_for_longer() {
        given(until_opened()).when(COORDINATOR, opening(), extend()).then(extended());
    }

    #[test]
    fn a_closed_advert_opens_again() {
        given(until_closed()).when(COORDINATOR, a_week_after_closing(), extend()).then(extended());
        let reopened = [until_closed(), vec![extended()]].concat();
        given(reopened)
            .when(TIMER, at("2027-02-12T12:00:00Z"), Command::Close(Close {}))
            .then(Event::Closed { closed_at: at("2027-02-12T12:00:00Z") });
    }

    #[test]
    fn told_twice_it_is_extended_once() {
        given([until_opened(), vec![extended()]].concat())
            .when(COORDINATOR, opening(), extend())
            .then_nothing();
    }

    #[test]
    fn the_same_closing_for_another_reason_is_no_repeat() {
        let command = ExtendClosing {
            closing_at: at("2027-02-12T12:00:00Z"),
            reason: "So that more people hear of it.".to_owned(),
        };
        given([until_opened(), vec![extended()]].concat())
            .when(COORDINATOR, opening(), Command::ExtendClosing(command))
            .then_refused(not_later_than(at("2027-02-12T12:00:00Z")));
    }

    #[test]
    fn a_closing_is_never_moved_earlier() {
        for closing_at in [closing(), at("2027-01-28T12:00:00Z")] {
            given(until_opened())
                .when(COORDINATOR, opening(), extend_to(closing_at))
                .then_refused(not_later_than(closing()));
        }
        assert_eq!(
            not_later_than(closing()).to_string(),
            "The new closing time must be later than the present one, 12:00 on 29 January 2027."
        );
    }

    #[test]
    fn a_new_closing_is_still_to_come() {
        given(until_closed())
            .when(COORDINATOR, a_week_after_closing(), extend_to(at("2027-02-05T11:00:00Z")))
            .then_refused(Refusal::ClosingPassed);
    }

    #[test]
    fn a_rolling_advert_has_no_closing_to_extend() {
        given(until_opened_as_rolling())
            .when(COORDINATOR, opening(), extend())
            .then_refused(Refusal::Rolling);
    }

    #[test]
    fn only_what_has_opened_and_has_no_outcome_is_extended() {
        let refusals = [
            (vec![], Refusal::NotDrafted),
            (until_drafted(), Refusal::NotApproved),
            (until_submitted(), Refusal::NotApproved),
            (until_approved(), Refusal::NotOpen),
            (until_concluded(), Refusal::OutcomeKnown),
            (until_withdrawn(), Refusal::Withdrawn),
        ];
        for (history, refusal) in refusals {
            given(history).when(COORDINATOR, opening(), extend()).then_refused(refusal);
        }
    }
}
