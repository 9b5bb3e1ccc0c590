//! A message on the wire: `CloudEvents` 1.0 in binary mode. Attributes are headers, the payload is
//! the body alone, and what orders the stream travels as extensions.

use std::str::FromStr;

use async_nats::HeaderMap;
use async_nats::header::NATS_MESSAGE_ID;

use super::{Fact, Mark};

/// Why a message could not be understood.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Malformed {
    /// A header is not there.
    #[error("header {0} is missing")]
    Missing(&'static str),
    /// A header does not hold what it promises.
    #[error("header {0} does not hold what it promises")]
    Unparsable(&'static str),
    /// The body is not text.
    #[error("the body is not UTF-8")]
    Body,
    /// It names another publisher than the stream it came in.
    #[error("it does not come from the service whose stream it came in")]
    Source,
}

const SPECVERSION: &str = "ce-specversion";
const ID: &str = "ce-id";
const SOURCE: &str = "ce-source";
const TYPE: &str = "ce-type";
const SUBJECT: &str = "ce-subject";
const TIME: &str = "ce-time";
const DATACONTENTTYPE: &str = "ce-datacontenttype";
const LOG_ID: &str = "ce-logid";
const POSITION: &str = "ce-position";
const ORDINAL: &str = "ce-ordinal";
const ORDINALS: &str = "ce-ordinals";
const PREVIOUS_POSITION: &str = "ce-previousposition";
const PREVIOUS_ORDINAL: &str = "ce-previousordinal";
const STREAM_VERSION: &str = "ce-streamversion";
const CHAIN_HASH: &str = "ce-chainhash";
const CORRELATION_ID: &str = "ce-correlationid";
const CAUSATION_ID: &str = "ce-causationid";
const TRACEPARENT: &str = "traceparent";

impl Fact {
    /// The headers under which it is published.
    pub(crate) fn headers(&self) -> HeaderMap {
        let mut headers = self.attributes();
        headers.insert(NATS_MESSAGE_ID, self.id.to_string());
        headers
    }

    /// The same without the id by which the server itself knows a message again.
    pub(crate) fn attributes(&self) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(SPECVERSION, "1.0");
        headers.insert(ID, self.id.to_string());
        headers.insert(SOURCE, self.service.as_str());
        headers.insert(TYPE, self.name.as_str());
        headers.insert(SUBJECT, format!("{}/{}", self.stream_type, self.stream_id));
        headers.insert(TIME, self.occurred_at.to_string());
        headers.insert(DATACONTENTTYPE, "application/json");
        headers.insert(LOG_ID, self.log_id.to_string());
        headers.insert(POSITION, self.mark.position.to_string());
        headers.insert(ORDINAL, self.mark.ordinal.to_string());
        headers.insert(ORDINALS, self.ordinals.to_string());
        headers.insert(PREVIOUS_POSITION, self.previous.position.to_string());
        headers.insert(PREVIOUS_ORDINAL, self.previous.ordinal.to_string());
        headers.insert(STREAM_VERSION, self.stream_version.to_string());
        headers.insert(CHAIN_HASH, self.chain_hash.as_str());
        headers.insert(CORRELATION_ID, self.correlation_id.to_string());
        headers.insert(CAUSATION_ID, self.event_id.to_string());
        if let Some(traceparent) = &self.traceparent {
            headers.insert(TRACEPARENT, traceparent.as_str());
        }
        headers
    }

    /// The message that came under these headers.
    pub(crate) fn from_wire(headers: &HeaderMap, payload: &[u8]) -> Result<Self, Malformed> {
        let (stream_type, stream_id) =
            text(headers, SUBJECT)?.split_once('/').ok_or(Malformed::Unparsable(SUBJECT))?;
        Ok(Self {
            id: parsed(headers, ID)?,
            name: text(headers, TYPE)?.to_owned(),
            service: text(headers, SOURCE)?.to_owned(),
            log_id: parsed(headers, LOG_ID)?,
            mark: Mark { position: parsed(headers, POSITION)?, ordinal: parsed(headers, ORDINAL)? },
            ordinals: parsed(headers, ORDINALS)?,
            previous: Mark {
                position: parsed(headers, PREVIOUS_POSITION)?,
                ordinal: parsed(headers, PREVIOUS_ORDINAL)?,
            },
            stream_type: stream_type.to_owned(),
            stream_id: stream_id.parse().map_err(|_| Malformed::Unparsable(SUBJECT))?,
            stream_version: parsed(headers, STREAM_VERSION)?,
            chain_hash: text(headers, CHAIN_HASH)?.to_owned(),
            occurred_at: parsed(headers, TIME)?,
            correlation_id: parsed(headers, CORRELATION_ID)?,
            event_id: parsed(headers, CAUSATION_ID)?,
            traceparent: headers.get(TRACEPARENT).map(|value| value.as_str().to_owned()),
            body: std::str::from_utf8(payload).map_err(|_| Malformed::Body)?.to_owned(),
        })
    }
}

fn text<'a>(headers: &'a HeaderMap, name: &'static str) -> Result<&'a str, Malformed> {
    headers.get(name).map(async_nats::HeaderValue::as_str).ok_or(Malformed::Missing(name))
}

fn parsed<T: FromStr>(headers: &HeaderMap, name: &'static str) -> Result<T, Malformed> {
    text(headers, name)?.parse().map_err(|_| Malformed::Unparsable(name))
}

#[cfg(test)]
mod tests {
    use super::super::samples::fact;
    use super::{Fact, Malformed, Mark, POSITION, TYPE};

    #[test]
    fn a_fact_comes_back_from_the_wire_as_it_was_published() {
        let mut sent = fact(Mark { position: 9, ordinal: 2 }, Mark { position: 9, ordinal: 1 });
        sent.ordinals = 3;
        sent.traceparent =
            Some("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01".to_owned());
        sent.body = r#"{"words":"née"}"#.to_owned();
        let heard = Fact::from_wire(&sent.headers(), sent.body.as_bytes()).unwrap();
        assert_eq!(heard, sent);
    }

    #[test]
    fn a_message_of_somebody_else_is_not_understood() {
        let mut headers = fact(Mark { position: 9, ordinal: 1 }, Mark::START).headers();
        headers.insert(POSITION, "nine");
        assert_eq!(Fact::from_wire(&headers, b"{}"), Err(Malformed::Unparsable(POSITION)));
        assert_eq!(
            Fact::from_wire(&async_nats::HeaderMap::new(), b"{}").unwrap_err(),
            Malformed::Missing(super::SUBJECT)
        );
        headers.insert(POSITION, "9");
        headers.insert(TYPE, "opportunity.opened.v1");
        assert_eq!(Fact::from_wire(&headers, &[0xff]), Err(Malformed::Body));
    }
}
