//! When nothing is under way any more between the services, read from the servers themselves: every log
//! is in its streams to its end, and everybody has come to the end of what there is to hear.

use std::collections::BTreeMap;
use std::time::Duration;

use futures::stream::BoxStream;
use futures::{FutureExt as _, StreamExt as _};
use involvement::pause;
use messaging::connect::Settings;
use messaging::reached::Reached;
use messaging::{Channel, Connection, Layout, Mark};
use sqlx::{Connection as _, PgConnection};
use tokio::time::Instant;

use crate::rows::{SERVICES, superuser};
use crate::world::{Place, Story, Told};

/// Longer than all of it takes on a busy machine, a rebuild from nothing included.
const PATIENCE: Duration = Duration::from_mins(2);

/// The servers of a launcher, asked as their administrators.
pub struct Servers<'a> {
    place: &'a Place,
    nats: Connection,
    layout: Layout,
    words: BoxStream<'static, (String, Vec<u8>)>,
    /// What each publisher said last of how far its facts have come.
    said: BTreeMap<String, Reached>,
}

/// Where one service stands by its own tables.
struct Standing {
    head: i64,
    /// Own views and policies, by name.
    followed: BTreeMap<String, i64>,
    /// By subscriber and publisher: the place heard last.
    heard: BTreeMap<(String, String), Mark>,
}

impl<'a> Servers<'a> {
    /// Those that a launcher started itself.
    pub async fn of(place: &'a Place) -> Told<Self> {
        let read = |name: &str| std::fs::read_to_string(place.path().join("data").join(name));
        let settings = Settings {
            url: format!("nats://127.0.0.1:{}", read("nats/port")?.trim()),
            user: "administrator".to_owned(),
            password: read("secrets/nats_administrator")?.trim().to_owned().into(),
        };
        Self::with(place, &settings).await
    }

    /// Its Postgres, and a NATS of somebody else.
    pub async fn with(place: &'a Place, nats: &Settings) -> Told<Self> {
        let nats = messaging::connect(nats, "story").await?;
        let words = nats.client().subscribe("*.reached").await?;
        let words = words.map(|word| (word.subject.to_string(), word.payload.to_vec())).boxed();
        Ok(Self { place, nats, layout: Layout::shipped()?, words, said: BTreeMap::new() })
    }

    /// As NATS's administrator.
    pub fn nats(&self) -> &Connection {
        &self.nats
    }

    /// Waits until everything has settled: found twice, with nothing having happened in between.
    pub async fn settle(&mut self) -> Story {
        let until = Instant::now() + PATIENCE;
        let mut before = None;
        loop {
            let (heads, under_way) = self.look().await?;
            if under_way.is_empty() && before.as_ref() == Some(&heads) {
                return Ok(());
            }
            if Instant::now() >= until {
                return Err(format!("never settled: {under_way:#?}").into());
            }
            before = under_way.is_empty().then_some(heads);
            pause::before_asking_again(pause::BRIEFLY).await;
        }
    }

    /// Where every log ends, and what is not done yet.
    async fn look(&mut self) -> Told<(BTreeMap<&'static str, i64>, Vec<String>)> {
        while let Some(Some((subject, word))) = self.words.next().now_or_never() {
            let publisher = subject.trim_end_matches(".reached").to_owned();
            self.said.insert(publisher, serde_json::from_slice(&word)?);
        }
        let mut standings = BTreeMap::new();
        for service in SERVICES {
            let mut database = superuser(self.place, service).await?;
            let standing = standing(&mut database).await;
            database.close().await?;
            // While a schema is made anew its tables come one by one.
            let standing = match standing {
                Ok(standing) => standing,
                Err(error) => {
                    return Ok((
                        BTreeMap::new(),
                        vec![format!("{service} cannot be asked: {error}")],
                    ));
                }
            };
            standings.insert(service, standing);
        }
        let mut under_way = Vec::new();
        for (service, standing) in &standings {
            let Standing { head, followed, .. } = standing;
            let behind = followed.iter().filter(|(_, at)| *at < head);
            under_way
                .extend(behind.map(|(name, at)| format!("{service}: {name} is at {at} of {head}")));
            for channel in Channel::ALL {
                let stream = channel.stream(service);
                let Some(last) = self.last_of(&stream).await else {
                    under_way.push(format!("{stream} is not there"));
                    continue;
                };
                let is_whole = match channel {
                    Channel::Log => last.position == *head,
                    Channel::Facts => self
                        .said
                        .get(*service)
                        .is_some_and(|said| said.position == *head && said.facts == last),
                };
                if !is_whole {
                    under_way.push(format!("{stream} ends at {last}, the log at {head}"));
                }
                under_way.extend(self.deaf(service, channel, last, &standings));
            }
        }
        let heads = standings.iter().map(|(service, standing)| (*service, standing.head)).collect();
        Ok((heads, under_way))
    }

    /// Whoever has to hear a stream and has not come to its end.
    fn deaf(
        &self,
        publisher: &str,
        channel: Channel,
        last: Mark,
        standings: &BTreeMap<&'static str, Standing>,
    ) -> Vec<String> {
        let mut deaf = Vec::new();
        for (reader, hears) in &self.layout.services {
            for name in hears.on(channel).get(publisher).into_iter().flatten() {
                let key = (name.clone(), publisher.to_owned());
                let at = standings.get(reader.as_str()).and_then(|it| it.heard.get(&key));
                if at.is_none_or(|at| *at < last) {
                    deaf.push(format!(
                        "{reader}: {name} has heard {publisher} to {at:?} of {last}"
                    ));
                }
            }
        }
        deaf
    }

    async fn last_of(&self, stream: &str) -> Option<Mark> {
        let stream = self.nats.jetstream().get_stream(stream).await.ok()?;
        let sequence = stream.cached_info().state.last_sequence;
        if sequence == 0 {
            return Some(Mark::START);
        }
        let message = stream.get_raw_message(sequence).await.ok()?;
        let number = |name: &str| message.headers.get(name)?.as_str().parse::<i64>().ok();
        let ordinal = i32::try_from(number("ce-ordinal")?).ok()?;
        Some(Mark { position: number("ce-position")?, ordinal })
    }
}

async fn standing(database: &mut PgConnection) -> Result<Standing, sqlx::Error> {
    let followed: Vec<(String, i64)> = sqlx::query_as(
        "select view, position from views.checkpoint where state = 'live'
         union all select policy, position from log.policy_checkpoint",
    )
    .fetch_all(&mut *database)
    .await?;
    let subscribed: Vec<(String, String, i64, i32)> = sqlx::query_as(
        "select subscriber, source, position, ordinal from views.fact_checkpoint
         union all select subscriber, source, position, ordinal from log.fact_checkpoint",
    )
    .fetch_all(&mut *database)
    .await?;
    let head = sqlx::query_scalar("select position from log.head").fetch_one(database).await?;
    Ok(Standing {
        head,
        followed: followed.into_iter().collect(),
        heard: subscribed
            .into_iter()
            .map(|(name, source, position, ordinal)| ((name, source), Mark { position, ordinal }))
            .collect(),
    })
}
