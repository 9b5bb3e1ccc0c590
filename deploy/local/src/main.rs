//! Hands what was typed over to the launcher; what comes of it is the exit status.

use std::process::ExitCode;
use std::time::Duration;

use clap::Parser as _;
use involvement::{Cli, Console};

const LEFT_BEHIND: Duration = Duration::from_millis(200);

fn main() -> ExitCode {
    let cli = Cli::parse();
    match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => {
            let ended = runtime.block_on(Box::pin(involvement::run(cli)));
            // What still waits for a name to be looked up, or for a disk, keeps nobody.
            runtime.shutdown_timeout(LEFT_BEHIND);
            ended
        }
        Err(error) => {
            Console::for_people().trouble(&format!("this process cannot get going: {error}"));
            ExitCode::FAILURE
        }
    }
}
