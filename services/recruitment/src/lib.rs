//! Who people are, who applied, who decided, and who holds which seat until when.

pub use contracts::personal;

pub mod london;
mod wording;
pub mod setting;
pub mod involvee;
pub mod application;
pub mod selection;
pub mod contacted;
pub mod term;
pub mod group;
pub mod seat;
pub mod appointment;
pub mod session;
pub mod work;
pub mod opening;
pub mod views;
pub mod policies;
pub mod publish;
pub mod upcast;
pub mod access;
pub mod api;
pub mod config;
#[cfg(test)]
mod story;

use boot::{Clock, Launched, Parts, Running, StartError};
use eventstore::executor::FireError;
use eventstore::timer::DueTimer;
use eventstore::{Executor, Progress, Receipt};
use futures::future::BoxFuture;
use messaging::Subscriptions;
use messaging::inbox::Unlisted;
use tokio_util::sync::CancellationToken;
use web::Identities;

use appointment::Appointment;
pub use config::Config;
use policies::let_the_seats_follow_their_opportunity::LetTheSeatsFollow;
use policies::let_the_selection_follow_its_opportunity::LetTheSelectionFollow;
use policies::tell_people_whose_interests_match_when_an_opportunity_opens::TellPeople;
use policies::tell_the_applicants_when_their_opportunity_is_withdrawn::TellTheApplicants;
use selection::Selection;
use views::known_opportunity::KnownOpportunities;

/// The service's name, as in tokens and subjects.
pub const NAME: &str = "recruitment";

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
    let service = boot::start(NAME, config.service, clock, launched, stop).await?;
    let service = service.reading_by(upcast::upcasters()?);
    let views = views::all();
    for view in &views {
        // Before the first request, which asks the rows who its caller is.
        eventstore::view::prepare(&**view, &service.pool).await?;
    }
    let state = api::State::new(&service, service.vault().await?)?;
    let identities = Identities::linked(service.pool.clone(), service.executor.clock().clone());
    let progress = service.progress.clone();
    service
        .run(Parts {
            views,
            policies: policies::all(),
            fire,
            publish: publish::publish,
            hear: Box::new(move |all, executor| hear(all, executor, &progress)),
            access: access::RULES,
            identities,
            routes: Box::new(|house| web::finish(api::routes(), state, house)),
        })
        .await
}

fn hear(all: &mut Subscriptions, executor: &Executor, progress: &Progress) -> Result<(), Unlisted> {
    all.view(KnownOpportunities)?;
    all.policy(LetTheSelectionFollow, executor.clone())?;
    all.policy(LetTheSeatsFollow, executor.clone())?;
    all.policy(TellPeople { progress: progress.clone() }, executor.clone())?;
    all.policy(TellTheApplicants { progress: progress.clone() }, executor.clone())
}

fn fire(
    executor: Executor,
    timer: DueTimer,
) -> Option<BoxFuture<'static, Result<Receipt, FireError>>> {
    match timer.stream.kind.as_str() {
        "appointment" => Some(Box::pin(async move { executor.fire::<Appointment>(&timer).await })),
        "selection" => Some(Box::pin(async move { executor.fire::<Selection>(&timer).await })),
        _ => None,
    }
}
