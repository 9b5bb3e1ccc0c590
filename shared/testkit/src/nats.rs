//! A NATS of its own for whoever asks, with the users it needs. It goes when the test goes.

use servers::{Nats, NatsUser, Surroundings, obtain_nats};

/// A throwaway NATS with JetStream.
pub struct TestNats {
    /// Where to connect.
    pub url: String,
    /// The server, for tests that stop, wipe or freeze it.
    pub server: Nats,
}

/// Starts a NATS with these users.
pub async fn nats(users: &[NatsUser]) -> TestNats {
    let surroundings = Surroundings::of_this_process();
    let binary = obtain_nats(&surroundings, &|_| {}).await.expect("nats-server can be had");
    let server = Nats::throwaway(&surroundings, &binary, users).await.expect("NATS starts");
    TestNats { url: server.url(), server }
}
