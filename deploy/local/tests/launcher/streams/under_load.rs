//! NATS is killed and loses everything while people go on working, more than once.

use servers::{Nats, NatsPlan, NatsUser, Surroundings, obtain_nats};

use super::clients::Clerk;
use super::wiped::Everything;
use crate::rows::{SERVICES, superuser};
use crate::settled::Servers;
use crate::world::{Place, Story, Told, comes_true, send};

const PASSWORD: &str = "of-everybody";

/// A NATS that is the story's own, so that it can be killed without its launcher.
async fn nats_of(place: &Place) -> Told<Nats> {
    let everything = vec![">".to_owned()];
    let user = NatsUser {
        name: "everybody".to_owned(),
        password: PASSWORD.to_owned(),
        publish_allow: everything.clone(),
        subscribe_allow: everything,
        ..NatsUser::default()
    };
    let binary = obtain_nats(&Surroundings::of_this_process(), &|_| {}).await?;
    let data_folder = place.path().join("nats");
    let plan = NatsPlan { binary, data_folder, users: vec![user], port: None };
    Ok(Nats::start(&plan, &|_| {}).await?)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn streams_lost_under_load_come_back_and_the_rows_are_those_of_a_rebuild_from_nothing()
-> Story {
    let place = Place::new()?;
    let mut nats = nats_of(&place).await?;
    let url = format!("nats://everybody:{PASSWORD}@127.0.0.1:{}", nats.port());
    let settings = messaging::connect::Settings {
        url: nats.url(),
        user: "everybody".to_owned(),
        password: PASSWORD.to_owned().into(),
    };
    let up = place.up_on(&url)?;
    let clerk = Clerk::of(&place, &up)?;
    let mut writing = tokio::task::JoinSet::new();
    for name in ["ann", "ben", "cem"] {
        let clerk = clerk.clone();
        writing.spawn(async move { clerk.types_in(name, 15).await });
    }
    for lost_after in [8, 22] {
        comes_true("people are typed in", || clerk.n_typed() >= lost_after).await?;
        send("KILL", nats.server_pid())?;
        nats.ended().await;
        let store = place.path().join("nats/store/jetstream");
        assert!(store.exists(), "there is something to lose");
        std::fs::remove_dir_all(store)?;
        nats.start_again().await?;
    }
    while let Some(written) = writing.join_next().await {
        written??;
    }
    assert_eq!(clerk.n_typed(), 45);
    Servers::with(&place, &settings).await?.settle().await?;
    let under_load = Everything::of(&place).await?;
    assert_eq!(under_load.n_mails(), 45, "everybody is welcomed once");

    for service in SERVICES {
        let mut database = superuser(&place, service).await?;
        sqlx::raw_sql("drop schema views cascade").execute(&mut database).await?;
    }
    assert!(up.stop()?);
    let up = place.up_on(&url)?;
    Servers::with(&place, &settings).await?.settle().await?;
    under_load.is_still(&Everything::of(&place).await?, "after every view was made again");
    assert!(place.run(&["verify"])?.succeeded);
    assert!(up.stop()?);
    nats.stop().await;
    Ok(())
}
