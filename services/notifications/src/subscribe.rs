//! The one door in: of all that other services tell, what is heard here, and nothing more. Total, so
//! that a new fact has to say here whether anybody is to be told of it.

#[cfg(test)]
mod stories;

use std::collections::BTreeSet;

use contracts::fact::Unreadable;
use contracts::id::{ApplicationId, AppointmentId, OpportunityId};
use contracts::personal::PersonName;
use contracts::recruitment::{Audience, Fact as Told, Format, HowToReach, Offered, Reminder};
use contracts::{PersonId, Sealed, opportunities, reimbursements};
use messaging::Fact;
use uuid::Uuid;

use crate::kinds::{
    ApplicationOutcome, ApplicationReceived, ClaimDecided, ClaimPaid, ClaimQueried, ClaimReceived,
    OpportunityOpened, OpportunityWithdrawn, Outcome, TermEnding, WhyOver,
};

/// What recruitment tells that concerns this service.
#[derive(Debug)]
pub(crate) enum Heard {
    /// A person is reached, addressed or written to otherwise from now on.
    Recipient {
        /// Who.
        person: PersonId,
        /// What is new.
        news: RecipientNews,
    },
    /// A person belongs to these localities from now on.
    Localities {
        /// Who.
        person: PersonId,
        /// All of them; none means every one.
        localities: BTreeSet<String>,
    },
    /// One more account acts for a person.
    Linked {
        /// Which account.
        account: Uuid,
        /// For whom.
        person: PersonId,
    },
    /// That account acts for them no longer.
    Unlinked {
        /// Which account.
        account: Uuid,
        /// For whom it did.
        person: PersonId,
    },
    /// An opportunity suits what a person chose.
    OpportunityMatched {
        /// Who.
        person: PersonId,
        /// What they are told.
        content: OpportunityOpened,
    },
    /// An application has arrived.
    ApplicationSubmitted {
        /// Whose.
        person: PersonId,
        /// What they are told.
        content: ApplicationReceived,
    },
    /// An application is withdrawn.
    ApplicationWithdrawn {
        /// Whose.
        person: PersonId,
        /// Which.
        application: ApplicationId,
        /// For which opportunity.
        opportunity: OpportunityId,
    },
    /// What came of an application may be known.
    OutcomeTold {
        /// By whom.
        person: PersonId,
        /// What they are told.
        content: ApplicationOutcome,
    },
    /// What someone applied for was withdrawn.
    OpportunityWithdrawn {
        /// Who applied.
        person: PersonId,
        /// What they are told.
        content: OpportunityWithdrawn,
    },
    /// A place is offered.
    PlaceOffered(Box<Offered>),
    /// An offer of a place is over: answered, taken back, or let go.
    OfferOver(OfferOver),
    /// A term comes to its end, and the person is asked something.
    TermEnding {
        /// Who.
        person: PersonId,
        /// What they are asked.
        content: TermEnding,
    },
    /// Nothing that anyone is told of here.
    Nothing,
}

/// Which offer is over, and how.
#[derive(Debug)]
pub(crate) struct OfferOver {
    /// To whom the place was offered.
    pub(crate) person: PersonId,
    /// Which place.
    pub(crate) appointment: AppointmentId,
    /// The opportunity that led there, if one did.
    pub(crate) opportunity: Option<OpportunityId>,
    /// Why, where the person has not answered and so does not know.
    pub(crate) unanswered: Option<WhyOver>,
}

/// What reimbursements tells of one claim that concerns this service.
#[derive(Debug)]
pub(crate) enum ClaimNews {
    /// It has arrived.
    Received(ClaimReceived),
    /// Something is asked about it.
    Queried(ClaimQueried),
    /// Some lines were decided.
    Decided(ClaimDecided),
    /// A payment was made.
    Paid(ClaimPaid),
}

/// What is new of how a person is told.
#[derive(Debug)]
pub(crate) enum RecipientNews {
    /// They are registered.
    Registered {
        /// What they are called.
        name: Sealed<PersonName>,
        /// How to reach them.
        how_to_reach: HowToReach,
    },
    /// They chose another way, or another address.
    Way(HowToReach),
    /// They are called something else.
    Name(Sealed<PersonName>),
    /// They read or hear in these formats.
    Formats(BTreeSet<Format>),
}

/// What a message of recruitment tells this service.
pub(crate) fn heard(fact: &Fact) -> Result<Heard, Unreadable> {
    let Some(told) = fact.read::<Told>()? else { return Ok(Heard::Nothing) };
    Ok(match told {
        Told::Registered { person, name, how_to_reach } => {
            Heard::Recipient { person, news: RecipientNews::Registered { name, how_to_reach } }
        }
        Told::ChannelChosen { person, how_to_reach } => {
            Heard::Recipient { person, news: RecipientNews::Way(how_to_reach) }
        }
        Told::Renamed { person, name } => {
            Heard::Recipient { person, news: RecipientNews::Name(name) }
        }
        Told::FormatsRecorded { person, formats } => {
            Heard::Recipient { person, news: RecipientNews::Formats(formats) }
        }
        Told::LocalitiesChosen { person, localities } => Heard::Localities { person, localities },
        Told::AccountLinked { person, account } => Heard::Linked { account, person },
        Told::AccountUnlinked { person, account } => Heard::Unlinked { account, person },
        Told::OpportunityMatched { person, opportunity, title, closing, reasons } => {
            let content = OpportunityOpened { opportunity, title, closing, reasons };
            Heard::OpportunityMatched { person, content }
        }
        Told::ApplicationSubmitted { application, person, opportunity, title } => {
            let content = ApplicationReceived { application, opportunity, title };
            Heard::ApplicationSubmitted { person, content }
        }
        Told::ApplicationWithdrawn { application, person, opportunity } => {
            Heard::ApplicationWithdrawn { person, application, opportunity }
        }
        Told::ApplicationOffered { .. }
        | Told::ApplicationKeptInReserve { .. }
        | Told::ApplicationNotSelected { .. } => outcome(told),
        Told::ApplicationOpportunityWithdrawn {
            application,
            person,
            opportunity,
            title,
            reason,
            kept_in_reserve,
        } => {
            let content =
                OpportunityWithdrawn { application, opportunity, title, reason, kept_in_reserve };
            Heard::OpportunityWithdrawn { person, content }
        }
        Told::AppointmentOffered(offered) => Heard::PlaceOffered(offered),
        Told::AppointmentAccepted(_)
        | Told::AppointmentDeclined(_)
        | Told::AppointmentOfferLapsed(_)
        | Told::AppointmentOfferWithdrawn(_) => offer_over(told),
        Told::ReminderCameDue(reminder) => asked_of_the_person(&reminder),
        Told::OutcomesTold { .. }
        | Told::GroupEstablished { .. }
        | Told::GroupRenamed { .. }
        | Told::SeatAdded { .. }
        | Told::SeatVacated(_)
        | Told::AppointmentRenewed(_)
        | Told::AppointmentEndConfirmed(_)
        | Told::AppointmentStaysOn(_)
        | Told::AppointmentEnded(_)
        | Told::SessionPlanned(_)
        | Told::SessionConfirmed { .. }
        | Told::SessionRescheduled(_)
        | Told::SessionCancelled(_)
        | Told::AttendanceRecorded(_)
        | Told::AttendanceCorrected(_)
        | Told::WorkAccepted(_) => Heard::Nothing,
    })
}

fn outcome(told: Told) -> Heard {
    if let Told::ApplicationOffered { application, person, opportunity, title, reason } = told {
        let (outcome, has_reason) = (Outcome::PlaceOffered {}, reason.is_some());
        let content = ApplicationOutcome { application, opportunity, title, outcome, has_reason };
        Heard::OutcomeTold { person, content }
    } else if let Told::ApplicationKeptInReserve {
        application,
        person,
        opportunity,
        title,
        until,
        reason,
    } = told
    {
        let (outcome, has_reason) = (Outcome::KeptInReserve { until }, reason.is_some());
        let content = ApplicationOutcome { application, opportunity, title, outcome, has_reason };
        Heard::OutcomeTold { person, content }
    } else if let Told::ApplicationNotSelected { application, person, opportunity, title, reason } =
        told
    {
        let (outcome, has_reason) = (Outcome::NotSelected {}, reason.is_some());
        let content = ApplicationOutcome { application, opportunity, title, outcome, has_reason };
        Heard::OutcomeTold { person, content }
    } else {
        Heard::Nothing
    }
}

fn offer_over(told: Told) -> Heard {
    let over = |person, appointment, opportunity, unanswered| {
        Heard::OfferOver(OfferOver { person, appointment, opportunity, unanswered })
    };
    if let Told::AppointmentAccepted(it) = told {
        over(it.person, it.appointment, it.opportunity, None)
    } else if let Told::AppointmentDeclined(it) = told {
        over(it.person, it.appointment, it.opportunity, None)
    } else if let Told::AppointmentOfferLapsed(it) = told {
        over(it.person, it.appointment, it.opportunity, Some(WhyOver::NotAnswered {}))
    } else if let Told::AppointmentOfferWithdrawn(it) = told {
        let why = WhyOver::TakenBack { reason: it.reason };
        over(it.person, it.appointment, it.opportunity, Some(why))
    } else {
        Heard::Nothing
    }
}

/// What the coordinator alone is asked is sent to nobody.
fn asked_of_the_person(reminder: &Reminder) -> Heard {
    match reminder.to {
        Audience::Coordinator => Heard::Nothing,
        Audience::Involvee | Audience::InvolveeAndChair => Heard::TermEnding {
            person: reminder.person,
            content: TermEnding {
                appointment: reminder.appointment,
                question: reminder.question,
                ends_on: reminder.ends_on,
            },
        },
    }
}

/// What a message of reimbursements tells this service, and of whose claim.
pub(crate) fn claim_news(fact: &Fact) -> Result<Option<(PersonId, ClaimNews)>, Unreadable> {
    use reimbursements::Fact as Told;

    let Some(told) = fact.read::<Told>()? else { return Ok(None) };
    Ok(match told {
        Told::Received { claim, person, activity_on, expenses, payments, questions } => {
            let it = ClaimReceived { claim, activity_on, expenses, payments, questions };
            Some((person, ClaimNews::Received(it)))
        }
        Told::Queried { claim, person, activity_on, lines, question } => {
            Some((person, ClaimNews::Queried(ClaimQueried { claim, activity_on, lines, question })))
        }
        Told::Decided {
            claim,
            person,
            activity_on,
            approved,
            refused,
            undecided,
            expenses,
            payments,
        } => {
            let it = ClaimDecided {
                claim,
                activity_on,
                approved,
                refused,
                undecided,
                expenses,
                payments,
            };
            Some((person, ClaimNews::Decided(it)))
        }
        Told::Paid {
            claim,
            person,
            activity_on,
            payable_on,
            paid_on,
            kind: paid_for,
            amount,
            reference,
        } => {
            let it =
                ClaimPaid { claim, activity_on, payable_on, paid_on, paid_for, amount, reference };
            Some((person, ClaimNews::Paid(it)))
        }
        Told::Payable { .. } | Told::Withdrawn { .. } | Told::PaymentFailed { .. } => None,
    })
}

/// The title that a message of the opportunities service tells, and of which opportunity.
pub(crate) fn title(fact: &Fact) -> Result<Option<(OpportunityId, String)>, Unreadable> {
    let Some(told) = fact.read::<opportunities::Fact>()? else { return Ok(None) };
    Ok(match told {
        opportunities::Fact::Approved { opportunity, advert }
        | opportunities::Fact::Opened { opportunity, advert } => Some((opportunity, advert.title)),
        opportunities::Fact::ClosingExtended { .. }
        | opportunities::Fact::Closed { .. }
        | opportunities::Fact::Withdrawn { .. }
        | opportunities::Fact::OutcomeRecorded { .. } => None,
    })
}
