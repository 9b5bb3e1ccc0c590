//! Record answer: someone has said what is to happen at the end of the term. Whoever answers stops
//! the reminders for everyone, and decides nothing: the term is renewed or its end confirmed by a
//! human, apart from this.

use eventstore::Occasion;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Appointment, Event, Holding, Refusal};
use crate::contacted::{Channel, by_a_human};

/// Asked by whoever was asked, or by staff who type in what they heard. The body, whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RecordAnswer {
    /// The reminder that is answered, where it is one.
    #[serde(default)]
    #[schema(max_length = 120)]
    pub step: Option<String>,
    /// What was said.
    pub answer: Answer,
    /// How it came.
    pub by: Channel,
}

/// What is to happen at the end of a term.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// Another term.
    Renew,
    /// Someone else gets their turn, and the person does something else.
    Rotate,
    /// The person accompanies their successor.
    Mentor,
    /// The person leaves.
    Leave,
    /// Not known yet; the question stays open.
    Undecided,
}

impl RecordAnswer {
    /// While it is not settled that the place ends. A later answer takes an earlier one's place; once
    /// it is open again what happens, the reminders still to come go out again.
    pub fn decide(self, state: &Appointment, occasion: &Occasion) -> Result<Vec<Event>, Refusal> {
        let it = state.held()?;
        if !by_a_human(occasion) {
            return Err(Refusal::HumanMustDecide);
        }
        if it.answered.as_ref() == Some(&(self.step.clone(), self.answer)) {
            return Ok(Vec::new());
        }
        if let Some(leaving) = it.leaving {
            return Err(Refusal::LeavingAlready { last_day: leaving.last_day });
        }
        let rule = &it.place.rule;
        if self.step.as_ref().is_some_and(|step| rule.named(step).is_none()) {
            return Err(Refusal::NoSuchReminder);
        }
        self.record(it, occasion)
    }

    fn record(self, it: &Holding, occasion: &Occasion) -> Result<Vec<Event>, Refusal> {
        let place = &it.place;
        let (stops, resumes) = match self.answer {
            Answer::Renew | Answer::Rotate | Answer::Mentor | Answer::Leave => {
                (it.steps_waiting(), Vec::new())
            }
            Answer::Undecided => {
                let to_come = place.rule.reminders(&place.term, occasion.taken_at);
                let mut resumes = to_come.ok_or(Refusal::BeyondTheCalendar)?;
                resumes.retain(|reminder| !it.waiting.contains(reminder));
                (Vec::new(), resumes)
            }
        };
        Ok(vec![Event::ReminderAnswered {
            step: self.step,
            answer: self.answer,
            by: self.by,
            stops,
            resumes,
            seat: place.seat,
            group: place.group,
            person: place.person,
        }])
    }
}

#[cfg(test)]
mod stories {
    use eventstore::Taken;

    use super::super::samples::*;
    use super::super::{Command, Grounds};
    use super::*;
    use crate::story::{after, online};
    use crate::term::Armed;

    fn say(answer: Answer) -> Command {
        Command::RecordAnswer(RecordAnswer { step: Some(step_name(0)), answer, by: Channel::Phone })
    }

    fn asked_once() -> Vec<Event> {
        [until_accepted(), vec![came_due(0)]].concat()
    }

    #[test]
    fn an_answer_stops_the_reminders_for_everyone_and_settles_nothing() {
        for answer in [Answer::Renew, Answer::Rotate, Answer::Mentor, Answer::Leave] {
            given(asked_once())
                .when(online(STAFF, due_at(0)), say(answer))
                .then(answered(answer, &[1, 2]));
            let state =
                after::<Appointment>([asked_once(), vec![answered(answer, &[1, 2])]].concat());
            let Appointment::Held(it) = state else { panic!("{answer:?} ends nothing") };
            assert_eq!((it.leaving, it.place.term, it.waiting), (None, term(), vec![]));
        }
    }

    #[test]
    fn whoever_holds_the_place_may_answer_too() {
        given(asked_once())
            .when(online(PERSON, due_at(0)), say(Answer::Mentor))
            .then(answered(Answer::Mentor, &[1, 2]));
    }

    #[test]
    fn while_it_is_not_known_the_reminders_go_on() {
        given(asked_once())
            .when(online(STAFF, due_at(0)), say(Answer::Undecided))
            .then(answered(Answer::Undecided, &[]));
    }

    #[test]
    fn once_it_is_open_again_the_reminders_still_to_come_go_out_again() {
        let history = [asked_once(), vec![answered(Answer::Leave, &[1, 2])]].concat();
        let again = Event::ReminderAnswered {
            step: Some(step_name(0)),
            answer: Answer::Undecided,
            by: Channel::Phone,
            stops: Vec::new(),
            resumes: vec![Armed { step: step_name(2), due_at: due_at(2) }],
            seat: SEAT,
            group: GROUP,
            person: PERSON,
        };
        given(history.clone())
            .when(online(STAFF, due_at(1)), say(Answer::Undecided))
            .then(again.clone());
        given([history, vec![again]].concat())
            .when(
                online(STAFF, due_at(2)),
                Command::Remind(super::super::Remind { step: step_name(2) }),
            )
            .then(came_due(2));
    }

    #[test]
    fn a_later_answer_takes_the_place_of_an_earlier_one() {
        given([asked_once(), vec![answered(Answer::Leave, &[1, 2])]].concat())
            .when(online(STAFF, due_at(1)), say(Answer::Mentor))
            .then(answered(Answer::Mentor, &[]));
    }

    #[test]
    fn told_twice_it_is_noted_once() {
        given([asked_once(), vec![answered(Answer::Leave, &[1, 2])]].concat())
            .when(online(STAFF, due_at(1)), say(Answer::Leave))
            .then_nothing();
    }

    #[test]
    fn no_timer_and_no_policy_answers() {
        for taken in [Taken::Timer, Taken::Policy] {
            let mut occasion = online(STAFF, due_at(0));
            occasion.taken = taken;
            given(asked_once())
                .when(occasion, say(Answer::Leave))
                .then_refused(Refusal::HumanMustDecide);
        }
    }

    #[test]
    fn only_steps_of_the_ladder_are_answered_and_an_answer_needs_none() {
        let answer = |step: Option<&str>| {
            Command::RecordAnswer(RecordAnswer {
                step: step.map(str::to_owned),
                answer: Answer::Leave,
                by: Channel::Letter,
            })
        };
        given(asked_once())
            .when(online(STAFF, due_at(0)), answer(Some("x")))
            .then_refused(Refusal::NoSuchReminder);
        let events = given(asked_once()).when(online(STAFF, due_at(0)), answer(None)).events();
        assert_eq!(events.len(), 1);
    }

    #[test]
    fn once_it_is_settled_there_is_no_question() {
        let settled = settled(Grounds::TermComplete, ends_on(), &[1, 2]);
        given([asked_once(), vec![settled]].concat())
            .when(online(STAFF, due_at(1)), say(Answer::Renew))
            .then_refused(Refusal::LeavingAlready { last_day: ends_on() });
        for (history, refusal) in
            [(until_offered(), Refusal::NotAccepted), (until_ended(), Refusal::Ended)]
        {
            given(history).when(online(STAFF, due_at(1)), say(Answer::Renew)).then_refused(refusal);
        }
    }
}
