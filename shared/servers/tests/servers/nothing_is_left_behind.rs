//! kill -9 of whoever started the servers, and nothing of them remains.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};

use crate::world::{
    Place, Story, comes_true, is_alive, postgres_in, send, throwaway_nats, throwaway_postgres,
    user_of_everything,
};

/// Tells a second process of this test that it is the one to be killed, and where to work.
const TO_BE_KILLED: &str = "SERVERS_STORY_TO_BE_KILLED";
/// The same test, by its full name.
const THIS_STORY: &str =
    "nothing_is_left_behind::killing_whoever_started_the_servers_leaves_nothing_running";

#[tokio::test]
async fn killing_whoever_started_the_servers_leaves_nothing_running() -> Story {
    if let Some(folder) = std::env::var_os(TO_BE_KILLED) {
        return keep_servers_until_killed(&Place::at(Path::new(&folder))).await;
    }
    let place = Place::new()?;
    let mut victim = Command::new(std::env::current_exe()?)
        .args(["--exact", THIS_STORY, "--nocapture"])
        .env(TO_BE_KILLED, place.path())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()?;
    let output = victim.stdout.take().ok_or("no output")?;
    let told = BufReader::new(output)
        .lines()
        .map_while(Result::ok)
        .find_map(|line| Some(line.split_once("servers: ")?.1.to_owned()))
        .ok_or("the other process started no servers")?;
    let words: Vec<&str> = told.split(' ').collect();
    let [kept, frozen, nats, postgres_folder, nats_folder] = words[..] else {
        return Err(told.into());
    };
    let pids: Vec<u32> =
        [kept, frozen, nats].iter().map(|pid| pid.parse()).collect::<Result<_, _>>()?;
    assert!(pids.iter().all(|pid| is_alive(*pid)));

    victim.kill()?;
    victim.wait()?;
    for pid in pids {
        comes_true("every server is gone", || !is_alive(pid)).await?;
    }
    for folder in [postgres_folder, nats_folder] {
        comes_true("throwaway folders are gone", || !Path::new(folder).exists()).await?;
    }
    assert!(place.path().join("postgres/cluster/PG_VERSION").exists(), "what is kept stays");
    Ok(())
}

/// Starts one of each, one of them frozen as a hung server would be, and waits to be killed.
async fn keep_servers_until_killed(place: &Place) -> Story {
    let kept = postgres_in(place).await?;
    let frozen = throwaway_postgres().await?;
    let nats = throwaway_nats(&[user_of_everything("launcher")]).await?;
    send("STOP", frozen.server_pid())?;
    let told = format!(
        "servers: {} {} {} {} {}\n",
        kept.server_pid(),
        frozen.server_pid(),
        nats.server_pid(),
        frozen.data_folder().display(),
        nats.data_folder().display()
    );
    std::io::stdout().write_all(told.as_bytes())?;
    std::future::pending().await
}
