//! The log of a process: one JSON object a line on standard error. Nothing personal is ever handed
//! to it; that is the duty of whoever writes a line. What broke off is told by its place alone.

mod lines;

use std::io::Write as _;
use std::panic::PanicHookInfo;

use tracing_subscriber::EnvFilter;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

pub use lines::Lines;

/// Starts the log of a service's process at the given levels, such as `info`. A second start in one
/// process is ignored.
pub fn start(service: &'static str, levels: &str) {
    let filter = EnvFilter::try_new(levels).unwrap_or_else(|_| EnvFilter::new("info"));
    let lines = Lines::new(service, |line: &[u8]| {
        // A log that nobody takes cannot be told of anywhere.
        let _ = std::io::stderr().lock().write_all(line);
    });
    if tracing_subscriber::registry().with(filter).with(lines).try_init().is_ok() {
        std::panic::set_hook(Box::new(broke_off));
    }
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
