//! Whether a table speaks of everything there is: every route the service serves, every role there
//! is, everyone who asks; and whether each entry of the service's access rules would be missed if it
//! were wider or narrower than it is.

use std::collections::BTreeSet;

use serde_json::Value;
use web::{AccessRule, OnBehalf, Role};

use super::{Canary, Expected, Table, Who};

/// What the table lacks, or has too much of. Empty where it is whole.
pub fn lacking(
    table: &Table,
    openapi: &Value,
    rules: &[AccessRule],
    cast: &[Who],
    canaries: &[Canary<'_>],
) -> Vec<String> {
    let mut lacking = routes(table, openapi);
    let named: BTreeSet<String> = cast.iter().map(|who| who.name.to_owned()).collect();
    for who in table.who.symmetric_difference(&named) {
        lacking.push(format!("{who} is not both in the table and among those who ask"));
    }
    for role in Role::ALL {
        let is_tried = cast.iter().any(|who| who.role == Some(role) && who.headers.is_empty());
        if !is_tried {
            lacking.push(format!("nobody asks as {}", role.name()));
        }
    }
    let known: BTreeSet<&str> = canaries.iter().map(|(name, _)| *name).collect();
    let shown = table.blocks.iter().flat_map(super::Block::canaries);
    lacking.extend(shown.filter(|it| !known.contains(it.as_str())).map(|it| format!("no {it}")));
    if lacking.is_empty() {
        lacking.extend(rules.iter().flat_map(|rule| untried(table, rule, cast)));
    }
    lacking
}

fn routes(table: &Table, openapi: &Value) -> Vec<String> {
    let served: BTreeSet<(String, String)> = openapi["paths"]
        .as_object()
        .into_iter()
        .flatten()
        .flat_map(|(path, item)| {
            let methods = item.as_object().into_iter().flatten();
            methods.map(|(method, _)| (method.to_uppercase(), path.clone()))
        })
        .collect();
    let in_table: BTreeSet<(String, String)> =
        table.blocks.iter().map(|block| (block.method.clone(), block.path.clone())).collect();
    let missing = served.difference(&in_table);
    let gone = in_table.difference(&served);
    let missing = missing.map(|(method, path)| format!("{method} {path} is not in the table"));
    missing.chain(gone.map(|(method, path)| format!("{method} {path} is not served"))).collect()
}

/// The entries of one rule that the table would not miss: every role that is not listed has someone
/// who is told so, every one that is has someone who is let in; and so for acting for someone.
fn untried(table: &Table, rule: &AccessRule, cast: &[Who]) -> Vec<String> {
    let is_one_of = |who: &Who, wanted_in: bool| {
        let blocks = table.blocks.iter();
        let mut of_route = blocks.filter(|it| it.method == rule.method && it.path == rule.path);
        of_route.any(|it| wanted_in == is_let_in(&it.expected(who.name)))
    };
    let mut untried = Vec::new();
    let mut tell = |what: String| untried.push(format!("{} {}: {what}", rule.method, rule.path));
    let is_for_all = rule.roles.contains(&Role::Involvee);
    for role in Role::ALL {
        let is_listed = rule.roles.contains(&role) || (is_for_all && role != Role::Visitor);
        // Whoever is signed in is an involvee, for themselves.
        let is_of_role = |it: &&Who| match it.role {
            Some(its) => its == role,
            None => role == Role::Involvee,
        };
        let mut asks = cast.iter().filter(is_of_role).filter(|it| it.headers.is_empty());
        // Whoever is signed in may be let in and still not reach the one thing that is asked about.
        let is_by_relation = is_for_all && !rule.roles.contains(&role);
        if !is_by_relation && !asks.any(|who| is_one_of(who, is_listed)) {
            let listed = if is_listed { "listed" } else { "not listed" };
            tell(format!("{} is {listed}, and no line would miss it", role.name()));
        }
    }
    let behalf = |role: Role| {
        let mut asks =
            cast.iter().filter(move |it| it.role == Some(role) && !it.headers.is_empty());
        let may = match rule.on_behalf {
            OnBehalf::Never => false,
            OnBehalf::Staff => role != Role::Supporter,
            OnBehalf::StaffOrSupporter => true,
        };
        asks.any(|who| is_one_of(who, may))
    };
    for role in [Role::Coordinator, Role::EngagementLead, Role::Supporter] {
        if !behalf(role) {
            tell(format!("nothing would be missed of {} acting for someone", role.name()));
        }
    }
    untried
}

/// Whether it is the answer of someone whom the access rules let in, whatever the thing's own
/// relations then say.
fn is_let_in(answer: &Expected) -> bool {
    matches!(answer, Expected::May | Expected::Rule(_) | Expected::Hidden)
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use web::{AccessRule, OnBehalf, Role};

    use super::super::{Table, Who};
    use super::lacking;

    const RULE: AccessRule = AccessRule {
        method: "GET",
        path: "/v1/things",
        roles: &[Role::Auditor],
        on_behalf: OnBehalf::Never,
    };
    const ACTS: &[(&str, Role)] = &[
        ("coordinator here for her", Role::Coordinator),
        ("engagement lead for her", Role::EngagementLead),
        ("supporter of hers for her", Role::Supporter),
    ];

    fn cast(table: &Table) -> Vec<Who> {
        let who = |name: &String| {
            let named = Role::ALL.into_iter().find(|it| it.name().replace('_', " ") == *name);
            let acts = ACTS.iter().find(|(acting, _)| acting == name);
            let role = match name.as_str() {
                "nobody" => Some(Role::Visitor),
                "supporter of hers" => Some(Role::Supporter),
                _ => named.or(acts.map(|(_, role)| *role)),
            };
            let headers = acts.map(|_| ("for", String::new())).into_iter().collect();
            Who { name: name.clone().leak(), person: None, role, headers }
        };
        table.who.iter().map(who).collect()
    }

    fn lacks(text: &str, rule: AccessRule) -> Vec<String> {
        let table = Table::read(text).unwrap();
        let openapi = json!({"paths": {"/v1/things": {"get": {}}}});
        lacking(&table, &openapi, &[rule], &cast(&table), &[])
    }

    #[test]
    fn a_table_says_of_every_route_what_everybody_is_answered() {
        let whole = "GET /v1/things\n  may: auditor\n  not: everybody else\n  sign in: nobody";
        assert_eq!(lacks(whole, RULE), [""; 0]);
        let other = whole.replace("things", "others");
        assert_eq!(
            lacks(&other, RULE),
            ["GET /v1/things is not in the table", "GET /v1/others is not served"]
        );
        for (line, instead) in [
            ("  sign in: nobody", ""),
            ("  not: everybody else", ""),
            ("auditor", "author"),
            ("may: auditor", "may: auditor, auditor"),
            ("may: auditor", "perhaps: auditor"),
        ] {
            assert!(Table::read(&whole.replace(line, instead)).is_err(), "{line}");
        }
    }

    #[test]
    fn a_role_that_is_let_in_or_turned_away_without_a_line_of_its_own_is_noticed() {
        let whole = "GET /v1/things\n  may: auditor\n  not: everybody else\n  sign in: nobody";
        let wider = AccessRule { roles: &[Role::Auditor, Role::Finance], ..RULE };
        assert_eq!(lacks(whole, wider).len(), 1);
        let narrower = AccessRule { roles: &[], on_behalf: OnBehalf::Staff, ..RULE };
        assert_eq!(lacks(whole, narrower).len(), 3);
        let more = format!("who\n  newcomer: of a role nobody tries\n\n{whole}");
        let table = Table::read(&more).unwrap();
        let few: Vec<Who> = cast(&table).into_iter().filter(|it| it.name != "newcomer").collect();
        let openapi = json!({"paths": {"/v1/things": {"get": {}}}});
        assert_eq!(lacking(&table, &openapi, &[RULE], &few, &[]).len(), 1);
    }
}
