//! What is true of the streams for whoever runs this: they may go at any time, and what is remembered
//! may be older than they are. Real processes, real servers; each page of the runbooks is followed
//! to the letter.

mod wiped;
mod clients;
mod under_load;
mod restored;
mod views;
