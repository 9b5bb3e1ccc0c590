//! The disk under Postgres is full: people are told to come back, nothing is kept by halves, and once
//! there is room everything goes on, though Postgres may have died of it.

use std::fs::File;
use std::io::{ErrorKind, Write as _};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;

use involvement::pause;
use sqlx::Connection as _;
use tokio::time::Instant;

use super::clients::Clients;
use super::{chains, house, reckoning};
use crate::hostile::{seed, tell};
use crate::rows::superuser;
use crate::world::{Place, Story, Told};

/// Enough for all databases and their logs, and soon filled.
const SIZE: &str = "size=400m,mode=755";
/// How long it may take until whoever writes runs out of room.
const FILLS_WITHIN: Duration = Duration::from_secs(30);

/// A small disk of its own, gone with the story.
struct Disk(PathBuf);

impl Disk {
    /// None where this machine lets nobody mount anything.
    fn at(folder: PathBuf) -> Told<Option<Self>> {
        std::fs::create_dir_all(&folder)?;
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", SIZE, "tmpfs"])
            .arg(&folder)
            .stderr(Stdio::null())
            .status();
        Ok(mounted.is_ok_and(|it| it.success()).then_some(Self(folder)))
    }

    /// Leaves no room on it.
    fn fill(&self) -> Story {
        let mut file = File::create(self.0.join("filler"))?;
        for size in [1 << 20, 1 << 12, 1] {
            let block = vec![0; size];
            loop {
                match file.write_all(&block) {
                    Ok(()) => {}
                    Err(error) if error.kind() == ErrorKind::StorageFull => break,
                    Err(error) => return Err(error.into()),
                }
            }
        }
        Ok(())
    }

    fn make_room(&self) -> Story {
        Ok(std::fs::remove_file(self.0.join("filler"))?)
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}

/// Asks Postgres for another file of its log until there is no room for one: it dies of that.
async fn postgres_dies_of_it(place: &Place) -> Story {
    let before = house::postmaster(place)?;
    let until = Instant::now() + FILLS_WITHIN;
    let is_alive = || std::path::Path::new(&format!("/proc/{before}")).exists();
    while is_alive() && Instant::now() < until {
        if let Ok(mut database) = superuser(place, "postgres").await {
            let _ =
                sqlx::raw_sql("create table if not exists wanted (n int); select pg_switch_wal()")
                    .execute(&mut database)
                    .await;
            let _ = database.close().await;
        }
        pause::before_asking_again(Duration::from_millis(50)).await;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_loses_nothing_and_everything_goes_on_when_there_is_room() -> Story {
    let seed = seed();
    let place = Place::alone()?;
    let Some(disk) = Disk::at(place.path().join("data/postgres"))? else {
        tell("NOT TRIED: a full disk, since nothing can be mounted here");
        return Ok(());
    };
    tell(&format!("SEED={seed}"));
    let mut up = place.up()?;
    chains::prepare(&place, seed).await?;
    let mut clients = Clients::at_work(&place, seed)?;

    disk.fill()?;
    let until = Instant::now() + FILLS_WITHIN;
    while clients.told_to_come_back() == 0 {
        assert!(Instant::now() < until && !clients.has_stumbled(), "nobody ran out of room");
        pause::before_asking_again(Duration::from_millis(50)).await;
    }
    disk.make_room()?;
    tell(&format!("after a full disk: {:?}", house::becomes_ready(&up.addresses()).await?));

    disk.fill()?;
    postgres_dies_of_it(&place).await?;
    up.until("Postgres ended by itself; it is started again")?;
    // Without room it does not come up, and is tried again.
    up.until("Postgres ended while it was starting")?;
    disk.make_room()?;
    let ready = house::becomes_ready(&up.addresses()).await?;
    tell(&format!("after a full disk of which Postgres died: {ready:?}"));
    clients.stop().await?;
    reckoning::of_logs(&place).await?;
    assert!(up.stop()?);
    Ok(())
}
