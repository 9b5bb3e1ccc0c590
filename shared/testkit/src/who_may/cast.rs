//! Everyone who asks, wherever it is: each role alone, near and far, and those who act for someone.
//! The thing is hers, and belongs to Bristol.

use serde_json::{Value, json};
use web::Role;

use super::Who;
use crate::issuer::{Issuer, Person};

const FOR: &str = "involvement-on-behalf-of";
const TAKEN: &str = "involvement-taken";

/// Everybody there is in every service: her, someone else, and strangers with each role. Services add
/// those who stand in relations of their own.
pub fn cast(issuer: &Issuer, her: &Person, another: &Person) -> Vec<Who> {
    let mut cast = vec![
        Who { name: "nobody", person: None, role: Some(Role::Visitor), headers: Vec::new() },
        Who::signed_in("she herself", her.clone()),
        Who::signed_in("another person", another.clone()),
        Who::signed_in("stranger", issuer.person("stranger", &json!([]))),
    ];
    let granted = |name: &'static str, role: Role, claim: Value| {
        let person = Some(issuer.person(name, &json!([claim])));
        Who { name, person, role: Some(role), headers: Vec::new() }
    };
    for (name, role) in EVERYWHERE {
        cast.push(granted(name, role, json!({"role": role.name(), "localities": []})));
    }
    for (name, role, locality) in SOMEWHERE {
        cast.push(granted(name, role, json!({"role": role.name(), "localities": [locality]})));
    }
    // A claim that says less than it must grants nothing.
    for (name, claim) in [
        ("coordinator of nowhere", json!({"role": "coordinator"})),
        ("supporter of nobody", json!({"role": "supporter"})),
        ("visitor who signed in", json!({"role": "visitor", "localities": []})),
        ("emperor", json!({"role": "emperor", "localities": []})),
    ] {
        cast.push(Who::signed_in(name, issuer.person(name, &json!([claim]))));
    }
    for (name, person) in [("supporter of hers", her), ("supporter of another", another)] {
        let claim = json!({"role": "supporter", "person": person.id});
        cast.push(granted(name, Role::Supporter, claim));
    }
    cast.extend(for_her(&cast, her));
    cast
}

const EVERYWHERE: [(&str, Role); 13] = [
    ("involvee", Role::Involvee),
    ("coordinator", Role::Coordinator),
    ("engagement lead", Role::EngagementLead),
    ("opportunity owner", Role::OpportunityOwner),
    ("group chair", Role::GroupChair),
    ("panel member", Role::PanelMember),
    ("approver", Role::Approver),
    ("budget holder", Role::BudgetHolder),
    ("finance", Role::Finance),
    ("auditor", Role::Auditor),
    ("information governance", Role::InformationGovernance),
    ("report reader", Role::ReportReader),
    ("administrator", Role::Administrator),
];

const SOMEWHERE: [(&str, Role, &str); 5] = [
    ("coordinator here", Role::Coordinator, "Bristol"),
    ("coordinator elsewhere", Role::Coordinator, "Leeds"),
    ("approver here", Role::Approver, "Bristol"),
    ("approver elsewhere", Role::Approver, "Leeds"),
    ("auditor elsewhere", Role::Auditor, "Leeds"),
];

const ACT_FOR_HER: [(&str, &str, bool); 9] = [
    ("supporter of hers", "supporter of hers for her", false),
    ("supporter of another", "supporter of another for her", false),
    ("coordinator here", "coordinator here for her", true),
    ("coordinator elsewhere", "coordinator elsewhere for her", true),
    ("engagement lead", "engagement lead for her", true),
    ("approver", "approver for her", true),
    ("finance", "finance for her", true),
    ("administrator", "administrator for her", true),
    ("stranger", "stranger for her", false),
];

/// The same people, saying that they act for her: staff by telephone, others here and now.
fn for_her(cast: &[Who], her: &Person) -> Vec<Who> {
    let acting = ACT_FOR_HER.iter().filter_map(|(name, acting, by_telephone)| {
        let who = cast.iter().find(|it| it.name == *name)?;
        let mut headers = vec![(FOR, her.id.to_string())];
        if *by_telephone {
            headers.push((TAKEN, "phone".to_owned()));
        }
        Some(Who { name: acting, headers, ..who.clone() })
    });
    acting.collect()
}
