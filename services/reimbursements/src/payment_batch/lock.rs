//! Lock: nothing more is added, and what the run adds up to is fixed.

use eventstore::Occasion;

use super::{Event, PaymentBatch, Refusal};

/// Asked by finance, with nothing to say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lock {}

impl Lock {
    /// Once there is something in it.
    pub fn decide(self, state: &PaymentBatch, _: &Occasion) -> Result<Vec<Event>, Refusal> {
        match state {
            PaymentBatch::NotOpened => Err(Refusal::NotOpened),
            PaymentBatch::Open(run) => {
                let control = run.control().ok_or(Refusal::Empty)?;
                Ok(vec![Event::Locked { control }])
            }
            PaymentBatch::Locked(..) | PaymentBatch::Exported { .. } => Ok(Vec::new()),
        }
    }
}

#[cfg(test)]
mod stories {
    use super::super::Command;
    use super::super::samples::*;
    use super::*;

    fn lock() -> Command {
        Command::Lock(Lock {})
    }

    #[test]
    fn what_it_adds_up_to_is_fixed_kind_by_kind() {
        given(vec![opened(), expenses_added(), fee_added()])
            .when(by_finance(), lock())
            .then(locked());
    }

    #[test]
    fn told_twice_it_is_locked_once() {
        for history in [until_locked(), until_exported()] {
            given(history).when(by_finance(), lock()).then_nothing();
        }
    }

    #[test]
    fn an_empty_run_is_not_locked() {
        given(vec![opened()]).when(by_finance(), lock()).then_refused(Refusal::Empty);
        given(vec![]).when(by_finance(), lock()).then_refused(Refusal::NotOpened);
    }
}
