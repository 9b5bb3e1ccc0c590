//! The log of a process, one JSON object a line on standard error, and its traces, where somebody
//! collects them. Nothing personal is ever handed to it; that is the duty of whoever writes a line.
//! What broke off is told by its place alone.

mod lines;
mod traces;

use std::io::Write as _;
use std::panic::PanicHookInfo;

use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Layer as _};

pub use lines::Lines;

use traces::{Handing, Traces};

/// A process's log and traces, for as long as it lives.
#[derive(Debug)]
#[must_use = "what is left of the traces is handed on when it is told of the end"]
pub struct Telling {
    handing: Option<Handing>,
}

impl Telling {
    /// The process ends: what is left is handed on, for a bounded time.
    pub async fn end(self) {
        if let Some(handing) = self.handing {
            handing.end().await;
        }
    }
}

/// Starts the log of a service's process at the given levels, such as `info`, and hands spans on
/// where a collector is named; that takes a runtime. A second start in one process is ignored.
pub fn start(service: &'static str, levels: &str, otlp_endpoint: Option<&str>) -> Telling {
    let filter = EnvFilter::try_new(levels).unwrap_or_else(|_| EnvFilter::new("info"));
    let lines = Lines::new(service, |line: &[u8]| {
        // A log that nobody takes cannot be told of anywhere.
        let _ = std::io::stderr().lock().write_all(line);
    });
    let collected = otlp_endpoint.and_then(|endpoint| Traces::to(endpoint, service));
    let (told, handing) = match collected {
        None => (tracing_subscriber::registry().with(filter).with(lines).try_init(), None),
        // How loud the log is says nothing of what is traced.
        Some((traces, handing)) => {
            let traces = traces.with_filter(filter_fn(traces::is_handed_on));
            let both = tracing_subscriber::registry().with(lines.with_filter(filter)).with(traces);
            (both.try_init(), Some(handing))
        }
    };
    if told.is_ok() {
        std::panic::set_hook(Box::new(broke_off));
    }
    Telling { handing }
}

/// What a panic says may hold anything that was worked on; where it is a text of the program alone,
/// it holds nothing else.
pub fn broke_off(panic: &PanicHookInfo<'_>) {
    let place = panic.location().map(ToString::to_string).unwrap_or_default();
    let said = panic.payload().downcast_ref::<&'static str>().copied();
    let thread = std::thread::current();
    let thread = thread.name().unwrap_or_default();
    tracing::error!(place, said, thread, "the program broke off at a place where it must not");
}
