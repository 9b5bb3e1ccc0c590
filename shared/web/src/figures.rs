//! What an edge counts and measures of requests: how many, how they ended, how long they took. A route
//! is told as its template, so no id and nothing anybody wrote can stand in it.

use std::time::Duration;

use http::StatusCode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

/// From what a read takes to the longest that a request may.
const SECONDS: [f64; 11] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 2.5, 10.0];

type Answered = [(&'static str, String); 3];
type Asked = [(&'static str, String); 2];

/// The figures of one edge. Clones count together.
#[derive(Clone, Debug)]
pub struct Figures {
    answered: Family<Answered, Counter>,
    took: Family<Asked, Histogram, fn() -> Histogram>,
}

impl Default for Figures {
    fn default() -> Self {
        let times: fn() -> Histogram = || Histogram::new(SECONDS);
        Self { answered: Family::default(), took: Family::new_with_constructor(times) }
    }
}

impl Figures {
    /// Has them told under their names.
    pub fn register(&self, registry: &mut Registry) {
        registry.register(
            "involvement_requests_answered",
            "Requests by route and by the class of the answer's status",
            self.answered.clone(),
        );
        registry.register_with_unit(
            "involvement_request_duration",
            "Time from a request's head to its answer",
            Unit::Seconds,
            self.took.clone(),
        );
    }

    pub(crate) fn answered(
        &self,
        method: &'static str,
        route: String,
        status: StatusCode,
        took: Duration,
    ) {
        // Whoever tries every method at every route makes no series of each.
        let is_none = status == StatusCode::METHOD_NOT_ALLOWED;
        let route = if is_none { "none".to_owned() } else { route };
        let (method, route) = (("method", method.to_owned()), ("route", route));
        let class = ("status", format!("{}xx", status.as_u16() / 100));
        self.answered.get_or_create(&[method.clone(), route.clone(), class]).inc();
        self.took.get_or_create(&[method, route]).observe(took.as_secs_f64());
    }
}
