//! Expire a file: what lies in the exports folder holds names and addresses in clear, so its time
//! there is short. A letter nobody has posted stays a task; it can be made again.

use eventstore::Occasion;

use super::{Event, Message, Refusal};

/// Asked by the timer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExpireFile {
    /// The attempt that made it.
    pub attempt: u16,
}

impl ExpireFile {
    /// At its time, never before.
    pub fn decide(self, state: &Message, occasion: &Occasion) -> Result<Vec<Event>, Refusal> {
        match state.errand()?.files.get(&self.attempt) {
            None => Ok(Vec::new()),
            Some(file) if occasion.taken_at < file.keep_until => {
                Err(Refusal::NotYetTime { due_at: file.keep_until })
            }
            Some(file) => {
                Ok(vec![Event::FileExpired { attempt: self.attempt, file: file.name.clone() }])
            }
        }
    }
}

#[cfg(test)]
mod stories {
    use super::super::samples::*;
    use super::*;
    use crate::message::Command;

    fn expire() -> Command {
        Command::ExpireFile(ExpireFile { attempt: 1 })
    }

    #[test]
    fn a_file_goes_at_its_time_and_not_before() {
        let due_at = at("2026-12-15T09:00:00Z");
        after(until_letter_ready())
            .when(TIMER, at("2026-12-15T08:59:59Z"), expire())
            .then_refused(Refusal::NotYetTime { due_at });
        after(until_letter_ready()).when(TIMER, due_at, expire()).then(file_expired(1));
        let posted = [until_letter_ready(), vec![given(contracts::notifications::Channel::Letter)]];
        after(posted.concat()).when(TIMER, due_at, expire()).then(file_expired(1));
    }

    #[test]
    fn what_is_not_there_need_not_go() {
        after([until_letter_ready(), vec![file_expired(1)]].concat())
            .when(TIMER, at("2026-12-15T09:00:00Z"), expire())
            .then_nothing();
        after(until_sent()).when(TIMER, at("2026-12-15T09:00:00Z"), expire()).then_nothing();
        after(vec![]).when(TIMER, now(), expire()).then_refused(Refusal::NotRequested);
    }
}
