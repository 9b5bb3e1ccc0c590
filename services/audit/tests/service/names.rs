//! Names lie sealed, are opened for those who may and only when asked for, and whoever looks is on
//! record before they see anything.

use contracts::PersonId;
use serde_json::{Value, json};
use sqlx::{Connection as _, PgConnection};

use crate::life::{APPLICATION, application};
use crate::world::{Service, World, by, person, world};

const CANARY: &str = "Canary Featherstonehaugh";
const NEW_CANARY: &str = "Canary Cholmondeley";

async fn registers(world: &World, service: &Service, who: PersonId, name: &str) {
    let name = world.sealed_name(who, name).await;
    let payload = json!({"person": who, "registration": {"name": name}});
    let stream = ("involvee", who.uuid());
    service.tells(stream, "involvee.registered.v1", payload, by(who, "involvee")).await;
}

async fn lived(world: &World) -> Service {
    let service = application(world).await;
    registers(world, &service, world.ana.id, CANARY).await;
    service.heard_by(world).await;
    service
}

fn with_names() -> String {
    format!("application={APPLICATION}&names=true&because=complaint")
}

#[tokio::test]
async fn a_name_is_shown_only_where_it_is_asked_for_and_the_looking_is_in_the_person_s_history() {
    let world = world().await;
    lived(&world).await;
    let path = format!("/v1/timeline?application={APPLICATION}");
    let without = world.get(&world.auditor, &path).await.expect(200);
    assert!(!without.text.contains("Canary"));
    assert_eq!(world.rows("log.event").await.len(), 0, "nothing was opened");

    let told = world.sentences(&with_names()).await;
    assert!(told[0].contains(&format!("from {CANARY} on 2 March 2027")), "{told:?}");
    world.own_log_heard().await;
    let history = world.timeline(&format!("person={}", world.ana.id)).await;
    let looked: Vec<&Value> =
        history.iter().filter(|it| it["event_type"] == "opening.recorded.v1").collect();
    assert_eq!(looked.len(), 1, "only hers was opened, and only once");
    assert_eq!(looked[0]["actor"]["person"], world.auditor.id.to_string());
    assert_eq!(looked[0]["source"], "audit");
    let sentence = looked[0]["sentence"].as_str().unwrap();
    let looked = "Something of the person's was looked at: person name; purpose: complaint.";
    assert!(sentence.contains(looked), "{sentence}");
}

#[tokio::test]
async fn each_reading_is_recorded_even_under_a_trace_the_reader_chose() {
    let world = world().await;
    lived(&world).await;
    for _ in 0..3 {
        let path = format!("/v1/timeline?{}", with_names());
        let request = world.http.request(http::Method::GET, Some(&world.auditor), &path);
        let trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        testkit::send(request.header("traceparent", trace)).await.expect(200);
    }
    let recorded = world.rows("log.event").await;
    assert_eq!(recorded.len(), 3);
    assert!(recorded.iter().all(|row| row.contains("4bf92f3577b34da6a3ce929d0e0e4736")));
}

#[tokio::test]
async fn what_cannot_be_put_on_record_is_not_opened() {
    let world = world().await;
    lived(&world).await;
    world
        .as_admin("alter table log.event add constraint nothing_more check (false) not valid")
        .await;
    let refused = world.get(&world.auditor, &format!("/v1/timeline?{}", with_names())).await;
    assert_eq!(refused.status, 422);
    assert!(!refused.text.contains("Canary"));
}

#[tokio::test]
async fn names_are_opened_for_a_purpose_and_not_without() {
    let world = world().await;
    lived(&world).await;
    let path = format!("/v1/timeline?application={APPLICATION}&names=true");
    let refused = world.get(&world.auditor, &path).await.expect(400);
    assert!(refused.json["detail"].as_str().unwrap().contains("because"));
    assert_eq!(world.get(&world.auditor, &format!("{path}&because=curiosity")).await.status, 400);
    assert_eq!(world.rows("log.event").await.len(), 0);
}

#[tokio::test]
async fn a_changed_name_holds_for_every_view_of_the_past() {
    let world = world().await;
    let service = lived(&world).await;
    let name = world.sealed_name(world.ana.id, NEW_CANARY).await;
    let stream = ("involvee", world.ana.id.uuid());
    let renamed = json!({ "name": name });
    service.tells(stream, "involvee.renamed.v1", renamed, by(world.ana.id, "involvee")).await;
    service.heard_by(&world).await;
    let told = world.sentences(&format!("{}&as_at=2027-03-03", with_names())).await;
    assert!(told[0].contains(NEW_CANARY), "{told:?}");
    assert!(told.iter().all(|sentence| !sentence.contains(CANARY)));
}

#[tokio::test]
async fn who_was_forgotten_has_a_history_and_no_name() {
    let world = world().await;
    lived(&world).await;
    let mut owner = PgConnection::connect(&world.vault_database.owner_url).await.unwrap();
    sqlx::query("update vault.contact_key set wrapped = null, destroyed_at = now()")
        .execute(&mut owner)
        .await
        .unwrap();
    let told = world.sentences(&with_names()).await;
    assert!(told[0].contains(&format!("from person {}", world.ana.id)), "{told:?}");
    let chain = world.get(&world.auditor, "/v1/chain/recruitment/verify").await.expect(200);
    assert!(chain.json.get("first_break").is_none());
}

#[tokio::test]
async fn nobody_is_named_by_what_stands_in_another_s_entry() {
    let world = world().await;
    let service = application(&world).await;
    let name = world.sealed_name(world.ana.id, CANARY).await;
    let stream = ("involvee", person(77).uuid());
    let of_another = by(person(77), "involvee");
    service.tells(stream, "involvee.renamed.v1", json!({ "name": name }), of_another).await;
    service.heard_by(&world).await;
    assert_eq!(world.rows("views.name").await.len(), 0);
}

#[tokio::test]
async fn no_name_lies_in_clear_in_any_row_stream_or_record() {
    let world = world().await;
    lived(&world).await;
    assert!(world.sentences(&with_names()).await[0].contains(CANARY), "it can be opened");
    world.own_log_heard().await;
    let tables: Vec<String> = sqlx::query_scalar(
        "select schemaname || '.' || tablename from pg_tables
         where schemaname in ('log', 'views')",
    )
    .fetch_all(world.running.executor.pool())
    .await
    .unwrap();
    let mut admin = PgConnection::connect(&world.database.admin_url).await.unwrap();
    for table in &tables {
        let statement = format!("select t::text from {table} t");
        let rows: Vec<String> =
            sqlx::query_scalar(sqlx::AssertSqlSafe(statement)).fetch_all(&mut admin).await.unwrap();
        assert!(rows.iter().all(|row| !row.contains("Canary")), "{table}");
    }
    assert!(tables.iter().any(|table| table == "views.record"));
    let files = files_below(&world.nats.server.data_folder().join("store"));
    assert!(files.iter().any(|file| holds(file, b"involvee.registered.v1")));
    assert!(!files.iter().any(|file| holds(file, b"Canary")));
    let raw = world.get(&world.auditor, "/v1/records/recruitment/9").await.expect(200);
    assert!(raw.text.contains("involvee.registered.v1") && !raw.text.contains("Canary"));
}

fn files_below(folder: &std::path::Path) -> Vec<Vec<u8>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files_below(&path));
        } else {
            found.push(std::fs::read(&path).unwrap());
        }
    }
    found
}

fn holds(file: &[u8], text: &[u8]) -> bool {
    file.windows(text.len()).any(|window| window == text)
}
