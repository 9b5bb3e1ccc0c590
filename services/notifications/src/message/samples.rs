//! Where the room's stories start from: people, times and histories; and how a story is told.

use std::collections::BTreeSet;

use contracts::PersonId;
use contracts::notifications::Channel;
use contracts::recruitment::Format;
use cqrs_es::test::{AggregateResultValidator, TestFramework};
use eventstore::{Asked, Occasion, Taken};
use jiff::Timestamp;
use uuid::Uuid;

use super::{
    CallOutcome, Cause, Command, Errand, Event, FailureReason, HoldReason, KeptFile, Left, Message,
    Refusal, Stage, Way,
};
use crate::kinds::Content;
use crate::kinds::samples::{OPPORTUNITY, opportunity_opened};

pub(super) const ANA: PersonId = PersonId::new(Uuid::from_u128(1));
pub(super) const BEN: PersonId = PersonId::new(Uuid::from_u128(2));

/// Who acts, and how it comes.
pub(super) type Who = (PersonId, Taken);
pub(super) const STAFF: Who = (PersonId::new(Uuid::from_u128(3)), Taken::Online);
pub(super) const POLICY: Who = (PersonId::new(Uuid::from_u128(4)), Taken::Policy);
pub(super) const TIMER: Who = (PersonId::new(Uuid::from_u128(4)), Taken::Timer);

pub(super) fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

pub(super) fn now() -> Timestamp {
    at("2026-12-01T09:00:00Z")
}

pub(super) fn content() -> Content {
    Content::OpportunityOpened(opportunity_opened())
}

pub(super) fn cause() -> Cause {
    Cause { publisher: "recruitment".to_owned(), fact: Uuid::from_u128(31), position: 17 }
}

pub(super) fn kept(attempt: u16, ending: &str) -> KeptFile {
    let name = format!("6d1f4bd3-4f5c-5d35-9b0e-2f6f6a5c7d01-{attempt}.{ending}");
    KeptFile { name, keep_until: at("2026-12-15T09:00:00Z") }
}

fn kind() -> String {
    "opportunity_opened".to_owned()
}

pub(super) fn requested() -> Event {
    Event::Requested { to: ANA, content: Box::new(content()), because: cause() }
}

pub(super) fn attempted(attempt: u16, by: Way) -> Event {
    Event::Attempted { attempt, channel: Channel::Email, by }
}

pub(super) fn sent(attempt: u16) -> Event {
    Event::Sent {
        to: ANA,
        kind: kind(),
        about: Some(OPPORTUNITY),
        attempt,
        channel: Channel::Email,
        left: Left::Smtp { reference: Some("4F3G2H".to_owned()) },
    }
}

pub(super) fn letter_prepared(attempt: u16) -> Event {
    Event::LetterPrepared { to: ANA, kind: kind(), attempt, file: kept(attempt, "html") }
}

fn failed(attempt: u16, reason: FailureReason, try_again_at: Option<Timestamp>) -> Event {
    let about = Some(OPPORTUNITY);
    Event::Failed { to: ANA, kind: kind(), about, attempt, reason, try_again_at }
}

pub(super) fn refused_for_good(attempt: u16) -> Event {
    failed(attempt, FailureReason::RefusedForGood { code: 550 }, None)
}

pub(super) fn server_unavailable(attempt: u16) -> Event {
    failed(attempt, FailureReason::ServerUnavailable, Some(at("2026-12-01T09:05:00Z")))
}

pub(super) fn held(reason: HoldReason) -> Event {
    held_with(reason, Some(Channel::Phone))
}

pub(super) fn held_for_want_of_an_address() -> Event {
    held_with(HoldReason::RecipientUnknown, None)
}

fn held_with(reason: HoldReason, channel: Option<Channel>) -> Event {
    Event::Held {
        to: ANA,
        kind: kind(),
        about: Some(OPPORTUNITY),
        reason,
        channel,
        formats: BTreeSet::new(),
        act_by: at("2026-12-03T17:00:00Z"),
    }
}

pub(super) fn called(outcome: CallOutcome) -> Event {
    Event::CallRecorded { to: ANA, kind: kind(), about: Some(OPPORTUNITY), outcome }
}

pub(super) fn given(by: Channel) -> Event {
    let formats = [Format::EasyRead].into();
    Event::GivenByHand { to: ANA, kind: kind(), about: Some(OPPORTUNITY), by, formats }
}

pub(super) fn file_expired(attempt: u16) -> Event {
    Event::FileExpired { attempt, file: kept(attempt, "html").name }
}

pub(super) fn set_aside() -> Event {
    let fact = Uuid::from_u128(32);
    Event::SetAside { because: Cause { fact, position: 18, ..cause() } }
}

/// A message to Ana that stands so.
pub(crate) fn errand(content: Content, stage: Stage) -> Errand {
    Errand { stage, ..Errand::new(ANA, content, cause()) }
}

pub(super) fn until_planned() -> Vec<Event> {
    vec![requested()]
}

pub(super) fn until_attempted(by: Way) -> Vec<Event> {
    vec![requested(), attempted(1, by)]
}

pub(super) fn until_set_aside() -> Vec<Event> {
    vec![requested(), set_aside()]
}

pub(super) fn until_sent() -> Vec<Event> {
    vec![requested(), attempted(1, Way::Smtp), sent(1)]
}

pub(super) fn until_letter_ready() -> Vec<Event> {
    vec![requested(), attempted(1, Way::LetterFile), letter_prepared(1)]
}

pub(super) fn until_failed() -> Vec<Event> {
    vec![requested(), attempted(1, Way::Smtp), refused_for_good(1)]
}

pub(super) fn until_server_unavailable() -> Vec<Event> {
    vec![requested(), attempted(1, Way::Smtp), server_unavailable(1)]
}

pub(super) fn until_unknown() -> Vec<Event> {
    vec![requested(), attempted(1, Way::Smtp), Event::BecameUnknown { attempt: 1 }]
}

pub(super) fn until_held() -> Vec<Event> {
    vec![requested(), held(HoldReason::ToBeRung)]
}

pub(super) fn until_told() -> Vec<Event> {
    vec![requested(), attempted(1, Way::LetterFile), letter_prepared(1), given(Channel::Letter)]
}

/// A story: what has happened, what is asked, what comes of it.
pub(super) struct After(Vec<Event>);

pub(super) struct Then(AggregateResultValidator<Message>);

pub(super) fn after(history: Vec<Event>) -> After {
    After(history)
}

impl After {
    pub(super) fn when(self, (actor, taken): Who, now: Timestamp, command: Command) -> Then {
        let occasion =
            Occasion { taken_at: now, received_at: now, taken, actor, on_behalf_of: None };
        let asked = Asked { occasion, command };
        Then(TestFramework::<Message>::with(()).given(self.0).when(asked))
    }
}

impl Then {
    pub(super) fn then(self, event: Event) {
        self.0.then_expect_events(vec![event]);
    }

    pub(super) fn then_all(self, events: Vec<Event>) {
        self.0.then_expect_events(events);
    }

    pub(super) fn then_nothing(self) {
        self.0.then_expect_events(Vec::new());
    }

    pub(super) fn then_refused(self, refusal: Refusal) {
        self.0.then_expect_error(refusal);
    }

    pub(super) fn events(self) -> Vec<Event> {
        self.0.inspect_result().unwrap()
    }
}
