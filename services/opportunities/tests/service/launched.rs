//! The launcher's own call, by which a clock is moved: for whoever knows the launcher's token, which
//! signs nobody in, and for nobody who has merely signed in.

use boot::Launched;
use jiff::Timestamp;
use reqwest::Method;
use serde_json::json;
use testkit::forged::kinds;
use testkit::{Http, send};
use tokio_util::sync::CancellationToken;

use crate::world::{NOW, world};

const TOKEN: &str = "5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a";
const CALLS: [(&str, Method); 2] =
    [("/control/clock", Method::POST), ("/control/standing", Method::GET)];

#[tokio::test]
async fn the_launchers_token_opens_no_route_and_nobodys_sign_in_moves_the_clock() {
    let world = world().await;
    world.running.stop().await;
    let launched = Launched { token: TOKEN.into() };
    let (config, clock) = (world.config.clone(), world.clock.clone());
    let stop = CancellationToken::new();
    let running = opportunities::start(config, clock, Some(launched), stop).await.unwrap();
    running.readiness.ready().await;
    let http = Http::to(running.address);
    for path in ["/v1/opportunities", "/v1/today", "/v1/settings"] {
        let request = http.request(Method::GET, None, path).bearer_auth(TOKEN);
        assert_eq!(send(request).await.expect(401).code(), "access.sign_in_again");
    }
    let mut tried: Vec<Vec<String>> =
        kinds(&world.issuer).into_iter().map(|forgery| forgery.authorization).collect();
    tried.push(vec![format!("Bearer {}", world.eli.token)]);
    tried.push(vec![format!("bearer {TOKEN}")]);
    tried.push(vec![format!("Bearer {}", TOKEN.to_uppercase())]);
    tried.push(vec![format!("Bearer {}", &TOKEN[1..])]);
    tried.push(vec!["Bearer x".to_owned(), format!("Bearer {TOKEN}")]);
    for authorization in tried {
        for (path, method) in CALLS {
            let mut request = http.request(method, None, path);
            for value in &authorization {
                request = request.header("authorization", value);
            }
            let to = json!({"to": "2027-06-01T09:00:00Z"});
            let answer = send(request.json(&to)).await;
            assert_eq!(answer.status, 401, "{path} {authorization:?}: {}", answer.text);
            assert_eq!(answer.headers["content-type"], "application/problem+json");
        }
    }
    assert_eq!(world.clock.now(), NOW.parse::<Timestamp>().unwrap());
    let standing = http.request(Method::GET, None, "/control/standing").bearer_auth(TOKEN);
    send(standing).await.expect(200);
    running.stop().await;
}
