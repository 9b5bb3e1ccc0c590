//! An opportunity is withdrawn: whoever has been told nothing yet is told so and why, once, and what
//! people have been told already stands.

use contracts::OpportunityId;
use contracts::opportunities::{Closing, Fact};
use eventstore::{Order, Taken};
use recruitment::application::{Applicant, Application, Command, Opening, Submit};
use recruitment::involvee::AgeBand;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::round::{Round, decision, round};
use crate::world::{World, advert, applications, form, registration, world};

const REASON: &str = "The panel was merged with another.";
const MORNING: &str = "2027-02-22T09:00:00Z";

fn withdrawn(opportunity: OpportunityId) -> Fact {
    Fact::Withdrawn { opportunity, reason: REASON.to_owned() }
}

fn told() -> Value {
    json!({"stage": "opportunity_withdrawn", "reason": REASON,
        "said": "This opportunity was withdrawn, so nothing is decided about your application."})
}

async fn approved_round() -> Round {
    let round = Box::pin(round()).await;
    round.forms_panel().await;
    round.is_scored().await;
    round.is_decided().await;
    round.knows_its_bank_holidays().await;
    round.approves(&round.ivy).await.expect(200);
    round
}

async fn published(world: &World) -> usize {
    let facts = world.facts().await;
    facts.iter().filter(|it| *it == "application.opportunity_withdrawn.v1").count()
}

#[tokio::test]
async fn everyone_who_was_told_nothing_yet_is_told_and_why_and_nobody_is_told_an_outcome() {
    let mut round = approved_round().await;
    let fay = round.world.read(&round.fay, "/v1/my/involvement").await.expect(200).json;
    round.world.told(round.opportunity, 3, &withdrawn(round.opportunity)).await;
    for again in [false, true] {
        if again {
            round.world = round.world.hearing_everything_again().await;
            round.world.heard(3).await;
        }
        let world = &round.world;
        assert_eq!(round.progress(&world.ana, &round.from_ana).await, told());
        assert_eq!(round.progress(&world.ben, &round.from_ben).await, told());
        let mine = world.read(&round.fay, "/v1/my/involvement").await.expect(200).json;
        assert_eq!(mine["applications"], fay["applications"], "whoever took it back hears nothing");
        assert_eq!(world.events("application.opportunity_withdrawn.v2").await.len(), 2);
        assert_eq!(published(world).await, 2);
        for staff in [&world.cleo, &round.ivy, &round.gus] {
            assert_eq!(round.today(staff).await, []);
        }
        assert_eq!(round.on_my_panels(&round.hana).await, []);
    }
    round.world.at(MORNING);
    assert_eq!(round.progress(&round.world.ana, &round.from_ana).await, told());
    assert_eq!(round.world.events("selection.outcomes_told.v1").await, Vec::<Value>::new());
    let path = format!("/v1/applications/{}/withdraw", round.from_ana);
    let again = round.world.give(&round.world.ana, &path, json!({})).await.expect(409);
    assert_eq!(again.code(), "application.not_going_ahead");
}

#[tokio::test]
async fn what_people_have_been_told_stands_and_whoever_came_too_late_is_told_of_the_withdrawal() {
    let round = approved_round().await;
    let world = &round.world;
    world.at(MORNING);
    let before = round.progress(&world.ana, &round.from_ana).await;
    assert_eq!(before["stage"], "offered");
    let kim = world.issuer.person("kim", &json!([]));
    world.registers(&kim, &registration()).await;
    round.typed(&world.cleo, &kim, &applications(round.opportunity), &form()).await.expect(201);
    let late_one = [("look_at_what_came_too_late".to_owned(), 1)];
    assert_eq!(round.today(&world.cleo).await, late_one);

    world.told(round.opportunity, 3, &withdrawn(round.opportunity)).await;
    assert_eq!(round.today(&world.cleo).await, []);
    assert_eq!(round.progress(&world.ana, &round.from_ana).await, before);
    assert_eq!(round.progress(&world.ben, &round.from_ben).await["stage"], "not_selected");
    let mine = world.read(&kim, "/v1/my/involvement").await.expect(200).json;
    assert_eq!(mine["applications"][0]["progress"], told());
    assert_eq!(published(world).await, 1);
}

#[tokio::test]
async fn whoever_is_kept_in_reserve_is_told_that_no_place_will_come_of_it() {
    let round = Box::pin(round()).await;
    round.forms_panel().await;
    round.is_scored().await;
    let to_ana = decision(&round.from_ana, "offer", "You listen well.");
    round.give(&round.hana, "decide", to_ana).await.expect(200);
    let mut to_ben = decision(&round.from_ben, "reserve", "You may be next.");
    to_ben["decision"]["until"] = json!("2027-08-31");
    round.give(&round.gus, "decide", to_ben).await.expect(200);
    round.knows_its_bank_holidays().await;
    round.approves(&round.ivy).await.expect(200);
    let world = &round.world;
    world.at(MORNING);
    assert_eq!(round.progress(&world.ben, &round.from_ben).await["stage"], "in_reserve");
    let before = round.progress(&world.ana, &round.from_ana).await;

    world.told(round.opportunity, 3, &withdrawn(round.opportunity)).await;
    let said = "This opportunity was withdrawn, so there will be no place that we could offer you.";
    let told = json!({"stage": "opportunity_withdrawn", "reason": REASON, "said": said});
    assert_eq!(round.progress(&world.ben, &round.from_ben).await, told);
    assert_eq!(round.progress(&world.ana, &round.from_ana).await, before);
    let [event] = &world.events("application.opportunity_withdrawn.v2").await[..] else { panic!() };
    assert_eq!(event["kept_in_reserve"], true);
    assert_eq!(published(world).await, 1);
}

#[tokio::test]
async fn whatever_is_open_without_a_closing_time_is_withdrawn_alike_and_takes_nobody_in() {
    let world = world().await;
    for person in [&world.ana, &world.ben] {
        world.registers(person, &registration()).await;
    }
    let mut rolling = advert();
    rolling.closing = Closing::Rolling;
    let opportunity = world.opens(rolling).await;
    world.applies(&world.ana, opportunity, "k").await.expect(201);
    world.told(opportunity, 2, &withdrawn(opportunity)).await;
    let mine = world.read(&world.ana, "/v1/my/involvement").await.expect(200).json;
    assert_eq!(mine["applications"][0]["progress"], told());
    let late = world.applies(&world.ben, opportunity, "k").await.expect(409);
    assert_eq!(late.code(), "application.opportunity_withdrawn");
    let today = world.read(&world.cleo, "/v1/today").await.expect(200).json;
    assert_eq!(today["items"], json!([]));
}

/// Someone's application as it was on its way when the withdrawal was heard.
async fn arrives(world: &World, opportunity: OpportunityId) {
    let sample = include_str!("../../samples/application.submitted.v1.json");
    let sample: Value = serde_json::from_str(sample).unwrap();
    let advert = advert();
    let submit = Submit {
        opportunity,
        form: serde_json::from_value(sample["form"].clone()).unwrap(),
        opening: Opening {
            title: advert.title,
            opens_at: advert.opens_at,
            closes_at: None,
            zone: "Europe/London".to_owned(),
            withdrawn: false,
            open_to: advert.open_to.clone(),
            minimum_age_years: 18,
            criteria: vec![contracts::opportunities::Criterion {
                code: "experience".to_owned(),
                text: "You have used the crisis line.".to_owned(),
                essential: true,
            }],
        },
        applicant: Applicant::Registered {
            constituencies: advert.open_to,
            age_band: AgeBand::Adult,
        },
    };
    let [command, cause, id] = [(); 3].map(|()| Uuid::now_v7());
    let order = Order::by_system(command, cause, cause, Taken::Policy, world.clock.now());
    let submit = Command::Submit(Box::new(submit));
    let executor = &world.running.executor;
    let receipt = executor.execute::<Application>(id, submit, order).await.unwrap();
    assert!(receipt.refusal.is_none());
    testkit::settled(&world.running).await;
}

#[tokio::test]
async fn whoever_s_application_was_on_its_way_is_told_too() {
    let world = world().await;
    let opportunity = world.opens(advert()).await;
    world.told(opportunity, 2, &withdrawn(opportunity)).await;
    arrives(&world, opportunity).await;
    assert_eq!(world.events("application.opportunity_withdrawn.v2").await.len(), 1);
    assert_eq!(world.events("application.opportunity_withdrawn.v2").await[0]["reason"], REASON);
}
