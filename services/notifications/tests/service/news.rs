//! What becomes of someone's application, place and claim reaches them, by the way they chose.

use contracts::id::{ApplicationId, AppointmentId, ClaimId, GroupId, SeatId};
use contracts::recruitment::{
    About, Audience, Fact, NotTaken, OfferWithdrawn, Offered, Reminder, TermBegun,
};
use contracts::reimbursements::{self, PaymentKind};
use contracts::{Money, PersonId};
use jiff::civil::date;
use serde_json::json;
use uuid::Uuid;

use crate::neighbour::Neighbour;
use crate::world::{ADDRESS, ANA, PANEL, TITLE, unfolded, world};

const APPOINTMENT: AppointmentId = AppointmentId::new(Uuid::from_u128(0xa1));
const SEAT: SeatId = SeatId::new(Uuid::from_u128(0xa2));
const GROUP: GroupId = GroupId::new(Uuid::from_u128(0xa3));
const CLAIM: ClaimId = ClaimId::new(Uuid::from_u128(0xa4));
const APPLICATION: ApplicationId = ApplicationId::new(Uuid::from_u128(0xa5));

fn reminder(person: PersonId, to: Audience) -> Fact {
    Fact::ReminderCameDue(Box::new(Reminder {
        appointment: APPOINTMENT,
        seat: SEAT,
        group: GROUP,
        person,
        step: "a-step".to_owned(),
        to,
        question: About::EndOrRenewal,
        ends_on: date(2027, 1, 31),
    }))
}

fn offered() -> Fact {
    Fact::AppointmentOffered(Box::new(Offered {
        appointment: APPOINTMENT,
        seat: SEAT,
        group: GROUP,
        person: ANA,
        opportunity: None,
        starts_on: date(2027, 3, 1),
        ends_on: date(2028, 2, 29),
        answer_by: date(2027, 1, 25),
        terms_version: "terms.1".to_owned(),
    }))
}

fn not_taken() -> NotTaken {
    NotTaken { appointment: APPOINTMENT, seat: SEAT, person: ANA, opportunity: None }
}

fn accepted() -> Fact {
    Fact::AppointmentAccepted(Box::new(TermBegun {
        appointment: APPOINTMENT,
        seat: SEAT,
        group: GROUP,
        person: ANA,
        opportunity: None,
        starts_on: date(2027, 3, 1),
        ends_on: date(2028, 2, 29),
    }))
}

fn taken_back() -> Fact {
    Fact::AppointmentOfferWithdrawn(Box::new(OfferWithdrawn {
        appointment: APPOINTMENT,
        seat: SEAT,
        person: ANA,
        opportunity: None,
        reason: "The group was merged with another.".to_owned(),
    }))
}

fn not_selected() -> Fact {
    Fact::ApplicationNotSelected {
        application: APPLICATION,
        person: ANA,
        opportunity: PANEL,
        title: TITLE.to_owned(),
        reason: None,
    }
}

#[tokio::test]
async fn the_person_is_asked_about_the_end_of_their_term_and_about_a_place() {
    let world = world().await;
    world.registered(world.by_email(ADDRESS).await).await;
    world.told(&reminder(ANA, Audience::Coordinator)).await;
    assert!(world.stages("term_ending").await.is_empty());
    world.told(&reminder(ANA, Audience::InvolveeAndChair)).await;
    assert_eq!(world.stages("term_ending").await, ["sent"]);
    world.told(&offered()).await;
    assert_eq!(world.stages("place_offered").await, ["sent"]);
}

#[tokio::test]
async fn nobody_is_rung_about_an_offer_that_was_answered_meanwhile() {
    for answered in [accepted(), Fact::AppointmentDeclined(not_taken())] {
        let world = world().await;
        world.registered(world.by_phone().await).await;
        world.told(&offered()).await;
        assert_eq!(world.today().await.len(), 2, "the welcome, and the offer");
        world.told(&answered).await;
        assert_eq!(world.stages("place_offered").await, ["set_aside"]);
        assert_eq!(world.stages("place_no_longer_offered").await, Vec::<String>::new());
        assert_eq!(world.today().await.len(), 1, "the welcome alone");
        let message = world.the("place_offered").await;
        let call = json!({ "outcome": "reached" });
        let answer = world.does("record-call", message["id"].as_str().unwrap(), call).await;
        assert_eq!(answer.expect(409).json["code"], "message.set_aside");
    }
}

#[tokio::test]
async fn an_offer_taken_back_or_let_go_is_told_and_its_letter_is_not_posted() {
    for over in [taken_back(), Fact::AppointmentOfferLapsed(not_taken())] {
        let world = world().await;
        world.registered(world.by_letter().await).await;
        world.told(&offered()).await;
        let letter = world.the("place_offered").await;
        let file = format!("{}.html", letter["id"].as_str().unwrap());
        assert!(world.files().contains_key(&file), "{:?}", world.files().keys());
        world.told(&over).await;
        assert_eq!(world.stages("place_offered").await, ["set_aside"]);
        assert_eq!(world.stages("place_no_longer_offered").await, ["letter_ready"]);
        assert!(!world.files().contains_key(&file), "{:?}", world.files().keys());
    }
}

#[tokio::test]
async fn an_offer_that_has_reached_the_person_stands_as_it_was_told() {
    let world = world().await;
    world.registered(world.by_email(ADDRESS).await).await;
    world.told(&offered()).await;
    world.told(&taken_back()).await;
    assert_eq!(world.stages("place_offered").await, ["sent"]);
    let message = world.the("place_no_longer_offered").await;
    let mail = unfolded(&world.files()[&format!("{}.eml", message["id"].as_str().unwrap())]);
    assert!(mail.contains("The reason is: The group was merged with another."), "{mail}");
}

#[tokio::test]
async fn whoever_asked_to_be_rung_gets_no_outcome_in_writing() {
    let world = world().await;
    world.registered(world.by_phone().await).await;
    world.told(&not_selected()).await;
    assert_eq!(world.stages("application_outcome").await, ["held"]);
    assert!(world.files().is_empty());
}

#[tokio::test]
async fn whoever_applied_for_what_is_withdrawn_is_told_why_and_by_the_way_they_chose() {
    let withdrawn = Fact::ApplicationOpportunityWithdrawn {
        application: APPLICATION,
        person: ANA,
        opportunity: PANEL,
        title: TITLE.to_owned(),
        reason: "The panel was merged with another.".to_owned(),
        kept_in_reserve: false,
    };
    let by_mail = world().await;
    by_mail.registered(by_mail.by_email(ADDRESS).await).await;
    by_mail.told(&withdrawn).await;
    let message = by_mail.the("opportunity_withdrawn").await;
    let mail = unfolded(&by_mail.files()[&format!("{}.eml", message["id"].as_str().unwrap())]);
    for part in [
        "Subject: A letter from the involvement team",
        "nothing is decided about your application",
        "The reason is: The panel was merged with another.",
    ] {
        assert!(mail.contains(part), "{part} is missing:\n{mail}");
    }
    let by_phone = world().await;
    by_phone.registered(by_phone.by_phone().await).await;
    by_phone.told(&withdrawn).await;
    assert_eq!(by_phone.stages("opportunity_withdrawn").await, ["held"]);
    assert!(by_phone.files().is_empty());
}

#[tokio::test]
async fn a_payment_is_told_with_its_days() {
    let world = world().await;
    world.registered(world.by_email(ADDRESS).await).await;
    let reimbursements = Neighbour::start("reimbursements", &world.nats, &world.clock).await;
    let paid = reimbursements::Fact::Paid {
        claim: CLAIM,
        person: ANA,
        activity_on: date(2026, 11, 2),
        payable_on: date(2026, 11, 20),
        paid_on: date(2026, 11, 27),
        kind: PaymentKind::Expenses,
        amount: Money::sterling(1_890),
        reference: "INV 7K2".to_owned(),
    };
    let position = reimbursements.tells(CLAIM.uuid(), &paid).await;
    world.heard("reimbursements", position).await;
    let message = world.the("claim_paid").await;
    let mail = unfolded(&world.files()[&format!("{}.eml", message["id"].as_str().unwrap())]);
    for part in ["for your expenses.", "Monday 2 November 2026", "We paid it on Friday 27 November"]
    {
        assert!(mail.contains(part), "{part} is missing:\n{mail}");
    }
}
