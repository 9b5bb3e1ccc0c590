//! One person with two accounts is one person.

use boot::Clock;
use contracts::recruitment::Fact;
use serde_json::json;

use crate::neighbour::{LIMIT, NAME as RECRUITMENT, Neighbour};
use crate::world::{NOW, advert, world_on};

#[tokio::test]
async fn nobody_approves_under_one_account_what_they_wrote_under_another() {
    let clock = Clock::standing_at(NOW.parse().unwrap());
    let recruitment = Neighbour::start(&clock).await;
    let world = world_on(clock, Some(recruitment.settings("opportunities"))).await;
    // Cleo's account turns out to be Ana's second one.
    let linked = Fact::AccountLinked { person: world.ana.id, account: world.cleo.id.uuid() };
    let position = recruitment.tells(world.ana.id.uuid(), &linked).await;
    assert!(world.running.progress.wait_for(RECRUITMENT, position, LIMIT).await);

    let id = world.ana_drafts("draft", &advert()).await;
    world.give(&world.ana, &id, "submit-for-review", json!({})).await.expect(200);
    let refused = world.give(&world.cleo, &id, "approve", json!({})).await.expect(409);
    assert_eq!(refused.code(), "opportunity.someone_else_must_approve");
    world.give(&world.eli, &id, "approve", json!({})).await.expect(200);
}
