//! The main job as a story, act by act, each step through the public API as the right person. What an
//! act needs of another it finds in the world; no act writes a table.

mod ground;
mod advertise;
mod register;
mod apply;
mod select;
mod hold;
mod attend;
mod claim;
mod rotate;
mod tell;
mod prove;

use std::collections::BTreeMap;

use contracts::PersonId;
use jiff::Timestamp;
use uuid::Uuid;

use crate::adverts::{Advert, Import, Unusable};
use crate::api::{Accepted, Api, ApiTrouble, Deed, Problem};
use crate::calendar::{Calendar, told_locally};
use crate::clock::{ClockTrouble, SharedClock};
use crate::console::Console;
use crate::figures::Figures;
use crate::people::Person;
use crate::sign_in::{SignIn, SignInTrouble};
use crate::system::System;
use crate::timeline::Timeline;

pub use advertise::Published;
pub use apply::Applied;
pub use attend::Done;
pub use hold::Held;

/// How many independent requests run at once.
const AT_ONCE: usize = 8;

/// Why the story does not go on.
#[derive(Debug, thiserror::Error)]
pub enum StoryTrouble {
    /// A step was not answered as the story has it.
    #[error(transparent)]
    Api(#[from] ApiTrouble),
    /// The clock does not move.
    #[error(transparent)]
    Clock(#[from] ClockTrouble),
    /// Somebody's token cannot be kept.
    #[error(transparent)]
    SignIn(#[from] SignInTrouble),
    /// A date of the story is none.
    #[error("{text:?} is no date of {year}")]
    NoDate {
        /// The date.
        text: &'static str,
        /// The demonstration's year.
        year: i16,
    },
    /// There is nothing to tell of.
    #[error("nothing could be published, so the story ends here; the reasons stand above")]
    NothingPublished,
}

/// Everything the acts share.
pub struct World<'a> {
    /// Acts as people.
    pub api: &'a Api,
    /// The clock of all processes.
    pub clock: &'a SharedClock,
    /// Knows who is who.
    pub sign_in: &'a SignIn,
    /// The demonstration's year.
    pub calendar: Calendar,
    /// Tells how far the story has come.
    pub console: Console,
    /// Adverts still to be published.
    pub adverts: Vec<Advert>,
    /// Those that could not be, each with its reasons.
    pub unusable: Vec<Unusable>,
    /// Those that were.
    pub published: Vec<Published>,
    /// Who people are, once they are registered, by the name of their account.
    pub people: BTreeMap<&'static str, PersonId>,
    /// Applications for the opportunity whose story is followed.
    pub applied: Vec<Applied>,
    /// Places that were taken.
    pub held: Vec<Held>,
    /// What people did, for which they can claim.
    pub done: Vec<Done>,
    /// What was claimed.
    pub claims: Vec<Uuid>,
    /// Runs by which it was paid.
    pub batches: Vec<Uuid>,
    /// What happened.
    pub timeline: Timeline,
    /// What it came to.
    pub figures: Figures,
}

/// Tells the story from its beginning to its end.
pub async fn tell(world: &mut World<'_>) -> Result<(), StoryTrouble> {
    if world.api.has_a_past() {
        world.console.line("The story was begun on these data before: nothing is done twice.");
    }
    ground::lay(world).await?;
    claim::put_rates_in_force(world).await?;
    advertise::publish(world).await?;
    register::everybody(world).await?;
    advertise::open(world).await?;
    apply::until_closing(world).await?;
    select::decide(world).await?;
    hold::offer(world).await?;
    attend::meet(world).await?;
    claim::pay(world).await?;
    advertise::close(world).await?;
    rotate::pass_on(world).await?;
    tell::count(world).await?;
    prove::histories(world).await?;
    Ok(())
}

impl<'a> World<'a> {
    /// A world in which nothing has happened yet.
    pub fn new(system: &'a System, calendar: Calendar, import: Import, console: Console) -> Self {
        Self {
            api: &system.api,
            clock: &system.clock,
            sign_in: &system.sign_in,
            calendar,
            console,
            adverts: import.adverts,
            unusable: import.unusable,
            published: Vec::new(),
            people: BTreeMap::new(),
            applied: Vec::new(),
            held: Vec::new(),
            done: Vec::new(),
            claims: Vec::new(),
            batches: Vec::new(),
            timeline: Timeline::default(),
            figures: Figures::default(),
        }
    }

    /// The opportunity whose story is followed to its end: one that fills seats of a group, else the
    /// first that closes at a time.
    pub fn followed(&self) -> Option<&Published> {
        let closing = || self.published.iter().filter(|it| it.closes_at.is_some());
        let seats = closing().find(|it| !it.advert.begin.advert.seats.is_empty());
        seats.or_else(|| closing().min_by_key(|it| it.closes_at))
    }

    /// The person behind an account at the development issuer.
    pub fn person_behind(&self, who: &Person) -> PersonId {
        self.sign_in.issuer().person(who.subject)
    }

    /// Goes on to a date of the story, `MM-DD HH:MM`.
    pub async fn go_to(&self, text: &'static str) -> Result<(), StoryTrouble> {
        let year = self.calendar.year();
        let to = self.calendar.instant(text).ok_or(StoryTrouble::NoDate { text, year })?;
        self.go_on_to(to).await
    }

    /// Goes on to an instant. One that is past stays past.
    pub async fn go_on_to(&self, to: Timestamp) -> Result<(), StoryTrouble> {
        self.clock.advance(to).await?;
        Ok(self.sign_in.keep_files()?)
    }

    /// Says how far the story has come.
    pub fn progress(&self, what: &str) {
        let day = told_locally(self.clock.now()).strftime("%-d %B %Y");
        self.console.line(&format!("{day}: {what}"));
    }

    /// Gives a command that may be refused by a rule, or found malformed.
    pub async fn try_to(
        &self,
        who: &Person,
        deed: Deed,
    ) -> Result<Result<Accepted, Box<Problem>>, StoryTrouble> {
        match self.api.give(who, deed).await {
            Ok(accepted) => Ok(Ok(accepted)),
            Err(ApiTrouble::Problem { problem, .. }) if is_about_the_content(&problem) => {
                Ok(Err(problem))
            }
            Err(trouble) => Err(trouble.into()),
        }
    }
}

/// Whether another content would have been taken: the business said no, or a field is wrong.
fn is_about_the_content(problem: &Problem) -> bool {
    matches!(problem.status, 400 | 409 | 413 | 422)
}
