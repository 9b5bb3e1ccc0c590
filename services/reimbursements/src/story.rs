//! How a room's story is told: what has happened, what is asked, what comes of it. Only for tests.

use std::path::PathBuf;

use contracts::PersonId;
use cqrs_es::DomainEvent;
use cqrs_es::test::{AggregateResultValidator, TestFramework};
use eventstore::{Asked, Occasion, Room, Taken};
use jiff::Timestamp;

pub(crate) fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// Someone acts for themselves, through the system.
pub(crate) fn online(who: PersonId, now: Timestamp) -> Occasion {
    Occasion {
        taken_at: now,
        received_at: now,
        taken: Taken::Online,
        actor: who,
        on_behalf_of: None,
    }
}

/// Staff type in what came from a person on paper.
pub(crate) fn typed(staff: PersonId, person: PersonId, received: Timestamp) -> Occasion {
    let now = received + jiff::SignedDuration::from_hours(48);
    Occasion {
        taken_at: now,
        received_at: received,
        taken: Taken::Paper,
        actor: staff,
        on_behalf_of: Some(person),
    }
}

pub(crate) struct Given<R: Room>(pub(crate) Vec<R::Event>);

pub(crate) struct Then<R: Room>(AggregateResultValidator<R>);

impl<R: Room> Given<R> {
    pub(crate) fn when(self, occasion: Occasion, command: R::Ask) -> Then<R> {
        let asked = Asked { occasion, command };
        Then(TestFramework::<R>::with(()).given(self.0).when(asked))
    }
}

impl<R: Room> Then<R>
where
    R::Event: PartialEq,
    R::Error: PartialEq,
{
    pub(crate) fn then(self, event: R::Event) {
        self.0.then_expect_events(vec![event]);
    }

    pub(crate) fn then_nothing(self) {
        self.0.then_expect_events(Vec::new());
    }

    pub(crate) fn then_refused(self, refusal: R::Error) {
        self.0.then_expect_error(refusal);
    }

    pub(crate) fn events(self) -> Vec<R::Event> {
        self.0.inspect_result().unwrap()
    }

    pub(crate) fn result(self) -> Result<Vec<R::Event>, R::Error> {
        self.0.inspect_result()
    }
}

/// The room's state after a history.
pub(crate) fn after<R: Room>(history: Vec<R::Event>) -> R {
    let mut room = R::default();
    for event in history {
        room.apply(event);
    }
    room
}

/// Every event is stored under its own name and version and has a sample, and every sample of the
/// room ever stored is read and written alike. `one_of_each` holds one event of each name.
pub(crate) fn every_event_has_its_sample<R: Room>(one_of_each: &[R::Event]) {
    for event in one_of_each {
        let (name, _) = contracts::fact::write(event).unwrap();
        assert_eq!(name, event.event_type());
        assert!(name.ends_with(&format!(".v{}", event.event_version())));
        let read: R::Event = contracts::fact::read(&name, &sample(&name).to_string()).unwrap();
        assert_eq!(read.event_type(), name);
    }
    let mut n_samples = 0;
    for entry in std::fs::read_dir(folder()).unwrap() {
        let file = entry.unwrap().file_name().into_string().unwrap();
        let Some(name) = file.strip_suffix(".json") else { continue };
        if !name.starts_with(&format!("{}.", R::TYPE)) {
            continue;
        }
        let stored = sample(name);
        let event: R::Event = contracts::fact::read(name, &stored.to_string()).unwrap();
        let (written_name, payload) = contracts::fact::write(&event).unwrap();
        let written: serde_json::Value = serde_json::from_str(&payload).unwrap();
        assert_eq!((written_name.as_str(), written), (name, stored));
        n_samples += 1;
    }
    assert!(n_samples >= one_of_each.len());
}

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("samples")
}

fn sample(name: &str) -> serde_json::Value {
    let path = folder().join(format!("{name}.json"));
    let text = std::fs::read_to_string(&path)
        .unwrap_or_else(|error| panic!("{} has no sample: {error}", path.display()));
    serde_json::from_str(&text).unwrap()
}

/// Chance that comes out alike every time: `SplitMix64`.
pub(crate) struct Seeded(pub(crate) u64);

impl Seeded {
    /// Below `bound`, which is not zero.
    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % bound
    }

    /// One of several.
    pub(crate) fn one_of<T: Clone>(&mut self, several: &[T]) -> T {
        let place = self.below(u64::try_from(several.len()).unwrap());
        several[usize::try_from(place).unwrap()].clone()
    }
}
