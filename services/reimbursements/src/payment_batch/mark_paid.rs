//! Mark paid: finance notes what the bank paid, all of it or part by part. Each part is an event of
//! its own, so that each claim hears of its own.

use std::collections::BTreeSet;

use eventstore::Occasion;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Entry, EntryStanding, Event, PartOf, PaymentBatch, Refusal, Run};
use crate::london;
use crate::wording::Wording;

/// Parts named at once. Whoever means all of them names none.
const PARTS_MAX: usize = 2_000;

/// Asked by finance. The body, whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MarkPaid {
    /// What was paid; where nothing is named, all of which nothing is known yet.
    #[serde(default)]
    #[schema(max_items = 2000)]
    pub parts: Option<BTreeSet<PartOf>>,
    /// On which day.
    #[schema(value_type = String, format = Date)]
    pub paid_on: Date,
}

impl MarkPaid {
    /// What cannot be taken as it is: field and problem.
    pub fn malformed(&self) -> Vec<(String, String)> {
        let mut wording = Wording::default();
        wording.at_most("parts", self.parts.as_ref().map_or(0, BTreeSet::len), PARTS_MAX);
        wording.found()
    }

    /// Once the file went to the bank, and the day of the payment has come.
    pub fn decide(self, state: &PaymentBatch, occasion: &Occasion) -> Result<Vec<Event>, Refusal> {
        let run = state.exported()?;
        let Self { parts, paid_on } = self;
        if london::day_of(occasion.taken_at) < paid_on {
            return Err(Refusal::PaymentToCome);
        }
        let paid = match parts {
            None => all_pending(run, paid_on)?,
            Some(parts) => newly_paid(run, parts, paid_on)?,
        };
        let event = |PartOf { claim, part }| Event::PartPaid { claim, part, paid_on };
        Ok(paid.into_iter().map(event).collect())
    }
}

/// All of which nothing is known yet. Where that is nothing at all, this is a repeat, or another word
/// about what is known.
fn all_pending(run: &Run, paid_on: Date) -> Result<Vec<PartOf>, Refusal> {
    let pending: Vec<PartOf> =
        run.entries.iter().filter(|it| is_pending(it)).map(|it| it.of).collect();
    let differs = |it: &Entry| match it.standing {
        EntryStanding::Paid { on } => on != paid_on,
        EntryStanding::Pending | EntryStanding::Failed { .. } => false,
    };
    if pending.is_empty() && run.entries.iter().any(differs) {
        return Err(Refusal::PaidOnAnotherDay);
    }
    Ok(pending)
}

fn newly_paid(run: &Run, parts: BTreeSet<PartOf>, paid_on: Date) -> Result<Vec<PartOf>, Refusal> {
    let mut paid = Vec::new();
    for of in parts {
        match run.entry(of).ok_or(Refusal::NotInThisBatch)?.standing {
            EntryStanding::Pending => paid.push(of),
            EntryStanding::Paid { on } if on == paid_on => {}
            EntryStanding::Paid { .. } => return Err(Refusal::PaidOnAnotherDay),
            EntryStanding::Failed { .. } => return Err(Refusal::DidNotArrive),
        }
    }
    Ok(paid)
}

fn is_pending(entry: &Entry) -> bool {
    match entry.standing {
        EntryStanding::Pending => true,
        EntryStanding::Paid { .. } | EntryStanding::Failed { .. } => false,
    }
}

#[cfg(test)]
mod stories {
    use jiff::civil::date;

    use super::super::Command;
    use super::super::samples::*;
    use super::*;
    use crate::story::{at, online};

    fn all(paid_on: Date) -> Command {
        Command::MarkPaid(MarkPaid { parts: None, paid_on })
    }

    fn some(parts: &[PartOf], paid_on: Date) -> Command {
        let parts = Some(parts.iter().copied().collect());
        Command::MarkPaid(MarkPaid { parts, paid_on })
    }

    #[test]
    fn all_is_paid_part_by_part() {
        let events = given(until_exported()).when(afterwards(), all(RUN_ON)).events();
        assert_eq!(events, [paid(EXPENSES), paid(FEE)]);
    }

    #[test]
    fn what_is_named_is_paid() {
        given(until_exported()).when(afterwards(), some(&[FEE], RUN_ON)).then(paid(FEE));
    }

    #[test]
    fn what_failed_is_left_out_of_all() {
        given([until_exported(), vec![failed(FEE)]].concat())
            .when(afterwards(), all(RUN_ON))
            .then(paid(EXPENSES));
    }

    #[test]
    fn told_twice_it_is_paid_once() {
        let history = [until_exported(), vec![paid(EXPENSES), paid(FEE)]].concat();
        given(history.clone()).when(afterwards(), all(RUN_ON)).then_nothing();
        given(history).when(afterwards(), some(&[FEE], RUN_ON)).then_nothing();
        given([until_exported(), vec![paid(EXPENSES)]].concat())
            .when(afterwards(), some(&[EXPENSES, FEE], RUN_ON))
            .then(paid(FEE));
    }

    #[test]
    fn the_day_of_a_payment_stands() {
        given([until_exported(), vec![paid(FEE)]].concat())
            .when(afterwards(), some(&[FEE], date(2027, 5, 21)))
            .then_refused(Refusal::PaidOnAnotherDay);
        given([until_exported(), vec![paid(EXPENSES), paid(FEE)]].concat())
            .when(afterwards(), all(date(2027, 5, 21)))
            .then_refused(Refusal::PaidOnAnotherDay);
    }

    #[test]
    fn what_did_not_arrive_is_paid_by_another_run() {
        given([until_exported(), vec![failed(FEE)]].concat())
            .when(afterwards(), some(&[FEE], RUN_ON))
            .then_refused(Refusal::DidNotArrive);
    }

    #[test]
    fn a_plan_is_no_record() {
        given(until_exported())
            .when(by_finance(), all(RUN_ON))
            .then_refused(Refusal::PaymentToCome);
        let on_the_day = online(FINANCE, at("2027-05-19T23:00:00Z"));
        given(until_exported()).when(on_the_day, some(&[FEE], RUN_ON)).then(paid(FEE));
    }

    #[test]
    fn only_what_is_in_an_exported_run_is_paid_by_it() {
        given(until_exported())
            .when(afterwards(), some(&[ANOTHER_FEE], RUN_ON))
            .then_refused(Refusal::NotInThisBatch);
        for (history, refusal) in [
            (vec![], Refusal::NotOpened),
            (vec![opened(), expenses_added()], Refusal::NotExported),
            (until_locked(), Refusal::NotExported),
        ] {
            given(history).when(afterwards(), all(RUN_ON)).then_refused(refusal);
        }
    }
}
