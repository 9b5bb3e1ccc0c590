//! Our own servers while everything runs: started again on the same folder and port when they end by
//! themselves, and stopped in the end. Leaves servers of somebody else alone.

use servers::{NatsServer, PostgresServer, StartError};
use tokio::sync::watch;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::console::Console;
use crate::pause;
use crate::tries::Tries;

/// A server ended, and will not start again.
#[derive(Clone, Debug, thiserror::Error)]
#[error(
    "{server} ended by itself and will not start again ({why}); its log is {log}; mend what it says \
     there and start again, nothing that was answered is lost"
)]
pub struct ServerGivenUp {
    /// Which.
    pub server: &'static str,
    /// What came of the last try.
    pub why: String,
    /// Where its log is.
    pub log: String,
}

/// Postgres and NATS, kept running.
pub struct Upkeep {
    stopped: TaskTracker,
    stop: CancellationToken,
    standing: [watch::Receiver<Standing>; 2],
}

/// How it is with one server.
#[derive(Clone, Debug)]
enum Standing {
    Runs,
    StartsAgain,
    GivenUp(ServerGivenUp),
}

enum Server {
    Postgres(Box<PostgresServer>),
    Nats(NatsServer),
}

impl Upkeep {
    /// Keeps both from now on.
    pub fn of(postgres: PostgresServer, nats: NatsServer, console: Console) -> Self {
        let (stopped, stop) = (TaskTracker::new(), CancellationToken::new());
        let standing = [Server::Postgres(Box::new(postgres)), Server::Nats(nats)].map(|server| {
            let (tell, standing) = watch::channel(Standing::Runs);
            stopped.spawn(keep(server, console, stop.clone(), tell));
            standing
        });
        stopped.close();
        Self { stopped, stop, standing }
    }

    /// Waits until one of them has been given up.
    pub async fn given_up(&self) -> ServerGivenUp {
        let [postgres, nats] = &self.standing;
        tokio::select! {
            server = given_up(postgres.clone()) => server,
            server = given_up(nats.clone()) => server,
        }
    }

    /// Tells whoever needs both of them.
    pub fn stand(&self) -> Stand {
        Stand(self.standing.clone())
    }

    /// Stops both, and waits until they are gone.
    pub async fn stop(self) {
        self.stop.cancel();
        self.stopped.wait().await;
    }
}

/// Whether the servers are there.
#[derive(Clone)]
pub struct Stand([watch::Receiver<Standing>; 2]);

impl Stand {
    /// Waits until none of them is just being started again.
    pub async fn firmly(&self) {
        for mut server in self.0.clone() {
            // An error means that nobody keeps it any more, which whoever waits notices anyway.
            let _ = server.wait_for(|it| !matches!(it, Standing::StartsAgain)).await;
        }
    }
}

async fn given_up(mut standing: watch::Receiver<Standing>) -> ServerGivenUp {
    loop {
        if let Standing::GivenUp(server) = &*standing.borrow_and_update() {
            return server.clone();
        }
        if standing.changed().await.is_err() {
            return std::future::pending().await;
        }
    }
}

async fn keep(
    mut server: Server,
    console: Console,
    stop: CancellationToken,
    tell: watch::Sender<Standing>,
) {
    let mut tries = Tries::default();
    loop {
        let since = Instant::now();
        tokio::select! {
            () = server.ended() => {}
            () = stop.cancelled() => break,
        }
        tell.send_replace(Standing::StartsAgain);
        tries.ran(since.elapsed());
        let name = server.name();
        console.line(&format!("{name} ended by itself; it is started again."));
        match start_again(&mut server, &mut tries, console, &stop).await {
            Ok(true) => {
                console.line(&format!("{name} runs again; nothing that was answered is lost."));
                tell.send_replace(Standing::Runs);
            }
            Ok(false) => break,
            Err(why) => {
                let given_up = ServerGivenUp { server: name, why, log: server.log() };
                tell.send_replace(Standing::GivenUp(given_up));
                stop.cancelled().await;
                break;
            }
        }
    }
    server.stop().await;
}

/// Starts a server again, as often as there are tries left; false where it is to stop meanwhile.
async fn start_again(
    server: &mut Server,
    tries: &mut Tries,
    console: Console,
    stop: &CancellationToken,
) -> Result<bool, String> {
    let mut last = String::new();
    while let Some(pause) = tries.next_pause() {
        let starting = async {
            pause::before_asking_again(pause).await;
            server.start_again().await
        };
        let started = tokio::select! {
            started = starting => started,
            () = stop.cancelled() => return Ok(false),
        };
        match started {
            Ok(()) => return Ok(true),
            Err(error) => {
                last = error.to_string();
                console.line(&last);
            }
        }
    }
    Err(last)
}

impl Server {
    fn name(&self) -> &'static str {
        match self {
            Self::Postgres(_) => "Postgres",
            Self::Nats(_) => "NATS",
        }
    }

    fn log(&self) -> String {
        let log = match self {
            Self::Postgres(server) => server.log(),
            Self::Nats(server) => server.log(),
        };
        log.map_or_else(|| "with whoever runs it".to_owned(), |log| log.display().to_string())
    }

    async fn ended(&self) {
        match self {
            Self::Postgres(server) => server.ended().await,
            Self::Nats(server) => server.ended().await,
        }
    }

    async fn start_again(&mut self) -> Result<(), StartError> {
        match self {
            Self::Postgres(server) => server.start_again().await,
            Self::Nats(server) => server.start_again().await,
        }
    }

    async fn stop(self) {
        match self {
            Self::Postgres(server) => server.stop().await,
            Self::Nats(server) => server.stop().await,
        }
    }
}
