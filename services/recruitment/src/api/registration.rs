//! What people say of themselves, in clear as it comes in, and sealed as their room takes it.

use std::collections::BTreeMap;

use contracts::personal::PersonName;
use contracts::{PersonId, Personal, Sealed};
use eventstore::Taken;
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa::openapi::schema::{AdditionalProperties, Object, ObjectBuilder, Schema, Type};
use web::{Body, FieldError, Problem};

use super::State;
use super::bodies::fields;
use super::given::{GivenAddress, GivenEmail, GivenGuardian, GivenName, GivenPhone};
use crate::involvee::{
    AgeStatement, Consent, GuardianConsent, HowToReach, Preferences, Registration,
};

/// How long ago something may have come that is typed in now, as for any other command.
const RECEIVED_AGO_MAX: SignedDuration = SignedDuration::from_hours(60 * 24);

/// The one way by which someone wants to hear from us.
#[derive(Deserialize, ToSchema)]
#[serde(tag = "channel", rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum HowToReachBody {
    /// By e-mail.
    Email {
        /// Where to.
        address: GivenEmail,
    },
    /// By being rung up.
    Phone {
        /// Which number.
        number: GivenPhone,
    },
    /// By text message.
    Text {
        /// Which number.
        number: GivenPhone,
    },
    /// By letter.
    Letter {
        /// Where to.
        address: GivenAddress,
    },
}

/// What someone says of their age.
#[derive(Deserialize, ToSchema)]
#[serde(tag = "band", rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum AgeBody {
    /// They are at least 18.
    Adult,
    /// They are 16 or 17.
    SixteenOrSeventeen {
        /// That a parent or guardian agrees; nobody under 18 is registered without.
        guardian_consent: Option<GuardianBody>,
    },
}

/// That a parent or guardian agrees.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct GuardianBody {
    /// Who, and how to reach them.
    guardian: GivenGuardian,
    /// Since when.
    #[schema(value_type = String, format = Date)]
    given_on: Date,
}

/// What someone says when they register.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RegistrationBody {
    /// What they are called.
    name: GivenName,
    /// How to reach them.
    how_to_reach: HowToReachBody,
    /// What they want to hear of.
    preferences: Preferences,
    /// How old they are.
    age: AgeBody,
    /// What they agree to, and in which wording.
    #[serde(default)]
    #[schema(schema_with = consents_schema)]
    consents: BTreeMap<Consent, String>,
    /// The version of the privacy notice they were given.
    #[schema(max_length = 40)]
    privacy_notice_version: String,
    /// How they heard of us.
    #[serde(default)]
    heard_from: Option<HeardFrom>,
}

/// Each thing that can be agreed to, with the version of its wording.
fn consents_schema() -> Object {
    let wording = || ObjectBuilder::new().schema_type(Type::String).max_length(Some(40));
    ObjectBuilder::new()
        .property("opportunity_news", wording())
        .property("named_in_public", wording())
        .additional_properties(Some(AdditionalProperties::<Schema>::FreeForm(false)))
        .build()
}

/// How someone heard of us. Chosen from a list: in words of their own it would be about their life,
/// and it is kept in clear.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum HeardFrom {
    /// A poster.
    Poster,
    /// A leaflet or letter.
    Leaflet,
    /// The trust's web pages.
    Website,
    /// A newsletter.
    Newsletter,
    /// Social media.
    SocialMedia,
    /// Someone who works for the trust.
    Staff,
    /// A group or charity.
    Group,
    /// A friend, or someone in the family.
    FriendOrFamily,
    /// Someone involved already.
    SomeoneInvolved,
    /// An event.
    Event,
    /// In another way.
    Other,
}

impl HeardFrom {
    fn code(self) -> &'static str {
        match self {
            Self::Poster => "poster",
            Self::Leaflet => "leaflet",
            Self::Website => "website",
            Self::Newsletter => "newsletter",
            Self::SocialMedia => "social_media",
            Self::Staff => "staff",
            Self::Group => "group",
            Self::FriendOrFamily => "friend_or_family",
            Self::SomeoneInvolved => "someone_involved",
            Self::Event => "event",
            Self::Other => "other",
        }
    }
}

/// A registration that came by paper, phone or face to face.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct TypedInBody {
    /// How it came.
    taken: HowTaken,
    /// When the person gave it, where that was earlier.
    #[serde(default)]
    received_at: Option<Timestamp>,
    /// What they said.
    pub(super) registration: RegistrationBody,
}

/// How something came to staff.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum HowTaken {
    /// On paper.
    Paper,
    /// By telephone.
    Phone,
    /// Face to face.
    InPerson,
}

/// What someone wants to hear of from now on, and by which way.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PreferencesBody {
    /// All of them, as they are to be.
    pub(super) preferences: Preferences,
    /// Another way or address; left out, the present one stays.
    #[serde(default)]
    pub(super) how_to_reach: Option<HowToReachBody>,
}

impl HowToReachBody {
    fn check(&self, errors: &mut Vec<FieldError>) {
        match self {
            Self::Email { address } => address.check("how_to_reach.address", errors),
            Self::Phone { number } | Self::Text { number } => {
                number.check("how_to_reach.number", errors);
            }
            Self::Letter { address } => address.check("how_to_reach.address", errors),
        }
    }
}

impl AgeBody {
    fn check(&self, errors: &mut Vec<FieldError>) {
        if let Self::SixteenOrSeventeen { guardian_consent: Some(consent) } = self {
            consent.guardian.check("age.guardian_consent.guardian", errors);
        }
    }
}

impl RegistrationBody {
    /// The localities they chose.
    pub(super) fn localities(&self) -> &std::collections::BTreeSet<String> {
        &self.preferences.localities
    }

    fn with(
        &self,
        name: Sealed<PersonName>,
        how_to_reach: HowToReach,
        age: AgeStatement,
    ) -> Registration {
        Registration {
            name,
            how_to_reach,
            preferences: self.preferences.clone(),
            age,
            consents: self.consents.clone(),
            privacy_notice_version: self.privacy_notice_version.clone(),
            heard_from: self.heard_from.map(|it| it.code().to_owned()),
        }
    }
}

impl Body for RegistrationBody {
    fn malformed(&self) -> Vec<FieldError> {
        let mut errors = Vec::new();
        self.name.check("name", &mut errors);
        self.how_to_reach.check(&mut errors);
        self.age.check(&mut errors);
        // The room looks at what is in clear; what is sealed may be anything.
        let how_to_reach = HowToReach::Letter { address: nothing() };
        let in_clear = self.with(nothing(), how_to_reach, AgeStatement::Adult);
        errors.extend(fields(in_clear.malformed()));
        errors
    }
}

fn nothing<T: Personal>() -> Sealed<T> {
    Sealed::new(PersonId::default(), String::new())
}

impl Body for TypedInBody {
    fn malformed(&self) -> Vec<FieldError> {
        let within = |error: FieldError| {
            FieldError::new(format!("registration.{}", error.field), error.problem)
        };
        self.registration.malformed().into_iter().map(within).collect()
    }
}

impl Body for PreferencesBody {
    fn malformed(&self) -> Vec<FieldError> {
        let mut errors = fields(self.preferences.malformed());
        if let Some(how_to_reach) = &self.how_to_reach {
            how_to_reach.check(&mut errors);
        }
        errors
    }
}

impl TypedInBody {
    /// How it came.
    pub(super) fn taken(&self) -> Taken {
        match self.taken {
            HowTaken::Paper => Taken::Paper,
            HowTaken::Phone => Taken::Phone,
            HowTaken::InPerson => Taken::InPerson,
        }
    }

    /// When the person gave it: not later than now, and not so long ago that it cannot be meant.
    pub(super) fn received_at(&self, now: Timestamp) -> Result<Timestamp, Problem> {
        let received_at = self.received_at.unwrap_or(now);
        let problem = if received_at > now {
            "This lies in the future."
        } else if now.duration_since(received_at) > RECEIVED_AGO_MAX {
            "This lies more than 60 days back."
        } else {
            return Ok(received_at);
        };
        Err(Problem::malformed(vec![FieldError::new("received_at", problem)]))
    }
}

impl State {
    /// A registration, sealed for this person.
    pub(super) async fn seal_registration(
        &self,
        person: PersonId,
        body: &RegistrationBody,
    ) -> Result<Registration, Problem> {
        let name = self.seal(person, &body.name).await?;
        let how_to_reach = self.seal_how_to_reach(person, &body.how_to_reach).await?;
        let age = match &body.age {
            AgeBody::Adult => AgeStatement::Adult,
            AgeBody::SixteenOrSeventeen { guardian_consent: None } => {
                AgeStatement::SixteenOrSeventeen { guardian_consent: None }
            }
            AgeBody::SixteenOrSeventeen { guardian_consent: Some(it) } => {
                let guardian = self.seal(person, &it.guardian).await?;
                let consent = GuardianConsent { guardian, given_on: it.given_on };
                AgeStatement::SixteenOrSeventeen { guardian_consent: Some(consent) }
            }
        };
        Ok(body.with(name, how_to_reach, age))
    }

    /// A way to reach this person, sealed for them.
    pub(super) async fn seal_how_to_reach(
        &self,
        person: PersonId,
        body: &HowToReachBody,
    ) -> Result<HowToReach, Problem> {
        Ok(match body {
            HowToReachBody::Email { address } => {
                HowToReach::Email { address: self.seal(person, address).await? }
            }
            HowToReachBody::Phone { number } => {
                HowToReach::Phone { number: self.seal(person, number).await? }
            }
            HowToReachBody::Text { number } => {
                HowToReach::Text { number: self.seal(person, number).await? }
            }
            HowToReachBody::Letter { address } => {
                HowToReach::Letter { address: self.seal(person, address).await? }
            }
        })
    }
}
