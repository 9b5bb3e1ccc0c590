//! The read models, one screen or question a file.

pub mod recipient;
pub mod locality;
pub mod account_link;
pub mod opportunity_title;
pub mod message;
pub mod export;
