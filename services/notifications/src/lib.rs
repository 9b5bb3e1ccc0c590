//! Who is told what, by which channel and format, and whether it arrived.
//! Decides nothing about anybody: others' facts say that someone is to be told; here it is done, and
//! what cannot be done becomes a human's task.

pub mod message;
pub mod opening;
pub mod kinds;
pub mod words;
pub mod policies;
pub mod transport;
mod figures;
pub mod views;
mod subscribe;
pub mod publish;
pub mod access;
pub mod api;
pub mod config;

use std::sync::Arc;

use boot::service::Hear;
use boot::{Clock, Launched, Parts, Running, StartError};
use eventstore::executor::FireError;
use eventstore::timer::DueTimer;
use eventstore::{Executor, Policy, Progress, Receipt};
use futures::future::BoxFuture;
use tokio_util::sync::CancellationToken;
use web::Identities;

pub use config::Config;
use figures::Figures;
use message::Message;
use policies::{
    AskAboutAClaim, AskAboutTheEnd, ConfirmAClaim, ConfirmAWithdrawal, ConfirmAnApplication,
    LookAgainAtWhatIsHeld, RemoveAFile, SendAMessage, TellOfADecision, TellOfAPayment,
    TellOfAPlace, TellOfAWithdrawal, TellOfAnOpportunity, TellOfAnOutcome, Welcome,
};
use transport::Transport;
use views::account_link::AccountLinks;
use views::locality::Localities;
use views::opportunity_title::OpportunityTitles;
use views::recipient::Recipients;

/// The service's name, as in tokens and subjects.
pub const NAME: &str = "notifications";

/// Starts the service; `launched` is given by the launcher alone.
pub async fn start(
    config: Config,
    clock: Clock,
    launched: Option<Launched>,
    stop: CancellationToken,
) -> Result<Running, StartError> {
    // Nobody is told anything that was not heard.
    if config.service.nats.is_none() {
        return Err(StartError::Lacks("service.nats"));
    }
    let service = boot::start(NAME, config.service.clone(), clock.clone(), launched, stop).await?;
    let transport = Arc::new(Transport::new(&config, service.vault().await?).await?);
    let state = api::State::new(&service, transport.voice().clone())?;
    let progress = service.progress.clone();
    let figures = Figures::default();
    service.metrics.add(|registry| figures.register(registry));
    let identities = Identities::linked(service.pool.clone(), clock);
    service
        .run(Parts {
            views: views::all(),
            policies: policies(&transport, &progress, figures),
            fire,
            publish: publish::publish,
            hear: hear(progress),
            access: access::RULES,
            identities,
            routes: Box::new(|house| web::finish(api::routes(), state, house)),
        })
        .await
}

fn policies(
    transport: &Arc<Transport>,
    progress: &Progress,
    figures: Figures,
) -> Vec<Arc<dyn Policy>> {
    vec![
        Arc::new(SendAMessage::new(Arc::clone(transport), progress.clone(), figures)),
        Arc::new(RemoveAFile::new(Arc::clone(transport))),
    ]
}

fn hear(progress: Progress) -> Hear {
    Box::new(move |all, executor| {
        all.view(Recipients)?;
        all.view(Localities)?;
        all.view(AccountLinks)?;
        all.view(OpportunityTitles)?;
        all.policy(Welcome, executor.clone())?;
        all.policy(TellOfAnOpportunity, executor.clone())?;
        all.policy(ConfirmAnApplication, executor.clone())?;
        all.policy(ConfirmAWithdrawal, executor.clone())?;
        all.policy(AskAboutTheEnd, executor.clone())?;
        all.policy(TellOfAPlace { progress: progress.clone() }, executor.clone())?;
        all.policy(TellOfAnOutcome, executor.clone())?;
        all.policy(TellOfAWithdrawal, executor.clone())?;
        all.policy(ConfirmAClaim, executor.clone())?;
        all.policy(AskAboutAClaim, executor.clone())?;
        all.policy(TellOfADecision, executor.clone())?;
        all.policy(TellOfAPayment, executor.clone())?;
        all.policy(LookAgainAtWhatIsHeld { progress }, executor.clone())
    })
}

fn fire(
    executor: Executor,
    timer: DueTimer,
) -> Option<BoxFuture<'static, Result<Receipt, FireError>>> {
    match timer.stream.kind.as_str() {
        "message" => Some(Box::pin(async move { executor.fire::<Message>(&timer).await })),
        _ => None,
    }
}
