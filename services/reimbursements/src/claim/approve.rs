//! Approve: the first of two signatures. Someone who neither claimed nor typed says of each line
//! whether it is paid, and where it is not, why, in words for the person.

use std::collections::BTreeSet;

use eventstore::Occasion;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::claimed::{Claimed, ClaimedLine, all_behind};
use super::reckoning::{LINES_MAX, totals};
use super::{ApprovedLine, Claim, Decision, Event, Refusal, RefusedLine, Standing};
use crate::wording::Wording;

/// Asked by an approver. The body, whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Approve {
    /// What is decided. Lines that are not named wait.
    #[schema(max_items = 25)]
    pub lines: Vec<LineVerdict>,
}

/// What is decided about one line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LineVerdict {
    /// Which.
    pub line: u8,
    /// What.
    #[serde(flatten)]
    pub verdict: Verdict,
}

/// Whether a line is paid.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "verdict", rename_all = "snake_case")]
pub enum Verdict {
    /// It is.
    Approved {
        /// The approver's word on why it is paid although a question about it is open.
        #[serde(default)]
        #[schema(max_length = 2000)]
        word: Option<String>,
    },
    /// It is not.
    Refused {
        /// Completes "We cannot pay this line because"; names and describes nobody.
        #[schema(max_length = 2000)]
        reason: String,
    },
}

impl Approve {
    /// What cannot be taken as it is: field and problem.
    pub fn malformed(&self) -> Vec<(String, String)> {
        let mut wording = Wording::default();
        if self.lines.is_empty() {
            wording.problem("lines", "Please say which lines you decide.");
        }
        wording.at_most("lines", self.lines.len(), LINES_MAX);
        let mut named = BTreeSet::new();
        for (place, it) in self.lines.iter().enumerate() {
            if !named.insert(it.line) {
                wording.problem("lines", "Please name no line twice.");
            }
            match &it.verdict {
                Verdict::Approved { word: None } => {}
                Verdict::Approved { word: Some(word) } => {
                    wording.paragraph(&format!("lines[{place}].word"), word);
                }
                Verdict::Refused { reason } => {
                    wording.paragraph(&format!("lines[{place}].reason"), reason);
                }
            }
        }
        wording.found()
    }

    /// By someone else than whoever claimed, typed or authorised.
    pub fn decide(self, state: &Claim, occasion: &Occasion) -> Result<Vec<Event>, Refusal> {
        let it = state.claimed()?;
        let approvers = all_behind(occasion);
        if !it.authors.is_disjoint(&approvers) || !it.authorisers.is_disjoint(&approvers) {
            return Err(Refusal::CannotTakeIt);
        }
        let (mut approved, mut refused) = (Vec::new(), Vec::new());
        let mut decided = BTreeSet::new();
        for LineVerdict { line, verdict } in self.lines {
            let decision = Decision { approvers: approvers.clone(), verdict };
            if it.named(line)?.has(&decision) {
                continue;
            }
            if !decided.insert(line) {
                return Err(Refusal::LineDecided { line });
            }
            match (it.named(line)?.standing, decision.verdict) {
                (Standing::Queried, Verdict::Approved { word: None }) => {
                    return Err(Refusal::QuestionOpen { line });
                }
                (Standing::Waiting | Standing::Queried, Verdict::Approved { word }) => {
                    approved.push(ApprovedLine { line, word });
                }
                (Standing::Waiting | Standing::Queried, Verdict::Refused { reason }) => {
                    refused.push(RefusedLine { line, reason });
                }
                (Standing::Approved | Standing::Refused | Standing::Authorised, _) => {
                    return Err(Refusal::LineDecided { line });
                }
            }
        }
        if decided.is_empty() {
            return Ok(Vec::new());
        }
        decided_lines(it, approved, refused, approvers)
    }
}

impl ClaimedLine {
    fn has(&self, decision: &Decision) -> bool {
        self.decision.as_ref() == Some(decision)
    }
}

fn decided_lines(
    it: &Claimed,
    approved: Vec<ApprovedLine>,
    refused: Vec<RefusedLine>,
    approvers: BTreeSet<contracts::PersonId>,
) -> Result<Vec<Event>, Refusal> {
    let now_approved = |number: u8| approved.iter().any(|it| it.line == number);
    let now_refused = |number: u8| refused.iter().any(|it| it.line == number);
    let lines = || it.lines.iter().map(|it| (it.line.number, it));
    let to_be_paid = lines().filter(|(number, _)| now_approved(*number));
    let totals = totals(&it.submitted.rates, to_be_paid.map(|(_, it)| &it.line))?;
    let undecided = lines()
        .filter(|(_, it)| matches!(it.standing, Standing::Waiting | Standing::Queried))
        .map(|(number, _)| number)
        .filter(|number| !now_approved(*number) && !now_refused(*number))
        .collect();
    let frees_activity =
        lines().all(|(number, it)| now_refused(number) || it.standing == Standing::Refused);
    Ok(vec![Event::LinesDecided {
        person: it.submitted.person,
        activity: it.submitted.activity,
        activity_on: it.submitted.evidence.on,
        undecided,
        approvers,
        expenses: totals.expenses,
        payments: totals.payments,
        frees_activity,
        approved,
        refused,
    }])
}

#[cfg(test)]
mod stories {
    use contracts::Money;

    use super::super::Command;
    use super::super::samples::*;
    use super::*;
    use crate::story::{after, at, typed};

    fn approve(lines: Vec<LineVerdict>) -> Command {
        Command::Approve(Approve { lines })
    }

    #[test]
    fn undisputed_lines_are_approved_while_a_question_about_another_is_open() {
        given(until_submitted())
            .when(by(APPROVER), approve(vec![yes(1), yes(3), no(4)]))
            .then(part_refused());
    }

    #[test]
    fn lines_that_are_not_named_wait() {
        let events = given(until_submitted()).when(by(APPROVER), approve(vec![yes(3)])).events();
        assert_eq!(
            events,
            [Event::LinesDecided {
                person: PERSON,
                activity: SESSION,
                activity_on: THE_DAY,
                approved: vec![approved_line(3)],
                refused: vec![],
                undecided: vec![1, 2, 4],
                approvers: [APPROVER].into(),
                expenses: Money::sterling(370),
                payments: Money::sterling(0),
                frees_activity: false,
            }]
        );
    }

    #[test]
    fn a_claim_that_is_wholly_refused_frees_its_activity_at_once_or_in_the_end() {
        given(until_submitted())
            .when(by(APPROVER), approve((1..=4).map(no).collect()))
            .then(wholly_refused());
        let frees = |events: Vec<Event>| {
            matches!(events[..], [Event::LinesDecided { frees_activity: true, .. }])
        };
        let first = given(until_submitted()).when(by(APPROVER), approve(vec![no(1), no(2)]));
        let first = first.events();
        assert!(!frees(first.clone()));
        let history = [until_submitted(), first].concat();
        let rest = given(history).when(by(APPROVER), approve(vec![no(3), no(4)])).events();
        assert!(frees(rest));
    }

    #[test]
    fn what_is_asked_about_is_paid_only_with_a_word_on_why() {
        given(until_submitted())
            .when(by(APPROVER), approve(vec![yes(2)]))
            .then_refused(Refusal::QuestionOpen { line: 2 });
        let word = Some("We booked this taxi ourselves.".to_owned());
        let with_word = LineVerdict { line: 2, verdict: Verdict::Approved { word: word.clone() } };
        let events = given(until_submitted()).when(by(APPROVER), approve(vec![with_word]));
        let [Event::LinesDecided { approved, .. }] = &events.events()[..] else {
            panic!("it is decided")
        };
        assert_eq!(*approved, [ApprovedLine { line: 2, word }]);
        let answered = vec![submitted(), explained(2)];
        let events = given(answered).when(by(APPROVER), approve(vec![yes(2)])).events();
        assert_eq!(events.len(), 1);
    }

    #[test]
    fn told_twice_it_is_decided_once() {
        let decided = || approve(vec![yes(1), yes(3), no(4)]);
        for history in [until_part_refused(), until_authorised(), until_paid()] {
            given(history).when(by(APPROVER), decided()).then_nothing();
        }
        given(until_wholly_refused())
            .when(by(APPROVER), approve((1..=4).map(no).collect()))
            .then_nothing();
        given(until_part_refused()).when(by(APPROVER), approve(vec![])).then_nothing();
    }

    #[test]
    fn a_decision_stands() {
        for (line, other) in [(1, no(1)), (4, yes(4))] {
            given(until_part_refused())
                .when(by(APPROVER), approve(vec![other]))
                .then_refused(Refusal::LineDecided { line });
        }
        given(until_part_refused())
            .when(by(SOMEONE_ELSE), approve(vec![yes(1)]))
            .then_refused(Refusal::LineDecided { line: 1 });
        given(until_submitted())
            .when(by(APPROVER), approve(vec![yes(1), no(1)]))
            .then_refused(Refusal::LineDecided { line: 1 });
        given(until_submitted())
            .when(by(APPROVER), approve(vec![yes(5)]))
            .then_refused(Refusal::NoSuchLine { line: 5 });
    }

    #[test]
    fn an_approved_line_that_is_asked_about_is_decided_again() {
        let asked = [until_part_refused(), vec![queried(&[3])]].concat();
        given(asked.clone())
            .when(by(APPROVER), approve(vec![yes(3)]))
            .then_refused(Refusal::QuestionOpen { line: 3 });
        let answered = [asked, vec![explained(3)]].concat();
        let events = given(answered).when(by(APPROVER), approve(vec![yes(3)])).events();
        assert_eq!(events.len(), 1);
    }

    #[test]
    fn nobody_approves_their_own_claim_by_whatever_account_or_in_whoever_s_name() {
        let now = at("2027-05-14T09:00:00Z");
        for occasion in [by(PERSON), typed(PERSON, APPROVER, now), typed(APPROVER, PERSON, now)] {
            given(until_submitted())
                .when(occasion, approve(vec![yes(1)]))
                .then_refused(Refusal::CannotTakeIt);
        }
    }

    #[test]
    fn nobody_approves_what_they_typed() {
        let now = at("2027-05-14T09:00:00Z");
        let answered = given(until_submitted())
            .when(
                on_paper(),
                Command::AnswerQuery(super::super::AnswerQuery {
                    line: 2,
                    answer: super::super::Answer::Explained { note: note("bm90ZQ") },
                }),
            )
            .events();
        for history in [vec![submitted_on_paper()], [until_submitted(), answered].concat()] {
            for occasion in [by(TYPIST), typed(TYPIST, APPROVER, now), typed(APPROVER, TYPIST, now)]
            {
                given(history.clone())
                    .when(occasion, approve(vec![yes(1)]))
                    .then_refused(Refusal::CannotTakeIt);
            }
        }
    }

    #[test]
    fn nobody_approves_what_they_authorised_a_part_of() {
        let history = [until_authorised(), vec![explained(2)]].concat();
        given(history)
            .when(by(AUTHORISER), approve(vec![yes(2)]))
            .then_refused(Refusal::CannotTakeIt);
    }

    #[test]
    fn the_refusal_tells_nothing_about_anyone() {
        assert_eq!(Refusal::CannotTakeIt.to_string(), "This approver cannot take it.");
    }

    #[test]
    fn the_body_names_each_line_once_and_every_refusal_says_why() {
        let body = r#"{"lines":[{"line":1,"verdict":"approved"},
            {"line":4,"verdict":"refused","reason":"the bus was booked and paid for by us."}]}"#;
        let read: Approve = serde_json::from_str(body).unwrap();
        assert_eq!(read, Approve { lines: vec![yes(1), no(4)] });
        assert_eq!(read.malformed(), []);
        let blank = Verdict::Refused { reason: " ".to_owned() };
        let read = Approve { lines: vec![yes(1), LineVerdict { line: 1, verdict: blank }] };
        let fields: Vec<String> = read.malformed().into_iter().map(|(field, _)| field).collect();
        assert_eq!(fields, ["lines", "lines[1].reason"]);
        assert_eq!(Approve { lines: vec![] }.malformed().len(), 1);
    }

    #[test]
    fn there_is_nothing_to_approve_where_there_is_no_claim() {
        given(vec![]).when(by(APPROVER), approve(vec![yes(1)])).then_refused(Refusal::NotSubmitted);
        given(until_withdrawn())
            .when(by(APPROVER), approve(vec![yes(1)]))
            .then_refused(Refusal::Withdrawn);
    }

    #[test]
    fn a_line_approved_by_two_who_act_together_bars_both_from_the_second_signature() {
        let now = at("2027-05-14T09:00:00Z");
        let events = given(until_submitted())
            .when(typed(SOMEONE_ELSE, APPROVER, now), approve(vec![yes(1)]))
            .events();
        let state = after::<Claim>([until_submitted(), events].concat());
        assert_eq!(state.claimed().unwrap().approvers, [APPROVER, SOMEONE_ELSE].into());
    }
}
