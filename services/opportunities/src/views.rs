//! The read models, one screen or question a file.

pub mod opportunity;
pub mod account_link;
pub mod known_group;
