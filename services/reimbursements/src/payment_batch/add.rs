//! Add: a part of a claim that was authorised is taken into the run. A second involvement payment to
//! one person needs their yes to being paid both at once; expenses never wait for an answer.

use contracts::{Money, PersonId};
use eventstore::Occasion;

use super::{Event, PartOf, PaymentBatch, Refusal, Run, reference};
use crate::payment::Kind;

/// Asked by a policy for whatever was authorised, or by finance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Add {
    /// What is to be paid.
    pub of: PartOf,
    /// To whom, filled in at the edge from what was authorised.
    pub person: PersonId,
    /// Of which kind it is, likewise.
    pub kind: Kind,
    /// How much, likewise.
    pub amount: Money,
    /// Whether the person was asked, and said yes to two involvement payments in one run.
    pub agreed_to_share: bool,
}

impl Add {
    /// Until the run is locked.
    pub fn decide(self, state: &PaymentBatch, _: &Occasion) -> Result<Vec<Event>, Refusal> {
        let run = state.run().ok_or(Refusal::NotOpened)?;
        if let Some(entry) = run.entry(self.of) {
            let same = (entry.person, entry.kind, entry.amount);
            return if same == (self.person, self.kind, self.amount) {
                Ok(Vec::new())
            } else {
                Err(Refusal::AlreadyInABatch)
            };
        }
        match state {
            PaymentBatch::NotOpened => Err(Refusal::NotOpened),
            PaymentBatch::Locked(..) | PaymentBatch::Exported { .. } => Err(Refusal::Locked),
            PaymentBatch::Open(_) => self.join(run),
        }
    }

    fn join(self, run: &Run) -> Result<Vec<Event>, Refusal> {
        let Self { of, person, kind, amount, agreed_to_share } = self;
        if amount.pence <= 0 {
            return Err(Refusal::NothingToPay);
        }
        if run.currency().is_some_and(|it| it != amount.currency) {
            return Err(Refusal::OtherCurrency);
        }
        let second = kind == Kind::InvolvementPayment
            && run.entries.iter().any(|it| it.kind == kind && it.person == person);
        if second && !agreed_to_share {
            return Err(Refusal::AskFirst);
        }
        Ok(vec![Event::PartAdded {
            claim: of.claim,
            part: of.part,
            person,
            kind,
            amount,
            reference: reference::of(of),
            agreed_to_share: second,
        }])
    }
}

#[cfg(test)]
mod stories {
    use contracts::money::Currency;

    use super::super::Command;
    use super::super::samples::*;
    use super::*;

    fn add(change: impl FnOnce(&mut Add)) -> Command {
        let (kind, amount) = (Kind::Expenses, Money::sterling(370));
        let mut add = Add { of: EXPENSES, person: PERSON, kind, amount, agreed_to_share: false };
        change(&mut add);
        Command::Add(add)
    }

    fn add_another_fee(agreed_to_share: bool) -> Command {
        add(|it| {
            it.of = ANOTHER_FEE;
            it.kind = Kind::InvolvementPayment;
            it.amount = Money::sterling(2_500);
            it.agreed_to_share = agreed_to_share;
        })
    }

    #[test]
    fn a_part_is_taken_in_under_a_neutral_reference() {
        given(vec![opened()]).when(by_policy(), add(|_| ())).then(expenses_added());
    }

    #[test]
    fn told_twice_it_is_in_once() {
        for history in [vec![opened(), expenses_added()], until_locked(), until_exported()] {
            given(history).when(by_policy(), add(|_| ())).then_nothing();
        }
        given(vec![opened(), expenses_added()])
            .when(by_policy(), add(|it| it.amount = Money::sterling(371)))
            .then_refused(Refusal::AlreadyInABatch);
    }

    #[test]
    fn a_second_fee_in_one_run_needs_the_person_s_yes() {
        let history = || vec![opened(), expenses_added(), fee_added()];
        given(history()).when(by_policy(), add_another_fee(false)).then_refused(Refusal::AskFirst);
        given(history()).when(by_finance(), add_another_fee(true)).then(another_fee_added(true));
    }

    #[test]
    fn the_first_fee_needs_none_and_neither_does_a_fee_to_another_person() {
        given(vec![opened(), expenses_added()])
            .when(by_finance(), add_another_fee(true))
            .then(another_fee_added(false));
        let to_another = add(|it| {
            it.of = ANOTHER_FEE;
            it.kind = Kind::InvolvementPayment;
            it.person = ANOTHER_PERSON;
        });
        let history = vec![opened(), fee_added()];
        assert_eq!(given(history).when(by_policy(), to_another).events().len(), 1);
    }

    #[test]
    fn expenses_never_wait() {
        let history = vec![opened(), fee_added()];
        given(history).when(by_policy(), add(|_| ())).then(expenses_added());
    }

    #[test]
    fn what_is_locked_takes_nothing_more() {
        for history in [until_locked(), until_exported()] {
            given(history).when(by_policy(), add_another_fee(true)).then_refused(Refusal::Locked);
        }
        given(vec![]).when(by_policy(), add(|_| ())).then_refused(Refusal::NotOpened);
    }

    #[test]
    fn a_payment_is_of_more_than_nothing_and_in_the_run_s_currency() {
        for pence in [0, -370] {
            given(vec![opened()])
                .when(by_policy(), add(|it| it.amount = Money::sterling(pence)))
                .then_refused(Refusal::NothingToPay);
        }
        let euro = Money { pence: 370, currency: Currency::Eur };
        given(vec![opened(), fee_added()])
            .when(by_policy(), add(|it| it.amount = euro))
            .then_refused(Refusal::OtherCurrency);
        let in_euro = given(vec![opened()]).when(by_policy(), add(|it| it.amount = euro));
        assert_eq!(in_euro.events().len(), 1);
    }
}
