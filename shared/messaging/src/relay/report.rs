//! Where a lane tells how far it has come: to those who watch the relay, and to those who wait for facts.

use std::sync::Arc;

use tokio::sync::watch;

use super::RelayStatus;
use crate::layout::Channel;
use crate::reached::Reached;

/// Who is told.
#[derive(Debug)]
pub(super) struct Report {
    pub(super) status: Arc<watch::Sender<RelayStatus>>,
    pub(super) reached: Arc<watch::Sender<Option<Reached>>>,
}

impl Report {
    pub(super) fn tell(&self, channel: Channel, sequence: u64, reached: Reached) {
        let position = reached.position;
        match channel {
            Channel::Log => {
                self.status.send_modify(|status| status.log.comes_to(position, sequence));
            }
            Channel::Facts => {
                self.status.send_modify(|status| status.facts.comes_to(position, sequence));
                self.reached.send_replace(Some(reached));
            }
        }
    }
}
