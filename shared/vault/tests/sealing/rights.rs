//! Whom the database lets at which keys: whatever a service's code does, its role decides.

use contracts::Class;
use contracts::personal::{AccessNeed, ApplicationText, BankAccount};
use sqlx::{Connection, PgConnection};
use vault::access::classes_of;
use vault::{KeyError, OpenError, SealError, StartError};

use crate::{House, a_house, config, email, person};

fn a_need() -> AccessNeed {
    AccessNeed::new("a hearing loop".to_owned()).unwrap()
}

fn an_account() -> BankAccount {
    BankAccount::new("123456".to_owned(), "12345678".to_owned(), None).unwrap()
}

#[tokio::test]
async fn a_service_without_the_grant_for_a_class_can_neither_open_nor_make_its_keys() {
    let (_database, mut house) = a_house().await;
    house.grant(&[Class::Contact]).await;
    let need_of_ana = house.vault().await.seal(person(1), &a_need()).await.unwrap();
    let restricted = house.restricted_vault().await;

    let refused = restricted.open(&need_of_ana).await.unwrap_err();
    assert!(matches!(refused, OpenError::Key(KeyError::NotAllowed { class: Class::Needs })));
    for number in [1, 2] {
        let refused = restricted.seal(person(number), &a_need()).await.unwrap_err();
        assert!(matches!(refused, SealError::Key(KeyError::NotAllowed { class: Class::Needs })));
    }
    let (keys,): (i64,) = sqlx::query_as("select count(*) from vault.needs_key")
        .fetch_one(&mut house.owner)
        .await
        .unwrap();
    assert_eq!(keys, 1);
}

#[tokio::test]
async fn each_service_seals_and_opens_what_it_is_granted() {
    let (_database, mut house) = a_house().await;
    let everything = house.vault().await;
    let contact = everything.seal(person(1), &email("ana@example.org")).await.unwrap();
    let money = everything.seal(person(1), &an_account()).await.unwrap();
    let application = ApplicationText::new("I have been an inpatient.".to_owned()).unwrap();
    let application = everything.seal(person(1), &application).await.unwrap();

    for service in ["recruitment", "notifications", "reimbursements", "audit"] {
        let classes = classes_of(service);
        house.grant(classes).await;
        let vault = house.restricted_vault().await;
        assert!(vault.open(&contact).await.is_ok(), "{service}");
        assert!(vault.seal(person(2), &email("ben@example.org")).await.is_ok(), "{service}");
        let opens_money = vault.open(&money).await.is_ok();
        assert_eq!(opens_money, classes.contains(&Class::Money), "{service}");
        let opens_application = vault.open(&application).await.is_ok();
        assert_eq!(opens_application, classes.contains(&Class::Application), "{service}");
    }
}

#[tokio::test]
async fn a_service_can_not_change_destroy_or_remove_a_key_or_make_one_that_is_destroyed() {
    let (_database, mut house) = a_house().await;
    house.grant(classes_of("recruitment")).await;
    house.restricted_vault().await.seal(person(1), &email("ana@example.org")).await.unwrap();

    for statement in [
        "update vault.contact_key set wrapped = null, destroyed_at = now()",
        "delete from vault.contact_key",
        "truncate vault.contact_key",
        "insert into vault.contact_key (person, kek_id, destroyed_at) \
         values (gen_random_uuid(), 'x', now())",
        "update vault.secret_proof set proof = ''",
        "delete from vault.secret_proof",
        "select * from vault.migration",
    ] {
        assert_eq!(refusal_of(&house, statement).await.as_deref(), Some("42501"), "{statement}");
    }
}

#[tokio::test]
async fn a_grant_takes_back_what_it_no_longer_lists() {
    let (_database, mut house) = a_house().await;
    house.grant(&[Class::Contact, Class::Needs]).await;
    house.restricted_vault().await.seal(person(1), &a_need()).await.unwrap();

    house.grant(&[Class::Contact]).await;
    house.grant(&[Class::Contact]).await;
    let narrowed = house.restricted_vault().await;
    assert!(narrowed.seal(person(1), &a_need()).await.is_err());
    let insert = "insert into vault.needs_key (person, kek_id, wrapped) \
                  values (gen_random_uuid(), 'x', '')";
    assert_eq!(refusal_of(&house, insert).await.as_deref(), Some("42501"));
    assert!(narrowed.seal(person(1), &email("ana@example.org")).await.is_ok());

    house.grant(classes_of("gateway")).await;
    let refused = house.start(&config(&house.runtime_url)).await.err().unwrap();
    assert!(matches!(refused, StartError::NotGranted), "{refused:?}");
}

/// The code under which the database refuses the runtime role's statement.
async fn refusal_of(house: &House, statement: &'static str) -> Option<String> {
    let mut runtime = PgConnection::connect(&house.runtime_url).await.unwrap();
    let refused = sqlx::query(statement).execute(&mut runtime).await.err()?;
    Some(refused.as_database_error()?.code()?.into_owned())
}
