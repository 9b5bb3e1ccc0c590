//! What an advert can lack before it may be reviewed: each with a permanent code for machines and a
//! plain sentence for the person who can mend it. Decides nothing.

use std::fmt;

/// One thing that is missing, or does not fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lack {
    /// No title.
    Title,
    /// Nobody who advertises.
    Organisation,
    /// No purpose.
    Purpose,
    /// No description of what the person would do.
    RoleDescription,
    /// No kind of role, so that nobody's interests can match it.
    RoleKind,
    /// Nobody may apply.
    OpenTo,
    /// No youngest age.
    MinimumAge,
    /// No word on how much time it takes.
    Commitment,
    /// No places.
    Places,
    /// Seats are named, but not one for each place.
    SeatForEachPlace,
    /// Seats are named, but not the group they belong to.
    GroupOfSeats,
    /// Silence on payment, which people take for a promise or a refusal.
    Payment,
    /// No opening.
    OpensAt,
    /// Neither a closing time nor the word rolling.
    Closing,
    /// It would close before it opens.
    ClosingBeforeOpening,
    /// It would have closed by now.
    ClosingPassed,
    /// People would have too little time, those reached by post above all.
    AdvertTooShort {
        /// How long an advert runs at least, in days.
        minimum_days: u16,
    },
    /// No way to apply.
    HowToApply,
    /// No offer of formats and help.
    AccessibleFormats,
    /// Nobody to ask, or no way to reach them.
    Contact,
    /// Nothing to be scored on.
    Criteria,
    /// A criterion without a name or without words.
    CriterionText,
    /// Two criteria of one name, so that a score would belong to neither.
    CriterionCodes,
    /// No word on how people are chosen.
    Steps,
    /// A step without words.
    StepText,
    /// No budget that bears it.
    BudgetCode,
}

impl Lack {
    /// The permanent name for machines.
    pub fn code(self) -> &'static str {
        match self {
            Self::Title => "title",
            Self::Organisation => "organisation",
            Self::Purpose => "purpose",
            Self::RoleDescription => "role_description",
            Self::RoleKind => "role_kind",
            Self::OpenTo => "open_to",
            Self::MinimumAge => "minimum_age",
            Self::Commitment => "commitment",
            Self::Places => "places",
            Self::SeatForEachPlace => "seat_for_each_place",
            Self::GroupOfSeats => "group_of_seats",
            Self::Payment => "payment",
            Self::OpensAt => "opens_at",
            Self::Closing => "closing",
            Self::ClosingBeforeOpening => "closing_before_opening",
            Self::ClosingPassed => "closing_passed",
            Self::AdvertTooShort { .. } => "advert_too_short",
            Self::HowToApply => "how_to_apply",
            Self::AccessibleFormats => "accessible_formats",
            Self::Contact => "contact",
            Self::Criteria => "criteria",
            Self::CriterionText => "criterion_text",
            Self::CriterionCodes => "criterion_codes",
            Self::Steps => "steps",
            Self::StepText => "step_text",
            Self::BudgetCode => "budget_code",
        }
    }
}

impl fmt::Display for Lack {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Title => "give it a title",
            Self::Organisation => "say who is advertising it",
            Self::Purpose => "say what it is for and what decision it feeds",
            Self::RoleDescription => "describe what the person would do",
            Self::RoleKind => "choose what kind of role it is",
            Self::OpenTo => "say who may apply",
            Self::MinimumAge => "say from what age people may apply",
            Self::Commitment => "say how much time it takes",
            Self::Places => "say how many people are sought, at least one",
            Self::SeatForEachPlace => "name one seat for each place, or no seats",
            Self::GroupOfSeats => "say which group the seats belong to",
            Self::Payment => "say what is paid, or that nothing is paid",
            Self::OpensAt => "say when it opens",
            Self::Closing => "give a closing time, or say that it is rolling",
            Self::ClosingBeforeOpening => "let it close later than it opens",
            Self::ClosingPassed => "choose a closing time that is still to come",
            Self::AdvertTooShort { minimum_days } => {
                return write!(f, "give people at least {minimum_days} days to apply");
            }
            Self::HowToApply => "say how to apply",
            Self::AccessibleFormats => "say which formats and what help are offered",
            Self::Contact => "say whom to ask, with an e-mail address or a telephone number",
            Self::Criteria => "say what people are chosen on, at least one thing",
            Self::CriterionText => "give every criterion a short name and words of its own",
            Self::CriterionCodes => "give no two criteria the same short name",
            Self::Steps => "say how people are chosen, step by step",
            Self::StepText => "say for every step what happens",
            Self::BudgetCode => "say which budget bears it",
        })
    }
}
