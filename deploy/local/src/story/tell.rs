//! ACT: what people were told, and what waits for a call or a stamp.

use serde::Deserialize;

use super::{StoryTrouble, World};
use crate::people::COORDINATOR;

const SERVICE: &str = notifications::NAME;

#[derive(Deserialize)]
struct Page {
    items: Vec<Message>,
    next: Option<String>,
}

#[derive(Deserialize)]
struct Message {
    stage: String,
}

/// Counts what has left, by the service's own pages.
pub(super) async fn count(world: &mut World<'_>) -> Result<(), StoryTrouble> {
    world.clock.settle().await?;
    let (mut sent, mut to_post, mut to_ring) = (0, 0, 0);
    let mut after = String::new();
    loop {
        let path = format!("/v1/messages?limit=200{after}");
        let page: Page = world.api.look(&COORDINATOR, SERVICE, &path).await?;
        for message in &page.items {
            match message.stage.as_str() {
                "sent" => sent += 1,
                "letter_ready" => to_post += 1,
                "held" => to_ring += 1,
                _ => {}
            }
        }
        match page.next {
            Some(next) => after = format!("&after={next}"),
            None => break,
        }
    }
    world.figures.notifications_sent = sent;
    world.progress(&format!(
        "{sent} messages have left by e-mail; {to_post} letters are ready to post, and {to_ring} \
         people wait to be rung"
    ));
    Ok(())
}
