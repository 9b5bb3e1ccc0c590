//! ROOM: the life of one claim: what one person is owed for one activity. Each line goes its own way,
//! so that a question about one holds up no other; expenses and involvement payments are never one
//! figure. Nothing here can read a clock, a database or a sealed value.
//!
//! ```text
//! claim   NotSubmitted -- submit --> Claimed -- withdraw, until something is authorised --> Withdrawn
//!
//! line    Waiting, Approved -- query -----------> Queried
//!         Queried -- answer_query --------------> Waiting
//!         Waiting, Queried -- approve ----------> Approved | Refused
//!         Approved -- authorise ----------------> Authorised, in a part with all others of its kind
//!
//! part    Ready -- put_in_batch ----------------> InBatch
//!         InBatch -- record_paid ---------------> Paid
//!         InBatch, Paid -- record_payment_failed -> Ready
//! ```

pub mod events;
pub mod refusals;
pub mod evidence;
pub mod lines;
mod reckoning;
pub mod claimed;
pub mod submit;
pub mod query;
pub mod answer_query;
pub mod approve;
pub mod authorise;
pub mod withdraw;
pub mod put_in_batch;
pub mod record_paid;
pub mod record_payment_failed;
mod unique_keys;
#[cfg(test)]
mod samples;

use contracts::PersonId;
use cqrs_es::Aggregate;
use cqrs_es::event_sink::EventSink;
use eventstore::Asked;
use serde::{Deserialize, Serialize};

pub use answer_query::{Answer, AnswerQuery, Recorded};
pub use approve::{Approve, LineVerdict, Verdict};
pub use authorise::Authorise;
pub use claimed::{Claimed, ClaimedLine, Decision, PartStanding, PayablePart, Standing};
pub use events::{ApprovedLine, Event, RefusedLine, Submitted};
pub use evidence::{Activity, Evidence, Mode};
pub use lines::{Item, Line, Question};
pub use put_in_batch::PutInBatch;
pub use query::Query;
pub use reckoning::car_tenths;
pub use record_paid::RecordPaid;
pub use record_payment_failed::RecordPaymentFailed;
pub use refusals::Refusal;
pub use submit::{Known, RatesOfTheDay, Submission, Submit};
pub use withdraw::Withdraw;

/// The state: whether there is a claim, and how each of its lines stands.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Claim {
    /// Nothing has been claimed.
    #[default]
    NotSubmitted,
    /// There is a claim.
    Claimed(Box<Claimed>),
    /// It was taken back.
    Withdrawn {
        /// Whose it was.
        person: PersonId,
    },
}

/// What can be asked of a claim.
#[derive(Clone, Debug)]
pub enum Command {
    /// Claim.
    Submit(Box<Submit>),
    /// Ask about some of its lines.
    Query(Query),
    /// Answer such a question.
    AnswerQuery(AnswerQuery),
    /// Decide lines, as the first of two signatures.
    Approve(Approve),
    /// Let what was approved be paid, as the second.
    Authorise(Authorise),
    /// Take it back.
    Withdraw(Withdraw),
    /// Note that a part was taken into a payment run.
    PutInBatch(PutInBatch),
    /// Note that a part was paid.
    RecordPaid(RecordPaid),
    /// Note that a part's payment did not arrive.
    RecordPaymentFailed(RecordPaymentFailed),
}

impl Aggregate for Claim {
    const TYPE: &'static str = "claim";
    type Command = Asked<Command>;
    type Event = Event;
    type Error = Refusal;
    type Services = ();

    async fn handle(
        &mut self,
        asked: Asked<Command>,
        (): &(),
        sink: &EventSink<Self>,
    ) -> Result<(), Refusal> {
        let Asked { occasion, command } = asked;
        let events = match command {
            Command::Submit(it) => it.decide(self, &occasion),
            Command::Query(it) => it.decide(self, &occasion),
            Command::AnswerQuery(it) => it.decide(self, &occasion),
            Command::Approve(it) => it.decide(self, &occasion),
            Command::Authorise(it) => it.decide(self, &occasion),
            Command::Withdraw(it) => it.decide(self, &occasion),
            Command::PutInBatch(it) => it.decide(self, &occasion),
            Command::RecordPaid(it) => it.decide(self, &occasion),
            Command::RecordPaymentFailed(it) => it.decide(self, &occasion),
        }?;
        for event in events {
            sink.write(event, self).await;
        }
        Ok(())
    }

    fn apply(&mut self, event: Event) {
        match event {
            Event::Submitted(it) => *self = Self::Claimed(Box::new(Claimed::by(*it))),
            Event::Queried { lines, question, .. } => {
                self.change(|it| it.ask(&lines, &question));
            }
            Event::QueryAnswered { line, answer, authors, .. } => {
                self.change(|it| it.hear(line, &answer, authors));
            }
            Event::LinesDecided { approved, refused, approvers, .. } => {
                self.change(|it| it.settle(approved, refused, &approvers));
            }
            Event::Authorised { authorisers, cost_code, parts, payable_on, .. } => {
                self.change(|it| it.release(authorisers, cost_code, parts, payable_on));
            }
            Event::Withdrawn { person, .. } => *self = Self::Withdrawn { person },
            Event::PutInBatch { part, batch } => {
                self.change(|it| it.stand(part, PartStanding::InBatch { batch }));
            }
            Event::Paid { part, batch, paid_on, .. } => {
                self.change(|it| it.stand(part.number, PartStanding::Paid { batch, on: paid_on }));
            }
            Event::PaymentFailed { part, batch, .. } => {
                self.change(|it| it.come_back(part.number, batch));
            }
        }
    }
}

impl Claim {
    fn change(&mut self, change: impl FnOnce(&mut Claimed)) {
        if let Self::Claimed(it) = self {
            change(it);
        }
    }

    /// The claim there is.
    pub fn claimed(&self) -> Result<&Claimed, Refusal> {
        match self {
            Self::Claimed(it) => Ok(it),
            Self::NotSubmitted => Err(Refusal::NotSubmitted),
            Self::Withdrawn { .. } => Err(Refusal::Withdrawn),
        }
    }
}

#[cfg(test)]
mod stories {
    use std::collections::BTreeSet;

    use contracts::Money;
    use jiff::civil::date;

    use super::samples::*;
    use super::*;
    use crate::payment::{Kind, PaymentFailure};
    use crate::story::{Seeded, after, typed};

    fn some_lines(chance: &mut Seeded) -> BTreeSet<u8> {
        (1..=4).filter(|_| chance.below(2) == 0).collect()
    }

    /// A command, and who would rightly give it.
    fn something(chance: &mut Seeded) -> (PersonId, Command) {
        let part = u8::try_from(1 + chance.below(2)).unwrap();
        let batch = chance.one_of(&[BATCH, LATER_BATCH]);
        match chance.below(11) {
            0 => {
                let question = QUESTION.to_owned();
                (APPROVER, Command::Query(Query { lines: some_lines(chance), question }))
            }
            1 | 2 => {
                let line = u8::try_from(1 + chance.below(4)).unwrap();
                let answer = Answer::Explained { note: note("bm90ZQ") };
                (PERSON, Command::AnswerQuery(AnswerQuery { line, answer }))
            }
            3 | 4 => {
                let refuses = some_lines(chance);
                let verdict = |line| if refuses.contains(&line) { no(line) } else { yes(line) };
                let lines = some_lines(chance).into_iter().map(verdict).collect();
                (APPROVER, Command::Approve(Approve { lines }))
            }
            5 => (AUTHORISER, authorise()),
            6 | 7 => (SYSTEM, Command::PutInBatch(PutInBatch { part, batch })),
            8 | 9 => {
                let paid_on = date(2027, 5, 20);
                (SYSTEM, Command::RecordPaid(RecordPaid { part, batch, paid_on }))
            }
            _ => {
                let reason = PaymentFailure::SentBack;
                let failed = RecordPaymentFailed { part, batch, reason };
                (SYSTEM, Command::RecordPaymentFailed(failed))
            }
        }
    }

    /// Whatever is asked in whatever order, now and then by whoever should not.
    fn lived_through(seed: u64) -> Vec<Event> {
        let mut chance = Seeded(seed);
        let mut history = vec![submitted()];
        for _ in 0..80 {
            let people = [PERSON, TYPIST, APPROVER, AUTHORISER, SOMEONE_ELSE];
            let (who, whom) = (chance.one_of(&people), chance.one_of(&people));
            let (rightly, command) = something(&mut chance);
            let occasion = match chance.below(8) {
                0 => by(who),
                1 => typed(who, whom, two_days_later()),
                _ => by(rightly),
            };
            if let Ok(events) = given(history.clone()).when(occasion, command).result() {
                history.extend(events);
            }
        }
        history
    }

    #[test]
    fn whatever_happens_no_line_is_paid_twice_and_the_kinds_stay_apart() {
        let mut n_paid = 0;
        for seed in 0..300 {
            let history = lived_through(seed);
            let state = after::<Claim>(history.clone());
            let it = state.claimed().unwrap();
            let in_parts: Vec<u8> = it.parts.iter().flat_map(|it| it.part.lines.clone()).collect();
            let each_once: BTreeSet<u8> = in_parts.iter().copied().collect();
            assert_eq!(each_once.len(), in_parts.len(), "seed {seed}");
            for part in it.parts.iter().map(|it| &it.part) {
                let lines = part.lines.iter().map(|number| &it.line(*number).unwrap().line);
                let (mut sum, mut kinds) = (0, BTreeSet::new());
                for line in lines {
                    sum += line.amount.pence;
                    kinds.insert(line.item.kind());
                }
                assert_eq!(part.amount, Money::sterling(sum), "seed {seed}");
                assert_eq!(kinds, BTreeSet::from([part.kind]), "seed {seed}");
            }
            for number in it.parts.iter().map(|it| it.part.number) {
                let mut net = 0;
                for event in &history {
                    match event {
                        Event::Paid { part, .. } if part.number == number => {
                            net += 1;
                            n_paid += 1;
                        }
                        Event::PaymentFailed { part, .. } if part.number == number => net = 0,
                        Event::Submitted(_)
                        | Event::Queried { .. }
                        | Event::QueryAnswered { .. }
                        | Event::LinesDecided { .. }
                        | Event::Authorised { .. }
                        | Event::Withdrawn { .. }
                        | Event::PutInBatch { .. }
                        | Event::Paid { .. }
                        | Event::PaymentFailed { .. } => {}
                    }
                    assert!(net <= 1, "seed {seed}: part {number} was paid twice");
                }
            }
        }
        assert!(n_paid > 100, "{n_paid} payments tell nothing");
    }

    #[test]
    fn whatever_happens_each_signature_is_that_of_someone_with_no_other_hand_in_it() {
        let mut n_signatures = 0;
        for seed in 300..600 {
            let (mut authors, mut approvers, mut authorisers) =
                (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
            for event in lived_through(seed) {
                match event {
                    Event::Submitted(it) => authors.extend(it.authors),
                    Event::QueryAnswered { authors: more, .. } => authors.extend(more),
                    Event::LinesDecided { approvers: signed, .. } => {
                        assert!(signed.is_disjoint(&authors), "seed {seed}: {signed:?}");
                        assert!(signed.is_disjoint(&authorisers), "seed {seed}: {signed:?}");
                        approvers.extend(signed);
                    }
                    Event::Authorised { authorisers: signed, .. } => {
                        assert!(signed.is_disjoint(&authors), "seed {seed}: {signed:?}");
                        assert!(signed.is_disjoint(&approvers), "seed {seed}: {signed:?}");
                        authorisers.extend(signed);
                        n_signatures += 1;
                    }
                    Event::Queried { .. }
                    | Event::Withdrawn { .. }
                    | Event::PutInBatch { .. }
                    | Event::Paid { .. }
                    | Event::PaymentFailed { .. } => {}
                }
            }
        }
        assert!(n_signatures > 100, "{n_signatures} second signatures tell nothing");
    }

    #[test]
    fn one_claim_is_lived_through_in_two_parts() {
        let state = after::<Claim>(until_paid());
        let it = state.claimed().unwrap();
        let kinds: Vec<_> = it.parts.iter().map(|it| (it.part.kind, it.part.amount)).collect();
        assert_eq!(
            kinds,
            [
                (Kind::Expenses, Money::sterling(370)),
                (Kind::InvolvementPayment, Money::sterling(7_500))
            ]
        );
        let paid = PartStanding::Paid { batch: BATCH, on: date(2027, 5, 20) };
        assert!(it.parts.iter().all(|it| it.standing == paid));
        assert_eq!(it.line(2).unwrap().standing, Standing::Queried);
    }
}
