//! The read models, one screen or question a file.

pub mod involvee;
pub mod account_link;
pub mod known_opportunity;
pub mod application;
pub mod group;
pub mod setting;
pub mod group_label;
pub mod appointment;
pub mod session;
pub mod work;
pub mod selection_board;
pub mod look;
pub mod staff;

use std::sync::Arc;

use eventstore::View;

/// Every view of the service's own log.
pub fn all() -> Vec<Arc<dyn View>> {
    vec![
        Arc::new(involvee::Involvees),
        Arc::new(account_link::AccountLinks),
        Arc::new(application::Applications),
        Arc::new(group::Groups),
        Arc::new(setting::Settings),
        Arc::new(group_label::GroupLabels),
        Arc::new(appointment::Appointments),
        Arc::new(session::Sessions),
        Arc::new(work::PiecesOfWork),
        Arc::new(selection_board::SelectionBoards),
        Arc::new(look::Looks),
        Arc::new(staff::Staff),
    ]
}
