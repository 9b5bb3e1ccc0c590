//! An application in clear as it comes in, and sealed as its room takes it.

use contracts::PersonId;
use serde::Deserialize;
use utoipa::ToSchema;
use web::{Body, FieldError, Problem, text};

use super::State;
use super::given::{GivenNeed, GivenText, check_if_given};
use crate::application::{Answer, Form};

/// No advert asks for more.
const ANSWERS_MAX: usize = 50;
/// The longest code of a criterion, in characters.
const CODE_CHARS_MAX: usize = 80;

/// An application as filled in, online or on paper.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct FormBody {
    /// Answers to the published criteria.
    #[serde(default)]
    #[schema(max_items = 50)]
    answers: Vec<AnswerBody>,
    /// Why they are interested, as much as they wish to say.
    #[serde(default)]
    why: Option<GivenText>,
    /// Interests they declare, such as a post with a supplier.
    #[serde(default)]
    interests: Option<GivenText>,
    /// When they can come to a talk, and when they cannot.
    #[serde(default)]
    availability: Option<GivenText>,
    /// What they need in order to take part in how people are chosen.
    #[serde(default)]
    adjustments: Option<GivenNeed>,
    /// That they have read how what they write is used.
    data_use_understood: bool,
    /// That they have reached the youngest age for this, where their registration does not tell.
    #[serde(default)]
    of_required_age: bool,
}

/// An answer to one criterion.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct AnswerBody {
    /// The criterion's code.
    #[schema(max_length = 80)]
    criterion: String,
    /// What they write.
    text: GivenText,
}

impl Body for FormBody {
    fn malformed(&self) -> Vec<FieldError> {
        let mut errors = Vec::new();
        if self.answers.len() > ANSWERS_MAX {
            errors.push(FieldError::new("answers", "Please give one answer to each question."));
        }
        for (place, answer) in self.answers.iter().enumerate() {
            let field = format!("answers.{place}");
            text::line(
                &format!("{field}.criterion"),
                &answer.criterion,
                CODE_CHARS_MAX,
                &mut errors,
            );
            answer.text.check(&format!("{field}.text"), &mut errors);
        }
        check_if_given(self.why.as_ref(), "why", &mut errors);
        check_if_given(self.interests.as_ref(), "interests", &mut errors);
        check_if_given(self.availability.as_ref(), "availability", &mut errors);
        check_if_given(self.adjustments.as_ref(), "adjustments", &mut errors);
        errors
    }
}

impl State {
    /// An application, sealed for this person.
    pub(super) async fn seal_form(
        &self,
        person: PersonId,
        body: &FormBody,
    ) -> Result<Form, Problem> {
        let mut answers = Vec::with_capacity(body.answers.len());
        for AnswerBody { criterion, text } in &body.answers {
            let text = self.seal(person, text).await?;
            answers.push(Answer { criterion: criterion.clone(), text });
        }
        Ok(Form {
            answers,
            why: self.seal_if_given(person, body.why.as_ref()).await?,
            interests: self.seal_if_given(person, body.interests.as_ref()).await?,
            availability: self.seal_if_given(person, body.availability.as_ref()).await?,
            adjustments: self.seal_if_given(person, body.adjustments.as_ref()).await?,
            data_use_understood: body.data_use_understood,
            of_required_age: body.of_required_age,
        })
    }
}
