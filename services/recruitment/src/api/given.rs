//! A personal text as somebody typed it. What is wrong with it is kept until the whole body is
//! looked at, so that every field that needs mending is named at once; the text itself is shown to
//! nobody.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use contracts::personal::{
    AccessNeedKind, ApplicationTextKind, AwayReasonKind, EmailKind, GuardianContactKind, Invalid,
    Kind, PersonNameKind, PhoneKind, PostalAddressKind, Text, WithdrawalReasonKind,
};
use serde::de::{Deserialize, Deserializer, Error, Visitor};
use web::{FieldError, Problem};

/// A text of the kind `K`, or why it cannot be one.
pub(super) struct Given<K>(Result<Text<K>, Invalid>);

pub(super) type GivenName = Given<PersonNameKind>;
pub(super) type GivenEmail = Given<EmailKind>;
pub(super) type GivenPhone = Given<PhoneKind>;
pub(super) type GivenAddress = Given<PostalAddressKind>;
pub(super) type GivenGuardian = Given<GuardianContactKind>;
pub(super) type GivenNeed = Given<AccessNeedKind>;
pub(super) type GivenAwayReason = Given<AwayReasonKind>;
pub(super) type GivenText = Given<ApplicationTextKind>;
pub(super) type GivenWithdrawalReason = Given<WithdrawalReasonKind>;

impl<K: Kind> Given<K> {
    /// Names the field if its text needs mending.
    pub(super) fn check(&self, field: &str, errors: &mut Vec<FieldError>) {
        if let Err(invalid) = &self.0 {
            errors.push(FieldError::new(field, invalid.to_string()));
        }
    }

    /// The text. A body that was checked has one.
    pub(super) fn text(&self) -> Result<&Text<K>, Problem> {
        self.0
            .as_ref()
            .map_err(|invalid| Problem::malformed(vec![FieldError::new("", invalid.to_string())]))
    }
}

/// Checks what may be left out.
pub(super) fn check_if_given<K: Kind>(
    given: Option<&Given<K>>,
    field: &str,
    errors: &mut Vec<FieldError>,
) {
    if let Some(given) = given {
        given.check(field, errors);
    }
}

impl<'de, K: Kind> Deserialize<'de> for Given<K> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // Asked for a string, serde_json would name a number it found without asking the visitor.
        deserializer.deserialize_any(GivenVisitor(PhantomData))
    }
}

struct GivenVisitor<K>(PhantomData<fn() -> K>);

impl<K: Kind> Visitor<'_> for GivenVisitor<K> {
    type Value = Given<K>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("text")
    }
    fn visit_str<E: Error>(self, text: &str) -> Result<Given<K>, E> {
        Ok(Given(Text::new(text.to_owned())))
    }
    fn visit_string<E: Error>(self, text: String) -> Result<Given<K>, E> {
        Ok(Given(Text::new(text)))
    }
    fn visit_bool<E: Error>(self, _: bool) -> Result<Given<K>, E> {
        Ok(Given(Err(Invalid::NotText)))
    }
    fn visit_i64<E: Error>(self, _: i64) -> Result<Given<K>, E> {
        Ok(Given(Err(Invalid::NotText)))
    }
    fn visit_u64<E: Error>(self, _: u64) -> Result<Given<K>, E> {
        Ok(Given(Err(Invalid::NotText)))
    }
    fn visit_f64<E: Error>(self, _: f64) -> Result<Given<K>, E> {
        Ok(Given(Err(Invalid::NotText)))
    }
}

impl<K: Kind> utoipa::PartialSchema for Given<K> {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        Text::<K>::schema()
    }
}

impl<K: Kind> utoipa::ToSchema for Given<K> {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed(K::NAME)
    }
}

#[cfg(test)]
mod tests {
    use web::FieldError;

    use super::GivenPhone;

    fn problems(json: &str) -> Vec<FieldError> {
        let mut errors = Vec::new();
        serde_json::from_str::<GivenPhone>(json).unwrap().check("number", &mut errors);
        errors
    }

    #[test]
    fn what_needs_mending_is_named_by_its_field_and_never_repeated() {
        assert_eq!(problems(r#""01632 960101""#), []);
        for json in [r#""canary""#, "1632960101", "-7", "1.5", "true", r#""""#] {
            let found = problems(json);
            assert_eq!(found.len(), 1, "{json}");
            assert_eq!(found[0].field, "number");
            assert!(!found[0].problem.contains("canary") && !found[0].problem.contains("1632"));
        }
    }

    #[test]
    fn what_is_no_text_at_all_says_what_was_expected_and_nothing_of_what_came() {
        let error = serde_json::from_str::<GivenPhone>(r#"["canary"]"#).err().unwrap();
        assert!(error.to_string().contains("expected text"), "{error}");
        assert!(!error.to_string().contains("canary"));
    }
}
