//! The log of a process: one JSON object a line on standard error. Nothing personal is ever handed
//! to it; that is the duty of whoever writes a line.

use tracing_subscriber::EnvFilter;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

/// Starts the log at the given levels, such as `info`. A second start in one process is ignored.
pub fn start(levels: &str) {
    let filter = EnvFilter::try_new(levels).unwrap_or_else(|_| EnvFilter::new("info"));
    let lines = tracing_subscriber::fmt::layer()
        .json()
        .flatten_event(true)
        .with_writer(std::io::stderr)
        .with_current_span(true)
        .with_span_list(false);
    drop(tracing_subscriber::registry().with(filter).with(lines).try_init());
}
