//! A seat of a group falls vacant, and the next opportunity is begun.

use boot::Clock;
use contracts::opportunities::Constituency;
use contracts::recruitment::{Fact, SeatRole, SeatVacated};
use contracts::{GroupId, SeatId};
use jiff::civil::date;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::neighbour::{NAME as RECRUITMENT, Neighbour};
use crate::world::{NOW, World, world_on};

struct Scene {
    recruitment: Neighbour,
    world: World,
    group: GroupId,
}

async fn scene() -> Scene {
    let clock = Clock::standing_at(NOW.parse().unwrap());
    let recruitment = Neighbour::start(&clock).await;
    let world = world_on(clock, Some(recruitment.settings("opportunities"))).await;
    let group = GroupId::new(Uuid::now_v7());
    Scene { recruitment, world, group }
}

impl Scene {
    async fn told(&self, about: Uuid, fact: &Fact) {
        let position = self.recruitment.tells(about, fact).await;
        testkit::until(|| async {
            let standing = self.world.running.standing().await.unwrap();
            let heard = standing.heard.get(RECRUITMENT).copied().unwrap_or(0);
            heard >= position && standing.waiting.is_empty()
        })
        .await;
    }

    async fn is_called(&self, name: &str) {
        let (group, name) = (self.group, name.to_owned());
        let established = Fact::GroupEstablished { group, name, locality: None };
        self.told(Uuid::now_v7(), &established).await;
    }

    fn vacated(&self) -> SeatVacated {
        SeatVacated {
            seat: SeatId::new(Uuid::now_v7()),
            group: self.group,
            role: SeatRole::Member,
            constituency: Some(Constituency::Carer),
            locality: Some("Bristol".to_owned()),
            term_months: 24,
            vacant_from: date(2027, 3, 1),
            needs_opportunity: true,
        }
    }

    async fn falls_vacant(&self, vacated: SeatVacated) {
        let seat = vacated.seat.uuid();
        self.told(seat, &Fact::SeatVacated(Box::new(vacated))).await;
    }

    /// What waits to be finished by the coordinator for Bristol.
    async fn drafts(&self) -> Vec<Value> {
        let today = self.world.http.get(Some(&self.world.ben), "/v1/today", "").await.expect(200);
        let items = today.json["items"].as_array().unwrap();
        assert!(items.iter().all(|it| it["what"] == "finish_the_draft"));
        items.iter().map(|it| it["opportunity"]["staff"]["draft"].clone()).collect()
    }
}

#[tokio::test]
async fn its_next_opportunity_is_begun_with_what_is_known_of_it_and_staff_find_it_waiting() {
    let scene = scene().await;
    scene.is_called("Carers' council").await;
    let vacated = scene.vacated();
    let seat = vacated.seat;
    scene.falls_vacant(vacated).await;
    let drafts = scene.drafts().await;
    let [draft] = drafts.as_slice() else { panic!("{drafts:?}") };
    let advert = &draft["advert"];
    assert_eq!(advert["title"], "Member of Carers' council");
    assert_eq!(advert["locality"], "Bristol");
    assert_eq!(advert["open_to"], json!(["carer"]));
    assert_eq!((&advert["places"], &advert["term_months"]), (&json!(1), &json!(24)));
    assert_eq!((&advert["group"], &advert["seats"]), (&json!(scene.group), &json!([seat])));
    let note = &draft["internal"]["note_for_approver"];
    assert_eq!(note, "The place is free from 1 March 2027.");
    let (payload, meta): (String, String) =
        sqlx::query_as("select payload, meta from log.event where position = 1")
            .fetch_one(scene.world.running.executor.pool())
            .await
            .unwrap();
    let drafted: Value = serde_json::from_str(&payload).unwrap();
    let origin = json!({"kind": "seat_vacant", "seat": seat, "group": scene.group});
    assert_eq!(drafted["origin"], origin);
    assert!(meta.contains(r#""taken":"policy""#), "{meta}");
}

#[tokio::test]
async fn a_place_for_anyone_is_open_to_everyone_and_called_by_what_its_holder_does() {
    let scene = scene().await;
    scene.is_called("Reading group").await;
    let role = SeatRole::Other { label: "Convenor".to_owned() };
    scene.falls_vacant(SeatVacated { role, constituency: None, ..scene.vacated() }).await;
    let draft = scene.drafts().await.remove(0);
    assert_eq!(draft["advert"]["title"], "Convenor, Reading group");
    assert_eq!(draft["advert"]["open_to"], json!(["service_user", "carer", "public"]));
}

#[tokio::test]
async fn where_someone_is_sought_already_or_the_role_has_ended_nothing_is_begun() {
    let scene = scene().await;
    scene.is_called("Carers' council").await;
    scene.falls_vacant(SeatVacated { needs_opportunity: false, ..scene.vacated() }).await;
    assert_eq!(scene.drafts().await, Vec::<Value>::new());
    assert_eq!(scene.world.count_events().await, 0);
}

#[tokio::test]
async fn heard_again_it_is_begun_once() {
    let scene = scene().await;
    scene.is_called("Carers' council").await;
    scene.falls_vacant(scene.vacated()).await;
    scene.world.running.stop().await;
    let pool = scene.world.running.executor.pool();
    sqlx::query("delete from log.fact_checkpoint").execute(pool).await.unwrap();
    let Scene { recruitment, world, group } = scene;
    let scene = Scene { recruitment, world: world.restarted().await, group };
    // Hearing starts from the beginning; what is told now comes after all of it.
    scene.is_called("Council of carers").await;
    assert_eq!(scene.drafts().await.len(), 1);
    assert_eq!(scene.world.count_events().await, 1);
}
