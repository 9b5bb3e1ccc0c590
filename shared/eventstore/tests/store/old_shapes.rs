//! What earlier builds stored is read as it is called and looks today: renamed, reshaped, or as several
//! events where it was one. The stored bytes stay as they are.

use std::collections::BTreeSet;
use std::sync::Arc;

use async_trait::async_trait;
use contracts::fact::{Unreadable, names};
use eventstore::append::{Append, Appended, NewEvent};
use eventstore::executor::Failure;
use eventstore::upcast::Unsound;
use eventstore::{
    Executor, Policy, PolicyError, Progress, Shape, StoredEvent, StreamId, Upcaster, Upcasters,
    policy, reader,
};
use serde_json::{Value, json};
use testkit::Chance;
use uuid::Uuid;

use crate::turnstile::{Event, Store, Turnstile, enter, store};

/// Once, a crowd was one event, its badges one text; then they were a list; and now each enters.
static HISTORY: [Upcaster; 3] = [
    Upcaster {
        from: "turnstile.crowd_entered.v1",
        to: &["turnstile.crowd_entered.v2"],
        change: |mut old| {
            let text = old.payload.remove("badges").unwrap_or_default();
            let badges: Vec<&str> = text.as_str().unwrap_or_default().split(',').collect();
            old.payload.insert("badges".to_owned(), json!(badges));
            vec![Shape { name: "turnstile.crowd_entered.v2".to_owned(), ..old }]
        },
    },
    Upcaster {
        from: "turnstile.crowd_entered.v2",
        to: &["turnstile.entered.v1"],
        change: |old| {
            let badges = old.payload.get("badges").and_then(Value::as_array).cloned();
            let entered = badges.into_iter().flatten().map(|badge| Shape {
                name: "turnstile.entered.v1".to_owned(),
                payload: [("badge".to_owned(), badge)].into_iter().collect(),
                metadata: old.metadata.clone(),
            });
            entered.collect()
        },
    },
    Upcaster {
        from: "turnstile.locked.v1",
        to: &["turnstile.shut.v1"],
        change: |mut old| {
            let build = old.metadata.remove("written_by").unwrap_or_default();
            old.metadata.insert("build".to_owned(), build);
            vec![Shape { name: "turnstile.shut.v1".to_owned(), ..old }]
        },
    },
];

fn upcasters() -> Upcasters {
    Upcasters::new(&HISTORY, &[names::<Event>()]).unwrap()
}

/// As an earlier build would have stored it.
async fn stored(store: &Store, stream: Uuid, name: &str, payload: &Value, meta: &Value) {
    let mut append = Append::nothing(Uuid::now_v7(), StreamId::new("turnstile", stream));
    append.expected_version = store.executor.load::<Turnstile>(stream).await.unwrap().version;
    append.events.push(NewEvent {
        event_id: Uuid::now_v7(),
        event_type: name.to_owned(),
        schema_version: name.rsplit_once(".v").unwrap().1.parse().unwrap(),
        payload: payload.to_string(),
        meta: meta.to_string(),
    });
    let appended = store.executor.committer().append(append).await.unwrap();
    assert!(matches!(appended, Appended::Stored(_)), "{appended:?}");
}

fn around() -> Value {
    json!({
        "command_id": Uuid::now_v7(), "correlation_id": Uuid::now_v7(),
        "actor": { "person": Uuid::nil(), "account": Uuid::nil() },
        "authority": { "role": "involvee" }, "occurred_at": crate::turnstile::NINE,
        "received_at": crate::turnstile::NINE, "taken": "online", "build": "an earlier one",
    })
}

async fn store_with_a_past() -> Store {
    let mut store = store().await;
    store.executor = store.executor.clone().reading_by(upcasters());
    store
}

#[tokio::test]
async fn a_room_finds_in_old_shapes_what_it_would_find_in_those_of_today() {
    let store = store_with_a_past().await;
    let mut chance = Chance::of("old shapes");
    for _ in 0..20 {
        let (old, new) = (Uuid::now_v7(), Uuid::now_v7());
        for _ in 0..chance.below(4) {
            let badges = vec![""; 1 + chance.below(5)];
            let (name, said) = match chance.below(2) {
                0 => ("turnstile.crowd_entered.v1", json!(badges.join(","))),
                _ => ("turnstile.crowd_entered.v2", json!(badges)),
            };
            stored(&store, old, name, &json!({ "badges": said }), &around()).await;
            for _ in badges {
                store.give(new, enter("")).await.unwrap();
            }
        }
        let (old, new) = (
            store.executor.load::<Turnstile>(old).await.unwrap(),
            store.executor.load::<Turnstile>(new).await.unwrap(),
        );
        assert_eq!(old.room.entered, new.room.entered, "SEED={}", chance.seed);
        assert!(old.version <= new.version, "a stored event has one version, whatever it became");
    }
    assert!(store.chain_holds().await);
}

#[tokio::test]
async fn the_room_goes_on_from_the_stored_version_and_metadata_is_read_as_it_is_called_today() {
    let store = store_with_a_past().await;
    let turnstile = Uuid::now_v7();
    let crowd = json!({ "badges": "ana,ben" });
    stored(&store, turnstile, "turnstile.crowd_entered.v1", &crowd, &around()).await;
    assert_eq!(store.give(turnstile, enter("cleo")).await.unwrap().version, 2);
    let mut meta = around();
    let build = meta.as_object_mut().unwrap().remove("build").unwrap();
    meta["written_by"] = build;
    stored(&store, turnstile, "turnstile.locked.v1", &json!({}), &meta).await;
    let refused = store.give(turnstile, enter("dora")).await.unwrap().refusal.unwrap();
    assert_eq!(refused.code, "turnstile.shut");

    let all = reader::after(&store.pool, 0, 10).await.unwrap();
    assert!(all[2].metadata().is_err(), "it was stored otherwise");
    let today = upcasters().of(&all[2]).unwrap().into_owned();
    assert_eq!(today[0].metadata().unwrap().build, "an earlier one");
    let entered = upcasters().of(&all[0]).unwrap().into_owned();
    let said: Vec<Event> = entered.iter().map(|it| it.decode().unwrap()).collect();
    let badge = |badge: &str| Event::Entered { badge: badge.to_owned() };
    assert_eq!(said, [badge("ana"), badge("ben")], "in their order");
    assert!(entered.iter().all(|it| (it.position, it.version) == (1, 1)));
    assert_eq!(entered[0].event_id, all[0].event_id);
    assert_ne!(entered[1].event_id, all[0].event_id);
    assert_eq!(upcasters().of(&all[1]).unwrap().as_ref(), &all[1..2], "as it is");
}

/// Whoever enters here enters there.
struct EnterThere {
    there: Uuid,
}

#[async_trait]
impl Policy for EnterThere {
    fn name(&self) -> &'static str {
        "enter_there_when_someone_enters_here"
    }

    async fn answer(&self, event: &StoredEvent, executor: &Executor) -> Result<(), PolicyError> {
        if event.stream.id == self.there {
            return Ok(());
        }
        let Event::Entered { badge } = event.decode()? else { return Ok(()) };
        let (target, clock) = (self.there.to_string(), executor.clock());
        let correlation_id = event.metadata()?.correlation_id;
        let order = policy::order(self.name(), &target, event.event_id, correlation_id, clock);
        let badge = format!("{badge} there");
        executor.execute::<Turnstile>(self.there, enter(&badge), order).await?;
        Ok(())
    }
}

#[tokio::test]
async fn a_policy_answers_each_of_the_events_that_one_became_and_each_once() {
    let store = store_with_a_past().await;
    let (here, there) = (Uuid::now_v7(), Uuid::now_v7());
    let crowd = json!({ "badges": "ana,ben,cleo" });
    stored(&store, here, "turnstile.crowd_entered.v1", &crowd, &around()).await;
    for again in [false, true] {
        if again {
            sqlx::query("delete from log.policy_checkpoint").execute(&store.pool).await.unwrap();
        }
        let (progress, heads) = (Progress::default(), store.executor.committer().heads());
        let following = policy::follow(
            Arc::new(EnterThere { there }),
            "turnstiles".to_owned(),
            store.executor.clone(),
            heads,
            progress.clone(),
            store.stop.child_token(),
        );
        let following = store.tasks.spawn(following);
        assert!(progress.wait_for("turnstiles", 4, std::time::Duration::from_secs(10)).await);
        following.abort();
        assert_eq!(store.executor.load::<Turnstile>(there).await.unwrap().room.entered, 3);
    }
    let badges: BTreeSet<String> = sqlx::query_scalar(
        "select payload::json->>'badge' from log.event where event_type = 'turnstile.entered.v1'",
    )
    .fetch_all(&store.pool)
    .await
    .unwrap()
    .into_iter()
    .collect();
    assert_eq!(badges, ["ana there", "ben there", "cleo there"].map(str::to_owned).into());
}

#[tokio::test]
async fn what_no_upcaster_reads_stays_unreadable_and_is_never_passed_over() {
    let store = store_with_a_past().await;
    let turnstile = Uuid::now_v7();
    stored(&store, turnstile, "turnstile.oiled.v1", &json!({}), &around()).await;
    let loaded = store.executor.load::<Turnstile>(turnstile).await;
    assert!(matches!(loaded, Err(Failure::Unreadable(_))));
}

const KEEPS: fn(Shape) -> Vec<Shape> = |old| vec![old];

fn leads(from: &'static str, to: &'static [&'static str]) -> Upcaster {
    Upcaster { from, to, change: KEEPS }
}

#[test]
fn upcasters_that_do_not_lead_to_names_of_today_are_refused() {
    let today: &[&[&str]] = &[&["a.done.v3"], &["b.done.v1"]];
    let judged = |all: Vec<Upcaster>| Upcasters::new(all.leak(), today).map(drop);
    let whole = || vec![leads("a.done.v1", &["a.done.v2", "b.done.v1"])];
    let more = |one: Upcaster| whole().into_iter().chain([one]).collect::<Vec<_>>();
    assert_eq!(judged(more(leads("a.done.v2", &["a.done.v3"]))), Ok(()));
    let unknown = Unsound::Unknown { from: "a.done.v1", to: "a.done.v2" };
    assert_eq!(judged(whole()), Err(unknown));
    let back = more(leads("a.done.v2", &["a.done.v3", "a.done.v1"]));
    assert_eq!(judged(back), Err(Unsound::Circle("a.done.v1")));
    let to_itself = vec![leads("a.done.v1", &["a.done.v1"])];
    assert_eq!(judged(to_itself), Err(Unsound::Circle("a.done.v1")));
    let twice = more(leads("a.done.v1", &["a.done.v3"]));
    assert_eq!(judged(twice), Err(Unsound::Twice("a.done.v1")));
    assert_eq!(judged(vec![leads("a.done.v1", &[])]), Err(Unsound::Nothing("a.done.v1")));
    let of_today = vec![leads("b.done.v1", &["a.done.v3"])];
    assert_eq!(judged(of_today), Err(Unsound::OfToday("b.done.v1")));
}

#[tokio::test]
async fn an_upcaster_that_gives_nothing_or_something_else_than_it_says_makes_nothing_up() {
    static FAULTY: [Upcaster; 2] = [
        Upcaster {
            from: "turnstile.locked.v1",
            to: &["turnstile.shut.v1"],
            change: |_| Vec::new(),
        },
        Upcaster { from: "turnstile.locked.v2", to: &["turnstile.shut.v1"], change: KEEPS },
    ];
    let faulty = Upcasters::new(&FAULTY, &[names::<Event>()]).unwrap();
    for name in ["turnstile.locked.v1", "turnstile.locked.v2"] {
        let found = faulty.shapes(name, "{}", "{}");
        assert!(matches!(found, Err(Unreadable::Body { name: its, .. }) if its == name));
    }
}
