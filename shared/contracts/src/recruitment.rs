//! What the recruitment service tells others: who can be reached how, what suits whom, who applied,
//! who holds which place, who was there. Whatever could tell who someone is travels sealed.

pub mod places;
pub mod sessions;

use std::collections::BTreeSet;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::id::{ApplicationId, GroupId, OpportunityId, PersonId, SeatId, SessionId};
use crate::opportunities::{Closing, Constituency};
use crate::personal::{Email, OutcomeReason, PersonName, Phone, PostalAddress};
use crate::sealed::Sealed;

pub use places::{
    About, Audience, Ending, NotTaken, OfferWithdrawn, Offered, Reminder, Renewed, SeatRole,
    SeatVacated, StaysOn, TermBegun, WhyEnded,
};
pub use sessions::{
    Attendance, Attended, Cancelled, CancelledBy, Mode, Planned, Rescheduled, TaskKind,
    WorkAccepted,
};

/// The one way by which a person wants to hear from us. Nobody has to have e-mail.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "channel", rename_all = "snake_case")]
pub enum HowToReach {
    /// By e-mail.
    Email {
        /// Where to.
        address: Sealed<Email>,
    },
    /// By being rung up.
    Phone {
        /// Which number.
        number: Sealed<Phone>,
    },
    /// By text message.
    Text {
        /// Which number.
        number: Sealed<Phone>,
    },
    /// By letter.
    Letter {
        /// Where to.
        address: Sealed<PostalAddress>,
    },
}

/// Formats and languages in which people read or hear. Says what to send, never why.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// Print of at least 16 points.
    LargePrint,
    /// Short sentences with pictures.
    EasyRead,
    /// A recording.
    Audio,
    /// Braille.
    Braille,
    /// British Sign Language.
    BritishSignLanguage,
    /// Another language than English; which, the need itself says.
    OtherLanguage,
}

/// Why an opportunity suits someone, in what they chose themselves.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum MatchReason {
    /// Places are for people like them.
    Constituency {
        /// As whom.
        constituency: Constituency,
    },
    /// It is in an area they chose.
    Locality {
        /// Which.
        locality: String,
    },
    /// It is about something they chose.
    Interest {
        /// Which.
        interest: String,
    },
}

/// What others may rely on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Fact {
    /// Someone can be written to, or rung up.
    #[serde(rename = "involvee.registered.v1")]
    Registered {
        /// Who.
        person: PersonId,
        /// What they are called.
        name: Sealed<PersonName>,
        /// How to reach them.
        how_to_reach: HowToReach,
    },
    /// They are to be reached another way, or at another address.
    #[serde(rename = "involvee.channel_chosen.v1")]
    ChannelChosen {
        /// Who.
        person: PersonId,
        /// How from now on.
        how_to_reach: HowToReach,
    },
    /// They are called something else.
    #[serde(rename = "involvee.renamed.v1")]
    Renamed {
        /// Who.
        person: PersonId,
        /// What from now on.
        name: Sealed<PersonName>,
    },
    /// What is sent to them takes these formats.
    #[serde(rename = "involvee.formats_recorded.v1")]
    FormatsRecorded {
        /// Who.
        person: PersonId,
        /// All of them from now on.
        formats: BTreeSet<Format>,
    },
    /// They chose these areas, when they registered or later.
    #[serde(rename = "involvee.localities_chosen.v1")]
    LocalitiesChosen {
        /// Who.
        person: PersonId,
        /// All of them from now on; none means that they belong to every area.
        localities: BTreeSet<String>,
    },
    /// One more account acts for them.
    #[serde(rename = "involvee.account_linked.v1")]
    AccountLinked {
        /// Who.
        person: PersonId,
        /// Which account.
        account: Uuid,
    },
    /// That account acts for them no longer.
    #[serde(rename = "involvee.account_unlinked.v1")]
    AccountUnlinked {
        /// Who.
        person: PersonId,
        /// Which account.
        account: Uuid,
    },
    /// An opportunity suits what they chose; they are to be told of it, once.
    #[serde(rename = "involvee.opportunity_matched.v1")]
    OpportunityMatched {
        /// Who.
        person: PersonId,
        /// Which opportunity.
        opportunity: OpportunityId,
        /// Its title.
        title: String,
        /// Until when they may apply.
        closing: Closing,
        /// Why it suits them.
        reasons: Vec<MatchReason>,
    },
    /// They applied; they are told that it arrived.
    #[serde(rename = "application.submitted.v1")]
    ApplicationSubmitted {
        /// Which application.
        application: ApplicationId,
        /// Whose.
        person: PersonId,
        /// For which opportunity.
        opportunity: OpportunityId,
        /// The opportunity's title.
        title: String,
    },
    /// They withdrew it.
    #[serde(rename = "application.withdrawn.v1")]
    ApplicationWithdrawn {
        /// Which application.
        application: ApplicationId,
        /// Whose.
        person: PersonId,
        /// For which opportunity.
        opportunity: OpportunityId,
    },
    /// They are offered a place, and may know it.
    #[serde(rename = "application.offered.v1")]
    ApplicationOffered {
        /// Which application.
        application: ApplicationId,
        /// Whose.
        person: PersonId,
        /// For which opportunity.
        opportunity: OpportunityId,
        /// What that is called.
        title: String,
        /// Why, in words for them.
        reason: Option<Sealed<OutcomeReason>>,
    },
    /// They may still be offered a place, and may know it.
    #[serde(rename = "application.kept_in_reserve.v1")]
    ApplicationKeptInReserve {
        /// Which application.
        application: ApplicationId,
        /// Whose.
        person: PersonId,
        /// For which opportunity.
        opportunity: OpportunityId,
        /// What that is called.
        title: String,
        /// The last day on which they may.
        until: Date,
        /// Why, in words for them.
        reason: Option<Sealed<OutcomeReason>>,
    },
    /// They were not selected this time, and may know it.
    #[serde(rename = "application.not_selected.v1")]
    ApplicationNotSelected {
        /// Which application.
        application: ApplicationId,
        /// Whose.
        person: PersonId,
        /// For which opportunity.
        opportunity: OpportunityId,
        /// What that is called.
        title: String,
        /// Why, in words for them.
        reason: Option<Sealed<OutcomeReason>>,
    },
    /// What they applied for was withdrawn before they were told anything, or while they were kept in
    /// reserve for it, so nothing comes of their application.
    #[serde(rename = "application.opportunity_withdrawn.v1")]
    ApplicationOpportunityWithdrawn {
        /// Which application.
        application: ApplicationId,
        /// Whose.
        person: PersonId,
        /// For which opportunity.
        opportunity: OpportunityId,
        /// What that is called.
        title: String,
        /// Why, in the trust's own words for everyone who applied.
        reason: String,
        /// Whether they had been told that there might be a place later.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        kept_in_reserve: bool,
    },
    /// Everyone who was decided on may know from now on. Comes before what each of them is told.
    #[serde(rename = "selection.outcomes_told.v1")]
    OutcomesTold {
        /// For which opportunity.
        opportunity: OpportunityId,
        /// Whom people can reach on that day.
        reachable: PersonId,
    },
    /// A group exists.
    #[serde(rename = "group.established.v1")]
    GroupEstablished {
        /// Which group.
        group: GroupId,
        /// What it is called.
        name: String,
        /// Area it belongs to, from the trust's own list; `None` means everywhere.
        locality: Option<String>,
    },
    /// A group is called something else.
    #[serde(rename = "group.renamed.v1")]
    GroupRenamed {
        /// Which group.
        group: GroupId,
        /// What from now on.
        name: String,
    },
    /// A group has one more seat. Who it is for is not told, as others are told who holds it.
    #[serde(rename = "seat.added.v1")]
    SeatAdded {
        /// Which seat.
        seat: SeatId,
        /// Of which group.
        group: GroupId,
        /// What its holder does.
        role: SeatRole,
    },
    /// A seat falls vacant.
    #[serde(rename = "seat.vacated.v1")]
    SeatVacated(Box<SeatVacated>),
    /// A place is offered to someone.
    #[serde(rename = "appointment.offered.v1")]
    AppointmentOffered(Box<Offered>),
    /// They said yes.
    #[serde(rename = "appointment.accepted.v1")]
    AppointmentAccepted(Box<TermBegun>),
    /// They said no.
    #[serde(rename = "appointment.declined.v1")]
    AppointmentDeclined(NotTaken),
    /// Nobody heard from them, and a human let the offer lapse.
    #[serde(rename = "appointment.offer_lapsed.v1")]
    AppointmentOfferLapsed(NotTaken),
    /// The trust took the offer back.
    #[serde(rename = "appointment.offer_withdrawn.v1")]
    AppointmentOfferWithdrawn(Box<OfferWithdrawn>),
    /// It is time to ask what happens at the end of a term.
    #[serde(rename = "appointment.reminder_came_due.v1")]
    ReminderCameDue(Box<Reminder>),
    /// The place is held for another term.
    #[serde(rename = "appointment.renewed.v1")]
    AppointmentRenewed(Renewed),
    /// It is settled on which day the place ends, and the person knows: a human has spoken with
    /// them, or it is they who leave.
    #[serde(rename = "appointment.end_confirmed.v1")]
    AppointmentEndConfirmed(Ending),
    /// The term has ended and nothing is settled.
    #[serde(rename = "appointment.stays_on.v1")]
    AppointmentStaysOn(StaysOn),
    /// The last day has passed.
    #[serde(rename = "appointment.ended.v1")]
    AppointmentEnded(Ending),
    /// A session is meant to take place.
    #[serde(rename = "session.planned.v1")]
    SessionPlanned(Box<Planned>),
    /// It will take place.
    #[serde(rename = "session.confirmed.v1")]
    SessionConfirmed {
        /// Which session.
        session: SessionId,
    },
    /// It takes place at another time.
    #[serde(rename = "session.rescheduled.v1")]
    SessionRescheduled(Box<Rescheduled>),
    /// It does not take place.
    #[serde(rename = "session.cancelled.v1")]
    SessionCancelled(Box<Cancelled>),
    /// Someone was there or sent word; or was not seen, and it counts.
    #[serde(rename = "session.attendance_recorded.v1")]
    AttendanceRecorded(Attended),
    /// What was recorded of someone was wrong.
    #[serde(rename = "session.attendance_corrected.v1")]
    AttendanceCorrected(Attended),
    /// Work done without a session may be paid for.
    #[serde(rename = "work.accepted.v1")]
    WorkAccepted(Box<WorkAccepted>),
}
