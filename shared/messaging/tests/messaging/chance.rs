//! Chance that can be had again: the same seed throws the same numbers (`SplitMix64` by Steele, Lea and
//! Flood, 2014). `SEED` gives a run again, `LONG=1` the long form of those that have one.

use uuid::Uuid;

pub struct Chance(u64);

impl Chance {
    /// From `SEED`, or from the day; printed either way.
    #[expect(clippy::print_stdout, reason = "without its seed a run cannot be had again")]
    pub fn of(story: &str) -> Self {
        let seed = number("SEED").unwrap_or_else(|| Uuid::now_v7().as_u64_pair().1);
        println!("{story}: SEED={seed}");
        Self(seed)
    }

    pub fn from_seed(seed: u64) -> Self {
        Self(seed)
    }

    pub fn throw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number from 0, below this one.
    pub fn below(&mut self, bound: usize) -> usize {
        let bound = u64::try_from(bound.max(1)).unwrap();
        usize::try_from(self.throw() % bound).unwrap()
    }

    /// Everything in another order.
    pub fn shuffle<T>(&mut self, all: &mut [T]) {
        for last in (1..all.len()).rev() {
            all.swap(last, self.below(last + 1));
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "who runs a test says here how long and what again")]
pub fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

pub fn is_long() -> bool {
    number("LONG").is_some_and(|long| long > 0)
}
