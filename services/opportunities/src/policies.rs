//! What this service does whenever something happens elsewhere: each file is one sentence. No rule
//! lives here; the room that is asked decides.

pub mod draft_the_next_opportunity_when_a_seat_falls_vacant;
