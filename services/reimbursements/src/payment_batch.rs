//! ROOM: the life of one payment run: parts of claims that are paid together, from the day it is
//! planned for to what the bank says of each. The file itself is written elsewhere; here is what it
//! must add up to. Nothing here can read a clock, a database or an account.
//!
//! ```text
//! NotOpened -- open ----> Open         add: stays Open
//! Open      -- lock ----> Locked       its sums are fixed
//! Locked    -- export --> Exported     the file agrees with the sums
//!
//! each part, once Exported:  Pending -- mark_paid ----> Paid
//!                            Pending, Paid -- mark_failed --> Failed, and free for another run
//! ```

pub mod events;
pub mod refusals;
pub mod run;
pub mod reference;
pub mod open;
pub mod add;
pub mod lock;
pub mod export;
pub mod mark_paid;
pub mod mark_failed;
mod unique_keys;
#[cfg(test)]
mod samples;

use cqrs_es::Aggregate;
use cqrs_es::event_sink::EventSink;
use eventstore::Asked;
use serde::{Deserialize, Serialize};

pub use add::Add;
pub use events::Event;
pub use export::{Export, file_name};
pub use lock::Lock;
pub use mark_failed::MarkFailed;
pub use mark_paid::MarkPaid;
pub use open::Open;
pub use refusals::Refusal;
pub use run::{Control, Entry, EntryStanding, PartOf, Run};

/// The state: which stage it is at, and what is in it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum PaymentBatch {
    /// Nothing is planned.
    #[default]
    NotOpened,
    /// Parts may be added.
    Open(Box<Run>),
    /// They may not any more, and its sums are fixed.
    Locked(Box<Run>, Control),
    /// The file went to the bank.
    Exported {
        /// What is in it.
        run: Box<Run>,
        /// What it adds up to.
        control: Control,
        /// Keyed hash of the file.
        file_hash: String,
    },
}

/// What can be asked of a payment run.
#[derive(Clone, Debug)]
pub enum Command {
    /// Plan it.
    Open(Open),
    /// Take a part of a claim into it.
    Add(Add),
    /// Let nothing more into it, and fix its sums.
    Lock(Lock),
    /// Note the file that goes to the bank.
    Export(Export),
    /// Note what was paid.
    MarkPaid(MarkPaid),
    /// Note what did not arrive.
    MarkFailed(MarkFailed),
}

impl Aggregate for PaymentBatch {
    const TYPE: &'static str = "payment_batch";
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
            Command::Open(it) => it.decide(self, &occasion),
            Command::Add(it) => it.decide(self, &occasion),
            Command::Lock(it) => it.decide(self, &occasion),
            Command::Export(it) => it.decide(self, &occasion),
            Command::MarkPaid(it) => it.decide(self, &occasion),
            Command::MarkFailed(it) => it.decide(self, &occasion),
        }?;
        for event in events {
            sink.write(event, self).await;
        }
        Ok(())
    }

    fn apply(&mut self, event: Event) {
        match event {
            Event::Opened { run_on } => *self = Self::Open(Box::new(Run::on(run_on))),
            Event::PartAdded { claim, part, person, kind, amount, reference, .. } => {
                let of = PartOf { claim, part };
                let standing = EntryStanding::Pending;
                self.change(|run| {
                    run.entries.push(Entry { of, person, kind, amount, reference, standing });
                });
            }
            Event::Locked { control } => {
                if let Self::Open(run) = std::mem::take(self) {
                    *self = Self::Locked(run, control);
                }
            }
            Event::Exported { file_hash, control, .. } => {
                if let Self::Locked(run, _) = std::mem::take(self) {
                    *self = Self::Exported { run, control, file_hash };
                }
            }
            Event::PartPaid { claim, part, paid_on } => {
                let of = PartOf { claim, part };
                self.change(|run| run.stand(of, EntryStanding::Paid { on: paid_on }));
            }
            Event::PartFailed { claim, part, reason } => {
                let of = PartOf { claim, part };
                self.change(|run| run.stand(of, EntryStanding::Failed { reason }));
            }
        }
    }
}

impl PaymentBatch {
    /// What is in it.
    pub fn run(&self) -> Option<&Run> {
        match self {
            Self::NotOpened => None,
            Self::Open(run) | Self::Locked(run, _) | Self::Exported { run, .. } => Some(run),
        }
    }

    /// The run, once its file went to the bank.
    fn exported(&self) -> Result<&Run, Refusal> {
        match self {
            Self::NotOpened => Err(Refusal::NotOpened),
            Self::Open(_) | Self::Locked(..) => Err(Refusal::NotExported),
            Self::Exported { run, .. } => Ok(run),
        }
    }

    fn change(&mut self, change: impl FnOnce(&mut Run)) {
        match self {
            Self::NotOpened => {}
            Self::Open(run) | Self::Locked(run, _) | Self::Exported { run, .. } => change(run),
        }
    }
}

#[cfg(test)]
mod stories {
    use std::collections::BTreeMap;

    use contracts::Money;
    use eventstore::{KeyChange, Room};

    use super::samples::*;
    use super::*;
    use crate::payment::{Kind, PaymentFailure};
    use crate::story::{Seeded, after};

    const PARTS: [PartOf; 3] = [EXPENSES, FEE, ANOTHER_FEE];

    fn something(chance: &mut Seeded, state: &PaymentBatch) -> Command {
        let of = chance.one_of(&PARTS);
        let place = PARTS.iter().position(|it| *it == of).unwrap();
        match chance.below(7) {
            0 => Command::Open(Open { run_on: RUN_ON }),
            1 | 2 => Command::Add(Add {
                of,
                person: PERSON,
                kind: [Kind::Expenses, Kind::InvolvementPayment, Kind::InvolvementPayment][place],
                amount: Money::sterling([370, 7_500, 2_500][place]),
                agreed_to_share: chance.below(2) == 0,
            }),
            3 => Command::Lock(Lock {}),
            4 => Command::Export(Export {
                file_name: file_name(BATCH, RUN_ON),
                file_hash: FILE_HASH.to_owned(),
                counted: state.run().and_then(Run::control).unwrap_or(control()),
            }),
            5 => Command::MarkPaid(MarkPaid {
                parts: (chance.below(2) == 0).then(|| [of].into()),
                paid_on: RUN_ON,
            }),
            _ => Command::MarkFailed(MarkFailed {
                claim: of.claim,
                part: of.part,
                reason: chance.one_of(&[PaymentFailure::SentBack, PaymentFailure::Stopped]),
            }),
        }
    }

    /// Two runs side by side, with the keys that the store would keep.
    #[test]
    fn whatever_happens_nothing_is_paid_by_two_runs_and_the_sums_agree() {
        let mut n_paid = 0;
        for seed in 0..300 {
            let mut chance = Seeded(seed);
            let mut histories = [Vec::new(), Vec::new()];
            let mut holders = BTreeMap::new();
            for _ in 0..60 {
                let which = usize::from(chance.below(2) == 0);
                let state = after::<PaymentBatch>(histories[which].clone());
                let command = something(&mut chance, &state);
                let asked =
                    given(histories[which].clone()).when(before_or_afterwards(&command), command);
                let Ok(events) = asked.result() else { continue };
                let mut held = holders.clone();
                let keys = events.iter().flat_map(PaymentBatch::unique_keys);
                let free = keys.into_iter().all(|change| match change {
                    KeyChange::Claim(key) => *held.entry(key).or_insert(which) == which,
                    KeyChange::Release(key) => {
                        if held.get(&key) == Some(&which) {
                            held.remove(&key);
                        }
                        true
                    }
                });
                if free {
                    holders = held;
                    histories[which].extend(events);
                }
            }
            let runs = histories.map(after::<PaymentBatch>);
            for of in PARTS {
                let paying = runs.iter().filter_map(PaymentBatch::run).filter(|run| {
                    run.entry(of).is_some_and(|it| match it.standing {
                        EntryStanding::Pending | EntryStanding::Paid { .. } => true,
                        EntryStanding::Failed { .. } => false,
                    })
                });
                let n_paying = paying.count();
                assert!(n_paying <= 1, "seed {seed}: {n_paying} runs pay {of:?}");
                n_paid += n_paying;
            }
            for run in &runs {
                let (PaymentBatch::Locked(run, control)
                | PaymentBatch::Exported { run, control, .. }) = run
                else {
                    continue;
                };
                assert_eq!(run.control(), Some(*control), "seed {seed}");
                let total: i64 = run.entries.iter().map(|it| it.amount.pence).sum();
                assert_eq!(control.total, Money::sterling(total), "seed {seed}");
            }
        }
        assert!(n_paid > 300, "{n_paid} payments tell nothing");
    }

    /// Runs are planned beforehand; what the bank says is noted afterwards.
    fn before_or_afterwards(command: &Command) -> eventstore::Occasion {
        match command {
            Command::Open(_) | Command::Add(_) | Command::Lock(_) | Command::Export(_) => {
                by_finance()
            }
            Command::MarkPaid(_) | Command::MarkFailed(_) => afterwards(),
        }
    }

    #[test]
    fn a_run_is_lived_through_from_its_day_to_what_the_bank_says() {
        let history = [until_exported(), vec![paid(EXPENSES), failed(FEE)]].concat();
        let PaymentBatch::Exported { run, control: held, .. } = after::<PaymentBatch>(history)
        else {
            panic!("it was exported")
        };
        assert_eq!(held, control());
        let standings: Vec<_> = run.entries.iter().map(|it| it.standing).collect();
        let reason = PaymentFailure::AccountClosed;
        assert_eq!(
            standings,
            [EntryStanding::Paid { on: RUN_ON }, EntryStanding::Failed { reason }]
        );
    }
}
