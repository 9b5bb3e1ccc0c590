//! What stands beside a payment on a bank statement: neutral, so that whoever reads a statement
//! learns nothing; and derived, so that the same payment is recognised wherever it turns up.

use super::PartOf;

/// BACS carries no more characters.
pub const CHARACTERS_MAX: usize = 18;

/// The reference of one payment.
pub fn of(part: PartOf) -> String {
    let claim = part.claim.uuid().simple().to_string().to_uppercase();
    let end: String = claim.chars().skip(20).collect();
    format!("{end}-{}", part.part)
}

#[cfg(test)]
mod stories {
    use contracts::ClaimId;
    use uuid::Uuid;

    use super::*;

    #[test]
    fn a_reference_is_derived_and_tells_nothing() {
        let claim = ClaimId::new(Uuid::from_u128(0x0192_aaaa_bbbb_7ccc_8ddd_9f3a_22c4_1b07));
        assert_eq!(of(PartOf { claim, part: 1 }), "9F3A22C41B07-1");
        let longest = of(PartOf { claim, part: u8::MAX });
        assert!(longest.len() <= CHARACTERS_MAX);
        assert!(longest.chars().all(|it| it.is_ascii_alphanumeric() || it == '-'));
    }
}
