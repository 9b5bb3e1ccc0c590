//! The key database's tables and who may reach them. Only an owner's connection comes here; a
//! running service never does.

use contracts::Class;
use sqlx::{AssertSqlSafe, Connection, PgConnection};

/// Why the key database could not be prepared.
#[derive(Debug, thiserror::Error)]
pub enum SchemaError {
    /// A migration could not be applied, or an applied one was changed afterwards.
    #[error("migrate the key database")]
    Migrate(#[source] sqlx::migrate::MigrateError),
    /// The role does not exist, or the connection is not the owner's.
    #[error("grant keys to role {role:?}")]
    Grant {
        /// The role meant.
        role: String,
        /// What the database says.
        #[source]
        source: sqlx::Error,
    },
}

/// Brings the schema `vault` up to date; its own migration table lies within it. May be repeated,
/// and several may call it at once.
pub async fn migrate(owner: &mut PgConnection) -> Result<(), SchemaError> {
    let mut migrator = sqlx::migrate!();
    migrator.create_schema("vault");
    migrator.dangerous_set_table_name("vault.migration");
    // `run` takes the connection through `Acquire`, which makes a future that cannot be spawned.
    migrator.run_direct(None, owner, false).await.map_err(SchemaError::Migrate)
}

/// Lets a service's role find and make keys of exactly these classes; what it held before and is not
/// listed is taken back. It can never change, destroy or remove a key.
pub async fn grant(
    owner: &mut PgConnection,
    role: &str,
    classes: &[Class],
) -> Result<(), SchemaError> {
    grant_in_one_transaction(owner, role, classes)
        .await
        .map_err(|source| SchemaError::Grant { role: role.to_owned(), source })
}

async fn grant_in_one_transaction(
    owner: &mut PgConnection,
    role: &str,
    classes: &[Class],
) -> Result<(), sqlx::Error> {
    let mut transaction = owner.begin().await?;
    let grantee = quoted(role);
    let mut statements =
        vec!["revoke all on all tables in schema vault from ", "revoke all on schema vault from "];
    if !classes.is_empty() {
        statements.push("grant usage on schema vault to ");
        statements.push("grant select, insert (secret, proof) on vault.secret_proof to ");
        statements.extend(classes.iter().copied().map(grant_of));
    }
    for statement in statements {
        // A role cannot be a bound parameter; it is quoted, and the rest is written here.
        sqlx::query(AssertSqlSafe(format!("{statement}{grantee}")))
            .execute(&mut *transaction)
            .await?;
    }
    transaction.commit().await
}

const fn grant_of(class: Class) -> &'static str {
    match class {
        Class::Contact => "grant select, insert (person, kek_id, wrapped) on vault.contact_key to ",
        Class::Application => {
            "grant select, insert (person, kek_id, wrapped) on vault.application_key to "
        }
        Class::Needs => "grant select, insert (person, kek_id, wrapped) on vault.needs_key to ",
        Class::Equality => {
            "grant select, insert (person, kek_id, wrapped) on vault.equality_key to "
        }
        Class::Money => "grant select, insert (person, kek_id, wrapped) on vault.money_key to ",
        Class::FormerIdentity => {
            "grant select, insert (person, kek_id, wrapped) on vault.former_identity_key to "
        }
    }
}

fn quoted(identifier: &str) -> String {
    format!("\"{}\"", identifier.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn a_role_cannot_end_the_statement_it_stands_in() {
        assert_eq!(quoted(r#"a"; drop schema vault; --"#), r#""a""; drop schema vault; --""#);
    }
}
