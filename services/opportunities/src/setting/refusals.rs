//! Why a setting can say no: the policy. Each variant's comment is the rule; its text is what the
//! person reads.

/// An answer of the room.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// What people relied on stays as it was, so no version begins in the past.
    #[error("This can hold from today or a later day, not from one that has passed.")]
    BeginsInThePast,
    /// A stream is one setting's.
    #[error("These values belong to another setting.")]
    OtherSetting,
    /// An advert that runs for less than a day reaches nobody, one of more than a year is rolling.
    #[error("An advert runs for at least 1 day, and for at most 366 unless it is rolling.")]
    AdvertLength,
}

impl eventstore::Refusal for Refusal {
    fn code(&self) -> &'static str {
        match self {
            Self::BeginsInThePast => "setting.begins_in_the_past",
            Self::OtherSetting => "setting.other_setting",
            Self::AdvertLength => "setting.advert_length",
        }
    }
}
