//! An application follows what comes of the place it led to, and its page never says otherwise than the
//! place itself; the reason that was given stays on it.

use recruitment::application::Application;
use serde_json::{Value, json};
use testkit::{Answer, Person};

use crate::forum::{Forum, forum_in, offer, reached_on};
use crate::round::{Round, decision, round};

const MORNING: &str = "2027-02-22T09:00:00Z";
/// The last day on which Ben may be offered a place.
const RESERVE_UNTIL: &str = "2027-08-31";
const WHY_ANA: &str = "You listen well.";
const WHY_BEN: &str = "You were close.";

struct Told {
    forum: Forum,
    ana: Person,
    ben: Person,
    from_ana: String,
    from_ben: String,
}

/// Ana was told that she is offered a place, and Ben that he is kept in reserve.
async fn told() -> Told {
    let round = Box::pin(round()).await;
    round.forms_panel().await;
    round.is_scored().await;
    let to_ana = decision(&round.from_ana, "offer", WHY_ANA);
    round.give(&round.hana, "decide", to_ana).await.expect(200);
    let mut to_ben = decision(&round.from_ben, "reserve", WHY_BEN);
    to_ben["decision"]["until"] = json!(RESERVE_UNTIL);
    round.give(&round.gus, "decide", to_ben).await.expect(200);
    round.knows_its_bank_holidays().await;
    round.approves(&round.ivy).await.expect(200);
    let Round { world, from_ana, from_ben, .. } = round;
    let forum = forum_in(Box::new(world), 2).await;
    forum.at(MORNING).await;
    let (ana, ben) = (forum.someone("ana"), forum.someone("ben"));
    Told { forum, ana, ben, from_ana, from_ben }
}

impl Told {
    async fn offers(&self, seat: usize, who: &Person, application: &str) -> Answer {
        self.offers_from(seat, who, application, ["2027-04-01", "2027-03-15"]).await
    }

    async fn offers_from(
        &self,
        seat: usize,
        who: &Person,
        application: &str,
        [starts_on, answer_by]: [&str; 2],
    ) -> Answer {
        let mut body = offer(who, starts_on, answer_by);
        body["application"] = json!(application);
        self.forum.offers(seat, body).await
    }

    /// How far an application has come, as its person reads it on both pages.
    async fn progress(&self, name: &str, application: &str) -> Value {
        let who = self.forum.someone(name);
        let mine = self.forum.world.read(&who, "/v1/my/involvement").await.expect(200).json;
        let path = format!("/v1/applications/{application}");
        let page = self.forum.world.read(&who, &path).await.expect(200).json;
        assert_eq!(mine["applications"][0]["progress"], page["progress"]);
        page["progress"].clone()
    }

    async fn withdraws(&self, name: &str, application: &str) -> Answer {
        let path = format!("/v1/applications/{application}/withdraw");
        self.forum.world.give(&self.forum.someone(name), &path, json!({})).await
    }
}

fn reads(stage: &str, said: &str, reason: &str) -> Value {
    json!({"stage": stage, "said": said, "reason": reason})
}

#[tokio::test]
async fn whoever_says_no_reads_so_and_may_be_offered_another_place() {
    let told = told().await;
    let id = told.offers(0, &told.ana, &told.from_ana).await.expect(201).id();
    let offered = reads("offered", "A place is offered to you.", WHY_ANA);
    assert_eq!(told.progress("ana", &told.from_ana).await, offered);
    let waits = told.offers(1, &told.ana, &told.from_ana).await.expect(409);
    assert_eq!(waits.code(), "application.offer_waits");
    let withdrawn = told.withdraws("ana", &told.from_ana).await.expect(409);
    assert_eq!(withdrawn.code(), "application.place_offered");

    told.forum.gives(&told.ana, &id, "decline", json!({})).await.expect(200);
    let declined = reads("declined", "A place was offered to you, and you said no to it.", WHY_ANA);
    assert_eq!(told.progress("ana", &told.from_ana).await, declined);
    told.offers(1, &told.ana, &told.from_ana).await.expect(201);
    assert_eq!(told.progress("ana", &told.from_ana).await, offered);
}

#[tokio::test]
async fn whoever_takes_the_place_keeps_the_reason_and_reads_when_it_has_ended() {
    let told = told().await;
    let id = told.offers(0, &told.ana, &told.from_ana).await.expect(201).id();
    told.forum.gives(&told.ana, &id, "accept", json!({})).await.expect(200);
    let held = reads("appointed", "The place is yours.", WHY_ANA);
    assert_eq!(told.progress("ana", &told.from_ana).await, held);
    let taken = told.withdraws("ana", &told.from_ana).await.expect(409);
    assert_eq!(taken.code(), "application.already_appointed");

    let resign = json!({"last_day": "2027-02-22"});
    told.forum.gives(&told.forum.someone("ana"), &id, "resign", resign).await.expect(200);
    assert_eq!(told.progress("ana", &told.from_ana).await, held, "until the last day has passed");
    told.forum.at("2027-02-23T00:00:00Z").await;
    let said = "A place was yours. It ended on 22 February 2027.";
    let ended = reads("place_ended", said, WHY_ANA);
    assert_eq!(told.progress("ana", &told.from_ana).await, ended);
    assert_eq!(
        told.withdraws("ana", &told.from_ana).await.expect(409).code(),
        "application.place_ended"
    );
}

#[tokio::test]
async fn an_offer_that_lapsed_or_was_taken_back_is_said_to_be_so() {
    let told = told().await;
    let reason = "The group works with fewer places.";
    let first = told.offers(0, &told.ana, &told.from_ana).await.expect(201).id();
    let back = json!({"reason": reason});
    told.forum.gives(&told.forum.staff(), &first, "withdraw-offer", back).await.expect(200);
    let said = format!("A place was offered to you, and we took this offer back: {reason}");
    let taken_back = reads("offer_taken_back", &said, WHY_ANA);
    assert_eq!(told.progress("ana", &told.from_ana).await, taken_back);

    let second = told.offers(0, &told.ana, &told.from_ana).await.expect(201).id();
    told.forum.at("2027-03-16T09:00:00Z").await;
    let staff = told.forum.staff();
    told.forum.gives(&staff, &second, "lapse", reached_on("2027-03-16")).await.expect(200);
    let said = "A place was offered to you. We did not hear from you, and the offer lapsed on 16 March 2027.";
    assert_eq!(told.progress("ana", &told.from_ana).await, reads("lapsed", said, WHY_ANA));
}

#[tokio::test]
async fn whoever_is_in_reserve_is_offered_a_place_on_their_application_and_it_follows_alike() {
    let mut told = told().await;
    let said = "There is no place for you now, but there may be one until 31 August 2027.";
    assert_eq!(told.progress("ben", &told.from_ben).await, reads("in_reserve", said, WHY_BEN));
    let id = told.offers(0, &told.ben, &told.from_ben).await.expect(201).id();
    let offered = reads("offered", "A place is offered to you.", WHY_BEN);
    assert_eq!(told.progress("ben", &told.from_ben).await, offered);
    told.forum.gives(&told.ben, &id, "accept", json!({})).await.expect(200);
    let held = reads("appointed", "The place is yours.", WHY_BEN);
    assert_eq!(told.progress("ben", &told.from_ben).await, held);
    let taken = told.withdraws("ben", &told.from_ben).await.expect(409);
    assert_eq!(taken.code(), "application.already_appointed");

    // Made anew from the log and answered again, it is the same.
    let pool = told.forum.world.running.executor.pool().clone();
    let id = told.from_ben.parse().unwrap();
    let before = told.forum.world.running.executor.load::<Application>(id).await.unwrap();
    for forgets in ["update views.checkpoint set version = 0", "delete from log.policy_checkpoint"]
    {
        sqlx::query(forgets).execute(&pool).await.unwrap();
    }
    *told.forum.world = told.forum.world.hearing_everything_again().await;
    assert_eq!(told.progress("ben", &told.from_ben).await, held);
    let after = told.forum.world.running.executor.load::<Application>(id).await.unwrap();
    assert_eq!(after.version, before.version);
}

#[tokio::test]
async fn from_the_reserve_a_place_is_offered_up_to_its_last_day_and_not_after_it() {
    let told = told().await;
    let days = ["2027-10-01", "2027-09-15"];
    told.forum.at("2027-08-31T22:00:00Z").await;
    let id = told.offers_from(0, &told.ben, &told.from_ben, days).await.expect(201).id();
    told.forum.at("2027-08-31T23:30:00Z").await;
    let over = told.offers_from(1, &told.ben, &told.from_ben, days).await.expect(409);
    assert_eq!(over.code(), "application.offer_waits");
    told.forum.gives(&told.forum.someone("ben"), &id, "decline", json!({})).await.expect(200);
    let over = told.offers_from(1, &told.ben, &told.from_ben, days).await.expect(409);
    assert_eq!(over.code(), "application.reserve_over");
    assert!(over.text.contains("until 31 August 2027"), "{}", over.text);
}

#[tokio::test]
async fn a_place_is_offered_on_the_person_s_own_application_also_where_only_the_opportunity_is_named()
 {
    let told = told().await;
    let mine = told.forum.world.read(&told.ben, "/v1/my/involvement").await.expect(200);
    let mut body = offer(&told.ben, "2027-04-01", "2027-03-15");
    body["opportunity"] = mine.json["applications"][0]["opportunity"].clone();
    told.forum.offers(0, body.clone()).await.expect(201);
    assert_eq!(told.progress("ben", &told.from_ben).await["stage"], "offered");
    body["person"] = json!(told.ana.id);
    body["opportunity"] = json!(uuid::Uuid::now_v7());
    let nowhere = told.forum.offers(1, body).await.expect(422);
    assert_eq!(nowhere.json["errors"][0]["field"], "opportunity");
}
