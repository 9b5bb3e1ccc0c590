//! Passwords: made at random, and turned into what Postgres stores, so that the clear text never
//! travels in a statement that a server might log.

use std::num::NonZeroU32;

use aws_lc_rs::{digest, hmac, pbkdf2, rand};
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;

/// Postgres's own default; its clients pay this price at each new connection.
const ITERATIONS: NonZeroU32 = NonZeroU32::new(4096).unwrap();
const SALT_BYTES: usize = 16;
const PASSWORD_BYTES: usize = 24;

/// The machine's source of chance did not answer.
#[derive(Debug, thiserror::Error)]
#[error("no random bytes are to be had")]
pub struct NoRandomness;

/// A new password: 192 random bits as 48 hexadecimal characters.
pub fn random_password() -> Result<String, NoRandomness> {
    random_hex::<PASSWORD_BYTES>()
}

pub(crate) fn random_bytes<const N: usize>() -> Result<[u8; N], NoRandomness> {
    let mut bytes = [0; N];
    rand::fill(&mut bytes).map_err(|_| NoRandomness)?;
    Ok(bytes)
}

pub(crate) fn random_hex<const N: usize>() -> Result<String, NoRandomness> {
    Ok(hex(&random_bytes::<N>()?))
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    const DIGITS: [char; 16] =
        ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'];
    bytes
        .iter()
        .flat_map(|byte| [DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]])
        .collect()
}

/// The SCRAM-SHA-256 verifier of a password (RFC 5803), as Postgres keeps it. Only for printable
/// ASCII, where the normalisation SCRAM asks for changes nothing.
pub(crate) fn scram_verifier(password: &str) -> Result<String, NoRandomness> {
    Ok(verifier_with_salt(password, &random_bytes::<SALT_BYTES>()?))
}

fn verifier_with_salt(password: &str, salt: &[u8]) -> String {
    let mut salted = [0; digest::SHA256_OUTPUT_LEN];
    pbkdf2::derive(pbkdf2::PBKDF2_HMAC_SHA256, ITERATIONS, salt, password.as_bytes(), &mut salted);
    let key = hmac::Key::new(hmac::HMAC_SHA256, &salted);
    let client_key = hmac::sign(&key, b"Client Key");
    let stored_key = digest::digest(&digest::SHA256, client_key.as_ref());
    let server_key = hmac::sign(&key, b"Server Key");
    format!(
        "SCRAM-SHA-256${ITERATIONS}:{}${}:{}",
        BASE64.encode(salt),
        BASE64.encode(stored_key),
        BASE64.encode(server_key)
    )
}

#[cfg(test)]
mod stories {
    use super::*;

    #[test]
    fn no_two_passwords_are_alike() {
        let (one, other) = (random_password().unwrap(), random_password().unwrap());
        assert_ne!(one, other);
        assert_eq!(one.len(), 2 * PASSWORD_BYTES);
        assert!(one.bytes().all(|byte| byte.is_ascii_hexdigit()));
    }

    #[test]
    fn a_verifier_shows_neither_the_password_nor_that_two_are_the_same() {
        let (one, other) = (scram_verifier("pencil").unwrap(), scram_verifier("pencil").unwrap());
        assert_ne!(one, other);
        assert!(!one.contains("pencil"));
    }

    /// Salt, password and outcome of RFC 7677's example exchange.
    #[test]
    fn the_verifier_is_the_one_of_the_standard() {
        let salt = BASE64.decode("W22ZaJ0SNY7soEsUEjb6gQ==").unwrap();
        assert_eq!(
            verifier_with_salt("pencil", &salt),
            "SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$\
             WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU="
        );
    }
}
