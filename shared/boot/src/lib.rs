//! Carries a service from its configuration to a clean stop: connections, telemetry, clock, tasks.
//! Knows no room and no route; nothing here decides anything for a service.
#![warn(missing_docs, unreachable_pub)]

pub mod config;
pub mod telemetry;
pub mod shutdown;
pub mod connections;
pub mod service;
mod running;
mod scheduler;
mod skew;
mod traffic;
pub mod metrics;
mod conditions;
pub mod control;

pub use config::{ConfigError, ServiceConfig, TelemetryConfig};
pub use connections::StartError;
pub use control::{Launched, Standing};
pub use eventstore::Clock;
pub use metrics::Metrics;
pub use running::{Ended, Running};
pub use service::{Parts, Service, start};

/// The build that writes events: the workspace's version.
pub const BUILD: &str = concat!("involvement ", env!("CARGO_PKG_VERSION"));
