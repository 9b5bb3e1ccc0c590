//! Who may: a service's table, which people can read, measured against the running service. Every
//! route, every role and every relation has its line; nothing here looks at the service's own rules
//! to learn what to expect.

mod cast;
mod table;
mod whole;

use reqwest::Method;
use serde_json::Value;
use sqlx::PgPool;
use uuid::Uuid;

use crate::http::{Answer, Http, send};
use crate::issuer::Person;

pub use cast::cast;
pub use table::{Block, Expected, Table};
pub use whole::lacking;

/// A version that nothing has: whoever is let in with it is told so, and nothing changes.
const NO_VERSION: &str = "\"999999\"";

/// Someone who asks, in one relation to the thing.
#[derive(Clone, Debug)]
pub struct Who {
    /// As the table names them.
    pub name: &'static str,
    /// As whom they are signed in; nobody without.
    pub person: Option<Person>,
    /// The one role they were granted, if any.
    pub role: Option<web::Role>,
    /// What they say besides: for whom they act, and how it came to them.
    pub headers: Vec<(&'static str, String)>,
}

impl Who {
    /// Someone signed in, for themselves.
    pub fn signed_in(name: &'static str, person: Person) -> Self {
        Self { name, person: Some(person), role: None, headers: Vec::new() }
    }
}

/// What is asked of a route.
#[derive(Clone, Debug)]
pub struct Asked {
    /// The address of something that is there.
    pub path: String,
    /// The same of something that is not; without ids there is none.
    pub of_nothing: Option<String>,
    /// What is said; valid for whoever may say it.
    pub body: Option<Value>,
}

impl Asked {
    /// The template with its ids filled in. Ids that are not given stay out of what is not there.
    pub fn of(template: &str, ids: &[(&str, String)], body: Option<Value>) -> Self {
        let (mut path, mut of_nothing) = (template.to_owned(), template.to_owned());
        for (name, id) in ids {
            let place = format!("{{{name}}}");
            path = path.replace(&place, id);
            let other =
                if id.parse::<Uuid>().is_ok() { Uuid::now_v7().to_string() } else { id.clone() };
            of_nothing = of_nothing.replace(&place, &other);
        }
        let of_nothing = (of_nothing != path).then_some(of_nothing);
        Self { path, of_nothing, body }
    }
}

/// Something secret, by the name the table gives it, as it would be seen.
pub type Canary<'a> = (&'static str, &'a str);

/// Everything a measurement needs.
pub struct Measurement<'a> {
    /// The running service.
    pub http: &'a Http,
    /// Its database.
    pub pool: &'a PgPool,
    /// What is expected.
    pub table: &'a Table,
    /// Everyone who asks.
    pub cast: &'a [Who],
    /// What is not everybody's to see.
    pub canaries: &'a [Canary<'a>],
}

impl Measurement<'_> {
    /// Asks everything as everyone, first whatever is to be denied; every answer that is not as the
    /// table says, and every event that somebody left who was denied.
    pub async fn differences(&self, asked: impl Fn(&Block) -> Asked) -> Vec<String> {
        let asked: Vec<(&Block, Asked)> =
            self.table.blocks.iter().map(|block| (block, asked(block))).collect();
        let mut differences = Vec::new();
        let before = self.n_events().await;
        for denied in [true, false] {
            for (block, asked) in &asked {
                for who in self.cast {
                    let expected = block.expected(who.name);
                    if expected.is_denied() == denied {
                        self.measure(block, asked, who, &expected, &mut differences).await;
                    }
                }
            }
            let after = self.n_events().await;
            if denied && after != before {
                differences.push(format!("the denied left {} events", after - before));
            }
        }
        differences
    }

    async fn measure(
        &self,
        block: &Block,
        asked: &Asked,
        who: &Who,
        expected: &Expected,
        differences: &mut Vec<String>,
    ) {
        let mut differ = |what: String| {
            differences.push(format!("{block} as {}: {what}", who.name));
        };
        let answer = self.ask(block, who, expected, &asked.path, asked.body.as_ref()).await;
        if !expected.is_met_by(&answer) {
            differ(format!("{expected} was expected, and came {} {}", answer.status, answer.text));
        }
        for (name, value) in self.canaries {
            let (is_shown, may) = (answer.text.contains(value), block.shows(name, who.name));
            if is_shown && (!may || expected.is_denied()) {
                differ(format!("is shown {name}"));
            } else if may && !is_shown && !expected.is_denied() {
                differ(format!("is not shown {name}: {}", answer.text));
            }
        }
        if let Some(path) = &asked.of_nothing
            && expected.is_denied()
            && !block.existence_is_no_secret
        {
            let nothing = self.ask(block, who, expected, path, asked.body.as_ref()).await;
            if (nothing.status, &nothing.text) != (answer.status, &answer.text) {
                differ(format!("can tell that it exists: {} of nothing", nothing.status));
            }
        }
    }

    async fn ask(
        &self,
        block: &Block,
        who: &Who,
        expected: &Expected,
        path: &str,
        body: Option<&Value>,
    ) -> Answer {
        let method = Method::from_bytes(block.method.as_bytes()).expect("it is a method");
        let is_command = method != Method::GET;
        let mut request = self.http.request(method, who.person.as_ref(), path);
        for (name, value) in &who.headers {
            request = request.header(*name, value);
        }
        if is_command {
            request = request.header("idempotency-key", Uuid::now_v7().to_string());
            if matches!(expected, Expected::May) {
                request = request.header("if-match", NO_VERSION);
            }
        }
        send(match body {
            Some(body) => request.json(body),
            None => request,
        })
        .await
    }

    async fn n_events(&self) -> i64 {
        let counted = sqlx::query_scalar("select count(*) from log.event").fetch_one(self.pool);
        counted.await.expect("the log can be counted")
    }
}
