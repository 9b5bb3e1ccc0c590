//! Where payments go. Finance's alone: no service but reimbursements holds the key.

use std::borrow::Cow;
use std::fmt;

use crate::sealed::{Class, Personal};
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};
use zeroize::Zeroizing;

use super::text::Typed;
use super::{Invalid, Sealable, Unreadable};

/// A bank or building society account in the United Kingdom.
pub struct BankAccount {
    sort_code: Zeroizing<String>,
    account_number: Zeroizing<String>,
    roll_number: Option<Zeroizing<String>>,
}

const ROLL_NUMBER_CHARACTERS_MAX: usize = 18;

impl BankAccount {
    /// Checks what somebody typed. Spaces and hyphens in sort code and account number are dropped;
    /// an account number of six or seven digits gets zeros in front, as banks write it.
    pub fn new(
        sort_code: String,
        account_number: String,
        roll_number: Option<String>,
    ) -> Result<Self, Invalid> {
        let roll_number = roll_number.map(Zeroizing::new);
        Self::checked(
            &Zeroizing::new(sort_code),
            &Zeroizing::new(account_number),
            roll_number.as_ref().map(|roll_number| roll_number.as_str()),
        )
    }

    fn checked(
        sort_code: &str,
        account_number: &str,
        roll_number: Option<&str>,
    ) -> Result<Self, Invalid> {
        let sort_code = digits_of(sort_code).ok_or(Invalid::SortCode)?;
        if sort_code.len() != 6 {
            return Err(Invalid::SortCode);
        }
        let account_number = digits_of(account_number).ok_or(Invalid::AccountNumber)?;
        if !(6..=8).contains(&account_number.len()) {
            return Err(Invalid::AccountNumber);
        }
        let account_number = Zeroizing::new(format!("{:0>8}", account_number.as_str()));
        let roll_number = roll_number.map(checked_roll_number).transpose()?;
        Ok(Self { sort_code, account_number, roll_number })
    }

    /// Six digits.
    pub fn sort_code(&self) -> &str {
        &self.sort_code
    }

    /// Eight digits.
    pub fn account_number(&self) -> &str {
        &self.account_number
    }

    /// A building society's own reference, where the account needs one.
    pub fn roll_number(&self) -> Option<&str> {
        self.roll_number.as_ref().map(|roll_number| roll_number.as_str())
    }
}

/// The digits alone, or `None` where something else than spaces and hyphens stands between them.
fn digits_of(typed: &str) -> Option<Zeroizing<String>> {
    let mut digits = Zeroizing::new(String::with_capacity(typed.len()));
    for character in typed.chars() {
        match character {
            '0'..='9' => digits.push(character),
            ' ' | '-' => {}
            _ => return None,
        }
    }
    Some(digits)
}

fn checked_roll_number(typed: &str) -> Result<Zeroizing<String>, Invalid> {
    let roll_number = typed.trim();
    let plausible = (1..=ROLL_NUMBER_CHARACTERS_MAX).contains(&roll_number.len())
        && roll_number.chars().all(|it| it.is_ascii_alphanumeric() || " -/.".contains(it));
    if plausible { Ok(Zeroizing::new(roll_number.to_owned())) } else { Err(Invalid::RollNumber) }
}

impl Personal for BankAccount {
    const CLASS: Class = Class::Money;
    const FIELD: &'static str = "bank_account";
}

/// What is sealed; its names are permanent.
#[derive(Serialize)]
struct Plain<'a> {
    sort_code: &'a str,
    account_number: &'a str,
    roll_number: Option<&'a str>,
}

/// The same, coming back from a seal or in from a request.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Given {
    sort_code: Typed,
    account_number: Typed,
    roll_number: Option<Typed>,
}

impl Sealable for BankAccount {
    fn to_plain(&self) -> Zeroizing<Vec<u8>> {
        // Longer than the longest account, so that the buffer never moves.
        let mut plain = Zeroizing::new(Vec::with_capacity(256));
        let written = serde_json::to_writer(
            &mut *plain,
            &Plain {
                sort_code: self.sort_code(),
                account_number: self.account_number(),
                roll_number: self.roll_number(),
            },
        );
        debug_assert!(written.is_ok(), "three strings can always be written to memory");
        plain
    }

    fn from_plain(plain: &[u8]) -> Result<Self, Unreadable> {
        let given: Given = serde_json::from_slice(plain).map_err(|_| Unreadable)?;
        Ok(Self {
            sort_code: given.sort_code.0,
            account_number: given.account_number.0,
            roll_number: given.roll_number.map(|roll_number| roll_number.0),
        })
    }
}

impl fmt::Debug for BankAccount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BankAccount(hidden)")
    }
}

impl<'de> Deserialize<'de> for BankAccount {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let given = Given::deserialize(deserializer)?;
        let roll_number = given.roll_number.as_ref();
        Self::checked(
            &given.sort_code.0,
            &given.account_number.0,
            roll_number.map(|it| it.0.as_str()),
        )
        .map_err(D::Error::custom)
    }
}

impl utoipa::PartialSchema for BankAccount {
    fn schema() -> RefOr<Schema> {
        let text = |characters_max| {
            ObjectBuilder::new().schema_type(Type::String).max_length(Some(characters_max))
        };
        ObjectBuilder::new()
            .property(
                "sort_code",
                text(20).description(Some("Six digits, such as 12-34-56.")).examples(["12-34-56"]),
            )
            .required("sort_code")
            .property(
                "account_number",
                text(20).description(Some("Six to eight digits.")).examples(["12345678"]),
            )
            .required("account_number")
            .property(
                "roll_number",
                text(ROLL_NUMBER_CHARACTERS_MAX)
                    .description(Some("A building society's own reference, where there is one.")),
            )
            .into()
    }
}

impl utoipa::ToSchema for BankAccount {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed("BankAccount")
    }
}

#[cfg(test)]
mod tests {
    use super::{BankAccount, Invalid, Sealable};

    fn account(sort: &str, number: &str, roll: Option<&str>) -> Result<BankAccount, Invalid> {
        BankAccount::new(sort.to_owned(), number.to_owned(), roll.map(str::to_owned))
    }

    #[test]
    fn an_account_is_kept_as_banks_write_it() {
        let kept = account(" 12-34-56", "123 4567", Some(" A/12.3-4 ")).unwrap();
        assert_eq!(kept.sort_code(), "123456");
        assert_eq!(kept.account_number(), "01234567");
        assert_eq!(kept.roll_number(), Some("A/12.3-4"));
    }

    #[test]
    fn each_part_that_cannot_be_right_is_named() {
        for sort_code in ["12345", "1234567", "12.34.56", "", "１２３４５６", "123456\n"] {
            assert_eq!(account(sort_code, "12345678", None).err(), Some(Invalid::SortCode));
        }
        for number in ["12345", "123456789", "1234567a", "", "12345678\0"] {
            assert_eq!(account("123456", number, None).err(), Some(Invalid::AccountNumber));
        }
        for roll in ["", " ", &"1".repeat(19), "A\r\nB", "A\"B", "é"] {
            let refused = account("123456", "12345678", Some(roll)).err();
            assert_eq!(refused, Some(Invalid::RollNumber), "{roll:?}");
        }
    }

    #[test]
    fn the_sealed_form_is_permanent() {
        let plain = account("123456", "12345678", None).unwrap().to_plain();
        let stored = r#"{"sort_code":"123456","account_number":"12345678","roll_number":null}"#;
        assert_eq!(std::str::from_utf8(&plain).unwrap(), stored);
        let opened = BankAccount::from_plain(stored.as_bytes()).unwrap();
        assert_eq!(opened.account_number(), "12345678");
        assert_eq!(opened.roll_number(), None);
        assert!(BankAccount::from_plain(b"123456").is_err());
    }

    #[test]
    fn the_longest_account_is_sealed_without_moving_its_buffer() {
        let longest = account("123456", "12345678", Some(&"R".repeat(18))).unwrap();
        assert_eq!(longest.to_plain().capacity(), 256);
    }

    #[test]
    fn neither_debug_nor_an_error_shows_an_account() {
        let kept = account("918273", "64738291", None).unwrap();
        assert_eq!(format!("{kept:?}"), "BankAccount(hidden)");
        for body in [
            r#"{"sort_code":918273,"account_number":"64738291"}"#,
            r#"{"sort_code":"918273","account_number":64738291}"#,
            r#"{"sort_code":"918273","account_number":"64738291","roll_number":918273}"#,
            r#"{"sort_code":"918273x","account_number":"64738291"}"#,
        ] {
            let refused = serde_json::from_str::<BankAccount>(body).unwrap_err();
            let shown = format!("{refused} {refused:?}");
            assert!(!shown.contains("918273") && !shown.contains("64738291"), "{shown}");
        }
    }

    #[test]
    fn a_request_without_a_roll_number_is_complete() {
        let body = r#"{"sort_code":"12-34-56","account_number":"12345678"}"#;
        let taken: BankAccount = serde_json::from_str(body).unwrap();
        assert_eq!(taken.sort_code(), "123456");
    }
}
