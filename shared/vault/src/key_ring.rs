//! Keys in memory: few, and not for long. Nothing here reads a clock; every instant is handed in.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use contracts::{Class, PersonId};

use crate::cipher::Secret;

/// After this long a key is read from the database again, so a destroyed key opens nothing any more
/// one minute later, in any service.
pub(crate) const KEY_LIFE: Duration = Duration::from_mins(1);

/// At about 200 bytes each some 2 MB; far more people than one service meets in a minute.
pub(crate) const KEYS_MAX: usize = 10_000;

#[derive(Default)]
pub(crate) struct KeyRing {
    held: HashMap<(PersonId, Class), Held>,
}

struct Held {
    key: Arc<Secret>,
    read_at: Instant,
}

impl KeyRing {
    pub(crate) fn find(
        &mut self,
        person: PersonId,
        class: Class,
        now: Instant,
    ) -> Option<Arc<Secret>> {
        let held = self.held.get(&(person, class))?;
        if now.saturating_duration_since(held.read_at) >= KEY_LIFE {
            self.held.remove(&(person, class));
            return None;
        }
        Some(Arc::clone(&held.key))
    }

    /// Holds a key read at `read_at`; where the ring is full, the oldest makes room.
    pub(crate) fn hold(
        &mut self,
        person: PersonId,
        class: Class,
        key: Arc<Secret>,
        read_at: Instant,
    ) {
        if self.held.len() >= KEYS_MAX && !self.held.contains_key(&(person, class)) {
            // A key comes in only after a query, beside which looking through the ring is nothing.
            let oldest = self.held.iter().min_by_key(|(_, held)| held.read_at);
            if let Some(whose) = oldest.map(|(whose, _)| *whose) {
                self.held.remove(&whose);
            }
        }
        self.held.insert((person, class), Held { key, read_at });
    }

    /// How many keys lie in memory.
    pub(crate) fn len(&self) -> usize {
        self.held.len()
    }

    /// Lets go of every key that has been held for `age` or longer.
    pub(crate) fn drop_from_age(&mut self, age: Duration, now: Instant) {
        self.held.retain(|_, held| now.saturating_duration_since(held.read_at) < age);
    }
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "the stopwatch starts at a real instant")]
mod tests {
    use std::sync::{Arc, Weak};
    use std::time::{Duration, Instant};

    use contracts::{Class, PersonId};
    use uuid::Uuid;

    use super::{KEY_LIFE, KEYS_MAX, KeyRing};
    use crate::cipher::Secret;

    fn person(number: u128) -> PersonId {
        PersonId::new(Uuid::from_u128(number))
    }

    fn hold_a_key(ring: &mut KeyRing, number: u128, read_at: Instant) -> Weak<Secret> {
        let key = Arc::new(Secret::random().unwrap());
        let trace = Arc::downgrade(&key);
        ring.hold(person(number), Class::Contact, key, read_at);
        trace
    }

    #[test]
    fn a_key_is_found_for_sixty_seconds_and_then_is_gone_from_memory() {
        let start = Instant::now();
        let mut ring = KeyRing::default();
        let trace = hold_a_key(&mut ring, 1, start);

        let last_moment = start + KEY_LIFE.checked_sub(Duration::from_millis(1)).unwrap();
        assert!(ring.find(person(1), Class::Contact, last_moment).is_some());
        assert!(trace.upgrade().is_some());
        assert!(ring.find(person(1), Class::Contact, start + KEY_LIFE).is_none());
        assert!(trace.upgrade().is_none());
    }

    #[test]
    fn a_key_nobody_asks_for_leaves_memory_too() {
        let start = Instant::now();
        let mut ring = KeyRing::default();
        let old = hold_a_key(&mut ring, 1, start);
        let young = hold_a_key(&mut ring, 2, start + Duration::from_secs(30));

        ring.drop_from_age(Duration::from_secs(55), start + Duration::from_secs(55));
        assert!(old.upgrade().is_none());
        assert!(young.upgrade().is_some());
    }

    #[test]
    fn a_person_s_key_of_one_class_is_not_found_for_another() {
        let start = Instant::now();
        let mut ring = KeyRing::default();
        hold_a_key(&mut ring, 1, start);
        assert!(ring.find(person(1), Class::Money, start).is_none());
        assert!(ring.find(person(2), Class::Contact, start).is_none());
    }

    #[test]
    fn a_full_ring_lets_the_oldest_key_go() {
        let start = Instant::now();
        let mut ring = KeyRing::default();
        let second = hold_a_key(&mut ring, 1, start + Duration::from_secs(1));
        let oldest = hold_a_key(&mut ring, 2, start);
        for number in 3..=u128::try_from(KEYS_MAX).unwrap() {
            hold_a_key(&mut ring, number, start + Duration::from_secs(2));
        }
        assert!(oldest.upgrade().is_some());

        hold_a_key(&mut ring, 1, start + Duration::from_secs(1));
        assert!(oldest.upgrade().is_some(), "a key read again takes no further place");
        assert!(second.upgrade().is_none());

        hold_a_key(&mut ring, 0, start + Duration::from_secs(3));
        assert!(oldest.upgrade().is_none());
        assert_eq!(ring.held.len(), KEYS_MAX);
    }
}
