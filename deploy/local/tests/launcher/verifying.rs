//! The proof that nothing was changed, and what is said when something was.

use sqlx::postgres::{PgConnectOptions, PgSslMode};
use sqlx::{Connection as _, PgConnection};

use crate::world::{Place, Story, Told};

/// As the superuser of the running Postgres, whom no trigger holds back.
async fn superuser(place: &Place) -> Told<PgConnection> {
    let read = |name: &str| std::fs::read_to_string(place.path().join("data/postgres").join(name));
    let options = PgConnectOptions::new_without_pgpass()
        .host("127.0.0.1")
        .port(read("port")?.trim().parse()?)
        .username("postgres")
        .password(read("superuser_password")?.trim())
        .database("opportunities")
        .ssl_mode(PgSslMode::Disable);
    Ok(PgConnection::connect_with(&options).await?)
}

#[tokio::test]
async fn a_changed_event_is_found_whether_the_system_runs_or_not() -> Story {
    let place = Place::new()?;
    let none = place.run(&["verify"])?;
    assert!(!none.succeeded && none.errors.contains("nothing was ever started"), "{}", none.errors);

    let told = place.run(&["demo", "--once", "--json"])?;
    assert!(told.succeeded, "{}", told.errors);
    let well = place.run(&["verify", "--json"])?;
    assert!(well.succeeded, "{}", well.errors);
    assert_eq!(well.object()?["chain_verified"], true);
    assert_eq!(well.object()?["events"], told.object()?["events"]);

    let up = place.up()?;
    let mut superuser = superuser(&place).await?;
    sqlx::raw_sql(
        "set session_replication_role = replica;
         update log.event set payload = (payload::jsonb || '{\"slipped_in\": 1}')::text
         where position = 3",
    )
    .execute(&mut superuser)
    .await?;
    superuser.close().await?;
    let while_it_runs = place.run(&["verify"])?;
    assert!(up.stop()?);
    let at_rest = place.run(&["verify", "--json"])?;
    for found in [&while_it_runs, &at_rest] {
        let said = format!("{}{}", found.output, found.errors);
        assert!(!found.succeeded && said.contains("opportunities: broken at position 3"), "{said}");
    }
    assert_eq!(at_rest.object()?["services"]["opportunities"]["first_break"]["position"], 3);
    Ok(())
}
