//! The rules of the house, as tests over its files and manifests: one file per rule. Nothing here
//! runs our code or looks inside a database; a broken rule says what to do about it.

mod house;
mod packages;
mod rust_text;
mod sealed;

mod services_meet_only_in_contracts;
mod testkit_stays_in_tests;
mod every_dependency_once;
mod ring_and_openssl_stay_out;
mod rooms_do_no_io;
mod every_refusal_has_a_story;
mod events_are_matched_totally;
mod every_stored_event_has_a_sample;
mod no_sample_ever_changes;
mod migrations_are_append_only;
mod every_policy_is_listed;
mod views_know_their_rooms;
mod every_alarm_has_a_runbook;
mod no_forgotten_file;
mod nothing_sleeps_in_tests;
mod no_banned_names;
mod no_file_over_400_lines;
mod every_file_opens_with_its_purpose;
mod links_in_markdown_resolve;
mod the_root_holds_only_its_names;
mod the_project_speaks_of_itself_alone;
