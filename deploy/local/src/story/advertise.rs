//! ACT: adverts are written, reviewed and approved; they open and close at their times.

use std::collections::BTreeMap;
use std::sync::atomic::Ordering;

use contracts::id::SeatId;
use contracts::opportunities::{Advert as Words, Closing};
use futures::{StreamExt as _, TryStreamExt as _, stream};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;

use super::drafting::{self, Came, Draft};
use super::plot::ends_at;
use super::{AT_ONCE, StoryTrouble, World};
use crate::adverts::{Advert, Unusable};
use crate::api::Deed;
use crate::calendar::told_locally;
use crate::people::{AMIRA, APPROVER, COORDINATOR, Person};
use crate::schedule::Beginning;
use crate::timeline::{hanging, short};
use crate::working_days::at;

const SERVICE: &str = opportunities::NAME;
/// Whoever does what nobody tells it to.
const CLOCK: &str = "the clock";

/// An advert that was approved.
#[derive(Clone, Debug)]
pub struct Published {
    /// The opportunity.
    pub id: Uuid,
    /// The advert it was made from.
    pub advert: Advert,
    /// When it opens.
    pub opens_at: Option<Timestamp>,
    /// When it closes, unless it is rolling.
    pub closes_at: Option<Timestamp>,
    /// Who answers for its places.
    pub coordinator: Person,
}

impl Published {
    /// The seats it is to fill.
    pub fn seats(&self) -> &[SeatId] {
        &self.advert.begin.advert.seats
    }
}

/// Drafts, hands over, approves: what cannot be published is named with every reason.
pub(super) async fn publish(world: &mut World<'_>) -> Result<(), StoryTrouble> {
    let days = Beginning::of(world.calendar.year());
    world.go_on_to(at(days.drafting, 9, 0)).await?;
    let adverts = std::mem::take(&mut world.adverts);
    world.progress(&format!("coordinators draft {}", adverts_counted(adverts.len())));
    let drafts = each(world, adverts, drafting::draft).await?;
    tell_by_writer(world, &drafts, |count| {
        format!("drafts {count} from published notices, supplying what the notices lack")
    });
    let drafts = each(world, drafts, drafting::judge).await?;
    let drafts = drafting::establish_groups(world, drafts).await?;

    world.go_on_to(at(days.drafting, 14, 0)).await?;
    let drafts = each(world, drafts, hand_over).await?;
    tell_by_writer(world, &drafts, |count| format!("hands {count} over for review"));

    world.go_on_to(at(days.review, 10, 0)).await?;
    if !drafts.is_empty() {
        let what = format!("{} reviews {}", APPROVER.name, adverts_counted(drafts.len()));
        world.progress(&what);
    }
    let approved = each(world, drafts, approve).await?;
    if let Some(first) = approved.iter().map(|draft| draft.done_at).min() {
        let what = format!("approves {}; their words are fixed", adverts_counted(approved.len()));
        world.timeline.add(first, APPROVER.name, what);
    }
    world.unusable.sort_by_key(|it| it.place);
    tell_of_the_unusable(world);
    world.figures.opportunities_refused = world.unusable.len();
    world.published = approved.into_iter().map(Published::from).collect();
    if world.published.is_empty() { Err(StoryTrouble::NothingPublished) } else { Ok(()) }
}

/// Takes one step with each; what cannot go on is named.
async fn each<T, U>(
    world: &mut World<'_>,
    all: Vec<T>,
    step: impl AsyncFn(&World<'_>, T) -> Came<U>,
) -> Result<Vec<U>, StoryTrouble> {
    let came: Vec<Result<U, Unusable>> = {
        let world = &*world;
        stream::iter(all).map(|one| step(world, one)).buffered(AT_ONCE).try_collect().await?
    };
    let mut on = Vec::new();
    for one in came {
        match one {
            Ok(one) => on.push(one),
            Err(unusable) => world.unusable.push(unusable),
        }
    }
    Ok(on)
}

/// The clock goes on to the first opening.
pub(super) async fn open(world: &mut World<'_>) -> Result<(), StoryTrouble> {
    let first = world.published.iter().filter_map(|it| it.opens_at).min();
    let Some(first) = first else { return Ok(()) };
    world.go_on_to(first).await?;
    if world.is_told_again() {
        // The page shows what is open now, which is another day.
        return Ok(());
    }
    let open: Page = world.api.look(&AMIRA.person, SERVICE, "/v1/opportunities?limit=200").await?;
    world.progress(&format!("{} open for applications:", opportunities_counted(open.items.len())));
    for one in open.items.iter().filter_map(|page| page.advert.as_ref()) {
        for line in hanging("  – ", &format!("{} ({})", one.title, one.organisation), 4) {
            world.console.line(&line);
        }
    }
    Ok(())
}

/// The clock goes on to the last closing, by way of every opening and closing before.
pub(super) async fn close(world: &mut World<'_>) -> Result<(), StoryTrouble> {
    let end = ends_at(world.calendar.year());
    let moments = world.published.iter().flat_map(|it| [it.opens_at, it.closes_at]);
    if let Some(last) = moments.flatten().filter(|it| *it < end).max() {
        if world.story_time < last {
            world.progress("the clock goes on; opportunities open and close at their times");
        }
        world.go_on_to(last).await?;
    }
    let pages: Vec<OpportunityPage> = {
        let world = &*world;
        stream::iter(&world.published)
            .map(|one| async move {
                let path = format!("/v1/opportunities/{}", one.id);
                world.api.look(&COORDINATOR, SERVICE, &path).await
            })
            .buffered(AT_ONCE)
            .try_collect()
            .await?
    };
    for page in &pages {
        tell_of_times(world, page);
    }
    let open = pages.iter().filter(|page| page.stage == "open").count();
    world.progress(&format!("{} still open", opportunities_counted(open)));
    Ok(())
}

impl From<Draft> for Published {
    fn from(Draft { id, advert, coordinator, writer: _, done_at: _ }: Draft) -> Self {
        let opens_at = advert.begin.advert.opens_at;
        let closes_at = advert.begin.advert.closing.as_ref().and_then(closing_time);
        Self { id, advert, opens_at, closes_at, coordinator }
    }
}

/// What is said of one opportunity.
#[derive(Deserialize)]
struct OpportunityPage {
    stage: String,
    advert: Option<Words>,
}

#[derive(Deserialize)]
struct Page {
    items: Vec<OpportunityPage>,
}

async fn hand_over(world: &World<'_>, draft: Draft) -> Came<Draft> {
    let writer = draft.writer;
    step(world, draft, "submit-for-review", &writer, json!({})).await
}

async fn approve(world: &World<'_>, draft: Draft) -> Came<Draft> {
    let said = json!({ "note": "Read against the notice; the budget is agreed." });
    let came = step(world, draft, "approve", &APPROVER, said).await?;
    if came.is_ok() {
        world.approved.fetch_add(1, Ordering::Relaxed);
    }
    Ok(came)
}

async fn step(
    world: &World<'_>,
    draft: Draft,
    verb: &str,
    who: &Person,
    said: serde_json::Value,
) -> Came<Draft> {
    let name = format!("demo/{}/{verb}", draft.advert.key);
    let path = format!("/v1/opportunities/{}/{verb}", draft.id);
    Ok(match world.try_to(who, Deed::new(name, SERVICE, path, said)).await? {
        Ok(accepted) => Ok(Draft { done_at: accepted.at, ..draft }),
        Err(problem) => Err(draft.advert.unusable(problem.sentences())),
    })
}

fn tell_by_writer(world: &mut World<'_>, drafts: &[Draft], what: impl Fn(&str) -> String) {
    let mut by_writer: BTreeMap<&str, (usize, Timestamp)> = BTreeMap::new();
    for draft in drafts {
        let told = by_writer.entry(draft.writer.name).or_insert((0, draft.done_at));
        *told = (told.0 + 1, told.1.min(draft.done_at));
    }
    for (writer, (count, first)) in by_writer {
        world.timeline.add(first, writer, what(&adverts_counted(count)));
    }
}

fn tell_of_the_unusable(world: &World<'_>) {
    if world.unusable.is_empty() {
        return;
    }
    world.progress(&format!("{} cannot be published:", adverts_counted(world.unusable.len())));
    for Unusable { place: _, name, title, reasons } in &world.unusable {
        let title = title.as_deref().map(|title| format!(" “{}”", short(title, 58)));
        let head = format!("  – {}{}:", short(name, 40), title.unwrap_or_default());
        world.console.line(&head);
        for reason in reasons {
            for line in hanging("      ", reason, 6) {
                world.console.line(&line);
            }
        }
    }
}

fn tell_of_times(world: &mut World<'_>, page: &OpportunityPage) {
    let Some(advert) = &page.advert else { return };
    let place = advert.locality.as_deref().map(|place| format!(", {}", short(place, 18)));
    let title = format!("“{}”{}", short(&advert.title, 44), place.unwrap_or_default());
    let until = match closing_time(&advert.closing) {
        Some(at) => format!("until {}", told_locally(at).strftime("%-d %b %H:%M")),
        None => "until further notice".to_owned(),
    };
    if matches!(page.stage.as_str(), "open" | "closed" | "concluded") {
        world.timeline.add(advert.opens_at, CLOCK, format!("opens {title}, {until}"));
    }
    if let (Some(at), "closed" | "concluded") = (closing_time(&advert.closing), page.stage.as_str())
    {
        world.timeline.add(at, CLOCK, format!("closes {title}"));
    }
}

fn closing_time(closing: &Closing) -> Option<Timestamp> {
    match closing {
        Closing::At { at, .. } => Some(*at),
        Closing::Rolling => None,
    }
}

fn adverts_counted(count: usize) -> String {
    if count == 1 { "1 advert".to_owned() } else { format!("{count} adverts") }
}

fn opportunities_counted(count: usize) -> String {
    if count == 1 { "1 opportunity is".to_owned() } else { format!("{count} opportunities are") }
}
