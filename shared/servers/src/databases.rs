//! Databases and their two roles on a running Postgres: an owner who may change the schema, and a
//! runtime role who may only connect. Grants nothing inside a database; that is its service's business.

use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{AssertSqlSafe, Connection};

use crate::passwords::{NoRandomness, scram_verifier};

/// What is locked while roles are set up: processes that do so at once would trip over each other. No
/// database can have this name.
const ROLES: &str = "Involvement: roles";
/// Postgres cuts longer names off.
const NAME_BYTES: usize = 63;

/// A database to be there, with its roles. Names start with a letter and hold `a-z`, `0-9` and `_`.
/// Passwords are printable ASCII.
#[derive(Clone, Copy)]
pub struct DatabasePlan<'a> {
    /// Name of the database.
    pub name: &'a str,
    /// The role that owns it and migrates it; `<name>_owner` by custom.
    pub owner: &'a str,
    /// The owner's password from now on.
    pub owner_password: &'a str,
    /// The role the service runs as; `<name>_run` by custom.
    pub runtime: &'a str,
    /// The runtime role's password from now on.
    pub runtime_password: &'a str,
    /// A database to copy, which nobody may be connected to meanwhile; `None` for an empty one.
    pub template: Option<&'a str>,
}

/// Why a database is not as it was asked to be.
#[derive(Debug, thiserror::Error)]
pub enum DatabaseError {
    /// A name that could not stand in a statement as it is.
    #[error(
        "{name:?} is not a name for a database or role: it must start with a letter and hold at most \
         {NAME_BYTES} of a-z, 0-9 and _"
    )]
    Name {
        /// The name.
        name: String,
    },
    /// Owner and runtime role would be the same.
    #[error(
        "owner and runtime role of {name} are the same, so the runtime role could change the schema"
    )]
    OneRole {
        /// The database.
        name: String,
    },
    /// A password that is empty, or that Postgres and its clients might not read alike.
    #[error("the password of {role} is empty or holds other characters than printable ASCII")]
    Password {
        /// Whose.
        role: String,
    },
    /// It is there, but belongs to somebody else.
    #[error("database {name} is there already and belongs to {owner}; it was left as it is")]
    OwnedByAnother {
        /// The database.
        name: String,
        /// Its owner.
        owner: String,
    },
    /// No salt for a password.
    #[error(transparent)]
    NoRandomness(#[from] NoRandomness),
    /// Postgres said no.
    #[error("cannot {step}")]
    Sql {
        /// What was tried.
        step: &'static str,
        /// What Postgres said.
        #[source]
        source: sqlx::Error,
    },
}

/// Makes sure that a database is there with its owner and runtime role, and that nobody else but
/// superusers may connect to it. May be repeated; passwords become those given.
pub async fn create_database(
    admin: &PgConnectOptions,
    plan: DatabasePlan<'_>,
) -> Result<(), DatabaseError> {
    for name in [Some(plan.name), Some(plan.owner), Some(plan.runtime), plan.template] {
        name.map_or(Ok(()), ensure_name)?;
    }
    if plan.owner == plan.runtime {
        return Err(DatabaseError::OneRole { name: plan.name.to_owned() });
    }
    let mut admin = connected(admin).await?;
    // Roles may be shared by databases, so one after the other; databases are made side by side.
    // Where a step fails the connection is closed, which frees its lock.
    lock(&mut admin, "select pg_advisory_lock(hashtextextended($1, 0))", ROLES).await?;
    create_role(&mut admin, plan.owner, plan.owner_password).await?;
    create_role(&mut admin, plan.runtime, plan.runtime_password).await?;
    act_for(&mut admin, plan.owner).await?;
    lock(&mut admin, "select pg_advisory_unlock(hashtextextended($1, 0))", ROLES).await?;
    lock(&mut admin, "select pg_advisory_lock(hashtextextended($1, 0))", plan.name).await?;
    create_if_missing(&mut admin, plan).await?;
    let DatabasePlan { name, runtime, .. } = plan;
    let rights = format!(
        r#"revoke all on database "{name}" from public;
           grant connect on database "{name}" to "{runtime}""#
    );
    run(&mut admin, "set who may connect to the database", rights).await?;
    closed(admin).await
}

/// Removes a database, cutting off whoever is connected; its roles stay, since other databases may be
/// theirs too. Fine where there is none.
pub async fn drop_database(admin: &PgConnectOptions, name: &str) -> Result<(), DatabaseError> {
    ensure_name(name)?;
    let mut admin = connected(admin).await?;
    let statement = format!(r#"drop database if exists "{name}" with (force)"#);
    run(&mut admin, "drop the database", statement).await?;
    closed(admin).await
}

fn ensure_name(name: &str) -> Result<(), DatabaseError> {
    let fine = name.len() <= NAME_BYTES
        && name.starts_with(|first: char| first.is_ascii_lowercase())
        && name.bytes().all(|it| it.is_ascii_lowercase() || it.is_ascii_digit() || it == b'_');
    if fine { Ok(()) } else { Err(DatabaseError::Name { name: name.to_owned() }) }
}

async fn lock(
    admin: &mut PgConnection,
    statement: &'static str,
    name: &str,
) -> Result<(), DatabaseError> {
    sqlx::query(statement)
        .bind(name)
        .execute(admin)
        .await
        .map(drop)
        .map_err(sql("wait for others who set up the same"))
}

async fn create_role(
    admin: &mut PgConnection,
    role: &str,
    password: &str,
) -> Result<(), DatabaseError> {
    if password.is_empty() || !password.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(DatabaseError::Password { role: role.to_owned() });
    }
    let found: bool = sqlx::query_scalar("select exists (select from pg_roles where rolname = $1)")
        .bind(role)
        .fetch_one(&mut *admin)
        .await
        .map_err(sql("look for the role"))?;
    let verb = if found { "alter" } else { "create" };
    // The verifier is of base64, digits and `$:-`; nothing in it could end the literal.
    let verifier = scram_verifier(password)?;
    let statement = format!(r#"{verb} role "{role}" login password '{verifier}'"#);
    run(admin, "set up the role", statement).await
}

/// An administrator who is no superuser must be a member of the owner to give databases to it.
async fn act_for(admin: &mut PgConnection, owner: &str) -> Result<(), DatabaseError> {
    let already: bool = sqlx::query_scalar(
        "select pg_has_role(current_user, $1, 'USAGE') and pg_has_role(current_user, $1, 'SET')",
    )
    .bind(owner)
    .fetch_one(&mut *admin)
    .await
    .map_err(sql("ask about the role"))?;
    if already {
        return Ok(());
    }
    let statement = format!(r#"grant "{owner}" to current_user with inherit true, set true"#);
    run(admin, "act for the role", statement).await
}

async fn create_if_missing(
    admin: &mut PgConnection,
    plan: DatabasePlan<'_>,
) -> Result<(), DatabaseError> {
    let DatabasePlan { name, owner, .. } = plan;
    if owner_of(admin, name).await?.is_none() {
        let content = match plan.template {
            Some(template) => format!(r#"template "{template}""#),
            None => "template template0 encoding 'UTF8' locale_provider libc locale 'C'".to_owned(),
        };
        let statement = format!(r#"create database "{name}" owner "{owner}" {content}"#);
        run(admin, "create the database", statement).await?;
    }
    match owner_of(admin, name).await? {
        Some(found) if found != owner => {
            Err(DatabaseError::OwnedByAnother { name: name.to_owned(), owner: found })
        }
        Some(_) | None => Ok(()),
    }
}

async fn owner_of(
    admin: &mut PgConnection,
    database: &str,
) -> Result<Option<String>, DatabaseError> {
    sqlx::query_scalar("select pg_get_userbyid(datdba)::text from pg_database where datname = $1")
        .bind(database)
        .fetch_optional(admin)
        .await
        .map_err(sql("look for the database"))
}

async fn connected(admin: &PgConnectOptions) -> Result<PgConnection, DatabaseError> {
    PgConnection::connect_with(admin).await.map_err(sql("connect to Postgres"))
}

async fn closed(connection: PgConnection) -> Result<(), DatabaseError> {
    connection.close().await.map_err(sql("take leave of Postgres"))
}

/// Names cannot be bound, so every statement that comes here holds only names that `ensure_name` let
/// pass.
async fn run(
    admin: &mut PgConnection,
    step: &'static str,
    statement: String,
) -> Result<(), DatabaseError> {
    sqlx::raw_sql(AssertSqlSafe(statement)).execute(admin).await.map(drop).map_err(sql(step))
}

fn sql(step: &'static str) -> impl FnOnce(sqlx::Error) -> DatabaseError {
    move |source| DatabaseError::Sql { step, source }
}

#[cfg(test)]
mod stories {
    use super::*;

    #[test]
    fn only_names_that_need_no_quoting_pass() {
        for name in ["recruitment", "recruitment_run", "a1"] {
            assert!(ensure_name(name).is_ok(), "{name}");
        }
        let long = "a".repeat(NAME_BYTES + 1);
        for name in ["", "1a", "_a", "Recruitment", "a-b", "a b", "a\"; drop", "é", long.as_str()]
        {
            assert!(matches!(ensure_name(name), Err(DatabaseError::Name { .. })), "{name}");
        }
    }
}
