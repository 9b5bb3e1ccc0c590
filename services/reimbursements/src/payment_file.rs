//! The file for the bank: one row for each payment, as text. What it adds up to is counted in the file
//! itself, so that it is compared with the payment run as it will be read. Nothing here is kept.

use std::borrow::Cow;

use contracts::personal::{BankAccount, PersonName};
use contracts::{ClaimId, Money};

use crate::payment::{Kind, Totals};
use crate::payment_batch::Control;

/// Programs that do not expect UTF-8 take it by this for what it is.
const BYTE_ORDER_MARK: &str = "\u{feff}";
/// The head of each column.
const COLUMNS: [&str; 8] = [
    "Reference",
    "Payee name",
    "Sort code",
    "Account number",
    "Roll number",
    "Amount in pounds",
    "Kind",
    "Claim",
];
const AMOUNT: usize = 5;
const KIND: usize = 6;
/// By these a program takes what follows for a formula.
const BEGIN_FORMULAS: [char; 10] = ['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠'];

/// One payment.
pub(crate) struct Payment {
    /// What stands beside it on the bank statement.
    pub(crate) reference: String,
    /// To whom; none where it is no longer kept.
    pub(crate) name: Option<PersonName>,
    /// Where to; none where it is no longer kept.
    pub(crate) account: Option<BankAccount>,
    /// How much, in pounds.
    pub(crate) amount: Money,
    /// Of which kind it is.
    pub(crate) kind: Kind,
    /// For which claim.
    pub(crate) claim: ClaimId,
}

/// A file could not be written or read as one.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Unwritten {
    /// The rows do not make a table.
    #[error("the payments do not make a table")]
    Table(#[from] csv::Error),
    /// The table is not text.
    #[error("the table is not text")]
    Text(#[from] std::string::FromUtf8Error),
    /// It ended early.
    #[error("the table ended early")]
    Ended(#[source] Box<csv::IntoInnerError<csv::Writer<Vec<u8>>>>),
    /// What was written does not read as payments.
    #[error("what was written does not read as payments")]
    Uncounted,
}

/// The file, whole.
pub(crate) fn written(payments: &[Payment]) -> Result<String, Unwritten> {
    let mut table = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .from_writer(BYTE_ORDER_MARK.as_bytes().to_vec());
    table.write_record(COLUMNS)?;
    for it in payments {
        let account = it.account.as_ref();
        table.write_record([
            &*harmless(&it.reference),
            &*harmless(it.name.as_ref().map_or("", |name| name.reveal())),
            account.map_or("", BankAccount::sort_code),
            account.map_or("", BankAccount::account_number),
            &*harmless(account.and_then(BankAccount::roll_number).unwrap_or("")),
            &pounds(it.amount.pence),
            kind_shown(it.kind),
            &it.claim.to_string(),
        ])?;
    }
    let bytes = table.into_inner().map_err(|error| Unwritten::Ended(Box::new(error)))?;
    Ok(String::from_utf8(bytes)?)
}

/// What a file adds up to.
pub(crate) fn counted(file: &str) -> Result<Control, Unwritten> {
    let text = file.strip_prefix(BYTE_ORDER_MARK).unwrap_or(file);
    let mut sums = Totals::nothing(contracts::money::Currency::Gbp);
    let mut count = 0_u32;
    for row in csv::Reader::from_reader(text.as_bytes()).records() {
        let row = row?;
        let kind = row.get(KIND).and_then(kind_read).ok_or(Unwritten::Uncounted)?;
        let pence = row.get(AMOUNT).and_then(pence).ok_or(Unwritten::Uncounted)?;
        sums = sums.with(kind, Money::sterling(pence)).ok_or(Unwritten::Uncounted)?;
        count = count.saturating_add(1);
    }
    let Totals { expenses, payments } = sums;
    let total = expenses.plus(payments).ok_or(Unwritten::Uncounted)?;
    Ok(Control { count, expenses, payments, total })
}

/// Text that no program takes for a formula.
fn harmless(text: &str) -> Cow<'_, str> {
    if text.starts_with(BEGIN_FORMULAS) { format!("'{text}").into() } else { text.into() }
}

fn pounds(pence: i64) -> String {
    format!("{}.{:02}", pence / 100, pence % 100)
}

fn pence(pounds: &str) -> Option<i64> {
    let (whole, hundredths) = pounds.split_once('.')?;
    let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|it| it.is_ascii_digit());
    if !is_digits(whole) || !is_digits(hundredths) || hundredths.len() != 2 {
        return None;
    }
    whole.parse::<i64>().ok()?.checked_mul(100)?.checked_add(hundredths.parse().ok()?)
}

fn kind_shown(kind: Kind) -> &'static str {
    match kind {
        Kind::Expenses => "expenses",
        Kind::InvolvementPayment => "involvement payment",
    }
}

fn kind_read(shown: &str) -> Option<Kind> {
    Kind::ALL.into_iter().find(|kind| kind_shown(*kind) == shown)
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn payment(name: &str, roll_number: Option<&str>, pence: i64, kind: Kind) -> Payment {
        let account = BankAccount::new(
            "01-02-03".to_owned(),
            "1234567".to_owned(),
            roll_number.map(str::to_owned),
        );
        Payment {
            reference: "9F3A22C41B07-1".to_owned(),
            name: Some(PersonName::new(name.to_owned()).unwrap()),
            account: Some(account.unwrap()),
            amount: Money::sterling(pence),
            kind,
            claim: ClaimId::new(Uuid::from_u128(7)),
        }
    }

    #[test]
    fn a_file_says_in_one_row_where_how_much_and_what_for() {
        let file = written(&[payment("Ana Ní Dhomhnaill", None, 370, Kind::Expenses)]).unwrap();
        assert_eq!(
            file,
            "\u{feff}Reference,Payee name,Sort code,Account number,Roll number,Amount in pounds,\
             Kind,Claim\r\n9F3A22C41B07-1,Ana Ní Dhomhnaill,010203,01234567,,3.70,expenses,\
             00000000-0000-0000-0000-000000000007\r\n"
        );
    }

    #[test]
    fn nothing_that_people_write_becomes_a_formula_or_another_column() {
        for (name, shown) in [
            ("=HYPERLINK(\"a\")", "\"'=HYPERLINK(\"\"a\"\")\""),
            ("+44", "'+44"),
            ("-1+2", "'-1+2"),
            ("@sum", "'@sum"),
            ("＝1", "'＝1"),
            ("Smith, J", "\"Smith, J\""),
            ("O'Brien", "O'Brien"),
        ] {
            let file = written(&[payment(name, Some("-1/2"), 1, Kind::Expenses)]).unwrap();
            let row = file.lines().nth(1).unwrap().to_owned();
            let expected = format!("9F3A22C41B07-1,{shown},010203,01234567,'-1/2,0.01,");
            assert!(row.starts_with(&expected), "{row}");
        }
    }

    #[test]
    fn what_a_file_adds_up_to_is_counted_in_it_kind_by_kind() {
        let payments = [
            payment("Ana", None, 370, Kind::Expenses),
            payment("=Ben, \"the\" second", None, 7_500, Kind::InvolvementPayment),
            payment("Cleo", None, 5, Kind::Expenses),
        ];
        let control = counted(&written(&payments).unwrap()).unwrap();
        assert_eq!((control.count, control.total), (3, Money::sterling(7_875)));
        assert_eq!(control.expenses, Money::sterling(375));
        assert_eq!(control.payments, Money::sterling(7_500));
    }

    #[test]
    fn a_row_that_is_no_payment_is_not_passed_over() {
        let file = written(&[payment("Ana", None, 370, Kind::Expenses)]).unwrap();
        for (from, to) in [("3.70", "3.7"), ("3.70", "-3.70"), ("3.70", "3.70 "), ("expenses", "x")]
        {
            assert!(counted(&file.replace(from, to)).is_err(), "{to}");
        }
    }

    #[test]
    fn what_is_no_longer_kept_leaves_its_columns_empty_and_its_amount_in_the_sum() {
        let gone = Payment { name: None, account: None, ..payment("A", None, 370, Kind::Expenses) };
        let file = written(&[gone]).unwrap();
        assert!(file.contains("9F3A22C41B07-1,,,,,3.70,expenses,"), "{file}");
        assert_eq!(counted(&file).unwrap().total, Money::sterling(370));
    }
}
