//! The read models, one question a file: what happened, what it is about, whether it follows, what
//! people are called, and which account is whose.

pub mod record;
pub mod about;
pub mod standing;
pub mod name;
pub mod account_link;
