//! One service's database is put back to an earlier time, and somebody follows the page to its end.

use std::path::Path;
use std::time::Duration;

use involvement::pause;
use serde_json::Value;
use sqlx::Connection as _;

use super::clients::Clerk;
use super::wiped::Everything;
use crate::rows::superuser;
use crate::settled::Servers;
use crate::world::{Place, Run, Story, Told, Up};

const PATIENCE: Duration = Duration::from_mins(1);

/// Nobody is connected to a database while this is done to it.
async fn at_rest(place: &Place, database: &str, statements: &[&str]) -> Story {
    let mut postgres = superuser(place, "postgres").await?;
    let shut = format!("alter database {database} with allow_connections false");
    sqlx::raw_sql(sqlx::AssertSqlSafe(shut)).execute(&mut postgres).await?;
    sqlx::query("select pg_terminate_backend(pid) from pg_stat_activity where datname = $1")
        .bind(database)
        .execute(&mut postgres)
        .await?;
    for statement in statements {
        sqlx::raw_sql(sqlx::AssertSqlSafe((*statement).to_owned())).execute(&mut postgres).await?;
    }
    Ok(postgres.close().await?)
}

/// What a service says of whether it can do its work.
async fn health(up: &Up, service: &str) -> Told<(u16, String)> {
    let (_, url) = up.addresses().into_iter().find(|(name, _)| name == service).ok_or("no url")?;
    let http = reqwest::Client::builder().no_proxy().tls_certs_only([]).build()?;
    let answer = http.get(format!("{url}/health/ready")).send().await?;
    Ok((answer.status().as_u16(), answer.text().await?))
}

async fn chain_at_audit(place: &Place, up: &Up, source: &str) -> Told<Value> {
    let (_, url) = up.addresses().into_iter().find(|(name, _)| name == "audit").ok_or("no url")?;
    let token = std::fs::read_to_string(place.path().join("data/tokens/stephen.hale"))?;
    let http = reqwest::Client::builder().no_proxy().tls_certs_only([]).build()?;
    let asked = http.get(format!("{url}/v1/chain")).bearer_auth(token.trim());
    let told: Value = asked.send().await?.json().await?;
    let sources = told["sources"].as_array().ok_or("no sources")?;
    Ok(sources.iter().find(|it| it["source"] == source).ok_or("not heard")?.clone())
}

async fn count(place: &Place, database: &str, what: &'static str) -> Told<i64> {
    let mut database = superuser(place, database).await?;
    Ok(sqlx::query_scalar(what).fetch_one(&mut database).await?)
}

const PEOPLE: &str = "select count(*) from log.event where event_type = 'involvee.registered.v1'";
const RECIPIENTS: &str = "select count(*) from views.recipient_view";

/// The first command of a page that stands on a line of its own and begins so, as somebody would type it.
fn typed(page: &str, begins: &str, place: &Place) -> Told<Run> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../runbooks").join(page);
    let text = std::fs::read_to_string(folder)?;
    let line = text.lines().map(str::trim).find(|line| line.starts_with(begins));
    let line = line.ok_or_else(|| format!("{page} has no line {begins:?}"))?;
    let line = line.replace("SERVICE", "recruitment");
    let words: Vec<_> = line.split_whitespace().skip(1).collect();
    place.run(&words)
}

/// Everything is heard by everybody; then one database is put back to where it was three people before.
async fn lose_what_was_typed_last(place: &Place) -> Story {
    let up = place.up()?;
    Clerk::of(place, &up)?.types_in("before", 5).await?;
    Servers::of(place).await?.settle().await?;
    let copied = "create database recruitment_then template recruitment owner recruitment_owner";
    let open = "alter database recruitment with allow_connections true";
    at_rest(place, "recruitment", &[copied, open]).await?;
    Clerk::of(place, &up)?.types_in("lost", 3).await?;
    Servers::of(place).await?.settle().await?;
    assert_eq!(count(place, "notifications", RECIPIENTS).await?, 8);
    let away = "alter database recruitment rename to recruitment_lost";
    let back = "alter database recruitment_then rename to recruitment";
    at_rest(place, "recruitment", &[away, back]).await?;
    up.stop()?;
    Ok(())
}

/// Waits until a service says that it cannot do all its work; what it says.
async fn unwell(up: &Up, service: &str) -> Told<String> {
    let halts = async {
        loop {
            match health(up, service).await? {
                (200, _) => pause::before_asking_again(pause::BRIEFLY).await,
                (_, said) => return Told::Ok(said),
            }
        }
    };
    tokio::time::timeout(PATIENCE, halts).await.map_err(|_| "it never says so")?
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_service_restored_to_an_earlier_time_halts_and_is_well_again_once_its_page_was_followed()
-> Story {
    let place = Place::new()?;
    lose_what_was_typed_last(&place).await?;

    // It halts, says so, and goes on with what it can do; the others are well.
    let up = place.up()?;
    let said = unwell(&up, "recruitment").await?;
    let page = "deploy/runbooks/relay-halted.md";
    assert!(said.contains("was published up to") && said.contains(page), "{said}");
    let clerk = Clerk::of(&place, &up)?;
    clerk.types_in("since", 2).await?;
    assert!(clerk.reads_all().await?.contains("\"items\""), "reading goes on");
    for other in ["opportunities", "reimbursements", "notifications", "audit"] {
        let (status, said) = health(&up, other).await?;
        assert_eq!(status, 200, "{other}: {said}");
    }

    // The page, line by line.
    let verified = typed("relay-halted.md", "involvement verify", &place)?;
    assert!(verified.succeeded, "{}{}", verified.output, verified.errors);
    up.stop()?;
    let renewed = typed("relay-halted.md", "involvement renew-streams", &place)?;
    assert!(renewed.succeeded, "{}{}", renewed.output, renewed.errors);
    assert!(renewed.output.contains("notifications hears anew"), "{}", renewed.output);
    let lost: Vec<_> = std::fs::read_dir(place.path().join("data/lost"))?.collect();
    assert_eq!(lost.len(), 1, "what only the stream held is kept");
    let up = place.up()?;
    Servers::of(&place).await?.settle().await?;

    for service in crate::rows::SERVICES {
        let (status, said) = health(&up, service).await?;
        assert_eq!(status, 200, "{service}: {said}");
    }
    assert_eq!(count(&place, "recruitment", PEOPLE).await?, 7);
    assert_eq!(count(&place, "notifications", RECIPIENTS).await?, 7, "nobody who is not there");
    let chain = chain_at_audit(&place, &up, "recruitment").await?;
    assert_eq!(chain["intact"], true, "{chain}");
    let head = count(&place, "recruitment", "select position from log.head").await?;
    assert_eq!(chain["events"], head, "audit holds what there is: {chain}");
    let aside = "select count(*) from views.record_set_aside";
    assert!(count(&place, "audit", aside).await? >= 3, "and keeps what it heard first");
    let now = Everything::of(&place).await?;
    assert_eq!(now.n_mails(), 10, "whoever is there now was welcomed once");

    // Whoever heard more than there is holds what a rebuild from nothing gives.
    for service in ["opportunities", "reimbursements", "notifications", "recruitment"] {
        let mut database = superuser(&place, service).await?;
        sqlx::raw_sql("drop schema views cascade").execute(&mut database).await?;
    }
    up.stop()?;
    let up = place.up()?;
    Servers::of(&place).await?.settle().await?;
    now.is_still(&Everything::of(&place).await?, "after every view was made again");
    assert!(place.run(&["verify"])?.succeeded);
    assert!(up.stop()?);
    Ok(())
}
