//! What of the facts of neighbours is heard as news for somebody, and what is heard as nothing.

use contracts::Money;
use contracts::id::{ClaimId, GroupId, SeatId};
use contracts::recruitment::{About, NotTaken, OfferWithdrawn};
use jiff::civil::{Date, date};
use messaging::Mark;
use serde::Serialize;

use super::*;

const ANA: PersonId = PersonId::new(Uuid::from_u128(1));
const APPLICATION: ApplicationId = ApplicationId::new(Uuid::from_u128(22));
const OPPORTUNITY: OpportunityId = OpportunityId::new(Uuid::from_u128(21));
const DAY: Date = date(2027, 5, 10);

fn told<F: Serialize>(service: &str, told: &F) -> Fact {
    let (name, body) = contracts::fact::write(told).unwrap();
    let nothing = Uuid::nil();
    Fact {
        id: nothing,
        name,
        service: service.to_owned(),
        log_id: nothing,
        mark: Mark { position: 1, ordinal: 1 },
        ordinals: 1,
        previous: Mark::START,
        stream_type: "room".to_owned(),
        stream_id: nothing,
        stream_version: 1,
        chain_hash: String::new(),
        occurred_at: "2027-01-04T09:00:00Z".parse().unwrap(),
        correlation_id: nothing,
        event_id: nothing,
        traceparent: None,
        body,
    }
}

fn of_recruitment(fact: &Told) -> Heard {
    heard(&told("recruitment", fact)).unwrap()
}

fn of_reimbursements(fact: &reimbursements::Fact) -> Option<(PersonId, ClaimNews)> {
    claim_news(&told("reimbursements", fact)).unwrap()
}

fn reminder(to: Audience) -> Told {
    Told::ReminderCameDue(Box::new(Reminder {
        appointment: AppointmentId::new(Uuid::from_u128(23)),
        seat: SeatId::new(Uuid::from_u128(5)),
        group: GroupId::new(Uuid::from_u128(6)),
        person: ANA,
        step: "step".to_owned(),
        to,
        question: About::EndOrRenewal,
        ends_on: DAY,
    }))
}

#[test]
fn the_person_is_asked_about_the_end_of_their_term_and_not_where_the_coordinator_alone_is() {
    for to in [Audience::Involvee, Audience::InvolveeAndChair] {
        let heard = of_recruitment(&reminder(to));
        let Heard::TermEnding { person, content } = heard else { panic!("{heard:?}") };
        assert_eq!((person, content.question), (ANA, About::EndOrRenewal));
        assert_eq!(content.ends_on, DAY);
    }
    let heard = of_recruitment(&reminder(Audience::Coordinator));
    assert!(matches!(heard, Heard::Nothing), "{heard:?}");
}

#[test]
fn each_outcome_is_heard_as_what_it_is() {
    let (application, person, opportunity) = (APPLICATION, ANA, OPPORTUNITY);
    let title = "Readers".to_owned();
    let outcomes = [
        (
            Told::ApplicationOffered {
                application,
                person,
                opportunity,
                title: title.clone(),
                reason: None,
            },
            Outcome::PlaceOffered {},
        ),
        (
            Told::ApplicationKeptInReserve {
                application,
                person,
                opportunity,
                title: title.clone(),
                until: DAY,
                reason: None,
            },
            Outcome::KeptInReserve { until: DAY },
        ),
        (
            Told::ApplicationNotSelected { application, person, opportunity, title, reason: None },
            Outcome::NotSelected {},
        ),
    ];
    for (fact, outcome) in outcomes {
        let heard = of_recruitment(&fact);
        let Heard::OutcomeTold { person, content } = heard else { panic!("{heard:?}") };
        assert_eq!((person, content.outcome, content.has_reason), (ANA, outcome, false));
    }
}

#[test]
fn that_something_was_withdrawn_is_news_for_whoever_applied() {
    let heard = of_recruitment(&Told::ApplicationOpportunityWithdrawn {
        application: APPLICATION,
        person: ANA,
        opportunity: OPPORTUNITY,
        title: "Readers".to_owned(),
        reason: "It was merged with another.".to_owned(),
        kept_in_reserve: true,
    });
    let Heard::OpportunityWithdrawn { person, content } = heard else { panic!("{heard:?}") };
    assert_eq!((person, content.reason.as_str()), (ANA, "It was merged with another."));
    assert!(content.kept_in_reserve);
}

#[test]
fn an_offer_is_over_once_it_is_answered_taken_back_or_let_go() {
    let (appointment, seat) =
        (AppointmentId::new(Uuid::from_u128(23)), SeatId::new(Uuid::from_u128(26)));
    let not_taken = NotTaken { appointment, seat, person: ANA, opportunity: Some(OPPORTUNITY) };
    let taken_back = OfferWithdrawn {
        appointment,
        seat,
        person: ANA,
        opportunity: Some(OPPORTUNITY),
        reason: "It was merged.".to_owned(),
    };
    let because = WhyOver::TakenBack { reason: "It was merged.".to_owned() };
    for (told, why) in [
        (Told::AppointmentDeclined(not_taken), None),
        (Told::AppointmentOfferLapsed(not_taken), Some(WhyOver::NotAnswered {})),
        (Told::AppointmentOfferWithdrawn(Box::new(taken_back)), Some(because)),
    ] {
        let heard = of_recruitment(&told);
        let Heard::OfferOver(over) = heard else { panic!("{heard:?}") };
        assert_eq!((over.person, over.appointment, over.unanswered), (ANA, appointment, why));
    }
}

#[test]
fn a_payment_is_news_and_a_withdrawn_claim_is_not() {
    let claim = ClaimId::new(Uuid::from_u128(24));
    let paid = reimbursements::Fact::Paid {
        claim,
        person: ANA,
        activity_on: DAY,
        payable_on: DAY,
        paid_on: DAY,
        kind: reimbursements::PaymentKind::Expenses,
        amount: Money::sterling(1_890),
        reference: "INV 7K2".to_owned(),
    };
    let news = of_reimbursements(&paid);
    let Some((person, ClaimNews::Paid(content))) = news else { panic!("{news:?}") };
    assert_eq!((person, content.amount), (ANA, Money::sterling(1_890)));
    let withdrawn = reimbursements::Fact::Withdrawn { claim, person: ANA };
    assert!(of_reimbursements(&withdrawn).is_none());
}

#[test]
fn a_fact_that_nobody_here_knows_tells_nothing() {
    let mut unknown = told("recruitment", &reminder(Audience::Involvee));
    unknown.name = "appointment.danced.v1".to_owned();
    assert!(matches!(heard(&unknown).unwrap(), Heard::Nothing));
    assert!(claim_news(&unknown).unwrap().is_none());
}
