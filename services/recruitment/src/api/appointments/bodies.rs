//! What comes in about places, and what can be seen to be wrong with it before anything is decided.

use contracts::personal::{ReasonForExceptionKind, ReasonForSteppingDownKind, WordsOnLeavingKind};
use contracts::{ApplicationId, OpportunityId, PersonId};
use jiff::civil::Date;
use serde::Deserialize;
use utoipa::ToSchema;
use web::{Body, FieldError};

use crate::api::bodies::fields;
use crate::api::given::{Given, check_if_given};
use crate::appointment::{Accept, ConfirmEnd, Lapse, RecordAnswer, Renewal, WithdrawOffer};
use crate::contacted::Contacted;

/// Characters in the name of a version or of a step.
const NAME_CHARACTERS_MAX: usize = 120;

type GivenReasonForException = Given<ReasonForExceptionKind>;
type GivenReasonForSteppingDown = Given<ReasonForSteppingDownKind>;
type GivenWords = Given<WordsOnLeavingKind>;

/// A place for someone.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct OfferBody {
    /// To whom.
    pub(super) person: PersonId,
    /// The application that led there, if one did.
    #[serde(default)]
    pub(super) application: Option<ApplicationId>,
    /// The opportunity that led there, if one did; of an application it need not be said.
    #[serde(default)]
    pub(super) opportunity: Option<OpportunityId>,
    /// The first day of the term.
    #[schema(value_type = String, format = Date)]
    pub(super) starts_on: Date,
    /// The day by which an answer is hoped for. Nothing happens by itself after it.
    #[schema(value_type = String, format = Date)]
    pub(super) answer_by: Date,
    /// The version of the terms they would agree to.
    #[schema(max_length = 120)]
    pub(super) terms_version: String,
    /// Why it is offered during their break before standing again, where it is.
    #[serde(default)]
    pub(super) exception: Option<ExceptionBody>,
}

/// Why a rule does not hold this once. Whoever leads the team authorises it by sending it.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ExceptionBody {
    /// Why, in words the person may read.
    pub(super) reason: GivenReasonForException,
}

/// A no.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct DeclineBody {
    /// Why, if they wish to say. Nobody has to, and care is not affected.
    #[serde(default)]
    pub(super) words: Option<GivenWords>,
}

/// A goodbye.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ResignBody {
    /// Their last day.
    #[schema(value_type = String, format = Date)]
    pub(super) last_day: Date,
    /// Why, if they wish to say. Nobody has to, and care is not affected.
    #[serde(default)]
    pub(super) words: Option<GivenWords>,
}

/// Another term.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RenewBody {
    /// The last day of the term that is renewed, as the screen showed it.
    #[schema(value_type = String, format = Date)]
    pub(super) term_ending_on: Date,
    /// That the person has said yes.
    pub(super) agreed_with_person: bool,
    /// Why it is one term more than the rule allows, where it is.
    #[serde(default)]
    pub(super) exception: Option<ExceptionBody>,
}

/// An end on another day than the term's, or for another reason.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct EndBody {
    /// On which grounds.
    pub(super) grounds: GroundsBody,
    /// The last day.
    #[schema(value_type = String, format = Date)]
    pub(super) last_day: Date,
    /// How and when the person was told.
    pub(super) contact: Contacted,
}

/// Why a human ends someone's place.
#[derive(Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum GroundsBody {
    /// The term is over.
    TermComplete {},
    /// The role is not needed any more.
    RoleEnded {},
    /// The person was asked to leave; others see that they stepped down.
    SteppedDown {
        /// The day until which they can reply and ask for a review.
        #[schema(value_type = String, format = Date)]
        review_until: Date,
        /// Why, for them and for whoever reviews it.
        #[serde(default)]
        reason: Option<GivenReasonForSteppingDown>,
    },
}

impl RenewBody {
    pub(super) fn renewal(&self) -> Renewal {
        let Self { term_ending_on, agreed_with_person, exception: _ } = *self;
        Renewal { term_ending_on, agreed_with_person }
    }
}

impl ExceptionBody {
    fn check(given: Option<&Self>, errors: &mut Vec<FieldError>) {
        if let Some(given) = given {
            given.reason.check("exception.reason", errors);
        }
    }
}

impl Body for Accept {}

impl Body for ConfirmEnd {}

impl Body for Lapse {}

impl Body for OfferBody {
    fn malformed(&self) -> Vec<FieldError> {
        let mut errors = Vec::new();
        web::text::line("terms_version", &self.terms_version, NAME_CHARACTERS_MAX, &mut errors);
        ExceptionBody::check(self.exception.as_ref(), &mut errors);
        errors
    }
}

impl Body for DeclineBody {
    fn malformed(&self) -> Vec<FieldError> {
        let mut errors = Vec::new();
        check_if_given(self.words.as_ref(), "words", &mut errors);
        errors
    }
}

impl Body for ResignBody {
    fn malformed(&self) -> Vec<FieldError> {
        let mut errors = Vec::new();
        check_if_given(self.words.as_ref(), "words", &mut errors);
        errors
    }
}

impl Body for RenewBody {
    fn malformed(&self) -> Vec<FieldError> {
        let mut errors = Vec::new();
        ExceptionBody::check(self.exception.as_ref(), &mut errors);
        errors
    }
}

impl Body for EndBody {
    fn malformed(&self) -> Vec<FieldError> {
        let mut errors = Vec::new();
        match &self.grounds {
            GroundsBody::TermComplete {} | GroundsBody::RoleEnded {} => {}
            GroundsBody::SteppedDown { reason, .. } => {
                check_if_given(reason.as_ref(), "grounds.reason", &mut errors);
            }
        }
        errors
    }
}

impl Body for WithdrawOffer {
    fn malformed(&self) -> Vec<FieldError> {
        fields(Self::malformed(self))
    }
}

impl Body for RecordAnswer {
    fn malformed(&self) -> Vec<FieldError> {
        let mut errors = Vec::new();
        if let Some(step) = &self.step {
            web::text::line("step", step, NAME_CHARACTERS_MAX, &mut errors);
        }
        errors
    }
}
