//! The read models, one screen or question a file.

pub mod opportunity;
pub mod account_link;
pub mod known_group;

use std::sync::Arc;

use eventstore::View;

/// Those made from this service's own log.
pub fn all() -> Vec<Arc<dyn View>> {
    vec![Arc::new(opportunity::Opportunities)]
}
