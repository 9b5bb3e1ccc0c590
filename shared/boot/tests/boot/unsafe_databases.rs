//! A service does not start on a database that could lose what it answers, or hide it; and stops
//! taking commands where the database becomes one.

use std::error::Error;
use std::sync::Arc;

use boot::{Clock, StartError};
use secrecy::ExposeSecret as _;
use servers::{Postgres, Surroundings, obtain_postgres};
use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _, PgConnection};
use testkit::{Issuer, TestDatabase};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::house::{house_with, opens};

/// The sentence with which a service on this database does not start.
async fn refusal(database: &TestDatabase) -> String {
    let issuer = Issuer::start(&Clock::machine()).await;
    let config = testkit::service_config(database, &issuer);
    let (temper, stop) = (Arc::default(), CancellationToken::new());
    let Err(error) = opens("recruitment", config, temper, stop).await else {
        return "it starts".to_owned();
    };
    assert!(matches!(error, StartError::Unsafe(_)), "{error:?}");
    let mut cause: &dyn Error = &error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    cause.to_string()
}

async fn run(admin: &mut PgConnection, statement: String) {
    sqlx::raw_sql(AssertSqlSafe(statement)).execute(admin).await.unwrap();
}

#[tokio::test]
async fn what_is_set_for_the_role_or_the_database_is_judged_on_the_connection_that_commits() {
    let database = testkit::database("unsafe").await;
    let mut admin = PgConnection::connect(&database.admin_url).await.unwrap();
    let role = database.runtime_role.clone();
    let name = role.strip_suffix("_run").unwrap();
    let of_role = format!("role {role}");
    let of_database = format!("database {name}");
    let of_both = format!("role {role} in database {name}");
    for (whose, setting, value) in [
        (&of_role, "synchronous_commit", "off"),
        (&of_database, "synchronous_commit", "off"),
        (&of_both, "synchronous_commit", "off"),
        (&of_role, "synchronous_commit", "remote_write"),
        (&of_role, "zero_damaged_pages", "on"),
        (&of_database, "ignore_checksum_failure", "on"),
        (&of_role, "session_replication_role", "replica"),
        (&of_database, "default_transaction_read_only", "on"),
    ] {
        // Whoever sets a database read-only finds it read-only too.
        run(&mut admin, "set default_transaction_read_only = off".to_owned()).await;
        run(&mut admin, format!("alter {whose} set {setting} = {value}")).await;
        let said = refusal(&database).await;
        assert!(said.starts_with(&format!("Postgres runs with {setting} = {value}: ")), "{said}");
        let remedy = format!("run ALTER {whose} RESET {setting}");
        assert!(said.to_lowercase().ends_with(&remedy.to_lowercase()), "{said}");
        run(&mut admin, format!("alter {whose} reset {setting}")).await;
    }
    // What is set for the owner does not count: it commits nothing that is answered.
    let owner = &database.owner_role;
    run(&mut admin, format!("alter role {owner} set synchronous_commit = off")).await;
    assert_eq!(refusal(&database).await, "it starts");
}

#[tokio::test]
async fn an_option_in_the_url_and_another_encoding_are_refused_too() {
    let mut database = testkit::database("encoded").await;
    let url = database.runtime_url.clone();
    database.runtime_url = format!("{url}?options[synchronous_commit]=off");
    let said = refusal(&database).await;
    let remedy = "take synchronous_commit out of the options of the service's database URL";
    assert!(said.ends_with(remedy), "{said}");

    let mut admin = PgConnection::connect(&database.admin_url).await.unwrap();
    let name = format!("{}_ascii", database.runtime_role);
    let owner = &database.owner_role;
    let made =
        format!("create database {name} owner {owner} encoding 'SQL_ASCII' template template0");
    run(&mut admin, made).await;
    let (at, _) = url.rsplit_once('/').unwrap();
    database.runtime_url = format!("{at}/{name}");
    let said = refusal(&database).await;
    assert!(said.starts_with("Postgres runs with server_encoding = SQL_ASCII: "), "{said}");
}

/// A Postgres as somebody else might run it.
async fn a_server_of_its_own() -> Postgres {
    let surroundings = Surroundings::of_this_process();
    let binaries = obtain_postgres(&surroundings, &|_| {}).await.unwrap();
    let left_open = &["fsync", "full_page_writes", "synchronous_commit"];
    Postgres::throwaway_open(&surroundings, &binaries, left_open, &|_| {}).await.unwrap()
}

/// A database of it, whose only user is its superuser.
fn on(server: &Postgres) -> TestDatabase {
    let url = server.admin().to_url_lossy().to_string();
    let role = server.admin().get_username().to_owned();
    TestDatabase {
        admin_url: url.clone(),
        owner_url: url.clone(),
        runtime_url: url,
        owner_role: role.clone(),
        runtime_role: role,
    }
}

async fn set(server: &Postgres, change: &str) {
    let mut admin = server.admin().connect().await.unwrap();
    run(&mut admin, format!("alter system {change}")).await;
    run(&mut admin, "select pg_reload_conf()".to_owned()).await;
}

async fn wait_until_set(server: &Postgres, setting: &str, value: &str) {
    testkit::until(|| async {
        let mut admin = server.admin().connect().await.unwrap();
        let is: String = sqlx::query_scalar("select current_setting($1)")
            .bind(setting)
            .fetch_one(&mut admin)
            .await
            .unwrap();
        is == value
    })
    .await;
}

#[tokio::test]
async fn a_server_that_may_lose_a_commit_or_stores_nothing_is_refused_at_start_and_while_running() {
    let mut server = a_server_of_its_own().await;
    for setting in ["fsync", "full_page_writes", "synchronous_commit"] {
        set(&server, &format!("set {setting} = off")).await;
        wait_until_set(&server, setting, "off").await;
        let said = refusal(&on(&server)).await;
        assert!(said.starts_with(&format!("Postgres runs with {setting} = off: ")), "{said}");
        assert!(said.ends_with(&format!("set {setting} = on for the whole server and reload it")));
        set(&server, &format!("reset {setting}")).await;
        wait_until_set(&server, setting, "on").await;
    }

    // The connection that commits is open, and stays so.
    let url = on(&server).runtime_url;
    let house = house_with("recruitment", |config| {
        config.database_url = url.clone().into();
        config.owner_database_url = Some(url.into());
    })
    .await;
    assert!(!house.config.database_url.expose_secret().is_empty());
    let gate = Uuid::now_v7();
    house.enters(gate, "one", "").await.expect(201);
    set(&server, "set synchronous_commit = off").await;
    wait_until_set(&server, "synchronous_commit", "off").await;
    let turned_away = house.enters(gate, "two", "").await.expect(503);
    assert_eq!(turned_away.code(), "server.busy");
    let why = house.lacks("committer").await;
    assert_eq!(why, "Postgres runs with synchronous_commit = off");
    set(&server, "reset synchronous_commit").await;
    house.is_well().await;
    let done = house.enters(gate, "two", "").await.expect(200);
    assert_eq!(done.json["version"], 2);
    house.running.stop().await;

    // Started with this mark, a server follows another one and stores nothing itself.
    server.halt().await.unwrap();
    std::fs::write(server.data_folder().join("cluster/standby.signal"), "").unwrap();
    server.start_again().await.unwrap();
    let said = refusal(&on(&server)).await;
    assert!(said.starts_with("Postgres runs with in_recovery = on: "), "{said}");
    assert!(said.ends_with("point the service at the primary, or promote this server"), "{said}");
}

#[tokio::test]
async fn a_database_that_is_not_there_is_not_called_unsafe() {
    let mut database = testkit::database("nowhere").await;
    let options: PgConnectOptions = database.runtime_url.parse().unwrap();
    let port = format!(":{}/", options.get_port());
    database.runtime_url = database.runtime_url.replace(&port, ":1/");
    let issuer = Issuer::start(&Clock::machine()).await;
    let config = testkit::service_config(&database, &issuer);
    let started = opens("recruitment", config, Arc::default(), CancellationToken::new()).await;
    assert!(matches!(started, Err(StartError::Database(_))));
}
