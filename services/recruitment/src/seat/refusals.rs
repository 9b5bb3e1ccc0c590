//! Why a seat can say no: the policy. Each variant's comment is the rule; its text is what the person
//! reads, and never tells who holds the seat or who it is for.

use jiff::civil::Date;

/// An answer of the room.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Everything begins with its being added to a group.
    #[error("There is no such place yet.")]
    NotAdded,
    /// A seat is added once.
    #[error("This place has been added already.")]
    AddedAlready,
    /// One opportunity at a time fills a seat.
    #[error("This place is being filled through another opportunity.")]
    ReservedAlready,
    /// An opportunity that does not go ahead fills nothing.
    #[error("This opportunity was withdrawn. Choose one that goes ahead.")]
    OpportunityWithdrawn,
    /// A seat has one holder.
    #[error("This place is held already.")]
    Held,
    /// A seat is prolonged and vacated only for the appointment that holds it.
    #[error("This place is not held through that appointment.")]
    HeldOtherwise,
    /// Holding a seat for longer ends later than before.
    #[error("This place is held until {until} already.")]
    NotLonger {
        /// The last day of the term as it stands.
        until: Date,
    },
    /// A seat that an opportunity is to fill is not taken away.
    #[error("This place is being advertised. Withdraw the opportunity first.")]
    Reserved,
    /// A seat that someone was offered is not taken away.
    #[error("This place has been offered to someone. Take the offer back first.")]
    OnOffer,
    /// What was abolished stays so.
    #[error("This place does not exist any more.")]
    Abolished,
    /// A day has a day after it.
    #[error("This date is too far away to be reckoned with.")]
    BeyondTheCalendar,
}

impl eventstore::Refusal for Refusal {
    fn code(&self) -> &'static str {
        match self {
            Self::NotAdded => "seat.not_added",
            Self::AddedAlready => "seat.added_already",
            Self::ReservedAlready => "seat.reserved_already",
            Self::OpportunityWithdrawn => "seat.opportunity_withdrawn",
            Self::Held => "seat.held",
            Self::HeldOtherwise => "seat.held_otherwise",
            Self::NotLonger { .. } => "seat.not_longer",
            Self::Reserved => "seat.reserved",
            Self::OnOffer => "seat.on_offer",
            Self::Abolished => "seat.abolished",
            Self::BeyondTheCalendar => "seat.beyond_the_calendar",
        }
    }
}
