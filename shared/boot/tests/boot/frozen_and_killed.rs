//! Several schedulers on one log, one frozen while it holds leases, others killed: each timer fires
//! once. `KILLS` kills more of them, `SEED` at the same moments again.

use std::io::Write as _;

use testkit::until;
use uuid::Uuid;

use crate::process::{Ringer, rings_if_told_to};
use crate::tower::{Tower, tower};

const THIS_STORY: &str =
    "frozen_and_killed::each_timer_fires_once_though_one_scheduler_is_frozen_and_others_are_killed";
/// A lease and a moment: by a clock so far ahead, what others have leased has run out.
const BEYOND_A_LEASE_MS: i64 = 31_000;
const BELLS_PER_KILL: i64 = 100;
const KILLS: i64 = 3;

fn number(name: &str) -> Option<i64> {
    std::env::var_os(name)?.to_str()?.parse().ok()
}

/// A number below the bound, the same for the same seed.
fn drawn(seed: &mut u64, below: u64) -> usize {
    *seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    usize::try_from((*seed >> 33) % below).unwrap()
}

/// Waits until so many more bells have rung, or nothing waits any more.
async fn rings_on(tower: &Tower, more: usize) {
    let before = tower.rung().await.len();
    until(|| async { tower.rung().await.len() >= before + more || tower.waiting().await.0 == 0 })
        .await;
}

/// Stops a scheduler in the midst of what it has leased.
async fn freezes(tower: &Tower, ringer: &Ringer) -> i64 {
    loop {
        rings_on(tower, 3).await;
        ringer.signal("STOP");
        let (waiting, leased) = tower.waiting().await;
        if leased > 0 {
            return leased;
        }
        assert!(waiting > 0, "it had rung everything before it was stopped");
        ringer.signal("CONT");
    }
}

#[tokio::test]
async fn each_timer_fires_once_though_one_scheduler_is_frozen_and_others_are_killed() {
    if rings_if_told_to().await {
        return;
    }
    let kills = number("KILLS").unwrap_or(KILLS);
    let given = number("SEED").and_then(|seed| u64::try_from(seed).ok());
    let seed = given.unwrap_or_else(|| Uuid::now_v7().as_u64_pair().1 >> 1);
    std::io::stdout().write_all(format!("SEED={seed} KILLS={kills}\n").as_bytes()).unwrap();
    let mut chance = seed;

    let tower = tower().await;
    let mut bells = tower.sets_due(BELLS_PER_KILL * (kills + 2)).await;
    let frozen = Ringer::start(&tower, THIS_STORY, 0);
    let held = freezes(&tower, &frozen).await;

    let mut left_leased = 0;
    for kill in 1..=kills {
        let killed = Ringer::start(&tower, THIS_STORY, kill * BEYOND_A_LEASE_MS);
        rings_on(&tower, drawn(&mut chance, 64)).await;
        killed.signal("KILL");
        left_leased += tower.waiting().await.1;
    }
    let last = Ringer::start(&tower, THIS_STORY, (kills + 1) * BEYOND_A_LEASE_MS);
    until(|| async { tower.waiting().await.0 == 0 }).await;
    let by_others = tower.rung().await;
    last.ends();

    // It goes on with what it had leased, and only then looks for more.
    frozen.signal("CONT");
    bells.extend(tower.sets_due(1).await);
    until(|| async { tower.waiting().await.0 == 0 }).await;
    frozen.ends();

    let mut rung = tower.rung().await;
    assert_eq!(rung.len(), by_others.len() + 1, "SEED={seed}: thawed, it rang {held} again");
    rung.sort_unstable();
    assert_eq!(rung, bells.into_keys().collect::<Vec<_>>(), "SEED={seed}");
    assert!(left_leased > 0, "SEED={seed}: none was killed while it held a lease");
    assert!(tower.chain_holds().await);
}
