//! What is owed, approved and paid, and by whose word.

pub mod london;
mod wording;
pub mod payment;
pub mod setting;
pub mod rate_card;
pub mod claim;
pub mod payment_batch;
pub mod payee;
pub mod opening;
mod subscribe;
pub mod views;
pub mod taking_in;
pub mod policies;
mod payment_file;
pub mod exports;
pub mod publish;
pub mod access;
pub mod api;
pub mod config;
#[cfg(test)]
mod story;

use std::sync::Arc;

use boot::{Clock, Launched, Parts, Running, StartError};
use eventstore::executor::FireError;
use eventstore::timer::DueTimer;
use eventstore::{Executor, Policy, Progress, Receipt};
use futures::future::BoxFuture;
use tokio_util::sync::CancellationToken;
use web::Identities;

pub use config::Config;
use exports::ExportsFolder;
use policies::remove_files_for_the_bank_when_their_days_are_over::RemoveFiles;
use policies::take_a_part_into_the_open_run_when_it_is_authorised::TakeWhatIsAuthorised;
use policies::take_what_waited_for_an_account_into_the_open_run_when_one_is_given::TakeWhatWaitedForAnAccount;
use policies::take_what_waits_into_a_run_when_it_is_opened::TakeWhatWaits;
use policies::tell_the_claim_when_something_happens_to_its_part_in_a_run::TellTheClaim;
use taking_in::TakingIn;

/// The service's name, as in tokens and subjects.
pub const NAME: &str = "reimbursements";

/// Starts the service; `launched` is given by the launcher alone.
pub async fn start(
    config: Config,
    clock: Clock,
    launched: Option<Launched>,
    stop: CancellationToken,
) -> Result<Running, StartError> {
    if config.service.nats.is_none() {
        return Err(StartError::Lacks("service.nats"));
    }
    let exports = ExportsFolder::open(&config.exports)
        .await
        .map_err(|error| StartError::Own(Box::new(error)))?;
    let service = boot::start(NAME, config.service, clock, launched, stop).await?;
    let state = api::State::new(&service, service.vault().await?, exports.clone())?;
    let identities = Identities::linked(service.pool.clone(), service.executor.clock().clone());
    let policies = policies(&service.progress, exports);
    service
        .run(Parts {
            views: views::all(),
            policies,
            fire,
            publish: publish::publish,
            hear: Box::new(|subscriptions, _| views::hear(subscriptions)),
            access: access::RULES,
            identities,
            routes: Box::new(|house| web::finish(api::routes(), state, house)),
        })
        .await
}

fn policies(progress: &Progress, exports: ExportsFolder) -> Vec<Arc<dyn Policy>> {
    let taking_in = || TakingIn { progress: progress.clone() };
    vec![
        Arc::new(TakeWhatIsAuthorised(taking_in())),
        Arc::new(TakeWhatWaits(taking_in())),
        Arc::new(TakeWhatWaitedForAnAccount(taking_in())),
        Arc::new(TellTheClaim),
        Arc::new(RemoveFiles::of(exports)),
    ]
}

/// No room of these waits for a time.
fn fire(_: Executor, _: DueTimer) -> Option<BoxFuture<'static, Result<Receipt, FireError>>> {
    None
}
