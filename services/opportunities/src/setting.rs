//! ROOM: the life of one setting: which values hold from which day on. A decision cites the version
//! it was made under, so nothing that was ever in force is taken away.
//!
//! ```text
//! (nothing) -- put_in_force --> version 1 -- put_in_force --> version 2 -- ...
//! ```

pub mod events;
pub mod refusals;
pub mod put_in_force;

use cqrs_es::Aggregate;
use cqrs_es::event_sink::EventSink;
use eventstore::{Asked, KeyChange, Room, TimerChange, UniqueKey};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::opportunity::AdvertRules;

pub use events::Event;
pub use put_in_force::PutInForce;
pub use refusals::Refusal;

/// From which the ids of this service's settings are derived.
const SETTINGS: Uuid = Uuid::from_u128(0x7365_7474_696e_6773_5f6f_665f_6f70_706f);

/// One setting's values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Values {
    /// What adverts are held to.
    AdvertRules {
        /// How long an advert runs at least, in days.
        minimum_advert_days: u16,
    },
}

impl Values {
    /// What a trust begins with. No source gives a figure; two weeks leave time for a letter each
    /// way.
    pub const SUGGESTED: Self = Self::AdvertRules { minimum_advert_days: 14 };

    /// The permanent name of the setting they are for.
    pub const fn name(self) -> &'static str {
        match self {
            Self::AdvertRules { .. } => "advert_rules",
        }
    }

    /// The setting's stream.
    pub fn stream(self) -> Uuid {
        Uuid::new_v5(&SETTINGS, self.name().as_bytes())
    }

    /// As the rooms take them.
    pub const fn advert_rules(self) -> AdvertRules {
        match self {
            Self::AdvertRules { minimum_advert_days } => AdvertRules { minimum_advert_days },
        }
    }
}

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
    /// How a decision cites it, such as `advert_rules.3`.
    pub fn cited(&self) -> String {
        format!("{}.{}", self.values.name(), self.version)
    }
}

impl Setting {
    /// The version that holds on a day. Where two begin on the same day, the later one corrects the
    /// earlier.
    pub fn in_force(&self, on: Date) -> Option<&Version> {
        self.versions
            .iter()
            .filter(|it| it.effective_from <= on)
            .max_by_key(|it| (it.effective_from, it.version))
    }
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
                self.versions.push(Version { version, effective_from, values });
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
