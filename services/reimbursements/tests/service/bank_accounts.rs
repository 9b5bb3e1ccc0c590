//! Where money goes: said by the person, typed by staff once read back, never by a supporter.

use serde_json::json;

use crate::bodies::account;
use crate::world::{ACCOUNT_NUMBER, world};

const PATH: &str = "/v1/my/bank-account";

#[tokio::test]
async fn the_person_says_where_their_money_goes_and_sees_only_since_when() {
    let world = world().await;
    assert_eq!(world.read(&world.ana, PATH).await, json!({}));
    world.give(&world.ana, PATH, account()).await.expect(201);
    let page = world.read(&world.ana, PATH).await;
    assert_eq!(page, json!({"given_at": "2027-05-12T09:00:00Z"}));
    assert_eq!(world.read(&world.ben, PATH).await, json!({}));
}

#[tokio::test]
async fn staff_type_it_once_they_have_read_it_back() {
    let world = world().await;
    let taken = Some("phone");
    let early = world.give_for(&world.cora, &world.ana, taken, PATH, account()).await.expect(409);
    assert_eq!(early.code(), "payee.not_read_back");
    let mut body = account();
    body["read_back"] = json!(true);
    world.give_for(&world.cora, &world.ana, taken, PATH, body).await.expect(201);
}

#[tokio::test]
async fn a_supporter_never_says_where_money_goes() {
    let world = world().await;
    let mut body = account();
    body["read_back"] = json!(true);
    world.give_for(&world.sue, &world.ana, None, PATH, body.clone()).await.expect(403);
    world.give_for(&world.fin, &world.ana, Some("phone"), PATH, body).await.expect(403);
    assert_eq!(world.read(&world.ana, PATH).await, json!({}));
}

#[tokio::test]
async fn an_account_that_cannot_be_right_is_told_by_its_field_and_not_repeated() {
    let world = world().await;
    let mut body = account();
    body["account"]["sort_code"] = json!("9182");
    let answer = world.give(&world.ana, PATH, body).await.expect(422);
    assert_eq!(answer.json["errors"][0]["field"], "account.sort_code");
    assert!(!answer.text.contains("9182") && !answer.text.contains(ACCOUNT_NUMBER));
}
