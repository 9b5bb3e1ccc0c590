//! What the launcher and the test kit rely on, tried with real servers by whoever runs the tests, root
//! or not. Shares only the machine's cache with anything else.

mod world;

mod programs_are_obtained;
mod postgres_keeps_its_data;
mod nats_keeps_its_streams;
mod nothing_is_left_behind;
mod databases_have_two_roles;
mod outside_servers_are_judged;
mod the_doctor_looks_first;
