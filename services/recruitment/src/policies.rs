//! What this service does whenever something happens elsewhere: each file is one sentence. No rule
//! lives here; the room that is asked decides.

pub mod tell_people_whose_interests_match_when_an_opportunity_opens;
pub mod let_the_selection_follow_its_opportunity;
pub mod tell_the_applicants_when_their_opportunity_is_withdrawn;
pub mod take_an_application_in_when_it_is_submitted;
pub mod withdraw_the_applicant_when_an_application_is_withdrawn;
pub mod let_the_applicant_know_when_an_outcome_is_released;
pub mod let_the_application_follow_its_appointment;
pub mod let_the_seat_follow_its_appointment;
pub mod let_the_seats_follow_their_opportunity;

use std::sync::Arc;

use eventstore::Policy;

/// Every policy that answers the service's own log.
pub fn all() -> Vec<Arc<dyn Policy>> {
    vec![
        Arc::new(take_an_application_in_when_it_is_submitted::TakeAnApplicationIn),
        Arc::new(withdraw_the_applicant_when_an_application_is_withdrawn::WithdrawTheApplicant),
        Arc::new(let_the_applicant_know_when_an_outcome_is_released::LetTheApplicantKnow),
        Arc::new(let_the_application_follow_its_appointment::LetTheApplicationFollow),
        Arc::new(let_the_seat_follow_its_appointment::LetTheSeatFollow),
    ]
}
