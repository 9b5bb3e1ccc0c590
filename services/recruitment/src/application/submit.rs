//! Submit: someone applies, by themselves or through staff who type in what came by paper, phone or
//! face to face. Late is what was received late, not what was typed late.

use contracts::OpportunityId;
use eventstore::Occasion;

use super::{Applicant, Application, Event, Form, Opening, Refusal};

/// Asked by the person, or for them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Submit {
    /// For what.
    pub opportunity: OpportunityId,
    /// What they wrote.
    pub form: Form,
    /// The opportunity as it stands, filled in at the edge.
    pub opening: Opening,
    /// The person as registered, filled in at the edge.
    pub applicant: Applicant,
}

impl Submit {
    /// The person acted for is the applicant. Who fits best is for a panel; here it is only asked
    /// whether the form is in time, complete, and from someone places are for.
    pub fn decide(self, state: &Application, occasion: &Occasion) -> Result<Vec<Event>, Refusal> {
        match state {
            Application::NotSubmitted => self.take(occasion),
            Application::Submitted(it)
                if it.opportunity == self.opportunity
                    && it.applicant == occasion.person()
                    && it.form == self.form =>
            {
                Ok(Vec::new())
            }
            Application::Submitted(_) => Err(Refusal::AlreadySubmitted),
        }
    }

    fn take(self, occasion: &Occasion) -> Result<Vec<Event>, Refusal> {
        let Self { opportunity, form, opening, applicant } = self;
        let (constituencies, age_band) = match applicant {
            Applicant::NotRegistered => return Err(Refusal::NotRegistered),
            Applicant::Registered { constituencies, age_band } => (constituencies, age_band),
        };
        opening.takes(occasion.taken_at, occasion.received_at)?;
        let applied_as = opening.considers(&constituencies)?;
        opening.old_enough(age_band, &form)?;
        if !form.data_use_understood {
            return Err(Refusal::DataUseNotUnderstood);
        }
        opening.answered_by(&form.answers)?;
        Ok(vec![Event::Submitted {
            opportunity,
            title: opening.title,
            applicant: occasion.person(),
            form: Box::new(form),
            applied_as,
        }])
    }
}

#[cfg(test)]
mod stories {
    use contracts::opportunities::Constituency;
    use eventstore::Refusal as _;

    use super::super::samples::*;
    use super::super::{Answer, Command};
    use super::*;
    use crate::involvee::AgeBand;
    use crate::story::{at, online, typed};

    fn submit_with(change: impl FnOnce(&mut Submit)) -> Command {
        let mut command = Submit {
            opportunity: OPPORTUNITY,
            form: form(),
            opening: opening(),
            applicant: Applicant::Registered {
                constituencies: vec![Constituency::Carer, Constituency::ServiceUser],
                age_band: AgeBand::Adult,
            },
        };
        change(&mut command);
        Command::Submit(Box::new(command))
    }

    fn submit() -> Command {
        submit_with(|_| ())
    }

    fn refused(change: impl FnOnce(&mut Submit), refusal: Refusal) {
        given(vec![]).when(online(ANA, while_open()), submit_with(change)).then_refused(refusal);
    }

    fn registered(constituencies: Vec<Constituency>, age_band: AgeBand) -> Applicant {
        Applicant::Registered { constituencies, age_band }
    }

    #[test]
    fn someone_applies() {
        given(vec![]).when(online(ANA, while_open()), submit()).then(submitted());
    }

    #[test]
    fn told_twice_it_is_sent_in_once() {
        for history in [vec![submitted()], vec![submitted(), offered()]] {
            given(history).when(online(ANA, while_open()), submit()).then_nothing();
        }
    }

    #[test]
    fn what_was_sent_in_stays_as_it_was() {
        given(vec![submitted()])
            .when(online(ANA, while_open()), submit_with(|it| it.form.why = None))
            .then_refused(Refusal::AlreadySubmitted);
        given(vec![submitted()])
            .when(online(BEN, while_open()), submit())
            .then_refused(Refusal::AlreadySubmitted);
    }

    #[test]
    fn applications_are_taken_up_to_and_including_the_closing_minute() {
        for in_time in ["2027-01-29T12:00:00Z", "2027-01-29T12:00:59.999999999Z"] {
            given(vec![]).when(online(ANA, at(in_time)), submit()).then(submitted());
        }
        let closed = Refusal::Closed { closes_at: closing(), zone: "Europe/London".to_owned() };
        assert_eq!(
            closed.to_string(),
            "Applications closed at 12:00 on 29 January 2027. Whatever was received up to and \
             including that minute counts."
        );
        given(vec![]).when(online(ANA, at("2027-01-29T12:01:00Z")), submit()).then_refused(closed);
    }

    #[test]
    fn a_closing_within_a_minute_takes_that_whole_minute_too() {
        let last_second = |it: &mut Submit| it.opening.closes_at = Some(at("2027-01-29T23:59:59Z"));
        given(vec![])
            .when(online(ANA, at("2027-01-29T23:59:59.5Z")), submit_with(last_second))
            .then(submitted());
        given(vec![])
            .when(online(ANA, at("2027-01-30T00:00:00Z")), submit_with(last_second))
            .then_refused(Refusal::Closed {
                closes_at: at("2027-01-29T23:59:59Z"),
                zone: "Europe/London".to_owned(),
            });
    }

    #[test]
    fn what_is_typed_in_later_counts_from_when_it_was_received() {
        let days_later = at("2027-02-03T10:00:00Z");
        given(vec![])
            .when(typed(COORDINATOR, ANA, at("2027-01-29T12:00:30Z"), days_later), submit())
            .then(submitted());
        given(vec![])
            .when(typed(COORDINATOR, ANA, at("2027-01-29T12:01:00Z"), days_later), submit())
            .then_refused(Refusal::Closed {
                closes_at: closing(),
                zone: "Europe/London".to_owned(),
            });
    }

    #[test]
    fn nothing_is_taken_before_it_opens_and_early_paper_waits_until_then() {
        let not_yet =
            Refusal::NotYetOpen { opens_at: opening().opens_at, zone: "Europe/London".to_owned() };
        assert_eq!(not_yet.to_string(), "Applications open at 09:00 on 4 January 2027.");
        let (before, after) = (at("2027-01-04T08:59:59Z"), at("2027-01-04T09:00:00Z"));
        given(vec![]).when(online(ANA, before), submit()).then_refused(not_yet);
        given(vec![]).when(typed(COORDINATOR, ANA, before, after), submit()).then(submitted());
    }

    #[test]
    fn what_is_open_until_closed_by_hand_takes_applications_until_then() {
        given(vec![])
            .when(
                online(ANA, at("2029-01-01T00:00:00Z")),
                submit_with(|it| it.opening.closes_at = None),
            )
            .then(submitted());
    }

    #[test]
    fn what_does_not_go_ahead_takes_no_applications() {
        refused(|it| it.opening.withdrawn = true, Refusal::OpportunityWithdrawn);
    }

    #[test]
    fn whoever_applies_can_be_reached() {
        refused(|it| it.applicant = Applicant::NotRegistered, Refusal::NotRegistered);
    }

    #[test]
    fn places_for_some_are_for_them() {
        let refusal = Refusal::NotForThem { open_to: opening().open_to };
        assert_eq!(
            refusal.to_string(),
            "These places are for people who use our services or carers."
        );
        refused(
            |it| it.applicant = registered(vec![Constituency::Public], AgeBand::Adult),
            refusal,
        );
        let public = Refusal::NotForThem { open_to: vec![Constituency::Public] };
        assert_eq!(public.to_string(), "These places are for members of the public.");
    }

    #[test]
    fn nobody_applies_below_the_youngest_age() {
        let young = |years: u8, of_required_age: bool| {
            move |it: &mut Submit| {
                it.applicant =
                    registered(vec![Constituency::ServiceUser], AgeBand::SixteenOrSeventeen);
                it.opening.minimum_age_years = years;
                it.form.of_required_age = of_required_age;
            }
        };
        refused(young(18, true), Refusal::TooYoung { years: 18 });
        refused(young(17, false), Refusal::AgeNotSaid { years: 17 });
        for (years, of_required_age) in [(16, false), (17, true)] {
            let events = given(vec![])
                .when(online(ANA, while_open()), submit_with(young(years, of_required_age)))
                .events();
            assert_eq!(events.len(), 1);
        }
    }

    #[test]
    fn an_adult_says_that_they_are_old_enough_for_more_than_18() {
        let sought = |years: u8| move |it: &mut Submit| it.opening.minimum_age_years = years;
        refused(sought(21), Refusal::AgeNotSaid { years: 21 });
        given(vec![]).when(online(ANA, while_open()), submit_with(sought(18))).then(submitted());
    }

    #[test]
    fn nobody_s_words_are_read_before_they_know_what_becomes_of_them() {
        refused(|it| it.form.data_use_understood = false, Refusal::DataUseNotUnderstood);
    }

    #[test]
    fn answers_are_to_what_was_published_one_each() {
        let answer = |code: &str| Answer { criterion: code.to_owned(), text: sealed("answer") };
        let codes = |codes: &[&str]| codes.iter().map(|it| (*it).to_owned()).collect::<Vec<_>>();
        refused(
            |it| it.form.answers.push(answer("shoe size")),
            Refusal::NotAsked { codes: codes(&["shoe size"]) },
        );
        let twice = Refusal::AnsweredTwice { codes: codes(&["experience"]) };
        assert_eq!(twice.reasons()[0].code, "experience");
        refused(|it| it.form.answers.push(answer("experience")), twice);
    }

    #[test]
    fn what_is_essential_is_answered_and_the_rest_need_not_be() {
        let refusal = Refusal::EssentialUnanswered {
            lacking: vec![("experience".to_owned(), "You have used the crisis line.".to_owned())],
        };
        assert_eq!(
            refusal.to_string(),
            "Some answers are missing that everyone is asked for: You have used the crisis line."
        );
        assert_eq!(refusal.reasons()[0].code, "experience");
        assert_eq!(Refusal::NotSubmitted.reasons(), []);
        refused(|it| it.form.answers.clear(), refusal);
        assert_eq!(form().answers.len(), 1);
        assert_eq!(opening().criteria.len(), 2);
    }
}
