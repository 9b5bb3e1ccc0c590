//! Close: no more applications. Asked by the timer at the closing time, or by hand where it is
//! overdue or the advert is rolling.

use contracts::opportunities::Closing;
use eventstore::Occasion;

use super::{Event, Opportunity, Refusal};

/// Asked with nothing to say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Close {}

impl Close {
    /// What has a closing time closes by it, not by when that was noticed; a timer that was set
    /// before an extension closes nothing.
    pub fn decide(self, state: &Opportunity, occasion: &Occasion) -> Result<Vec<Event>, Refusal> {
        match state {
            Opportunity::Open(it) => match &it.advert.closing {
                Closing::At { at, zone } if occasion.taken_at < *at => {
                    Err(Refusal::NotYetTime { due_at: *at, zone: zone.clone() })
                }
                Closing::At { at, .. } => Ok(vec![Event::Closed { closed_at: *at }]),
                Closing::Rolling => Ok(vec![Event::Closed { closed_at: occasion.taken_at }]),
            },
            Opportunity::Closed(_) => Ok(Vec::new()),
            Opportunity::NotDrafted => Err(Refusal::NotDrafted),
            Opportunity::Draft(_) | Opportunity::InReview(_) => Err(Refusal::NotApproved),
            Opportunity::Approved(_) => Err(Refusal::NotOpen),
            Opportunity::Concluded(..) => Err(Refusal::OutcomeKnown),
            Opportunity::Withdrawn { .. } => Err(Refusal::Withdrawn),
        }
    }
}

#[cfg(test)]
mod stories {
    use super::super::samples::*;
    use super::*;
    use crate::opportunity::Command;

    fn close() -> Command {
        Command::Close(Close {})
    }

    #[test]
    fn it_closes_at_its_time() {
        given(until_opened()).when(TIMER, closing(), close()).then(closed());
    }

    #[test]
    fn a_late_timer_closes_it_as_of_the_advertised_time() {
        given(until_opened()).when(TIMER, a_week_after_closing(), close()).then(closed());
    }

    #[test]
    fn it_does_not_close_before_its_time_not_even_by_hand() {
        given(until_opened()).when(COORDINATOR, at("2027-01-29T11:59:59Z"), close()).then_refused(
            Refusal::NotYetTime { due_at: closing(), zone: "Europe/London".to_owned() },
        );
    }

    #[test]
    fn the_timer_of_the_old_closing_does_not_close_what_was_extended() {
        given([until_opened(), vec![extended()]].concat())
            .when(TIMER, closing(), close())
            .then_refused(Refusal::NotYetTime {
                due_at: at("2027-02-12T12:00:00Z"),
                zone: "Europe/London".to_owned(),
            });
    }

    #[test]
    fn a_rolling_advert_is_closed_by_hand_whenever_it_has_enough() {
        given(until_opened_as_rolling())
            .when(COORDINATOR, a_week_after_closing(), close())
            .then(Event::Closed { closed_at: a_week_after_closing() });
    }

    #[test]
    fn told_twice_it_closes_once() {
        given(until_closed()).when(TIMER, closing(), close()).then_nothing();
    }

    #[test]
    fn only_what_is_open_closes() {
        let refusals = [
            (vec![], Refusal::NotDrafted),
            (until_drafted(), Refusal::NotApproved),
            (until_submitted(), Refusal::NotApproved),
            (until_approved(), Refusal::NotOpen),
            (until_concluded(), Refusal::OutcomeKnown),
            (until_withdrawn(), Refusal::Withdrawn),
        ];
        for (history, refusal) in refusals {
            given(history).when(COORDINATOR, closing(), close()).then_refused(refusal);
        }
    }
}
