//! Tokens of the sample people: signed when needed, and kept as files for whoever types curl.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use eventstore::Clock;
use jiff::{SignedDuration, Timestamp};

use crate::folder::{DataFolder, FolderTrouble};
use crate::issuer::{Issuer, IssuerTrouble};
use crate::people::{Person, with_accounts};

/// After this a token is signed anew, long before it ends.
const FRESH_FOR: SignedDuration = SignedDuration::from_hours(30 * 24);

/// Why there is no token.
#[derive(Debug, thiserror::Error)]
pub enum SignInTrouble {
    /// It cannot be signed.
    #[error(transparent)]
    Issuer(#[from] IssuerTrouble),
    /// It cannot be kept.
    #[error(transparent)]
    Folder(#[from] FolderTrouble),
}

/// Signs the sample people in.
pub struct SignIn {
    issuer: Issuer,
    clock: Clock,
    folder: DataFolder,
    signed: Mutex<BTreeMap<&'static str, (Timestamp, String)>>,
    files_of: Mutex<Option<Timestamp>>,
}

impl SignIn {
    /// By this issuer and this clock.
    pub fn new(issuer: Issuer, clock: &Clock, folder: &DataFolder) -> Self {
        Self {
            issuer,
            clock: clock.clone(),
            folder: folder.clone(),
            signed: Mutex::default(),
            files_of: Mutex::default(),
        }
    }

    /// The issuer.
    pub fn issuer(&self) -> &Issuer {
        &self.issuer
    }

    /// A token that is good now.
    pub fn token(&self, person: &Person) -> Result<String, SignInTrouble> {
        let now = self.clock.now();
        let mut signed = self.signed.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((at, token)) = signed.get(person.subject)
            && is_fresh(*at, now)
        {
            return Ok(token.clone());
        }
        let token = self.issuer.token(person.subject, &person.claims())?;
        signed.insert(person.subject, (now, token.clone()));
        Ok(token)
    }

    /// Makes sure that everybody's file holds a token that is good for weeks from now.
    pub fn keep_files(&self) -> Result<(), SignInTrouble> {
        let now = self.clock.now();
        let mut files_of = self.files_of.lock().unwrap_or_else(PoisonError::into_inner);
        if files_of.is_some_and(|at| is_fresh(at, now)) {
            return Ok(());
        }
        for person in with_accounts() {
            let token = self.issuer.token(person.subject, &person.claims())?;
            self.folder.write_private(&format!("tokens/{}", person.subject), token.as_bytes())?;
        }
        *files_of = Some(now);
        Ok(())
    }
}

fn is_fresh(signed_at: Timestamp, now: Timestamp) -> bool {
    now.duration_since(signed_at) < FRESH_FOR
}
