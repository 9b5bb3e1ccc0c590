//! Hands what was typed over to the launcher; what comes of it is the exit status.

use std::process::ExitCode;

use clap::Parser as _;
use involvement::{Cli, Console};

fn main() -> ExitCode {
    let cli = Cli::parse();
    match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime.block_on(Box::pin(involvement::run(cli))),
        Err(error) => {
            Console::for_people().trouble(&format!("this process cannot get going: {error}"));
            ExitCode::FAILURE
        }
    }
}
