//! What the house withstands: servers and services that end or stand still while people go on working.
//! Every fault is done to real processes from outside, as a machine would do it.

mod house;
mod servers_that_end;
