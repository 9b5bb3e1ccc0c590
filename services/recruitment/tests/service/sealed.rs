//! Nothing personal lies in clear anywhere that this service writes.

use std::path::Path;

use serde_json::json;
use sqlx::{AssertSqlSafe, Connection as _, PgConnection};
use testkit::settled;

use crate::world::{advert, applications, entry, registration, world};

/// Each stands in one personal field.
const CANARIES: [&str; 12] = [
    "canary-name",
    "canary-guardian",
    "01632 960999",
    "canary.mail@example.org",
    "canary street",
    "canary-renamed",
    "canary-need",
    "canary-away",
    "canary-answer",
    "canary-why",
    "canary-adjustment",
    "canary-reason",
];

async fn leave_every_canary(world: &crate::world::World) {
    let [
        name,
        guardian,
        number,
        mail,
        street,
        renamed,
        need,
        away,
        answer,
        why,
        adjustment,
        reason,
    ] = CANARIES;
    let mut body = registration();
    body["name"] = json!(name);
    body["how_to_reach"] = json!({"channel": "phone", "number": number});
    body["age"] = json!({"band": "sixteen_or_seventeen",
        "guardian_consent": {"guardian": guardian, "given_on": "2027-01-10"}});
    world.registers(&world.ana, &body).await;
    let path = entry(&world.ana);
    let preferences = &body["preferences"];
    for (verb, body) in [
        (
            "change-preferences",
            json!({"preferences": preferences,
            "how_to_reach": {"channel": "email", "address": mail}}),
        ),
        (
            "change-preferences",
            json!({"preferences": preferences,
            "how_to_reach": {"channel": "letter", "address": street}}),
        ),
        ("rename", json!({"name": renamed})),
        ("record-access-need", json!({"need": need, "formats": []})),
        ("go-away", json!({"reason": away})),
    ] {
        world.give(&world.ana, &format!("{path}/{verb}"), body).await.expect(200);
    }
    let mut young = advert();
    young.minimum_age_years = 16;
    let opportunity = world.opens(young).await;
    let form = json!({
        "answers": [{"criterion": "listening", "text": answer}],
        "why": why,
        "interests": why,
        "availability": why,
        "adjustments": adjustment,
        "data_use_understood": true
    });
    let applied = world.give(&world.ana, &applications(opportunity), form).await.expect(201);
    let withdraw = format!("/v1/applications/{}/withdraw", applied.id());
    world.give(&world.ana, &withdraw, json!({"reason": reason})).await.expect(200);
    let search = json!({"name": renamed});
    world.give(&world.cleo, "/v1/people/search", search).await.expect(200);
}

#[tokio::test]
async fn no_personal_value_lies_in_clear_in_the_database_or_in_the_streams() {
    let world = world().await;
    leave_every_canary(&world).await;
    settled(&world.running).await;
    let mut admin = PgConnection::connect(&world.database.admin_url).await.unwrap();
    let tables: Vec<String> = sqlx::query_scalar(
        "select format('%I.%I', table_schema, table_name) from information_schema.tables
         where table_schema in ('log', 'views')",
    )
    .fetch_all(&mut admin)
    .await
    .unwrap();
    assert!(tables.contains(&"views.involvee_view".to_owned()), "{tables:?}");
    let mut n_rows = 0;
    for table in tables {
        let statement = AssertSqlSafe(format!("select lower(t::text) from {table} t"));
        let rows: Vec<String> = sqlx::query_scalar(statement).fetch_all(&mut admin).await.unwrap();
        n_rows += rows.len();
        for canary in CANARIES {
            assert!(!rows.iter().any(|row| row.contains(canary)), "{canary} lies in {table}");
        }
    }
    assert!(n_rows > 20, "{n_rows}");

    let mut files = Vec::new();
    files_below(world.nats.server.data_folder(), &mut files);
    let holds = |needle: &str| {
        files.iter().any(|bytes| bytes.windows(needle.len()).any(|it| it == needle.as_bytes()))
    };
    assert!(holds("involvee.registered.v1"), "what was told lies in these files");
    for canary in CANARIES {
        assert!(!holds(canary), "{canary} lies in the streams");
    }
}

fn files_below(folder: &Path, files: &mut Vec<Vec<u8>>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files_below(&path, files);
        } else if let Ok(bytes) = std::fs::read(&path) {
            files.push(bytes);
        }
    }
}
