//! One of everything, hers and in Bristol, and everyone who stands in a relation to it.

use serde_json::{Value, json};
use testkit::Person;
use testkit::who_may::{Who, cast};
use uuid::Uuid;
use web::Role;

use crate::round::{Round, round, score};
use crate::world::{entry, registration};

pub const NAME: &str = "Zacanary Quill";
pub const NUMBER: &str = "01632 960999";
pub const NEED: &str = "zacanary-need";
pub const AWAY: &str = "zacanary-away";
pub const SESSION: &str = "zacanary-session";
pub const WORK: &str = "zacanary-work";

pub struct Things {
    pub person: String,
    pub opportunity: String,
    pub application: String,
    pub from_another: String,
    pub group: String,
    pub seat: String,
    pub appointment: String,
    pub session: String,
    pub work: String,
    pub reachable: String,
}

/// Everyone who asks here.
pub fn everyone(round: &Round) -> Vec<Who> {
    let world = &round.world;
    let signed_in = |name: &'static str, subject: &str, roles: Value| {
        Who::signed_in(name, world.issuer.person(subject, &roles))
    };
    let coordinator = json!([{"role": "coordinator", "localities": ["Bristol"]}]);
    let approver = json!([{"role": "approver", "localities": ["Bristol"]}]);
    let mut everyone = cast(&world.issuer, &world.ana, &world.ben);
    everyone.extend([
        Who::signed_in("member of the panel", round.hana.clone()),
        Who::signed_in("approver on the panel", round.gus.clone()),
        signed_in("coordinator who applied", "ben", coordinator),
        signed_in("approver who applied", "ben", approver),
        signed_in("she by another account", "ana elsewhere", json!([])),
        Who {
            name: "supporter she does not name for her",
            role: Some(Role::Supporter),
            headers: vec![("involvement-on-behalf-of", world.ana.id.to_string())],
            person: Some(unnamed_supporter(round)),
        },
    ]);
    everyone
}

fn unnamed_supporter(round: &Round) -> Person {
    let role = json!([{"role": "supporter", "person": round.world.ana.id}]);
    round.world.issuer.person("a friend who was never named", &role)
}

pub async fn things() -> (Round, Things) {
    let round = round().await;
    says_more_of_herself(&round).await;
    round.forms_panel().await;
    round.give(&round.hana, "scores", score(&round.from_ana, "listening", 4)).await.expect(200);
    let knows = json!({"application": round.from_ben, "conflict": "knows_the_person"});
    round.give(&round.gus, "conflicts", knows).await.expect(200);
    let world = &round.world;
    let given =
        async |path: &str, body: Value| world.give(&world.ella, path, body).await.expect(201).id();
    let group = given(
        "/v1/groups",
        json!({"name": "A", "kind": "forum", "locality": "Bristol", "reports_to": null,
            "purpose": "B", "review_on": null, "seats_planned": null}),
    )
    .await;
    let terms = json!({"effective_from": "2027-02-19", "values": {"kind": "term_policy",
        "months": 24, "consecutive_terms_max": 2, "break_months": 12, "overlap_days": 0,
        "reminders": []}});
    given("/v1/settings/term_policy", terms).await;
    let place = json!({"role": "member", "constituency": "carer", "locality": null});
    let seat = given(&format!("/v1/groups/{group}/seats"), place).await;
    let ana = world.ana.id;
    let offer = json!({"person": ana, "starts_on": "2027-04-01", "answer_by": "2027-03-01",
        "terms_version": "A"});
    let appointment = given(&format!("/v1/seats/{seat}/appointments"), offer).await;
    let plan = json!({"group": group, "title": SESSION, "starts_at": "2027-03-01T13:00:00Z",
        "zone": "Europe/London", "length_minutes": 60, "mode": "online", "venue": "B",
        "invited": [ana]});
    let session = given("/v1/sessions", plan).await;
    let task = json!({"person": ana, "group": group, "kind": "other", "what": WORK,
        "asked_on": "2027-02-18", "due_on": null});
    let work = given("/v1/work", task).await;
    let things = Things {
        person: ana.to_string(),
        opportunity: round.opportunity.to_string(),
        application: round.from_ana.clone(),
        from_another: round.from_ben.clone(),
        reachable: world.cleo.id.to_string(),
        group,
        seat,
        appointment,
        session,
        work,
    };
    (round, things)
}

/// Who she is, what she needs, why she is away, who helps her, and her other account.
async fn says_more_of_herself(round: &Round) {
    let world = &round.world;
    let (ana, hers) = (&world.ana, entry(&world.ana));
    let helper = world.issuer.person("supporter of hers", &json!([]));
    let account: Uuid = world.issuer.person("ana elsewhere", &json!([])).id.uuid();
    for (verb, body) in [
        ("rename", json!({"name": NAME})),
        ("record-access-need", json!({"need": NEED, "formats": []})),
        ("go-away", json!({"reason": AWAY})),
        ("name-supporter", json!({"supporter": helper.id})),
    ] {
        world.give(ana, &format!("{hers}/{verb}"), body).await.expect(200);
    }
    let preferences = json!({"preferences": registration()["preferences"],
        "how_to_reach": {"channel": "phone", "number": NUMBER}});
    world.give(ana, &format!("{hers}/change-preferences"), preferences).await.expect(200);
    let link = json!({"account": account, "why": "lost_account",
        "evidence": ["met_in_person", "signature"]});
    world.give(&world.cleo, &format!("{hers}/link-account"), link).await.expect(200);
}
