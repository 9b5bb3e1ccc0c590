//! Whenever a message is requested, released or to be sent again, then it is sent. That it may leave
//! is written down before it does; an attempt found without an outcome is never repeated.

use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use contracts::MessageId;
use cqrs_es::Aggregate as _;
use eventstore::envelope::StoredEvent;
use eventstore::{Executor, Policy, PolicyError, Progress, Receipt, policy};
use uuid::Uuid;

use super::caught_up;
use crate::figures::Figures;
use crate::message::{
    Attempt, Command, Errand, Event, HoldReason, Message, Reach, RecordFailed, RecordSent,
    RecordUnknown, Release, Stage, Way,
};
use crate::transport::{Outcome, Parcel, Transport};
use crate::views::recipient::{self, Recipient};

const NAME: &str = "send_a_message_when_it_is_requested";

/// The policy.
pub struct SendAMessage {
    transport: Arc<Transport>,
    progress: Progress,
    figures: Figures,
    /// An outcome that is known and could not be recorded yet. Kept so that a database that is away
    /// for a moment turns nothing into an unknown.
    unrecorded: Mutex<Option<(MessageId, u16, Outcome)>>,
}

/// The event that is answered.
struct Cause<'a> {
    message: MessageId,
    event_id: Uuid,
    correlation_id: Uuid,
    executor: &'a Executor,
}

impl SendAMessage {
    /// Sends by these means.
    pub fn new(transport: Arc<Transport>, progress: Progress, figures: Figures) -> Self {
        Self { transport, progress, figures, unrecorded: Mutex::default() }
    }
}

#[async_trait]
impl Policy for SendAMessage {
    fn name(&self) -> &'static str {
        NAME
    }

    async fn answer(&self, event: &StoredEvent, executor: &Executor) -> Result<(), PolicyError> {
        if event.stream.kind != Message::TYPE || !asks_for_sending(&event.decode()?) {
            return Ok(());
        }
        let cause = Cause {
            message: event.id(),
            event_id: event.event_id,
            correlation_id: event.metadata()?.correlation_id,
            executor,
        };
        let Some(errand) = cause.errand().await? else { return Ok(()) };
        match errand.stage {
            Stage::Planned => self.begin(&cause, &errand).await,
            Stage::Attempted { by } => self.find_out(&cause, &errand, by).await,
            Stage::Sent
            | Stage::Failed { .. }
            | Stage::Unknown
            | Stage::Held { .. }
            | Stage::LetterReady
            | Stage::Told
            | Stage::SetAside => Ok(()),
        }
    }
}

fn asks_for_sending(event: &Event) -> bool {
    match event {
        Event::Requested { .. } | Event::Released {} | Event::ToBeSentAgain {} => true,
        Event::Attempted { .. }
        | Event::Sent { .. }
        | Event::LetterPrepared { .. }
        | Event::Failed { .. }
        | Event::BecameUnknown { .. }
        | Event::Held { .. }
        | Event::CallRecorded { .. }
        | Event::GivenByHand { .. }
        | Event::SetAside { .. }
        | Event::FileExpired { .. } => false,
    }
}

impl SendAMessage {
    async fn begin(&self, cause: &Cause<'_>, errand: &Errand) -> Result<(), PolicyError> {
        // By when the fact was published, its publisher had said how the person is reached.
        if errand.because.publisher == recipient::SOURCE {
            caught_up(&self.progress, recipient::SOURCE, errand.because.position).await?;
        }
        let recipient = recipient::one(cause.executor.pool(), errand.to).await?;
        let reach = recipient.as_ref().map(reach_of);
        let attempt = Attempt { reach, mail_leaves: self.transport.mail_leaves() };
        let receipt = cause.give("attempt", Command::Attempt(attempt)).await?;
        let Some(errand) = cause.errand().await? else { return Ok(()) };
        match (&errand.stage, recipient) {
            (Stage::Attempted { by }, Some(recipient)) if !receipt.repeated => {
                let parcel = parcel(cause, &errand, *by);
                let outcome = self.transport.send(parcel, &recipient).await;
                self.record(cause, (errand.attempts, *by), outcome).await
            }
            (Stage::Attempted { by }, _) => self.find_out(cause, &errand, *by).await,
            (Stage::Held { reason: HoldReason::RecipientUnknown, .. }, _) => {
                release_if_known_since(cause, &errand).await
            }
            (
                Stage::Planned
                | Stage::Held { .. }
                | Stage::Sent
                | Stage::Failed { .. }
                | Stage::Unknown
                | Stage::LetterReady
                | Stage::Told
                | Stage::SetAside,
                _,
            ) => Ok(()),
        }
    }

    /// An attempt without an outcome: remembered, or to be seen in the folder, or unknown.
    async fn find_out(
        &self,
        cause: &Cause<'_>,
        errand: &Errand,
        by: Way,
    ) -> Result<(), PolicyError> {
        let remembered = self.remembering(|it| it.clone()).filter(|(message, attempt, _)| {
            (*message, *attempt) == (cause.message, errand.attempts)
        });
        let outcome = match remembered {
            Some((_, _, outcome)) => outcome,
            None => self.transport.look_for(parcel(cause, errand, by)).await,
        };
        self.record(cause, (errand.attempts, by), outcome).await
    }

    async fn record(
        &self,
        cause: &Cause<'_>,
        (attempt, by): (u16, Way),
        outcome: Outcome,
    ) -> Result<(), PolicyError> {
        self.remembering(|it| *it = Some((cause.message, attempt, outcome.clone())));
        let (what, command) = match outcome {
            Outcome::Left(left) => ("sent", Command::RecordSent(RecordSent { attempt, left })),
            Outcome::Failed(reason) => {
                ("failed", Command::RecordFailed(RecordFailed { attempt, reason }))
            }
            Outcome::Unknown => ("unknown", Command::RecordUnknown(RecordUnknown { attempt })),
        };
        cause.give(&format!("{what}/{attempt}"), command).await?;
        self.figures.attempted(by, what);
        self.remembering(|it| *it = None);
        tracing::info!(message.id = %cause.message, attempt, what, "a message was seen to");
        Ok(())
    }

    fn remembering<T>(&self, with: impl FnOnce(&mut Option<(MessageId, u16, Outcome)>) -> T) -> T {
        with(&mut self.unrecorded.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Cause<'_> {
    async fn errand(&self) -> Result<Option<Errand>, PolicyError> {
        let loaded = self.executor.load::<Message>(self.message.uuid()).await?;
        Ok(match loaded.room {
            Message::NotRequested => None,
            Message::Requested(errand) => Some(*errand),
        })
    }

    async fn give(&self, target: &str, command: Command) -> Result<Receipt, PolicyError> {
        let clock = self.executor.clock();
        let order = policy::order(NAME, target, self.event_id, self.correlation_id, clock);
        Ok(self.executor.execute::<Message>(self.message.uuid(), command, order).await?)
    }
}

fn reach_of(recipient: &Recipient) -> Reach {
    Reach { channel: recipient.channel(), formats: recipient.formats.clone() }
}

fn parcel<'a>(cause: &Cause<'_>, errand: &'a Errand, by: Way) -> Parcel<'a> {
    Parcel {
        message: cause.message,
        attempt: errand.attempts,
        by,
        content: &errand.content,
        now: cause.executor.clock().now(),
    }
}

/// Word of the person may have come while their message was being held, and then nobody would look
/// at it again.
async fn release_if_known_since(cause: &Cause<'_>, errand: &Errand) -> Result<(), PolicyError> {
    if recipient::one(cause.executor.pool(), errand.to).await?.is_some() {
        cause.give("release", Command::Release(Release {})).await?;
    }
    Ok(())
}
