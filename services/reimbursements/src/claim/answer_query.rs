//! Answer a query: the person explains a line, or corrects it. Then it waits to be decided again.

use contracts::Sealed;
use contracts::personal::CostNote;
use eventstore::Occasion;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::claimed::all_behind;
use super::reckoning::totals;
use super::{Claim, Event, Item, Line, Refusal, Standing};

/// Asked by the person who is to be paid, or for them. The body, whole; in a request, notes stand in
/// it as they were typed: `AnswerQuery<CostNote>`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AnswerQuery<Note = Sealed<CostNote>> {
    /// Which line.
    pub line: u8,
    /// What is said about it.
    pub answer: Answer<Note>,
}

/// What someone says about a line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Answer<Note = Sealed<CostNote>> {
    /// It is right; this is how it came about.
    Explained {
        /// In the person's words.
        note: Note,
    },
    /// It is to be this instead.
    Corrected {
        /// Of the same sort.
        item: Item<Note>,
    },
}

/// An answer as it is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Recorded {
    /// The line stays as it was.
    Explained {
        /// In the person's words.
        note: Sealed<CostNote>,
    },
    /// This is the line now, reckoned by the same rates.
    Corrected {
        /// All of it.
        line: Box<Line>,
    },
}

impl AnswerQuery {
    /// By the person or for them, while a question is open.
    pub fn decide(self, state: &Claim, occasion: &Occasion) -> Result<Vec<Event>, Refusal> {
        let it = state.claimed()?;
        let Self { line, answer } = self;
        if occasion.person() != it.submitted.person {
            return Err(Refusal::NotTheirs);
        }
        let asked = it.named(line)?;
        match asked.standing {
            Standing::Queried => {}
            Standing::Waiting | Standing::Approved | Standing::Refused | Standing::Authorised => {
                let told_before = asked.answer.as_ref() == Some(&answer);
                return if told_before {
                    Ok(Vec::new())
                } else {
                    Err(Refusal::NotQueried { line })
                };
            }
        }
        let answer = match answer {
            Answer::Explained { note } => Recorded::Explained { note },
            Answer::Corrected { item } if !item.is_like(&asked.line.item) => {
                return Err(Refusal::OtherSort);
            }
            Answer::Corrected { item } => {
                let line = it.reckoning().line(line, item, it.car_tenths_before(line))?;
                // It was asked about once; from here on a human decides.
                Recorded::Corrected { line: Box::new(Line { question: None, ..line }) }
            }
        };
        let as_it_is_now = it.lines.iter().map(|it| match &answer {
            Recorded::Corrected { line: corrected } if it.line.number == line => &**corrected,
            Recorded::Corrected { .. } | Recorded::Explained { .. } => &it.line,
        });
        let totals = totals(&it.submitted.rates, as_it_is_now)?;
        Ok(vec![Event::QueryAnswered {
            person: it.submitted.person,
            line,
            answer,
            authors: all_behind(occasion),
            expenses: totals.expenses,
            payments: totals.payments,
        }])
    }
}

#[cfg(test)]
mod stories {
    use contracts::Money;

    use super::super::samples::*;
    use super::super::{Command, Question};
    use super::*;
    use crate::rate_card::FareKind;
    use crate::story::after;

    fn explain(line: u8) -> Command {
        let note = note("ZXhwbGFpbmVk");
        Command::AnswerQuery(AnswerQuery { line, answer: Answer::Explained { note } })
    }

    fn correct(line: u8, item: Item) -> Command {
        Command::AnswerQuery(AnswerQuery { line, answer: Answer::Corrected { item } })
    }

    fn corrected(line: Line, expenses: i64) -> Event {
        Event::QueryAnswered {
            person: PERSON,
            line: line.number,
            answer: Recorded::Corrected { line: Box::new(line) },
            authors: [PERSON].into(),
            expenses: Money::sterling(expenses),
            payments: Money::sterling(7_500),
        }
    }

    #[test]
    fn an_explanation_is_sealed_and_the_line_waits_again() {
        given(until_submitted()).when(by_the_person(), explain(2)).then(explained(2));
        let state = after::<Claim>(vec![submitted(), explained(2)]);
        let it = state.claimed().unwrap().line(2).unwrap();
        assert_eq!((it.standing, it.line.amount), (Standing::Waiting, Money::sterling(1_200)));
        assert_eq!(it.line.question, Some(Question::Receipt));
    }

    #[test]
    fn a_correction_is_reckoned_anew_and_the_totals_with_it() {
        let taxi = fare(FareKind::Taxi, 1_150, true);
        given(until_submitted())
            .when(by_the_person(), correct(2, taxi.clone()))
            .then(corrected(line(2, taxi, 1_150, "as paid: £11.50"), 1_840));
    }

    #[test]
    fn corrected_miles_are_counted_from_where_the_year_stood() {
        let miles = line(3, by_car(20), 110, "2.0 miles by car at 55p a mile: £1.10");
        given(vec![submitted(), queried(&[3])])
            .when(by_the_person(), correct(3, by_car(20)))
            .then(corrected(miles, 1_630));
    }

    #[test]
    fn a_correction_is_not_asked_about_again_by_rule() {
        let taxi = fare(FareKind::Taxi, 1_150, false);
        let answered =
            given(until_submitted()).when(by_the_person(), correct(2, taxi.clone())).events();
        assert_eq!(answered, [corrected(line(2, taxi, 1_150, "as paid: £11.50"), 1_840)]);
        let state = after::<Claim>([until_submitted(), answered].concat());
        assert_eq!(state.claimed().unwrap().line(2).unwrap().standing, Standing::Waiting);
    }

    #[test]
    fn whoever_types_an_answer_has_had_a_hand_in_it() {
        let answered = given(until_submitted()).when(on_paper(), explain(2)).events();
        let state = after::<Claim>([until_submitted(), answered].concat());
        assert_eq!(state.claimed().unwrap().authors, [PERSON, TYPIST].into());
    }

    #[test]
    fn told_twice_it_is_answered_once() {
        given(vec![submitted(), explained(2)]).when(by_the_person(), explain(2)).then_nothing();
        let taxi = fare(FareKind::Taxi, 1_150, true);
        let answer = corrected(line(2, taxi.clone(), 1_150, "as paid: £11.50"), 1_840);
        given(vec![submitted(), answer]).when(by_the_person(), correct(2, taxi)).then_nothing();
    }

    #[test]
    fn only_what_was_asked_is_answered() {
        given(until_submitted())
            .when(by_the_person(), explain(3))
            .then_refused(Refusal::NotQueried { line: 3 });
        given(vec![submitted(), explained(2)])
            .when(by_the_person(), correct(2, fare(FareKind::Taxi, 5_000, true)))
            .then_refused(Refusal::NotQueried { line: 2 });
        given(until_submitted())
            .when(by_the_person(), explain(9))
            .then_refused(Refusal::NoSuchLine { line: 9 });
    }

    #[test]
    fn a_taxi_does_not_become_a_payment() {
        for item in [payment(), by_car(10)] {
            given(until_submitted())
                .when(by_the_person(), correct(2, item))
                .then_refused(Refusal::OtherSort);
        }
    }

    #[test]
    fn a_correction_keeps_the_rules_of_a_claim() {
        for pence in [0, -1_200] {
            given(until_submitted())
                .when(by_the_person(), correct(2, fare(FareKind::Taxi, pence, true)))
                .then_refused(Refusal::NotPositive { line: 2 });
        }
        let taken_back =
            Item::InvolvementPayment { takes_payment: false, measure: None, at_most: None };
        given(vec![submitted(), queried(&[1])])
            .when(by_the_person(), correct(1, taken_back))
            .then_refused(Refusal::PaymentNeedsYes);
    }

    #[test]
    fn nobody_answers_for_another() {
        given(until_submitted())
            .when(by(SOMEONE_ELSE), explain(2))
            .then_refused(Refusal::NotTheirs);
        given(vec![]).when(by_the_person(), explain(2)).then_refused(Refusal::NotSubmitted);
        given(until_withdrawn()).when(by_the_person(), explain(2)).then_refused(Refusal::Withdrawn);
    }
}
