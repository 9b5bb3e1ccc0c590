//! What the store keeps beside a message's events: the timers that try again and that let files go.
//! A message's id derives from its cause, so nothing else has to be unique. Decides nothing.

use eventstore::{KeyChange, Room, TimerChange, UniqueKey};

use super::{Command, Event, ExpireFile, KeptFile, Left, Message, Refusal, SendAgain};

const TRY_AGAIN: &str = "try_again";
/// Followed by the number of the attempt that made the file.
const EXPIRE_FILE: &str = "expire_file.";

impl Room for Message {
    type Ask = Command;

    fn timers(event: &Event) -> Vec<TimerChange> {
        match event {
            Event::Failed { try_again_at: Some(due_at), .. } => {
                vec![TimerChange::Arm { name: TRY_AGAIN.to_owned(), due_at: *due_at }]
            }
            Event::Sent { attempt, left: Left::MailFile { file }, .. }
            | Event::Sent { attempt, left: Left::LetterFile { file }, .. }
            | Event::LetterPrepared { attempt, file, .. } => vec![expire(*attempt, file)],
            // Whoever does it by hand does it instead.
            Event::ToBeSentAgain {}
            | Event::CallRecorded { .. }
            | Event::GivenByHand { .. }
            | Event::SetAside { .. } => vec![TimerChange::Cancel { name: TRY_AGAIN.to_owned() }],
            Event::Failed { try_again_at: None, .. }
            | Event::Sent { left: Left::Smtp { .. }, .. }
            | Event::Requested { .. }
            | Event::Attempted { .. }
            | Event::BecameUnknown { .. }
            | Event::Held { .. }
            | Event::Released {}
            | Event::FileExpired { .. } => Vec::new(),
        }
    }

    fn unique_keys(_: &Event) -> Vec<KeyChange> {
        Vec::new()
    }

    fn taken(_: &UniqueKey) -> Refusal {
        Refusal::AlreadyRequested
    }

    fn due(timer: &str) -> Option<Command> {
        if timer == TRY_AGAIN {
            return Some(Command::SendAgain(SendAgain {}));
        }
        let attempt = timer.strip_prefix(EXPIRE_FILE)?.parse().ok()?;
        Some(Command::ExpireFile(ExpireFile { attempt }))
    }
}

fn expire(attempt: u16, file: &KeptFile) -> TimerChange {
    TimerChange::Arm { name: format!("{EXPIRE_FILE}{attempt}"), due_at: file.keep_until }
}

#[cfg(test)]
mod stories {
    use super::super::samples::*;
    use super::*;
    use crate::message::{CallOutcome, HoldReason, Way};

    #[test]
    fn a_failure_that_may_pass_is_tried_again_unless_a_human_is_first() {
        let due_at = at("2026-12-01T09:05:00Z");
        let arm = TimerChange::Arm { name: "try_again".to_owned(), due_at };
        assert_eq!(Message::timers(&server_unavailable(1)), [arm]);
        assert!(matches!(Message::due("try_again"), Some(Command::SendAgain(SendAgain {}))));
        let cancel = [TimerChange::Cancel { name: "try_again".to_owned() }];
        assert_eq!(Message::timers(&Event::ToBeSentAgain {}), cancel);
        assert_eq!(Message::timers(&called(CallOutcome::Reached)), cancel);
        assert_eq!(Message::timers(&set_aside()), cancel);
        assert_eq!(Message::timers(&refused_for_good(1)), []);
    }

    #[test]
    fn every_file_has_its_time() {
        let due_at = at("2026-12-15T09:00:00Z");
        let arm = TimerChange::Arm { name: "expire_file.2".to_owned(), due_at };
        assert_eq!(Message::timers(&letter_prepared(2)), [arm]);
        let Some(Command::ExpireFile(it)) = Message::due("expire_file.2") else { panic!() };
        assert_eq!(it.attempt, 2);
        assert!(Message::due("expire_file.x").is_none());
        assert!(Message::due("forget").is_none());
    }

    #[test]
    fn nothing_held_or_unknown_moves_by_itself() {
        for event in [held(HoldReason::ToBeRung), Event::BecameUnknown { attempt: 1 }, sent(1)] {
            assert_eq!(Message::timers(&event), []);
        }
        assert_eq!(Message::timers(&attempted(1, Way::Smtp)), []);
    }
}
