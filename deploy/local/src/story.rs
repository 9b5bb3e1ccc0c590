//! The main job as a story, act by act, each step through the public API as the right person. What an
//! act needs of another it finds in the world; no act writes a table.

mod ground;
mod drafting;
mod advertise;
mod plot;
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
use std::sync::atomic::{AtomicUsize, Ordering};

use contracts::PersonId;
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use crate::adverts::{Advert, Import, Unusable};
use crate::api::{Accepted, Api, ApiTrouble, Deed, Problem};
use crate::calendar::{Calendar, told_locally};
use crate::clock::{ClockTrouble, SharedClock};
use crate::console::Console;
use crate::figures::Figures;
use crate::people::{BRISTOL_COORDINATOR, COORDINATOR, Person};
use crate::sign_in::{SignIn, SignInTrouble};
use crate::system::System;
use crate::timeline::{Timeline, hanging};

pub use advertise::Published;
pub use apply::Applied;
pub use attend::Done;
pub use hold::Held;
pub use plot::Plot;

/// How a service says that a step was taken before with other words.
const KEY_REUSED: &str = "command.key_reused";
/// How many independent requests run at once.
const AT_ONCE: usize = 8;

/// Why the story does not go on.
#[derive(Debug, thiserror::Error)]
pub enum StoryTrouble {
    /// A step was not answered as the story has it.
    #[error(transparent)]
    Api(ApiTrouble),
    /// What was done on these data before was done in another story.
    #[error(
        "this data folder holds another story, told of other adverts; choose another folder with \
         --data-dir"
    )]
    AnotherStory,
    /// The clock does not move.
    #[error(transparent)]
    Clock(#[from] ClockTrouble),
    /// Somebody's token cannot be kept.
    #[error(transparent)]
    SignIn(#[from] SignInTrouble),
    /// An outcome was approved, and no morning chosen on which to tell it.
    #[error("recruitment has set no morning for the outcome; its log says why")]
    NoMorning,
    /// There is nothing to tell of.
    #[error("nothing could be published, so the story ends here; the reasons stand above")]
    NothingPublished,
    /// There is not even an advert.
    #[error("the file holds no adverts, so there is no story to tell; name one that does")]
    NoAdverts,
}

impl From<ApiTrouble> for StoryTrouble {
    fn from(trouble: ApiTrouble) -> Self {
        if let ApiTrouble::Problem { problem, .. } = &trouble
            && problem.code == KEY_REUSED
        {
            return Self::AnotherStory;
        }
        Self::Api(trouble)
    }
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
    /// Stands for the adverts that are told of.
    pub fingerprint: String,
    /// Adverts still to be published.
    pub adverts: Vec<Advert>,
    /// Those that could not be, each with its reasons.
    pub unusable: Vec<Unusable>,
    /// How many were approved so far.
    pub approved: AtomicUsize,
    /// Those that were published.
    pub published: Vec<Published>,
    /// What the story follows, once that is known.
    pub plot: Option<Plot>,
    /// How far the story has come; the clock may be further, where it was told before.
    pub story_time: Timestamp,
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

/// Tells the story from its beginning to its end. What really happened is counted however far it came.
pub async fn tell(world: &mut World<'_>) -> Result<(), StoryTrouble> {
    if world.adverts.is_empty() && world.unusable.is_empty() {
        return Err(StoryTrouble::NoAdverts);
    }
    if world.api.has_a_past() {
        world.console.line("The story was begun on these data before: nothing is done twice.");
    }
    let told = play(world).await;
    let settled = world.clock.settle().await.map(drop).map_err(StoryTrouble::from);
    let counted = settled.and(count(world).await);
    // Why the story broke off comes first; that the rest cannot be counted then follows from it.
    told.and(counted)?;
    prove::histories(world).await
}

async fn play(world: &mut World<'_>) -> Result<(), StoryTrouble> {
    ground::lay(world).await?;
    claim::put_rates_in_force(world).await?;
    advertise::publish(world).await?;
    plot::choose(world);
    register::everybody(world).await?;
    advertise::open(world).await?;
    apply::until_closing(world).await?;
    select::decide(world).await?;
    hold::offer(world).await?;
    attend::meet(world).await?;
    claim::pay(world).await?;
    rotate::pass_on(world).await?;
    advertise::close(world).await
}

/// Counts what has happened so far, by the services' own pages.
pub async fn count(world: &mut World<'_>) -> Result<(), StoryTrouble> {
    world.figures.opportunities_published = world.approved.load(Ordering::Relaxed);
    world.figures.opportunities_refused = world.unusable.len();
    tell::count(world).await?;
    claim::count(world).await?;
    prove::places(world).await
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
            fingerprint: import.fingerprint,
            adverts: import.adverts,
            unusable: import.unusable,
            approved: AtomicUsize::new(0),
            published: Vec::new(),
            plot: None,
            story_time: Timestamp::MIN,
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

    /// The person behind an account at the development issuer.
    pub fn person_behind(&self, who: &Person) -> PersonId {
        self.sign_in.issuer().person(who.subject)
    }

    /// Goes on to an instant. One that is past stays past.
    pub async fn go_on_to(&mut self, to: Timestamp) -> Result<(), StoryTrouble> {
        self.clock.advance(to).await?;
        self.story_time = self.story_time.max(to);
        Ok(self.sign_in.keep_files()?)
    }

    /// Whether the clock has been further than the story has come: what a page shows now is not what
    /// it showed then.
    pub fn is_told_again(&self) -> bool {
        told_locally(self.clock.now()).date() > told_locally(self.story_time).date()
    }

    /// Says how far the story has come.
    pub fn progress(&self, what: &str) {
        let day = told_locally(self.story_time).strftime("%-d %B %Y");
        for line in hanging(&format!("{day}: "), what, 4) {
            self.console.line(&line);
        }
    }

    /// Says what is left out, and why: now, in the timeline, and in the summary.
    pub fn leave_out(&mut self, what: &str) {
        self.progress(&format!("left out: {what}"));
        // Behind what was done at that time.
        let at = self.story_time.saturating_add(SignedDuration::from_secs(1));
        let at = at.unwrap_or(self.story_time);
        self.timeline.add(at, "the story", format!("leaves out: {what}"));
        self.figures.left_out.push(what.to_owned());
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
    matches!(problem.status, 400 | 409 | 413 | 422) && problem.code != KEY_REUSED
}

/// Bristol has a coordinator of its own; everywhere else is the first one's.
fn coordinator_of(locality: Option<&str>) -> Person {
    if locality == Some("Bristol") { BRISTOL_COORDINATOR } else { COORDINATOR }
}
