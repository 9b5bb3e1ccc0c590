//! How a room's story is told: what has happened, what is asked, what comes of it. Only for tests.

use contracts::PersonId;
use cqrs_es::test::{AggregateResultValidator, TestFramework};
use eventstore::{Asked, Occasion, Room, Shape, Taken};
use jiff::Timestamp;
use serde_json::json;

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
pub(crate) fn typed(
    staff: PersonId,
    person: PersonId,
    received: Timestamp,
    now: Timestamp,
) -> Occasion {
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

    pub(crate) fn then_all(self, events: Vec<R::Event>) {
        self.0.then_expect_events(events);
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
}

/// The room's state after a history.
pub(crate) fn after<R: Room>(history: Vec<R::Event>) -> R {
    let mut room = R::default();
    for event in history {
        room.apply(event);
    }
    room
}

/// Every event is stored under its own name and version, is what its sample says, and every sample
/// of the room ever stored is read: those of today and written alike, older ones as what they are
/// today. `one_of_each` holds one event of each name.
pub(crate) fn stored_as_sampled<R: Room>(one_of_each: Vec<R::Event>) {
    use cqrs_es::DomainEvent as _;

    let upcasters = crate::upcast::upcasters().unwrap();
    let mut names = std::collections::BTreeSet::new();
    for event in one_of_each {
        let (name, payload) = contracts::fact::write(&event).unwrap();
        assert_eq!(name, event.event_type());
        assert!(name.starts_with(&format!("{}.", R::TYPE)));
        assert!(name.ends_with(&format!(".v{}", event.event_version())));
        let payload: serde_json::Value = serde_json::from_str(&payload).unwrap();
        assert_eq!(payload, sample(&name), "{name}");
        names.insert(name);
    }
    for entry in std::fs::read_dir(folder()).unwrap() {
        let file = entry.unwrap().file_name().into_string().unwrap();
        let Some(name) = file.strip_suffix(".json") else { continue };
        if !name.starts_with(&format!("{}.", R::TYPE)) {
            continue;
        }
        let stored = sample(name);
        let found = upcasters.shapes(name, &stored.to_string(), "{}").unwrap();
        if let Some(today) = found {
            assert!(!names.contains(name), "{name} is stored no more");
            for Shape { name, payload, .. } in today {
                contracts::fact::read::<R::Event>(&name, &json!(payload).to_string()).unwrap();
            }
            continue;
        }
        let event: R::Event = contracts::fact::read(name, &stored.to_string()).unwrap();
        let (written_name, payload) = contracts::fact::write(&event).unwrap();
        let written: serde_json::Value = serde_json::from_str(&payload).unwrap();
        assert_eq!((written_name.as_str(), written), (name, stored));
        names.remove(name);
    }
    assert!(names.is_empty(), "{names:?} have no sample");
}

fn folder() -> std::path::PathBuf {
    std::path::PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("samples")
}

fn sample(name: &str) -> serde_json::Value {
    let path = folder().join(format!("{name}.json"));
    let text = std::fs::read_to_string(&path)
        .unwrap_or_else(|error| panic!("{} has no sample: {error}", path.display()));
    serde_json::from_str(&text).unwrap()
}
