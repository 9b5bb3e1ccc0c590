//! An owner who may change a database's schema, a runtime role who may only connect, and nobody else.

use servers::{DatabaseError, DatabasePlan, create_database, drop_database};
use sqlx::Connection;
use sqlx::postgres::{PgConnectOptions, PgConnection};

use crate::world::{Story, number, run, throwaway_postgres};

const PLAN: DatabasePlan<'static> = DatabasePlan {
    name: "recruitment",
    owner: "recruitment_owner",
    owner_password: "one",
    runtime: "recruitment_run",
    runtime_password: "two",
    template: None,
};

fn as_role(admin: &PgConnectOptions, role: &str, password: &str) -> PgConnectOptions {
    admin.clone().username(role).password(password).database("recruitment")
}

#[tokio::test]
async fn the_owner_may_change_the_schema_and_the_runtime_role_may_only_connect() -> Story {
    let postgres = throwaway_postgres().await?;
    let admin = postgres.admin();
    create_database(admin, PLAN).await?;

    run(&as_role(admin, PLAN.owner, "one"), "create schema log; create table log.event ()").await?;
    let runtime = as_role(admin, PLAN.runtime, "two");
    assert_eq!(number(&runtime, "select 1::bigint").await?, 1);
    assert!(run(&runtime, "create schema views").await.is_err());
    assert!(run(&runtime, "create table public.note ()").await.is_err());
    assert!(run(&runtime, "select * from log.event").await.is_err());

    run(admin, "create role stranger login password 'three'").await?;
    let stranger = as_role(admin, "stranger", "three");
    let refused = number(&stranger, "select 1::bigint").await;
    assert!(refused.is_err_and(|error| error.to_string().contains("permission denied")));
    Ok(())
}

#[tokio::test]
async fn creating_again_changes_the_passwords_and_nothing_else() -> Story {
    let postgres = throwaway_postgres().await?;
    let admin = postgres.admin();
    create_database(admin, PLAN).await?;
    let owner = as_role(admin, PLAN.owner, "one");
    run(&owner, "create table note as select 7::bigint as number").await?;

    create_database(admin, DatabasePlan { owner_password: "changed", ..PLAN }).await?;
    let read = "select number from note";
    assert_eq!(number(&owner.clone().password("changed"), read).await?, 7);
    assert!(number(&owner, read).await.is_err(), "the old password is no longer good");
    Ok(())
}

#[tokio::test]
async fn many_may_create_at_once() -> Story {
    let postgres = throwaway_postgres().await?;
    let admin = postgres.admin();
    let [one, other, same] = [PLAN, DatabasePlan { name: "second", ..PLAN }, PLAN]
        .map(|plan| create_database(admin, plan));
    let (one, other, same) = tokio::join!(one, other, same);
    one?;
    other?;
    same?;
    Ok(())
}

#[tokio::test]
async fn a_copy_holds_what_its_template_held_and_can_be_dropped_in_use() -> Story {
    let postgres = throwaway_postgres().await?;
    let admin = postgres.admin();
    create_database(admin, PLAN).await?;
    let owner = as_role(admin, PLAN.owner, "one");
    run(&owner, "create table note as select 7::bigint as number").await?;
    create_database(admin, DatabasePlan { name: "copy", template: Some(PLAN.name), ..PLAN })
        .await?;
    let copy = owner.clone().database("copy");
    assert_eq!(number(&copy, "select number from note").await?, 7);

    let _open = PgConnection::connect_with(&copy).await?;
    drop_database(admin, "copy").await?;
    drop_database(admin, "copy").await?;
    assert!(number(&copy, "select 1::bigint").await.is_err());
    Ok(())
}

#[tokio::test]
async fn a_role_that_is_no_superuser_is_enough() -> Story {
    let postgres = throwaway_postgres().await?;
    run(postgres.admin(), "create role head login createdb createrole password 'four'").await?;
    let head = postgres.admin().clone().username("head").password("four");
    create_database(&head, PLAN).await?;
    create_database(&head, PLAN).await?;
    create_database(&head, DatabasePlan { name: "copy", template: Some(PLAN.name), ..PLAN })
        .await?;
    let runtime = as_role(&head, PLAN.runtime, "two");
    assert_eq!(number(&runtime, "select 1::bigint").await?, 1);
    assert!(run(&runtime, "create schema views").await.is_err());
    drop_database(&head, "copy").await?;
    Ok(())
}

#[tokio::test]
async fn somebody_elses_database_is_left_alone() -> Story {
    let postgres = throwaway_postgres().await?;
    let admin = postgres.admin();
    run(admin, "create database recruitment").await?;
    let refused = create_database(admin, PLAN).await;
    assert!(
        matches!(refused, Err(DatabaseError::OwnedByAnother { owner, .. }) if owner == "postgres")
    );
    let roles = DatabasePlan { runtime: PLAN.owner, ..PLAN };
    assert!(matches!(create_database(admin, roles).await, Err(DatabaseError::OneRole { .. })));
    let names = DatabasePlan { name: "a\"; drop database postgres; --", ..PLAN };
    assert!(matches!(create_database(admin, names).await, Err(DatabaseError::Name { .. })));
    let passwords = DatabasePlan { owner_password: "", ..PLAN };
    let refused = create_database(admin, passwords).await;
    assert!(matches!(refused, Err(DatabaseError::Password { .. })));
    Ok(())
}
