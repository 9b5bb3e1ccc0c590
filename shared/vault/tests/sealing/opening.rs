//! What is sealed opens again, as what it was and for whose it was, and shows nothing until then.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use contracts::personal::{AccessNeed, BankAccount, Email, PersonName, Phone, Sealable};
use contracts::{Class, Sealed};
use vault::{KeyError, OpenError, Vault};

use crate::{a_house, email, person};

#[tokio::test]
async fn what_is_sealed_opens_again() {
    let (_database, house) = a_house().await;
    let vault = house.vault().await;
    let name = PersonName::new("Ana María O’Neill".to_owned()).unwrap();
    let need = AccessNeed::new("a hearing loop\nand a lift".to_owned()).unwrap();
    let account = ["12-34-56", "12345678", "R/1"].map(str::to_owned);
    let [sort_code, account_number, roll_number] = account;
    let account = BankAccount::new(sort_code, account_number, Some(roll_number)).unwrap();

    let sealed_name = vault.seal(person(1), &name).await.unwrap();
    let sealed_need = vault.seal(person(1), &need).await.unwrap();
    let sealed_account = vault.seal(person(1), &account).await.unwrap();

    let another = house.vault().await;
    assert_eq!(another.open(&sealed_name).await.unwrap().reveal(), name.reveal());
    assert_eq!(another.open(&sealed_need).await.unwrap().reveal(), need.reveal());
    let opened = another.open(&sealed_account).await.unwrap();
    assert_eq!(opened.sort_code(), "123456");
    assert_eq!(opened.account_number(), "12345678");
    assert_eq!(opened.roll_number(), Some("R/1"));
}

#[tokio::test]
async fn what_has_travelled_as_json_opens_again() {
    let (_database, house) = a_house().await;
    let vault = house.vault().await;
    let sealed = vault.seal(person(1), &email("ana@example.org")).await.unwrap();

    let stored = serde_json::to_string(&sealed).unwrap();
    let back: Sealed<Email> = serde_json::from_str(&stored).unwrap();
    assert_eq!(vault.open(&back).await.unwrap().reveal(), "ana@example.org");
}

#[tokio::test]
async fn another_person_s_seal_does_not_open() {
    let (_database, house) = a_house().await;
    let vault = house.vault().await;
    let sealed = vault.seal(person(1), &email("ana@example.org")).await.unwrap();
    vault.seal(person(2), &email("ben@example.org")).await.unwrap();

    let passed_off = Sealed::<Email>::new(person(2), sealed.bytes.clone());
    refuses_as_tampered(&vault, &passed_off).await;
}

#[tokio::test]
async fn another_field_s_seal_does_not_open_though_the_key_is_the_same() {
    let (_database, house) = a_house().await;
    let vault = house.vault().await;
    let sealed = vault.seal(person(1), &email("ana@example.org")).await.unwrap();

    refuses_as_tampered(&vault, &Sealed::<PersonName>::new(person(1), sealed.bytes.clone())).await;
    refuses_as_tampered(&vault, &Sealed::<Phone>::new(person(1), sealed.bytes)).await;
}

#[tokio::test]
async fn another_class_s_seal_does_not_open_even_with_its_stored_key_put_in_place() {
    let (_database, mut house) = a_house().await;
    let vault = house.vault().await;
    let need = AccessNeed::new("a hearing loop".to_owned()).unwrap();
    let sealed_need = vault.seal(person(1), &need).await.unwrap();
    vault.seal(person(1), &email("ana@example.org")).await.unwrap();
    let passed_off = Sealed::<Email>::new(person(1), sealed_need.bytes);
    refuses_as_tampered(&vault, &passed_off).await;

    sqlx::query(
        "update vault.contact_key set wrapped = \
         (select wrapped from vault.needs_key where person = contact_key.person)",
    )
    .execute(&mut house.owner)
    .await
    .unwrap();
    let refused = house.vault().await.open(&passed_off).await.unwrap_err();
    assert!(matches!(refused, OpenError::Key(KeyError::Damaged { class: Class::Contact })));
}

#[tokio::test]
async fn no_flipped_bit_opens() {
    let (_database, house) = a_house().await;
    let vault = house.vault().await;
    let sealed = vault.seal(person(1), &email("ana@example.org")).await.unwrap();
    let bytes = STANDARD.decode(&sealed.bytes).unwrap();

    for bit in 0..bytes.len() * 8 {
        let mut flipped = bytes.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        let flipped = Sealed::<Email>::new(person(1), STANDARD.encode(flipped));
        refuses_as_tampered(&vault, &flipped).await;
    }
    for not_sealed in ["", "AQ==", "not base64!", &STANDARD.encode(&bytes[..bytes.len() - 1])] {
        let cut = Sealed::<Email>::new(person(1), not_sealed.to_owned());
        refuses_as_tampered(&vault, &cut).await;
    }
}

#[tokio::test]
async fn nothing_of_the_plaintext_shows_in_what_is_sealed_printed_or_refused() {
    const CANARY: &str = "canary.of.ana@example.org";
    let (_database, mut house) = a_house().await;
    let vault = house.vault().await;
    let value = email(CANARY);
    let sealed = vault.seal(person(1), &value).await.unwrap();
    let again = vault.seal(person(1), &value).await.unwrap();
    assert_ne!(sealed.bytes, again.bytes, "equal values can be told from their seals");

    let mut shown = vec![
        format!("{value:?}"),
        format!("{sealed:?}"),
        serde_json::to_string(&sealed).unwrap(),
        String::from_utf8_lossy(&STANDARD.decode(&sealed.bytes).unwrap()).into_owned(),
        format!("{:?}", vault.open(&sealed).await.unwrap()),
    ];
    let passed_off = Sealed::<Phone>::new(person(1), sealed.bytes.clone());
    let tampered = vault.open(&passed_off).await.unwrap_err();
    shown.push(format!("{tampered} {tampered:?}"));
    house.destroy_contact_key(person(1)).await;
    house.let_seconds_pass(60);
    let forgotten = vault.seal(person(1), &value).await.unwrap_err();
    shown.push(format!("{forgotten} {forgotten:?}"));

    let encoded = STANDARD.encode(CANARY);
    for text in shown {
        for trace in ["canary", "example", &encoded[..12]] {
            assert!(!text.contains(trace), "{text}");
        }
    }
}

async fn refuses_as_tampered<T: Sealable + std::fmt::Debug>(vault: &Vault, sealed: &Sealed<T>) {
    let refused = vault.open(sealed).await.unwrap_err();
    assert!(matches!(refused, OpenError::Tampered { field } if field == T::FIELD), "{refused:?}");
}
