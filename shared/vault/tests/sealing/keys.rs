//! How keys live and end: made once for everybody, held for a minute, destroyed for ever.

use std::time::Duration;

use contracts::personal::Email;
use contracts::{Class, Sealed};
use sqlx::{Connection, PgConnection};
use vault::{KeyError, OpenError, SealError};

use crate::{a_house, config, email, person};

#[tokio::test]
async fn a_destroyed_key_opens_nothing_and_says_so() {
    let (_database, mut house) = a_house().await;
    let vault = house.vault().await;
    let sealed = vault.seal(person(1), &email("ana@example.org")).await.unwrap();
    let of_ben = vault.seal(person(2), &email("ben@example.org")).await.unwrap();
    house.destroy_contact_key(person(1)).await;

    let another = house.vault().await;
    let refused = another.open(&sealed).await.unwrap_err();
    assert!(matches!(refused, OpenError::Key(KeyError::Destroyed { class: Class::Contact })));
    assert_eq!(refused.to_string(), "the contact key of this person was destroyed");
    assert_eq!(another.open(&of_ben).await.unwrap().reveal(), "ben@example.org");
}

#[tokio::test]
async fn whoever_was_forgotten_gets_no_new_key() {
    let (_database, mut house) = a_house().await;
    house.vault().await.seal(person(1), &email("ana@example.org")).await.unwrap();
    house.destroy_contact_key(person(1)).await;

    let refused = house.vault().await.seal(person(1), &email("ana@example.org")).await.unwrap_err();
    assert!(matches!(refused, SealError::Key(KeyError::Destroyed { class: Class::Contact })));
    assert_eq!(house.contact_keys().await, 1);
}

#[tokio::test]
async fn a_key_is_believed_for_sixty_seconds_and_no_longer() {
    let (_database, mut house) = a_house().await;
    let vault = house.vault().await;
    let sealed = vault.seal(person(1), &email("ana@example.org")).await.unwrap();
    house.destroy_contact_key(person(1)).await;

    house.let_seconds_pass(59);
    assert_eq!(vault.open(&sealed).await.unwrap().reveal(), "ana@example.org");
    house.let_seconds_pass(1);
    let refused = vault.open(&sealed).await.unwrap_err();
    assert!(matches!(refused, OpenError::Key(KeyError::Destroyed { .. })), "{refused:?}");
    let refused = vault.seal(person(1), &email("ana@example.org")).await.unwrap_err();
    assert!(matches!(refused, SealError::Key(KeyError::Destroyed { .. })), "{refused:?}");
}

#[tokio::test]
async fn using_a_key_does_not_lengthen_its_minute() {
    let (_database, mut house) = a_house().await;
    let vault = house.vault().await;
    let sealed = vault.seal(person(1), &email("ana@example.org")).await.unwrap();
    house.destroy_contact_key(person(1)).await;

    for _ in 0..3 {
        house.let_seconds_pass(19);
        vault.open(&sealed).await.unwrap();
    }
    house.let_seconds_pass(3);
    assert!(vault.open(&sealed).await.is_err());
}

#[tokio::test]
async fn two_vaults_that_seal_at_once_for_a_new_person_agree_on_the_key() {
    const PEOPLE: u128 = 40;
    let (_database, mut house) = a_house().await;
    let (one, other) = (house.vault().await, house.vault().await);
    for number in 1..=PEOPLE {
        let value = email("ana@example.org");
        let (by_one, by_other) =
            tokio::join!(one.seal(person(number), &value), other.seal(person(number), &value));
        let (by_one, by_other) = (by_one.unwrap(), by_other.unwrap());

        let third = house.vault().await;
        for sealed in [by_one, by_other] {
            for vault in [&one, &other, &third] {
                assert_eq!(vault.open(&sealed).await.unwrap().reveal(), value.reveal());
            }
        }
    }
    assert_eq!(house.contact_keys().await, i64::try_from(PEOPLE).unwrap());
}

#[tokio::test]
async fn two_vaults_that_both_found_no_key_settle_on_one() {
    let (_database, mut house) = a_house().await;
    let (one, other) = (house.vault().await, house.vault().await);
    let mut watcher = PgConnection::connect(&house.owner_url).await.unwrap();

    // Both may look, and neither may store, until both have looked and found nothing.
    let mut held = house.owner.begin().await.unwrap();
    sqlx::query("lock table vault.contact_key in share mode").execute(&mut *held).await.unwrap();
    let value = email("ana@example.org");
    let release_once_both_wait = async {
        let mut waiting = 0;
        while waiting < 2 {
            (waiting,) = sqlx::query_as::<_, (i64,)>(
                "select count(*) from pg_locks \
                 join pg_database on pg_database.oid = pg_locks.database \
                 where datname = current_database() and not granted \
                 and relation = 'vault.contact_key'::regclass",
            )
            .fetch_one(&mut watcher)
            .await
            .unwrap();
        }
        held.commit().await.unwrap();
    };
    let release_in_time = tokio::time::timeout(Duration::from_secs(30), release_once_both_wait);
    let (by_one, by_other, released) =
        tokio::join!(one.seal(person(1), &value), other.seal(person(1), &value), release_in_time);
    released.expect("both vaults wait to store a key");

    let third = house.vault().await;
    for sealed in [by_one.unwrap(), by_other.unwrap()] {
        assert_eq!(third.open(&sealed).await.unwrap().reveal(), value.reveal());
    }
    assert_eq!(house.contact_keys().await, 1);
}

#[tokio::test]
async fn opening_makes_no_key() {
    let (_database, mut house) = a_house().await;
    let vault = house.vault().await;
    let sealed = vault.seal(person(1), &email("ana@example.org")).await.unwrap();

    let of_nobody = Sealed::<Email>::new(person(2), sealed.bytes);
    let refused = vault.open(&of_nobody).await.unwrap_err();
    assert!(matches!(refused, OpenError::Key(KeyError::Missing { class: Class::Contact })));
    assert_eq!(house.contact_keys().await, 1);
}

#[tokio::test]
async fn a_key_wrapped_by_another_key_encryption_key_is_named() {
    let (_database, house) = a_house().await;
    let sealed = house.vault().await.seal(person(1), &email("ana@example.org")).await.unwrap();

    let mut of_next_year = config(&house.owner_url);
    of_next_year.kek_id = "2027-11".to_owned();
    of_next_year.kek_hex = "7e".repeat(32).into();
    let refused = house.start(&of_next_year).await.unwrap().open(&sealed).await.unwrap_err();
    let OpenError::Key(KeyError::OtherKek { class: Class::Contact, kek_id }) = refused else {
        panic!("{refused:?}");
    };
    assert_eq!(kek_id, "2026-11");
}

#[tokio::test]
async fn one_person_s_stored_key_put_in_another_s_place_opens_nothing() {
    let (_database, mut house) = a_house().await;
    let vault = house.vault().await;
    vault.seal(person(1), &email("ana@example.org")).await.unwrap();
    let of_ben = vault.seal(person(2), &email("ben@example.org")).await.unwrap();
    sqlx::query(
        "update vault.contact_key set wrapped = \
         (select wrapped from vault.contact_key where person = $1) where person = $2",
    )
    .bind(person(1).uuid())
    .bind(person(2).uuid())
    .execute(&mut house.owner)
    .await
    .unwrap();

    let refused = house.vault().await.open(&of_ben).await.unwrap_err();
    assert!(matches!(refused, OpenError::Key(KeyError::Damaged { class: Class::Contact })));
}

#[tokio::test]
async fn a_key_database_that_does_not_answer_is_told_from_a_key_that_is_gone() {
    let (_database, mut house) = a_house().await;
    let vault = house.vault().await;
    let sealed = vault.seal(person(1), &email("ana@example.org")).await.unwrap();
    sqlx::query("alter table vault.contact_key rename to elsewhere")
        .execute(&mut house.owner)
        .await
        .unwrap();

    house.let_seconds_pass(60);
    let refused = vault.open(&sealed).await.unwrap_err();
    assert!(matches!(refused, OpenError::Key(KeyError::Unavailable(_))), "{refused:?}");
}

#[tokio::test]
async fn no_row_can_be_destroyed_and_keep_its_key() {
    let (_database, mut house) = a_house().await;
    house.vault().await.seal(person(1), &email("ana@example.org")).await.unwrap();
    for half in [
        "update vault.contact_key set destroyed_at = now()",
        "update vault.contact_key set wrapped = null",
    ] {
        let refused = sqlx::query(half).execute(&mut house.owner).await.unwrap_err();
        let constraint = refused.as_database_error().and_then(|error| error.constraint());
        assert_eq!(constraint, Some("contact_key_is_held_or_destroyed"), "{half}");
    }
}
