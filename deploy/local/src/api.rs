//! Acts as a person on a service, the way anyone outside would: over HTTP, signed in, with a key that
//! is the same each time the same step of the story is taken.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use contracts::PersonId;
use eventstore::Clock;
use jiff::Timestamp;
use reqwest::{Method, RequestBuilder, StatusCode};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::time::Instant;
use uuid::Uuid;

use crate::diary::Diary;
use crate::pause;
use crate::people::Person;
use crate::sign_in::{SignIn, SignInTrouble};

/// The header in which a read names what it must show.
const TOKEN: &str = "involvement-token";
/// How long a service may be busy, or away while it is started again.
const PATIENCE: Duration = Duration::from_secs(30);
const LONGEST_PAUSE: Duration = Duration::from_millis(500);
/// More than any honest answer takes.
const ANSWER_WITHIN: Duration = Duration::from_secs(20);

/// A step of the story: a command somebody gives.
#[derive(Clone, Debug)]
pub struct Deed {
    /// The step's name, which is also its key: visible ASCII without spaces, never given twice.
    pub step: String,
    /// Which service.
    pub service: &'static str,
    /// Which route.
    pub path: String,
    /// What is said.
    pub body: Value,
    /// For whom staff type, if they do.
    pub behalf: Option<Behalf>,
}

/// That staff type for someone.
#[derive(Clone, Copy, Debug)]
pub struct Behalf {
    /// For whom.
    pub person: PersonId,
    /// When the person said it.
    pub received_at: Timestamp,
    /// How it came.
    pub came_by: CameBy,
}

/// How something came to the staff.
#[derive(Clone, Copy, Debug)]
pub enum CameBy {
    /// On paper.
    Paper,
    /// By telephone.
    Phone,
    /// Face to face.
    InPerson,
}

impl CameBy {
    fn name(self) -> &'static str {
        match self {
            Self::Paper => "paper",
            Self::Phone => "phone",
            Self::InPerson => "in_person",
        }
    }
}

/// A command was carried out.
#[derive(Clone, Debug, Deserialize)]
pub struct Accepted {
    /// On what.
    pub id: Uuid,
    /// Its version.
    pub version: i64,
    /// What a read waits for.
    pub token: String,
    /// When it was done, by the diary.
    #[serde(skip)]
    pub at: Timestamp,
}

/// An answer that is not the thing asked for.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Problem {
    /// The HTTP status.
    pub status: u16,
    /// Permanent name.
    pub code: String,
    /// What happened, for people.
    pub detail: String,
    /// What is wrong with each field.
    pub errors: Vec<FieldError>,
    /// Every reason, where there are several.
    pub reasons: Vec<Reason>,
}

/// What is wrong with a field.
#[derive(Clone, Debug, Deserialize)]
pub struct FieldError {
    /// Which.
    pub field: String,
    /// What.
    pub problem: String,
}

/// One reason of a refusal.
#[derive(Clone, Debug, Deserialize)]
pub struct Reason {
    /// Permanent name.
    pub code: String,
    /// For people.
    pub text: String,
}

impl Problem {
    /// Every reason, as sentences.
    pub fn sentences(&self) -> Vec<String> {
        let fields = self.errors.iter().map(|it| format!("{}: {}", it.field, it.problem));
        let reasons = self.reasons.iter().map(|it| it.text.clone());
        let all: Vec<_> = fields.chain(reasons).collect();
        if all.is_empty() { vec![self.detail.clone()] } else { all }
    }
}

/// Why an act did not come about.
#[derive(Debug, thiserror::Error)]
pub enum ApiTrouble {
    /// The service said no.
    #[error("{service} answers {who} at {step}: {} ({})", problem.sentences().join("; "), problem.code)]
    Problem {
        /// Which service.
        service: &'static str,
        /// Who asked.
        who: &'static str,
        /// For what.
        step: String,
        /// What it said.
        problem: Box<Problem>,
    },
    /// There was no answer.
    #[error("{service} does not answer; its log says why")]
    Silent {
        /// Which service.
        service: &'static str,
        /// What the network says.
        #[source]
        source: reqwest::Error,
    },
    /// The answer is not what it has to be.
    #[error("the answer of {service} to {step} cannot be read")]
    Unreadable {
        /// Which service.
        service: &'static str,
        /// For what.
        step: String,
        /// What is wrong with it.
        #[source]
        source: serde_json::Error,
    },
    /// There is no such service.
    #[error("{service} is not started")]
    NotStarted {
        /// Which service.
        service: &'static str,
    },
    /// Nobody can be signed in.
    #[error(transparent)]
    SignIn(#[from] SignInTrouble),
}

impl Deed {
    /// What somebody says for themselves.
    pub fn new(
        step: impl Into<String>,
        service: &'static str,
        path: impl Into<String>,
        body: Value,
    ) -> Self {
        Self { step: step.into(), service, path: path.into(), body, behalf: None }
    }

    /// The same, typed for someone else.
    #[must_use]
    pub fn typed_for(mut self, behalf: Behalf) -> Self {
        self.behalf = Some(behalf);
        self
    }
}

/// Speaks to the services.
pub struct Api {
    http: reqwest::Client,
    urls: BTreeMap<&'static str, String>,
    sign_in: Arc<SignIn>,
    clock: Clock,
    diary: Diary,
    seen: Mutex<BTreeMap<String, i64>>,
}

impl Api {
    /// To the services at these addresses.
    pub fn new(
        http: reqwest::Client,
        urls: BTreeMap<&'static str, String>,
        sign_in: Arc<SignIn>,
        clock: &Clock,
        diary: Diary,
    ) -> Self {
        Self { http, urls, sign_in, clock: clock.clone(), diary, seen: Mutex::default() }
    }

    /// Whether steps were taken on this data folder before.
    pub fn has_a_past(&self) -> bool {
        !self.diary.is_empty()
    }

    /// When a step was first done, if it was.
    pub fn done_at(&self, step: &str) -> Option<Timestamp> {
        self.diary.when(step)
    }

    /// Notes in the diary that something was done which is no command; when it was first done.
    pub fn note(&self, step: &str) -> Timestamp {
        self.note_at(step, self.clock.now())
    }

    /// The same, of something that was done at that time.
    pub fn note_at(&self, step: &str, at: Timestamp) -> Timestamp {
        self.diary.done(step, at)
    }

    /// Gives a command as a person.
    pub async fn give(&self, who: &Person, deed: Deed) -> Result<Accepted, ApiTrouble> {
        let Deed { step, service, path, body, behalf } = deed;
        let request = || {
            let mut request = self
                .request(Method::POST, who, service, &path)?
                .header("idempotency-key", &step)
                .json(&body);
            if let Some(behalf) = &behalf {
                request = request
                    .header("involvement-on-behalf-of", behalf.person.to_string())
                    .header("involvement-received-at", behalf.received_at.to_string())
                    .header("involvement-taken", behalf.came_by.name());
            }
            Ok(request)
        };
        let answer = ask_until_answered(service, request).await?;
        let mut accepted: Accepted = answer.read(service, who, &step)?;
        self.remember(&accepted.token);
        accepted.at = self.diary.done(&step, self.clock.now());
        Ok(accepted)
    }

    /// Reads a page as a person: one that shows everything this launcher has done on that service.
    pub async fn look<T: DeserializeOwned>(
        &self,
        who: &Person,
        service: &'static str,
        path: &str,
    ) -> Result<T, ApiTrouble> {
        let request = || {
            let request = self.request(Method::GET, who, service, path)?;
            Ok(match self.token_of(service) {
                Some(token) => request.header(TOKEN, token),
                None => request,
            })
        };
        ask_until_answered(service, request).await?.read(service, who, path)
    }

    fn request(
        &self,
        method: Method,
        who: &Person,
        service: &'static str,
        path: &str,
    ) -> Result<RequestBuilder, ApiTrouble> {
        let base = self.urls.get(service).ok_or(ApiTrouble::NotStarted { service })?;
        let request = self.http.request(method, format!("{base}{path}"));
        Ok(request.timeout(ANSWER_WITHIN).bearer_auth(self.sign_in.token(who)?))
    }

    fn remember(&self, token: &str) {
        let Some((source, position)) = token.split_once(':') else { return };
        let Ok(position) = position.parse::<i64>() else { return };
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let furthest = seen.entry(source.to_owned()).or_insert(position);
        *furthest = position.max(*furthest);
    }

    fn token_of(&self, service: &str) -> Option<String> {
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.get(service).map(|position| format!("{service}:{position}"))
    }
}

struct Answer {
    status: StatusCode,
    body: Vec<u8>,
}

impl Answer {
    fn problem(&self) -> Problem {
        let read = serde_json::from_slice(&self.body);
        read.unwrap_or_else(|_| Problem {
            status: self.status.as_u16(),
            code: format!("http.{}", self.status.as_u16()),
            detail: "The answer was no problem report.".to_owned(),
            ..Problem::default()
        })
    }

    /// Whether the same request is to be sent again.
    fn asks_to_come_back(&self) -> bool {
        match self.status {
            StatusCode::SERVICE_UNAVAILABLE | StatusCode::TOO_MANY_REQUESTS => true,
            StatusCode::CONFLICT => self.problem().code == "command.still_running",
            _ => false,
        }
    }

    fn read<T: DeserializeOwned>(
        self,
        service: &'static str,
        who: &Person,
        step: &str,
    ) -> Result<T, ApiTrouble> {
        let step = step.to_owned();
        if self.status.is_success() {
            return serde_json::from_slice(&self.body).map_err(|source| ApiTrouble::Unreadable {
                service,
                step,
                source,
            });
        }
        let problem = Box::new(self.problem());
        Err(ApiTrouble::Problem { service, who: who.name, step, problem })
    }
}

/// Sends a request until it is answered, for a bounded time. With its key, it is done once.
async fn ask_until_answered(
    service: &'static str,
    request: impl Fn() -> Result<RequestBuilder, ApiTrouble>,
) -> Result<Answer, ApiTrouble> {
    let until = Instant::now() + PATIENCE;
    let mut pause = pause::BRIEFLY;
    loop {
        let answered = sent(request()?).await;
        let is_late = Instant::now() >= until;
        match answered {
            Ok(answer) if is_late || !answer.asks_to_come_back() => return Ok(answer),
            Err(source) if is_late => return Err(ApiTrouble::Silent { service, source }),
            Ok(_) | Err(_) => {}
        }
        pause::before_asking_again(pause).await;
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}

async fn sent(request: RequestBuilder) -> Result<Answer, reqwest::Error> {
    let response = request.send().await?;
    Ok(Answer { status: response.status(), body: response.bytes().await?.into() })
}

/// Something to serialise as a body; what cannot be written as JSON is an empty one, which no service
/// takes for anything else.
pub fn body(said: &impl Serialize) -> Value {
    serde_json::to_value(said).unwrap_or_default()
}
