//! ACT: adverts are drafted, as far as they can be read, and each is judged by the service before
//! anything is established for it. Whatever cannot be published is named with every reason.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{StoryTrouble, World, coordinator_of};
use crate::adverts::{Advert, Flaws, Unusable};
use crate::api::{Deed, Problem, body};
use crate::people::{COORDINATOR, Person};

const SERVICE: &str = opportunities::NAME;
const GROUPS: &str = recruitment::NAME;
const TOO_LARGE: u16 = 413;

/// An advert on its way.
pub(super) struct Draft {
    pub(super) id: Uuid,
    pub(super) advert: Advert,
    /// Who writes it.
    pub(super) writer: Person,
    /// Who answers for its places.
    pub(super) coordinator: Person,
    pub(super) done_at: Timestamp,
}

/// What came of a step for one advert: it goes on, or cannot be published.
pub(super) type Came<T> = Result<Result<T, Unusable>, StoryTrouble>;

#[derive(Deserialize)]
struct DraftPage {
    staff: Option<StaffPart>,
}

#[derive(Deserialize)]
struct StaffPart {
    lacking: Vec<Value>,
}

/// Drafts what can be read of an advert. A field that the service does not take is left out and noted,
/// so that the service judges the others all the same.
pub(super) async fn draft(world: &World<'_>, mut advert: Advert) -> Came<Draft> {
    let writer = coordinator_of(advert.begin.advert.locality.as_deref());
    let mut said = body(&advert.begin);
    let mut step = format!("demo/{}/draft", advert.key);
    for attempt in 2.. {
        let deed = Deed::new(&step, SERVICE, "/v1/opportunities", said.clone());
        match world.try_to(&writer, deed).await? {
            Ok(accepted) => {
                let (id, done_at) = (accepted.id, accepted.at);
                return Ok(Ok(Draft { id, advert, writer, coordinator: writer, done_at }));
            }
            Err(problem) if leave_out(&mut said, &problem, &mut advert.flaws) => {
                step = format!("demo/{}/draft/{attempt}", advert.key);
            }
            Err(problem) => return Ok(Err(advert.unusable(problem.sentences()))),
        }
    }
    Ok(Err(advert.unusable(Vec::new())))
}

/// Takes what was not taken out of the body, and notes why; whether there was anything to take out.
fn leave_out(said: &mut Value, problem: &Problem, flaws: &mut Flaws) -> bool {
    if problem.status == TOO_LARGE {
        let Some(field) = longest(said) else { return false };
        flaws.unread(&field, format!("advert.{field}: {}", problem.detail));
        return remove(said, "advert", &field);
    }
    let mut is_shorter = false;
    for error in &problem.errors {
        let (part, rest) = error.field.split_once('.').unwrap_or((&error.field, ""));
        let field = rest.split(['.', '[']).next().unwrap_or(rest);
        if remove(said, part, field) {
            is_shorter = true;
        }
    }
    if is_shorter {
        for (error, sentence) in problem.errors.iter().zip(problem.sentences()) {
            let field = error.field.split(['.', '[']).nth(1).unwrap_or_default();
            flaws.unread(field, sentence);
        }
    }
    is_shorter
}

/// The source is one whole: without its address it is none.
fn remove(said: &mut Value, part: &str, field: &str) -> bool {
    if part == "source" {
        return said.as_object_mut().and_then(|said| said.remove(part)).is_some();
    }
    let part = said.get_mut(part).and_then(Value::as_object_mut);
    part.and_then(|part| part.remove(field)).is_some()
}

fn longest(said: &Value) -> Option<String> {
    let advert = said.get("advert")?.as_object()?;
    let (field, _) = advert.iter().max_by_key(|(_, value)| value.to_string().len())?;
    Some(field.clone())
}

/// Asks the service what the draft lacks, where something hangs on it: an advert with flaws is told of
/// everything at once, and a group is established only for what can be published.
pub(super) async fn judge(world: &World<'_>, draft: Draft) -> Came<Draft> {
    let Draft { id, advert, writer, .. } = &draft;
    if advert.flaws.is_empty() && advert.group.is_none() {
        return Ok(Ok(draft));
    }
    let found_complete = format!("demo/{}/complete", advert.key);
    let mut lacking = Vec::new();
    // What lacked nothing then may lack time later on.
    if world.api.done_at(&found_complete).is_none() {
        let page: DraftPage =
            world.api.look(writer, SERVICE, &format!("/v1/opportunities/{id}")).await?;
        if page.staff.is_none_or(|staff| staff.lacking.is_empty()) {
            world.api.note(&found_complete);
        } else {
            lacking = refused(world, &draft).await?;
        }
    }
    let is_usable = advert.flaws.is_empty() && lacking.is_empty();
    Ok(if is_usable { Ok(draft) } else { Err(advert.unusable(lacking)) })
}

/// Everything a draft lacks, as a refusal that stays the same whenever it is asked for again.
async fn refused(world: &World<'_>, draft: &Draft) -> Result<Vec<String>, StoryTrouble> {
    let step = format!("demo/{}/submit-for-review", draft.advert.key);
    let path = format!("/v1/opportunities/{}/submit-for-review", draft.id);
    let Err(problem) =
        world.try_to(&draft.writer, Deed::new(step, SERVICE, path, json!({}))).await?
    else {
        return Ok(Vec::new());
    };
    if problem.reasons.is_empty() {
        return Ok(problem.sentences());
    }
    let lacks = problem.reasons.iter().filter(|lack| !draft.advert.flaws.explain(&lack.code));
    Ok(lacks.map(|lack| lack.text.clone()).collect())
}

/// Establishes each group that adverts name, once, with the seats of all of them. Whatever cannot have
/// its group cannot be published, and says why.
pub(super) async fn establish_groups(
    world: &mut World<'_>,
    drafts: Vec<Draft>,
) -> Result<Vec<Draft>, StoryTrouble> {
    let mut going_on = Vec::new();
    let mut by_group: BTreeMap<String, Vec<Draft>> = BTreeMap::new();
    for draft in drafts {
        match &draft.advert.group {
            None => going_on.push(draft),
            Some(wanted) => by_group.entry(wanted.name.clone()).or_default().push(draft),
        }
    }
    for (name, drafts) in by_group {
        going_on.extend(establish(world, &name, drafts).await?);
    }
    going_on.sort_by_key(|draft| draft.advert.place);
    Ok(going_on)
}

async fn establish(
    world: &mut World<'_>,
    name: &str,
    mut drafts: Vec<Draft>,
) -> Result<Vec<Draft>, StoryTrouble> {
    let Some(first) = drafts.first().map(|draft| draft.advert.clone()) else {
        return Ok(drafts);
    };
    let locality = first.begin.advert.locality.clone();
    let is_one_place = drafts.iter().all(|it| it.advert.begin.advert.locality == locality);
    // A group of several places is everybody's.
    let locality = locality.filter(|_| is_one_place);
    let by = if is_one_place { coordinator_of(locality.as_deref()) } else { COORDINATOR };
    let seats: u32 = drafts.iter().map(seats_wanted).map(u32::from).sum();
    let said = json!({ "name": name, "kind": "panel", "locality": locality,
        "purpose": first.begin.advert.purpose, "reports_to": null, "review_on": null,
        "seats_planned": seats });
    let deed = Deed::new(format!("demo/{}/group", first.key), GROUPS, "/v1/groups", said);
    let group = match world.try_to(&by, deed).await? {
        Ok(group) => group,
        Err(problem) => {
            let reasons = || problem.sentences().into_iter().map(|it| format!("its group: {it}"));
            world.unusable.extend(drafts.iter().map(|it| it.advert.unusable(reasons().collect())));
            return Ok(Vec::new());
        }
    };
    let what = if seats == 1 { "one seat".to_owned() } else { format!("{seats} seats") };
    world.timeline.add(group.at, by.name, format!("establishes the {name} with {what}"));
    let mut going_on = Vec::new();
    for mut draft in drafts.drain(..) {
        draft.coordinator = by;
        match seat(world, draft, group.id).await? {
            Ok(draft) => going_on.push(draft),
            Err(unusable) => world.unusable.push(unusable),
        }
    }
    Ok(going_on)
}

fn seats_wanted(draft: &Draft) -> u16 {
    draft.advert.group.as_ref().map_or(0, |wanted| wanted.seats)
}

/// Adds the seats of one advert, and names them in its draft.
async fn seat(world: &World<'_>, mut draft: Draft, group: Uuid) -> Came<Draft> {
    let (key, by) = (draft.advert.key.clone(), draft.coordinator);
    let mut seats: Vec<Uuid> = Vec::new();
    for number in 1..=seats_wanted(&draft) {
        let path = format!("/v1/groups/{group}/seats");
        let locality = &draft.advert.begin.advert.locality;
        let said = json!({ "role": "member", "constituency": null, "locality": locality });
        let deed = Deed::new(format!("demo/{key}/seat/{number}"), GROUPS, path, said);
        seats.push(world.api.give(&by, deed).await?.id);
    }
    let begin = &mut draft.advert.begin;
    begin.advert.group = Some(group.into());
    begin.advert.seats = seats.into_iter().map(Into::into).collect();
    let said = json!({ "advert": body(&begin.advert), "internal": body(&begin.internal) });
    let path = format!("/v1/opportunities/{}/revise", draft.id);
    let deed = Deed::new(format!("demo/{key}/name-seats"), SERVICE, path, said);
    Ok(match world.try_to(&draft.writer, deed).await? {
        Ok(_) => Ok(draft),
        Err(problem) => Err(draft.advert.unusable(problem.sentences())),
    })
}

#[cfg(test)]
mod stories {
    use serde_json::json;

    use super::leave_out;
    use crate::adverts::Flaws;
    use crate::api::{FieldError, Problem};

    fn malformed(fields: &[&str]) -> Problem {
        let error =
            |field: &&str| FieldError { field: (*field).to_owned(), problem: "Odd.".to_owned() };
        let errors = fields.iter().map(error).collect();
        Problem { status: 422, errors, ..Problem::default() }
    }

    #[test]
    fn what_is_not_taken_is_left_out_and_named() {
        let mut said = json!({ "advert": { "title": "a\nb", "criteria": [{}], "places": 1 },
            "internal": { "budget_code": "x" }, "source": { "id": "a", "url": "b" } });
        let mut flaws = Flaws::default();
        let problem = malformed(&[
            "advert.title",
            "advert.criteria[0].code",
            "advert.criteria[0].text",
            "internal.budget_code",
            "source.url",
        ]);
        assert!(leave_out(&mut said, &problem, &mut flaws));
        assert_eq!(said, json!({ "advert": { "places": 1 }, "internal": {} }));
        assert_eq!(flaws.reasons().len(), 5);
        assert_eq!(flaws.reasons()[1], "advert.criteria[0].code: Odd.");
        assert!(["title", "criteria", "budget_code"].iter().all(|field| flaws.explain(field)));
        assert!(!leave_out(&mut said, &problem, &mut flaws), "nothing is left to leave out");
        assert_eq!(flaws.reasons().len(), 5);
    }

    #[test]
    fn of_what_is_too_large_the_longest_is_left_out() {
        let mut said = json!({ "advert": { "title": "a", "purpose": "x".repeat(99) } });
        let mut flaws = Flaws::default();
        let detail = "Send less at once.".to_owned();
        let problem = Problem { status: 413, detail, ..Problem::default() };
        assert!(leave_out(&mut said, &problem, &mut flaws));
        assert_eq!(said, json!({ "advert": { "title": "a" } }));
        assert_eq!(flaws.reasons(), ["advert.purpose: Send less at once."]);
    }
}
