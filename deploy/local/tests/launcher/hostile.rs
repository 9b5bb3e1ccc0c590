//! Requests that nobody means well by: many, malformed in every way we could think of, from a seed that
//! is printed. Whatever comes, each gets a clear answer soon, nothing breaks, and nothing of it stands
//! in a log. `HOSTILE_REQUESTS` asks for more of them, `SEED` for the same again.

pub mod dice;
mod doors;
mod asking;
mod answers;
mod shapes;
mod bodies;

use std::sync::Arc;

use involvement::services::SERVICES;
use tokio::task::JoinSet;
use uuid::Uuid;

use crate::lines;
use crate::world::{Place, Story, Told, Up};
use answers::Line;
use asking::Asker;
use dice::Dice;
use doors::House;

/// Few enough for every run of all tests.
const REQUESTS_USUAL: usize = 50_000;
/// More series than all routes, rooms and names of a service make: each route some, for its times.
const SERIES_MAX: usize = 4000;
/// How many ask at once.
const CALLERS: usize = 8;
/// Stands in every text that is sent, so that it is found wherever it should not be.
pub const CANARY: &str = "CANARYhostile";

#[expect(clippy::disallowed_methods, reason = "who runs a test says here how long and what again")]
pub fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

pub fn seed() -> u64 {
    number("SEED").unwrap_or_else(|| Uuid::now_v7().as_u64_pair().1)
}

#[expect(clippy::print_stdout, reason = "without its seed a run cannot be had again")]
pub fn tell(said: &str) {
    println!("{said}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_is_asked_gets_a_clear_answer_soon_and_nothing_breaks() -> Story {
    let requests = number("HOSTILE_REQUESTS").map_or(Ok(REQUESTS_USUAL), usize::try_from)?;
    let seed = seed();
    tell(&format!("SEED={seed} HOSTILE_REQUESTS={requests}"));
    let place = Place::alone()?;
    let told = place.run(&["demo", "--once", "--json"])?;
    assert!(told.succeeded, "{}", told.errors);
    let up = place.up()?;
    let house = Arc::new(House::seen(&place, &up).await?);

    let mut callers = JoinSet::new();
    for caller in 0..CALLERS {
        let house = Arc::clone(&house);
        let share = requests / CALLERS;
        callers.spawn(async move { ask(&house, Dice::new(seed, caller), share).await });
    }
    let mut answered = 0;
    while let Some(asked) = callers.join_next().await {
        answered += asked??;
    }
    tell(&format!("{answered} of {requests} were answered, the others cut off by who sent them"));
    assert!(answered > requests / 2, "most are whole enough to be answered");

    house.is_well().await?;
    numbers_are_few_and_name_nobody(&up).await?;
    let verified = place.run(&["verify", "--json"])?;
    assert!(verified.succeeded, "SEED={seed}: {}{}", verified.output, verified.errors);
    assert!(up.stop()?);
    Ok(())
}

/// What nobody means well by makes no labels: a series for each would fill whoever collects them.
async fn numbers_are_few_and_name_nobody(up: &Up) -> Story {
    let http = reqwest::Client::builder().no_proxy().tls_certs_only([]).build()?;
    assert_eq!(up.metrics().len(), SERVICES.len(), "each is told where it is");
    for url in up.metrics() {
        let text = http.get(url).send().await?.error_for_status()?.text().await?;
        let series = text.lines().filter(|line| !line.starts_with('#')).count();
        assert!((100..SERIES_MAX).contains(&series), "{url} tells {series}");
        let lower = text.to_lowercase();
        let found = lines::personal().into_iter().find(|it| lower.contains(&it.to_lowercase()));
        assert_eq!(found, None, "{url}");
    }
    Ok(())
}

/// One caller's share; how many were answered.
async fn ask(house: &House, dice: Dice, share: usize) -> Told<usize> {
    let mut asker = Asker::new(house, dice);
    let mut lines: Vec<Option<Line>> = house.services.iter().map(|_| None).collect();
    let mut answered = 0;
    for n in 0..share {
        let request = asker.next();
        let line = match lines[request.service].take() {
            Some(line) => line,
            None => Line::to(house.services[request.service].address).await?,
        };
        let (answer, line) = line.send(&request).await.map_err(|error| request.told(n, &error))?;
        lines[request.service] = line;
        if let Some(answer) = answer {
            answer.is_clear().map_err(|wrong| request.told(n, &wrong))?;
            answered += 1;
        }
    }
    Ok(answered)
}
