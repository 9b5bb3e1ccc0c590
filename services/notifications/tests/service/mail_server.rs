//! A mail server as small as one can be, whose mood is told it. Keeps what it was handed.

use std::sync::{Arc, Mutex};

use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// What it does with a mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mood {
    /// Takes it.
    Willing,
    /// Knows no such recipient.
    KnowsNobody,
    /// Puts strangers off.
    PutsOff,
    /// Reads the text and hangs up without a word.
    CutsOff,
    /// Reads the text and says nothing more.
    FallsSilent,
}

/// The server.
pub struct MailServer {
    pub port: u16,
    mood: Arc<Mutex<Mood>>,
    /// Every text it has read to its end, whatever it answered.
    texts: watch::Receiver<Vec<String>>,
    /// Every command it was given.
    said: Arc<Mutex<Vec<String>>>,
}

impl MailServer {
    #[expect(clippy::disallowed_methods, reason = "the server lives as long as its test")]
    pub async fn start(mood: Mood) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let mood = Arc::new(Mutex::new(mood));
        let said = Arc::new(Mutex::new(Vec::new()));
        let (read, texts) = watch::channel(Vec::new());
        let (now, heard) = (Arc::clone(&mood), Arc::clone(&said));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let mood = *now.lock().unwrap();
                let talk =
                    Conversation { stream, mood, read: read.clone(), heard: Arc::clone(&heard) };
                tokio::spawn(talk.hold());
            }
        });
        Self { port, mood, texts, said }
    }

    pub fn is(&self, mood: Mood) {
        *self.mood.lock().unwrap() = mood;
    }

    pub fn texts(&self) -> Vec<String> {
        self.texts.borrow().clone()
    }

    pub fn said(&self) -> Vec<String> {
        self.said.lock().unwrap().clone()
    }

    /// Waits until it has read so many texts.
    pub async fn has_read(&self, n_texts: usize) {
        self.texts.clone().wait_for(|texts| texts.len() >= n_texts).await.unwrap();
    }
}

struct Conversation {
    stream: TcpStream,
    mood: Mood,
    read: watch::Sender<Vec<String>>,
    heard: Arc<Mutex<Vec<String>>>,
}

impl Conversation {
    /// Returns, and with it hangs up, when either side has had enough.
    async fn hold(self) {
        let mut stream = BufReader::new(self.stream);
        say(&mut stream, "220 ready").await;
        loop {
            let Some(line) = next(&mut stream).await else { return };
            self.heard.lock().unwrap().push(line.clone());
            let verb = line.split([' ', ':']).next().unwrap_or_default().to_uppercase();
            match (verb.as_str(), self.mood) {
                ("EHLO", _) => say(&mut stream, "250-here\r\n250 8BITMIME").await,
                ("RCPT", Mood::KnowsNobody) => {
                    say(&mut stream, &format!("550 no such mailbox: {line}")).await;
                }
                ("RCPT", Mood::PutsOff) => say(&mut stream, "451 come back later").await,
                ("DATA", mood) => {
                    say(&mut stream, "354 go on").await;
                    let Some(text) = text(&mut stream).await else { return };
                    self.read.send_modify(|all| all.push(text));
                    match mood {
                        Mood::CutsOff => return,
                        Mood::FallsSilent => std::future::pending().await,
                        Mood::Willing | Mood::KnowsNobody | Mood::PutsOff => {
                            say(&mut stream, "250 2.0.0 Ok: queued as 4F3G").await;
                        }
                    }
                }
                ("QUIT", _) => return,
                (_, _) => say(&mut stream, "250 ok").await,
            }
        }
    }
}

async fn say(stream: &mut BufReader<TcpStream>, words: &str) {
    drop(stream.write_all(format!("{words}\r\n").as_bytes()).await);
}

async fn next(stream: &mut BufReader<TcpStream>) -> Option<String> {
    let mut line = String::new();
    let n_read = stream.read_line(&mut line).await.ok()?;
    (n_read > 0).then(|| line.trim_end().to_owned())
}

async fn text(stream: &mut BufReader<TcpStream>) -> Option<String> {
    let mut lines = Vec::new();
    loop {
        match next(stream).await?.as_str() {
            "." => return Some(lines.join("\r\n")),
            line => lines.push(line.to_owned()),
        }
    }
}
