//! What the launcher takes from the environment: the only file of it that reads it.

use servers::Surroundings;

/// What the environment says.
#[derive(Clone, Debug)]
pub struct Environment {
    /// Where this machine keeps things.
    pub surroundings: Surroundings,
    /// A Postgres of somebody else to use instead of our own (`DATABASE_URL`).
    pub database_url: Option<String>,
    /// A NATS of somebody else to use instead of our own (`NATS_URL`).
    pub nats_url: Option<String>,
}

impl Environment {
    /// Reads the environment of this process.
    pub fn of_this_process() -> Self {
        Self {
            surroundings: Surroundings::of_this_process(),
            database_url: text("DATABASE_URL"),
            nats_url: text("NATS_URL"),
        }
    }
}

/// Variables that a service's configuration may take values from; those that are not text are none.
pub fn variables() -> impl Iterator<Item = (String, String)> {
    std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
}

fn text(name: &str) -> Option<String> {
    std::env::var_os(name)?.into_string().ok().filter(|value| !value.is_empty())
}
