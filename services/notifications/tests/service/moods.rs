//! Every mood of a mail server at every stage of the conversation: each message ends as sent, as failed
//! with its reason or as unknown, and none is passed on twice. `SEED` gives the same order again.

use std::collections::BTreeMap;

use contracts::PersonId;
use contracts::personal::{Email, PersonName};
use contracts::recruitment::{Fact, HowToReach};
use serde_json::{Value, json};
use sqlx::{Connection as _, PgConnection};
use testkit::until;
use uuid::Uuid;

use crate::mail_server::{Fault, MailServer, Mood, Stage};
use crate::world::{NAME, World, smtp, world_mailing_by, world_with};

const STAGES: [Stage; 8] = [
    Stage::Greeting,
    Stage::Hello,
    Stage::Sender,
    Stage::Recipient,
    Stage::Data,
    Stage::WithinText,
    Stage::Text,
    Stage::Goodbye,
];
const FAULTS: [Fault; 6] = [
    Fault::PutsOff,
    Fault::Refuses,
    Fault::FallsSilent,
    Fault::CutsOff,
    Fault::BreaksOff,
    Fault::Babbles,
];

/// How a message stands after its first attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    Sent,
    /// Nothing has left; it is tried again by itself.
    ServerUnavailable,
    RefusedForNow,
    /// Nothing has left; a human sees to it.
    RefusedForGood,
    /// A human finds out.
    Unknown,
}

impl End {
    /// What is shown of it, and what waits for staff.
    fn shown(self) -> (&'static str, Value, Option<&'static str>) {
        match self {
            Self::Sent => ("sent", Value::Null, None),
            Self::ServerUnavailable => ("failed", json!("server_unavailable"), None),
            Self::RefusedForNow => ("failed", json!("refused_for_now"), None),
            Self::RefusedForGood => {
                ("failed", json!("refused_for_good"), Some("see_why_it_failed"))
            }
            Self::Unknown => ("unknown", Value::Null, Some("find_out_whether_it_left")),
        }
    }
}

/// What a fault at a stage comes to; none where no server does so.
fn end(stage: Stage, fault: Fault) -> Option<End> {
    Some(match (stage, fault) {
        (Stage::WithinText, Fault::PutsOff | Fault::Refuses | Fault::Babbles) => return None,
        (Stage::Goodbye, _) => End::Sent,
        (Stage::Greeting | Stage::Hello, _) => End::ServerUnavailable,
        (_, Fault::PutsOff) => End::RefusedForNow,
        (_, Fault::Refuses) => End::RefusedForGood,
        (Stage::Sender | Stage::Recipient | Stage::Data, _) => End::ServerUnavailable,
        (Stage::WithinText | Stage::Text, _) => End::Unknown,
    })
}

fn every_case() -> Vec<(Stage, Fault, End)> {
    let all = STAGES.into_iter().flat_map(|stage| FAULTS.map(|fault| (stage, fault)));
    all.filter_map(|(stage, fault)| Some((stage, fault, end(stage, fault)?))).collect()
}

#[expect(clippy::disallowed_methods, reason = "who runs a test says here in which order")]
#[expect(clippy::print_stdout, reason = "without its seed an order cannot be had again")]
fn shuffled<T>(mut all: Vec<T>) -> Vec<T> {
    let given = std::env::var("SEED").ok().and_then(|it| it.parse().ok());
    let seed: u64 = given.unwrap_or_else(|| Uuid::now_v7().as_u64_pair().1);
    println!("SEED={seed}");
    let mut state = seed;
    for place in (1..all.len()).rev() {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let bound = u64::try_from(place + 1).unwrap();
        all.swap(place, usize::try_from((state >> 33) % bound).unwrap());
    }
    all
}

/// Somebody else each time, told that they are registered.
async fn tells(world: &World, number: usize) -> (PersonId, i64) {
    let person = PersonId::new(Uuid::from_u128(0xc000 + u128::try_from(number).unwrap()));
    let name = PersonName::new(NAME.to_owned()).unwrap();
    let address = Email::new(format!("zacanary.{number}@example.org")).unwrap();
    let registered = Fact::Registered {
        person,
        name: world.vault.seal(person, &name).await.unwrap(),
        how_to_reach: HowToReach::Email {
            address: world.vault.seal(person, &address).await.unwrap(),
        },
    };
    (person, world.recruitment.tells(person.uuid(), &registered).await)
}

/// The one message to somebody, whole, and what is shown of it in lists.
async fn message_to(world: &World, person: PersonId) -> Value {
    let list = world.get(&format!("/v1/messages?person={person}")).await;
    assert_eq!(list["items"].as_array().unwrap().len(), 1, "{list}");
    let id = list["items"][0]["id"].as_str().unwrap();
    let message = world.get(&format!("/v1/messages/{id}")).await;
    for shown in [&list, &message] {
        assert!(!shown.to_string().to_lowercase().contains("zacanary"), "{shown}");
    }
    message
}

async fn meets(world: &World, server: &MailServer, cases: Vec<(Stage, Fault, End)>) {
    let mut met = Vec::new();
    for (number, (stage, fault, end)) in cases.into_iter().enumerate() {
        server.is(Mood::At(stage, fault));
        let (person, position) = tells(world, number).await;
        world.heard("recruitment", position).await;
        let message = message_to(world, person).await;
        let (stands, reason, waits_for) = end.shown();
        let case = format!("{stage:?} {fault:?}: {message}");
        assert_eq!(message["stage"], stands, "{case}");
        assert_eq!(message["reason"], reason, "{case}");
        let is_tried_again = matches!(end, End::ServerUnavailable | End::RefusedForNow);
        assert_eq!(message["try_again_at"].is_string(), is_tried_again, "{case}");
        assert_eq!(message["what_to_do"].is_null(), end == End::Sent, "{case}");
        let today = world.today().await;
        let waiting = today.iter().find(|(_, id)| message["id"] == **id);
        assert_eq!(waiting.map(|(what, _)| what.as_str()), waits_for, "{case}");
        met.push((person, end));
    }
    comes_to_its_end(world, server, &met).await;
}

/// Once the server is willing, what nobody doubts is sent, and nothing is passed on twice.
async fn comes_to_its_end(world: &World, server: &MailServer, met: &[(PersonId, End)]) {
    server.is(Mood::Willing);
    for time in ["2026-12-01T10:30:00Z", "2027-06-01T09:00:00Z"] {
        world.at(time).await;
        for (person, end) in met {
            let message = message_to(world, *person).await;
            let stands = match end {
                End::Sent | End::ServerUnavailable | End::RefusedForNow => "sent",
                End::RefusedForGood => "failed",
                End::Unknown => "unknown",
            };
            assert_eq!(message["stage"], stands, "{end:?}: {message}");
        }
        assert_eq!(more_than_once(server), [""; 0]);
    }
}

/// The messages that people may have had twice.
fn more_than_once(server: &MailServer) -> Vec<String> {
    let mut times: BTreeMap<String, usize> = BTreeMap::new();
    for id in server.ledger() {
        *times.entry(id).or_default() += 1;
    }
    times.into_iter().filter(|(_, times)| *times > 1).map(|(id, _)| id).collect()
}

#[tokio::test]
async fn whatever_a_server_says_at_any_stage_each_message_ends_known_or_shown_and_none_goes_twice()
{
    let server = MailServer::start(Mood::Willing).await;
    let world = world_mailing_by(&server).await;
    let cases = every_case().into_iter().filter(|(_, fault, _)| *fault != Fault::FallsSilent);
    let cases = shuffled(cases.collect());
    assert_eq!(cases.len(), 37);
    meets(&world, &server, cases).await;
}

#[tokio::test]
async fn wherever_a_server_falls_silent_each_message_ends_known_or_shown_and_none_goes_twice() {
    let server = MailServer::start(Mood::Willing).await;
    let config = smtp(&server);
    let mut world = world_with(|it| it.smtp = Some(config)).await;
    world.stop().await;
    world.config.smtp.as_mut().unwrap().timeout_seconds = 1;
    world.start().await;
    let cases = every_case().into_iter().filter(|(_, fault, _)| *fault == Fault::FallsSilent);
    meets(&world, &server, shuffled(cases.collect())).await;
}

#[tokio::test]
async fn killed_at_any_stage_a_message_is_shown_as_unknown_and_not_sent_again_by_itself() {
    let server = MailServer::start(Mood::Willing).await;
    let mut world = world_mailing_by(&server).await;
    let stages = STAGES.into_iter().filter(|stage| *stage != Stage::Goodbye);
    let mut met = Vec::new();
    for (number, stage) in shuffled(stages.collect()).into_iter().enumerate() {
        server.is(Mood::At(stage, Fault::FallsSilent));
        let (person, position) = tells(&world, number).await;
        server.has_failed(number + 1).await;
        world.kill();
        server.is(Mood::Willing);
        world.start().await;
        world.heard("recruitment", position).await;
        let message = message_to(&world, person).await;
        assert_eq!(message["stage"], "unknown", "{stage:?}: {message}");
        met.push((person, End::Unknown));
    }
    comes_to_its_end(&world, &server, &met).await;
    // The server had one of them whole: the one after whose text it said nothing.
    assert_eq!(server.ledger().len(), 1, "{:?}", server.ledger());
}

#[tokio::test]
async fn killed_between_the_server_s_yes_and_its_record_a_message_is_unknown_and_went_once() {
    let server = MailServer::start(Mood::Slow).await;
    let mut world = world_mailing_by(&server).await;
    let (person, position) = tells(&world, 0).await;
    server.has_read(1).await;
    let mut admin = PgConnection::connect(&world.database.admin_url).await.unwrap();
    let mut nothing_is_recorded = admin.begin().await.unwrap();
    let head = sqlx::query("select * from log.head for update");
    head.execute(&mut *nothing_is_recorded).await.unwrap();
    server.go_on();
    until(async || server.said().iter().any(|it| it == "QUIT")).await;
    world.kill();
    nothing_is_recorded.rollback().await.unwrap();

    server.is(Mood::Willing);
    world.start().await;
    world.heard("recruitment", position).await;
    assert_eq!(message_to(&world, person).await["stage"], "unknown");
    comes_to_its_end(&world, &server, &[(person, End::Unknown)]).await;
    assert_eq!(server.ledger().len(), 1);
}
