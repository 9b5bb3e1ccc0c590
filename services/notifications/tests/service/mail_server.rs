//! A mail server as small as one can be, whose mood is told it. Keeps what it was handed.

use std::sync::{Arc, Mutex};

use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// Where a conversation is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// It is to speak first.
    Greeting,
    /// It was greeted.
    Hello,
    /// It was told who sends.
    Sender,
    /// It was told to whom.
    Recipient,
    /// It was asked whether it takes the text.
    Data,
    /// It is being told the text.
    WithinText,
    /// It has the text whole.
    Text,
    /// It has answered to the text, and is told goodbye.
    Goodbye,
}

/// What it does there instead of what is hoped for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Says: not now.
    PutsOff,
    /// Says: never.
    Refuses,
    /// Says nothing more.
    FallsSilent,
    /// Hangs up.
    CutsOff,
    /// Hangs up within its answer.
    BreaksOff,
    /// Says what is no answer at all.
    Babbles,
}

/// How it is with a mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mood {
    /// Takes it.
    Willing,
    /// Takes it, once it is told to go on.
    Slow,
    /// Does otherwise at one stage.
    At(Stage, Fault),
}

impl Mood {
    pub const KNOWS_NOBODY: Self = Self::At(Stage::Recipient, Fault::Refuses);
    pub const PUTS_OFF: Self = Self::At(Stage::Recipient, Fault::PutsOff);
    pub const CUTS_OFF: Self = Self::At(Stage::Text, Fault::CutsOff);
    pub const FALLS_SILENT: Self = Self::At(Stage::Text, Fault::FallsSilent);
}

/// The server.
pub struct MailServer {
    pub port: u16,
    mood: Arc<Mutex<Mood>>,
    goes_on: watch::Sender<bool>,
    heard: Heard,
}

/// What it was told.
#[derive(Clone, Default)]
struct Heard {
    /// Every text it has read to its end, whatever it answered.
    texts: watch::Sender<Vec<String>>,
    /// Those that it may have passed on: all but what it refused.
    taken: Arc<Mutex<Vec<String>>>,
    /// Every command.
    said: Arc<Mutex<Vec<String>>>,
    /// How often it did otherwise than was hoped for.
    faults: watch::Sender<usize>,
}

impl MailServer {
    #[expect(clippy::disallowed_methods, reason = "the server lives as long as its test")]
    pub async fn start(mood: Mood) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let mood = Arc::new(Mutex::new(mood));
        let (heard, goes_on) = (Heard::default(), watch::Sender::new(false));
        let server = Self { port, mood, goes_on, heard };
        let (now, heard, waits) =
            (Arc::clone(&server.mood), server.heard.clone(), server.goes_on.subscribe());
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let mood = *now.lock().unwrap();
                let stream = BufReader::new(stream);
                let talk =
                    Conversation { stream, mood, heard: heard.clone(), goes_on: waits.clone() };
                tokio::spawn(talk.hold());
            }
        });
        server
    }

    pub fn is(&self, mood: Mood) {
        *self.mood.lock().unwrap() = mood;
    }

    pub fn texts(&self) -> Vec<String> {
        self.heard.texts.borrow().clone()
    }

    /// The ids of what it may have passed on to people, each as often as it did.
    pub fn ledger(&self) -> Vec<String> {
        let id_of = |text: &String| {
            let line = text.lines().find(|line| line.starts_with("Message-ID: ")).unwrap();
            line.trim_start_matches("Message-ID: <").split('@').next().unwrap().to_owned()
        };
        self.heard.taken.lock().unwrap().iter().map(id_of).collect()
    }

    pub fn said(&self) -> Vec<String> {
        self.heard.said.lock().unwrap().clone()
    }

    /// Waits until it has read so many texts.
    pub async fn has_read(&self, n_texts: usize) {
        let mut texts = self.heard.texts.subscribe();
        texts.wait_for(|texts| texts.len() >= n_texts).await.unwrap();
    }

    /// Waits until it has done otherwise so many times.
    pub async fn has_failed(&self, n_times: usize) {
        let mut faults = self.heard.faults.subscribe();
        faults.wait_for(|times| *times >= n_times).await.unwrap();
    }

    /// Where it was slow, it answers now.
    pub fn go_on(&self) {
        self.goes_on.send_replace(true);
    }
}

struct Conversation {
    stream: BufReader<TcpStream>,
    mood: Mood,
    heard: Heard,
    goes_on: watch::Receiver<bool>,
}

impl Conversation {
    /// Returns, and with it hangs up, when either side has had enough.
    async fn hold(mut self) -> Option<()> {
        self.answers(Stage::Greeting, "220 ready").await?;
        loop {
            let line = self.next().await?;
            self.heard.said.lock().unwrap().push(line.clone());
            let verb = line.split([' ', ':']).next().unwrap_or_default().to_uppercase();
            match verb.as_str() {
                "EHLO" => self.answers(Stage::Hello, "250-here\r\n250 8BITMIME").await?,
                "MAIL" => self.answers(Stage::Sender, "250 ok").await?,
                "RCPT" => {
                    // Servers repeat the address in what they say.
                    if self.mood == Mood::KNOWS_NOBODY {
                        self.says(&format!("550 no such mailbox: {line}")).await;
                    } else {
                        self.answers(Stage::Recipient, "250 ok").await?;
                    }
                }
                "DATA" => {
                    self.answers(Stage::Data, "354 go on").await?;
                    self.takes().await?;
                }
                "QUIT" => {
                    self.answers(Stage::Goodbye, "221 bye").await?;
                    return None;
                }
                _ => self.says("250 ok").await,
            }
        }
    }

    async fn takes(&mut self) -> Option<()> {
        let mut lines = Vec::new();
        loop {
            match self.next().await?.as_str() {
                "." => break,
                // What begins with a dot was sent with one more.
                line => lines.push(line.strip_prefix('.').unwrap_or(line).to_owned()),
            }
            if lines.len() == 2 {
                self.fails_at(Stage::WithinText).await?;
            }
        }
        let text = lines.join("\r\n");
        let refuses = [Fault::PutsOff, Fault::Refuses].map(|it| Mood::At(Stage::Text, it));
        if !refuses.contains(&self.mood) {
            self.heard.taken.lock().unwrap().push(text.clone());
        }
        self.heard.texts.send_modify(|all| all.push(text));
        if self.mood == Mood::Slow {
            self.goes_on.wait_for(|goes| *goes).await.ok()?;
        }
        self.answers(Stage::Text, "250 2.0.0 Ok: queued as 4F3G").await
    }

    /// Says what is hoped for, unless its mood is another.
    async fn answers(&mut self, stage: Stage, words: &str) -> Option<()> {
        if matches!(self.mood, Mood::At(at, _) if at == stage) {
            return self.fails_at(stage).await;
        }
        self.says(words).await;
        Some(())
    }

    /// Nothing where this is the end of it.
    async fn fails_at(&mut self, stage: Stage) -> Option<()> {
        let Mood::At(at, fault) = self.mood else { return Some(()) };
        if at != stage {
            return Some(());
        }
        self.heard.faults.send_modify(|times| *times += 1);
        match fault {
            Fault::PutsOff => self.says("451 come back later").await,
            Fault::Refuses => self.says("554 never, zacanary@example.org").await,
            Fault::FallsSilent => std::future::pending().await,
            Fault::CutsOff => return None,
            Fault::BreaksOff => {
                drop(self.stream.write_all(b"250").await);
                return None;
            }
            Fault::Babbles => {
                self.says("hello zacanary@example.org").await;
                return None;
            }
        }
        Some(())
    }

    async fn says(&mut self, words: &str) {
        drop(self.stream.write_all(format!("{words}\r\n").as_bytes()).await);
    }

    /// The next line, as a server ends it: a line feed alone does not.
    async fn next(&mut self) -> Option<String> {
        let mut line = Vec::new();
        while !line.ends_with(b"\r\n") {
            if self.stream.read_until(b'\n', &mut line).await.ok()? == 0 {
                return None;
            }
        }
        Some(String::from_utf8_lossy(&line[..line.len() - 2]).into_owned())
    }
}
