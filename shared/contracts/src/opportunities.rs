//! What the opportunities service tells others. Facts carry all that their readers need.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::id::{GroupId, OpportunityId, SeatId};

/// Who a place is for.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Constituency {
    /// People who use the trust's services.
    ServiceUser,
    /// Unpaid carers of people who use them.
    Carer,
    /// Anyone else with an interest.
    Public,
}

/// When applications close.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Closing {
    /// Up to and including this instant.
    At {
        /// The instant itself.
        at: Timestamp,
        /// The zone in which people are told it, such as `Europe/London`.
        #[schema(max_length = 64)]
        zone: String,
    },
    /// No closing time: applications are considered when there is room, and closed by hand.
    Rolling,
}

/// Whether time is paid for. Expenses and involvement payments are never one figure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum PaymentOffer {
    /// An involvement payment, and expenses.
    InvolvementPayment {
        /// What people are told, amounts included.
        #[schema(max_length = 2000)]
        statement: String,
    },
    /// Expenses only, said plainly.
    ExpensesOnly {
        /// What people are told.
        #[schema(max_length = 2000)]
        statement: String,
    },
    /// Neither, said plainly.
    Unpaid {
        /// What people are told.
        #[schema(max_length = 2000)]
        statement: String,
    },
}

/// One published criterion. Panels score on these and on nothing else.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Criterion {
    /// Short name within its opportunity, such as `listening`.
    #[schema(max_length = 40)]
    pub code: String,
    /// What is asked for, in the advert's words.
    #[schema(max_length = 400)]
    pub text: String,
    /// Whether someone who lacks it cannot be chosen.
    pub essential: bool,
}

/// One step of how people are chosen, with the date it is planned for where there is one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Step {
    /// What happens.
    #[schema(max_length = 300)]
    pub what: String,
    /// On which day, if planned.
    #[schema(value_type = Option<String>, format = Date)]
    pub on: Option<Date>,
}

/// Whom to ask. A team, not a person: no name in clear belongs into an event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Contact {
    /// The team's name.
    #[schema(max_length = 150)]
    pub team: String,
    /// The team's e-mail address, if it has one.
    #[schema(max_length = 254)]
    pub email: Option<String>,
    /// The team's telephone number, if it has one.
    #[schema(max_length = 60)]
    pub phone: Option<String>,
}

/// An advert, whole, as frozen at its approval.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Advert {
    /// As people will see it.
    pub title: String,
    /// The body that advertises.
    pub organisation: String,
    /// What it is for and what decision it feeds.
    pub purpose: String,
    /// What the person would do.
    pub role_description: String,
    /// Kind of role, from the trust's own list.
    pub role_kind: String,
    /// Area it belongs to, from the trust's own list; `None` means everywhere.
    pub locality: Option<String>,
    /// Topics, matched with people's interests.
    pub interests: Vec<String>,
    /// Who may apply.
    pub open_to: Vec<Constituency>,
    /// Who cannot apply, in words.
    pub exclusions: Option<String>,
    /// How much time it takes.
    pub commitment: String,
    /// How many people are sought.
    pub places: u16,
    /// Length of the term in months; `None` for a single occasion.
    pub term_months: Option<u16>,
    /// What is paid.
    pub payment: PaymentOffer,
    /// When it opens for applications.
    pub opens_at: Timestamp,
    /// When it closes.
    pub closing: Closing,
    /// How to apply, other ways than this system included.
    pub how_to_apply: String,
    /// Formats and help offered.
    pub accessible_formats: String,
    /// Whom to ask.
    pub contact: Contact,
    /// What is scored.
    pub criteria: Vec<Criterion>,
    /// How people are chosen.
    pub steps: Vec<Step>,
    /// The youngest age at which someone may apply, in years.
    pub minimum_age_years: u8,
    /// Group whose seats are to be filled, if any.
    pub group: Option<GroupId>,
    /// Seats to be filled, if any.
    pub seats: Vec<SeatId>,
}

/// How an opportunity ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Every place was taken.
    Filled,
    /// Some places were taken.
    PartFilled,
    /// No place was taken.
    Unfilled,
}

/// What others may rely on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Fact {
    /// The advert is fixed and will open at its time.
    #[serde(rename = "opportunity.approved.v1")]
    Approved {
        /// Which opportunity.
        opportunity: OpportunityId,
        /// Its advert, whole.
        advert: Box<Advert>,
    },
    /// Applications may be made.
    #[serde(rename = "opportunity.opened.v1")]
    Opened {
        /// Which opportunity.
        opportunity: OpportunityId,
        /// Its advert, whole.
        advert: Box<Advert>,
    },
    /// The closing time moved later.
    #[serde(rename = "opportunity.closing_extended.v1")]
    ClosingExtended {
        /// Which opportunity.
        opportunity: OpportunityId,
        /// The new closing.
        closing: Closing,
        /// Why, in words for applicants.
        reason: String,
    },
    /// No more applications.
    #[serde(rename = "opportunity.closed.v1")]
    Closed {
        /// Which opportunity.
        opportunity: OpportunityId,
        /// The instant from which it counts as closed.
        closed_at: Timestamp,
    },
    /// It will not go ahead; everyone who applied is told.
    #[serde(rename = "opportunity.withdrawn.v1")]
    Withdrawn {
        /// Which opportunity.
        opportunity: OpportunityId,
        /// Why, in words for applicants.
        reason: String,
    },
    /// How it ended.
    #[serde(rename = "opportunity.outcome_recorded.v1")]
    OutcomeRecorded {
        /// Which opportunity.
        opportunity: OpportunityId,
        /// The outcome.
        outcome: Outcome,
        /// How many places were taken.
        places_filled: u16,
        /// What changed because of it, in words; may be told later.
        what_changed: Option<String>,
    },
}
