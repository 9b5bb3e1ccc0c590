//! Speaks HTTP to a service as a person, the way anyone outside would.

use reqwest::header::HeaderMap;
use reqwest::{Method, RequestBuilder};
use serde_json::Value;

use crate::issuer::Person;
use crate::lines;

/// A service's address.
#[derive(Clone, Debug)]
pub struct Http {
    base: String,
    client: reqwest::Client,
}

/// An answer, read whole.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body, byte for byte.
    pub text: String,
    /// Its body as JSON; null where it is none.
    pub json: Value,
}

impl Answer {
    /// The id of what a command was carried out on.
    pub fn id(&self) -> String {
        self.json["id"].as_str().unwrap_or_default().to_owned()
    }

    /// The problem's permanent name.
    pub fn code(&self) -> &str {
        self.json["code"].as_str().unwrap_or_default()
    }

    /// What a later read waits for.
    pub fn token(&self) -> String {
        self.json["token"].as_str().unwrap_or_default().to_owned()
    }

    /// This answer, which must have the status.
    #[expect(clippy::return_self_not_must_use, reason = "often the status is all that matters")]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", self.text);
        self
    }
}

impl Http {
    /// For the service that listens at this address.
    pub fn to(address: std::net::SocketAddr) -> Self {
        let client = reqwest::Client::builder()
            .no_proxy()
            .tls_certs_only([])
            .build()
            .expect("a client without TLS can be made");
        Self { base: format!("http://{address}"), client }
    }

    /// A request to be completed and sent by hand.
    pub fn request(&self, method: Method, who: Option<&Person>, path: &str) -> RequestBuilder {
        let request = self.client.request(method, format!("{}{path}", self.base));
        match who {
            Some(person) => request.bearer_auth(&person.token),
            None => request,
        }
    }

    /// Gives a command under a key.
    pub async fn post(&self, who: &Person, path: &str, key: &str, body: &Value) -> Answer {
        lines::sent(body);
        let request = self.request(Method::POST, Some(who), path);
        send(request.header("idempotency-key", key).json(body)).await
    }

    /// Reads, after what the token stands for.
    pub async fn get(&self, who: Option<&Person>, path: &str, token: &str) -> Answer {
        let mut request = self.request(Method::GET, who, path);
        if !token.is_empty() {
            request = request.header("involvement-token", token);
        }
        send(request).await
    }
}

/// Sends a request and reads its answer whole. No problem may repeat what anybody sent.
pub async fn send(request: RequestBuilder) -> Answer {
    let response = request.send().await.expect("the service answers");
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    let text = response.text().await.expect("the answer can be read");
    if status >= 400 {
        assert_eq!(lines::found_in(&text), None, "a problem repeats nothing: {text}");
    }
    let json = serde_json::from_str(&text).unwrap_or(Value::Null);
    Answer { status, headers, text, json }
}
