//! Whenever a file's time in the exports folder is over, then it is removed: it holds a name and an
//! address in clear.

use std::sync::Arc;

use async_trait::async_trait;
use cqrs_es::Aggregate as _;
use eventstore::envelope::StoredEvent;
use eventstore::{Executor, Failure, Policy, PolicyError};

use crate::message::{Event, Message};
use crate::transport::Transport;

/// The policy.
pub struct RemoveAFile {
    transport: Arc<Transport>,
}

impl RemoveAFile {
    /// From the folder of this transport.
    pub fn new(transport: Arc<Transport>) -> Self {
        Self { transport }
    }
}

#[async_trait]
impl Policy for RemoveAFile {
    fn name(&self) -> &'static str {
        "remove_a_file_when_its_time_is_over"
    }

    async fn answer(&self, event: &StoredEvent, _: &Executor) -> Result<(), PolicyError> {
        if event.stream.kind != Message::TYPE {
            return Ok(());
        }
        match event.decode::<Event>()? {
            // A file that cannot be removed is tried again, and readiness shows it.
            Event::FileExpired { attempt: _, file } => self
                .transport
                .exports()
                .remove(&file)
                .await
                .map_err(|error| PolicyError::Failed(Failure::Unreadable(Box::new(error)))),
            Event::Requested { .. }
            | Event::Attempted { .. }
            | Event::Sent { .. }
            | Event::LetterPrepared { .. }
            | Event::Failed { .. }
            | Event::BecameUnknown { .. }
            | Event::Held { .. }
            | Event::Released {}
            | Event::ToBeSentAgain {}
            | Event::CallRecorded { .. }
            | Event::GivenByHand { .. }
            | Event::SetAside { .. } => Ok(()),
        }
    }
}
