//! ACT: a panel decides: conflicts declared, each scoring alone, everybody given an outcome with its
//! reason, and all told together on a working morning.

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Applied, Plot, StoryTrouble, World};
use crate::api::Deed;
use crate::cast::Cast;
use crate::people::{APPROVER, GROUP_CHAIR, JOAN, PETER, Person};
use crate::schedule::Holding;

const SERVICE: &str = recruitment::NAME;

/// The panel: staff, someone who has sat on panels before, and the chair.
static MEMBERS: [(Person, &str); 3] = [
    (crate::people::BRISTOL_COORDINATOR, "staff"),
    (PETER.person, "involvee"),
    (GROUP_CHAIR, "involvee"),
];

#[derive(Deserialize)]
struct Board {
    tell_at: Option<Timestamp>,
}

/// From the closing to the morning on which everybody is told.
pub(super) async fn decide(world: &mut World<'_>) -> Result<(), StoryTrouble> {
    let Some(plot) = world.plot.clone() else { return Ok(()) };
    world.go_on_to(plot.choosing.formed).await?;
    form(world, &plot).await?;
    declare(world, &plot).await?;
    world.go_on_to(plot.choosing.scored).await?;
    world.progress("a panel of three reads every application on the published criteria");
    for (member, _) in &MEMBERS {
        read(world, &plot, member).await?;
        score(world, &plot, member).await?;
    }
    world.go_on_to(plot.choosing.decided).await?;
    decide_each(world, &plot).await?;
    world.go_on_to(plot.choosing.approved).await?;
    approve(world, &plot).await?;
    tell(world, plot).await
}

async fn give(
    world: &World<'_>,
    plot: &Plot,
    who: &Person,
    step: String,
    verb: &str,
    said: Value,
) -> Result<crate::api::Accepted, StoryTrouble> {
    let path = format!("{}/{verb}", board_of(plot));
    Ok(world.api.give(who, Deed::new(step, SERVICE, path, said)).await?)
}

fn board_of(plot: &Plot) -> String {
    format!("/v1/opportunities/{}/selection", plot.followed.id)
}

async fn form(world: &mut World<'_>, plot: &Plot) -> Result<(), StoryTrouble> {
    let members: Vec<Value> = MEMBERS
        .iter()
        .map(|(who, kind)| json!({ "person": world.person_behind(who), "kind": kind }))
        .collect();
    let by = plot.followed.coordinator;
    let said = json!({ "members": members });
    let formed = give(world, plot, &by, "demo/panel/form".to_owned(), "panel", said).await?;
    let names: Vec<&str> = MEMBERS.iter().map(|(who, _)| who.name).collect();
    world.timeline.add(formed.at, by.name, format!("forms a panel: {}", names.join(", ")));
    Ok(())
}

/// Peter knows Joan; nobody asks him how.
async fn declare(world: &mut World<'_>, plot: &Plot) -> Result<(), StoryTrouble> {
    let Some(joan) = world.application_of(&JOAN) else { return Ok(()) };
    let said = json!({ "application": joan.id, "conflict": "knows_the_person" });
    let step = "demo/panel/conflict".to_owned();
    let declared = give(world, plot, &PETER.person, step, "conflicts", said).await?;
    let what = "knows one of the applicants, and sits that one out";
    world.timeline.add(declared.at, PETER.person.name, what);
    Ok(())
}

/// Each reading is on record, and the person sees who looked; so the story told again reads nothing
/// again.
async fn read(world: &mut World<'_>, plot: &Plot, member: &Person) -> Result<(), StoryTrouble> {
    let step = format!("demo/read/{}", member.subject);
    let read_at = if let Some(at) = world.api.done_at(&step) {
        at
    } else {
        let _: Value = world.api.look(member, SERVICE, &board_of(plot)).await?;
        world.api.note(&step)
    };
    let what = "reads what the applicants wrote; that, too, is on record";
    world.timeline.add(read_at, member.name, what);
    Ok(())
}

async fn score(world: &mut World<'_>, plot: &Plot, member: &Person) -> Result<(), StoryTrouble> {
    let applied: Vec<Applied> = world.applied.iter().filter(|it| !it.withdrawn).copied().collect();
    for one in applied {
        let sits_out =
            member.subject == PETER.person.subject && one.who.person.subject == JOAN.person.subject;
        if sits_out {
            continue;
        }
        for criterion in &plot.followed.advert.begin.advert.criteria {
            let points = points(plot, member, one, &criterion.code);
            let said = json!({ "application": one.id, "criterion": criterion.code, "points": points,
                "evidence": "Shown in the answer, with an example." });
            let step = format!(
                "demo/score/{}/{}/{}",
                member.subject, one.who.person.subject, criterion.code
            );
            give(world, plot, member, step, "scores", said).await?;
        }
    }
    let step = format!("demo/lock/{}", member.subject);
    let locked = give(world, plot, member, step, "lock", json!({})).await?;
    world.timeline.add(locked.at, member.name, "scores alone on the published criteria, and locks");
    Ok(())
}

/// Whoever is chosen or kept in mind shows more than the others, and no less than each other.
fn points(plot: &Plot, member: &Person, applied: Applied, code: &str) -> u8 {
    let Cast { first, second, in_reserve, .. } = plot.cast;
    let wanted = [Some(first), second, in_reserve];
    let strong = wanted.into_iter().any(|part| Cast::plays(part, &applied.who.person));
    let generous = (member.subject.len() + code.len()).is_multiple_of(2);
    match (strong, generous) {
        (true, true) => 4,
        (true, false) | (false, true) => 3,
        (false, false) => 2,
    }
}

async fn decide_each(world: &mut World<'_>, plot: &Plot) -> Result<(), StoryTrouble> {
    let applied: Vec<Applied> = world.applied.iter().filter(|it| !it.withdrawn).copied().collect();
    let decider = GROUP_CHAIR;
    let mut last = None;
    for one in &applied {
        let (decision, reason) = outcome(plot, one);
        let said = json!({ "application": one.id, "decision": decision, "reason": reason,
            "internal_reason": null });
        let step = format!("demo/decide/{}", one.who.person.subject);
        last = Some(give(world, plot, &decider, step, "decide", said).await?.at);
        world.figures.decisions += 1;
    }
    if let Some(at) = last {
        let what = match applied.len() {
            1 => "records an outcome with its reason for the one applicant".to_owned(),
            count => format!("records an outcome with its reason for each of {count} applicants"),
        };
        world.timeline.add(at, decider.name, what);
    }
    Ok(())
}

/// What the panel agreed on, and why. Where there are fewer places than people chosen, those who would
/// have had one are kept in mind.
fn outcome(plot: &Plot, applied: &Applied) -> (Value, &'static str) {
    let Cast { first, second, in_reserve, .. } = plot.cast;
    let plays = |part| Cast::plays(part, &applied.who.person);
    let places = plot.followed.advert.begin.advert.places.unwrap_or(1);
    if plays(Some(first)) {
        (
            json!({ "kind": "offer" }),
            "You showed how you turn what is hard to follow into plain words, and how you listen.",
        )
    } else if plays(second) && places > 1 {
        (
            json!({ "kind": "offer" }),
            "You showed years of speaking up for others, and that you read what you are sent.",
        )
    } else if plays(second) || plays(in_reserve) {
        (
            json!({ "kind": "reserve", "until": plot.choosing.reserve_until }),
            "You meet everything we asked for; there were more of you than places. We would like to \
             ask you if a place becomes free.",
        )
    } else {
        (
            json!({ "kind": "not_selected" }),
            "Not selected this time: others showed more of what was asked for.",
        )
    }
}

async fn approve(world: &mut World<'_>, plot: &Plot) -> Result<(), StoryTrouble> {
    let by = plot.followed.coordinator;
    let said = json!({ "reachable": world.person_behind(&by) });
    let step = "demo/panel/approve".to_owned();
    let approved = give(world, plot, &APPROVER, step, "approve", said).await?;
    let what = "approves the outcome; everybody is to be told on one working morning";
    world.timeline.add(approved.at, APPROVER.name, what);
    Ok(())
}

/// The morning is the service's to choose; what follows is reckoned from it.
async fn tell(world: &mut World<'_>, mut plot: Plot) -> Result<(), StoryTrouble> {
    let step = "demo/panel/told";
    let tell_at = if let Some(at) = world.api.done_at(step) {
        at
    } else {
        let by = plot.followed.coordinator;
        let board: Board = world.api.look(&by, SERVICE, &board_of(&plot)).await?;
        let at = board.tell_at.ok_or(StoryTrouble::NoMorning)?;
        world.api.note_at(step, at)
    };
    world.go_on_to(tell_at).await?;
    // Everything that leaves on that morning has left before the ways are counted.
    world.clock.settle().await?;
    super::tell::outcomes(world, tell_at).await?;
    plot.holding = Some(Holding::after(tell_at));
    world.plot = Some(plot);
    Ok(())
}
