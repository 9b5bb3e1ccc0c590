//! The file for the bank: what it holds, what it adds up to, how often it is written, how long it
//! stays.

use std::os::unix::fs::PermissionsExt as _;

use serde_json::json;
use sqlx::{Connection as _, PgConnection};

use crate::bodies::{account, claim_for, fare, payment, session};
use crate::world::{RUN_DAY, THE_DAY, World, world};

/// A locked run with expenses and fees of two people.
async fn locked_run(world: &World) -> String {
    let batch = world.open_run().await;
    for who in [&world.ana, &world.ben] {
        world.gives_account(who).await;
        let activity = session(world.attended(who, THE_DAY, 250).await);
        let body = claim_for(&activity, &[payment(), fare("bus", 333)]);
        let claim = world.claims(who, body).await.expect(201).id();
        world.signed(&claim, &[1, 2]).await;
    }
    world.on_run(&batch, "lock", json!({})).await.expect(200);
    batch
}

fn files(world: &World) -> Vec<String> {
    let entries = std::fs::read_dir(&world.config.exports.folder).unwrap();
    let mut names: Vec<String> =
        entries.map(|it| it.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[tokio::test]
async fn pence_paid_are_the_total_of_the_file_and_of_the_run() {
    let world = world().await;
    let batch = locked_run(&world).await;
    world.on_run(&batch, "export", json!({})).await.expect(200);
    let file = world.file(&batch).await.expect(200);
    assert_eq!(file.headers["content-type"], "text/csv; charset=utf-8");
    assert!(file.text.starts_with('\u{feff}') && file.text.ends_with("\r\n"));
    let pence = |row: &str| -> i64 {
        let amount = row.rsplit(',').nth(2).unwrap();
        amount.replace('.', "").parse().unwrap()
    };
    let in_file: i64 = file.text.lines().skip(1).map(pence).sum();
    assert_eq!(in_file, 2 * (15_000 + 333));
    let run = world.run(&batch).await;
    assert_eq!(run["control"]["total"]["pence"], in_file.to_string());
    assert_eq!(run["control"]["expenses"]["pence"], "666");
    assert_eq!(run["control"]["payments"]["pence"], "30000");

    world.at(&format!("{RUN_DAY}T12:00:00Z")).await;
    world.on_run(&batch, "mark-paid", json!({"paid_on": RUN_DAY})).await.expect(200);
    let paid: i64 = sqlx::query_scalar(
        "select sum((payload::json -> 'part' -> 'amount' ->> 'pence')::bigint)::bigint
         from log.event where event_type = 'claim.paid.v1'",
    )
    .fetch_one(world.running.executor.pool())
    .await
    .unwrap();
    assert_eq!(paid, in_file);
}

#[tokio::test]
async fn no_name_becomes_a_formula_and_the_file_is_for_its_owner_alone() {
    let world = world().await;
    let batch = locked_run(&world).await;
    world.on_run(&batch, "export", json!({})).await.expect(200);
    let file = world.file(&batch).await.expect(200);
    assert!(file.text.contains("\"'=Ben, of \"\"Bristol\"\"\""), "{}", file.text);
    let end = batch.rsplit('-').next().unwrap();
    let name = format!("payments-{RUN_DAY}-{}.csv", end.get(4..).unwrap());
    assert_eq!(files(&world), [name.as_str()]);
    let path = world.config.exports.folder.join(&name);
    assert_eq!(std::fs::metadata(path).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(world.run(&batch).await["file"]["name"], name);
}

#[tokio::test]
async fn a_run_is_exported_once_however_often_it_is_asked_for() {
    let world = world().await;
    let batch = locked_run(&world).await;
    let early = world.open_run().await;
    let refused = world.on_run(&early, "export", json!({})).await.expect(409);
    assert_eq!(refused.code(), "payment_batch.not_locked");
    world.file(&batch).await.expect(409);
    let (one, two) = tokio::join!(
        world.on_run(&batch, "export", json!({})),
        world.on_run(&batch, "export", json!({}))
    );
    assert_eq!((one.status, two.status), (200, 200));
    let first = world.file(&batch).await.expect(200).text;
    // Another account afterwards changes nothing of what went to the bank.
    let mut other = account();
    other["account"]["account_number"] = json!("11112222");
    world.give(&world.ana, "/v1/my/bank-account", other).await.expect(200);
    world.on_run(&batch, "export", json!({})).await.expect(200);
    assert_eq!(world.file(&batch).await.expect(200).text, first);
    let n_exports: i64 = sqlx::query_scalar(
        "select count(*) from log.event where event_type = 'payment_batch.exported.v1'",
    )
    .fetch_one(world.running.executor.pool())
    .await
    .unwrap();
    assert_eq!((n_exports, files(&world).len()), (1, 1));
}

#[tokio::test]
async fn a_file_that_was_changed_is_not_handed_out() {
    let world = world().await;
    let batch = locked_run(&world).await;
    world.on_run(&batch, "export", json!({})).await.expect(200);
    let path = world.config.exports.folder.join(&files(&world)[0]);
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, text.replace("918273", "111111")).unwrap();
    let altered = world.file(&batch).await.expect(409);
    assert_eq!(altered.code(), "payment_batch.file_altered");
}

#[tokio::test]
async fn a_file_goes_when_its_days_are_over() {
    let world = world().await;
    let batch = locked_run(&world).await;
    world.on_run(&batch, "export", json!({})).await.expect(200);
    let kept_until = world.run(&batch).await["file"]["kept_until"].take();
    assert_eq!(kept_until, "2027-05-26T09:00:00Z");
    let another_run = json!({"run_on": "2027-05-27"});
    world.at("2027-05-26T08:59:59Z").await;
    world.give(&world.fin, "/v1/payment-batches", another_run.clone()).await.expect(201);
    world.file(&batch).await.expect(200);
    world.at("2027-05-26T10:00:00Z").await;
    let gone = world.file(&batch).await.expect(410);
    assert_eq!(gone.code(), "payment_batch.file_removed");
    world
        .give(&world.fin, "/v1/payment-batches", json!({"run_on": "2027-05-27"}))
        .await
        .expect(201);
    assert_eq!(files(&world), [""; 0]);
}

#[tokio::test]
async fn someone_who_was_forgotten_holds_up_nobodys_money() {
    let world = world().await;
    let batch = locked_run(&world).await;
    let mut owner = PgConnection::connect(&world.keys.owner_url).await.unwrap();
    sqlx::query(
        "update vault.money_key set wrapped = null, destroyed_at = now() where person = $1",
    )
    .bind(world.ana.id.uuid())
    .execute(&mut owner)
    .await
    .unwrap();
    // Keys leave memory within a minute; a restart is quicker.
    let world = world.restarted().await;
    world.on_run(&batch, "export", json!({})).await.expect(200);
    let file = world.file(&batch).await.expect(200);
    let empty = file.text.lines().filter(|row| row.contains(",,,,")).count();
    assert_eq!((empty, file.text.lines().count()), (2, 5), "{}", file.text);
}
