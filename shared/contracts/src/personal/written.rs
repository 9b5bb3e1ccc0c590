//! What someone wrote: about themselves, about what they need, about what something cost.
//! Whoever reads it is recorded elsewhere; nothing here knows readers.

use crate::sealed::Class;

use super::text::{Kind, Lines, Text};

/// See [`AccessNeed`].
#[derive(Debug)]
pub enum AccessNeedKind {}
impl Kind for AccessNeedKind {
    const CLASS: Class = Class::Needs;
    const FIELD: &'static str = "access_need";
    const NAME: &'static str = "AccessNeed";
    const CHARACTERS_MAX: usize = 2_000;
    const LINES: Lines = Lines::Many;
}
/// What someone needs in order to take part, in their own words.
pub type AccessNeed = Text<AccessNeedKind>;

/// See [`ApplicationText`].
#[derive(Debug)]
pub enum ApplicationTextKind {}
impl Kind for ApplicationTextKind {
    const CLASS: Class = Class::Application;
    const FIELD: &'static str = "application_text";
    const NAME: &'static str = "ApplicationText";
    // Some 1,600 words. Sealed, the longest has 55 KiB, so four of them still fit into one event.
    const CHARACTERS_MAX: usize = 10_000;
    const LINES: Lines = Lines::Many;
}
/// One answer in an application.
pub type ApplicationText = Text<ApplicationTextKind>;

/// See [`CostNote`].
#[derive(Debug)]
pub enum CostNoteKind {}
impl Kind for CostNoteKind {
    const CLASS: Class = Class::Money;
    const FIELD: &'static str = "cost_note";
    const NAME: &'static str = "CostNote";
    const CHARACTERS_MAX: usize = 1_000;
    const LINES: Lines = Lines::Many;
}
/// What a cost was for, in the words of whoever claims it: a journey's ends, a sitter's name.
pub type CostNote = Text<CostNoteKind>;

/// See [`GuardianContact`].
#[derive(Debug)]
pub enum GuardianContactKind {}
impl Kind for GuardianContactKind {
    const CLASS: Class = Class::Contact;
    const FIELD: &'static str = "guardian_contact";
    const NAME: &'static str = "GuardianContact";
    const CHARACTERS_MAX: usize = 400;
    const LINES: Lines = Lines::Many;
}
/// Name of a young person's guardian and how to reach them, under the young person's key.
pub type GuardianContact = Text<GuardianContactKind>;

/// See [`AwayReason`].
#[derive(Debug)]
pub enum AwayReasonKind {}
impl Kind for AwayReasonKind {
    const CLASS: Class = Class::Needs;
    const FIELD: &'static str = "away_reason";
    const NAME: &'static str = "AwayReason";
    const CHARACTERS_MAX: usize = 1_000;
    const LINES: Lines = Lines::Many;
}
/// Why someone is away, if they wished to say; for the coordinator alone.
pub type AwayReason = Text<AwayReasonKind>;

/// See [`WithdrawalReason`].
#[derive(Debug)]
pub enum WithdrawalReasonKind {}
impl Kind for WithdrawalReasonKind {
    const CLASS: Class = Class::Application;
    const FIELD: &'static str = "withdrawal_reason";
    const NAME: &'static str = "WithdrawalReason";
    const CHARACTERS_MAX: usize = 1_000;
    const LINES: Lines = Lines::Many;
}
/// Why someone withdrew an application, if they wished to say.
pub type WithdrawalReason = Text<WithdrawalReasonKind>;

/// See [`PanelNote`].
#[derive(Debug)]
pub enum PanelNoteKind {}
impl Kind for PanelNoteKind {
    const CLASS: Class = Class::Application;
    const FIELD: &'static str = "panel_note";
    const NAME: &'static str = "PanelNote";
    const CHARACTERS_MAX: usize = 4_000;
    const LINES: Lines = Lines::Many;
}
/// What a panel member wrote about an applicant, under the applicant's key.
pub type PanelNote = Text<PanelNoteKind>;

/// See [`OutcomeReason`].
#[derive(Debug)]
pub enum OutcomeReasonKind {}
impl Kind for OutcomeReasonKind {
    const CLASS: Class = Class::Application;
    const FIELD: &'static str = "outcome_reason";
    const NAME: &'static str = "OutcomeReason";
    const CHARACTERS_MAX: usize = 2_000;
    const LINES: Lines = Lines::Many;
}
/// Why someone was or was not chosen, in words for them and under their key.
pub type OutcomeReason = Text<OutcomeReasonKind>;

/// See [`WordsOnLeaving`].
#[derive(Debug)]
pub enum WordsOnLeavingKind {}
impl Kind for WordsOnLeavingKind {
    const CLASS: Class = Class::Application;
    const FIELD: &'static str = "words_on_leaving";
    const NAME: &'static str = "WordsOnLeaving";
    const CHARACTERS_MAX: usize = 2_000;
    const LINES: Lines = Lines::Many;
}
/// What someone wished to say when they declined a place or left it; nobody has to say anything.
pub type WordsOnLeaving = Text<WordsOnLeavingKind>;

/// See [`ReasonForException`].
#[derive(Debug)]
pub enum ReasonForExceptionKind {}
impl Kind for ReasonForExceptionKind {
    const CLASS: Class = Class::Application;
    const FIELD: &'static str = "reason_for_exception";
    const NAME: &'static str = "ReasonForException";
    const CHARACTERS_MAX: usize = 2_000;
    const LINES: Lines = Lines::Many;
}
/// Why someone holds a place for longer than the rule allows.
pub type ReasonForException = Text<ReasonForExceptionKind>;

/// See [`ReasonForSteppingDown`].
#[derive(Debug)]
pub enum ReasonForSteppingDownKind {}
impl Kind for ReasonForSteppingDownKind {
    const CLASS: Class = Class::Application;
    const FIELD: &'static str = "reason_for_stepping_down";
    const NAME: &'static str = "ReasonForSteppingDown";
    const CHARACTERS_MAX: usize = 4_000;
    const LINES: Lines = Lines::Many;
}
/// Why someone was asked to leave; for them and for whoever reviews it.
pub type ReasonForSteppingDown = Text<ReasonForSteppingDownKind>;

#[cfg(test)]
mod tests {
    use crate::sealed::Personal;
    use utoipa::{PartialSchema, ToSchema};

    use super::{AccessNeed, ApplicationText, CostNote};
    use crate::personal::{
        BankAccount, Email, Invalid, PersonName, Phone, PostalAddress, Sealable, Unreadable,
    };

    #[test]
    fn nobody_is_cut_short_and_nobody_goes_beyond_the_limit() {
        let longest = "é".repeat(10_000);
        assert_eq!(ApplicationText::new(longest.clone()).unwrap().reveal(), longest);
        assert_eq!(ApplicationText::new(format!("  {longest}\n")).unwrap().reveal(), longest);
        let refused = ApplicationText::new(format!("{longest}é")).err().unwrap();
        assert_eq!(refused, Invalid::TooLong { characters_max: 10_000, characters: 10_001 });
        assert_eq!(refused.to_string(), "Shorten this to 10000 characters; it has 10001 now.");
    }

    #[test]
    fn nothing_but_space_is_no_value() {
        for typed in ["", "   ", "\r\n\t "] {
            assert_eq!(AccessNeed::new(typed.to_owned()).err(), Some(Invalid::Empty));
        }
    }

    #[test]
    fn an_invisible_character_is_refused_and_its_place_told() {
        for invisible in ['\0', '\u{7}', '\u{1b}', '\u{7f}', '\u{9b}'] {
            let refused = CostNote::new(format!("bus{invisible}fare")).err();
            assert_eq!(refused, Some(Invalid::Invisible { place: 4 }), "{invisible:?}");
        }
        assert_eq!(PersonName::new("A\tB".to_owned()).err(), Some(Invalid::Invisible { place: 2 }));
    }

    #[test]
    fn a_request_body_passes_through_the_same_rules() {
        let need: AccessNeed = serde_json::from_str(r#""  a loop\r\nand a lift ""#).unwrap();
        assert_eq!(need.reveal(), "a loop\nand a lift");
        let refused = serde_json::from_str::<Email>(r#""ana@example""#).unwrap_err();
        assert!(refused.to_string().starts_with(&Invalid::Email.to_string()), "{refused}");
    }

    #[test]
    fn an_error_never_repeats_what_was_typed() {
        for body in
            ["7700900123", "-7700900123", "7700.900123", "[7700900123]", "{\"7700900123\":1}"]
        {
            let refused = serde_json::from_str::<Phone>(body).unwrap_err();
            assert!(!format!("{refused} {refused:?}").contains("7700"), "{refused}");
        }
        let refused = serde_json::from_str::<Email>(r#""canary""#).unwrap_err();
        assert!(!format!("{refused} {refused:?}").contains("canary"), "{refused}");
        let truth = serde_json::from_str::<AccessNeed>("true").unwrap_err();
        assert!(truth.to_string().starts_with(&Invalid::NotText.to_string()), "{truth}");
    }

    #[test]
    fn debug_tells_the_kind_and_hides_the_content() {
        let need = AccessNeed::new("canary".to_owned()).unwrap();
        assert_eq!(format!("{need:?}"), "AccessNeed(hidden)");
    }

    #[test]
    fn what_was_sealed_under_older_rules_still_opens() {
        let old = PersonName::from_plain(&b"x".repeat(1_000)).unwrap();
        assert_eq!(old.reveal().len(), 1_000);
        assert_eq!(PersonName::from_plain(&[0xff]).err(), Some(Unreadable));
    }

    #[test]
    fn no_two_kinds_share_a_field_and_all_keep_their_names() {
        let fields = [
            (PersonName::FIELD, PersonName::CLASS.name()),
            (Email::FIELD, Email::CLASS.name()),
            (Phone::FIELD, Phone::CLASS.name()),
            (PostalAddress::FIELD, PostalAddress::CLASS.name()),
            (AccessNeed::FIELD, AccessNeed::CLASS.name()),
            (ApplicationText::FIELD, ApplicationText::CLASS.name()),
            (CostNote::FIELD, CostNote::CLASS.name()),
            (BankAccount::FIELD, BankAccount::CLASS.name()),
        ];
        assert_eq!(
            fields,
            [
                ("person_name", "contact"),
                ("email", "contact"),
                ("phone", "contact"),
                ("postal_address", "contact"),
                ("access_need", "needs"),
                ("application_text", "application"),
                ("cost_note", "money"),
                ("bank_account", "money"),
            ]
        );
    }

    #[test]
    fn the_api_s_description_tells_the_limit() {
        let schema = serde_json::to_value(AccessNeed::schema()).unwrap();
        assert_eq!(
            schema,
            serde_json::json!({ "type": "string", "minLength": 1, "maxLength": 2000 })
        );
        assert_eq!(AccessNeed::name(), "AccessNeed");
        assert_ne!(AccessNeed::name(), CostNote::name());
    }
}
