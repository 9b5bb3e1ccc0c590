//! ROOM: the life of one setting: which values hold from which day on. A decision cites the version
//! it was made under, so nothing that was ever in force is taken away.
//!
//! ```text
//! (nothing) -- put_in_force --> version 1 -- put_in_force --> version 2 -- ...
//! ```

pub mod events;
pub mod refusals;
pub mod nonsense;
pub mod claim_window;
pub mod values;
pub mod put_in_force;
#[cfg(test)]
mod samples;

use cqrs_es::Aggregate;
use cqrs_es::event_sink::EventSink;
use eventstore::{Asked, KeyChange, Room, TimerChange, UniqueKey};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub use claim_window::ClaimWindow;
pub use events::Event;
pub use nonsense::Nonsense;
pub use put_in_force::PutInForce;
pub use refusals::Refusal;
pub use values::{Name, Values};

/// The state: every version of one setting, oldest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Setting {
    /// All that was ever put in force.
    pub versions: Vec<Version>,
}

/// Values that hold from a day on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Version {
    /// Counts up from 1 within its setting.
    pub version: u32,
    /// The first day on which it holds.
    #[schema(value_type = String, format = Date)]
    pub effective_from: Date,
    /// What holds.
    pub values: Values,
}

impl Version {
    /// How a decision cites it, such as `claim_window.3`.
    pub fn cited(&self) -> String {
        format!("{}.{}", self.values.name(), self.version)
    }
}

/// The version of a setting that holds on a day. Where two begin on the same day, the later one
/// corrects the earlier.
pub fn in_force(versions: &[Version], name: Name, on: Date) -> Option<&Version> {
    versions
        .iter()
        .filter(|it| it.values.name() == name && it.effective_from <= on)
        .max_by_key(|it| (it.effective_from, it.version))
}

/// What can be asked of a setting.
#[derive(Clone, Debug)]
pub enum Command {
    /// Let values hold from a day on.
    PutInForce(PutInForce),
}

impl Aggregate for Setting {
    const TYPE: &'static str = "setting";
    type Command = Asked<Command>;
    type Event = Event;
    type Error = Refusal;
    type Services = ();

    async fn handle(
        &mut self,
        asked: Asked<Command>,
        (): &(),
        sink: &EventSink<Self>,
    ) -> Result<(), Refusal> {
        let Asked { occasion, command } = asked;
        let events = match command {
            Command::PutInForce(it) => it.decide(self, &occasion),
        }?;
        for event in events {
            sink.write(event, self).await;
        }
        Ok(())
    }

    fn apply(&mut self, event: Event) {
        match event {
            Event::PutInForce { version, effective_from, values } => {
                self.versions.push(Version { version, effective_from, values: *values });
            }
        }
    }
}

impl Room for Setting {
    type Ask = Command;

    fn timers(event: &Event) -> Vec<TimerChange> {
        match event {
            Event::PutInForce { .. } => Vec::new(),
        }
    }

    fn unique_keys(event: &Event) -> Vec<KeyChange> {
        match event {
            Event::PutInForce { .. } => Vec::new(),
        }
    }

    fn taken(_: &UniqueKey) -> Refusal {
        Refusal::OtherSetting
    }

    fn due(_: &str) -> Option<Command> {
        None
    }
}

#[cfg(test)]
mod stories {
    use jiff::civil::date;

    use super::samples::*;
    use super::*;
    use crate::story::after;

    #[test]
    fn the_latest_day_that_has_come_holds() {
        let versions =
            after::<Setting>(vec![in_force_from_january(), longer_from_april()]).versions;
        let on = |day| in_force(&versions, Name::ClaimWindow, day).map(Version::cited);
        assert_eq!(on(date(2026, 12, 31)), None);
        assert_eq!(on(date(2027, 1, 1)).as_deref(), Some("claim_window.1"));
        assert_eq!(on(date(2027, 3, 31)).as_deref(), Some("claim_window.1"));
        assert_eq!(on(date(2027, 4, 1)).as_deref(), Some("claim_window.2"));
    }

    #[test]
    fn a_correction_for_the_same_day_holds() {
        let corrected = Event::PutInForce {
            version: 2,
            effective_from: date(2027, 1, 1),
            values: Box::new(Values::ClaimWindow(LONGER)),
        };
        let versions = after::<Setting>(vec![in_force_from_january(), corrected]).versions;
        let version = in_force(&versions, Name::ClaimWindow, date(2027, 2, 1)).unwrap();
        assert_eq!(version.values, Values::ClaimWindow(LONGER));
    }

    #[test]
    fn a_setting_holds_no_key_and_waits_for_no_timer() {
        assert_eq!(Setting::unique_keys(&in_force_from_january()), []);
        assert_eq!(Setting::timers(&in_force_from_january()), []);
        assert!(Setting::due("anything").is_none());
    }
}
