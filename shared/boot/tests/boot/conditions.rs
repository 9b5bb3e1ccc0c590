//! Every condition of readiness, caused for real: told within seconds under its name, and over when
//! its cause is.

use std::sync::atomic::Ordering;

use messaging::connect::Settings;
use messaging::{Layout, connect, rights, streams};
use sqlx::postgres::PgConnectOptions;
use sqlx::{Connection as _, PgConnection};
use testkit::{At, NatsUser, TestNats, Then, Toward, Wire, until};
use uuid::Uuid;

use crate::gate::STUCK;
use crate::house::{BREAKS, FAILS, WELL, house, house_with};

#[tokio::test]
async fn a_database_that_is_away_or_says_nothing_is_told_and_so_is_its_return() {
    let house = house().await;
    house.is_well().await;
    house.wire.shut();
    assert_eq!(house.lacks("database").await, "it does not answer");
    house.wire.open();
    house.is_well().await;
    house.wire.freeze();
    assert_eq!(house.lacks("database").await, "it does not answer");
    house.wire.thaw();
    house.is_well().await;
    let told = house.told().await.1.to_string();
    for inside in ["127.0.0.1", "postgres", "of-a-test", house.database.runtime_role.as_str()] {
        assert!(!told.contains(inside), "{inside} in {told}");
    }
}

#[tokio::test]
async fn a_view_that_cannot_write_is_told_and_goes_on_by_itself() {
    let house = house().await;
    let gate = Uuid::now_v7();
    house.is_well().await;
    house.temper.store(FAILS, Ordering::SeqCst);
    house.enters(gate, "1", "").await;
    assert_eq!(house.lacks("view").await, "the database does not answer, or not as it has to");
    house.temper.store(WELL, Ordering::SeqCst);
    house.is_well().await;
    assert_eq!(house.entered(gate).await, (1, Some(1)));
}

#[tokio::test]
async fn a_view_that_breaks_off_at_one_stream_is_told_and_goes_on_with_all_others() {
    let house = house().await;
    let (broken, other) = (Uuid::now_v7(), Uuid::now_v7());
    house.is_well().await;
    house.enters(broken, "1", "").await;
    until(|| async { house.entered(broken).await == (1, Some(1)) }).await;
    house.temper.store(BREAKS, Ordering::SeqCst);
    house.enters(broken, "2", "").await;
    let parked = "it passes over what happens in 1 parked streams";
    assert_eq!(house.lacks("view").await, parked);
    house.temper.store(WELL, Ordering::SeqCst);
    house.enters(broken, "3", "").await;
    house.enters(other, "4", "").await;
    until(|| async { house.entered(other).await == (1, Some(1)) }).await;
    assert_eq!(house.entered(broken).await, (3, Some(1)), "what came before still shows");
    assert_eq!(house.lacks("view").await, parked);
}

#[tokio::test]
async fn a_policy_that_cannot_answer_is_told() {
    let house = house().await;
    house.enters(Uuid::now_v7(), "one", STUCK).await.expect(201);
    assert_eq!(house.lacks("policy").await, "the database does not answer");
}

#[tokio::test]
async fn a_commit_in_doubt_is_told_until_it_is_known() {
    let house = house().await;
    house.is_well().await;
    house.wire.once(At::Bytes(Toward::Server, b"COMMIT\0".to_vec()), Then::CutAfter);
    let gate = Uuid::now_v7();
    let watching = async {
        house.wire.happened().await;
        house.wire.shut();
        let why = house.lacks("committer").await;
        assert_eq!(why, "a commit is in doubt, and the database cannot be asked");
        house.wire.open();
    };
    let (answer, ()) = tokio::join!(house.enters(gate, "one", ""), watching);
    // It may have been one of the pool's transactions that was cut; what counts is the answer.
    answer.expect(201);
    house.is_well().await;
    assert_eq!(house.entered(gate).await.0, 1);
}

#[tokio::test]
async fn timers_that_nobody_can_fire_are_told() {
    let house = house().await;
    let mut other = PgConnection::connect(&house.database.admin_url).await.unwrap();
    let gate = Uuid::now_v7();
    let fired_by_nobody = "create function log.hold() returns trigger language plpgsql as
             $$ begin return null; end $$;
         create trigger held before update on log.timer for each row execute function log.hold()";
    sqlx::raw_sql(fired_by_nobody).execute(&mut other).await.unwrap();
    let body = serde_json::json!({ "at": "2026-01-01T00:00:00Z" });
    let plan = format!("/v1/gates/{gate}/plan");
    house.http.post(&house.person, &plan, "plan", &body).await.expect(201);
    let why = house.lacks("timers").await;
    assert_eq!(why, "what is due has not been fired for more than 10 seconds");
    sqlx::raw_sql("drop trigger held on log.timer").execute(&mut other).await.unwrap();
    house.is_well().await;
    assert_eq!(house.enters(gate, "late", "").await.expect(409).code(), "gate.shut");
}

#[tokio::test]
async fn an_issuer_whose_keys_were_never_seen_is_told_until_they_are() {
    let mut wire = None;
    let issuer = testkit::Issuer::start(&boot::Clock::machine()).await;
    let port: u16 = issuer.url.rsplit_once(':').unwrap().1.parse().unwrap();
    let by_wire = Wire::to(port).await;
    by_wire.shut();
    let url = format!("http://127.0.0.1:{}/jwks", by_wire.port());
    let house = house_with("recruitment", |config| {
        config.issuer = issuer.config();
        config.issuer.jwks_url = Some(url);
        wire = Some(by_wire);
    })
    .await;
    assert_eq!(house.lacks("sign_in").await, "the issuer's keys cannot be had");
    let wire = wire.unwrap();
    wire.open();
    house.is_well().await;
}

#[tokio::test]
async fn a_vault_that_cannot_be_reached_is_told() {
    let keys = testkit::database("keys").await;
    let mut owner = PgConnection::connect(&keys.owner_url).await.unwrap();
    vault::schema::migrate(&mut owner).await.unwrap();
    vault::schema::grant(&mut owner, &keys.runtime_role, &[contracts::Class::Contact])
        .await
        .unwrap();
    let direct: PgConnectOptions = keys.runtime_url.parse().unwrap();
    let wire = Wire::to(direct.get_port()).await;
    let house = house_with("recruitment", |config| {
        config.vault = Some(vault::VaultConfig {
            url: wire.instead_of(&keys.runtime_url).into(),
            kek_hex: "6b".repeat(32).into(),
            kek_id: "2026-11".to_owned(),
            index_key_hex: "69".repeat(32).into(),
        });
    })
    .await;
    house.is_well().await;
    wire.freeze();
    assert_eq!(house.lacks("vault").await, "the key database does not answer");
    wire.thaw();
    house.is_well().await;
}

pub const ADMIN: &str = "admin";

/// A NATS with the streams and users of the layout.
pub async fn a_nats() -> TestNats {
    let layout = Layout::shipped().unwrap();
    let all = vec![">".to_owned()];
    let mut users = vec![NatsUser {
        name: ADMIN.to_owned(),
        password: ADMIN.to_owned(),
        publish_allow: all.clone(),
        subscribe_allow: all,
        ..NatsUser::default()
    }];
    for service in layout.services.keys() {
        let rights = rights::rights(&layout, service).unwrap();
        users.push(NatsUser {
            name: service.clone(),
            password: service.clone(),
            publish_allow: rights.publish,
            subscribe_allow: rights.subscribe,
            ..NatsUser::default()
        });
    }
    let nats = testkit::nats(&users).await;
    let admin = connect(&settings(&nats, ADMIN), "test").await.unwrap();
    let mut connects = admin.connects();
    connects.wait_for(|times| *times > 0).await.unwrap();
    streams::provision(admin.jetstream(), &layout).await.unwrap();
    nats
}

pub fn settings(nats: &TestNats, user: &str) -> Settings {
    Settings { url: nats.url.clone(), user: user.to_owned(), password: user.to_owned().into() }
}

#[tokio::test]
async fn a_nats_that_is_away_is_told_while_commands_go_on_and_a_halted_relay_is_told_for_good() {
    let mut nats = a_nats().await;
    let told = settings(&nats, "recruitment");
    let house = house_with("recruitment", |config| config.nats = Some(told)).await;
    house.is_well().await;
    nats.server.halt().await.unwrap();
    let why = house.lacks("nats").await;
    assert_eq!(why, "NATS cannot be reached; commands are taken, and wait");
    let gate = Uuid::now_v7();
    house.enters(gate, "one", "").await.expect(201);
    assert_eq!(house.entered(gate).await.0, 1);
    nats.server.start_again().await.unwrap();
    house.is_well().await;

    let admin = connect(&settings(&nats, ADMIN), "test").await.unwrap();
    let strange = admin.jetstream().publish("recruitment.log.gate.entered.v1", "strange".into());
    strange.await.unwrap().await.unwrap();
    nats.server.start_again().await.unwrap();
    let why = house.lacks("relay").await;
    assert!(why.ends_with("see deploy/runbooks/relay-halted.md"), "{why}");
    house.enters(gate, "two", "").await.expect(200);
}
