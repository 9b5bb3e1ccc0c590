//! What was committed stays, on the same port, whatever ended the server.

use std::net::TcpListener;

use servers::FolderError;

use crate::world::{
    Place, Story, comes_true, is_alive, number, postgres_in, run, send, throwaway_postgres,
};

const NOTE: &str = "create table note as select 7::bigint as number";
const READ: &str = "select number from note";

#[tokio::test]
async fn a_restart_keeps_data_password_and_port() -> Story {
    let place = Place::new()?;
    let postgres = postgres_in(&place).await?;
    let (port, admin) = (postgres.port(), postgres.admin().clone());
    run(&admin, NOTE).await?;
    postgres.stop().await;

    let postgres = postgres_in(&place).await?;
    assert_eq!(postgres.port(), port);
    assert_eq!(number(&admin, READ).await?, 7);
    drop(postgres);

    let listener = TcpListener::bind(("127.0.0.1", port))?;
    let postgres = postgres_in(&place).await?;
    assert_ne!(postgres.port(), port, "a port taken by somebody else is given up");
    assert_eq!(number(postgres.admin(), READ).await?, 7);
    drop(listener);
    Ok(())
}

#[tokio::test]
async fn a_killed_server_starts_again_with_everything_committed() -> Story {
    let mut postgres = throwaway_postgres().await?;
    run(postgres.admin(), NOTE).await?;
    let (pid, port) = (postgres.server_pid(), postgres.port());
    assert!(send("KILL", pid)?);
    postgres.ended().await;
    assert!(!postgres.is_running());

    postgres.start_again().await?;
    assert_ne!(postgres.server_pid(), pid);
    assert_eq!(postgres.port(), port);
    assert_eq!(number(postgres.admin(), READ).await?, 7);
    let folder = postgres.data_folder().to_owned();
    postgres.stop().await;
    assert!(!folder.exists(), "a throwaway folder goes with its server");
    Ok(())
}

#[tokio::test]
async fn a_killed_server_starts_again_though_sessions_of_it_are_frozen() -> Story {
    let mut postgres = throwaway_postgres().await?;
    run(postgres.admin(), NOTE).await?;
    let mut sessions = children_of(postgres.server_pid())?;
    // One that was just ending by itself is none of them.
    sessions.retain(|session| send("STOP", *session).is_ok_and(|is_frozen| is_frozen));
    assert!(sessions.len() > 3, "checkpointer, writers and more: {sessions:?}");
    assert!(send("KILL", postgres.server_pid())?);
    postgres.ended().await;
    assert!(sessions.iter().any(|session| is_alive(*session)), "frozen, they notice nothing");

    postgres.start_again().await?;
    assert!(!sessions.iter().any(|session| is_alive(*session)));
    assert_eq!(number(postgres.admin(), READ).await?, 7);
    Ok(())
}

#[tokio::test]
async fn durability_is_never_weakened_and_errors_quote_nobody() -> Story {
    let postgres = throwaway_postgres().await?;
    let safe = number(
        postgres.admin(),
        "select count(*) from pg_settings
         where name in ('fsync', 'synchronous_commit', 'full_page_writes') and setting = 'on'",
    );
    assert_eq!(safe.await?, 3);
    let canary = run(
        postgres.admin(),
        "create table person (name text primary key); insert into person values ('Ada Canary'), \
         ('Ada Canary')",
    );
    assert!(canary.await.is_err());
    let log = std::fs::read_to_string(postgres.data_folder().join("server.log"))?;
    assert!(log.contains("duplicate key"), "{log}");
    assert!(!log.contains("Canary"), "{log}");
    Ok(())
}

#[tokio::test]
async fn a_server_that_lost_its_keeper_is_stopped_by_the_next_start() -> Story {
    let place = Place::new()?;
    let postgres = postgres_in(&place).await?;
    let abandoned = postgres.server_pid();
    run(postgres.admin(), NOTE).await?;
    let keeper = parent_of(abandoned)?;
    for pid in children_of(keeper)?.into_iter().filter(|pid| *pid != abandoned).chain([keeper]) {
        assert!(send("KILL", pid)?);
    }
    drop(postgres);
    assert!(is_alive(abandoned), "without its keeper the server goes on");

    let postgres = postgres_in(&place).await?;
    comes_true("the abandoned server is gone", || !is_alive(abandoned)).await?;
    assert_eq!(number(postgres.admin(), READ).await?, 7);
    Ok(())
}

#[tokio::test]
async fn a_folder_of_another_major_version_is_refused_with_the_way_out() -> Story {
    let place = Place::new()?;
    let cluster = place.path().join("postgres/cluster");
    servers::create_open_folder(&cluster)?;
    std::fs::write(cluster.join("PG_VERSION"), "16\n")?;
    let Err(refused) = postgres_in(&place).await else { return Err("it started".into()) };
    assert!(refused.to_string().contains("put Postgres 16 on PATH"), "{refused}");
    Ok(())
}

#[tokio::test]
async fn a_data_folder_that_the_servers_cannot_reach_is_refused() -> Story {
    use std::os::unix::fs::PermissionsExt;
    let place = Place::new()?;
    std::fs::set_permissions(place.path(), std::fs::Permissions::from_mode(0o700))?;
    let chosen = servers::choose_data_folder(place.path(), Some(&place.path().join("data")));
    match servers::Account::for_servers() {
        servers::Account::Own => assert!(chosen?.is_dir()),
        servers::Account::Unprivileged => {
            assert!(matches!(chosen, Err(FolderError::Unreachable { .. })));
        }
    }
    Ok(())
}

fn parent_of(pid: u32) -> Result<u32, Box<dyn std::error::Error + Send + Sync>> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("PPid:"));
    Ok(line.ok_or("no parent")?.trim().parse()?)
}

fn children_of(parent: u32) -> Result<Vec<u32>, Box<dyn std::error::Error + Send + Sync>> {
    let pids = std::fs::read_dir("/proc")?
        .flatten()
        .filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    Ok(pids.filter(|pid| parent_of(*pid).is_ok_and(|it| it == parent)).collect())
}
