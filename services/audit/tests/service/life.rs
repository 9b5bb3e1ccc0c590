//! What the stories look at: one opportunity, one application with a panel's work on it, and one
//! claim, as the services would tell them.

use contracts::PersonId;
use eventstore::{Metadata, Taken};
use jiff::Timestamp;
use serde_json::json;
use uuid::Uuid;

use crate::world::{Service, World, by, by_policy, id, person};

pub const OPPORTUNITY: Uuid = id_of(101);
pub const APPLICATION: Uuid = id_of(102);
pub const SELECTION: Uuid = id_of(103);
pub const CLAIM: Uuid = id_of(106);
pub const OTHER_APPLICATION: Uuid = id_of(107);

const fn id_of(number: u128) -> Uuid {
    Uuid::from_u128(number)
}

pub fn coordinator() -> PersonId {
    person(11)
}

pub fn panel_member() -> PersonId {
    person(12)
}

pub fn approver() -> PersonId {
    person(13)
}

/// An opportunity in Bristol, approved on the 1st and opened on the 2nd.
pub async fn opportunity(world: &World) -> Service {
    let service = world.service("opportunities").await;
    let stream = ("opportunity", OPPORTUNITY);
    let advert = json!({"title": "A reading group", "locality": "Bristol",
        "opens_at": "2027-03-02T09:00:00Z"});
    let mut scoped = by(coordinator(), "coordinator");
    scoped.authority.scope = vec!["Bristol".to_owned()];
    let drafted = json!({"content": {"advert": advert}, "owner": coordinator(),
        "authors": [coordinator()], "origin": {"kind": "by_hand"}});
    service.tells(stream, "opportunity.drafted.v1", drafted, scoped).await;
    let approved = json!({"advert": advert, "internal": {}, "approved_by": approver(),
        "note": "Checked against the budget."});
    service.tells(stream, "opportunity.approved.v1", approved, by(approver(), "approver")).await;
    world.at("2027-03-02T09:00:00Z");
    let opened = json!({ "advert": advert });
    let by_timer = Metadata { taken: Taken::Timer, ..by_policy() };
    service.tells(stream, "opportunity.opened.v1", opened, by_timer).await;
    service
}

/// Ana's application on paper, the panel's work on it, and what came of it, from the 3rd to the
/// 10th; another person's beside it.
pub async fn application(world: &World) -> Service {
    let ana = world.ana.id;
    let service = world.service("recruitment").await;
    world.at("2027-03-03T11:00:00Z");
    let on_paper = Metadata {
        taken: Taken::Paper,
        on_behalf_of: Some(ana),
        received_at: "2027-03-02T16:30:00Z".parse::<Timestamp>().unwrap(),
        ..by(coordinator(), "coordinator")
    };
    let submitted = json!({"opportunity": OPPORTUNITY, "applicant": ana, "form": {},
        "applied_as": ["service_user"]});
    let stream = ("application", APPLICATION);
    service.tells(stream, "application.submitted.v1", submitted.clone(), on_paper).await;
    let stream = ("selection", SELECTION);
    let taken_in = json!({"application": APPLICATION, "applicant": ana});
    service.tells(stream, "selection.application_taken_in.v1", taken_in, by_policy()).await;
    let of_panel = || by(panel_member(), "panel_member");
    let conflict = json!({"member": person(14), "application": APPLICATION, "conflict": "knows"});
    service.tells(stream, "selection.conflict_declared.v1", conflict, of_panel()).await;
    let scored = json!({"member": panel_member(), "application": APPLICATION,
        "criterion": "listening", "points": 2, "evidence": {"person": ana,
        "class": "application", "field": "panel_note", "bytes": "c2VhbGVk"}});
    service.tells(stream, "selection.scored.v1", scored, of_panel()).await;
    world.at("2027-03-08T10:00:00Z");
    let decided = json!({"application": APPLICATION, "applicant": ana, "counted": [panel_member()],
        "decided": {"decision": {"kind": "offer"}, "outside_panel_advice": false}});
    let mut under_rule = of_panel();
    under_rule.rule_version = Some("selection_rules.2".to_owned());
    service.tells(stream, "selection.decision_recorded.v1", decided, under_rule).await;
    world.at("2027-03-10T09:00:00Z");
    let released = json!({"opportunity": OPPORTUNITY, "application": APPLICATION, "applicant": ana,
        "decision": {"kind": "offer"}, "reachable": coordinator()});
    service.tells(stream, "selection.outcome_released.v1", released, by_policy()).await;
    let offered = json!({"opportunity": OPPORTUNITY, "applicant": ana, "selection": SELECTION});
    let stream = ("application", APPLICATION);
    service.tells(stream, "application.offered.v1", offered, by_policy()).await;
    let other = json!({"opportunity": OPPORTUNITY, "applicant": person(15), "form": {}});
    let stream = ("application", OTHER_APPLICATION);
    let by_other = by(person(15), "involvee");
    service.tells(stream, "application.submitted.v1", other, by_other).await;
    service
}

/// Ana's claim for a session, from sent in to paid, on the 12th and 13th.
pub async fn claim(world: &World) -> Service {
    let ana = world.ana.id;
    let service = world.service("reimbursements").await;
    let stream = ("claim", CLAIM);
    let money = |pence: &str| json!({"pence": pence, "currency": "GBP"});
    world.at("2027-03-12T10:00:00Z");
    let submitted = json!({"person": ana, "authors": [ana], "card": id(120),
        "activity": {"kind": "session", "session": id(121)}, "evidence": {"on": "2027-03-11"},
        "expenses": money("1250"), "payments": money("0")});
    service.tells(stream, "claim.submitted.v1", submitted, by(ana, "involvee")).await;
    let decided = json!({"person": ana, "approved": [{"line": 1}],
        "refused": [{"line": 2, "reason": "the session was online."}],
        "approvers": [approver()], "expenses": money("950"), "payments": money("0")});
    service.tells(stream, "claim.lines_decided.v1", decided, by(approver(), "approver")).await;
    world.at("2027-03-13T10:00:00Z");
    let paid = json!({"person": ana, "paid_on": "2027-03-13", "payable_on": "2027-03-12",
        "part": {"number": 1, "kind": "expenses", "amount": money("950")}, "batch": id(122)});
    service.tells(stream, "claim.paid.v1", paid, by(person(16), "finance")).await;
    service
}
