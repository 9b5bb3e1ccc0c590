//! One seat never has two holders, whatever sixteen ask of two processes at once; looked at by SQL
//! after each batch. `OPERATIONS` asks for more of them, `SEED` for the same again.

use eventstore::{Executor, Failure, Receipt};
use futures::future::join_all;
use futures::{StreamExt as _, stream};
use testkit::{Chance, number};
use uuid::Uuid;

use crate::seats::{Command, Sitter};
use crate::turnstile::{Store, store};

const OPERATIONS_USUAL: u64 = 2_000;
const AT_ONCE: usize = 16;
const BATCH: u64 = 500;
/// As many as are asked for at a time; with each batch some are new, so that no stream grows for ever.
const SEATS: usize = 40;
const SEATS_NEW: usize = 8;
const SITTERS: usize = 24;
const SITTERS_NEW: usize = 4;

/// Each of these finds rows only where a promise is broken.
const PROMISES: [(&str, &str); 4] = [
    (
        "nobody takes what another holds, and nobody gives back what they do not hold",
        "select seat || ' at ' || position from (
             select position, event_type, stream_id, payload::json->>'seat' as seat,
                 lag(event_type) over by_seat as before, lag(stream_id) over by_seat as by
             from log.event where event_type in ('sitter.took.v1', 'sitter.gave_back.v1')
             window by_seat as (partition by payload::json->>'seat' order by position)) one
         where case event_type when 'sitter.took.v1' then before = 'sitter.took.v1'
             else before is distinct from 'sitter.took.v1' or by <> stream_id end",
    ),
    (
        "the keys are held by whoever took last and did not give back",
        "select coalesce(seat, value) from (
             select distinct on (payload::json->>'seat') payload::json->>'seat' as seat, stream_id,
                 event_type
             from log.event where event_type in ('sitter.took.v1', 'sitter.gave_back.v1')
             order by payload::json->>'seat', position desc) last
         full join log.unique_key k on k.value = last.seat
         where (last.event_type = 'sitter.took.v1') is distinct from (k.value is not null)
             or (k.value is not null and k.stream_id is distinct from last.stream_id)",
    ),
    (
        "each command's events stand together in its one stream, and are as many as it was told",
        "select c.command_id::text from log.command c full join (
             select meta::json->>'command_id' as id, count(*) as events,
                 count(distinct stream_id) as streams, max(position) as last
             from log.event group by 1) e on e.id = c.command_id::text
         where c.command_id is null or c.to_version - c.from_version <> coalesce(e.events, 0)
             or e.streams > 1 or e.last > c.position",
    ),
    (
        "whoever was refused has changed nothing",
        "select command_id::text from log.command
         where refusal is not null and from_version <> to_version",
    ),
];

#[derive(Default)]
struct Counted {
    stored: usize,
    taken: usize,
    repeated: usize,
    contended: usize,
}

struct Room {
    store: Store,
    processes: [Executor; 2],
    sitters: Vec<Uuid>,
}

fn a_seat(chance: &mut Chance, batch: usize) -> u32 {
    u32::try_from(batch * SEATS_NEW + chance.below(SEATS)).unwrap()
}

fn something(chance: &mut Chance, batch: usize) -> Command {
    let [seat, another, third] = [(); 3].map(|()| a_seat(chance, batch));
    let nth = chance.below(SEATS);
    match chance.below(12) {
        0..=3 => Command::Take(vec![seat]),
        4 => Command::Take(vec![seat, another, third]),
        5..=7 => Command::GiveBack { nth },
        8 | 9 => Command::MoveOver { nth, to: another },
        10 => Command::StandUpAndSitDown { nth, another },
        _ => Command::WaveAt(seat),
    }
}

impl Room {
    async fn open(batches: usize) -> Self {
        let sitters = SITTERS + batches * SITTERS_NEW;
        let store = store().await;
        let processes = [store.executor.clone(), store.another_process()];
        Self { store, processes, sitters: (0..sitters).map(|_| Uuid::now_v7()).collect() }
    }

    async fn asks(
        &self,
        process: usize,
        sitter: Uuid,
        command: Command,
        command_id: Uuid,
    ) -> Option<Receipt> {
        let order = self.store.order(command_id);
        let outcome = self.processes[process].execute::<Sitter>(sitter, command, order).await;
        if let Err(Failure::Contended | Failure::StillRunning) = outcome {
            return None;
        }
        Some(outcome.unwrap())
    }

    /// One operation, given once, or by both processes at once under one id.
    async fn one(&self, batch: usize, mut chance: Chance) -> (Vec<Receipt>, bool) {
        let command = something(&mut chance, batch);
        let sitter = self.sitters[batch * SITTERS_NEW + chance.below(SITTERS)];
        let command_id = Uuid::now_v7();
        if chance.once_in(8) {
            let twins = [0, 1].map(|at| self.asks(at, sitter, command.clone(), command_id));
            return (join_all(twins).await.into_iter().flatten().collect(), true);
        }
        let process = chance.below(2);
        let first = self.asks(process, sitter, command.clone(), command_id).await;
        if !chance.once_in(8) {
            return (first.into_iter().collect(), false);
        }
        let again = self.asks(1 - process, sitter, command, command_id).await;
        (first.into_iter().chain(again).collect(), true)
    }

    /// Everybody wants one seat at the same moment, so that they clash inside one batch.
    async fn rush(&self, batch: usize, seat: u32) -> usize {
        let sitters = self.sitters.iter().skip(batch * SITTERS_NEW);
        let asked = sitters.take(AT_ONCE).enumerate().map(|(at, sitter)| {
            self.asks(at % 2, *sitter, Command::Take(vec![seat]), Uuid::now_v7())
        });
        let receipts = join_all(asked).await.into_iter().flatten();
        receipts.filter(|it| it.version > it.from_version).count()
    }

    async fn promises_hold(&self, seed: u64) {
        for (promise, broken) in PROMISES {
            let found: Vec<String> =
                sqlx::query_scalar(broken).fetch_all(&self.store.pool).await.unwrap();
            assert!(found.is_empty(), "SEED={seed}: {promise}: {found:?}");
        }
    }

    /// Whoever asks for a seat gets it exactly where nobody holds it.
    async fn seats_are_had_exactly_where_they_are_free(&self, seats: usize, seed: u64) {
        for seat in 0..u32::try_from(seats).unwrap() {
            let is_held: bool = sqlx::query_scalar(
                "select exists (select from log.unique_key where scope = 'seat' and value = $1)",
            )
            .bind(seat.to_string())
            .fetch_one(&self.store.pool)
            .await
            .unwrap();
            let newcomer = Uuid::now_v7();
            let asked = self.asks(0, newcomer, Command::Take(vec![seat]), Uuid::now_v7()).await;
            let is_refused = asked.unwrap().refusal.is_some();
            assert_eq!(is_refused, is_held, "SEED={seed}: seat {seat}");
        }
    }
}

impl Counted {
    fn count(&mut self, receipts: &[Receipt], is_repeated: bool, seed: u64) {
        let Some(first) = receipts.first() else {
            self.contended += 1;
            return;
        };
        for receipt in receipts {
            let as_the_first = Receipt { repeated: first.repeated, ..receipt.clone() };
            assert_eq!(as_the_first, *first, "SEED={seed}: a repeat is answered as the first");
        }
        let is_taken = first.refusal.as_ref().is_some_and(|it| it.code == "sitter.taken");
        self.stored += usize::from(first.version > first.from_version);
        self.taken += usize::from(is_taken);
        self.repeated += usize::from(is_repeated);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
#[expect(clippy::print_stdout, reason = "a run says how much it has tried")]
async fn one_seat_never_has_two_holders_whatever_is_asked_of_two_processes_at_once() {
    let mut chance = Chance::of("one holder");
    let (seed, operations) = (chance.seed, number("OPERATIONS").unwrap_or(OPERATIONS_USUAL));
    let batches = usize::try_from(operations.div_ceil(BATCH)).unwrap();
    let room = Room::open(batches).await;
    let mut counted = Counted::default();
    for (batch, begun) in (0..operations).step_by(usize::try_from(BATCH).unwrap()).enumerate() {
        let chances: Vec<Chance> =
            (begun..operations.min(begun + BATCH)).map(|_| chance.branch()).collect();
        let asked = stream::iter(chances).map(|chance| room.one(batch, chance));
        let answers: Vec<_> = asked.buffer_unordered(AT_ONCE).collect().await;
        for (receipts, is_repeated) in answers {
            counted.count(&receipts, is_repeated, seed);
        }
        let had_it = room.rush(batch, a_seat(&mut chance, batch)).await;
        assert!(had_it <= 1, "SEED={seed}: {had_it} took one seat at once");
        room.promises_hold(seed).await;
    }
    let seats = SEATS + (batches - 1) * SEATS_NEW;
    room.seats_are_had_exactly_where_they_are_free(seats, seed).await;
    let Counted { stored, taken, repeated, contended } = counted;
    println!(
        "{operations} operations: {stored} changed something, {taken} found their seat taken, \
         {repeated} were repeated, {contended} found no turn"
    );
    let part = usize::try_from(operations).unwrap() / 20;
    assert!(stored > part && taken > part && repeated > part, "SEED={seed}: too little happened");
    assert!(contended < part, "SEED={seed}: {contended} of {operations} found no turn");
    assert!(room.store.chain_holds().await);
}
