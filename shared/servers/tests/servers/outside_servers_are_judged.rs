//! A server of somebody else is used only where it can bear the system.

use servers::{
    NatsServer, OutsideError, OutsideNats, OutsidePostgres, PostgresServer, Shortcoming,
};

use crate::world::{
    Place, Story, machine, run, silently, throwaway_nats, throwaway_postgres, user_of_everything,
};

#[tokio::test]
async fn a_postgres_that_may_lose_commits_is_refused() -> Story {
    let postgres = throwaway_postgres().await?;
    run(
        postgres.admin(),
        "create role head login createdb createrole password 'four';
         create role hasty login createdb createrole password 'five';
         alter role hasty set synchronous_commit = off;
         create role weak login password 'six'",
    )
    .await?;
    let url = |role: &str| format!("postgres://{role}@127.0.0.1:{}/postgres", postgres.port());
    OutsidePostgres::check(&url("head:four")).await?;
    let Err(OutsideError::Unfit { shortcomings, .. }) =
        OutsidePostgres::check(&url("hasty:five")).await
    else {
        return Err("a hasty Postgres was accepted".into());
    };
    assert_eq!(shortcomings, [Shortcoming::UnsafeSetting { name: "synchronous_commit" }]);
    let Err(OutsideError::Unfit { shortcomings, .. }) =
        OutsidePostgres::check(&url("weak:six")).await
    else {
        return Err("a role without rights was accepted".into());
    };
    assert_eq!(shortcomings, [Shortcoming::MayNotCreateDatabases, Shortcoming::MayNotCreateRoles]);
    Ok(())
}

#[tokio::test]
async fn where_an_address_is_given_no_server_is_started() -> Story {
    let place = Place::new()?;
    let (postgres, nats) = tokio::join!(throwaway_postgres(), throwaway_nats_for_everybody());
    let (postgres, nats) = (postgres?, nats?);
    run(postgres.admin(), "create role head login createdb createrole password 'four'").await?;
    let url = format!("postgres://head:four@127.0.0.1:{}/postgres", postgres.port());
    let folder = place.path().join("none");
    let given = PostgresServer::provide(&machine(), Some(&url), &folder, &silently).await?;
    assert_eq!(given.admin().get_port(), postgres.port());
    given.stop().await;
    let given =
        NatsServer::provide(&machine(), Some(&nats.url()), &folder, Vec::new(), &silently).await?;
    assert_eq!(given.url(), nats.url());
    given.stop().await;
    assert!(!folder.exists());
    assert!(postgres.is_running() && nats.is_running());
    Ok(())
}

async fn throwaway_nats_for_everybody() -> crate::world::Told<servers::Nats> {
    throwaway_nats(&[user_of_everything("launcher")]).await
}

#[tokio::test]
async fn what_is_no_address_or_no_server_is_told_without_quoting_it() -> Story {
    let Err(error) = OutsidePostgres::check("mysql://root:hunter2@somewhere").await else {
        return Err("it was accepted".into());
    };
    assert!(matches!(error, OutsideError::Address { .. }), "{error:?}");
    assert!(!format!("{error:?}").contains("hunter2"));

    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let port = listener.local_addr()?.port();
    drop(listener);
    let nobody = OutsideNats::check(&format!("nats://user:hunter2@127.0.0.1:{port}")).await;
    let Err(error) = nobody else { return Err("it was accepted".into()) };
    assert!(matches!(error, OutsideError::Nats(_)), "{error:?}");
    assert!(!format!("{error:?}").contains("hunter2"));
    Ok(())
}
