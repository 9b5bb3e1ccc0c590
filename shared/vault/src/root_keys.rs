//! The two secrets of the configuration and what is made from them: the key that wraps other keys,
//! the blind index, and the proofs by which services find out that they were given the same secrets.

use contracts::{Class, PersonId};
use secrecy::{ExposeSecret, SecretString};
use zeroize::Zeroizing;

use crate::cipher::{Refused, SECRET_LEN, Secret};
use crate::config::VaultConfig;
use crate::vault::StartError;

// Permanent: what was wrapped, proved or hashed under a label is found again only under it.
const WRAPPING_KEY: &[u8] = b"involvement.vault.wrapping_key.1";
const WRAPPED_KEY: &[u8] = b"involvement.vault.wrapped_key.1";
const PROOF: &[u8] = b"involvement.vault.proof.1";
const INDEX: &[u8] = b"involvement.vault.index.1";

pub(crate) struct RootKeys {
    kek_id: String,
    kek: Secret,
    wrapping_key: Secret,
    index_key: Secret,
}

/// Shows which secret a service holds without telling anything about it.
pub(crate) struct Proof {
    /// The secret's name.
    pub(crate) secret: String,
    pub(crate) proof: [u8; SECRET_LEN],
}

impl RootKeys {
    pub(crate) fn from_config(config: &VaultConfig) -> Result<Self, StartError> {
        if !is_name(&config.kek_id) {
            return Err(StartError::KekIdMalformed);
        }
        let kek = secret_from_hex(&config.kek_hex)
            .ok_or(StartError::SecretMalformed { field: "kek_hex" })?;
        let index_key = secret_from_hex(&config.index_key_hex)
            .ok_or(StartError::SecretMalformed { field: "index_key_hex" })?;
        if kek.is(&index_key) {
            return Err(StartError::OneSecretTwice);
        }
        let derived = Zeroizing::new(kek.hash(&[WRAPPING_KEY]));
        let wrapping_key = Secret::from_bytes(&*derived)
            .ok_or(StartError::SecretMalformed { field: "kek_hex" })?;
        Ok(Self { kek_id: config.kek_id.clone(), kek, wrapping_key, index_key })
    }

    pub(crate) fn kek_id(&self) -> &str {
        &self.kek_id
    }

    pub(crate) fn wrap(
        &self,
        person: PersonId,
        class: Class,
        key: &Secret,
    ) -> Result<Vec<u8>, Refused> {
        let whose = *person.uuid().as_bytes();
        self.wrapping_key.seal(
            &[WRAPPED_KEY, &whose, class.name().as_bytes(), self.kek_id.as_bytes()],
            key.to_bytes(),
        )
    }

    pub(crate) fn unwrapped(
        &self,
        person: PersonId,
        class: Class,
        wrapped: &[u8],
    ) -> Result<Secret, Refused> {
        let whose = *person.uuid().as_bytes();
        let bytes = self.wrapping_key.open(
            &[WRAPPED_KEY, &whose, class.name().as_bytes(), self.kek_id.as_bytes()],
            wrapped,
        )?;
        Secret::from_bytes(&bytes).ok_or(Refused)
    }

    pub(crate) fn keyed_hash(&self, scope: &str, normalised: &str) -> [u8; SECRET_LEN] {
        self.index_key.hash(&[INDEX, scope.as_bytes(), normalised.as_bytes()])
    }

    pub(crate) fn proofs(&self) -> [Proof; 2] {
        [
            Proof {
                secret: format!("key-encryption key {}", self.kek_id),
                proof: self.kek.hash(&[PROOF, self.kek_id.as_bytes()]),
            },
            Proof { secret: "index key".to_owned(), proof: self.index_key.hash(&[PROOF]) },
        ]
    }
}

fn is_name(text: &str) -> bool {
    (1..=64).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-_".contains(&byte))
}

fn secret_from_hex(hex: &SecretString) -> Option<Secret> {
    let digits = hex.expose_secret().as_bytes();
    if digits.len() != SECRET_LEN * 2 {
        return None;
    }
    let mut bytes = Zeroizing::new([0; SECRET_LEN]);
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        for digit in pair {
            let value = char::from(*digit).to_digit(16)?;
            *byte = (*byte << 4) | u8::try_from(value).ok()?;
        }
    }
    Secret::from_bytes(&*bytes)
}

#[cfg(test)]
mod tests {
    use contracts::{Class, PersonId};

    use super::{RootKeys, VaultConfig};
    use crate::cipher::Secret;
    use crate::vault::StartError;

    fn config(kek_hex: &str, kek_id: &str, index_key_hex: &str) -> VaultConfig {
        VaultConfig {
            url: "postgres://nowhere".into(),
            kek_hex: kek_hex.into(),
            kek_id: kek_id.to_owned(),
            index_key_hex: index_key_hex.into(),
        }
    }

    fn root_keys(kek_hex: &str, kek_id: &str) -> RootKeys {
        RootKeys::from_config(&config(kek_hex, kek_id, &"9f".repeat(32))).unwrap()
    }

    #[test]
    fn a_secret_of_the_wrong_form_is_named_but_not_shown() {
        for wrong in ["", "abc", &"zy".repeat(32), &"ab".repeat(31), &"ab".repeat(33)] {
            let Err(kek) = RootKeys::from_config(&config(wrong, "2026", &"9f".repeat(32))) else {
                panic!("{wrong} was taken for a key-encryption key");
            };
            assert!(matches!(kek, StartError::SecretMalformed { field: "kek_hex" }));
            let Err(index) = RootKeys::from_config(&config(&"9f".repeat(32), "2026", wrong)) else {
                panic!("{wrong} was taken for an index key");
            };
            assert!(matches!(index, StartError::SecretMalformed { field: "index_key_hex" }));
            assert!(wrong.is_empty() || !format!("{kek} {kek:?}").contains(wrong));
        }
    }

    #[test]
    fn a_configuration_printed_shows_no_secret() {
        let printed = format!("{:?}", config(&"3c".repeat(32), "2026", &"9f".repeat(32)));
        assert!(printed.contains("2026"));
        for secret in ["3c3c", "9f9f", "nowhere"] {
            assert!(!printed.contains(secret), "{printed}");
        }
    }

    #[test]
    fn one_secret_does_not_serve_twice() {
        let twice = RootKeys::from_config(&config(&"ab".repeat(32), "2026", &"AB".repeat(32)));
        assert!(matches!(twice, Err(StartError::OneSecretTwice)));
    }

    #[test]
    fn a_key_without_a_usable_name_is_refused() {
        for name in ["", "has space", "new\nline", &"n".repeat(65)] {
            let named = RootKeys::from_config(&config(&"ab".repeat(32), name, &"9f".repeat(32)));
            assert!(matches!(named, Err(StartError::KekIdMalformed)), "{name:?}");
        }
    }

    #[test]
    fn a_wrapped_key_unwraps_only_for_its_person_class_and_key_encryption_key() {
        let ana = PersonId::new(uuid::Uuid::from_u128(1));
        let ben = PersonId::new(uuid::Uuid::from_u128(2));
        let ours = root_keys(&"ab".repeat(32), "2026");
        let key = Secret::random().unwrap();
        let wrapped = ours.wrap(ana, Class::Contact, &key).unwrap();

        assert!(ours.unwrapped(ana, Class::Contact, &wrapped).unwrap().is(&key));
        assert!(ours.unwrapped(ben, Class::Contact, &wrapped).is_err());
        assert!(ours.unwrapped(ana, Class::Money, &wrapped).is_err());
        for other in [root_keys(&"ab".repeat(32), "2027"), root_keys(&"ac".repeat(32), "2026")] {
            assert!(other.unwrapped(ana, Class::Contact, &wrapped).is_err());
        }
    }

    #[test]
    fn a_blind_index_depends_on_value_scope_and_key_and_on_nothing_else() {
        let ours = root_keys(&"ab".repeat(32), "2026");
        let hash = ours.keyed_hash("recruitment.email", "ana@example.org");
        let after_a_new_kek = root_keys(&"ac".repeat(32), "2027");
        assert_eq!(after_a_new_kek.keyed_hash("recruitment.email", "ana@example.org"), hash);

        assert_ne!(ours.keyed_hash("recruitment.email", "ben@example.org"), hash);
        assert_ne!(ours.keyed_hash("notifications.email", "ana@example.org"), hash);
        assert_ne!(ours.keyed_hash("recruitment.emaila", "na@example.org"), hash);
        let other = RootKeys::from_config(&config(&"ab".repeat(32), "2026", &"9e".repeat(32)));
        assert_ne!(other.unwrap().keyed_hash("recruitment.email", "ana@example.org"), hash);
    }
}
