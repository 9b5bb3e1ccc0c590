//! One table per service says who may use each of its routes; what it does not list, nobody may.
//! Here a caller is let in or turned away; whether a thing is theirs, the route asks the permit.

use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::header::AUTHORIZATION;
use http::request::Parts;
use http::{HeaderMap, Method};
use utoipa::openapi::OpenApi;
use utoipa::openapi::path::PathItem;

use crate::behalf::{self, Behalf};
use crate::caller::{Caller, Identities};
use crate::fault;
use crate::permit::{Admitted, Permit};
use crate::problem::Problem;
use crate::role::Role;
use crate::token::{TokenError, Verifier};

#[cfg(test)]
mod tests;

/// Whether a route may be used for another person, and by whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnBehalf {
    /// By nobody.
    Never,
    /// By coordinators and engagement leads, whose typing-in is recorded.
    Staff,
    /// By them, and by the supporter of that very person.
    StaffOrSupporter,
}

/// Who may use one route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AccessRule {
    /// The method, such as `POST`. `GET` covers `HEAD`.
    pub method: &'static str,
    /// The route's template, such as `/v1/opportunities/{opportunity}`.
    pub path: &'static str,
    /// Who may use it in their own right. The first one a caller has is the authority recorded
    /// unless the route asks the permit for another, so the more telling role stands first.
    /// `Involvee` means anyone signed in, for themselves; `Visitor` means anyone at all.
    pub roles: &'static [Role],
    /// Who may use it for another person, whether or not their role is listed above.
    pub on_behalf: OnBehalf,
}

/// The whole of a service's rules. What it does not list is forbidden.
#[derive(Clone, Copy, Debug)]
pub struct AccessTable(pub &'static [AccessRule]);

impl AccessTable {
    /// The rule of a route.
    pub fn rule(&self, method: &str, path: &str) -> Option<&'static AccessRule> {
        let method = if method == "HEAD" { "GET" } else { method };
        self.0.iter().find(|rule| rule.method == method && rule.path == path)
    }

    /// What differs between the table and the routes a service describes: routes without a rule,
    /// rules without a route, rules given twice or open to nobody. Empty when they agree.
    pub fn compare(&self, openapi: &OpenApi) -> Vec<String> {
        let routes: Vec<(&str, &str)> = openapi
            .paths
            .paths
            .iter()
            .flat_map(|(path, item)| methods(item).map(move |method| (method, path.as_str())))
            .collect();
        let mut differences = Vec::new();
        for (method, path) in &routes {
            if self.rule(method, path).is_none() {
                differences.push(format!("{method} {path} has no rule; nobody may use it"));
            }
        }
        for (place, rule) in self.0.iter().enumerate() {
            let (method, path) = (rule.method, rule.path);
            if !routes.contains(&(method, path)) {
                differences.push(format!("{method} {path} has a rule but no route"));
            }
            if self.0.iter().take(place).any(|other| (other.method, other.path) == (method, path)) {
                differences.push(format!("{method} {path} has more than one rule"));
            }
            if rule.roles.is_empty() && rule.on_behalf == OnBehalf::Never {
                differences.push(format!("{method} {path} is open to nobody"));
            }
            if rule.roles.contains(&Role::Visitor) && method != "GET" {
                differences.push(format!("{method} {path} cannot be open to visitors"));
            }
        }
        differences
    }
}

fn methods(item: &PathItem) -> impl Iterator<Item = &'static str> {
    [
        ("GET", item.get.is_some()),
        ("PUT", item.put.is_some()),
        ("POST", item.post.is_some()),
        ("DELETE", item.delete.is_some()),
        ("OPTIONS", item.options.is_some()),
        ("PATCH", item.patch.is_some()),
        ("TRACE", item.trace.is_some()),
    ]
    .into_iter()
    .filter_map(|(method, there)| there.then_some(method))
}

/// All that is needed to let a caller in.
#[derive(Clone, Debug)]
pub struct Access {
    /// The service's rules.
    pub table: AccessTable,
    /// Whose tokens are good.
    pub verifier: Verifier,
    /// Which person stands behind an account.
    pub identities: Identities,
}

/// Lets a request in with its permit, or turns it away.
pub(crate) async fn guard(State(access): State<Access>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    match access.admit(&parts).await {
        Ok(admitted) => {
            parts.extensions.insert(admitted);
            next.run(Request::from_parts(parts, body)).await
        }
        Err(problem) => problem.into_response(),
    }
}

impl Access {
    async fn admit(&self, parts: &Parts) -> Result<Admitted, Problem> {
        let rule = self.rule(&parts.method, parts.extensions.get::<MatchedPath>())?;
        let Some(caller) = self.caller(&parts.headers).await? else {
            return if rule.roles.contains(&Role::Visitor) {
                Ok(Admitted::Visitor)
            } else {
                Err(Problem::sign_in())
            };
        };
        let behalf = behalf::asked(&parts.headers)?
            .map(|asked| Behalf::of(asked, &caller, rule.on_behalf))
            .transpose()?;
        if behalf.is_none() && !rule.roles.iter().any(|role| caller.has(*role)) {
            return Err(Problem::forbidden());
        }
        Ok(Admitted::Person(Permit { caller, behalf, rule }))
    }

    fn rule(
        &self,
        method: &Method,
        path: Option<&MatchedPath>,
    ) -> Result<&'static AccessRule, Problem> {
        let path = path.map_or("", MatchedPath::as_str);
        self.table.rule(method.as_str(), path).ok_or_else(|| {
            tracing::error!(%method, route = path, "a route has no access rule; nobody may use it");
            Problem::forbidden()
        })
    }

    async fn caller(&self, headers: &HeaderMap) -> Result<Option<Caller>, Problem> {
        let Some(token) = bearer(headers)? else { return Ok(None) };
        let signed_in = self.verifier.verify(token).await.map_err(|error| turned_away(&error))?;
        let person = self
            .identities
            .person_behind(signed_in.account)
            .await
            .map_err(|error| fault::unavailable(&error))?;
        let grants = std::sync::Arc::clone(&signed_in.grants);
        Ok(Some(Caller { account: signed_in.account, person, grants }))
    }
}

fn turned_away(error: &TokenError) -> Problem {
    if matches!(error, TokenError::NoKeys) {
        return fault::unavailable(&TokenError::NoKeys);
    }
    tracing::info!(reason = %error, "a token was turned away");
    Problem::sign_in_again()
}

/// The bearer token, if there is one. Two headers, or another scheme, are no sign-in.
fn bearer(headers: &HeaderMap) -> Result<Option<&str>, Problem> {
    let mut given = headers.get_all(AUTHORIZATION).iter();
    let Some(value) = given.next() else { return Ok(None) };
    let text = value.to_str().ok().filter(|_| given.next().is_none());
    match text.and_then(|text| text.split_once(' ')) {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => Ok(Some(token.trim())),
        _ => Err(Problem::sign_in_again()),
    }
}
