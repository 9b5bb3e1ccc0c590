//! What others may rely on of groups, their seats and who holds them. Who a seat is for stands in no
//! fact that names a person; why someone left stands in none beyond four plain words.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::id::{AppointmentId, GroupId, OpportunityId, PersonId, SeatId};
use crate::opportunities::Constituency;

/// What the holder of a seat does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum SeatRole {
    /// Takes part.
    Member,
    /// Leads the meetings.
    Chair,
    /// Leads them when the chair cannot.
    ViceChair,
    /// Another, by the trust's own word.
    Other {
        /// That word.
        label: String,
    },
}

/// Who is reminded that a term ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Audience {
    /// The coordinator alone.
    Coordinator,
    /// The person whose term ends.
    Involvee,
    /// The person and whoever chairs their group.
    InvolveeAndChair,
}

/// Of what people are reminded as a term ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum About {
    /// Think about who comes next.
    PlanSuccession,
    /// Talk about how it went.
    ReviewTalk,
    /// Say whether it ends or goes on.
    EndOrRenewal,
    /// One week is left.
    LastWeek,
    /// Thanks, and what comes after.
    ThankYou,
    /// The last call for claims.
    LastCallForClaims,
}

/// Why an appointment ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum WhyEnded {
    /// The term came to its end.
    TermComplete,
    /// The person left.
    Resigned,
    /// The role is not needed any more.
    RoleEnded,
    /// The person was asked to leave. Others see these two words and no more.
    SteppedDown,
}

/// A seat falls vacant. It names no person, and holds what an advert for it begins with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeatVacated {
    /// Which seat.
    pub seat: SeatId,
    /// Its group, whose name its own facts tell.
    pub group: GroupId,
    /// What its holder does.
    pub role: SeatRole,
    /// Who it is for; `None` means anyone.
    pub constituency: Option<Constituency>,
    /// Area it belongs to; `None` means everywhere.
    pub locality: Option<String>,
    /// Length of a term, in months.
    pub term_months: u16,
    /// The first day on which nobody holds it.
    pub vacant_from: Date,
    /// Whether an opportunity is wanted to fill it: none is under way, and the role goes on.
    pub needs_opportunity: bool,
}

/// A place is offered to someone, who may say yes or no.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offered {
    /// Which appointment it would be.
    pub appointment: AppointmentId,
    /// To which seat.
    pub seat: SeatId,
    /// Of which group.
    pub group: GroupId,
    /// To whom it is offered.
    pub person: PersonId,
    /// The opportunity that led there, if one did.
    pub opportunity: Option<OpportunityId>,
    /// The first day of the term.
    pub starts_on: Date,
    /// Its last day.
    pub ends_on: Date,
    /// The day by which an answer is hoped for. Nothing happens by itself after it.
    pub answer_by: Date,
    /// The version of the terms they would agree to.
    pub terms_version: String,
}

/// Someone said yes and holds the place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TermBegun {
    /// By which appointment.
    pub appointment: AppointmentId,
    /// Which seat.
    pub seat: SeatId,
    /// Of which group.
    pub group: GroupId,
    /// Who.
    pub person: PersonId,
    /// The opportunity that led there, if one did.
    pub opportunity: Option<OpportunityId>,
    /// The first day of the term.
    pub starts_on: Date,
    /// Its last day.
    pub ends_on: Date,
}

/// An offer came to nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotTaken {
    /// Which appointment it would have been.
    pub appointment: AppointmentId,
    /// To which seat.
    pub seat: SeatId,
    /// To whom it was offered.
    pub person: PersonId,
    /// The opportunity that led there, if one did.
    pub opportunity: Option<OpportunityId>,
}

/// The trust took an offer back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfferWithdrawn {
    /// Which appointment it would have been.
    pub appointment: AppointmentId,
    /// To which seat.
    pub seat: SeatId,
    /// To whom it was offered.
    pub person: PersonId,
    /// The opportunity that led there, if one did.
    pub opportunity: Option<OpportunityId>,
    /// Why, in words for the person and about the place.
    pub reason: String,
}

/// It is time to ask what happens at the end of a term. Each step of a term comes once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reminder {
    /// Which appointment.
    pub appointment: AppointmentId,
    /// Which seat.
    pub seat: SeatId,
    /// Of which group.
    pub group: GroupId,
    /// Who holds it.
    pub person: PersonId,
    /// The step's permanent name, such as `7-days-before-involvee-last-week`.
    pub step: String,
    /// Who is asked.
    pub to: Audience,
    /// What they are asked.
    pub question: About,
    /// The last day of the term.
    pub ends_on: Date,
}

/// The place is held for another term.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Renewed {
    /// Which appointment.
    pub appointment: AppointmentId,
    /// Which seat.
    pub seat: SeatId,
    /// Of which group.
    pub group: GroupId,
    /// Who holds it.
    pub person: PersonId,
    /// The first day of the new term.
    pub starts_on: Date,
    /// Its last day.
    pub ends_on: Date,
}

/// The place ends, or will on a day that is settled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ending {
    /// Which appointment.
    pub appointment: AppointmentId,
    /// Which seat.
    pub seat: SeatId,
    /// Of which group.
    pub group: GroupId,
    /// Whose place it is.
    pub person: PersonId,
    /// Why, in as much as others are told.
    pub why: WhyEnded,
    /// The last day, lived to its end.
    pub last_day: Date,
}

/// The term has ended, nobody has settled what follows, and the person keeps the place until a human
/// does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StaysOn {
    /// Which appointment.
    pub appointment: AppointmentId,
    /// Which seat.
    pub seat: SeatId,
    /// Of which group.
    pub group: GroupId,
    /// Who keeps it.
    pub person: PersonId,
    /// The last day of the term.
    pub term_ended_on: Date,
}
