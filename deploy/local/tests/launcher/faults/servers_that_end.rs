//! Postgres and NATS end by themselves: they are started again on the same folder and port, and the
//! services ride through.

use std::net::TcpListener;

use super::house::{SERVICES, becomes_ready, children_of, nats, postmaster, service, services_are};
use crate::world::{Place, Story, comes_true, send};

#[tokio::test]
async fn servers_that_are_killed_are_started_again_and_the_services_ride_through() -> Story {
    let place = Place::new()?;
    let mut up = place.up()?;
    let urls = up.addresses();
    let services = SERVICES.map(|name| service(&place, name));
    let password = place.path().join("data/postgres/superuser_password");
    let password_before = std::fs::read_to_string(&password)?;

    let killed = postmaster(&place)?;
    send("KILL", killed)?;
    up.until("Postgres ended by itself; it is started again")?;
    up.until("Postgres runs again; nothing that was answered is lost")?;
    becomes_ready(&urls).await?;
    assert_ne!(postmaster(&place)?, killed);
    assert_eq!(std::fs::read_to_string(&password)?, password_before);

    // Sessions that stand still hold the shared memory and notice nothing.
    let killed = postmaster(&place)?;
    for session in children_of(killed) {
        send("STOP", session)?;
    }
    send("KILL", killed)?;
    up.until("Postgres runs again")?;
    becomes_ready(&urls).await?;

    let killed = nats(&place)?;
    send("KILL", killed)?;
    up.until("NATS ended by itself; it is started again")?;
    up.until("NATS runs again; nothing that was answered is lost")?;
    becomes_ready(&urls).await?;
    assert_ne!(nats(&place)?, killed);

    services_are(&place, &services)?;
    assert!(up.stop()?);
    assert_eq!(place.processes(), Vec::<u32>::new());
    Ok(())
}

#[tokio::test]
async fn a_server_that_will_not_start_again_is_given_up_with_a_sentence_that_says_why() -> Story {
    let place = Place::new()?;
    let mut up = place.up()?;
    let port: u16 = std::fs::read_to_string(place.path().join("data/nats/port"))?.trim().parse()?;
    send("KILL", nats(&place)?)?;
    // Somebody else is quicker.
    let mut taken = None;
    let listens = || TcpListener::bind(("127.0.0.1", port)).ok();
    comes_true("the port is free for a moment", || {
        taken = listens();
        taken.is_some()
    })
    .await?;
    up.until("NATS ended by itself; it is started again")?;
    up.until("Stopping")?;
    assert!(up.has_said().contains(&format!("port {port} for NATS is taken by another program")));
    comes_true("it has ended", || up.has_ended().unwrap_or(false)).await?;
    assert_eq!(place.processes(), Vec::<u32>::new());
    Ok(())
}
