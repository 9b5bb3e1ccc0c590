//! The house under fault, from outside: where its services answer, and which processes it consists of.

use std::path::Path;
use std::time::Duration;

use involvement::pause;
use tokio::time::Instant;

use crate::world::{Place, Story, Told};

/// Within this, everything works again after whatever ended or stood still.
pub const MENDS_WITHIN: Duration = Duration::from_secs(30);
/// The services that a launcher starts.
pub const SERVICES: [&str; 5] =
    ["opportunities", "recruitment", "reimbursements", "notifications", "audit"];

/// A client that trusts nothing of its surroundings.
pub fn http() -> Told<reqwest::Client> {
    Ok(reqwest::Client::builder().no_proxy().tls_certs_only([]).build()?)
}

/// The first line of a file that holds a process id.
fn pid_in(file: &Path) -> Told<u32> {
    let text = std::fs::read_to_string(file)?;
    Ok(text.lines().next().ok_or("an empty file")?.trim().parse()?)
}

/// The first process of Postgres.
pub fn postmaster(place: &Place) -> Told<u32> {
    pid_in(&place.path().join("data/postgres/cluster/postmaster.pid"))
}

/// The NATS server.
pub fn nats(place: &Place) -> Told<u32> {
    pid_in(&place.path().join("data/nats/store/server.pid"))
}

/// The process of a service; none while it is started again.
pub fn service(place: &Place, name: &str) -> Option<u32> {
    place.processes_with(&format!("{name}.toml")).first().copied()
}

/// The processes below this one.
pub fn children_of(parent: u32) -> Vec<u32> {
    let line = format!("PPid:\t{parent}");
    let entries = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    let pids = entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    pids.filter(|pid: &u32| {
        std::fs::read_to_string(format!("/proc/{pid}/status"))
            .is_ok_and(|status| status.lines().any(|it| it == line))
    })
    .collect()
}

/// Waits until every service says that it can do its work; how long that took.
pub async fn becomes_ready(urls: &[(String, String)]) -> Told<Duration> {
    let http = http()?;
    let began = Instant::now();
    let mut well = 0;
    // Twice in a row: readiness is looked at every second, and may tell of the moment before.
    while well < 2 {
        match unready(&http, urls).await {
            None => well += 1,
            Some(_) if began.elapsed() < MENDS_WITHIN => well = 0,
            Some(why) => return Err(format!("not ready in time: {why}").into()),
        }
        pause::before_asking_again(Duration::from_millis(if well == 1 { 1_100 } else { 50 })).await;
    }
    Ok(began.elapsed())
}

async fn unready(http: &reqwest::Client, urls: &[(String, String)]) -> Option<String> {
    for (name, url) in urls {
        let asked = http.get(format!("{url}/health/ready")).timeout(Duration::from_secs(2));
        match asked.send().await {
            Ok(answer) if answer.status().is_success() => {}
            Ok(answer) => return Some(format!("{name}: {}", answer.text().await.ok()?)),
            Err(error) => return Some(format!("{name}: {error}")),
        }
    }
    None
}

/// Whether the processes of the services are the very ones from before.
pub fn services_are(place: &Place, before: &[Option<u32>]) -> Story {
    let now = SERVICES.map(|name| service(place, name));
    if now == before { Ok(()) } else { Err(format!("{before:?} became {now:?}").into()) }
}

/// Every process of Postgres, the first one first.
pub fn postgres(place: &Place) -> Vec<u32> {
    let Ok(postmaster) = postmaster(place) else { return Vec::new() };
    std::iter::once(postmaster).chain(children_of(postmaster)).collect()
}

/// Every process that belongs to this place: by its command line, or by the folder it works in, as the
/// sessions of Postgres do.
pub fn everything(place: &Place) -> Vec<u32> {
    let mut all = place.processes();
    let entries = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    let pids = entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    all.extend(pids.filter(|pid: &u32| {
        std::fs::read_link(format!("/proc/{pid}/cwd"))
            .is_ok_and(|folder| folder.starts_with(place.path()))
    }));
    all
}
