//! What was acknowledged stays, and users do only what their lists say.

use std::time::Duration;

use async_nats::jetstream;
use futures::StreamExt;
use servers::{Nats, NatsPlan, NatsUser};

use crate::world::{
    Place, Story, Told, machine, send, silently, throwaway_nats, user_of_everything,
};

async fn nats_in(place: &Place) -> Told<Nats> {
    let plan = NatsPlan {
        binary: servers::obtain_nats(&machine(), &silently).await?,
        data_folder: place.path().join("nats"),
        users: vec![user_of_everything("launcher")],
        port: None,
    };
    Ok(Nats::start(&plan, &silently).await?)
}

async fn connected(nats: &Nats, name: &str) -> Told<async_nats::Client> {
    let options = async_nats::ConnectOptions::with_user_and_password(
        name.to_owned(),
        "a-password".to_owned(),
    );
    Ok(options.connect(nats.url()).await?)
}

/// Publishes one message to a stream, making the stream where needed, and counts what it holds.
async fn publish_and_count(nats: &Nats) -> Told<u64> {
    let streams = jetstream::new(connected(nats, "launcher").await?);
    let config = jetstream::stream::Config {
        name: "NOTES".to_owned(),
        subjects: vec!["notes.>".to_owned()],
        ..Default::default()
    };
    let stream = streams.get_or_create_stream(config).await?;
    streams.publish("notes.one", "one".into()).await?.await?;
    Ok(stream.get_info().await?.state.messages)
}

#[tokio::test]
async fn a_restart_keeps_messages_and_port() -> Story {
    let place = Place::new()?;
    let nats = nats_in(&place).await?;
    let port = nats.port();
    assert_eq!(publish_and_count(&nats).await?, 1);
    nats.stop().await;

    let nats = nats_in(&place).await?;
    assert_eq!(nats.port(), port);
    assert_eq!(publish_and_count(&nats).await?, 2);
    Ok(())
}

#[tokio::test]
async fn two_processes_cannot_keep_one_data_folder() -> Story {
    let place = Place::new()?;
    let first = nats_in(&place).await?;
    let Err(refused) = nats_in(&place).await else { return Err("both keep it".into()) };
    assert!(refused.to_string().contains("in use by another process"), "{refused}");
    first.stop().await;
    nats_in(&place).await?;
    Ok(())
}

#[tokio::test]
async fn a_killed_server_starts_again_with_everything_acknowledged() -> Story {
    let mut nats = throwaway_nats(&[user_of_everything("launcher")]).await?;
    assert_eq!(publish_and_count(&nats).await?, 1);
    assert!(send("KILL", nats.server_pid())?);
    nats.ended().await;
    nats.start_again().await?;
    assert_eq!(publish_and_count(&nats).await?, 2);
    let folder = nats.data_folder().to_owned();
    drop(nats);
    assert!(!folder.exists());
    Ok(())
}

#[tokio::test]
async fn users_do_only_what_their_lists_say() -> Story {
    let reader = NatsUser {
        publish_allow: vec!["reader.>".to_owned()],
        subscribe_allow: vec!["open.>".to_owned(), "reader.>".to_owned()],
        ..user_of_everything("reader")
    };
    let nats = throwaway_nats(&[user_of_everything("launcher"), reader]).await?;
    let stranger = async_nats::connect(nats.url()).await;
    assert!(stranger.is_err(), "nobody connects without a name");

    let launcher = connected(&nats, "launcher").await?;
    let reader = connected(&nats, "reader").await?;
    let mut heard = launcher.subscribe("open.>").await?;
    settles(&launcher, "launcher.settled").await?;
    let mut open = reader.subscribe("open.>").await?;
    let mut closed = reader.subscribe("closed.>").await?;
    reader.publish("open.forged", "one".into()).await?;
    settles(&reader, "reader.settled").await?;
    launcher.publish("closed.one", "one".into()).await?;
    launcher.publish("open.one", "one".into()).await?;

    for subscriber in [&mut open, &mut heard] {
        let first = next(subscriber).await?.ok_or("nothing was heard")?;
        assert_eq!(first.subject.as_str(), "open.one", "what the reader forged went nowhere");
    }
    // The launcher's messages arrive in order, so the closed one would have been here by now.
    closed.unsubscribe().await?;
    assert!(next(&mut closed).await?.is_none());
    Ok(())
}

/// The server takes what a client says in order: when it has answered this, it has taken all before.
async fn settles(client: &async_nats::Client, subject: &'static str) -> Story {
    let mut answer = client.subscribe(subject).await?;
    client.publish(subject, "".into()).await?;
    next(&mut answer).await?.ok_or("the server has gone")?;
    Ok(())
}

async fn next(subscriber: &mut async_nats::Subscriber) -> Told<Option<async_nats::Message>> {
    Ok(tokio::time::timeout(Duration::from_secs(10), subscriber.next()).await?)
}
