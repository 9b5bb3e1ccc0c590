//! What this service does whenever something happens here: each file is one sentence. No rule lives
//! here; the room that is asked decides.

pub mod take_a_part_into_the_open_run_when_it_is_authorised;
pub mod take_what_waits_into_a_run_when_it_is_opened;
pub mod take_what_waited_for_an_account_into_the_open_run_when_one_is_given;
pub mod tell_the_claim_when_something_happens_to_its_part_in_a_run;
pub mod remove_files_for_the_bank_when_their_days_are_over;
