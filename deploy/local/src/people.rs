//! The sample people: invented, each with an account at the development issuer unless they have none.
//! Their telephone numbers and addresses belong to nobody.

use contracts::opportunities::Constituency;
use web::{Role, RoleClaim};

/// Someone who can act.
#[derive(Clone, Copy, Debug)]
pub struct Person {
    /// What the issuer calls them; also the name of their token's file.
    pub subject: &'static str,
    /// What people call them.
    pub name: &'static str,
    /// What they are here.
    pub what: &'static str,
    /// Roles, each with the localities it holds for; none means everywhere.
    pub roles: &'static [(Role, &'static [&'static str])],
    /// Service and path of a page worth a look as this person.
    pub looks_at: (&'static str, &'static str),
}

/// Someone involved, and what they would tell the trust of themselves.
#[derive(Clone, Copy, Debug)]
pub struct Involvee {
    /// Who.
    pub person: Person,
    /// Whether they sign in; for those who do not, staff type.
    pub has_account: bool,
    /// As whom they take part.
    pub constituency: Constituency,
    /// Topics they chose.
    pub interests: &'static [&'static str],
    /// Areas they chose.
    pub localities: &'static [&'static str],
    /// How they want to be reached.
    pub reached: Reached,
}

/// The one way in which someone wants to be reached.
#[derive(Clone, Copy, Debug)]
pub enum Reached {
    /// By e-mail.
    Email(&'static str),
    /// By being rung up.
    Phone(&'static str),
    /// By letter, in lines.
    Letter(&'static [&'static str]),
}

impl Person {
    /// The roles as a token grants them.
    pub fn claims(&self) -> Vec<RoleClaim> {
        self.roles.iter().map(|(role, localities)| RoleClaim::within(*role, localities)).collect()
    }
}

const TODAY: (&str, &str) = ("opportunities", "/v1/today");
const OPEN: (&str, &str) = ("opportunities", "/v1/opportunities");
const MINE: (&str, &str) = ("recruitment", "/v1/my/involvement");
const RUNS: (&str, &str) = ("reimbursements", "/v1/payment-batches");
const CHAINS: (&str, &str) = ("audit", "/v1/chain");

const fn staff(
    subject: &'static str,
    name: &'static str,
    what: &'static str,
    roles: &'static [(Role, &'static [&'static str])],
    looks_at: (&'static str, &'static str),
) -> Person {
    Person { subject, name, what, roles, looks_at }
}

const fn involved(subject: &'static str, name: &'static str, what: &'static str) -> Person {
    Person { subject, name, what, roles: &[], looks_at: MINE }
}

/// Coordinator for everywhere.
pub const COORDINATOR: Person =
    staff("ruth.adeyemi", "Ruth Adeyemi", "coordinator", &[(Role::Coordinator, &[])], TODAY);
/// Coordinator for Bristol alone.
pub const BRISTOL_COORDINATOR: Person = staff(
    "tom.whitlock",
    "Tom Whitlock",
    "coordinator, Bristol",
    &[(Role::Coordinator, &["Bristol"])],
    TODAY,
);
/// Leads the involvement team.
pub const ENGAGEMENT_LEAD: Person =
    staff("helen.marsh", "Helen Marsh", "engagement lead", &[(Role::EngagementLead, &[])], TODAY);
/// Approves what others have prepared.
pub const APPROVER: Person =
    staff("priya.nair", "Priya Nair", "approver", &[(Role::Approver, &[])], TODAY);
/// Answers for budgets, and approves where the first approver cannot.
pub const BUDGET_HOLDER: Person = staff(
    "daniel.okafor",
    "Daniel Okafor",
    "budget holder",
    &[(Role::BudgetHolder, &[]), (Role::Approver, &[])],
    TODAY,
);
/// Pays.
pub const FINANCE: Person =
    staff("moira.kelly", "Moira Kelly", "finance", &[(Role::Finance, &[])], RUNS);
/// Reads the whole history.
pub const AUDITOR: Person =
    staff("stephen.hale", "Stephen Hale", "auditor", &[(Role::Auditor, &[])], CHAINS);
/// Keeps the installation going.
pub const ADMINISTRATOR: Person =
    staff("lin.zhou", "Lin Zhou", "administrator", &[(Role::Administrator, &[])], OPEN);
/// Chairs the Research Fund Public Panel.
pub const GROUP_CHAIR: Person =
    staff("gwen.parry", "Gwen Parry", "group chair", &[(Role::GroupChair, &[])], MINE);

/// Everybody who works for the trust, and the chair.
pub const STAFF: [Person; 9] = [
    COORDINATOR,
    BRISTOL_COORDINATOR,
    ENGAGEMENT_LEAD,
    APPROVER,
    BUDGET_HOLDER,
    FINANCE,
    AUDITOR,
    ADMINISTRATOR,
    GROUP_CHAIR,
];

/// Reads research in plain words; by e-mail.
pub const AMIRA: Involvee = Involvee {
    person: involved("amira.hassan", "Amira Hassan", "service user"),
    has_account: true,
    constituency: Constituency::ServiceUser,
    interests: &["research", "reading"],
    localities: &["Bristol"],
    reached: Reached::Email("amira.hassan@example.org"),
};
/// Cares for her brother; by letter.
pub const JOAN: Involvee = Involvee {
    person: involved("joan.fletcher", "Joan Fletcher", "carer"),
    has_account: true,
    constituency: Constituency::Carer,
    interests: &["research", "safety", "interview panels"],
    localities: &["Bristol", "North Bristol"],
    reached: Reached::Letter(&["14 Sycamore Row", "Bristol", "BS99 1ZZ"]),
};
/// Wants to be rung, not written to.
pub const MARCUS: Involvee = Involvee {
    person: involved("marcus.bell", "Marcus Bell", "service user"),
    has_account: true,
    constituency: Constituency::ServiceUser,
    interests: &["research", "co-production"],
    localities: &["Bristol"],
    reached: Reached::Phone("01632 960201"),
};
/// A neighbour with an interest.
pub const SUNITA: Involvee = Involvee {
    person: involved("sunita.rao", "Sunita Rao", "public"),
    has_account: true,
    constituency: Constituency::Public,
    interests: &["reading", "committees"],
    localities: &["Bristol"],
    reached: Reached::Email("sunita.rao@example.org"),
};
/// Inspects, and asks how safe things are.
pub const OWEN: Involvee = Involvee {
    person: involved("owen.davies", "Owen Davies", "carer"),
    has_account: true,
    constituency: Constituency::Carer,
    interests: &["inspections", "safety"],
    localities: &["Lewisham and Greenwich"],
    reached: Reached::Email("owen.davies@example.org"),
};
/// Inspects; by letter.
pub const KATE: Involvee = Involvee {
    person: involved("kate.brannigan", "Kate Brannigan", "service user"),
    has_account: true,
    constituency: Constituency::ServiceUser,
    interests: &["inspections"],
    localities: &["North West London"],
    reached: Reached::Letter(&["Flat 3", "27 Orchard Walk", "London", "NW99 9ZZ"]),
};
/// Has sat on interview panels before.
pub const PETER: Involvee = Involvee {
    person: involved("peter.lund", "Peter Lund", "service user"),
    has_account: true,
    constituency: Constituency::ServiceUser,
    interests: &["improvement", "interview panels"],
    localities: &["South London"],
    reached: Reached::Phone("01632 960202"),
};
/// Cares for her daughter.
pub const NIA: Involvee = Involvee {
    person: involved("nia.roberts", "Nia Roberts", "carer"),
    has_account: true,
    constituency: Constituency::Carer,
    interests: &["learning disability", "carers"],
    localities: &["Northern Ireland, by Zoom"],
    reached: Reached::Email("nia.roberts@example.org"),
};
/// Has no account and wants none; what she says by telephone, staff type.
pub const EDITH: Involvee = Involvee {
    person: involved("edith.moore", "Edith Moore", "service user"),
    has_account: false,
    constituency: Constituency::ServiceUser,
    interests: &["research", "reading"],
    localities: &["Bristol"],
    reached: Reached::Phone("01632 960203"),
};

/// Everybody involved.
pub const INVOLVEES: [Involvee; 9] = [AMIRA, JOAN, MARCUS, SUNITA, OWEN, KATE, PETER, NIA, EDITH];

/// Everybody who can sign in.
pub fn with_accounts() -> impl Iterator<Item = Person> {
    let involved = INVOLVEES.into_iter().filter(|it| it.has_account).map(|it| it.person);
    STAFF.into_iter().chain(involved)
}

#[cfg(test)]
mod stories {
    use std::collections::BTreeSet;

    use serde_json::Value;

    use super::{INVOLVEES, with_accounts};

    #[test]
    fn nobody_shares_a_sign_in() {
        let subjects: Vec<_> = with_accounts().map(|it| it.subject).collect();
        assert_eq!(subjects.iter().collect::<BTreeSet<_>>().len(), subjects.len());
    }

    #[test]
    fn everybody_is_interested_in_something_that_is_advertised_where_they_are() {
        let adverts: Value = serde_json::from_str(include_str!("../samples/adverts.json")).unwrap();
        let supplement: Value =
            serde_json::from_str(include_str!("../samples/supplement.json")).unwrap();
        for someone in INVOLVEES {
            let suits = adverts["opportunities"].as_array().unwrap().iter().any(|advert| {
                let added = &supplement["adverts"][advert["id"].as_str().unwrap()];
                let about = |interest: &&str| {
                    added["interests"]
                        .as_array()
                        .is_some_and(|all| all.contains(&(*interest).into()))
                };
                let here = added["everywhere"] == true
                    || someone.localities.iter().any(|area| advert["locality"] == **area);
                here && someone.interests.iter().any(about)
            });
            assert!(suits, "{}", someone.person.name);
        }
    }
}
