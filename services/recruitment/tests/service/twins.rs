//! What can happen once happens once, however many ask for it at the same time.

use reqwest::Method;
use serde_json::json;
use testkit::{at_once, settled};

use crate::forum::{forum, offer};

const AT_ONCE: usize = 1_000;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_offer_accepted_a_thousand_times_at_once_is_accepted_once() {
    let forum = forum(1).await;
    let ana = forum.someone("ana");
    let offered = forum.offers(0, offer(&ana, "2027-03-01", "2027-01-25")).await.expect(201);
    let path = format!("/v1/appointments/{}", offered.id());
    // All connections are there before a thousand wait for them.
    let (address, reader) = (forum.world.running.address, ana.clone());
    let before = at_once(address, 120, move |http, _| {
        http.request(Method::GET, Some(&reader), "/v1/groups")
    });
    assert!(before.await.iter().all(|it| it.status == 200));
    let answers = at_once(address, AT_ONCE, move |http, place| {
        let verb = if place % 2 == 0 { "accept" } else { "decline" };
        let request = http.request(Method::POST, Some(&ana), &format!("{path}/{verb}"));
        request.header("idempotency-key", format!("answer-{place}")).json(&json!({}))
    })
    .await;
    assert_eq!(answers.len(), AT_ONCE);
    for answer in &answers {
        assert!([200, 409].contains(&answer.status), "{}", answer.text);
    }
    settled(&forum.world.running).await;
    let accepted = forum.stored("appointment.accepted.v1").await.len();
    let declined = forum.stored("appointment.declined.v1").await.len();
    assert_eq!(accepted + declined, 1, "one yes or one no");
}
