//! What comes of a command, as HTTP. A repeat gets the same status, the same headers and the same
//! body, byte for byte.

use axum::Json;
use axum::response::{IntoResponse, Response};
use eventstore::{Outcome, Receipt};
use http::header::{ETAG, LOCATION};
use http::{HeaderValue, StatusCode};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::edge::Edge;
use crate::problem::{Problem, TOKEN_HEADER};

/// A command was carried out, or had been fulfilled before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Accepted {
    /// What it was carried out on.
    pub id: Uuid,
    /// Its version now; send it as `If-Match` with a command that must not meet another.
    pub version: i64,
    /// Send it as `Involvement-Token` with a read that must show this.
    #[schema(example = "recruitment:4711")]
    pub token: String,
}

impl Edge {
    /// The answer to a command.
    pub fn answer(&self, outcome: Outcome) -> Response {
        match outcome {
            Ok(receipt) => self.answer_receipt(receipt),
            Err(failure) => Problem::from(failure).into_response(),
        }
    }

    fn answer_receipt(&self, receipt: Receipt) -> Response {
        let token = format!("{}:{}", self.service(), receipt.position);
        if let Some(refused) = receipt.refusal {
            return Problem::refused(refused).with_token(token).into_response();
        }
        let is_new = receipt.from_version == 0 && receipt.version > 0;
        let status = if is_new { StatusCode::CREATED } else { StatusCode::OK };
        let location = if is_new { self.location(&receipt.stream) } else { None };
        let accepted =
            Accepted { id: receipt.stream.id, version: receipt.version, token: token.clone() };
        let mut response = (status, Json(accepted)).into_response();
        let headers = response.headers_mut();
        let etag = format!("\"{}\"", receipt.version);
        for (name, value) in [
            (ETAG.as_str(), Some(etag)),
            (TOKEN_HEADER, Some(token)),
            (LOCATION.as_str(), location),
        ] {
            if let Some(value) = value.and_then(|value| HeaderValue::try_from(value).ok()) {
                headers.insert(name, value);
            }
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use eventstore::{Clock, Reason, Receipt, Refused, StreamId};
    use uuid::Uuid;

    use crate::fixture::{Answer, edge};
    use crate::token::issuer::NOW;

    fn receipt(from_version: i64, version: i64) -> Receipt {
        Receipt {
            stream: StreamId::new("thing", Uuid::nil()),
            from_version,
            version,
            position: 41,
            refusal: None,
            repeated: false,
        }
    }

    async fn answer(receipt: Receipt) -> Answer {
        Answer::of(edge(Clock::standing_at(NOW)).answer(Ok(receipt))).await
    }

    #[tokio::test]
    async fn what_is_new_is_a_201_with_its_address() {
        let answer = answer(receipt(0, 2)).await;
        assert_eq!(answer.status, 201);
        let expected =
            r#"{"id":"00000000-0000-0000-0000-000000000000","version":2,"token":"things:41"}"#;
        assert_eq!(answer.body, expected);
        assert_eq!(answer.headers["etag"], "\"2\"");
        assert_eq!(answer.headers["involvement-token"], "things:41");
        let address = "/v1/things/00000000-0000-0000-0000-000000000000";
        assert_eq!(answer.headers["location"], address);
    }

    #[tokio::test]
    async fn what_was_there_is_a_200_changed_or_not() {
        for (from_version, version) in [(2, 3), (2, 2), (0, 0)] {
            let answer = answer(receipt(from_version, version)).await;
            assert_eq!(answer.status, 200);
            assert!(answer.headers.get("location").is_none());
        }
    }

    #[tokio::test]
    async fn a_repeat_gets_the_same_answer_in_every_byte() {
        let refusal = Refused { code: "a".to_owned(), text: "B.".to_owned(), reasons: Vec::new() };
        for first in
            [receipt(0, 1), receipt(3, 4), Receipt { refusal: Some(refusal), ..receipt(0, 0) }]
        {
            let once = answer(first.clone()).await;
            let again = answer(Receipt { repeated: true, ..first }).await;
            assert_eq!(
                (once.status, once.headers, once.body),
                (again.status, again.headers, again.body)
            );
        }
    }

    #[tokio::test]
    async fn a_refusal_is_a_409_in_the_rules_own_words_with_every_reason() {
        let refusal = Refused {
            code: "thing.kept_already".to_owned(),
            text: "This thing is kept already.".to_owned(),
            reasons: vec![Reason {
                code: "thing.mine".to_owned(),
                text: "It is yours.".to_owned(),
            }],
        };
        let answer = answer(Receipt { refusal: Some(refusal), ..receipt(1, 1) }).await;
        assert_eq!((answer.status, answer.code().as_str()), (409, "thing.kept_already"));
        assert_eq!(answer.headers["involvement-token"], "things:41");
        let body: serde_json::Value = serde_json::from_str(&answer.body).unwrap();
        assert_eq!(body["type"], "urn:involvement:problem:thing.kept_already");
        assert_eq!(body["detail"], "This thing is kept already.");
        assert_eq!(body["reasons"][0]["code"], "thing.mine");
    }
}
