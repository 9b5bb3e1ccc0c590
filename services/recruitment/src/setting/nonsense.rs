//! What can be wrong with a setting's values: each with a permanent code for machines and a plain
//! sentence for the person who can mend it. Decides nothing.

use std::fmt;

/// One thing that nobody could keep.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nonsense {
    /// One person is no panel.
    PanelOfOne,
    /// More involvees asked for than a panel of the smallest size has places.
    MoreInvolveesThanMembers,
    /// A scale on which all are equal.
    ScaleOfOnePoint,
    /// A scale finer than anyone can judge.
    ScaleTooFine,
    /// An essential minimum that no score reaches.
    EssentialMinimumBeyondScale,
    /// A term that ends as it begins.
    TermOfNoLength,
    /// A term that nobody would see the end of.
    TermTooLong,
    /// Not even one term.
    NoTermAllowed,
    /// A break nobody would see the end of.
    BreakTooLong,
    /// Predecessor and successor would serve side by side for a whole term.
    OverlapAsLongAsTheTerm,
    /// A reminder due before the term begins.
    ReminderBeforeTheTerm,
    /// The same people would be told the same twice.
    ReminderTwice,
    /// A calendar that names no bank holiday, which is more likely forgotten than meant.
    NoBankHolidays,
    /// A bank holiday of another year.
    BankHolidayOfAnotherYear,
    /// A bank holiday named twice.
    BankHolidayTwice,
}

impl Nonsense {
    /// The permanent name for machines.
    pub fn code(self) -> &'static str {
        match self {
            Self::PanelOfOne => "panel_of_one",
            Self::MoreInvolveesThanMembers => "more_involvees_than_members",
            Self::ScaleOfOnePoint => "scale_of_one_point",
            Self::ScaleTooFine => "scale_too_fine",
            Self::EssentialMinimumBeyondScale => "essential_minimum_beyond_scale",
            Self::TermOfNoLength => "term_of_no_length",
            Self::TermTooLong => "term_too_long",
            Self::NoTermAllowed => "no_term_allowed",
            Self::BreakTooLong => "break_too_long",
            Self::OverlapAsLongAsTheTerm => "overlap_as_long_as_the_term",
            Self::ReminderBeforeTheTerm => "reminder_before_the_term",
            Self::ReminderTwice => "reminder_twice",
            Self::NoBankHolidays => "no_bank_holidays",
            Self::BankHolidayOfAnotherYear => "bank_holiday_of_another_year",
            Self::BankHolidayTwice => "bank_holiday_twice",
        }
    }
}

impl fmt::Display for Nonsense {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::PanelOfOne => "a panel has at least two members",
            Self::MoreInvolveesThanMembers => {
                "the smallest panel has fewer places than the number of people involved asked for"
            }
            Self::ScaleOfOnePoint => "a scale goes from 0 to at least 1",
            Self::ScaleTooFine => "a scale goes to at most 20",
            Self::EssentialMinimumBeyondScale => {
                "the least score for an essential criterion lies beyond the scale"
            }
            Self::TermOfNoLength => "a term lasts at least one month",
            Self::TermTooLong => "a term lasts at most ten years",
            Self::NoTermAllowed => "at least one term is allowed",
            Self::BreakTooLong => "a break before standing again lasts at most ten years",
            Self::OverlapAsLongAsTheTerm => "a handover is shorter than the term",
            Self::ReminderBeforeTheTerm => "a reminder would be due before the term begins",
            Self::ReminderTwice => "a reminder is named twice",
            Self::NoBankHolidays => "no bank holidays are named",
            Self::BankHolidayOfAnotherYear => "a bank holiday belongs to another year",
            Self::BankHolidayTwice => "a bank holiday is named twice",
        })
    }
}
