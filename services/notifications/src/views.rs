//! The read models, one screen or question a file.

pub mod recipient;
pub mod locality;
pub mod account_link;
pub mod opportunity_title;
pub mod message;
pub mod export;

use std::sync::Arc;

use eventstore::View;

/// Those made from this service's own log.
pub fn all() -> Vec<Arc<dyn View>> {
    vec![Arc::new(message::Messages), Arc::new(export::ExportedFiles)]
}
