//! Obtains and keeps Postgres and NATS on one machine, for the launcher and for tests alike.
//! Knows no service, no schema and no stream by name; never weakens a durability setting, and never
//! leaves a server running after the process that started it.

mod surroundings;
mod account;
mod folders;
mod cache;
mod version;
mod wheels;
mod obtain;
mod pause;
mod ports;
mod passwords;
mod keeper;
mod leftovers;
mod start;
mod home;
mod postgres;
mod nats;
mod outside;
mod provide;
mod databases;
mod doctor;

pub use account::{Account, UNPRIVILEGED_ID};
pub use cache::Cache;
pub use databases::{DatabaseError, DatabasePlan, create_database, drop_database};
pub use doctor::{Examination, Finding, Verdict, examine};
pub use folders::{FolderError, choose_data_folder, create_open_folder, read_or_create_secret};
pub use nats::{Nats, NatsPlan, NatsUser};
pub use obtain::{
    NatsBinary, ObtainError, PostgresBinaries, obtain_nats, obtain_postgres, obtain_postgres_for,
};
pub use outside::{OutsideError, OutsideNats, OutsidePostgres, Shortcoming};
pub use passwords::{NoRandomness, random_password};
pub use postgres::{Postgres, PostgresPlan};
pub use provide::{NatsServer, PostgresServer, ServersError};
pub use start::StartError;
pub use surroundings::Surroundings;
pub use version::Version;
pub use wheels::WheelError;

/// Told, in a few words fit for a person, what is being done now.
pub type Progress<'a> = &'a (dyn Fn(&str) + Sync);
