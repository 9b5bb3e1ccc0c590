//! Seals and opens personal values.
//! A value is sealed at the edge under a key of its person and class, and opened at the last moment
//! by a service with the right to that class; nothing here logs, stores or prints one in clear, and
//! nothing here decides who of a service's users may see it.
#![warn(missing_docs, unreachable_pub)]

pub mod config;
pub mod access;
pub mod schema;
pub mod vault;
pub mod keys;
mod key_ring;
mod root_keys;
mod cipher;

pub use config::VaultConfig;
pub use keys::KeyError;
pub use vault::{OpenError, SealError, StartError, Stopwatch, Vault};
