//! Something stands still for a while: a server, or one service after another. Whoever asks meanwhile
//! is told the truth in time, and afterwards everything goes on. `FREEZE_SECONDS` lets each stand still
//! for so long.

use std::net::TcpListener;
use std::time::Duration;

use involvement::pause;
use involvement::people::COORDINATOR;
use serde_json::json;
use tokio::time::Instant;

use super::clients::{Clients, Doors};
use super::house::{self, SERVICES};
use super::ledger::Command;
use super::mischief::Ice;
use super::{chains, reckoning};
use crate::hostile::{number, seed, tell};
use crate::settled::Servers;
use crate::world::{Place, Story, Told, send};

/// Longer than a request may take, so that some are told to come back.
const POSTGRES: u64 = 12;
/// Longer than a request to NATS may take before it is given up.
const NATS: u64 = 6;
/// As long as a transaction may stay open whose process stands still.
const SERVICE: u64 = 3;
/// Nobody waits longer for an answer than a request may take, give or take a busy machine.
const ANSWERED_WITHIN: Duration = Duration::from_secs(12);
const WORK_AT_LEAST: Duration = Duration::from_secs(2);

fn length(usual: u64) -> Duration {
    Duration::from_secs(number("FREEZE_SECONDS").unwrap_or(usual))
}

/// Asks as people would, one after another; how often the answer was yes, and how often to come back.
async fn asked_for(place: &Place, length: Duration, services: &[&str]) -> Told<(usize, usize)> {
    let doors = Doors::of(place)?;
    let (mut yes, mut later) = (0, 0);
    let began = Instant::now();
    while began.elapsed() < length {
        for service in services {
            let command = one_of(service);
            let asked_at = Instant::now();
            let given = tokio::time::timeout(ANSWERED_WITHIN, doors.give(&command)).await;
            let took = asked_at.elapsed();
            // A word to come back that is no problem with its time fails inside.
            match given.map_err(|_| format!("{service} said nothing for {took:?}"))?? {
                Ok((answer, _)) if answer.status < 300 => yes += 1,
                Err(why) if why.starts_with("503") => later += 1,
                other => return Err(format!("{command:?}: {other:?}").into()),
            }
        }
    }
    Ok((yes, later))
}

/// A command that is always carried out, under a key of its own.
fn one_of(service: &str) -> Command {
    let (path, body) = match service {
        "opportunities" => ("/v1/opportunities", json!({})),
        _ => (
            "/v1/groups",
            json!({ "name": "Readers", "kind": "panel", "locality": null, "reports_to": null,
                "purpose": "To read.", "review_on": null, "seats_planned": 1 }),
        ),
    };
    Command {
        who: COORDINATOR.subject.to_owned(),
        service: service.to_owned(),
        path: path.to_owned(),
        key: uuid::Uuid::now_v7().to_string(),
        body,
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_stands_still_for_a_while_goes_on_and_nobody_is_told_anything_untrue() -> Story {
    let seed = seed();
    tell(&format!("SEED={seed}"));
    let place = Place::alone()?;
    let up = place.up()?;
    chains::prepare(&place, seed).await?;
    let clients = Clients::at_work(&place, seed)?;
    let both = ["opportunities", "recruitment"];

    let ice = Ice::over(house::postgres(&place));
    let (_, later) = asked_for(&place, length(POSTGRES), &both).await?;
    assert!(later > 0, "without Postgres, people are told to come back");
    drop(ice);
    tell(&format!("after Postgres: {:?}", house::becomes_ready(&up.addresses()).await?));

    let ice = Ice::over(vec![house::nats(&place)?]);
    let (yes, later) = asked_for(&place, length(NATS), &both).await?;
    assert!(yes > 0 && later == 0, "without NATS, commands are accepted: {yes}, {later}");
    drop(ice);
    tell(&format!("after NATS: {:?}", house::becomes_ready(&up.addresses()).await?));

    for service in SERVICES {
        let others: Vec<&str> = both.into_iter().filter(|it| *it != service).collect();
        let ice = Ice::over(house::service(&place, service).into_iter().collect());
        let (yes, later) = asked_for(&place, length(SERVICE), &others).await?;
        assert!(yes > 0 && later == 0, "{service} alone stands still: {yes}, {later}");
        drop(ice);
        house::becomes_ready(&up.addresses()).await?;
    }
    clients.stop().await?;
    Servers::of(&place).await?.settle().await?;
    reckoning::of_logs(&place).await?;
    assert!(up.stop()?);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_nats_commands_are_accepted_and_what_follows_comes_when_it_is_back() -> Story {
    let place = Place::new()?;
    let mut up = place.up()?;
    let port: u16 = std::fs::read_to_string(place.path().join("data/nats/port"))?.trim().parse()?;
    send("KILL", house::nats(&place)?)?;
    // While somebody else has its port it cannot come back.
    let taken = loop {
        match TcpListener::bind(("127.0.0.1", port)) {
            Ok(taken) => break taken,
            Err(_) => pause::before_asking_again(Duration::from_millis(1)).await,
        }
    };
    let (yes, later) = asked_for(&place, WORK_AT_LEAST, &["opportunities", "recruitment"]).await?;
    assert!(yes > 0 && later == 0, "{yes} accepted, {later} told to come back");
    drop(taken);
    up.until("NATS runs again")?;
    house::becomes_ready(&up.addresses()).await?;
    Servers::of(&place).await?.settle().await?;
    assert!(up.stop()?);
    Ok(())
}
