//! Authorise: the second of two signatures. A third person lets all that was approved be paid, under
//! one cost code, and so in parts that are each of one kind.

use eventstore::Occasion;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::claimed::{Claimed, all_behind};
use super::reckoning::totals;
use super::{Claim, Event, Refusal, Standing};
use crate::london;
use crate::payment::{Kind, Part};
use crate::wording::Wording;

const COST_CODE_CHARACTERS_MAX: usize = 40;

/// Asked by a budget holder. The body, whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Authorise {
    /// What bears the claim.
    #[schema(max_length = 40)]
    pub cost_code: String,
}

impl Authorise {
    /// What cannot be taken as it is: field and problem.
    pub fn malformed(&self) -> Vec<(String, String)> {
        let mut wording = Wording::default();
        wording.line("cost_code", &self.cost_code, COST_CODE_CHARACTERS_MAX);
        wording.found()
    }

    /// By someone else than whoever claimed, typed or approved.
    pub fn decide(self, state: &Claim, occasion: &Occasion) -> Result<Vec<Event>, Refusal> {
        let it = state.claimed()?;
        let authorisers = all_behind(occasion);
        if !it.authors.is_disjoint(&authorisers) || !it.approvers.is_disjoint(&authorisers) {
            return Err(Refusal::CannotTakeIt);
        }
        let same_code = it.cost_code.as_ref().is_none_or(|it| *it == self.cost_code);
        if let Some(cost_code) = it.cost_code.clone().filter(|_| !same_code) {
            return Err(Refusal::OtherCostCode { cost_code });
        }
        if it.standing(Standing::Approved).next().is_none() {
            let told_before = it.cost_code.is_some() && it.authorisers.is_superset(&authorisers);
            return if told_before { Ok(Vec::new()) } else { Err(Refusal::NothingToAuthorise) };
        }
        Ok(vec![Event::Authorised {
            person: it.submitted.person,
            activity: it.submitted.activity,
            activity_on: it.submitted.evidence.on,
            cost_code: self.cost_code,
            parts: parts(it)?,
            payable_on: london::day_of(occasion.taken_at),
            authorisers,
        }])
    }
}

/// One part for each kind of which something was approved.
fn parts(it: &Claimed) -> Result<Vec<Part>, Refusal> {
    let approved = || it.standing(Standing::Approved).map(|it| &it.line);
    let totals = totals(&it.submitted.rates, approved())?;
    let part = |kind: Kind| {
        let lines: Vec<u8> =
            approved().filter(|it| it.item.kind() == kind).map(|it| it.number).collect();
        (!lines.is_empty()).then(|| (kind, lines, totals.of(kind)))
    };
    let last = it.parts.iter().map(|it| it.part.number).max().unwrap_or(0);
    let parts = (last.saturating_add(1)..).zip(Kind::ALL.into_iter().filter_map(part));
    Ok(parts.map(|(number, (kind, lines, amount))| Part { number, kind, lines, amount }).collect())
}

#[cfg(test)]
mod stories {
    use contracts::Money;
    use jiff::civil::date;

    use super::super::Command;
    use super::super::samples::*;
    use super::*;
    use crate::story::{at, online, typed};

    #[test]
    fn a_third_person_lets_what_was_approved_be_paid_in_parts_of_one_kind() {
        given(until_part_refused()).when(by(AUTHORISER), authorise()).then(authorised());
    }

    #[test]
    fn what_is_approved_later_becomes_a_part_of_its_own() {
        let approved_later = Event::LinesDecided {
            person: PERSON,
            activity: SESSION,
            activity_on: THE_DAY,
            approved: vec![approved_line(2)],
            refused: vec![],
            undecided: vec![],
            approvers: [APPROVER].into(),
            expenses: Money::sterling(1_200),
            payments: Money::sterling(0),
            frees_activity: false,
        };
        let history = [until_paid(), vec![explained(2), approved_later]].concat();
        let a_month_later = at("2027-06-30T23:30:00Z");
        let part = Part {
            number: 3,
            kind: Kind::Expenses,
            lines: vec![2],
            amount: Money::sterling(1_200),
        };
        given(history).when(online(AUTHORISER, a_month_later), authorise()).then(
            Event::Authorised {
                person: PERSON,
                activity: SESSION,
                activity_on: THE_DAY,
                cost_code: "INV-204".to_owned(),
                parts: vec![part],
                payable_on: date(2027, 7, 1),
                authorisers: [AUTHORISER].into(),
            },
        );
    }

    #[test]
    fn told_twice_it_is_authorised_once() {
        for history in [until_authorised(), until_in_batch(), until_paid()] {
            given(history).when(by(AUTHORISER), authorise()).then_nothing();
        }
    }

    #[test]
    fn three_signatures_are_three_people_s_by_whatever_account_or_in_whoever_s_name() {
        let history = vec![submitted_on_paper(), part_refused()];
        let now = at("2027-05-14T09:00:00Z");
        for who in [PERSON, TYPIST, APPROVER] {
            for occasion in [by(who), typed(who, AUTHORISER, now), typed(AUTHORISER, who, now)] {
                given(history.clone())
                    .when(occasion, authorise())
                    .then_refused(Refusal::CannotTakeIt);
            }
        }
    }

    #[test]
    fn one_claim_is_borne_by_one_cost_code() {
        let other = || Command::Authorise(Authorise { cost_code: "INV-999".to_owned() });
        given(until_authorised())
            .when(by(AUTHORISER), other())
            .then_refused(Refusal::OtherCostCode { cost_code: "INV-204".to_owned() });
    }

    #[test]
    fn only_what_was_approved_is_authorised() {
        for history in [until_submitted(), until_wholly_refused()] {
            given(history)
                .when(by(AUTHORISER), authorise())
                .then_refused(Refusal::NothingToAuthorise);
        }
        given(until_authorised())
            .when(by(SOMEONE_ELSE), authorise())
            .then_refused(Refusal::NothingToAuthorise);
        given(vec![]).when(by(AUTHORISER), authorise()).then_refused(Refusal::NotSubmitted);
        given(until_withdrawn()).when(by(AUTHORISER), authorise()).then_refused(Refusal::Withdrawn);
    }

    #[test]
    fn a_cost_code_is_one_line() {
        let authorise = |cost_code: &str| Authorise { cost_code: cost_code.to_owned() };
        assert_eq!(authorise("INV-204").malformed(), []);
        assert_eq!(authorise("INV\n204").malformed().len(), 1);
        assert_eq!(authorise("").malformed().len(), 1);
    }
}
