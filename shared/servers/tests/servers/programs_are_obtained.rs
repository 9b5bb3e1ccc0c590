//! From nothing but Python's pip to programs that run, once per machine.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::Mutex;

use servers::{Surroundings, Version, obtain_nats, obtain_postgres, obtain_postgres_for};

use crate::world::{Place, Story, machine};

#[tokio::test]
async fn an_empty_machine_obtains_both_servers_once_however_many_ask() -> Story {
    let place = Place::new()?;
    let empty = Surroundings {
        cache_folder: Some(place.path().join("cache")),
        search_path: None,
        ..machine()
    };
    let told = Mutex::new(Vec::new());
    let progress = |text: &str| told.lock().map(|mut told| told.push(text.to_owned())).unwrap();
    let (postgres, nats, nats_again) = tokio::join!(
        obtain_postgres(&empty, &progress),
        obtain_nats(&empty, &progress),
        obtain_nats(&empty, &progress),
    );
    let (postgres, nats) = (postgres?, nats?);
    assert!(postgres.version.major >= 17);
    assert_eq!(nats, nats_again?);
    assert!(nats.program.starts_with(place.path()));
    assert_eq!(told.lock().unwrap().len(), 2, "{told:?}");
    obtain_postgres(&empty, &progress).await?;
    assert_eq!(told.lock().unwrap().len(), 2, "what is there is not obtained again: {told:?}");
    Ok(())
}

#[tokio::test]
async fn recent_enough_programs_on_the_path_come_first() -> Story {
    let place = Place::new()?;
    for (folder, version) in [("old", "15.18"), ("recent", "17.2")] {
        let folder = place.path().join(folder);
        servers::create_open_folder(&folder)?;
        for name in ["postgres", "initdb"] {
            program(&folder.join(name), &format!("echo '{name} (PostgreSQL) {version}'"))?;
        }
    }
    let both = ["old", "recent"].map(|folder| place.path().join(folder));
    let surroundings = Surroundings { search_path: Some(std::env::join_paths(both)?), ..machine() };
    let found = obtain_postgres(&surroundings, &|_| {}).await?;
    assert_eq!(found.folder, place.path().join("recent"));
    assert_eq!(found.version, Version { major: 17, minor: 2, patch: 0 });

    let data = place.path().join("data");
    servers::create_open_folder(&data.join("cluster"))?;
    std::fs::write(data.join("cluster/PG_VERSION"), "18\n")?;
    let fitting = obtain_postgres_for(&data, &surroundings, &|_| {}).await?;
    assert_eq!(fitting.version.major, 18, "data are read only by the version that made them");
    Ok(())
}

fn program(path: &Path, script: &str) -> Story {
    std::fs::write(path, format!("#!/bin/sh\n{script}\n"))?;
    std::fs::set_permissions(path, Permissions::from_mode(0o755))?;
    Ok(())
}

#[tokio::test]
async fn a_cache_that_others_may_write_to_is_not_trusted() -> Story {
    let place = Place::new()?;
    let cache = place.path().join("cache");
    std::fs::create_dir(&cache)?;
    std::fs::set_permissions(&cache, Permissions::from_mode(0o777))?;
    let surroundings = Surroundings { cache_folder: Some(cache), search_path: None, ..machine() };
    let refused = obtain_nats(&surroundings, &|_| {}).await;
    assert!(refused.is_err_and(|error| error.to_string().contains("not to be trusted")));
    Ok(())
}
