//! The one door out, and it is shut: nobody relies on what audit does. Total, so that a new event
//! has to say here whether anybody outside hears of it.

use contracts::fact::Unreadable;
use eventstore::StoredEvent;

use crate::opening::Event;

/// The facts an event means: none.
pub fn publish(event: &StoredEvent) -> Result<Vec<(String, String)>, Unreadable> {
    match event.decode()? {
        Event::Recorded { .. } => Ok(Vec::new()),
    }
}
