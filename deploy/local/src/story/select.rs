//! ACT: a panel decides: conflicts declared, each scoring alone, everybody given an outcome with its
//! reason, and all told together on a working morning.

use serde_json::{Value, json};

use super::ground::coordinator_of;
use super::{Applied, Published, StoryTrouble, World};
use crate::api::Deed;
use crate::people::{AMIRA, APPROVER, GROUP_CHAIR, JOAN, MARCUS, PETER, Person};

const SERVICE: &str = recruitment::NAME;

/// The panel: staff, someone who has sat on panels before, and the chair.
static MEMBERS: [(Person, &str); 3] = [
    (crate::people::BRISTOL_COORDINATOR, "staff"),
    (PETER.person, "involvee"),
    (GROUP_CHAIR, "involvee"),
];

/// From the closing to the morning on which everybody is told.
pub(super) async fn decide(world: &mut World<'_>) -> Result<(), StoryTrouble> {
    let Some(followed) = world.followed().cloned() else { return Ok(()) };
    let Some(closes_at) = followed.closes_at else { return Ok(()) };
    world.go_on_to(closes_at + jiff::SignedDuration::from_hours(3 * 24 + 22)).await?;
    world.progress("a panel of three reads every application on the published criteria");
    form(world, &followed).await?;
    declare(world, &followed).await?;
    for (member, _) in &MEMBERS {
        score(world, &followed, member).await?;
    }
    decide_each(world, &followed).await?;
    approve(world, &followed).await?;
    tell(world, &followed).await
}

async fn give(
    world: &World<'_>,
    followed: &Published,
    who: &Person,
    step: String,
    verb: &str,
    said: Value,
) -> Result<crate::api::Accepted, StoryTrouble> {
    let path = format!("/v1/opportunities/{}/selection/{verb}", followed.id);
    Ok(world.api.give(who, Deed::new(step, SERVICE, path, said)).await?)
}

async fn form(world: &mut World<'_>, followed: &Published) -> Result<(), StoryTrouble> {
    let members: Vec<Value> = MEMBERS
        .iter()
        .map(|(who, kind)| json!({ "person": world.person_behind(who), "kind": kind }))
        .collect();
    let by = coordinator_of(followed.advert.begin.advert.locality.as_deref());
    let said = json!({ "members": members });
    let formed = give(world, followed, &by, "demo/panel/form".to_owned(), "panel", said).await?;
    let names: Vec<&str> = MEMBERS.iter().map(|(who, _)| who.name).collect();
    world.timeline.add(formed.at, by.name, format!("forms a panel: {}", names.join(", ")));
    Ok(())
}

/// Peter knows Joan; nobody asks him how.
async fn declare(world: &mut World<'_>, followed: &Published) -> Result<(), StoryTrouble> {
    let Some(joan) = world.application_of(&JOAN) else { return Ok(()) };
    let said = json!({ "application": joan.id, "conflict": "knows_the_person" });
    let step = "demo/panel/conflict".to_owned();
    let declared = give(world, followed, &PETER.person, step, "conflicts", said).await?;
    let what = "knows one of the applicants, and sits that one out";
    world.timeline.add(declared.at, PETER.person.name, what);
    Ok(())
}

async fn score(
    world: &mut World<'_>,
    followed: &Published,
    member: &Person,
) -> Result<(), StoryTrouble> {
    let applied: Vec<Applied> = world.applied.iter().filter(|it| !it.withdrawn).copied().collect();
    for one in applied {
        let sits_out =
            member.subject == PETER.person.subject && one.who.person.subject == JOAN.person.subject;
        if sits_out {
            continue;
        }
        for criterion in &followed.advert.begin.advert.criteria {
            let points = points(member, one, &criterion.code);
            let said = json!({ "application": one.id, "criterion": criterion.code, "points": points,
                "evidence": "Shown in the answer, with an example." });
            let step = format!(
                "demo/score/{}/{}/{}",
                member.subject, one.who.person.subject, criterion.code
            );
            give(world, followed, member, step, "scores", said).await?;
        }
    }
    let step = format!("demo/lock/{}", member.subject);
    let locked = give(world, followed, member, step, "lock", json!({})).await?;
    world.timeline.add(locked.at, member.name, "scores alone on the published criteria, and locks");
    Ok(())
}

fn points(member: &Person, applied: Applied, code: &str) -> u8 {
    let wanted = [AMIRA.person.subject, JOAN.person.subject, MARCUS.person.subject];
    let strong = wanted.contains(&applied.who.person.subject);
    let generous = (member.subject.len() + code.len()).is_multiple_of(2);
    match (strong, generous) {
        (true, true) => 4,
        (true, false) | (false, true) => 3,
        (false, false) => 2,
    }
}

async fn decide_each(world: &mut World<'_>, followed: &Published) -> Result<(), StoryTrouble> {
    let applied: Vec<Applied> = world.applied.iter().filter(|it| !it.withdrawn).copied().collect();
    let decider = GROUP_CHAIR;
    let mut last = None;
    for one in &applied {
        let (decision, reason) = outcome(world, one);
        let said = json!({ "application": one.id, "decision": decision, "reason": reason,
            "internal_reason": null });
        let step = format!("demo/decide/{}", one.who.person.subject);
        last = Some(give(world, followed, &decider, step, "decide", said).await?.at);
        world.figures.decisions += 1;
    }
    if let Some(at) = last {
        let what =
            format!("records an outcome with its reason for each of {} applicants", applied.len());
        world.timeline.add(at, decider.name, what);
    }
    Ok(())
}

/// What the panel agreed on, and why.
fn outcome(world: &World<'_>, applied: &Applied) -> (Value, &'static str) {
    match applied.who.person.subject {
        one if one == AMIRA.person.subject => (
            json!({ "kind": "offer" }),
            "You showed how you turn a research summary into plain words, and how you listen.",
        ),
        one if one == JOAN.person.subject => (
            json!({ "kind": "offer" }),
            "You showed years of speaking up for others, and that you read what you are sent.",
        ),
        one if one == MARCUS.person.subject => (
            json!({ "kind": "reserve", "until": world.calendar.day("08-31") }),
            "You meet everything we asked for; two others showed more on reading research. We would \
             like to ask you if a place becomes free.",
        ),
        _ => (
            json!({ "kind": "not_selected" }),
            "Not selected this time: others showed more on reading research summaries.",
        ),
    }
}

async fn approve(world: &mut World<'_>, followed: &Published) -> Result<(), StoryTrouble> {
    let by = coordinator_of(followed.advert.begin.advert.locality.as_deref());
    let said = json!({ "reachable": world.person_behind(&by) });
    let step = "demo/panel/approve".to_owned();
    let approved = give(world, followed, &APPROVER, step, "approve", said).await?;
    let what = "approves the outcome; everybody is to be told on one working morning";
    world.timeline.add(approved.at, APPROVER.name, what);
    Ok(())
}

async fn tell(world: &mut World<'_>, followed: &Published) -> Result<(), StoryTrouble> {
    let Some(closes_at) = followed.closes_at else { return Ok(()) };
    world.go_on_to(closes_at + jiff::SignedDuration::from_hours(7 * 24)).await?;
    let told = world.applied.iter().filter(|it| !it.withdrawn).count();
    world.progress(&format!("{told} applicants were told the outcome, each with the reason"));
    Ok(())
}
