//! Chance that can be had again: the same seed throws the same numbers (`SplitMix64` by Steele, Lea and
//! Flood, 2014). Decides nothing by itself, and reads no more than what its run was told.

/// Numbers by chance, from a seed.
#[derive(Clone, Debug)]
pub struct Chance {
    /// What it began from.
    pub seed: u64,
    state: u64,
}

impl Chance {
    /// From `SEED`, or from the time; printed either way.
    #[expect(clippy::print_stdout, reason = "without its seed a run cannot be had again")]
    pub fn of(story: &str) -> Self {
        let seed = number("SEED").unwrap_or_else(|| uuid::Uuid::now_v7().as_u64_pair().1);
        println!("{story}: SEED={seed}");
        Self::from_seed(seed)
    }

    /// From this seed.
    pub fn from_seed(seed: u64) -> Self {
        Self { seed, state: seed }
    }

    /// Another chance that goes its own way from here on, for what runs beside this one.
    #[must_use]
    pub fn branch(&mut self) -> Self {
        let state = self.throw();
        Self { seed: self.seed, state }
    }

    /// A number.
    pub fn throw(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number from 0, below this one.
    pub fn below(&mut self, bound: usize) -> usize {
        let bound = u64::try_from(bound.max(1)).unwrap_or(u64::MAX);
        usize::try_from(self.throw() % bound).unwrap_or(0)
    }

    /// Once in so many times.
    pub fn once_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }

    /// One of these.
    pub fn one_of<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        let at = self.below(all.len());
        all.get(at).expect("there is something to choose from")
    }
}

/// What whoever runs a test asks of it, such as a seed or a size.
#[expect(clippy::disallowed_methods, reason = "who runs a test says here how long and what again")]
pub fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}
