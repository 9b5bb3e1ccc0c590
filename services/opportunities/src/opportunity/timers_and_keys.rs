//! What the store keeps beside an opportunity's events: the timers that open and close it, and the
//! seats and readvertisements that no two opportunities may hold. Decides nothing.

use contracts::id::{OpportunityId, SeatId};
use contracts::opportunities::Closing;
use eventstore::{KeyChange, Room, TimerChange, UniqueKey};

use super::{Close, Command, Event, Open, Opportunity, Refusal};

const OPEN: &str = "open";
const CLOSE: &str = "close";
const SEAT: &str = "opportunity.seat";
const READVERTISEMENT: &str = "opportunity.readvertisement_of";

impl Room for Opportunity {
    type Ask = Command;

    fn timers(event: &Event) -> Vec<TimerChange> {
        match event {
            Event::Approved { advert, .. } => {
                let open = TimerChange::Arm { name: OPEN.to_owned(), due_at: advert.opens_at };
                std::iter::once(open).chain(close_at(&advert.closing)).collect()
            }
            // Armed once more: after an outage both may be due at once, and a closing that comes
            // before the opening is refused and would be lost.
            Event::Opened { advert } => close_at(&advert.closing).into_iter().collect(),
            Event::ClosingExtended { closing, .. } => close_at(closing).into_iter().collect(),
            Event::Withdrawn { .. } => {
                [OPEN, CLOSE].map(|name| TimerChange::Cancel { name: name.to_owned() }).into()
            }
            Event::Drafted { .. }
            | Event::Revised { .. }
            | Event::SubmittedForReview {}
            | Event::Returned { .. }
            | Event::Closed { .. }
            | Event::OutcomeRecorded { .. }
            | Event::PublicityRecorded { .. } => Vec::new(),
        }
    }

    fn unique_keys(event: &Event) -> Vec<KeyChange> {
        match event {
            Event::Drafted { origin, .. } => origin
                .readvertised_from()
                .map(readvertisement_of)
                .map(KeyChange::Claim)
                .into_iter()
                .collect(),
            Event::Approved { advert, .. } => {
                advert.seats.iter().copied().map(seat).map(KeyChange::Claim).collect()
            }
            Event::OutcomeRecorded { seats, .. } => {
                seats.iter().copied().map(seat).map(KeyChange::Release).collect()
            }
            Event::Withdrawn { seats, readvertised_from, .. } => {
                let seats = seats.iter().copied().map(seat);
                let earlier = readvertised_from.map(readvertisement_of);
                seats.chain(earlier).map(KeyChange::Release).collect()
            }
            Event::Revised { .. }
            | Event::SubmittedForReview {}
            | Event::Returned { .. }
            | Event::Opened { .. }
            | Event::Closed { .. }
            | Event::ClosingExtended { .. }
            | Event::PublicityRecorded { .. } => Vec::new(),
        }
    }

    fn taken(key: &UniqueKey) -> Refusal {
        if key.scope == READVERTISEMENT {
            Refusal::AlreadyReadvertised
        } else {
            Refusal::SeatAlreadyAdvertised
        }
    }

    fn due(timer: &str) -> Option<Command> {
        match timer {
            OPEN => Some(Command::Open(Open {})),
            CLOSE => Some(Command::Close(Close {})),
            _ => None,
        }
    }
}

fn close_at(closing: &Closing) -> Option<TimerChange> {
    match closing {
        Closing::At { at, .. } => Some(TimerChange::Arm { name: CLOSE.to_owned(), due_at: *at }),
        Closing::Rolling => None,
    }
}

fn seat(id: SeatId) -> UniqueKey {
    UniqueKey { scope: SEAT, value: id.to_string() }
}

fn readvertisement_of(id: OpportunityId) -> UniqueKey {
    UniqueKey { scope: READVERTISEMENT, value: id.to_string() }
}

#[cfg(test)]
mod stories {
    use super::super::samples::*;
    use super::super::{Content, Origin};
    use super::*;

    fn arm(name: &str, due_at: jiff::Timestamp) -> TimerChange {
        TimerChange::Arm { name: name.to_owned(), due_at }
    }

    fn keys(scope: &'static str, values: &[uuid::Uuid]) -> Vec<UniqueKey> {
        values.iter().map(|it| UniqueKey { scope, value: it.to_string() }).collect()
    }

    fn claims(event: &Event) -> Vec<UniqueKey> {
        Opportunity::unique_keys(event)
            .into_iter()
            .map(|change| match change {
                KeyChange::Claim(key) => key,
                KeyChange::Release(key) => panic!("{key:?} is claimed, not released"),
            })
            .collect()
    }

    fn releases(event: &Event) -> Vec<UniqueKey> {
        Opportunity::unique_keys(event)
            .into_iter()
            .map(|change| match change {
                KeyChange::Release(key) => key,
                KeyChange::Claim(key) => panic!("{key:?} is released, not claimed"),
            })
            .collect()
    }

    #[test]
    fn approval_arms_the_opening_and_the_closing() {
        assert_eq!(
            Opportunity::timers(&approved(advert())),
            [arm("open", opening()), arm("close", closing())]
        );
    }

    #[test]
    fn a_rolling_advert_closes_by_no_timer() {
        let advert = rolling().complete(RULES, beforehand()).unwrap();
        assert_eq!(Opportunity::timers(&approved(advert.clone())), [arm("open", opening())]);
        assert_eq!(Opportunity::timers(&opened(advert)), []);
    }

    #[test]
    fn opening_arms_the_closing_again_in_case_it_came_too_early() {
        assert_eq!(Opportunity::timers(&opened(advert())), [arm("close", closing())]);
    }

    #[test]
    fn an_extension_moves_the_closing() {
        assert_eq!(Opportunity::timers(&extended()), [arm("close", at("2027-02-12T12:00:00Z"))]);
    }

    #[test]
    fn a_withdrawal_stops_both() {
        let cancelled = ["open", "close"].map(|it| TimerChange::Cancel { name: it.to_owned() });
        assert_eq!(Opportunity::timers(&withdrawn(true)), cancelled);
    }

    #[test]
    fn the_timers_open_and_close_and_nothing_else() {
        assert!(matches!(Opportunity::due("open"), Some(Command::Open(Open {}))));
        assert!(matches!(Opportunity::due("close"), Some(Command::Close(Close {}))));
        assert!(Opportunity::due("approve").is_none());
    }

    #[test]
    fn a_seat_is_advertised_once_from_approval_until_the_outcome_or_a_withdrawal() {
        let seats = keys("opportunity.seat", &SEATS.map(SeatId::uuid));
        assert_eq!(claims(&approved(advert())), seats);
        assert_eq!(releases(&part_filled(None)), seats);
        assert_eq!(releases(&withdrawn(true)), seats);
        assert_eq!(Opportunity::taken(&seats[0]), Refusal::SeatAlreadyAdvertised);
    }

    #[test]
    fn an_opportunity_is_readvertised_once_unless_that_is_withdrawn() {
        let again = keys("opportunity.readvertisement_of", &[EARLIER.uuid()]);
        let drafted = Event::Drafted {
            content: Box::new(Content::default()),
            origin: Origin::Readvertised { from: EARLIER },
            owner: WRITER,
            authors: [WRITER].into(),
        };
        let withdrawn = Event::Withdrawn {
            reason: "It is not needed any more.".to_owned(),
            was_approved: false,
            seats: Vec::new(),
            readvertised_from: Some(EARLIER),
        };
        assert_eq!(claims(&drafted), again);
        assert_eq!(releases(&withdrawn), again);
        assert_eq!(Opportunity::taken(&again[0]), Refusal::AlreadyReadvertised);
    }
}
