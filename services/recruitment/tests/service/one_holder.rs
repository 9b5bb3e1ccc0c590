//! One seat never has two holders, whatever is offered, answered and ended by two processes at once, in
//! whatever order; looked at by SQL after each batch. `OPERATIONS` asks for more, `SEED` for the same.

use std::sync::Arc;

use boot::Clock;
use contracts::{AppointmentId, GroupId, PersonId, SeatId};
use eventstore::{Executor, Failure, Order, Receipt, Room, Taken};
use futures::{StreamExt as _, stream};
use jiff::Timestamp;
use jiff::civil::date;
use recruitment::appointment::{
    self, Accept, Appointment, ComeToEnd, Decline, Lapse, Offer, Resign, WithdrawOffer,
};
use recruitment::contacted::{Channel, Contacted};
use recruitment::policies::let_the_seat_follow_its_appointment::LetTheSeatFollow;
use recruitment::seat::{self, Abolish, Add, Description, Seat, SeatRole};
use recruitment::term::TermRule;
use testkit::{Chance, Processes, number, order_of};
use uuid::Uuid;

const OPERATIONS_USUAL: usize = 1_000;
const AT_ONCE: usize = 16;
const BATCH: usize = 500;
/// New in each batch; those of the batch before are still asked for.
const SEATS: usize = 24;
/// So many appointments are on their way at a time.
const WINDOW: usize = 24;
/// And so many operations fall to each.
const ACTS: usize = 10;
const STAFF: PersonId = PersonId::new(Uuid::from_u128(1));
const GROUP: GroupId = GroupId::new(Uuid::from_u128(2));

/// Each of these finds something only where a promise is broken.
const PROMISES: [(&str, &str); 4] = [
    (
        "from the offer to the end, a seat is one appointment's, and an abolished one's is nobody's",
        "select seat || ' at ' || position from (
             select position, holds, stream_id, seat, lag(holds) over by_seat as held_before,
                 lag(stream_id) over by_seat as by
             from (select position, stream_id, payload::json->>'seat' as seat,
                     event_type in ('appointment.offered.v1', 'appointment.accepted.v1',
                         'seat.abolished.v1') as holds
                 from log.event where event_type in ('appointment.offered.v1',
                     'appointment.accepted.v1', 'appointment.declined.v1',
                     'appointment.offer_lapsed.v1', 'appointment.offer_withdrawn.v1',
                     'appointment.ended.v1', 'seat.abolished.v1')) e
             window by_seat as (partition by seat order by position)) one
         where case when holds then held_before and by <> stream_id
             else not coalesce(held_before, false) or by <> stream_id end",
    ),
    (
        "the seat is filled and vacated in turns",
        "select stream_id || ' at ' || position from (
             select position, stream_id, event_type, payload::json->>'appointment' as appointment,
                 lag(event_type) over by_seat as before,
                 lag(payload::json->>'appointment') over by_seat as by
             from log.event where event_type in ('seat.filled.v1', 'seat.vacated.v1')
             window by_seat as (partition by stream_id order by position)) one
         where case event_type when 'seat.filled.v1' then before = 'seat.filled.v1'
             else before is distinct from 'seat.filled.v1' or by <> appointment end",
    ),
    (
        "whoever has accepted and not left holds their seat, and nobody else holds one",
        "select coalesce(said.seat, held.seat) from (
             select distinct on (stream_id) stream_id::text as appointment,
                 payload::json->>'seat' as seat, event_type
             from log.event where event_type in ('appointment.accepted.v1', 'appointment.ended.v1')
             order by stream_id, position desc) said
         full join (
             select distinct on (stream_id) stream_id::text as seat, event_type,
                 payload::json->>'appointment' as appointment
             from log.event where event_type in ('seat.filled.v1', 'seat.vacated.v1')
             order by stream_id, position desc) held
         on said.appointment = held.appointment and said.seat = held.seat
             and held.event_type = 'seat.filled.v1'
         where (said.event_type = 'appointment.accepted.v1' and held.seat is null)
             or (held.event_type = 'seat.filled.v1'
                 and said.event_type is distinct from 'appointment.accepted.v1')",
    ),
    (
        "the key of a seat is whose it is",
        "select coalesce(seat, value) from (
             select distinct on (seat) seat, stream_id, holds
             from (select position, stream_id, payload::json->>'seat' as seat,
                     event_type in ('appointment.offered.v1', 'appointment.accepted.v1',
                         'seat.abolished.v1') as holds
                 from log.event where event_type in ('appointment.offered.v1',
                     'appointment.accepted.v1', 'appointment.declined.v1',
                     'appointment.offer_lapsed.v1', 'appointment.offer_withdrawn.v1',
                     'appointment.ended.v1', 'seat.abolished.v1')) e
             order by seat, position desc) last
         full join log.unique_key k on k.value = last.seat
         where last.holds is distinct from (k.value is not null)
             or (k.value is not null and k.stream_id is distinct from last.stream_id)",
    ),
];

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn nth(kind: u128, number: usize) -> Uuid {
    Uuid::from_u128((kind << 64) + u128::try_from(number).unwrap())
}

fn rule() -> TermRule {
    TermRule {
        rule_version: "term_policy.1".to_owned(),
        months: 12,
        consecutive_terms_max: 2,
        break_months: 12,
        ladder: Vec::new(),
    }
}

fn offer(person: PersonId, seat: SeatId) -> appointment::Command {
    appointment::Command::Offer(Box::new(Offer {
        seat,
        group: GROUP,
        opportunity: None,
        opportunity_withdrawn: false,
        application: None,
        person,
        starts_on: date(2027, 3, 1),
        answer_by: date(2027, 2, 10),
        terms_version: "2026-11".to_owned(),
        exception: None,
        rule: rule(),
        held_before: Vec::new(),
    }))
}

/// A yes that had come by post before a human let the offer lapse, typed in weeks after.
fn late(person: PersonId) -> Order {
    let mut order = order_of(STAFF, at("2027-02-20T10:00:00Z"));
    order.occasion.received_at = at("2027-02-02T10:00:00Z");
    order.occasion.taken = Taken::Paper;
    order.occasion.on_behalf_of = Some(person);
    order
}

/// What falls to an appointment of this age, more or less; now and then anything.
fn something(
    chance: &mut Chance,
    age: usize,
    person: PersonId,
    seat: SeatId,
) -> (Order, appointment::Command) {
    use appointment::Command;
    let about_now = (age * 16 / WINDOW + chance.below(7)).saturating_sub(3).min(15);
    let turn = if chance.once_in(4) { chance.below(16) } else { about_now };
    let contact = Contacted { by: Channel::Phone, on: date(2027, 2, 15) };
    match turn {
        0..=3 => (order_of(STAFF, at("2027-02-01T10:00:00Z")), offer(person, seat)),
        4 => (order_of(person, at("2027-02-03T10:00:00Z")), Command::Decline(Decline::default())),
        5..=8 => (order_of(person, at("2027-02-02T10:00:00Z")), Command::Accept(Accept {})),
        9 => (order_of(STAFF, at("2027-02-16T10:00:00Z")), Command::Lapse(Lapse { contact })),
        10 => (late(person), Command::Accept(Accept {})),
        11 => {
            let reason = "The group meets no more.".to_owned();
            let withdraw = Command::WithdrawOffer(WithdrawOffer { reason });
            (order_of(STAFF, at("2027-02-04T10:00:00Z")), withdraw)
        }
        12 | 13 => {
            let resign = Resign { last_day: date(2027, 6, 30), words: None };
            (order_of(person, at("2027-06-01T10:00:00Z")), Command::Resign(resign))
        }
        _ => {
            let after = order_of(STAFF, at("2027-07-01T10:00:00Z"));
            (after, Command::ComeToEnd(ComeToEnd {}))
        }
    }
}

struct Town {
    processes: Processes,
}

impl Town {
    async fn gives<R: Room>(
        &self,
        process: &Executor,
        id: Uuid,
        ask: R::Ask,
        order: Order,
    ) -> Option<Receipt> {
        let outcome = process.execute::<R>(id, ask, order).await;
        if let Err(Failure::Contended | Failure::StillRunning) = outcome {
            return None;
        }
        Some(outcome.unwrap())
    }

    async fn adds_seats(&self, batch: usize) {
        for number in 0..SEATS {
            let seat = nth(3, batch * SEATS + number);
            let said = Description {
                group: GROUP,
                role: SeatRole::Member,
                constituency: None,
                locality: None,
            };
            let add = seat::Command::Add(Add { seat: SeatId::new(seat), said, rule: rule() });
            let order = order_of(STAFF, at("2027-01-01T10:00:00Z"));
            let first = &self.processes.executors[0];
            self.gives::<Seat>(first, seat, add, order).await.unwrap();
        }
    }

    /// The `number`th operation of all, by whichever process; sometimes by both at once.
    async fn one(&self, number: usize, mut chance: Chance) -> Vec<Receipt> {
        let batch = number / BATCH;
        let seats = batch.saturating_sub(1) * SEATS..(batch + 1) * SEATS;
        let process = chance.below(2);
        let [one, other] = [process, 1 - process].map(|at| &self.processes.executors[at]);
        if chance.once_in(100) {
            let seat = nth(3, seats.start + chance.below(seats.len()));
            let reason = "The group works with fewer places.".to_owned();
            let abolish = seat::Command::Abolish(Abolish { reason });
            let order = order_of(STAFF, at("2027-02-01T10:00:00Z"));
            return Vec::from_iter(self.gives::<Seat>(one, seat, abolish, order).await);
        }
        let age = chance.below(WINDOW);
        let life = number / ACTS + WINDOW - age;
        let (id, person) = (AppointmentId::new(nth(4, life)), PersonId::new(nth(5, life)));
        // Its offer is for the same seat each time, as long as the batch lasts.
        let seat = SeatId::new(nth(3, seats.start + life % seats.len()));
        let (order, command) = something(&mut chance, age, person, seat);
        let again = chance.once_in(10).then(|| (command.clone(), order.clone()));
        let first = self.gives::<Appointment>(one, id.uuid(), command, order);
        let twin = async {
            let (command, order) = again?;
            self.gives::<Appointment>(other, id.uuid(), command, order).await
        };
        let (first, twin) = tokio::join!(first, twin);
        first.into_iter().chain(twin).collect()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
#[expect(clippy::print_stdout, reason = "a run says how much it has tried")]
async fn one_seat_never_has_two_holders_whatever_is_offered_answered_and_ended_at_once() {
    let mut chance = Chance::of("one holder");
    let seed = chance.seed;
    let operations =
        number("OPERATIONS").map_or(OPERATIONS_USUAL, |it| usize::try_from(it).unwrap());
    let clock = Clock::standing_at(at("2027-01-01T09:00:00Z"));
    let processes = Processes::start("seats", 2, &clock, || vec![Arc::new(LetTheSeatFollow)]).await;
    let town = Town { processes };
    let (mut stored, mut taken) = (0, 0);
    for begun in (0..operations).step_by(BATCH) {
        town.adds_seats(begun / BATCH).await;
        let until = operations.min(begun + BATCH);
        let chances: Vec<_> = (begun..until).map(|number| (number, chance.branch())).collect();
        let asked = stream::iter(chances).map(|(number, chance)| town.one(number, chance));
        let answers: Vec<_> = asked.buffer_unordered(AT_ONCE).collect().await;
        for receipts in answers {
            let Some(first) = receipts.first() else { continue };
            let repeated = receipts.iter().all(|it| {
                Receipt { repeated: false, ..it.clone() }
                    == Receipt { repeated: false, ..first.clone() }
            });
            assert!(repeated, "SEED={seed}: {receipts:?}");
            let code = first.refusal.as_ref().map(|it| it.code.as_str());
            stored += usize::from(first.version > first.from_version);
            taken += usize::from(code == Some("appointment.seat_taken"));
        }
        town.processes.settled().await;
        let broken = town.processes.broken(&PROMISES).await;
        assert!(broken.is_empty(), "SEED={seed}: {broken:#?}");
    }
    let count = |name: &'static str| {
        sqlx::query_scalar::<_, i64>("select count(*) from log.event where event_type = $1")
            .bind(name)
            .fetch_one(&town.processes.pool)
    };
    let (filled, vacated, abolished) = (
        count("seat.filled.v1").await.unwrap(),
        count("seat.vacated.v1").await.unwrap(),
        count("seat.abolished.v1").await.unwrap(),
    );
    println!(
        "{operations} operations: {stored} changed something, {taken} found the seat taken; \
         {filled} times a seat was filled, {vacated} times vacated, {abolished} times abolished"
    );
    let some = i64::try_from(operations / 200).unwrap();
    assert!(
        stored > operations / 20 && taken > operations / 100,
        "SEED={seed}: too little happened"
    );
    assert!(filled > some && vacated > 0, "SEED={seed}: too little happened");
}
