//! Where the room's stories start from: people, days and histories.

use contracts::id::{ApplicationId, GroupId, OpportunityId, SeatId};
use contracts::{PersonId, Sealed};
use jiff::Timestamp;
use jiff::civil::{Date, date};
use uuid::Uuid;

use super::{
    Answer, Appointment, Event, Exception, Grounds, Place, ReasonForException,
    ReasonForSteppingDown, WordsOnLeaving,
};
use crate::contacted::{Channel, Contacted};
use crate::setting::{About, Audience, Reminder, When};
use crate::story::{Given, at};
use crate::term::{Armed, Term, TermRule, WhyEnded, step};

pub(super) const STAFF: PersonId = PersonId::new(Uuid::from_u128(1));
pub(super) const LEAD: PersonId = PersonId::new(Uuid::from_u128(2));
pub(super) const PERSON: PersonId = PersonId::new(Uuid::from_u128(3));
pub(super) const OTHER: PersonId = PersonId::new(Uuid::from_u128(4));
pub(super) const SEAT: SeatId = SeatId::new(Uuid::from_u128(5));
pub(super) const GROUP: GroupId = GroupId::new(Uuid::from_u128(6));
pub(super) const OPPORTUNITY: OpportunityId = OpportunityId::new(Uuid::from_u128(7));
pub(super) const APPLICATION: ApplicationId = ApplicationId::new(Uuid::from_u128(8));

pub(super) const REASON: &str = "The group was merged with another.";

/// When the place is offered.
pub(super) fn offering() -> Timestamp {
    at("2027-01-11T10:00:00Z")
}

/// When the person says yes.
pub(super) fn accepting() -> Timestamp {
    at("2027-01-15T10:00:00Z")
}

pub(super) fn answer_by() -> Date {
    date(2027, 1, 25)
}

/// After the day by which an answer was hoped for.
pub(super) fn too_long() -> Timestamp {
    at("2027-01-26T10:00:00Z")
}

pub(super) fn mid_term() -> Timestamp {
    at("2027-06-15T10:00:00Z")
}

/// A last day before the end of the term.
pub(super) fn mid_term_day() -> Date {
    date(2027, 6, 30)
}

/// In summer the day ends an hour before it does in Greenwich.
pub(super) fn midnight_after_mid_term_day() -> Timestamp {
    at("2027-06-30T23:00:00Z")
}

/// Every reminder has come due, and the term still runs.
pub(super) fn near_the_end() -> Timestamp {
    at("2028-02-10T10:00:00Z")
}

pub(super) fn ends_on() -> Date {
    date(2028, 2, 29)
}

pub(super) fn over_at() -> Timestamp {
    at("2028-03-01T00:00:00Z")
}

/// The term has run out.
pub(super) fn staying_on() -> Timestamp {
    at("2028-03-10T10:00:00Z")
}

pub(super) fn new_ends_on() -> Date {
    date(2029, 2, 28)
}

pub(super) fn new_over_at() -> Timestamp {
    at("2029-03-01T00:00:00Z")
}

pub(super) fn rule() -> TermRule {
    let reminder =
        |months, audience, about| Reminder { when: When::MonthsBefore { months }, audience, about };
    TermRule {
        rule_version: "term_policy.1".to_owned(),
        months: 12,
        consecutive_terms_max: 2,
        break_months: 12,
        ladder: vec![
            reminder(6, Audience::Coordinator, About::PlanSuccession),
            reminder(3, Audience::InvolveeAndChair, About::ReviewTalk),
            reminder(1, Audience::InvolveeAndChair, About::EndOrRenewal),
        ],
    }
}

/// The name of a step of that ladder.
pub(super) fn step_name(place: usize) -> String {
    step(&rule().ladder[place])
}

/// When it comes due, counted by hand: in summer an hour earlier than in Greenwich.
pub(super) fn due_at(place: usize) -> Timestamp {
    at(["2027-08-29T08:00:00Z", "2027-11-29T09:00:00Z", "2028-01-29T09:00:00Z"][place])
}

/// When it comes due in the second term.
pub(super) fn at_new_end(place: usize) -> Timestamp {
    at(["2028-08-28T08:00:00Z", "2028-11-28T09:00:00Z", "2029-01-28T09:00:00Z"][place])
}

pub(super) fn term() -> Term {
    Term { number: 1, from: date(2027, 3, 1), ends_on: ends_on(), over_at: over_at() }
}

pub(super) fn new_term() -> Term {
    Term { number: 2, from: date(2028, 3, 1), ends_on: new_ends_on(), over_at: new_over_at() }
}

pub(super) fn place() -> Place {
    Place {
        seat: SEAT,
        group: GROUP,
        opportunity: Some(OPPORTUNITY),
        application: Some(APPLICATION),
        person: PERSON,
        term: term(),
        rule: rule(),
        answer_by: answer_by(),
        terms_version: "involvement-terms.4".to_owned(),
        exception: None,
    }
}

pub(super) fn exception() -> Exception {
    Exception {
        reason: Sealed::<ReasonForException>::new(PERSON, "c2VhbGVkIHJlYXNvbg==".to_owned()),
        authorised_by: LEAD,
    }
}

pub(super) fn words() -> Sealed<WordsOnLeaving> {
    Sealed::new(PERSON, "c2VhbGVkIHdvcmRz".to_owned())
}

pub(super) fn stepping_down() -> Grounds {
    Grounds::SteppedDown {
        review_until: date(2027, 7, 14),
        reason: Some(Sealed::<ReasonForSteppingDown>::new(
            PERSON,
            "c2VhbGVkIGdyb3VuZHM=".to_owned(),
        )),
    }
}

/// The person was told face to face.
pub(super) fn told(on: Date) -> Contacted {
    Contacted { by: Channel::InPerson, on }
}

pub(super) fn offered() -> Event {
    Event::Offered(Box::new(place()))
}

pub(super) fn accepted() -> Event {
    Event::Accepted {
        seat: SEAT,
        group: GROUP,
        person: PERSON,
        opportunity: Some(OPPORTUNITY),
        term: term(),
        terms_version: "involvement-terms.4".to_owned(),
        reminders: (0..3).map(|it| Armed { step: step_name(it), due_at: due_at(it) }).collect(),
    }
}

pub(super) fn declined(words: Option<Sealed<WordsOnLeaving>>) -> Event {
    Event::Declined { seat: SEAT, person: PERSON, opportunity: Some(OPPORTUNITY), words }
}

pub(super) fn lapsed() -> Event {
    Event::OfferLapsed {
        seat: SEAT,
        person: PERSON,
        opportunity: Some(OPPORTUNITY),
        contact: Contacted { by: Channel::Phone, on: date(2027, 1, 26) },
        lapsed_at: too_long(),
    }
}

pub(super) fn withdrawn() -> Event {
    Event::OfferWithdrawn {
        seat: SEAT,
        person: PERSON,
        opportunity: Some(OPPORTUNITY),
        reason: REASON.to_owned(),
    }
}

pub(super) fn came_due(place: usize) -> Event {
    let Reminder { when: _, audience, about } = rule().ladder[place];
    Event::ReminderCameDue {
        step: step_name(place),
        to: audience,
        question: about,
        ends_on: ends_on(),
        seat: SEAT,
        group: GROUP,
        person: PERSON,
    }
}

/// The first reminder is answered; those that have not come due stop, if the answer is one.
pub(super) fn answered(answer: Answer, stops: &[usize]) -> Event {
    Event::ReminderAnswered {
        step: Some(step_name(0)),
        answer,
        by: Channel::Phone,
        stops: stops.iter().map(|it| step_name(*it)).collect(),
        resumes: Vec::new(),
        seat: SEAT,
        group: GROUP,
        person: PERSON,
    }
}

pub(super) fn renewed(exception: Option<Exception>) -> Event {
    Event::Renewed {
        term: new_term(),
        rule: Box::new(rule()),
        exception,
        reminders: (0..3).map(|it| Armed { step: step_name(it), due_at: at_new_end(it) }).collect(),
        stops: Vec::new(),
        seat: SEAT,
        group: GROUP,
        person: PERSON,
    }
}

/// Settled by a human, with the reminders that had not come due.
pub(super) fn settled(grounds: Grounds, last_day: Date, stops: &[usize]) -> Event {
    let on = if last_day == mid_term_day() { date(2027, 6, 15) } else { date(2028, 2, 10) };
    Event::EndConfirmed {
        grounds,
        last_day,
        over_at: crate::term::midnight_after(last_day).unwrap(),
        contact: told(on),
        stops: stops.iter().map(|it| step_name(*it)).collect(),
        seat: SEAT,
        group: GROUP,
        person: PERSON,
    }
}

/// Before any reminder had come due.
pub(super) fn resigned(last_day: Date, words: Option<Sealed<WordsOnLeaving>>) -> Event {
    Event::Resigned {
        last_day,
        over_at: crate::term::midnight_after(last_day).unwrap(),
        words,
        stops: (0..3).map(step_name).collect(),
        seat: SEAT,
        group: GROUP,
        person: PERSON,
    }
}

pub(super) fn stays_on() -> Event {
    Event::StaysOn { term_ended_on: ends_on(), seat: SEAT, group: GROUP, person: PERSON }
}

pub(super) fn ended(why: WhyEnded, last_day: Date) -> Event {
    Event::Ended { why, last_day, seat: SEAT, group: GROUP, person: PERSON }
}

pub(super) fn until_offered() -> Vec<Event> {
    vec![offered()]
}

pub(super) fn until_accepted() -> Vec<Event> {
    vec![offered(), accepted()]
}

pub(super) fn until_renewed() -> Vec<Event> {
    [until_asked(), vec![renewed(None)]].concat()
}

/// Every reminder has come due.
pub(super) fn until_asked() -> Vec<Event> {
    [until_accepted(), (0..3).map(came_due).collect()].concat()
}

/// The term has run out with nothing settled.
pub(super) fn until_ran_out() -> Vec<Event> {
    [until_asked(), vec![stays_on()]].concat()
}

/// It is settled that the term ends on its day.
pub(super) fn until_settled() -> Vec<Event> {
    [until_asked(), vec![settled(Grounds::TermComplete, ends_on(), &[])]].concat()
}

pub(super) fn until_resigned() -> Vec<Event> {
    [until_accepted(), vec![resigned(mid_term_day(), None)]].concat()
}

pub(super) fn until_ended() -> Vec<Event> {
    [until_settled(), vec![ended(WhyEnded::TermComplete, ends_on())]].concat()
}

pub(super) fn until_declined() -> Vec<Event> {
    vec![offered(), declined(None)]
}

pub(super) fn until_lapsed() -> Vec<Event> {
    vec![offered(), lapsed()]
}

pub(super) fn until_withdrawn() -> Vec<Event> {
    vec![offered(), withdrawn()]
}

pub(super) fn given(history: Vec<Event>) -> Given<Appointment> {
    Given(history)
}
