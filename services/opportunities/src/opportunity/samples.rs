//! Where the room's stories start from: people, times and histories; and how a story is told.

use std::collections::BTreeSet;

use contracts::PersonId;
use contracts::id::{GroupId, OpportunityId, SeatId};
use contracts::opportunities::{
    Advert, Closing, Constituency, Contact, Criterion, Outcome, PaymentOffer, Step,
};
use cqrs_es::test::{AggregateResultValidator, TestFramework};
use eventstore::{Asked, Occasion, Taken};
use jiff::Timestamp;
use jiff::civil::date;
use uuid::Uuid;

use super::{
    AdvertRules, Command, Content, DraftAdvert, Event, Internal, Opportunity, Origin, Refusal,
};

pub(super) const WRITER: PersonId = PersonId::new(Uuid::from_u128(1));
pub(super) const REVISER: PersonId = PersonId::new(Uuid::from_u128(2));
pub(super) const APPROVER: PersonId = PersonId::new(Uuid::from_u128(3));
pub(super) const COORDINATOR: PersonId = PersonId::new(Uuid::from_u128(4));
pub(super) const TIMER: PersonId = PersonId::new(Uuid::from_u128(5));
pub(super) const EARLIER: OpportunityId = OpportunityId::new(Uuid::from_u128(6));
pub(super) const GROUP: GroupId = GroupId::new(Uuid::from_u128(7));
pub(super) const SEATS: [SeatId; 2] =
    [SeatId::new(Uuid::from_u128(8)), SeatId::new(Uuid::from_u128(9))];

pub(super) const RULES: AdvertRules = AdvertRules { minimum_advert_days: 14 };

pub(super) fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// When drafts are written and reviewed.
pub(super) fn beforehand() -> Timestamp {
    at("2026-12-01T10:00:00Z")
}

pub(super) fn opening() -> Timestamp {
    at("2027-01-04T09:00:00Z")
}

pub(super) fn closing() -> Timestamp {
    at("2027-01-29T12:00:00Z")
}

pub(super) fn a_week_after_closing() -> Timestamp {
    at("2027-02-05T12:00:00Z")
}

pub(super) fn closing_at(at: Timestamp) -> Closing {
    Closing::At { at, zone: "Europe/London".to_owned() }
}

/// A draft that lacks nothing.
pub(super) fn content() -> Content {
    let words = |text: &str| Some(text.to_owned());
    let criterion = |code: &str, text: &str, essential| Criterion {
        code: code.to_owned(),
        text: text.to_owned(),
        essential,
    };
    Content {
        advert: DraftAdvert {
            title: words("Members of the service improvement group"),
            organisation: words("Example NHS Trust"),
            purpose: words("To advise the trust before it decides how its crisis line is run."),
            role_description: words(
                "Read papers, come to meetings, say what works and what does not.",
            ),
            role_kind: words("committee member"),
            locality: words("North"),
            interests: vec!["crisis care".to_owned()],
            open_to: vec![Constituency::ServiceUser, Constituency::Carer],
            exclusions: words("People employed by the trust."),
            commitment: words("One meeting of two hours a month, and an hour to read the papers."),
            places: Some(2),
            term_months: Some(24),
            payment: Some(PaymentOffer::InvolvementPayment {
                statement:
                    "£75 for each meeting, its preparation included. Travel is paid as well."
                        .to_owned(),
            }),
            opens_at: Some(opening()),
            closing: Some(closing_at(closing())),
            how_to_apply: words("Here, by telephone, or on paper."),
            accessible_formats: words("Large print, easy read and audio; help with the form."),
            contact: Some(Contact {
                team: "Involvement team".to_owned(),
                email: words("involvement@example.org"),
                phone: None,
            }),
            criteria: vec![
                criterion(
                    "experience",
                    "You have used the crisis line, or cared for someone who has.",
                    true,
                ),
                criterion("meetings", "You have taken part in meetings before.", false),
            ],
            steps: vec![Step { what: "An informal talk".to_owned(), on: Some(date(2027, 2, 10)) }],
            minimum_age_years: Some(18),
            group: Some(GROUP),
            seats: SEATS.to_vec(),
        },
        internal: Internal {
            budget_code: words("INV-204"),
            note_for_approver: words("Agreed with the crisis service."),
            supplied: Vec::new(),
        },
    }
}

/// The same, open until it is closed by hand.
pub(super) fn rolling() -> Content {
    let mut content = content();
    content.advert.closing = Some(Closing::Rolling);
    content
}

pub(super) fn advert() -> Advert {
    frozen(&content())
}

fn frozen(content: &Content) -> Advert {
    content.complete(RULES, beforehand()).unwrap()
}

pub(super) fn drafted(content: Content) -> Event {
    Event::Drafted {
        content: Box::new(content),
        origin: Origin::ByHand,
        owner: WRITER,
        authors: BTreeSet::from([WRITER]),
    }
}

pub(super) fn returned() -> Event {
    Event::Returned { reason: "Say how long a meeting takes.".to_owned() }
}

pub(super) fn approved(advert: Advert) -> Event {
    Event::Approved {
        advert: Box::new(advert),
        internal: Box::new(content().internal),
        approved_by: APPROVER,
        note: Some("Budget confirmed.".to_owned()),
    }
}

pub(super) fn opened(advert: Advert) -> Event {
    Event::Opened { advert: Box::new(advert) }
}

pub(super) fn closed() -> Event {
    Event::Closed { closed_at: closing() }
}

pub(super) fn extended() -> Event {
    Event::ClosingExtended {
        closing: closing_at(at("2027-02-12T12:00:00Z")),
        reason: "The post was late.".to_owned(),
    }
}

pub(super) fn part_filled(what_changed: Option<&str>) -> Event {
    Event::OutcomeRecorded {
        outcome: Outcome::PartFilled,
        places_filled: 1,
        reason: Some("Only one person could come on Tuesdays.".to_owned()),
        what_changed: what_changed.map(str::to_owned),
        seats: SEATS.to_vec(),
    }
}

pub(super) fn withdrawn(was_approved: bool) -> Event {
    Event::Withdrawn {
        reason: "The group was merged with another.".to_owned(),
        was_approved,
        seats: if was_approved { SEATS.to_vec() } else { Vec::new() },
        readvertised_from: None,
    }
}

pub(super) fn publicised() -> Event {
    Event::PublicityRecorded {
        channel: "Newsletter".to_owned(),
        on: date(2027, 1, 5),
        audience: "Everyone on the carers' mailing list".to_owned(),
        link: Some("https://example.org/newsletter/5".to_owned()),
    }
}

pub(super) fn until_drafted() -> Vec<Event> {
    vec![drafted(content())]
}

pub(super) fn until_submitted() -> Vec<Event> {
    vec![drafted(content()), Event::SubmittedForReview {}]
}

pub(super) fn until_approved() -> Vec<Event> {
    [until_submitted(), vec![approved(advert())]].concat()
}

pub(super) fn until_opened() -> Vec<Event> {
    [until_approved(), vec![opened(advert())]].concat()
}

pub(super) fn until_opened_as_rolling() -> Vec<Event> {
    let advert = frozen(&rolling());
    let submitted = vec![drafted(rolling()), Event::SubmittedForReview {}];
    [submitted, vec![approved(advert.clone()), opened(advert)]].concat()
}

pub(super) fn until_closed() -> Vec<Event> {
    [until_opened(), vec![closed()]].concat()
}

pub(super) fn until_concluded() -> Vec<Event> {
    [until_closed(), vec![part_filled(None)]].concat()
}

pub(super) fn until_withdrawn() -> Vec<Event> {
    [until_opened(), vec![withdrawn(true)]].concat()
}

/// A story: what has happened, what is asked, what comes of it.
pub(super) struct Given(Vec<Event>);

pub(super) struct Then(AggregateResultValidator<Opportunity>);

pub(super) fn given(history: Vec<Event>) -> Given {
    Given(history)
}

impl Given {
    pub(super) fn when(self, who: PersonId, now: Timestamp, command: Command) -> Then {
        let occasion = Occasion {
            taken_at: now,
            received_at: now,
            taken: Taken::Online,
            actor: who,
            on_behalf_of: None,
        };
        self.when_asked(Asked { occasion, command })
    }

    /// Staff act in someone's name.
    pub(super) fn when_for(self, person: PersonId, who: PersonId, command: Command) -> Then {
        let occasion = Occasion {
            taken_at: beforehand(),
            received_at: beforehand(),
            taken: Taken::Paper,
            actor: who,
            on_behalf_of: Some(person),
        };
        self.when_asked(Asked { occasion, command })
    }

    fn when_asked(self, asked: Asked<Command>) -> Then {
        Then(TestFramework::<Opportunity>::with(()).given(self.0).when(asked))
    }
}

impl Then {
    pub(super) fn then(self, event: Event) {
        self.0.then_expect_events(vec![event]);
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
