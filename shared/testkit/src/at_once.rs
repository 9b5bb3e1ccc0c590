//! Many requests at once, each line of connections by itself, every answer waited for.

use std::net::SocketAddr;
use std::sync::Arc;

use reqwest::RequestBuilder;
use tokio::task::JoinSet;

use crate::http::{Answer, Http, send};

/// How many connections ask at the same time.
const LINES: usize = 40;
/// After so many times a twin that is still running is no twin but a fault.
const ASKS_MAX: usize = 10_000;

/// Sends `n` requests over forty connections, and every one again that is told that its twin is still
/// running; the last answer to each.
pub async fn at_once(
    address: SocketAddr,
    n: usize,
    request: impl Fn(&Http, usize) -> RequestBuilder + Send + Sync + 'static,
) -> Vec<Answer> {
    let request = Arc::new(request);
    let mut lines = JoinSet::new();
    for line in 0..LINES {
        let request = Arc::clone(&request);
        lines.spawn(async move {
            let http = Http::to(address);
            let mut answers = Vec::new();
            for place in (line..n).step_by(LINES) {
                answers.push(answered(|| request(&http, place)).await);
            }
            answers
        });
    }
    lines.join_all().await.into_iter().flatten().collect()
}

async fn answered(request: impl Fn() -> RequestBuilder) -> Answer {
    for _ in 0..ASKS_MAX {
        let answer = send(request()).await;
        if answer.code() != "command.still_running" {
            return answer;
        }
    }
    send(request()).await
}
