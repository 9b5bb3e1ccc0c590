//! Query: an approver asks the person about some lines, without suspicion. Every other line goes on,
//! and is paid on the same day as if nothing had been asked.

use std::collections::BTreeSet;

use eventstore::Occasion;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::claimed::all_behind;
use super::reckoning::LINES_MAX;
use super::{Claim, Event, Question, Refusal, Standing};
use crate::wording::Wording;

/// Asked by whoever approves or authorises. The body, whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Query {
    /// Which lines.
    #[schema(max_items = 25)]
    pub lines: BTreeSet<u8>,
    /// A neutral question, in words for the person; names and describes nobody.
    #[schema(max_length = 2000)]
    pub question: String,
}

impl Query {
    /// What cannot be taken as it is: field and problem.
    pub fn malformed(&self) -> Vec<(String, String)> {
        let mut wording = Wording::default();
        if self.lines.is_empty() {
            wording.problem("lines", "Please say which lines you ask about.");
        }
        wording.at_most("lines", self.lines.len(), LINES_MAX);
        wording.paragraph("question", &self.question);
        wording.found()
    }

    /// About lines that are not authorised yet; an approved one is decided again after the answer.
    pub fn decide(self, state: &Claim, occasion: &Occasion) -> Result<Vec<Event>, Refusal> {
        let it = state.claimed()?;
        if !it.authors.is_disjoint(&all_behind(occasion)) {
            return Err(Refusal::CannotTakeIt);
        }
        let question = Question::Asked { words: self.question.clone() };
        let mut lines = BTreeSet::new();
        for line in self.lines {
            let asked = it.named(line)?;
            match asked.standing {
                Standing::Waiting | Standing::Approved => {
                    lines.insert(line);
                }
                Standing::Queried if asked.line.question.as_ref() == Some(&question) => {}
                Standing::Queried => return Err(Refusal::QuestionOpen { line }),
                Standing::Refused => return Err(Refusal::LineDecided { line }),
                Standing::Authorised => return Err(Refusal::AlreadyAuthorised),
            }
        }
        if lines.is_empty() {
            return Ok(Vec::new());
        }
        Ok(vec![Event::Queried {
            person: it.submitted.person,
            activity: it.submitted.activity,
            activity_on: it.submitted.evidence.on,
            lines,
            question: self.question,
        }])
    }
}

#[cfg(test)]
mod stories {
    use super::super::Command;
    use super::super::samples::*;
    use super::*;
    use crate::story::{at, typed};

    fn ask(lines: &[u8]) -> Command {
        ask_in(lines, QUESTION)
    }

    fn ask_in(lines: &[u8], question: &str) -> Command {
        let lines = lines.iter().copied().collect();
        Command::Query(Query { lines, question: question.to_owned() })
    }

    #[test]
    fn a_question_concerns_the_lines_it_names_and_no_other() {
        given(until_submitted()).when(by(APPROVER), ask(&[3])).then(queried(&[3]));
        let history = vec![submitted(), queried(&[3])];
        let state = crate::story::after::<Claim>(history);
        let it = state.claimed().unwrap();
        let asked: Vec<u8> = it.standing(Standing::Queried).map(|it| it.line.number).collect();
        let others: Vec<u8> = it.standing(Standing::Waiting).map(|it| it.line.number).collect();
        assert_eq!((asked, others), (vec![2, 3], vec![1, 4]));
    }

    #[test]
    fn an_approved_line_may_be_asked_about_until_it_is_authorised() {
        given(until_part_refused()).when(by(AUTHORISER), ask(&[3])).then(queried(&[3]));
        given(until_authorised())
            .when(by(AUTHORISER), ask(&[3]))
            .then_refused(Refusal::AlreadyAuthorised);
    }

    #[test]
    fn told_twice_it_is_asked_once() {
        let history = vec![submitted(), queried(&[3])];
        given(history.clone()).when(by(APPROVER), ask(&[3])).then_nothing();
        given(history).when(by(APPROVER), ask(&[3, 4])).then(queried(&[4]));
    }

    #[test]
    fn a_line_has_one_open_question_at_a_time() {
        given(until_submitted())
            .when(by(APPROVER), ask(&[2]))
            .then_refused(Refusal::QuestionOpen { line: 2 });
        given(vec![submitted(), queried(&[3])])
            .when(by(APPROVER), ask_in(&[3], "When was that?"))
            .then_refused(Refusal::QuestionOpen { line: 3 });
    }

    #[test]
    fn what_is_refused_is_not_asked_about() {
        given(until_part_refused())
            .when(by(APPROVER), ask(&[4]))
            .then_refused(Refusal::LineDecided { line: 4 });
        given(until_submitted())
            .when(by(APPROVER), ask(&[5]))
            .then_refused(Refusal::NoSuchLine { line: 5 });
    }

    #[test]
    fn nobody_asks_about_their_own_claim_or_about_what_they_typed() {
        for occasion in
            [by(PERSON), by(TYPIST), typed(APPROVER, TYPIST, at("2027-05-14T09:00:00Z"))]
        {
            given(vec![submitted_on_paper()])
                .when(occasion, ask(&[3]))
                .then_refused(Refusal::CannotTakeIt);
        }
    }

    #[test]
    fn there_is_nothing_to_ask_where_there_is_no_claim() {
        given(vec![]).when(by(APPROVER), ask(&[1])).then_refused(Refusal::NotSubmitted);
        given(until_withdrawn()).when(by(APPROVER), ask(&[1])).then_refused(Refusal::Withdrawn);
    }

    #[test]
    fn a_question_names_lines_and_asks_something() {
        let fields = |query: Query| -> Vec<String> {
            query.malformed().into_iter().map(|(field, _)| field).collect()
        };
        let lines = BTreeSet::from([1]);
        assert_eq!(fields(Query { lines, question: QUESTION.to_owned() }), [""; 0]);
        let nothing = Query { lines: BTreeSet::new(), question: " ".to_owned() };
        assert_eq!(fields(nothing), ["lines", "question"]);
    }
}
