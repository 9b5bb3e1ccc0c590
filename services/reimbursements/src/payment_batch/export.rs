//! Export: finance has the file written that goes to the bank, and it is noted which file that was
//! and what it adds up to. Where the sums differ, nothing was exported.

use contracts::PaymentBatchId;
use eventstore::Occasion;
use jiff::civil::Date;

use super::{Control, Event, PaymentBatch, Refusal};

/// Asked by finance. All of it is filled in at the edge, from the file as written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Export {
    /// See [`file_name`].
    pub file_name: String,
    /// Its keyed hash.
    pub file_hash: String,
    /// What the file adds up to, counted in the file itself.
    pub counted: Control,
}

/// A name that tells nothing to whoever sees it in a folder, and the same each time.
pub fn file_name(batch: PaymentBatchId, run_on: Date) -> String {
    let end: String = batch.uuid().simple().to_string().chars().skip(24).collect();
    format!("payments-{run_on}-{end}.csv")
}

impl Export {
    /// Once it is locked.
    pub fn decide(self, state: &PaymentBatch, _: &Occasion) -> Result<Vec<Event>, Refusal> {
        match state {
            PaymentBatch::NotOpened => Err(Refusal::NotOpened),
            PaymentBatch::Open(_) => Err(Refusal::NotLocked),
            PaymentBatch::Locked(_, control) if *control != self.counted => {
                Err(Refusal::FileDoesNotAgree)
            }
            PaymentBatch::Locked(_, control) => Ok(vec![Event::Exported {
                file_name: self.file_name,
                file_hash: self.file_hash,
                control: *control,
            }]),
            PaymentBatch::Exported { file_hash, .. } if *file_hash == self.file_hash => {
                Ok(Vec::new())
            }
            PaymentBatch::Exported { .. } => Err(Refusal::AlreadyExported),
        }
    }
}

#[cfg(test)]
mod stories {
    use contracts::Money;
    use uuid::Uuid;

    use super::super::Command;
    use super::super::samples::*;
    use super::*;

    fn export(file_hash: &str, counted: Control) -> Command {
        let file_name = file_name(BATCH, RUN_ON);
        Command::Export(Export { file_name, file_hash: file_hash.to_owned(), counted })
    }

    #[test]
    fn a_file_that_adds_up_is_exported() {
        given(until_locked()).when(by_finance(), export(FILE_HASH, control())).then(exported());
    }

    #[test]
    fn a_file_that_does_not_add_up_is_not() {
        let sterling = Money::sterling;
        let (one_more, moved) = (sterling(371), sterling(7_499));
        for counted in [
            Control { count: 3, ..control() },
            Control { expenses: one_more, ..control() },
            Control { total: sterling(7_871), ..control() },
            // The same total, but a penny of it on the other side.
            Control { expenses: one_more, payments: moved, ..control() },
        ] {
            given(until_locked())
                .when(by_finance(), export(FILE_HASH, counted))
                .then_refused(Refusal::FileDoesNotAgree);
        }
    }

    #[test]
    fn told_twice_it_is_exported_once_and_as_one_file() {
        given(until_exported()).when(by_finance(), export(FILE_HASH, control())).then_nothing();
        given(until_exported())
            .when(by_finance(), export("another", control()))
            .then_refused(Refusal::AlreadyExported);
    }

    #[test]
    fn only_what_is_locked_is_exported() {
        let refusals = [
            (vec![], Refusal::NotOpened),
            (vec![opened(), expenses_added(), fee_added()], Refusal::NotLocked),
        ];
        for (history, refusal) in refusals {
            given(history).when(by_finance(), export(FILE_HASH, control())).then_refused(refusal);
        }
    }

    #[test]
    fn a_file_s_name_tells_nothing() {
        let batch = PaymentBatchId::new(Uuid::from_u128(0x22c4_1b07));
        assert_eq!(file_name(batch, RUN_ON), "payments-2027-05-20-22c41b07.csv");
    }
}
