//! Tokens that nobody honest sends, on every route: whoever brings one is asked to sign in, is told
//! nothing of why, and leaves nothing behind.

mod kinds;

use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};
use sqlx::PgPool;
use uuid::Uuid;

use crate::http::{Answer, Http, send};
use crate::issuer::Issuer;

pub use kinds::kinds;

/// One kind of attack on who somebody is.
#[derive(Clone, Debug, Default)]
pub struct Forgery {
    /// What is wrong with it.
    pub kind: &'static str,
    /// Every `Authorization` header there is.
    pub authorization: Vec<String>,
    /// Where else a good token stands, in the address, the body or another header.
    pub elsewhere: Option<String>,
}

/// Sends every kind to every route; each answer that is not a plain request to sign in. Whoever sends
/// no `Authorization` at all is a visitor, and may read what visitors may: the routes named.
pub async fn let_in(
    http: &Http,
    pool: &PgPool,
    issuer: &Issuer,
    open_to_visitors: &[&str],
) -> Vec<String> {
    let forgeries = kinds(issuer);
    let openapi = http.get(None, "/openapi.json", "").await.expect(200).json;
    let mut wrong = Vec::new();
    let before = n_events(pool).await;
    let mut n_tried = 0;
    for (method, template) in routes(&openapi) {
        let is_open = method == Method::GET && open_to_visitors.contains(&template.as_str());
        for forgery in forgeries.iter().filter(|it| !(is_open && it.authorization.is_empty())) {
            let answer = send(request(http, &method, &template, forgery)).await;
            if let Err(why) = turned_away(&answer, forgery) {
                wrong.push(format!("{method} {template}, {}: {why}", forgery.kind));
            }
            n_tried += 1;
        }
    }
    assert!(n_tried >= forgeries.len(), "nothing was tried");
    let after = n_events(pool).await;
    if after != before {
        wrong.push(format!("{} events were left", after - before));
    }
    wrong
}

/// Whether it is a plain request to sign in, and repeats nothing that was sent.
pub fn turned_away(answer: &Answer, forgery: &Forgery) -> Result<(), String> {
    let header = |name: &str| {
        answer.headers.get(name).and_then(|it| it.to_str().ok()).unwrap_or_default().to_owned()
    };
    let is_asked = answer.status == 401
        && header("content-type") == "application/problem+json"
        && header("www-authenticate").starts_with("Bearer realm=")
        && ["access.sign_in", "access.sign_in_again"].contains(&answer.code());
    if !is_asked {
        return Err(format!("{} {:?} {}", answer.status, answer.headers, answer.text));
    }
    let heads = format!("{:?}", answer.headers);
    let sent = forgery.authorization.iter().chain(&forgery.elsewhere);
    for word in sent.flat_map(|it| it.split([' ', '.', '='])).filter(|it| it.len() > 9) {
        if answer.text.contains(word) || heads.contains(word) {
            return Err(format!("repeats {word}"));
        }
    }
    Ok(())
}

fn request(http: &Http, method: &Method, template: &str, forgery: &Forgery) -> RequestBuilder {
    let mut path = String::new();
    for part in template.split('/').skip(1) {
        let id = Uuid::from_u128(7).to_string();
        path.extend(["/", if part.starts_with('{') { &id } else { part }]);
    }
    let token = forgery.elsewhere.as_deref().unwrap_or_default();
    if forgery.kind.ends_with("in the address") {
        path.extend(["?access_token=", token]);
    }
    let mut request = http.request(method.clone(), None, &path);
    for value in &forgery.authorization {
        request = request.header("authorization", value);
    }
    request = match forgery.kind {
        "a good token in a cookie" => request.header("cookie", format!("access_token={token}")),
        "a good token in a header of another name" => request.header("x-access-token", token),
        _ => request,
    };
    if *method == Method::GET {
        return request;
    }
    let body = if token.is_empty() { json!({}) } else { json!({"access_token": token}) };
    request.header("idempotency-key", Uuid::now_v7().to_string()).json(&body)
}

fn routes(openapi: &Value) -> Vec<(Method, String)> {
    let paths = openapi["paths"].as_object().into_iter().flatten();
    let of_path = |(path, item): (&String, &Value)| {
        let methods = item.as_object().into_iter().flatten();
        let routes = methods.filter_map(|(method, _)| {
            let method = Method::from_bytes(method.to_uppercase().as_bytes()).ok()?;
            Some((method, path.clone()))
        });
        routes.collect::<Vec<_>>()
    };
    paths.flat_map(of_path).collect()
}

async fn n_events(pool: &PgPool) -> i64 {
    let counted = sqlx::query_scalar("select count(*) from log.event").fetch_one(pool);
    counted.await.expect("the log can be counted")
}
