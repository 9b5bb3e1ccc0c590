//! Servers that somebody else runs: asked whether they can bear this system, never started, stopped or
//! set up.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use sqlx::Connection;
use sqlx::postgres::{PgConnectOptions, PgConnection};

use crate::nats::{self, Greeting};
use crate::version::{NATS_MINIMUM, POSTGRES_MINIMUM, Version};

/// A server on the same network answers well within this.
const ANSWER_WITHIN: Duration = Duration::from_secs(10);
const NATS_DEFAULT_PORT: &str = "4222";

/// A Postgres of somebody else that is fit for use.
#[derive(Clone)]
pub struct OutsidePostgres {
    admin: PgConnectOptions,
}

/// A NATS of somebody else that is fit for use.
#[derive(Clone)]
pub struct OutsideNats {
    url: String,
}

/// What a server lacks, each with what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shortcoming {
    /// It is older than this system needs.
    TooOld {
        /// What it is.
        found: Version,
        /// What is needed.
        needed: Version,
    },
    /// A setting that keeps committed data safe is off.
    UnsafeSetting {
        /// The setting's name.
        name: &'static str,
    },
    /// The role may not create databases.
    MayNotCreateDatabases,
    /// The role may not create roles.
    MayNotCreateRoles,
    /// JetStream is not enabled.
    NoJetStream,
}

impl fmt::Display for Shortcoming {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Shortcoming::TooOld { found, needed } => {
                write!(formatter, "it is version {found} and must be {needed} or later")
            }
            Shortcoming::UnsafeSetting { name } => {
                write!(formatter, "{name} is off and must be on, or committed data can be lost")
            }
            Shortcoming::MayNotCreateDatabases => {
                formatter.write_str("the role needs CREATEDB (alter role … createdb)")
            }
            Shortcoming::MayNotCreateRoles => {
                formatter.write_str("the role needs CREATEROLE (alter role … createrole)")
            }
            Shortcoming::NoJetStream => {
                formatter.write_str("JetStream is off (enable it in the server's settings)")
            }
        }
    }
}

/// Why a server of somebody else cannot be used. Never tells the address, which may hold a password.
#[derive(Debug, thiserror::Error)]
pub enum OutsideError {
    /// The address cannot be read.
    #[error("{variable} is not an address of the form {form}")]
    Address {
        /// Where it came from.
        variable: &'static str,
        /// What it should look like.
        form: &'static str,
    },
    /// Postgres could not be asked.
    #[error("the Postgres of DATABASE_URL cannot be asked")]
    Postgres(#[source] sqlx::Error),
    /// NATS could not be asked.
    #[error("the NATS of NATS_URL cannot be asked")]
    Nats(#[source] std::io::Error),
    /// Nobody answered.
    #[error("the server of {variable} did not answer within {} seconds", ANSWER_WITHIN.as_secs())]
    Late {
        /// Where its address came from.
        variable: &'static str,
    },
    /// It answered, but cannot bear this system.
    #[error("the server of {variable} cannot be used: {}", listed(shortcomings))]
    Unfit {
        /// Where its address came from.
        variable: &'static str,
        /// Everything it lacks.
        shortcomings: Vec<Shortcoming>,
    },
}

impl OutsidePostgres {
    /// Asks the Postgres at `url` whether it can bear this system.
    pub async fn check(url: &str) -> Result<OutsidePostgres, OutsideError> {
        let is_postgres = ["postgres://", "postgresql://"].iter().any(|it| url.starts_with(it));
        // What is wrong with it is left out, since that may quote it.
        match PgConnectOptions::from_str(url) {
            Ok(admin) if is_postgres => OutsidePostgres::check_options(admin).await,
            Ok(_) | Err(_) => Err(OutsideError::Address {
                variable: "DATABASE_URL",
                form: "postgres://role:password@host:port/database",
            }),
        }
    }

    /// The same for options made elsewhere.
    pub async fn check_options(admin: PgConnectOptions) -> Result<OutsidePostgres, OutsideError> {
        let state = match tokio::time::timeout(ANSWER_WITHIN, postgres_state(&admin)).await {
            Ok(state) => state.map_err(OutsideError::Postgres)?,
            Err(_) => return Err(OutsideError::Late { variable: "DATABASE_URL" }),
        };
        fit("DATABASE_URL", state.shortcomings())?;
        Ok(OutsidePostgres { admin })
    }

    /// How to connect as the role that creates databases and roles.
    pub fn admin(&self) -> &PgConnectOptions {
        &self.admin
    }
}

impl OutsideNats {
    /// Asks the NATS at `url` (of several, parted by commas, the first) whether it can bear this
    /// system.
    pub async fn check(url: &str) -> Result<OutsideNats, OutsideError> {
        let address = nats_address(url)
            .ok_or(OutsideError::Address { variable: "NATS_URL", form: "nats://host:port" })?;
        let greeting = match tokio::time::timeout(ANSWER_WITHIN, nats::greeting(address)).await {
            Ok(greeting) => greeting.map_err(OutsideError::Nats)?,
            Err(_) => return Err(OutsideError::Late { variable: "NATS_URL" }),
        };
        fit("NATS_URL", nats_shortcomings(&greeting))?;
        Ok(OutsideNats { url: url.to_owned() })
    }

    /// The address as it was given.
    pub fn url(&self) -> &str {
        &self.url
    }
}

fn fit(variable: &'static str, shortcomings: Vec<Shortcoming>) -> Result<(), OutsideError> {
    if shortcomings.is_empty() {
        return Ok(());
    }
    Err(OutsideError::Unfit { variable, shortcomings })
}

fn listed(shortcomings: &[Shortcoming]) -> String {
    shortcomings.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

#[expect(
    clippy::struct_excessive_bools,
    reason = "the row is a list of questions to answer yes or no"
)]
#[derive(Clone, sqlx::FromRow)]
struct PostgresState {
    version_number: i32,
    fsync: bool,
    synchronous_commit: bool,
    full_page_writes: bool,
    may_create_databases: bool,
    may_create_roles: bool,
}

async fn postgres_state(admin: &PgConnectOptions) -> Result<PostgresState, sqlx::Error> {
    let mut connection = PgConnection::connect_with(admin).await?;
    let state = sqlx::query_as(
        "select current_setting('server_version_num')::int as version_number,
                current_setting('fsync')::boolean as fsync,
                current_setting('synchronous_commit') <> 'off' as synchronous_commit,
                current_setting('full_page_writes')::boolean as full_page_writes,
                rolsuper or rolcreatedb as may_create_databases,
                rolsuper or rolcreaterole as may_create_roles
         from pg_roles where rolname = current_user",
    )
    .fetch_one(&mut connection)
    .await?;
    connection.close().await?;
    Ok(state)
}

impl PostgresState {
    fn shortcomings(&self) -> Vec<Shortcoming> {
        let found = Version::of_postgres_number(self.version_number);
        let too_old = Shortcoming::TooOld { found, needed: POSTGRES_MINIMUM };
        let setting = |name| Shortcoming::UnsafeSetting { name };
        [
            (found >= POSTGRES_MINIMUM, too_old),
            (self.fsync, setting("fsync")),
            (self.synchronous_commit, setting("synchronous_commit")),
            (self.full_page_writes, setting("full_page_writes")),
            (self.may_create_databases, Shortcoming::MayNotCreateDatabases),
            (self.may_create_roles, Shortcoming::MayNotCreateRoles),
        ]
        .into_iter()
        .filter_map(|(fine, shortcoming)| (!fine).then_some(shortcoming))
        .collect()
    }
}

fn nats_shortcomings(greeting: &Greeting) -> Vec<Shortcoming> {
    let found = Version::found_in(&greeting.version);
    let found = found.unwrap_or(Version { major: 0, minor: 0, patch: 0 });
    let too_old = Shortcoming::TooOld { found, needed: NATS_MINIMUM };
    [(found >= NATS_MINIMUM, too_old), (greeting.jetstream, Shortcoming::NoJetStream)]
        .into_iter()
        .filter_map(|(fine, shortcoming)| (!fine).then_some(shortcoming))
        .collect()
}

/// Host and port of the first address, without scheme and user.
fn nats_address(url: &str) -> Option<String> {
    let first = url.split(',').next()?.trim();
    let rest = first.split_once("://").map_or(first, |(_, rest)| rest);
    let place = rest.rsplit_once('@').map_or(rest, |(_, place)| place).trim_end_matches('/');
    let after_host = place.rsplit_once(']').map_or(place, |(_, after)| after);
    match place {
        "" => None,
        _ if after_host.contains(':') => Some(place.to_owned()),
        _ => Some(format!("{place}:{NATS_DEFAULT_PORT}")),
    }
}

#[cfg(test)]
mod stories {
    use super::*;

    const FIT: PostgresState = PostgresState {
        version_number: 170_000,
        fsync: true,
        synchronous_commit: true,
        full_page_writes: true,
        may_create_databases: true,
        may_create_roles: true,
    };

    #[test]
    fn a_postgres_that_lacks_nothing_is_fit() {
        assert_eq!(FIT.shortcomings(), []);
    }

    #[test]
    fn everything_a_postgres_lacks_is_told_at_once() {
        let unfit = PostgresState {
            version_number: 160_004,
            fsync: false,
            synchronous_commit: false,
            full_page_writes: false,
            may_create_databases: false,
            may_create_roles: false,
        };
        let told = listed(&unfit.shortcomings());
        for word in
            ["16.4", "fsync", "synchronous_commit", "full_page_writes", "CREATEDB", "CREATEROLE"]
        {
            assert!(told.contains(word), "{word} in: {told}");
        }
    }

    #[test]
    fn an_old_nats_and_one_without_jetstream_are_unfit() {
        let greeting = |version: &str, jetstream| Greeting {
            server_name: "a".to_owned(),
            version: version.to_owned(),
            jetstream,
        };
        assert_eq!(nats_shortcomings(&greeting("2.12.1", true)), []);
        assert_eq!(nats_shortcomings(&greeting("2.12.0", true)).len(), 1);
        assert_eq!(nats_shortcomings(&greeting("2.15.0", false)), [Shortcoming::NoJetStream]);
    }

    #[test]
    fn addresses_of_nats_are_read_in_all_their_forms() {
        let read = [
            ("nats://one:4333", "one:4333"),
            ("nats://user:pa:ss@one", "one:4222"),
            ("tls://one/, tls://two", "one:4222"),
            ("127.0.0.1:4222", "127.0.0.1:4222"),
            ("nats://[::1]", "[::1]:4222"),
            ("nats://[::1]:4333", "[::1]:4333"),
        ];
        for (url, address) in read {
            assert_eq!(nats_address(url).as_deref(), Some(address), "{url}");
        }
        assert_eq!(nats_address("nats://"), None);
    }
}
