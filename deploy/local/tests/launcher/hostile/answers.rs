//! One connection to a service, and what comes back on it.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::CANARY;
use super::asking::Asked;
use crate::world::Told;

/// Nobody waits longer for an answer, whatever was asked.
const SOON: Duration = Duration::from_secs(5);

pub struct Line(TcpStream);

pub struct Answer {
    status: u16,
    head: String,
    body: String,
}

impl Line {
    pub async fn to(address: SocketAddr) -> Told<Self> {
        Ok(Self(TcpStream::connect(address).await?))
    }

    /// Sends it and waits for what comes back: an answer or none, and the line if it can go on.
    pub async fn send(mut self, asked: &Asked) -> Told<(Option<Answer>, Option<Self>)> {
        // A service that has seen enough answers and hangs up while the rest is still being sent.
        let written = self.0.write_all(&asked.bytes).await;
        if !asked.is_whole || written.is_err() {
            let _ = self.0.shutdown().await;
        }
        let answer = tokio::time::timeout(SOON, self.answer())
            .await
            .map_err(|_| "no answer and no end within 5 seconds")?;
        let goes_on = asked.is_whole
            && written.is_ok()
            && answer.as_ref().is_some_and(|it| !it.head.contains("connection: close"));
        Ok((answer, goes_on.then_some(self)))
    }

    /// The next answer; none where the line was cut.
    async fn answer(&mut self) -> Option<Answer> {
        let mut read = Vec::new();
        let head_ends = loop {
            if let Some(at) = read.windows(4).position(|it| it == b"\r\n\r\n") {
                break at + 4;
            }
            if self.0.read_buf(&mut read).await.ok()? == 0 {
                return None;
            }
        };
        let head = String::from_utf8_lossy(&read[..head_ends]).to_lowercase();
        let status = head.split(' ').nth(1)?.parse().ok()?;
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
        let length: usize = length.and_then(|it| it.trim().parse().ok()).unwrap_or(0);
        while read.len() < head_ends + length {
            if self.0.read_buf(&mut read).await.ok()? == 0 {
                break;
            }
        }
        let body = String::from_utf8_lossy(&read[head_ends..]).into_owned();
        Some(Answer { status, head, body })
    }
}

impl Answer {
    /// No fault of ours, and what is wrong is said as a problem that repeats nothing. What the HTTP
    /// parser turns away before any code of ours has no body.
    pub fn is_clear(&self) -> Told<()> {
        let Self { status, head, body } = self;
        if *status >= 500 {
            return Err(format!("{status}: {body}").into());
        }
        if *status < 400 || body.is_empty() {
            return Ok(());
        }
        if !head.contains("content-type: application/problem+json") {
            return Err(format!("{status} is no problem: {head}{body}").into());
        }
        if body.contains(CANARY) {
            return Err(format!("{status} repeats what was asked: {body}").into());
        }
        Ok(())
    }
}
