//! Offer: a place is offered to someone, for a term of the rule in force.

use contracts::PersonId;
use contracts::id::{ApplicationId, GroupId, OpportunityId, SeatId};
use eventstore::Occasion;
use jiff::civil::Date;

use super::{Appointment, Event, Exception, Place, Refusal};
use crate::london::day_of;
use crate::term::{Held, Standing, TermRule};

/// Asked by staff, or by a policy once a panel's choice may be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// The seat.
    pub seat: SeatId,
    /// Its group.
    pub group: GroupId,
    /// The opportunity that led there, if one did.
    pub opportunity: Option<OpportunityId>,
    /// Whether that opportunity is known not to go ahead, filled in at the edge.
    pub opportunity_withdrawn: bool,
    /// The application that led there, if one did.
    pub application: Option<ApplicationId>,
    /// To whom.
    pub person: PersonId,
    /// The first day of the term.
    pub starts_on: Date,
    /// The day by which an answer is hoped for.
    pub answer_by: Date,
    /// The version of the terms they would agree to.
    pub terms_version: String,
    /// Why it is offered during the break before standing again, where it is.
    pub exception: Option<Exception>,
    /// The rule in force, filled in at the edge.
    pub rule: TermRule,
    /// The terms they have held in such places, filled in at the edge.
    pub held_before: Vec<Held>,
}

impl Offer {
    /// To someone else than whoever offers it, for a term that is not over, with a day to answer; and
    /// after the break where their terms are used up, unless an exception was authorised.
    pub fn decide(self, state: &Appointment, occasion: &Occasion) -> Result<Vec<Event>, Refusal> {
        let standing = self
            .rule
            .standing(&self.held_before, self.starts_on)
            .ok_or(Refusal::BeyondTheCalendar)?;
        let (number, free_from) = match standing {
            Standing::Free { number } => (number, None),
            Standing::OnBreak { number, free_from } => (number, Some(free_from)),
        };
        let opportunity_withdrawn = self.opportunity_withdrawn;
        let offered = self.place(number)?;
        match state {
            Appointment::NotOffered => {}
            Appointment::Offered(place)
            | Appointment::NotTaken(place, _)
            | Appointment::Ended(place, _)
                if **place == offered =>
            {
                return Ok(Vec::new());
            }
            Appointment::Held(it) if it.place == offered => return Ok(Vec::new()),
            Appointment::Offered(_)
            | Appointment::NotTaken(..)
            | Appointment::Held(_)
            | Appointment::Ended(..) => return Err(Refusal::OfferedAlready),
        }
        if opportunity_withdrawn {
            return Err(Refusal::OpportunityWithdrawn);
        }
        may_be_offered(&offered, occasion)?;
        match free_from {
            Some(free_from) if offered.exception.is_none() => Err(Refusal::OnBreak { free_from }),
            Some(_) | None => Ok(vec![Event::Offered(Box::new(offered))]),
        }
    }

    fn place(self, number: u8) -> Result<Place, Refusal> {
        let term = self.rule.term(number, self.starts_on).ok_or(Refusal::BeyondTheCalendar)?;
        Ok(Place {
            seat: self.seat,
            group: self.group,
            opportunity: self.opportunity,
            application: self.application,
            person: self.person,
            term,
            rule: self.rule,
            answer_by: self.answer_by,
            terms_version: self.terms_version,
            exception: self.exception,
        })
    }
}

fn may_be_offered(place: &Place, occasion: &Occasion) -> Result<(), Refusal> {
    let authorised_by = place.exception.as_ref().map(|it| it.authorised_by);
    if [Some(occasion.actor), Some(occasion.person()), authorised_by].contains(&Some(place.person))
    {
        return Err(Refusal::SomeoneElseMustDecide);
    }
    if place.term.over_at <= occasion.received_at {
        return Err(Refusal::TermOver);
    }
    if place.answer_by < day_of(occasion.received_at) {
        return Err(Refusal::AnswerByPassed);
    }
    Ok(())
}

#[cfg(test)]
mod stories {
    use jiff::civil::date;

    use super::super::Command;
    use super::super::samples::*;
    use super::*;
    use crate::story::{at, online, typed};

    fn the_offer() -> Offer {
        Offer {
            seat: SEAT,
            group: GROUP,
            opportunity: Some(OPPORTUNITY),
            opportunity_withdrawn: false,
            application: Some(APPLICATION),
            person: PERSON,
            starts_on: date(2027, 3, 1),
            answer_by: answer_by(),
            terms_version: "involvement-terms.4".to_owned(),
            exception: None,
            rule: rule(),
            held_before: Vec::new(),
        }
    }

    fn offer() -> Command {
        Command::Offer(Box::new(the_offer()))
    }

    fn offer_with(change: impl FnOnce(&mut Offer)) -> Command {
        let mut offer = the_offer();
        change(&mut offer);
        Command::Offer(Box::new(offer))
    }

    /// Two terms, the second of which ends as this one begins.
    fn both_terms() -> Vec<Held> {
        vec![Held { from: date(2025, 3, 1), last_day: date(2027, 2, 28), terms: 2 }]
    }

    #[test]
    fn what_was_withdrawn_leads_to_no_place() {
        given(vec![])
            .when(online(STAFF, offering()), offer_with(|it| it.opportunity_withdrawn = true))
            .then_refused(Refusal::OpportunityWithdrawn);
    }

    #[test]
    fn a_year_from_1_march_2027_ends_on_29_february_2028() {
        given(vec![]).when(online(STAFF, offering()), offer()).then(offered());
    }

    #[test]
    fn told_twice_it_is_offered_once() {
        for history in [until_offered(), until_accepted(), until_declined(), until_ended()] {
            given(history).when(online(STAFF, staying_on()), offer()).then_nothing();
        }
    }

    #[test]
    fn another_offer_is_another_appointment() {
        for history in [until_offered(), until_accepted(), until_declined(), until_ended()] {
            given(history)
                .when(online(STAFF, offering()), offer_with(|it| it.person = OTHER))
                .then_refused(Refusal::OfferedAlready);
        }
    }

    #[test]
    fn nobody_offers_a_place_to_themselves_nor_has_it_offered_in_their_name() {
        for occasion in [online(PERSON, offering()), typed(STAFF, PERSON, offering(), offering())] {
            given(vec![]).when(occasion, offer()).then_refused(Refusal::SomeoneElseMustDecide);
        }
    }

    #[test]
    fn whoever_is_offered_a_place_has_a_day_to_answer_even_where_the_form_was_typed_in_late() {
        given(vec![])
            .when(online(STAFF, at("2027-01-26T00:00:00Z")), offer())
            .then_refused(Refusal::AnswerByPassed);
        given(vec![])
            .when(typed(STAFF, LEAD, at("2027-01-25T23:59:00Z"), too_long()), offer())
            .then(offered());
    }

    #[test]
    fn a_term_that_is_over_is_not_offered() {
        given(vec![])
            .when(online(STAFF, over_at()), offer_with(|it| it.answer_by = date(2028, 4, 1)))
            .then_refused(Refusal::TermOver);
    }

    #[test]
    fn after_one_term_elsewhere_this_is_the_second() {
        let held = Held { from: date(2026, 3, 1), last_day: date(2027, 2, 28), terms: 1 };
        let mut expected = place();
        expected.term.number = 2;
        given(vec![])
            .when(online(STAFF, offering()), offer_with(|it| it.held_before = vec![held]))
            .then(Event::Offered(Box::new(expected)));
    }

    #[test]
    fn whose_terms_are_used_up_has_a_break_first() {
        given(vec![])
            .when(online(STAFF, offering()), offer_with(|it| it.held_before = both_terms()))
            .then_refused(Refusal::OnBreak { free_from: date(2028, 3, 1) });
    }

    #[test]
    fn an_exception_is_authorised_by_someone_else_and_stands_in_the_offer() {
        let by = |authorised_by| {
            offer_with(|it| {
                it.held_before = both_terms();
                it.exception = Some(Exception { authorised_by, ..exception() });
            })
        };
        let mut expected = place();
        expected.term.number = 3;
        expected.exception = Some(exception());
        given(vec![])
            .when(online(STAFF, offering()), by(LEAD))
            .then(Event::Offered(Box::new(expected)));
        given(vec![])
            .when(online(STAFF, offering()), by(PERSON))
            .then_refused(Refusal::SomeoneElseMustDecide);
    }

    #[test]
    fn a_term_has_an_end_on_the_calendar() {
        given(vec![])
            .when(online(STAFF, offering()), offer_with(|it| it.starts_on = Date::MAX))
            .then_refused(Refusal::BeyondTheCalendar);
    }
}
