//! What the recruitment service tells others: who can be reached how, what suits whom, who applied.
//! Whatever could tell who someone is travels sealed.

use std::collections::BTreeSet;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::id::{ApplicationId, OpportunityId, PersonId};
use crate::opportunities::{Closing, Constituency};
use crate::personal::{Email, OutcomeReason, PersonName, Phone, PostalAddress};
use crate::sealed::Sealed;

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
    /// Everyone who was decided on may know from now on. Comes before what each of them is told.
    #[serde(rename = "selection.outcomes_told.v1")]
    OutcomesTold {
        /// For which opportunity.
        opportunity: OpportunityId,
        /// Whom people can reach on that day.
        reachable: PersonId,
    },
}
