//! "Whenever … then …", one sentence a file. Policies hold no rule: who is told what is decided by the
//! fact's publisher, and how by the room.

pub mod tell_a_person_of_an_opportunity_that_suits_them;
pub mod confirm_an_application_when_it_is_submitted;
pub mod confirm_a_withdrawal_when_an_application_is_withdrawn;
pub mod ask_a_person_what_they_would_like_when_their_term_comes_to_its_end;
pub mod tell_a_person_of_a_place_when_it_is_offered_to_them;
pub mod tell_a_person_what_came_of_their_application_when_they_may_know_it;
pub mod tell_a_person_when_what_they_applied_for_is_withdrawn;
pub mod confirm_a_claim_when_it_is_received;
pub mod ask_a_person_when_something_is_asked_about_their_claim;
pub mod tell_a_person_what_is_paid_when_their_claim_is_decided;
pub mod tell_a_person_of_a_payment_when_it_is_made;
pub mod welcome_a_person_when_they_are_registered;
pub mod look_again_at_what_is_held_when_a_person_can_be_reached_otherwise;
pub mod send_a_message_when_it_is_requested;
pub mod remove_a_file_when_its_time_is_over;

use std::time::Duration;

use contracts::{MessageId, PersonId};
use eventstore::{Executor, Failure, PolicyError, Progress};
use messaging::Fact;
use uuid::Uuid;

use crate::kinds::Content;
use crate::message::{Cause, Command, Message, Request};

pub use ask_a_person_what_they_would_like_when_their_term_comes_to_its_end::AskAboutTheEnd;
pub use ask_a_person_when_something_is_asked_about_their_claim::AskAboutAClaim;
pub use confirm_a_claim_when_it_is_received::ConfirmAClaim;
pub use confirm_a_withdrawal_when_an_application_is_withdrawn::ConfirmAWithdrawal;
pub use confirm_an_application_when_it_is_submitted::ConfirmAnApplication;
pub use look_again_at_what_is_held_when_a_person_can_be_reached_otherwise::LookAgainAtWhatIsHeld;
pub use remove_a_file_when_its_time_is_over::RemoveAFile;
pub use send_a_message_when_it_is_requested::SendAMessage;
pub use tell_a_person_of_a_payment_when_it_is_made::TellOfAPayment;
pub use tell_a_person_of_a_place_when_it_is_offered_to_them::TellOfAPlace;
pub use tell_a_person_of_an_opportunity_that_suits_them::TellOfAnOpportunity;
pub use tell_a_person_what_came_of_their_application_when_they_may_know_it::TellOfAnOutcome;
pub use tell_a_person_what_is_paid_when_their_claim_is_decided::TellOfADecision;
pub use tell_a_person_when_what_they_applied_for_is_withdrawn::TellOfAWithdrawal;
pub use welcome_a_person_when_they_are_registered::Welcome;

/// The message one fact asks for: the same however often the fact is heard.
pub fn message_id(event_id: Uuid, kind: &str, to: PersonId) -> MessageId {
    MessageId::new(Uuid::new_v5(&event_id, format!("message/{kind}/{to}").as_bytes()))
}

/// Asks for the message that a fact calls for.
async fn ask_for(
    fact: &Fact,
    executor: &Executor,
    policy: &str,
    to: PersonId,
    content: Content,
) -> Result<(), PolicyError> {
    let message = message_id(fact.event_id, content.kind(), to);
    let request = Command::Request(Request { to, content, because: cause(fact) });
    fact.answer_with::<Message>(executor, policy, message.uuid(), request).await?;
    Ok(())
}

/// The fact, as a message remembers it.
fn cause(fact: &Fact) -> Cause {
    Cause { publisher: fact.service.clone(), fact: fact.id, position: fact.mark.position }
}

/// How long a policy waits for rows before it says that it waits.
const WAIT_MAX: Duration = Duration::from_secs(2);

/// What a policy needs to look up is not there yet; it is asked again.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("the rows do not show yet what has been heard")]
struct NotCaughtUp;

/// Waits until the rows made from a service's events or facts show what it said by `position`.
async fn caught_up(progress: &Progress, source: &str, position: i64) -> Result<(), PolicyError> {
    if progress.wait_for(source, position, WAIT_MAX).await {
        Ok(())
    } else {
        Err(PolicyError::Failed(Failure::Unreadable(Box::new(NotCaughtUp))))
    }
}

#[cfg(test)]
mod stories {
    use super::*;

    #[test]
    fn one_fact_asks_each_person_for_one_message_of_a_kind() {
        let [fact, other] = [Uuid::from_u128(1), Uuid::from_u128(2)];
        let [ana, ben] = [3, 4].map(|it| PersonId::new(Uuid::from_u128(it)));
        let id = message_id(fact, "registered", ana);
        assert_eq!(id.to_string(), "14ab830a-7470-5206-b958-29380fb42bdb");
        assert_eq!(id, message_id(fact, "registered", ana));
        for another in [
            message_id(other, "registered", ana),
            message_id(fact, "opportunity_opened", ana),
            message_id(fact, "registered", ben),
        ] {
            assert_ne!(id, another);
        }
    }
}
