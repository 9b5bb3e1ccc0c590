//! The one door out: from what this service remembers to what others may rely on. Total, so that a
//! new event has to say here whether anybody outside hears of it.

use contracts::ClaimId;
use contracts::fact::Unreadable;
use contracts::reimbursements::{Fact, LineQuestion, LineRefusal};
use cqrs_es::Aggregate as _;
use eventstore::envelope::StoredEvent;

use crate::claim::{Claim, RefusedLine, Submitted};
use crate::opening::Opening;
use crate::payee::Payee;
use crate::payment::{Part, Totals};
use crate::payment_batch::{PartOf, PaymentBatch, reference};
use crate::rate_card::RateCard;
use crate::setting::Setting;
use crate::{claim, opening, payee, payment_batch, rate_card, setting};

/// The facts an event means, each as its name and body. An event of a room that is not named here
/// stops the relay, which says so, rather than stay at home unnoticed.
pub fn publish(event: &StoredEvent) -> Result<Vec<(String, String)>, Unreadable> {
    let fact = match event.stream.kind.as_str() {
        Claim::TYPE => of_claim(event.id(), event.decode()?),
        PaymentBatch::TYPE => of_payment_batch(&event.decode()?),
        RateCard::TYPE => of_rate_card(&event.decode()?),
        Setting::TYPE => of_setting(&event.decode()?),
        Payee::TYPE => of_payee(&event.decode()?),
        Opening::TYPE => of_opening(&event.decode()?),
        _ => return Err(Unreadable::NotNamed),
    };
    fact.iter().map(contracts::fact::write).collect()
}

/// Who read what is told to the person alone.
fn of_opening(event: &opening::Event) -> Option<Fact> {
    match event {
        opening::Event::Recorded { .. } => None,
    }
}

fn of_claim(claim: ClaimId, event: claim::Event) -> Option<Fact> {
    match event {
        claim::Event::Submitted(it) => Some(received(claim, &it)),
        claim::Event::Queried { person, activity_on, lines, question, activity: _ } => {
            Some(Fact::Queried { claim, person, activity_on, lines, question })
        }
        claim::Event::LinesDecided {
            person,
            activity_on,
            approved,
            refused,
            undecided,
            expenses,
            payments,
            ..
        } => Some(Fact::Decided {
            claim,
            person,
            activity_on,
            approved: approved.into_iter().map(|it| it.line).collect(),
            refused: refused.into_iter().map(refusal).collect(),
            undecided,
            expenses,
            payments,
        }),
        claim::Event::Authorised { person, activity_on, parts, payable_on, .. } => {
            let Totals { expenses, payments } = sums(&parts)?;
            Some(Fact::Payable { claim, person, activity_on, payable_on, expenses, payments })
        }
        claim::Event::Withdrawn { person, activity: _ } => Some(Fact::Withdrawn { claim, person }),
        claim::Event::Paid { person, activity_on, part, payable_on, paid_on, .. } => {
            let Part { number, kind, amount, lines: _ } = part;
            let reference = reference::of(PartOf { claim, part: number });
            Some(Fact::Paid {
                claim,
                person,
                activity_on,
                payable_on,
                paid_on,
                kind,
                amount,
                reference,
            })
        }
        claim::Event::PaymentFailed { person, activity_on, part, reason, .. } => {
            let Part { kind, amount, number: _, lines: _ } = part;
            Some(Fact::PaymentFailed { claim, person, activity_on, kind, amount, reason })
        }
        // What someone answered, and how far a payment run has come, is known here alone.
        claim::Event::QueryAnswered { .. } | claim::Event::PutInBatch { .. } => None,
    }
}

fn received(claim: ClaimId, it: &Submitted) -> Fact {
    let question = |line: &claim::Line| {
        let question = line.question.as_ref()?.to_string();
        Some(LineQuestion { line: line.number, question })
    };
    Fact::Received {
        claim,
        person: it.person,
        activity_on: it.evidence.on,
        expenses: it.expenses,
        payments: it.payments,
        questions: it.lines.iter().filter_map(question).collect(),
    }
}

fn refusal(RefusedLine { line, reason }: RefusedLine) -> LineRefusal {
    LineRefusal { line, reason }
}

/// What was authorised at once holds one part of each kind at most, so there is always a sum.
fn sums(parts: &[Part]) -> Option<Totals> {
    let nothing = Totals::nothing(parts.first()?.amount.currency);
    parts.iter().try_fold(nothing, |sums, part: &Part| sums.with(part.kind, part.amount))
}

fn of_payment_batch(event: &payment_batch::Event) -> Option<Fact> {
    match event {
        payment_batch::Event::Opened { .. }
        | payment_batch::Event::PartAdded { .. }
        | payment_batch::Event::Locked { .. }
        | payment_batch::Event::Exported { .. }
        | payment_batch::Event::PartPaid { .. }
        | payment_batch::Event::PartFailed { .. } => None,
    }
}

fn of_rate_card(event: &rate_card::Event) -> Option<Fact> {
    match event {
        rate_card::Event::Drafted { .. }
        | rate_card::Event::Approved { .. }
        | rate_card::Event::PutInForce { .. } => None,
    }
}

fn of_setting(event: &setting::Event) -> Option<Fact> {
    match event {
        setting::Event::PutInForce { .. } => None,
    }
}

/// Where someone's money goes nobody outside ever hears.
fn of_payee(event: &payee::Event) -> Option<Fact> {
    match event {
        payee::Event::AccountGiven { .. } => None,
    }
}

#[cfg(test)]
mod stories {
    use std::path::Path;

    use contracts::reimbursements::Fact;
    use uuid::Uuid;

    use super::{ClaimId, claim, of_claim, payee};
    use crate::payment::Kind;

    const CLAIM: ClaimId = ClaimId::new(Uuid::from_u128(0xd01));

    fn stored(name: &str) -> String {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples");
        std::fs::read_to_string(folder.join(format!("{name}.json"))).unwrap()
    }

    fn fact_of(name: &str) -> Option<Fact> {
        let event: claim::Event = contracts::fact::read(name, &stored(name)).unwrap();
        of_claim(CLAIM, event)
    }

    /// Each stored event of a claim, and the fact its sample means.
    const TOLD: [(&str, Option<&str>); 9] = [
        ("claim.submitted.v1", Some("claim.received.v1")),
        ("claim.queried.v1", Some("claim.queried.v1")),
        ("claim.query_answered.v1", None),
        ("claim.lines_decided.v1", Some("claim.decided.v1")),
        ("claim.authorised.v1", Some("claim.payable.v1")),
        ("claim.withdrawn.v1", Some("claim.withdrawn.v1")),
        ("claim.put_in_batch.v1", None),
        ("claim.paid.v1", Some("claim.paid.v1")),
        ("claim.payment_failed.v1", Some("claim.payment_failed.v1")),
    ];

    #[test]
    fn every_stored_event_of_a_claim_means_the_fact_its_letter_needs() {
        let contract = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/contracts/samples");
        for (event, fact) in TOLD {
            let told = fact_of(event).map(|fact| contracts::fact::write(&fact).unwrap());
            assert_eq!(told.as_ref().map(|(name, _)| name.as_str()), fact, "{event}");
            let Some((name, body)) = told else { continue };
            let sample = std::fs::read_to_string(contract.join(format!("{name}.json"))).unwrap();
            let value = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap();
            assert_eq!(value(&body), value(&sample), "{event}");
        }
    }

    #[test]
    fn a_payment_is_of_one_kind_and_says_what_stands_on_the_statement() {
        let Some(Fact::Paid { kind, reference, .. }) = fact_of("claim.paid.v1") else {
            panic!("it was paid")
        };
        assert_eq!((kind, reference.as_str()), (Kind::Expenses, "000000000D01-1"));
    }

    #[test]
    fn no_fact_carries_anything_sealed() {
        for (event, fact) in TOLD.into_iter().filter(|(_, fact)| fact.is_some()) {
            let told = fact_of(event).map(|fact| contracts::fact::write(&fact).unwrap());
            let body = told.map(|(_, body)| body).unwrap_or_default();
            assert!(!body.contains("bytes"), "{fact:?}");
        }
        let name = "payee.account_given.v1";
        let event: payee::Event = contracts::fact::read(name, &stored(name)).unwrap();
        assert_eq!(super::of_payee(&event), None);
    }
}
