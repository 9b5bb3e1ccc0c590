//! Somebody who keeps writing: types people in, whatever else is going on, and asks again under the same
//! key until there is an answer.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use eventstore::Clock;
use involvement::pause;
use jiff::Timestamp;
use reqwest::{Client, StatusCode};
use serde_json::{Value, json};

use crate::world::{Place, Told, Up};

const ANSWER_WITHIN: Duration = Duration::from_secs(20);

#[derive(Clone)]
pub struct Clerk {
    http: Client,
    recruitment: String,
    token: String,
    /// When everybody rang.
    rang_at: Timestamp,
    n_typed: Arc<AtomicUsize>,
}

impl Clerk {
    pub fn of(place: &Place, up: &Up) -> Told<Self> {
        let addresses = up.addresses();
        let recruitment = addresses.into_iter().find(|(name, _)| name == "recruitment");
        let token = std::fs::read_to_string(place.path().join("data/tokens/tom.whitlock"))?;
        Ok(Self {
            http: Client::builder().no_proxy().tls_certs_only([]).build()?,
            recruitment: recruitment.ok_or("recruitment is not up")?.1,
            token: token.trim().to_owned(),
            rang_at: Clock::machine().now(),
            n_typed: Arc::default(),
        })
    }

    /// How many people were typed in.
    pub fn n_typed(&self) -> usize {
        self.n_typed.load(Ordering::SeqCst)
    }

    /// Types so many people in, one after the other.
    pub async fn types_in(&self, name: &str, people: usize) -> Told<()> {
        for n in 0..people {
            let key = format!("{name}-{n}");
            while !self.types_one_in(&key).await? {
                pause::before_asking_again(pause::BRIEFLY).await;
            }
            self.n_typed.fetch_add(1, Ordering::SeqCst);
        }
        Ok(())
    }

    /// The list of people, as it is given to a coordinator.
    pub async fn reads_all(&self) -> Told<String> {
        let asked = self.http.get(format!("{}/v1/people", self.recruitment));
        let answer = asked.bearer_auth(&self.token).timeout(ANSWER_WITHIN).send().await?;
        Ok(answer.error_for_status()?.text().await?)
    }

    /// Whether it was answered; whatever cannot be done now is asked again.
    async fn types_one_in(&self, key: &str) -> Told<bool> {
        let asked = self
            .http
            .post(format!("{}/v1/people/typed-in", self.recruitment))
            .bearer_auth(&self.token)
            .header("idempotency-key", key)
            .timeout(ANSWER_WITHIN)
            .json(&said(key, self.rang_at));
        let Ok(answer) = asked.send().await else { return Ok(false) };
        let status = answer.status();
        let busy = [StatusCode::SERVICE_UNAVAILABLE, StatusCode::TOO_MANY_REQUESTS];
        if status.is_success() {
            Ok(true)
        } else if busy.contains(&status) {
            Ok(false)
        } else {
            Err(format!("{key}: {status} {}", answer.text().await?).into())
        }
    }
}

fn said(key: &str, rang_at: Timestamp) -> Value {
    json!({ "taken": "phone", "received_at": rang_at, "registration": {
        "name": format!("Somebody {key}"),
        "how_to_reach": { "channel": "email", "address": format!("{key}@example.org") },
        "preferences": { "interests": ["research"], "localities": ["Bristol"],
            "constituencies": ["carer"], "digest": "at_once" },
        "age": { "band": "adult" },
        "consents": { "opportunity_news": "2026-1" },
        "privacy_notice_version": "2026-1",
    } })
}
