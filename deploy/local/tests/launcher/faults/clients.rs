//! People at work: each client gives real commands, one after another, in chains that go through every
//! service, and repeats under the same key whatever was not answered until it is.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use involvement::pause;
use involvement::people::{INVOLVEES, Involvee, Reached, with_accounts};
use serde_json::Value;
use tokio::task::{JoinError, JoinSet};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::house;
use super::ledger::{Answer, Command, Entry, Ledger};
use crate::hostile::dice::Dice;
use crate::world::{Place, Story, Told};

/// How many clients work at once.
pub const CLIENTS: usize = 8;
/// More than a service lets a request take; whoever waited longer asks again.
const ANSWER_WITHIN: Duration = Duration::from_secs(12);
/// How long a command may stay unanswered while there is mischief, pauses of servers included.
const STUCK_AFTER: Duration = Duration::from_mins(3);
const PAUSE: Duration = Duration::from_millis(50);

/// What all clients share: who they can be, and where the services answer.
#[derive(Clone)]
pub struct Doors {
    http: reqwest::Client,
    tokens: BTreeMap<String, String>,
    ports: PathBuf,
}

impl Doors {
    pub fn of(place: &Place) -> Told<Self> {
        let data = place.path().join("data");
        let token = |subject: &str| std::fs::read_to_string(data.join("tokens").join(subject));
        let tokens = with_accounts()
            .map(|person| Ok((person.subject.to_owned(), token(person.subject)?)))
            .collect::<Told<_>>()?;
        Ok(Self { http: house::http()?, tokens, ports: data.join("ports") })
    }

    /// Gives a command once: what was answered, or why it is to be given again.
    pub async fn give(&self, command: &Command) -> Told<Result<(Answer, Vec<u8>), String>> {
        let url = self.url(&command.service, &command.path)?;
        let token = self.tokens.get(&command.who).ok_or("nobody of that name")?;
        let asked = self
            .http
            .post(url)
            .timeout(ANSWER_WITHIN)
            .bearer_auth(token.trim())
            .header("idempotency-key", &command.key)
            .json(&command.body);
        let answered = match asked.send().await {
            Ok(answered) => answered,
            Err(error) => return Ok(Err(format!("{error:?}"))),
        };
        let (status, headers) = (answered.status().as_u16(), answered.headers().clone());
        let body = match answered.bytes().await {
            Ok(body) => body,
            Err(error) => return Ok(Err(format!("{status}, then {error:?}"))),
        };
        if status >= 500 || headers.contains_key("retry-after") {
            is_true_word(status, &headers, &body)?;
            return Ok(Err(format!("{status}: {}", String::from_utf8_lossy(&body))));
        }
        Ok(Ok((Answer::of(status, &headers, &body), body.to_vec())))
    }

    /// Reads a page as somebody, if it is there now.
    pub async fn look(&self, who: &str, service: &str, path: &str) -> Told<Option<Value>> {
        let url = self.url(service, path)?;
        let token = self.tokens.get(who).ok_or("nobody of that name")?;
        let asked = self.http.get(url).timeout(ANSWER_WITHIN).bearer_auth(token.trim());
        let Ok(answered) = asked.send().await else { return Ok(None) };
        Ok(if answered.status().is_success() { answered.json().await.ok() } else { None })
    }

    /// Where a service answers now: it moves when somebody else has taken its port.
    fn url(&self, service: &str, path: &str) -> Told<String> {
        let port = std::fs::read_to_string(self.ports.join(service))?;
        Ok(format!("http://127.0.0.1:{}{path}", port.trim()))
    }
}

/// Whoever is to come back is told so as a problem, and when: no fault of ours is among the answers.
fn is_true_word(status: u16, headers: &reqwest::header::HeaderMap, body: &[u8]) -> Story {
    let text = |name: &str| headers.get(name).and_then(|it| it.to_str().ok()).unwrap_or_default();
    let is_problem = text("content-type") == "application/problem+json";
    let asks_back = text("retry-after").parse::<u32>().is_ok();
    if is_problem && asks_back && (status == 503 || status < 500) {
        return Ok(());
    }
    Err(format!("{status} is no true word: {headers:?} {}", String::from_utf8_lossy(body)).into())
}

/// One client, who also plays one involved person.
pub struct Client {
    pub number: usize,
    pub dice: Dice,
    pub doors: Doors,
    pub myself: &'static Involvee,
    keys: String,
    ledger: Ledger,
    stop: CancellationToken,
    given: usize,
    repeated: usize,
    /// How often any client was told by a service that it can do nothing now.
    come_back: Arc<AtomicUsize>,
}

/// What a client did.
#[derive(Clone, Copy, Debug, Default)]
pub struct Work {
    pub acknowledged: usize,
    pub repeated: usize,
}

impl Client {
    pub fn new(place: &Place, number: usize, seed: u64, stop: CancellationToken) -> Told<Self> {
        let mut signed_in = INVOLVEES.iter().filter(|one| one.has_account);
        Ok(Self {
            number,
            dice: Dice::new(seed, number + 1),
            doors: Doors::of(place)?,
            myself: signed_in.nth(number).ok_or("more clients than people")?,
            keys: number.to_string(),
            ledger: Ledger::of(place, number)?,
            stop,
            given: 0,
            repeated: 0,
            come_back: Arc::default(),
        })
    }

    /// The same, with keys of its own.
    pub fn under_keys(mut self, keys: &str) -> Self {
        keys.clone_into(&mut self.keys);
        self
    }

    pub fn is_to_stop(&self) -> bool {
        self.stop.is_cancelled()
    }

    /// Gives a command until it is answered; the id of what it was carried out on, or `None` where the
    /// answer was no.
    pub async fn give(
        &mut self,
        who: &str,
        service: &str,
        path: &str,
        body: Value,
    ) -> Told<Option<Uuid>> {
        self.given += 1;
        let command = Command {
            who: who.to_owned(),
            service: service.to_owned(),
            path: path.to_owned(),
            key: format!("{}-{}", self.keys, self.given),
            body,
        };
        let began = Instant::now();
        let mut given = 0;
        let (answer, text) = loop {
            given += 1;
            match self.doors.give(&command).await? {
                Ok(answered) => break answered,
                Err(why) if began.elapsed() > STUCK_AFTER => {
                    return Err(format!("{command:?} is never answered: {why}").into());
                }
                Err(why) => {
                    if why.starts_with("503") {
                        self.come_back.fetch_add(1, Ordering::Relaxed);
                    }
                    pause::before_asking_again(PAUSE).await;
                }
            }
        };
        self.repeated += usize::from(given > 1);
        let accepted = answer.status < 300;
        // A no by a rule is kept like a yes, and bears its token; anything else is a mistake of ours.
        if !accepted && answer.token.is_none() {
            let said = String::from_utf8_lossy(&text);
            return Err(format!("{command:?} is answered {}: {said}", answer.status).into());
        }
        self.ledger.write(&Entry { command, answer, given })?;
        let said: Value = serde_json::from_slice(&text)?;
        Ok(said["id"].as_str().filter(|_| accepted).and_then(|id| id.parse().ok()))
    }

    pub fn work(&self) -> Work {
        Work { acknowledged: self.given, repeated: self.repeated }
    }

    /// Whether staff are to ring this client's person.
    pub fn is_rung(&self) -> bool {
        matches!(self.myself.reached, Reached::Phone(_))
    }
}

/// Clients at work until they are told to stop.
pub struct Clients {
    working: JoinSet<Told<Work>>,
    stop: CancellationToken,
    come_back: Arc<AtomicUsize>,
    stumbled: Vec<Result<Told<Work>, JoinError>>,
}

impl Clients {
    /// Lets them begin.
    pub fn at_work(place: &Place, seed: u64) -> Told<Self> {
        let stop = CancellationToken::new();
        let come_back = Arc::<AtomicUsize>::default();
        let mut working = JoinSet::new();
        for number in 0..CLIENTS {
            let mut client = Client::new(place, number, seed, stop.clone())?;
            client.come_back = Arc::clone(&come_back);
            working.spawn(super::chains::work(client));
        }
        Ok(Self { working, stop, come_back, stumbled: Vec::new() })
    }

    /// Whether one of them has given up.
    pub fn has_stumbled(&mut self) -> bool {
        if let Some(ended) = self.working.try_join_next() {
            self.stumbled.push(ended);
        }
        !self.stumbled.is_empty()
    }

    /// How often any of them was told by a service that it can do nothing now.
    pub fn told_to_come_back(&self) -> usize {
        self.come_back.load(Ordering::Relaxed)
    }

    /// Lets them finish the command they are at; what they did together.
    pub async fn stop(mut self) -> Told<Work> {
        self.stop.cancel();
        let mut all = Work::default();
        for one in self.stumbled {
            one??;
        }
        while let Some(one) = self.working.join_next().await {
            let one = one??;
            all.acknowledged += one.acknowledged;
            all.repeated += one.repeated;
        }
        Ok(all)
    }
}
