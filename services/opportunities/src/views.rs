//! The read models, one screen or question a file.

pub mod opportunity;
