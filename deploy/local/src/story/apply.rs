//! ACT: people apply for the opportunity whose story is followed, one of them on paper; one withdraws,
//! and one comes a minute too late.

use jiff::Timestamp;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Plot, Published, StoryTrouble, World};
use crate::api::{Behalf, CameBy, Deed};
use crate::cast::Cast;
use crate::people::Involvee;

const SERVICE: &str = recruitment::NAME;

/// An application that came in.
#[derive(Clone, Copy, Debug)]
pub struct Applied {
    /// Which.
    pub id: Uuid,
    /// Whose.
    pub who: &'static Involvee,
    /// Whether it was withdrawn again.
    pub withdrawn: bool,
}

/// Everything up to the closing, and the minute after.
pub(super) async fn until_closing(world: &mut World<'_>) -> Result<(), StoryTrouble> {
    let Some(plot) = world.plot.clone() else { return Ok(()) };
    world.go_on_to(plot.applying.applied).await?;
    for who in plot.cast.online() {
        let (applied, at) = submit(world, &plot, who, None).await?;
        take_in(world, applied);
        world.timeline.add(at, who.person.name, format!("applies: “{}”", plot.title()));
    }
    on_paper(world, &plot).await?;
    world.progress(&match world.applied.len() {
        1 => "1 application has come in".to_owned(),
        count => format!("{count} applications have come in"),
    });
    withdraw(world, &plot).await?;
    close_by_hand(world, &plot).await?;
    too_late(world, &plot).await
}

fn take_in(world: &mut World<'_>, applied: Applied) {
    world.applied.push(applied);
    world.figures.applications = world.applied.len();
}

async fn submit(
    world: &World<'_>,
    plot: &Plot,
    who: &'static Involvee,
    behalf: Option<Behalf>,
) -> Result<(Applied, Timestamp), StoryTrouble> {
    let path = format!("/v1/opportunities/{}/applications", plot.followed.id);
    let step = format!("demo/{}/apply", who.person.subject);
    let mut deed = Deed::new(step, SERVICE, path, form(&plot.followed, who));
    let mut by = who.person;
    if let Some(behalf) = behalf {
        deed = deed.typed_for(behalf);
        by = plot.followed.coordinator;
    }
    let accepted = world.api.give(&by, deed).await?;
    Ok((Applied { id: accepted.id, who, withdrawn: false }, accepted.at))
}

async fn on_paper(world: &mut World<'_>, plot: &Plot) -> Result<(), StoryTrouble> {
    let Some(who) = plot.cast.on_paper else { return Ok(()) };
    let Some(person) = world.people.get(who.person.subject).copied() else { return Ok(()) };
    let received_at = plot.applying.paper_came;
    let behalf = Behalf { person, received_at, came_by: CameBy::Paper };
    let (applied, at) = submit(world, plot, who, Some(behalf)).await?;
    take_in(world, applied);
    let what = format!("types in the paper form of {}, which came that morning", who.person.name);
    world.timeline.add(at, plot.followed.coordinator.name, what);
    Ok(())
}

async fn withdraw(world: &mut World<'_>, plot: &Plot) -> Result<(), StoryTrouble> {
    let part = |it: &&mut Applied| Cast::plays(plot.cast.withdraws, &it.who.person);
    let Some(applied) = world.applied.iter_mut().find(part) else { return Ok(()) };
    let who = applied.who.person;
    let path = format!("/v1/applications/{}/withdraw", applied.id);
    let step = format!("demo/{}/withdraw", who.subject);
    let accepted = world.api.give(&who, Deed::new(step, SERVICE, path, json!({}))).await?;
    applied.withdrawn = true;
    world.timeline.add(accepted.at, who.name, "withdraws, and does not have to say why");
    Ok(())
}

/// What is open until it is closed by hand is closed by hand, so that a panel can begin.
async fn close_by_hand(world: &mut World<'_>, plot: &Plot) -> Result<(), StoryTrouble> {
    if plot.followed.closes_at.is_some() {
        return Ok(());
    }
    world.go_on_to(plot.applying.closes_at).await?;
    let by = plot.followed.coordinator;
    let path = format!("/v1/opportunities/{}/close", plot.followed.id);
    let step = format!("demo/{}/close", plot.followed.advert.key);
    let closed = world.api.give(&by, Deed::new(step, opportunities::NAME, path, json!({}))).await?;
    let what = format!("closes “{}” by hand, as it had no closing time", plot.title());
    world.timeline.add(closed.at, by.name, what);
    Ok(())
}

/// The whole closing minute counts; the next does not.
async fn too_late(world: &mut World<'_>, plot: &Plot) -> Result<(), StoryTrouble> {
    world.go_on_to(plot.applying.too_late).await?;
    let Some(who) = plot.cast.too_late else { return Ok(()) };
    let path = format!("/v1/opportunities/{}/applications", plot.followed.id);
    let step = format!("demo/{}/apply", who.person.subject);
    let deed = Deed::new(step, SERVICE, path, form(&plot.followed, who));
    if let Err(problem) = world.try_to(&who.person, deed).await? {
        let what = format!("is told: {}", problem.detail);
        world.timeline.add(plot.applying.too_late, who.person.name, what);
    }
    Ok(())
}

fn form(followed: &Published, who: &Involvee) -> Value {
    let criteria = followed.advert.begin.advert.criteria.iter();
    let answers: Vec<Value> = criteria
        .map(|criterion| {
            let text = format!(
                "{} I would bring this as {}.",
                "I have done this for years, at home and in my group.", who.person.what
            );
            json!({ "criterion": criterion.code, "text": text })
        })
        .collect();
    json!({ "answers": answers, "why": "I want what happened to us to be of use.",
        "data_use_understood": true, "of_required_age": true })
}

impl World<'_> {
    /// The application of someone, if it stands.
    pub fn application_of(&self, who: &Involvee) -> Option<Applied> {
        let of_them = |it: &&Applied| it.who.person.subject == who.person.subject && !it.withdrawn;
        self.applied.iter().find(of_them).copied()
    }
}
