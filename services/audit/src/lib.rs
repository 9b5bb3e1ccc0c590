//! The full history of everything, searchable, as at any date, provably unchanged. Hears every log and
//! keeps it; decides nothing, and changes nothing that it heard.

pub mod opening;
pub mod subject;
pub mod chain;
pub mod views;
pub mod verify;
pub mod reading;
pub mod tell;
pub mod publish;
pub mod access;
pub mod api;
pub mod config;

use boot::{Clock, Launched, Parts, Running, StartError};
use eventstore::executor::FireError;
use eventstore::timer::DueTimer;
use eventstore::{Executor, Progress, Receipt};
use futures::future::BoxFuture;
use messaging::inbox::Unlisted;
use messaging::{FactView, Subscriptions};
use tokio_util::sync::CancellationToken;
use web::Identities;

pub use config::Config;
use views::account_link::AccountLinks;
use views::name::Names;
use views::record::Records;

/// The service's name, as in tokens and subjects.
pub const NAME: &str = "audit";

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
    let service = boot::start(NAME, config.service, clock.clone(), launched, stop).await?;
    let vault = service.vault().await?;
    let identities = Identities::linked(service.pool.clone(), clock);
    let state = api::State::new(&service, vault)?;
    expect(&service.progress);
    service
        .run(Parts {
            views: Vec::new(),
            policies: Vec::new(),
            fire,
            publish: publish::publish,
            hear: Box::new(|subscriptions, _| hear(subscriptions)),
            access: access::RULES,
            identities,
            routes: Box::new(|house| web::finish(api::routes(), state, house)),
        })
        .await
}

/// A read that waits for what was just done waits for every view, also before it has heard anything.
fn expect(progress: &Progress) {
    let views: [&dyn FactView; 3] = [&Records, &Names, &AccountLinks];
    for view in views {
        for source in view.sources() {
            progress.reached(source, view.name(), 0);
        }
    }
}

/// Its own log it hears as every other.
fn hear(subscriptions: &mut Subscriptions) -> Result<(), Unlisted> {
    subscriptions.view(Records)?;
    subscriptions.view(Names)?;
    subscriptions.view(AccountLinks)
}

/// No room here waits for a time.
fn fire(_: Executor, _: DueTimer) -> Option<BoxFuture<'static, Result<Receipt, FireError>>> {
    None
}
