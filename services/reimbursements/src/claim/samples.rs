//! Where the room's stories start from: people, a session, what was claimed for it, and histories.

use contracts::id::{OpportunityId, PaymentBatchId, SessionId, WorkId};
use contracts::personal::CostNote;
use contracts::{Money, PersonId, RateCardId, Sealed};
use eventstore::Occasion;
use jiff::Timestamp;
use jiff::civil::{Date, date};
use uuid::Uuid;

use super::answer_query::Recorded;
use super::events::Submitted;
use super::{
    Activity, ApprovedLine, Authorise, Claim, Command, Event, Evidence, Item, Known, Line,
    LineVerdict, Mode, Question, RatesOfTheDay, RefusedLine, Submission, Submit, Verdict,
};
use crate::payment::{Kind, Part, PaymentFailure};
use crate::rate_card::samples::rates;
use crate::rate_card::{FareKind, Measure, Vehicle};
use crate::setting::ClaimWindow;
use crate::story::{Given, at, online, typed};

pub(super) const PERSON: PersonId = PersonId::new(Uuid::from_u128(1));
pub(super) const TYPIST: PersonId = PersonId::new(Uuid::from_u128(2));
pub(super) const APPROVER: PersonId = PersonId::new(Uuid::from_u128(3));
pub(super) const AUTHORISER: PersonId = PersonId::new(Uuid::from_u128(4));
pub(super) const SOMEONE_ELSE: PersonId = PersonId::new(Uuid::from_u128(5));
pub(super) const SYSTEM: PersonId = PersonId::new(Uuid::from_u128(6));
pub(super) const CARD: RateCardId = RateCardId::new(Uuid::from_u128(7));
pub(super) const BATCH: PaymentBatchId = PaymentBatchId::new(Uuid::from_u128(8));
pub(super) const LATER_BATCH: PaymentBatchId = PaymentBatchId::new(Uuid::from_u128(9));
pub(super) const SESSION: Activity =
    Activity::Session { session: SessionId::new(Uuid::from_u128(10)) };
pub(super) const WORK: Activity = Activity::Work { work: WorkId::new(Uuid::from_u128(11)) };
pub(super) const THE_DAY: Date = date(2027, 5, 10);
pub(super) const QUESTION: &str = "Which way did you go? We would like to get the miles right.";
pub(super) const REASON: &str = "the bus was booked and paid for by us.";

pub(super) fn given(history: Vec<Event>) -> Given<Claim> {
    Given(history)
}

pub(super) fn two_days_later() -> Timestamp {
    at("2027-05-12T10:00:00Z")
}

/// By the person whose claim it is.
pub(super) fn by_the_person() -> Occasion {
    online(PERSON, two_days_later())
}

/// By staff, from the person's paper.
pub(super) fn on_paper() -> Occasion {
    typed(TYPIST, PERSON, two_days_later())
}

/// By someone on the day on which most is decided and authorised.
pub(super) fn by(who: PersonId) -> Occasion {
    online(who, at("2027-05-14T09:00:00Z"))
}

pub(super) fn note(text: &str) -> Sealed<CostNote> {
    Sealed::new(PERSON, text.to_owned())
}

pub(super) fn payment() -> Item {
    Item::InvolvementPayment { takes_payment: true, measure: None, at_most: None }
}

pub(super) fn fare(kind: FareKind, pence: i64, receipt: bool) -> Item {
    let amount = Money::sterling(pence);
    let note = Some(note("bm90ZQ"));
    Item::Fare { kind, amount, receipt, access_need: false, note }
}

pub(super) fn by_car(tenths_of_miles: u32) -> Item {
    Item::Mileage {
        tenths_of_miles,
        vehicle: Vehicle::Car { passengers: 0 },
        access_need: false,
        note: None,
    }
}

/// A payment, a taxi without receipt, some miles, a bus.
pub(super) fn items() -> Vec<Item> {
    let taxi = fare(FareKind::Taxi, 1_200, false);
    vec![payment(), taxi, by_car(124), fare(FareKind::Bus, 320, false)]
}

pub(super) fn submission(lines: Vec<Item>) -> Submission {
    Submission {
        activity: SESSION,
        lines,
        declines_payment: false,
        declares_accurate: true,
        late_because: None,
    }
}

pub(super) fn evidence() -> Evidence {
    Evidence {
        on: THE_DAY,
        measure: Measure::Time { minutes: 240 },
        mode: Some(Mode::InPerson),
        rate: Some("meeting".to_owned()),
        opportunity: Some(OpportunityId::new(Uuid::from_u128(12))),
    }
}

pub(super) fn known() -> Known {
    Known {
        evidence: Some(evidence()),
        rates: Some(RatesOfTheDay { card: CARD, rates: Box::new(rates()) }),
        car_tenths_before: 99_980,
        window: ClaimWindow::SUGGESTED,
        days_away: 0,
    }
}

pub(super) fn submit(said: Submission) -> Command {
    Command::Submit(Box::new(Submit { said, known: known() }))
}

pub(super) fn line(number: u8, item: Item, pence: i64, working: &str) -> Line {
    let (amount, working) = (Money::sterling(pence), working.to_owned());
    Line { number, item, amount, working, question: None }
}

pub(super) fn submitted_as() -> Submitted {
    let [payment, taxi, miles, bus]: [Item; 4] = items().try_into().unwrap();
    let taxi = line(2, taxi, 1_200, "as paid: £12.00");
    Submitted {
        person: PERSON,
        authors: [PERSON].into(),
        activity: SESSION,
        evidence: evidence(),
        card: CARD,
        rates: Box::new(rates()),
        car_tenths_before: 99_980,
        lines: vec![
            line(1, payment, 7_500, "4 hours, paid as up to and including 4 hours: £75.00"),
            Line { question: Some(Question::Receipt), ..taxi },
            line(
                3,
                miles,
                370,
                "2.0 miles by car at 55p a mile, and 10.4 miles at 25p a mile, beyond 10,000 miles \
                 in the tax year: £3.70",
            ),
            line(4, bus, 320, "as paid: £3.20"),
        ],
        payment_declined: false,
        late_because: None,
        expenses: Money::sterling(1_890),
        payments: Money::sterling(7_500),
    }
}

pub(super) fn submitted() -> Event {
    Event::Submitted(Box::new(submitted_as()))
}

/// As typed in by staff.
pub(super) fn submitted_on_paper() -> Event {
    let authors = [PERSON, TYPIST].into();
    Event::Submitted(Box::new(Submitted { authors, ..submitted_as() }))
}

pub(super) fn queried(lines: &[u8]) -> Event {
    Event::Queried {
        person: PERSON,
        activity: SESSION,
        activity_on: THE_DAY,
        lines: lines.iter().copied().collect(),
        question: QUESTION.to_owned(),
    }
}

pub(super) fn explained(line: u8) -> Event {
    Event::QueryAnswered {
        person: PERSON,
        line,
        answer: Recorded::Explained { note: note("ZXhwbGFpbmVk") },
        authors: [PERSON].into(),
        expenses: Money::sterling(1_890),
        payments: Money::sterling(7_500),
    }
}

pub(super) fn yes(line: u8) -> LineVerdict {
    LineVerdict { line, verdict: Verdict::Approved { word: None } }
}

pub(super) fn no(line: u8) -> LineVerdict {
    LineVerdict { line, verdict: Verdict::Refused { reason: REASON.to_owned() } }
}

pub(super) fn refused_line(line: u8) -> RefusedLine {
    RefusedLine { line, reason: REASON.to_owned() }
}

pub(super) fn approved_line(line: u8) -> ApprovedLine {
    ApprovedLine { line, word: None }
}

/// The payment and the miles approved, the bus refused, the taxi still asked about.
pub(super) fn part_refused() -> Event {
    Event::LinesDecided {
        person: PERSON,
        activity: SESSION,
        activity_on: THE_DAY,
        approved: vec![approved_line(1), approved_line(3)],
        refused: vec![refused_line(4)],
        undecided: vec![2],
        approvers: [APPROVER].into(),
        expenses: Money::sterling(370),
        payments: Money::sterling(7_500),
        frees_activity: false,
    }
}

/// Nothing of the claim is paid.
pub(super) fn wholly_refused() -> Event {
    Event::LinesDecided {
        person: PERSON,
        activity: SESSION,
        activity_on: THE_DAY,
        approved: Vec::new(),
        refused: (1..=4).map(refused_line).collect(),
        undecided: Vec::new(),
        approvers: [APPROVER].into(),
        expenses: Money::sterling(0),
        payments: Money::sterling(0),
        frees_activity: true,
    }
}

pub(super) fn authorise() -> Command {
    Command::Authorise(Authorise { cost_code: "INV-204".to_owned() })
}

pub(super) fn parts() -> [Part; 2] {
    let part = |number, kind, line, pence| Part {
        number,
        kind,
        lines: vec![line],
        amount: Money::sterling(pence),
    };
    [part(1, Kind::Expenses, 3, 370), part(2, Kind::InvolvementPayment, 1, 7_500)]
}

pub(super) fn authorised() -> Event {
    Event::Authorised {
        person: PERSON,
        activity: SESSION,
        activity_on: THE_DAY,
        cost_code: "INV-204".to_owned(),
        parts: parts().into(),
        payable_on: date(2027, 5, 14),
        authorisers: [AUTHORISER].into(),
    }
}

pub(super) fn withdrawn() -> Event {
    Event::Withdrawn { person: PERSON, activity: SESSION }
}

pub(super) fn put_in_batch(part: u8, batch: PaymentBatchId) -> Event {
    Event::PutInBatch { part, batch }
}

pub(super) fn paid(part: usize, batch: PaymentBatchId) -> Event {
    Event::Paid {
        person: PERSON,
        activity: SESSION,
        activity_on: THE_DAY,
        part: parts()[part - 1].clone(),
        payable_on: date(2027, 5, 14),
        paid_on: date(2027, 5, 20),
        batch,
    }
}

pub(super) fn payment_failed(part: usize, batch: PaymentBatchId) -> Event {
    Event::PaymentFailed {
        person: PERSON,
        activity: SESSION,
        activity_on: THE_DAY,
        part: parts()[part - 1].clone(),
        batch,
        reason: PaymentFailure::AccountClosed,
    }
}

pub(super) fn until_submitted() -> Vec<Event> {
    vec![submitted()]
}

pub(super) fn until_part_refused() -> Vec<Event> {
    vec![submitted(), part_refused()]
}

pub(super) fn until_wholly_refused() -> Vec<Event> {
    vec![submitted(), wholly_refused()]
}

pub(super) fn until_authorised() -> Vec<Event> {
    vec![submitted(), part_refused(), authorised()]
}

pub(super) fn until_in_batch() -> Vec<Event> {
    [until_authorised(), vec![put_in_batch(1, BATCH), put_in_batch(2, BATCH)]].concat()
}

pub(super) fn until_paid() -> Vec<Event> {
    [until_in_batch(), vec![paid(1, BATCH), paid(2, BATCH)]].concat()
}

pub(super) fn until_failed() -> Vec<Event> {
    [until_in_batch(), vec![payment_failed(1, BATCH)]].concat()
}

pub(super) fn until_withdrawn() -> Vec<Event> {
    vec![submitted(), withdrawn()]
}
