//! Personal values as somebody typed them. What is wrong with one is kept until the whole body is
//! looked at, so that every field that needs mending is named at once; the value is shown to nobody.

use std::borrow::Cow;
use std::fmt;

use contracts::personal::{BankAccount, CostNote, Invalid};
use serde::de::{Deserialize, Deserializer, Error, Visitor};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::Schema;
use utoipa::{PartialSchema, ToSchema};
use web::{Body, FieldError, Problem};

/// A note on a cost, or why it cannot be one.
pub(super) struct GivenNote(Result<CostNote, Invalid>);

impl GivenNote {
    /// Names the field if its text needs mending.
    pub(super) fn check(&self, field: String, errors: &mut Vec<FieldError>) {
        if let Err(invalid) = &self.0 {
            errors.push(FieldError::new(field, invalid.to_string()));
        }
    }

    /// The note. A body that was checked has one.
    pub(super) fn note(&self) -> Result<&CostNote, Problem> {
        self.0.as_ref().map_err(|invalid| mend("note", *invalid))
    }
}

fn mend(field: &str, invalid: Invalid) -> Problem {
    Problem::malformed(vec![FieldError::new(field, invalid.to_string())])
}

impl<'de> Deserialize<'de> for GivenNote {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // Asked for a string, serde_json would name a number it found without asking the visitor.
        deserializer.deserialize_any(NoteVisitor)
    }
}

struct NoteVisitor;

impl Visitor<'_> for NoteVisitor {
    type Value = GivenNote;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("text")
    }
    fn visit_str<E: Error>(self, text: &str) -> Result<GivenNote, E> {
        Ok(GivenNote(CostNote::new(text.to_owned())))
    }
    fn visit_string<E: Error>(self, text: String) -> Result<GivenNote, E> {
        Ok(GivenNote(CostNote::new(text)))
    }
    fn visit_bool<E: Error>(self, _: bool) -> Result<GivenNote, E> {
        Ok(GivenNote(Err(Invalid::NotText)))
    }
    fn visit_i64<E: Error>(self, _: i64) -> Result<GivenNote, E> {
        Ok(GivenNote(Err(Invalid::NotText)))
    }
    fn visit_u64<E: Error>(self, _: u64) -> Result<GivenNote, E> {
        Ok(GivenNote(Err(Invalid::NotText)))
    }
    fn visit_f64<E: Error>(self, _: f64) -> Result<GivenNote, E> {
        Ok(GivenNote(Err(Invalid::NotText)))
    }
}

impl PartialSchema for GivenNote {
    fn schema() -> RefOr<Schema> {
        CostNote::schema()
    }
}

impl ToSchema for GivenNote {
    fn name() -> Cow<'static, str> {
        CostNote::name()
    }
}

/// Where payments are to go, as somebody typed it.
#[derive(ToSchema)]
pub(super) struct AccountBody {
    /// Six digits, such as 12-34-56; the account's number of six to eight digits; and a building
    /// society's roll number where there is one.
    #[schema(value_type = BankAccount)]
    account: Result<BankAccount, Invalid>,
    /// From staff who type it for someone: that they have read it back to the person.
    #[schema(required = false)]
    pub(super) read_back: bool,
}

impl AccountBody {
    /// The account. A body that was checked has one.
    pub(super) fn account(&self) -> Result<&BankAccount, Problem> {
        self.account.as_ref().map_err(|invalid| mend(field_of(*invalid), *invalid))
    }
}

impl Body for AccountBody {
    const BYTES_MAX: usize = 4 * 1024;

    fn malformed(&self) -> Vec<FieldError> {
        let invalid = self.account.as_ref().err();
        invalid.map(|it| FieldError::new(field_of(*it), it.to_string())).into_iter().collect()
    }
}

fn field_of(invalid: Invalid) -> &'static str {
    match invalid {
        Invalid::SortCode => "account.sort_code",
        Invalid::AccountNumber => "account.account_number",
        Invalid::RollNumber => "account.roll_number",
        Invalid::Empty
        | Invalid::TooLong { .. }
        | Invalid::ManyLines
        | Invalid::Invisible { .. }
        | Invalid::Email
        | Invalid::Phone
        | Invalid::NotText => "account",
    }
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Typed {
    account: TypedAccount,
    #[serde(default)]
    read_back: bool,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct TypedAccount {
    sort_code: String,
    account_number: String,
    #[serde(default)]
    roll_number: Option<String>,
}

impl<'de> Deserialize<'de> for AccountBody {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Typed { account, read_back } = Typed::deserialize(deserializer)?;
        let TypedAccount { sort_code, account_number, roll_number } = account;
        // Takes the texts over, and wipes them.
        let account = BankAccount::new(sort_code, account_number, roll_number);
        Ok(Self { account, read_back })
    }
}

#[cfg(test)]
mod tests {
    use web::{Body, FieldError};

    use super::{AccountBody, GivenNote};

    fn fields(json: &str) -> Vec<String> {
        let body: AccountBody = serde_json::from_str(json).unwrap();
        let malformed = body.malformed();
        assert!(malformed.iter().all(|it| !it.problem.contains("canary")));
        malformed.into_iter().map(|it| it.field).collect()
    }

    #[test]
    fn what_is_wrong_with_an_account_is_named_by_its_field() {
        let body = |sort_code: &str, number: &str| {
            format!(r#"{{"account":{{"sort_code":"{sort_code}","account_number":"{number}"}}}}"#)
        };
        assert_eq!(fields(&body("12-34-56", "12345678")), [""; 0]);
        assert_eq!(fields(&body("canary", "12345678")), ["account.sort_code"]);
        assert_eq!(fields(&body("123456", "canary")), ["account.account_number"]);
    }

    #[test]
    fn a_note_that_needs_mending_is_never_repeated() {
        let problems = |json: &str| -> Vec<FieldError> {
            let mut errors = Vec::new();
            let given: GivenNote = serde_json::from_str(json).unwrap();
            given.check("lines[0].note".to_owned(), &mut errors);
            errors
        };
        assert_eq!(problems(r#""from home to the hall""#), []);
        for json in [r#"" ""#, "1632960101", "-7", "1.5", "true", r#""can\u0000ary""#] {
            let found = problems(json);
            assert_eq!(found.len(), 1, "{json}");
            assert!(!found[0].problem.contains("1632") && !found[0].problem.contains("ary"));
        }
    }
}
