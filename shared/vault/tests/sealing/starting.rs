//! What a service finds out about its vault before it does any work.

use contracts::Class;
use vault::{StartError, Vault, schema};

use crate::{a_house, an_empty_house, config, email, person};

#[tokio::test]
async fn a_database_may_be_prepared_again_and_keeps_its_keys() {
    let (_database, mut house) = a_house().await;
    let sealed = house.vault().await.seal(person(1), &email("ana@example.org")).await.unwrap();

    schema::migrate(&mut house.owner).await.unwrap();
    assert!(house.vault().await.open(&sealed).await.is_ok());
}

#[tokio::test]
async fn an_unprepared_database_says_what_is_missing() {
    let (_database, house) = an_empty_house().await;
    let refused = house.start(&config(&house.owner_url)).await.err().unwrap();
    assert!(matches!(refused, StartError::NotMigrated), "{refused:?}");
}

#[tokio::test]
async fn a_role_that_was_granted_nothing_is_told_so() {
    let (_database, house) = a_house().await;
    let refused = house.start(&config(&house.runtime_url)).await.err().unwrap();
    assert!(matches!(refused, StartError::NotGranted), "{refused:?}");
}

#[tokio::test]
async fn a_role_that_does_not_exist_is_granted_nothing() {
    let (_database, mut house) = a_house().await;
    let refused = schema::grant(&mut house.owner, "no such role", &[Class::Contact]).await;
    assert_eq!(refused.unwrap_err().to_string(), "grant keys to role \"no such role\"");
}

#[tokio::test]
async fn the_wrong_key_encryption_key_is_refused_before_it_seals_anything() {
    let (_database, mut house) = a_house().await;
    house.grant(&[Class::Contact]).await;
    house.restricted_vault().await;

    let mut wrong = config(&house.runtime_url);
    wrong.kek_hex = "7e".repeat(32).into();
    let refused = house.start(&wrong).await.err().unwrap();
    assert!(
        matches!(&refused, StartError::OtherSecret { secret } if secret == "key-encryption key 2026-11"),
        "{refused:?}"
    );
    assert!(!format!("{refused} {refused:?}").contains("7e7e"));
}

#[tokio::test]
async fn the_wrong_index_key_is_refused_since_it_would_find_nobody() {
    let (_database, house) = a_house().await;
    house.vault().await;

    let mut wrong = config(&house.owner_url);
    wrong.index_key_hex = "7e".repeat(32).into();
    let refused = house.start(&wrong).await.err().unwrap();
    assert!(
        matches!(&refused, StartError::OtherSecret { secret } if secret == "index key"),
        "{refused:?}"
    );
}

#[tokio::test]
async fn services_with_the_same_secrets_find_the_same_address() {
    let (_database, house) = a_house().await;
    let (one, other) = (house.vault().await, house.vault().await);
    let typed_by_ana = email("Ana@Example.org").normalised();
    let typed_by_staff = email("ana@example.ORG").normalised();

    let hash = one.keyed_hash("recruitment.email", &typed_by_ana);
    assert_eq!(other.keyed_hash("recruitment.email", &typed_by_staff), hash);
    assert_ne!(one.keyed_hash("reimbursements.email", &typed_by_ana), hash);
}

#[tokio::test]
async fn a_url_that_is_none_is_named_without_its_password() {
    let (_database, house) = an_empty_house().await;
    let refused = house.start(&config("postgres://role:pass:word@[host")).await.err().unwrap();
    assert!(matches!(refused, StartError::UrlMalformed(_)), "{refused:?}");
    assert!(!format!("{refused} {refused:?}").contains("pass"), "{refused:?}");
}

/// Whether a future may move between threads shows when this compiles, and nowhere else.
fn spawnable<F: Future + Send>(future: F) -> F {
    future
}

#[tokio::test]
async fn all_the_vault_does_can_be_part_of_a_spawned_task() {
    let (_database, mut house) = an_empty_house().await;
    spawnable(schema::migrate(&mut house.owner)).await.unwrap();
    spawnable(schema::grant(&mut house.owner, &house.runtime_role, &[Class::Contact]))
        .await
        .unwrap();
    let config = config(&house.runtime_url);
    let vault = spawnable(Vault::connect(&config, house.stopwatch())).await.unwrap();
    let value = email("ana@example.org");
    let sealed = spawnable(vault.seal(person(1), &value)).await.unwrap();
    assert!(spawnable(vault.open(&sealed)).await.is_ok());
    drop(spawnable(vault.sweep_keys()));
}
