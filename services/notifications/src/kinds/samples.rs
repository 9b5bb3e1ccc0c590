//! One message of each kind, and whose voice it is in. Only stories use these.

use contracts::Money;
use contracts::id::{ApplicationId, AppointmentId, ClaimId};
use contracts::opportunities::Closing;
use contracts::recruitment::{About, MatchReason};
use contracts::reimbursements::{LineQuestion, LineRefusal, PaymentKind};
use jiff::civil::{Date, date};
use uuid::Uuid;

use super::*;

pub(crate) const OPPORTUNITY: OpportunityId = OpportunityId::new(Uuid::from_u128(21));
pub(crate) const APPLICATION: ApplicationId = ApplicationId::new(Uuid::from_u128(22));
const APPOINTMENT: AppointmentId = AppointmentId::new(Uuid::from_u128(23));
const CLAIM: ClaimId = ClaimId::new(Uuid::from_u128(24));
pub(crate) const TITLE: &str = "Mental Health Research Panel";

/// The last day of the term in these stories, and the day of what is claimed for.
const ENDS_ON: Date = date(2028, 2, 29);
const ACTIVITY_ON: Date = date(2027, 5, 10);

pub(crate) fn voice() -> Voice {
    Voice {
        sender: Sender {
            name: "Involvement team".to_owned(),
            address: "team@example.org".to_owned(),
            phone: Some("01632 960101".to_owned()),
            postal_address: Some("1 High Street\nBristol".to_owned()),
            website: None,
        },
        crisis_line: "call 111 and choose option 2".to_owned(),
    }
}

pub(crate) fn opportunity_opened() -> OpportunityOpened {
    OpportunityOpened {
        opportunity: OPPORTUNITY,
        title: TITLE.to_owned(),
        closing: Closing::At {
            at: "2027-02-05T12:00:00Z".parse().unwrap(),
            zone: "Europe/London".to_owned(),
        },
        reasons: vec![
            MatchReason::Interest { interest: "research".to_owned() },
            MatchReason::Locality { locality: "Bristol".to_owned() },
        ],
    }
}

pub(crate) fn application_received() -> ApplicationReceived {
    ApplicationReceived {
        application: APPLICATION,
        opportunity: OPPORTUNITY,
        title: TITLE.to_owned(),
    }
}

fn application_withdrawn() -> ApplicationWithdrawn {
    let title = Some(TITLE.to_owned());
    ApplicationWithdrawn { application: APPLICATION, opportunity: OPPORTUNITY, title }
}

pub(crate) fn term_ending() -> TermEnding {
    TermEnding { appointment: APPOINTMENT, question: About::EndOrRenewal, ends_on: ENDS_ON }
}

pub(crate) fn place_offered() -> PlaceOffered {
    PlaceOffered {
        appointment: APPOINTMENT,
        opportunity: Some(OPPORTUNITY),
        title: Some(TITLE.to_owned()),
        starts_on: date(2027, 3, 1),
        ends_on: ENDS_ON,
        answer_by: date(2027, 1, 25),
    }
}

pub(crate) fn place_no_longer_offered() -> PlaceNoLongerOffered {
    PlaceNoLongerOffered {
        appointment: APPOINTMENT,
        opportunity: Some(OPPORTUNITY),
        title: Some(TITLE.to_owned()),
        why: WhyOver::TakenBack { reason: "The panel was merged with another.".to_owned() },
    }
}

pub(crate) fn application_outcome() -> ApplicationOutcome {
    ApplicationOutcome {
        application: APPLICATION,
        opportunity: OPPORTUNITY,
        title: TITLE.to_owned(),
        outcome: Outcome::NotSelected {},
        has_reason: true,
    }
}

pub(crate) fn opportunity_withdrawn() -> OpportunityWithdrawn {
    OpportunityWithdrawn {
        application: APPLICATION,
        opportunity: OPPORTUNITY,
        title: TITLE.to_owned(),
        reason: "The panel was merged with another.".to_owned(),
        kept_in_reserve: false,
    }
}

pub(crate) fn claim_received() -> ClaimReceived {
    let question = "What was the ticket for?".to_owned();
    ClaimReceived {
        claim: CLAIM,
        activity_on: ACTIVITY_ON,
        expenses: Money::sterling(1_890),
        payments: Money::sterling(7_500),
        questions: vec![LineQuestion { line: 3, question }],
    }
}

pub(crate) fn claim_queried() -> ClaimQueried {
    ClaimQueried {
        claim: CLAIM,
        activity_on: ACTIVITY_ON,
        lines: [2, 3].into(),
        question: "How far did you travel?".to_owned(),
    }
}

pub(crate) fn claim_decided() -> ClaimDecided {
    let reason = "parking is free for you there.".to_owned();
    ClaimDecided {
        claim: CLAIM,
        activity_on: ACTIVITY_ON,
        approved: vec![1, 2],
        refused: vec![LineRefusal { line: 3, reason }],
        undecided: vec![4],
        expenses: Money::sterling(1_890),
        payments: Money::sterling(7_500),
    }
}

pub(crate) fn claim_paid() -> ClaimPaid {
    ClaimPaid {
        claim: CLAIM,
        activity_on: ACTIVITY_ON,
        payable_on: date(2027, 5, 20),
        paid_on: date(2027, 5, 28),
        paid_for: PaymentKind::InvolvementPayment,
        amount: Money::sterling(7_500),
        reference: "INV 7K2".to_owned(),
    }
}

/// One of each kind. A new kind breaks the build here until it has its place.
pub(crate) fn one_of_each() -> Vec<Content> {
    let next = |content: &Content| match content {
        Content::OpportunityOpened(_) => Some(Content::ApplicationReceived(application_received())),
        Content::ApplicationReceived(_) => {
            Some(Content::ApplicationWithdrawn(application_withdrawn()))
        }
        Content::ApplicationWithdrawn(_) => Some(Content::Registered(Registered {})),
        Content::Registered(_) => Some(Content::TermEnding(term_ending())),
        Content::TermEnding(_) => Some(Content::PlaceOffered(place_offered())),
        Content::PlaceOffered(_) => Some(Content::PlaceNoLongerOffered(place_no_longer_offered())),
        Content::PlaceNoLongerOffered(_) => {
            Some(Content::ApplicationOutcome(application_outcome()))
        }
        Content::ApplicationOutcome(_) => {
            Some(Content::OpportunityWithdrawn(opportunity_withdrawn()))
        }
        Content::OpportunityWithdrawn(_) => Some(Content::ClaimReceived(claim_received())),
        Content::ClaimReceived(_) => Some(Content::ClaimQueried(claim_queried())),
        Content::ClaimQueried(_) => Some(Content::ClaimDecided(claim_decided())),
        Content::ClaimDecided(_) => Some(Content::ClaimPaid(claim_paid())),
        Content::ClaimPaid(_) => None,
    };
    std::iter::successors(Some(Content::OpportunityOpened(opportunity_opened())), next).collect()
}
