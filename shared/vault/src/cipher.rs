//! AES-256-GCM over bytes that are bound to what they are for, and 256-bit secrets that are wiped
//! when they are let go. Knows no person, class or table.

use aws_lc_rs::aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};
use aws_lc_rs::error::Unspecified;
use aws_lc_rs::hmac;
use zeroize::Zeroizing;

pub(crate) const SECRET_LEN: usize = 32;
const TAG_LEN: usize = 16;

/// The cipher says no and, lest it help an attacker, not why.
#[derive(Debug, thiserror::Error)]
#[error("the cipher refused")]
pub(crate) struct Refused;

impl From<Unspecified> for Refused {
    fn from(_: Unspecified) -> Self {
        Self
    }
}

/// A 256-bit secret. It has no `Debug` and is wiped when dropped.
pub(crate) struct Secret(Zeroizing<[u8; SECRET_LEN]>);

impl Secret {
    pub(crate) fn random() -> Result<Self, Refused> {
        let mut bytes = Zeroizing::new([0; SECRET_LEN]);
        aws_lc_rs::rand::fill(&mut *bytes)?;
        Ok(Self(bytes))
    }

    /// `None` unless there are exactly 32 bytes.
    pub(crate) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let mut secret = Zeroizing::new([0; SECRET_LEN]);
        if bytes.len() != SECRET_LEN {
            return None;
        }
        secret.copy_from_slice(bytes);
        Some(Self(secret))
    }

    pub(crate) fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        Zeroizing::new(self.0.to_vec())
    }

    pub(crate) fn is(&self, other: &Self) -> bool {
        aws_lc_rs::constant_time::verify_slices_are_equal(&*self.0, &*other.0).is_ok()
    }

    /// HMAC-SHA256 of the parts: another secret, a proof or a blind index, by its first part.
    pub(crate) fn hash(&self, parts: &[&[u8]]) -> [u8; SECRET_LEN] {
        let key = hmac::Key::new(hmac::HMAC_SHA256, &*self.0);
        let mut hash = [0; SECRET_LEN];
        hash.copy_from_slice(hmac::sign(&key, &bound(parts)).as_ref());
        hash
    }

    /// Gives nonce, ciphertext and tag. What is sealed opens only with the same `bound_to`.
    pub(crate) fn seal(
        &self,
        bound_to: &[&[u8]],
        mut plain: Zeroizing<Vec<u8>>,
    ) -> Result<Vec<u8>, Refused> {
        let key = RandomizedNonceKey::new(&AES_256_GCM, &*self.0)?;
        // The tag goes elsewhere: appending it could move the buffer and leave plaintext behind.
        let (nonce, tag) =
            key.seal_in_place_separate_tag(Aad::from(bound(bound_to)), &mut plain)?;
        let mut sealed = Vec::with_capacity(NONCE_LEN + plain.len() + TAG_LEN);
        sealed.extend_from_slice(nonce.as_ref());
        sealed.extend_from_slice(&plain);
        sealed.extend_from_slice(tag.as_ref());
        Ok(sealed)
    }

    pub(crate) fn open(
        &self,
        bound_to: &[&[u8]],
        sealed: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, Refused> {
        let (nonce, ciphertext) = sealed.split_at_checked(NONCE_LEN).ok_or(Refused)?;
        let key = RandomizedNonceKey::new(&AES_256_GCM, &*self.0)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce)?;
        let mut buffer = Zeroizing::new(ciphertext.to_vec());
        let plain_len = key.open_in_place(nonce, Aad::from(bound(bound_to)), &mut buffer)?.len();
        buffer.truncate(plain_len);
        Ok(buffer)
    }
}

/// Each part behind its length, so that no two lists of parts give the same bytes.
fn bound(parts: &[&[u8]]) -> Zeroizing<Vec<u8>> {
    let len: usize = parts.iter().map(|part| part.len() + size_of::<u64>()).sum();
    let mut bytes = Zeroizing::new(Vec::with_capacity(len));
    for part in parts {
        let part_len = u64::try_from(part.len()).unwrap_or(u64::MAX);
        bytes.extend_from_slice(&part_len.to_be_bytes());
        bytes.extend_from_slice(part);
    }
    bytes
}

#[cfg(test)]
mod tests {
    use zeroize::Zeroizing;

    use super::{NONCE_LEN, Secret, TAG_LEN, bound};

    #[test]
    fn what_is_bound_to_one_list_of_parts_opens_with_no_other() {
        let secret = Secret::random().unwrap();
        let sealed = secret.seal(&[b"ab", b"c"], Zeroizing::new(b"plain".to_vec())).unwrap();
        assert_eq!(&*secret.open(&[b"ab", b"c"], &sealed).unwrap(), b"plain");
        for other in [&[&b"a"[..], b"bc"][..], &[b"abc"], &[b"ab"], &[b"ab", b"c", b""], &[]] {
            assert!(secret.open(other, &sealed).is_err(), "{other:?}");
        }
        assert_ne!(*bound(&[b"ab", b"c"]), *bound(&[b"a", b"bc"]));
    }

    #[test]
    fn no_bit_can_be_flipped_and_no_byte_left_out() {
        let secret = Secret::random().unwrap();
        let sealed = secret.seal(&[b"label"], Zeroizing::new(b"plain".to_vec())).unwrap();
        assert_eq!(sealed.len(), NONCE_LEN + 5 + TAG_LEN);
        for bit in 0..sealed.len() * 8 {
            let mut flipped = sealed.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            assert!(secret.open(&[b"label"], &flipped).is_err(), "bit {bit}");
        }
        for len in 0..sealed.len() {
            assert!(secret.open(&[b"label"], &sealed[..len]).is_err(), "{len} bytes");
        }
    }

    #[test]
    fn the_same_value_sealed_twice_looks_different() {
        let secret = Secret::random().unwrap();
        let seal = || secret.seal(&[b"label"], Zeroizing::new(b"plain".to_vec())).unwrap();
        let (first, second) = (seal(), seal());
        assert_ne!(first[..NONCE_LEN], second[..NONCE_LEN]);
        assert_ne!(first[NONCE_LEN..], second[NONCE_LEN..]);
    }
}
