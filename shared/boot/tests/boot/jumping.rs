//! The clock jumps a year, and everything that fell due meanwhile is due at once.

use boot::Clock;
use jiff::{SignedDuration, Timestamp};
use testkit::settled;
use uuid::Uuid;

use crate::tower::{config, rings, tower};

#[tokio::test]
async fn what_fell_due_over_a_jump_of_a_year_fires_once_in_the_order_of_its_times() {
    let tower = tower().await;
    let start = tower.executor.clock().now();
    let hours = |n: i64| start + SignedDuration::from_hours(n);
    // Set in no order, more than are leased at once; 7919 is a prime.
    let times: Vec<Timestamp> = (1..=150_i64).map(|n| hours(1 + n * 7919 % (365 * 24))).collect();
    let bells = tower.sets(&times).await;
    let clock = Clock::standing_at(start);
    let database = &tower.database;
    let running = rings(config(&database.owner_url, &database.runtime_url), clock.clone()).await;
    settled(&running).await;
    assert_eq!(tower.rung().await, Vec::<Uuid>::new());

    clock.advance_to(hours(366 * 24)).unwrap();
    settled(&running).await;
    let rung = tower.rung().await;
    let due: Vec<Timestamp> = rung.iter().map(|bell| bells[bell]).collect();
    assert!(due.is_sorted(), "{due:?}");
    assert_eq!(rung.len(), bells.len());
    assert_eq!(due.first(), bells.values().min());
    running.stop().await;
}
