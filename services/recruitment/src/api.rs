//! The routes: command in, row out. Personal values come in clear and are sealed here, and opened
//! here again for those who may read them; who may use a route stands in `access`, what a command
//! means in its room.

mod given;
mod sealing;
mod reach;
mod bodies;
mod registration;
mod people;
mod records;
mod my_involvement;
mod readings;
mod form;
mod applications;
mod application_pages;
mod groups;
mod seats;
mod settings;
mod selections;
mod appointments;
mod sessions;
mod work;
mod today;

use std::sync::Arc;

use axum::extract::FromRef;
use boot::{Service, StartError};
use eventstore::view::Progress;
use sqlx::PgPool;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use vault::Vault;
use web::Edge;

/// What routes work with.
#[derive(Clone)]
pub struct State {
    edge: Edge,
    progress: Progress,
    pool: PgPool,
    vault: Arc<Vault>,
}

impl State {
    /// From what every service has, and the vault.
    pub fn new(service: &Service, vault: Arc<Vault>) -> Result<Self, StartError> {
        Ok(Self {
            edge: service.edge(&[
                ("involvee", "/v1/people"),
                ("application", "/v1/applications"),
                ("group", "/v1/groups"),
                ("appointment", "/v1/appointments"),
                ("session", "/v1/sessions"),
                ("work", "/v1/work"),
            ])?,
            progress: service.progress.clone(),
            pool: service.pool.clone(),
            vault,
        })
    }
}

impl FromRef<State> for Edge {
    fn from_ref(state: &State) -> Self {
        state.edge.clone()
    }
}

impl FromRef<State> for Progress {
    fn from_ref(state: &State) -> Self {
        state.progress.clone()
    }
}

/// Every route of the service.
pub fn routes() -> OpenApiRouter<State> {
    people_routes()
        .merge(selections::routes())
        .merge(appointments::routes())
        .merge(sessions::routes())
        .merge(work::routes())
        .routes(routes!(applications::submit, application_pages::for_opportunity))
        .routes(routes!(application_pages::one))
        .routes(routes!(applications::withdraw))
        .routes(routes!(groups::all, groups::establish))
        .routes(routes!(groups::one))
        .routes(routes!(groups::rename))
        .routes(routes!(groups::close))
        .routes(routes!(seats::add))
        .routes(routes!(seats::reserve))
        .routes(routes!(seats::release))
        .routes(routes!(seats::abolish))
        .routes(routes!(settings::all))
        .routes(routes!(settings::put_in_force))
        .routes(routes!(today::today))
}

fn people_routes() -> OpenApiRouter<State> {
    OpenApiRouter::new()
        .routes(routes!(records::people, people::register))
        .routes(routes!(records::search))
        .routes(routes!(people::typed_in))
        .routes(routes!(records::person))
        .routes(routes!(my_involvement::involvement))
        .routes(routes!(people::change_preferences))
        .routes(routes!(people::rename))
        .routes(routes!(people::record_access_need))
        .routes(routes!(people::come_of_age))
        .routes(routes!(people::give_consent))
        .routes(routes!(people::withdraw_consent))
        .routes(routes!(people::link_account))
        .routes(routes!(people::unlink_account))
        .routes(routes!(people::name_supporter))
        .routes(routes!(people::end_support))
        .routes(routes!(people::go_away))
        .routes(routes!(people::come_back))
        .routes(routes!(my_involvement::my_involvement))
        .routes(routes!(readings::my_readers))
}
