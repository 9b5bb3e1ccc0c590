//! The W3C trace context of a request: taken over where it is well-formed, made where there is
//! none, so that every event and every line of the log can be put together. Tells nothing of anyone.

use http::HeaderMap;
use http::request::Parts;
use uuid::Uuid;

/// Ties everything together that follows from one outside request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trace {
    traceparent: String,
    given: Option<String>,
}

impl Trace {
    /// The trace a request belongs to.
    pub fn of(headers: &HeaderMap) -> Self {
        let mut given = headers.get_all("traceparent").iter();
        match (given.next().and_then(|value| value.to_str().ok()), given.next()) {
            (Some(text), None) if is_well_formed(text) => Self::following(text),
            _ => Self::new(Uuid::now_v7()),
        }
    }

    /// The caller's trace and its flags, with a span of our own in it.
    fn following(given: &str) -> Self {
        let own = Self::new(Uuid::now_v7());
        let trace_id = given.get(3..35).unwrap_or_default();
        let flags = given.get(53..).unwrap_or_default();
        let traceparent = format!("00-{trace_id}-{}-{flags}", own.span_id());
        Self { traceparent, given: Some(given.to_owned()) }
    }

    /// The trace a request was put under when it came in.
    pub fn of_request(parts: &Parts) -> Self {
        parts.extensions.get().cloned().unwrap_or_else(|| Self::of(&parts.headers))
    }

    fn new(id: Uuid) -> Self {
        let trace_id = id.simple().to_string();
        // The second half of a UUIDv7 is random and, for its variant bits, never zero.
        let parent_id = trace_id.get(16..).unwrap_or("0000000000000001");
        Self { traceparent: format!("00-{trace_id}-{parent_id}-00"), given: None }
    }

    /// As it travels: in headers, and in the metadata of events.
    pub fn traceparent(&self) -> &str {
        &self.traceparent
    }

    /// What the caller handed on, where that was well-formed.
    pub(crate) fn given(&self) -> Option<&str> {
        self.given.as_deref()
    }

    /// The id of the request's own span: what follows from the request follows from it.
    pub(crate) fn span_id(&self) -> &str {
        self.traceparent.get(36..52).unwrap_or_default()
    }

    /// The trace's own id, 32 hexadecimal digits.
    pub fn id(&self) -> &str {
        self.traceparent.get(3..35).unwrap_or_default()
    }
}

/// Version 00 alone: later versions may carry more, which nobody here would understand.
fn is_well_formed(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let [version, trace_id, parent_id, flags] = parts.as_slice() else { return false };
    *version == "00"
        && is_hex(trace_id, 32)
        && is_hex(parent_id, 16)
        && is_hex(flags, 2)
        && trace_id.bytes().any(|byte| byte != b'0')
        && parent_id.bytes().any(|byte| byte != b'0')
}

fn is_hex(text: &str, digits: usize) -> bool {
    text.len() == digits
        && text.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
}

#[cfg(test)]
mod tests {
    use http::HeaderMap;

    use super::{Trace, is_well_formed};

    const GIVEN: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    #[test]
    fn a_well_formed_trace_is_taken_over_with_a_span_of_our_own_in_it() {
        let mut headers = HeaderMap::new();
        headers.insert("traceparent", GIVEN.parse().unwrap());
        let trace = Trace::of(&headers);
        assert_eq!(trace.given(), Some(GIVEN));
        assert!(is_well_formed(trace.traceparent()), "{}", trace.traceparent());
        assert!(trace.traceparent().contains(trace.span_id()));
        assert!(!GIVEN.contains(trace.span_id()));
        assert!(trace.traceparent().ends_with("-01"), "the caller's flags");
        assert_eq!(trace.id(), "4bf92f3577b34da6a3ce929d0e0e4736");
    }

    #[test]
    fn anything_else_is_replaced_by_a_trace_of_our_own() {
        for bad in ["Jane", "", "00-0-0-00", &GIVEN.to_uppercase(), &format!("{GIVEN}-more")] {
            let mut headers = HeaderMap::new();
            headers.insert("traceparent", bad.parse().unwrap());
            let trace = Trace::of(&headers);
            assert_ne!(trace.traceparent(), bad);
            assert!(is_well_formed(trace.traceparent()), "{}", trace.traceparent());
        }
    }
}
