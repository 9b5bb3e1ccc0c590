//! What can be typed.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use uuid::Uuid;

/// Runs Involvement on one machine: from advert to appointment to paid claim.
#[derive(Debug, Parser)]
#[command(name = "involvement", version)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What can be done.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Starts everything, plays the main job on real adverts, and stays up
    Demo(DemoOptions),
    /// Starts everything and stays up
    Up(UpOptions),
    /// Checks that no service's history was changed, and says where the first break is
    Verify(VerifyOptions),
    /// Makes a service's streams anew, after its database was restored or a stream has lost messages
    RenewStreams(RenewOptions),
    /// Looks after services' views: where they stand, what they pass over, rows made anew beside them
    Views(ViewsOptions),
    /// Says what is missing on this machine, and what to do about it
    Doctor(UpOptions),
    /// One service, as the launcher starts it
    #[command(hide = true)]
    Service(ServiceOptions),
}

/// How to play the main job.
#[derive(Clone, Debug, Default, Args)]
pub struct DemoOptions {
    /// Ends after the story instead of staying up
    #[arg(long)]
    pub once: bool,
    /// Ends the output with one JSON object of figures; everything else goes to standard error
    #[arg(long)]
    pub json: bool,
    /// Adverts to play with, in the format of samples/adverts.json
    #[arg(long, value_name = "FILE")]
    pub adverts: Option<PathBuf>,
    /// What a coordinator adds to the adverts, in the format of samples/supplement.json
    #[arg(long, value_name = "FILE")]
    pub supplement: Option<PathBuf>,
    /// Where everything is kept [default: .involvement in the working folder]
    #[arg(long, value_name = "DIR")]
    pub data_dir: Option<PathBuf>,
}

/// Where to start.
#[derive(Clone, Debug, Default, Args)]
pub struct UpOptions {
    /// Where everything is kept [default: .involvement in the working folder]
    #[arg(long, value_name = "DIR")]
    pub data_dir: Option<PathBuf>,
}

/// What to check.
#[derive(Clone, Debug, Default, Args)]
pub struct VerifyOptions {
    /// Where everything is kept [default: .involvement in the working folder]
    #[arg(long, value_name = "DIR")]
    pub data_dir: Option<PathBuf>,
    /// Says what was found as one JSON object
    #[arg(long)]
    pub json: bool,
}

/// Whose streams to make anew.
#[derive(Clone, Debug, Args)]
pub struct RenewOptions {
    /// The service whose streams they are
    pub service: String,
    /// Where everything is kept [default: .involvement in the working folder]
    #[arg(long, value_name = "DIR")]
    pub data_dir: Option<PathBuf>,
}

/// What to do about views.
#[derive(Clone, Debug, Args)]
pub struct ViewsOptions {
    /// What.
    #[command(subcommand)]
    pub command: ViewsCommand,
    /// Where everything is kept [default: .involvement in the working folder]
    #[arg(long, value_name = "DIR", global = true)]
    pub data_dir: Option<PathBuf>,
}

/// A view of a service's own log.
#[derive(Clone, Debug, Args)]
pub struct OneView {
    /// The service
    pub service: String,
    /// Its view
    pub view: String,
}

/// What can be done about views.
#[derive(Clone, Debug, Subcommand)]
pub enum ViewsCommand {
    /// Says where every view stands, how far it is behind, and how many streams it passes over
    List {
        /// Of this service alone
        service: Option<String>,
    },
    /// Makes a view's rows anew beside those that are read; nothing has to stop for it
    Rebuild(OneView),
    /// Holds the rows made beside against those that are read
    Compare(OneView),
    /// Reads the rows made beside from now on, and keeps those that were read
    Switch {
        /// Of which view
        #[command(flatten)]
        of: OneView,
        /// Takes the rows from before the last switch instead, brought up to date
        #[arg(long)]
        back: bool,
        /// Who decides it, by their id
        #[arg(long, value_name = "PERSON_ID")]
        by: Uuid,
    },
    /// Lets go of the rows from before the last switch
    Retire {
        /// Of which view
        #[command(flatten)]
        of: OneView,
        /// Who decides it, by their id
        #[arg(long, value_name = "PERSON_ID")]
        by: Uuid,
    },
    /// Shows the streams that views pass over, and why
    Parked {
        /// Of this service alone
        service: Option<String>,
    },
    /// Folds a parked stream again, from where it was parked
    Resume {
        /// Of which view
        #[command(flatten)]
        of: OneView,
        /// The stream's id
        stream: Uuid,
        /// Who decides it, by their id
        #[arg(long, value_name = "PERSON_ID")]
        by: Uuid,
    },
    /// Leaves one event out of a view for ever
    Skip {
        /// Of which view
        #[command(flatten)]
        of: OneView,
        /// Where the event stands in the log
        position: i64,
        /// Why, without names: it is kept for ever
        #[arg(long)]
        reason: String,
        /// Who decides it, by their id
        #[arg(long, value_name = "PERSON_ID")]
        by: Uuid,
    },
}

/// Which service, told what.
#[derive(Clone, Debug, Args)]
pub struct ServiceOptions {
    /// Its name
    pub name: String,
    /// Its configuration
    #[arg(long, value_name = "FILE")]
    pub config: PathBuf,
}
