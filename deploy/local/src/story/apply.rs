//! ACT: people apply for the opportunity whose story is followed, one of them on paper; one withdraws,
//! and one comes a minute too late.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use uuid::Uuid;

use super::ground::coordinator_of;
use super::{Published, StoryTrouble, World};
use crate::api::{Behalf, CameBy, Deed};
use crate::people::{AMIRA, EDITH, Involvee, JOAN, MARCUS, NIA, SUNITA};

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

static APPLICANTS: [Involvee; 4] = [AMIRA, JOAN, MARCUS, SUNITA];
static ON_PAPER: Involvee = EDITH;
static TOO_LATE: Involvee = NIA;

/// Everything up to the closing, and the minute after.
pub(super) async fn until_closing(world: &mut World<'_>) -> Result<(), StoryTrouble> {
    let Some(followed) = world.followed().cloned() else { return Ok(()) };
    let (Some(opens_at), Some(closes_at)) = (followed.opens_at, followed.closes_at) else {
        return Ok(());
    };
    world.go_on_to(opens_at + SignedDuration::from_hours(30)).await?;
    let title = followed.advert.begin.advert.title.clone().unwrap_or_default();
    for who in &APPLICANTS {
        let applied = submit(world, &followed, who, None).await?;
        world.timeline.add(applied.1, who.person.name, format!("applies: “{title}”"));
        world.applied.push(applied.0);
    }
    on_paper(world, &followed).await?;
    withdraw(world).await?;
    world.progress(&format!("{} applications have come in", world.applied.len()));
    world.figures.applications = world.applied.len();
    too_late(world, &followed, closes_at).await
}

async fn submit(
    world: &World<'_>,
    followed: &Published,
    who: &'static Involvee,
    behalf: Option<Behalf>,
) -> Result<(Applied, Timestamp), StoryTrouble> {
    let path = format!("/v1/opportunities/{}/applications", followed.id);
    let mut deed =
        Deed::new(format!("demo/{}/apply", who.person.subject), SERVICE, path, form(followed, who));
    let mut by = who.person;
    if let Some(behalf) = behalf {
        deed = deed.typed_for(behalf);
        by = coordinator_of(followed.advert.begin.advert.locality.as_deref());
    }
    let accepted = world.api.give(&by, deed).await?;
    Ok((Applied { id: accepted.id, who, withdrawn: false }, accepted.at))
}

async fn on_paper(world: &mut World<'_>, followed: &Published) -> Result<(), StoryTrouble> {
    let Some(person) = world.people.get(ON_PAPER.person.subject).copied() else { return Ok(()) };
    let Some(opens_at) = followed.opens_at else { return Ok(()) };
    let received_at = opens_at + SignedDuration::from_hours(8);
    let behalf = Behalf { person, received_at, came_by: CameBy::Paper };
    let (applied, at) = submit(world, followed, &ON_PAPER, Some(behalf)).await?;
    let by = coordinator_of(followed.advert.begin.advert.locality.as_deref());
    let what =
        format!("types in the paper form of {}, which came the day before", ON_PAPER.person.name);
    world.timeline.add(at, by.name, what);
    world.applied.push(applied);
    Ok(())
}

async fn withdraw(world: &mut World<'_>) -> Result<(), StoryTrouble> {
    let Some(last) = APPLICANTS.last() else { return Ok(()) };
    let Some(place) =
        world.applied.iter().position(|it| it.who.person.subject == last.person.subject)
    else {
        return Ok(());
    };
    let Some(applied) = world.applied.get(place).copied() else { return Ok(()) };
    let path = format!("/v1/applications/{}/withdraw", applied.id);
    let step = format!("demo/{}/withdraw", last.person.subject);
    let accepted = world.api.give(&last.person, Deed::new(step, SERVICE, path, json!({}))).await?;
    let what = "withdraws, and does not have to say why";
    world.timeline.add(accepted.at, last.person.name, what);
    if let Some(applied) = world.applied.get_mut(place) {
        applied.withdrawn = true;
    }
    Ok(())
}

/// The whole closing minute counts; the next does not.
async fn too_late(
    world: &mut World<'_>,
    followed: &Published,
    closes_at: Timestamp,
) -> Result<(), StoryTrouble> {
    world.go_on_to(closes_at + SignedDuration::from_secs(61)).await?;
    let path = format!("/v1/opportunities/{}/applications", followed.id);
    let step = format!("demo/{}/apply", TOO_LATE.person.subject);
    let deed = Deed::new(step, SERVICE, path, form(followed, &TOO_LATE));
    if let Err(problem) = world.try_to(&TOO_LATE.person, deed).await? {
        let what = format!("is told: {}", problem.detail);
        world.timeline.add(closes_at + SignedDuration::from_secs(61), TOO_LATE.person.name, what);
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
