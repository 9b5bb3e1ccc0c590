//! One round: an opportunity that people applied for, and those who decide on them.

use contracts::OpportunityId;
use contracts::opportunities::{Criterion, Fact};
use reqwest::Method;
use serde_json::{Value, json};
use testkit::{Answer, Person, send, settled};
use uuid::Uuid;

use crate::world::{CLOSES, World, advert, applications, form, registration, world};

/// A Friday after the closing, on which the panel works and its outcome is approved.
pub const FRIDAY: &str = "2027-02-19T15:00:00Z";

pub struct Round {
    pub world: World,
    pub opportunity: OpportunityId,
    /// Whoever applied a third time round, and withdrew.
    pub fay: Person,
    /// A member of the panel from the staff.
    pub gus: Person,
    /// A member of the panel who is involved.
    pub hana: Person,
    /// Approver for Bristol.
    pub ivy: Person,
    /// Ana's application.
    pub from_ana: String,
    /// Ben's application.
    pub from_ben: String,
}

/// Three have applied, one of them withdrew, and applications have closed.
pub async fn round() -> Round {
    let world = Box::pin(world()).await;
    let fay = world.issuer.person("fay", &json!([]));
    let mut advert = advert();
    advert.criteria.push(Criterion {
        code: "meetings".to_owned(),
        text: "Has taken part in meetings".to_owned(),
        essential: false,
    });
    for person in [&world.ana, &world.ben, &fay] {
        world.registers(person, &registration()).await;
    }
    let opportunity = world.opens(advert).await;
    let mut applied = Vec::new();
    for person in [&world.ana, &world.ben, &fay] {
        let path = applications(opportunity);
        applied.push(world.give(person, &path, form()).await.expect(201).id());
    }
    let withdraw = format!("/v1/applications/{}/withdraw", applied[2]);
    world.give(&fay, &withdraw, json!({})).await.expect(200);
    let approver = json!([{"role": "approver", "localities": ["Bristol"]}]);
    let round = Round {
        opportunity,
        gus: world.issuer.person("gus", &approver),
        hana: world.issuer.person("hana", &json!([])),
        ivy: world.issuer.person("ivy", &approver),
        fay,
        from_ana: applied[0].clone(),
        from_ben: applied[1].clone(),
        world,
    };
    round.world.at(CLOSES);
    round.closes(2).await;
    round.world.at(FRIDAY);
    round
}

impl Round {
    /// Its opportunity is told to have closed.
    pub async fn closes(&self, version: i64) {
        let opportunity = self.opportunity;
        let closed = Fact::Closed { opportunity, closed_at: CLOSES.parse().unwrap() };
        self.world.told(opportunity, version, &closed).await;
    }

    pub fn path(&self, verb: &str) -> String {
        format!("/v1/opportunities/{}/selection/{verb}", self.opportunity)
    }

    pub async fn give(&self, who: &Person, verb: &str, body: Value) -> Answer {
        self.world.give(who, &self.path(verb), body).await
    }

    /// Staff type in what a person gave them on paper.
    pub async fn typed(&self, who: &Person, of: &Person, path: &str, body: &Value) -> Answer {
        let request = self.world.http.request(Method::POST, Some(who), path);
        let request = request
            .header("idempotency-key", Uuid::now_v7().to_string())
            .header("involvement-on-behalf-of", of.id.to_string())
            .header("involvement-received-at", CLOSES)
            .header("involvement-taken", "paper");
        let answer = send(request.json(body)).await;
        settled(&self.world.running).await;
        answer
    }

    pub async fn board(&self, who: &Person) -> Answer {
        let path = format!("/v1/opportunities/{}/selection", self.opportunity);
        self.world.read(who, &path).await
    }

    /// One application as a member has it on the board.
    pub async fn on_board(&self, who: &Person, application: &str) -> Value {
        let board = self.board(who).await.expect(200).json;
        let all = board["panel"]["applications"].as_array().unwrap();
        all.iter().find(|it| it["application"] == application).unwrap().clone()
    }

    /// What waits for someone in this round.
    pub async fn today(&self, who: &Person) -> Vec<(String, i64)> {
        let today = self.world.read(who, "/v1/today").await.expect(200);
        waiting(&today.json["items"])
    }

    /// What waits for a member in this round.
    pub async fn on_my_panels(&self, who: &Person) -> Vec<(String, i64)> {
        let mine = self.world.read(who, "/v1/my/involvement").await.expect(200);
        waiting(&mine.json["panels"])
    }

    pub fn members(&self) -> Value {
        json!({"members": [{"person": self.gus.id, "kind": "staff"},
            {"person": self.hana.id, "kind": "involvee"}]})
    }

    pub async fn forms_panel(&self) {
        self.give(&self.world.cleo, "panel", self.members()).await.expect(200);
    }

    pub async fn scores(&self, who: &Person, application: &str, points: [u8; 2]) {
        for (criterion, points) in ["listening", "meetings"].into_iter().zip(points) {
            let body = score(application, criterion, points);
            self.give(who, "scores", body).await.expect(200);
        }
    }

    /// Both members have scored, Ana higher than Ben, and have locked.
    pub async fn is_scored(&self) {
        for member in [&self.gus, &self.hana] {
            self.scores(member, &self.from_ana, [4, 3]).await;
            self.scores(member, &self.from_ben, [3, 1]).await;
            self.give(member, "lock", json!({})).await.expect(200);
        }
    }

    /// Ana is offered a place and Ben is not, and both are told why.
    pub async fn is_decided(&self) {
        let offer = decision(&self.from_ana, "offer", "You listen well.");
        self.give(&self.hana, "decide", offer).await.expect(200);
        let not = decision(&self.from_ben, "not_selected", "Others had sat on more panels.");
        self.give(&self.gus, "decide", not).await.expect(200);
    }

    /// England's bank holidays of the year are in force.
    pub async fn knows_its_bank_holidays(&self) {
        let england = include_str!("../../calendars/england.2027.json");
        let values: Value = serde_json::from_str(england).unwrap();
        let body = json!({"effective_from": "2027-02-19", "values": values});
        let ella = &self.world.ella;
        self.world.give(ella, "/v1/settings/working_calendar", body).await.expect(201);
    }

    pub async fn approves(&self, who: &Person) -> Answer {
        self.give(who, "approve", json!({"reachable": self.world.cleo.id})).await
    }

    /// How far an application has come, as its person reads it.
    pub async fn progress(&self, who: &Person, application: &str) -> Value {
        let page = self.world.read(who, &format!("/v1/applications/{application}")).await;
        page.expect(200).json["progress"].clone()
    }
}

fn waiting(items: &Value) -> Vec<(String, i64)> {
    let items = items.as_array().unwrap();
    let item = |it: &Value| {
        (it["what"].as_str().unwrap().to_owned(), it["applications"].as_i64().unwrap())
    };
    items.iter().map(item).collect()
}

pub fn score(application: &str, criterion: &str, points: u8) -> Value {
    json!({"application": application, "criterion": criterion, "points": points,
        "evidence": format!("canary-evidence on {criterion}")})
}

pub fn decision(application: &str, kind: &str, reason: &str) -> Value {
    json!({"application": application, "decision": {"kind": kind}, "reason": reason})
}
