//! Whenever something happens here and a file for the bank has been kept for its days, the file is
//! removed: it holds accounts in clear. Looks once in an hour at most.

use std::sync::Mutex;
use std::sync::PoisonError;

use async_trait::async_trait;
use eventstore::envelope::StoredEvent;
use eventstore::{Executor, Policy, PolicyError};
use jiff::{SignedDuration, Timestamp};

use crate::exports::ExportsFolder;

const LOOKS_EVERY: SignedDuration = SignedDuration::from_hours(1);

/// The policy.
#[derive(Debug)]
pub struct RemoveFiles {
    exports: ExportsFolder,
    looked_at: Mutex<Option<Timestamp>>,
}

impl RemoveFiles {
    /// For the files of this folder.
    pub fn of(exports: ExportsFolder) -> Self {
        Self { exports, looked_at: Mutex::default() }
    }

    fn is_time(&self, now: Timestamp) -> bool {
        let mut looked_at = self.looked_at.lock().unwrap_or_else(PoisonError::into_inner);
        let is_time = looked_at.is_none_or(|before| now.duration_since(before) >= LOOKS_EVERY);
        if is_time {
            *looked_at = Some(now);
        }
        is_time
    }
}

#[async_trait]
impl Policy for RemoveFiles {
    fn name(&self) -> &'static str {
        "remove_files_for_the_bank_when_their_days_are_over"
    }

    async fn answer(&self, _: &StoredEvent, executor: &Executor) -> Result<(), PolicyError> {
        let now = executor.clock().now();
        if self.is_time(now) {
            self.exports.remove_what_is_over(executor.pool(), now).await?;
        }
        Ok(())
    }
}
