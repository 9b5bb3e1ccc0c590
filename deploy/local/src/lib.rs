//! One machine, two commands: obtains and starts the servers, starts every service as a process of its
//! own, and plays the main job. Knows services by their HTTP and their names; no rule of the business
//! is decided here, and no table is written but through a service.
#![warn(missing_docs, unreachable_pub)]

pub mod cli;
pub mod console;
pub mod trouble;
pub mod environment;
pub mod pause;

pub mod folder;
pub mod secrets;
pub mod ports;
pub mod foundation;
pub mod settings;
pub mod services;
pub mod service_process;
pub mod tries;
pub mod upkeep;
pub mod child;
pub mod clock;
pub mod issuer;
pub mod sign_in;
pub mod system;

pub mod people;
pub mod cast;
pub mod api;
pub mod diary;
pub mod calendar;
pub mod working_days;
pub mod schedule;
pub mod adverts;
pub mod timeline;
pub mod figures;
pub mod story;

pub mod demo;
pub mod up;
pub mod verify;
pub mod renew;
pub mod views;
pub mod doctor;

use std::process::ExitCode;

pub use cli::{Cli, Command};
pub use console::Console;
use trouble::Trouble;

/// Does what was typed. Whatever goes wrong is said on standard error.
pub async fn run(cli: Cli) -> ExitCode {
    let console = console_for(&cli.command);
    match carry_out(&cli.command, console).await {
        Ok(()) => ExitCode::SUCCESS,
        // A service's log is read by programs: one line of JSON has said it there.
        Err(Trouble::Process(error)) if error.is_logged() => ExitCode::FAILURE,
        Err(trouble) => {
            console.trouble(&trouble.told());
            ExitCode::FAILURE
        }
    }
}

fn console_for(command: &Command) -> Console {
    let for_a_program = match command {
        Command::Demo(options) => options.json,
        Command::Verify(options) => options.json,
        Command::Up(_)
        | Command::RenewStreams(_)
        | Command::Views(_)
        | Command::Doctor(_)
        | Command::Service(_) => false,
    };
    if for_a_program { Console::beside_a_program() } else { Console::for_people() }
}

async fn carry_out(command: &Command, console: Console) -> Result<(), Trouble> {
    match command {
        Command::Demo(options) => demo::run(options, console).await,
        Command::Up(options) => up::run(options, console).await,
        Command::Verify(options) => {
            let findings = verify::run(options, console).await?;
            if findings.chain_verified() { Ok(()) } else { Err(Trouble::ChainBroken) }
        }
        Command::RenewStreams(options) => Ok(renew::run(options, console).await?),
        Command::Views(options) => Ok(views::run(options, console).await?),
        Command::Doctor(options) => {
            let is_well = doctor::run(options, console).await.map_err(Trouble::WorkingFolder)?;
            if is_well { Ok(()) } else { Err(Trouble::Unwell) }
        }
        Command::Service(options) => {
            Ok(service_process::run(&options.name, &options.config).await?)
        }
    }
}
