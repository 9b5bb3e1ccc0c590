//! The one door out: from what this service remembers to what others may rely on. Total, so that a
//! new event has to say here whether anybody outside hears of it.

use contracts::fact::Unreadable;
use contracts::id::OpportunityId;
use contracts::opportunities::Fact;
use eventstore::envelope::StoredEvent;

use crate::opportunity::Event;

/// The facts an event means, each as its name and body.
pub fn publish(event: &StoredEvent) -> Result<Vec<(String, String)>, Unreadable> {
    let fact = match event.stream.kind.as_str() {
        "opportunity" => fact_of(event.id(), event.decode()?),
        // Settings are this service's own.
        _ => None,
    };
    fact.iter().map(contracts::fact::write).collect()
}

fn fact_of(opportunity: OpportunityId, event: Event) -> Option<Fact> {
    match event {
        Event::Approved { advert, .. } => Some(Fact::Approved { opportunity, advert }),
        Event::Opened { advert } => Some(Fact::Opened { opportunity, advert }),
        Event::Closed { closed_at } => Some(Fact::Closed { opportunity, closed_at }),
        Event::ClosingExtended { closing, reason } => {
            Some(Fact::ClosingExtended { opportunity, closing, reason })
        }
        // What was never approved nobody outside has heard of.
        Event::Withdrawn { reason, was_approved: true, .. } => {
            Some(Fact::Withdrawn { opportunity, reason })
        }
        Event::OutcomeRecorded { outcome, places_filled, what_changed, .. } => {
            Some(Fact::OutcomeRecorded { opportunity, outcome, places_filled, what_changed })
        }
        Event::Withdrawn { was_approved: false, .. }
        | Event::Drafted { .. }
        | Event::Revised { .. }
        | Event::SubmittedForReview {}
        | Event::Returned { .. }
        | Event::PublicityRecorded { .. } => None,
    }
}
