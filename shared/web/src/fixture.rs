//! A small service for this crate's own tests: one room, a few routes, an issuer on this machine,
//! and a database that is never there.

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::body::Body as Stream;
use axum::extract::{FromRef, State};
use axum::response::Response;
use contracts::PersonId;
use contracts::id::OpportunityId;
use cqrs_es::event_sink::EventSink;
use cqrs_es::{Aggregate, DomainEvent};
use eventstore::{
    Asked, Clock, Committer, Executor, KeyChange, Refusal, Room, TimerChange, UniqueKey,
};
use http::{HeaderMap, Request, StatusCode, Uri};
use serde::{Deserialize, Serialize};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::ServiceExt;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::token::issuer::{Issuer, NOW};
use crate::{
    Access, AccessRule, AccessTable, Address, Ask, Body, Edge, FieldError, Figures, House,
    Identities, Limits, OnBehalf, Permit, Query, Readiness, Role, RoleClaim, finish, text,
};

pub(crate) const ANA: PersonId = PersonId::new(uuid::Uuid::from_u128(0xa0a));
/// What a person might have typed; no answer and no line of the log may hold it.
pub(crate) const PRIVATE: &str = "Jane-Doe-of-High-Street";

#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Kept;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) enum Event {
    #[serde(rename = "thing.kept.v1")]
    Kept {},
}

#[derive(Debug, thiserror::Error)]
#[error("This thing is kept already.")]
pub(crate) struct KeptAlready;

impl Refusal for KeptAlready {
    fn code(&self) -> &'static str {
        "thing.kept_already"
    }
}

impl DomainEvent for Event {
    fn event_type(&self) -> String {
        "thing.kept.v1".to_owned()
    }
    fn event_version(&self) -> String {
        "1".to_owned()
    }
}

impl Aggregate for Kept {
    const TYPE: &'static str = "thing";
    type Command = Asked<()>;
    type Event = Event;
    type Error = KeptAlready;
    type Services = ();

    async fn handle(
        &mut self,
        _: Asked<()>,
        (): &(),
        sink: &EventSink<Self>,
    ) -> Result<(), KeptAlready> {
        sink.write(Event::Kept {}, self).await;
        Ok(())
    }
    fn apply(&mut self, _: Event) {}
}

impl Room for Kept {
    type Ask = ();
    fn timers(_: &Event) -> Vec<TimerChange> {
        Vec::new()
    }
    fn unique_keys(_: &Event) -> Vec<KeyChange> {
        Vec::new()
    }
    fn taken(_: &UniqueKey) -> KeptAlready {
        KeptAlready
    }
    fn due(_: &str) -> Option<()> {
        None
    }
}

#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Keep {
    pub(crate) title: String,
}

impl Body for Keep {
    const BYTES_MAX: usize = 1024;
    fn malformed(&self) -> Vec<FieldError> {
        let mut errors = Vec::new();
        text::line("title", &self.title, 20, &mut errors);
        errors
    }
}

pub(crate) static TABLE: AccessTable = AccessTable(&[
    rule("GET", "/v1/open", &[Role::Visitor]),
    rule("GET", "/v1/mine", &[Role::Involvee]),
    rule("GET", "/v1/staff", &[Role::Coordinator]),
    rule("GET", "/v1/things/{thing}", &[Role::Involvee]),
    rule("GET", "/v1/panics", &[Role::Involvee]),
    rule("GET", "/v1/waits", &[Role::Involvee]),
    AccessRule {
        method: "POST",
        path: "/v1/things",
        roles: &[Role::Involvee],
        on_behalf: OnBehalf::StaffOrSupporter,
    },
]);

const fn rule(method: &'static str, path: &'static str, roles: &'static [Role]) -> AccessRule {
    AccessRule { method, path, roles, on_behalf: OnBehalf::Never }
}

#[derive(Clone)]
pub(crate) struct Here {
    edge: Edge,
    gate: Arc<Notify>,
    waiting: Arc<Notify>,
}

impl FromRef<Here> for Edge {
    fn from_ref(here: &Here) -> Self {
        here.edge.clone()
    }
}

#[derive(Deserialize, utoipa::IntoParams)]
struct Wanted {
    first: Option<u8>,
}

#[utoipa::path(get, path = "/v1/open")]
async fn open(permit: Option<Permit>) -> Json<bool> {
    Json(permit.is_some())
}

#[utoipa::path(get, path = "/v1/mine")]
async fn mine(permit: Permit) -> Json<PersonId> {
    Json(permit.caller.person)
}

#[utoipa::path(get, path = "/v1/staff", params(Wanted))]
async fn staff(Query(wanted): Query<Wanted>) -> Json<Option<u8>> {
    Json(wanted.first)
}

#[utoipa::path(get, path = "/v1/things/{thing}", params(("thing" = OpportunityId, Path)))]
async fn thing(Address(thing): Address<OpportunityId>) -> (StatusCode, String) {
    (StatusCode::BAD_REQUEST, format!("{PRIVATE} {thing}"))
}

#[utoipa::path(get, path = "/v1/panics")]
async fn panics() -> StatusCode {
    panic!("{PRIVATE}")
}

#[utoipa::path(get, path = "/v1/waits")]
async fn waits(State(here): State<Here>) -> StatusCode {
    here.waiting.notify_one();
    here.gate.notified().await;
    StatusCode::OK
}

#[utoipa::path(get, path = "/v1/forgotten")]
async fn forgotten() -> StatusCode {
    StatusCode::OK
}

#[utoipa::path(post, path = "/v1/things", request_body = Keep)]
async fn keep(Ask { body: _, call }: Ask<Keep>) -> Response {
    let thing: OpportunityId = call.new_id("thing");
    call.execute::<Kept>(thing.uuid(), ()).await
}

pub(crate) fn routes() -> OpenApiRouter<Here> {
    OpenApiRouter::new()
        .routes(routes!(open))
        .routes(routes!(mine))
        .routes(routes!(staff))
        .routes(routes!(thing))
        .routes(routes!(panics))
        .routes(routes!(waits))
        .routes(routes!(keep))
}

/// An edge whose database is not there.
pub(crate) fn edge(clock: Clock) -> Edge {
    let nowhere = PgConnectOptions::new().host("127.0.0.1").port(1).username("nobody");
    let pool = PgPoolOptions::new()
        .acquire_timeout(Duration::from_millis(20))
        .connect_lazy_with(nowhere.clone());
    let (tasks, stop) = (TaskTracker::new(), CancellationToken::new());
    let committer = Committer::start(nowhere, clock.clone(), &tasks, stop);
    let executor = Executor::new(pool, committer, clock, "test");
    Edge::new(executor, "things", &[7; 32], &[("thing", "/v1/things")])
}

pub(crate) struct World {
    pub(crate) issuer: Issuer,
    pub(crate) app: axum::Router,
    pub(crate) readiness: Readiness,
    /// Lets the route that waits go on.
    pub(crate) gate: Arc<Notify>,
    /// Told when the route that waits has begun to.
    pub(crate) waiting: Arc<Notify>,
}

/// An answer, read whole.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn code(&self) -> String {
        assert_eq!(self.headers["content-type"], "application/problem+json", "{self:?}");
        assert!(!self.body.contains(PRIVATE), "{self:?}");
        let body: serde_json::Value = serde_json::from_str(&self.body).unwrap();
        assert_eq!(body["status"], self.status);
        assert!(["title", "detail"].iter().all(|name| !body[name].as_str().unwrap().is_empty()));
        body["code"].as_str().unwrap().to_owned()
    }

    pub(crate) async fn of(response: Response) -> Self {
        let (parts, body) = response.into_parts();
        let bytes = axum::body::to_bytes(body, usize::MAX).await.unwrap();
        Self {
            status: parts.status.as_u16(),
            headers: parts.headers,
            body: String::from_utf8(bytes.to_vec()).unwrap(),
        }
    }
}

impl World {
    pub(crate) async fn new() -> Self {
        Self::with(Limits::default()).await
    }

    pub(crate) async fn with(limits: Limits) -> Self {
        let issuer = Issuer::start().await;
        let clock = Clock::standing_at(NOW);
        let readiness = Readiness::default();
        let (gate, waiting) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
        let access = Access {
            table: TABLE,
            verifier: issuer.verifier(&clock),
            identities: Identities::own(),
        };
        let (readiness_too, figures) = (readiness.clone(), Figures::default());
        let house = House { service: "things", access, readiness: readiness_too, limits, figures };
        let (open, begun) = (Arc::clone(&gate), Arc::clone(&waiting));
        let here = Here { edge: edge(clock), gate: open, waiting: begun };
        let app = finish(routes().routes(routes!(forgotten)), here, house);
        Self { issuer, app, readiness, gate, waiting }
    }

    /// A request by someone with these roles.
    pub(crate) fn request(&self, method: &str, path: &str, roles: &[RoleClaim]) -> Asking {
        let token = self.issuer.token("me", roles);
        Asking(
            Request::builder()
                .method(method)
                .uri(path.parse::<Uri>().unwrap())
                .header("authorization", format!("Bearer {token}")),
        )
    }

    pub(crate) async fn send(&self, request: Request<Stream>) -> Answer {
        Answer::of(self.app.clone().oneshot(request).await.unwrap()).await
    }

    pub(crate) async fn get(&self, path: &str, roles: &[RoleClaim]) -> Answer {
        self.send(self.request("GET", path, roles).empty()).await
    }
}

pub(crate) struct Asking(http::request::Builder);

impl Asking {
    pub(crate) fn with(self, name: &str, value: &str) -> Self {
        Self(self.0.header(name, value))
    }

    pub(crate) fn empty(self) -> Request<Stream> {
        self.0.body(Stream::empty()).unwrap()
    }

    pub(crate) fn json(self, body: impl Into<Stream>) -> Request<Stream> {
        self.0.header("content-type", "application/json").body(body.into()).unwrap()
    }

    pub(crate) fn body(self, body: impl Into<Stream>) -> Request<Stream> {
        self.0.body(body.into()).unwrap()
    }
}
