//! Commands on payment runs, for finance alone: plan one, take something in by hand, lock it, and note
//! what the bank says. The file is written elsewhere.

use axum::extract::State as Shared;
use axum::response::Response;
use contracts::id::PaymentBatchId;
use http::StatusCode;
use web::{Accepted, Address, Ask, Call, Problem};

use super::State;
use super::bodies::{AddBody, Nothing};
use crate::payment_batch::{Add, Command, Lock, MarkFailed, MarkPaid, Open, PaymentBatch};
use crate::views::payable::{self, Obstacle, Waiting};

impl State {
    async fn give_to_run(
        &self,
        call: Call,
        id: PaymentBatchId,
        command: Command,
    ) -> Result<Response, Problem> {
        let loaded = self.edge.executor().load::<PaymentBatch>(id.uuid()).await?;
        if loaded.version == 0 {
            return Err(Problem::unknown());
        }
        Ok(call.execute::<PaymentBatch>(id.uuid(), command).await)
    }
}

/// Plan a payment run. What waits and has nothing in its way is taken into it.
#[utoipa::path(post, path = "/v1/payment-batches", tag = "payment run", request_body = Open,
    responses((status = 201, body = Accepted), (status = 200, body = Accepted)))]
pub(super) async fn open(Ask { body, call }: Ask<Open>) -> Result<Response, Problem> {
    let id: PaymentBatchId = call.new_id("payment_batch");
    Ok(call.execute::<PaymentBatch>(id.uuid(), Command::Open(body)).await)
}

/// Take a part of a claim in by hand: a second involvement payment that the person said yes to, or
/// what did not arrive before.
#[utoipa::path(post, path = "/v1/payment-batches/{batch}/add", tag = "payment run",
    params(("batch" = PaymentBatchId, Path, description = "Which run")),
    request_body = AddBody, responses((status = 200, body = Accepted)))]
pub(super) async fn add(
    Shared(state): Shared<State>,
    Address(batch): Address<PaymentBatchId>,
    Ask { body, call }: Ask<AddBody>,
) -> Result<Response, Problem> {
    state.rows_are_current().await?;
    let AddBody { of, agreed_to_share } = body;
    let waiting = payable::one_waiting(&state.pool, of).await?.ok_or_else(not_waiting)?;
    if let Some(problem) = in_the_way(&waiting) {
        return Err(problem);
    }
    let Waiting { due, .. } = waiting;
    let (person, kind, amount) = (due.person, due.kind, due.amount);
    let command = Command::Add(Add { of, person, kind, amount, agreed_to_share });
    state.give_to_run(call, batch, command).await
}

fn not_waiting() -> Problem {
    Problem::new(
        StatusCode::CONFLICT,
        "payment.not_waiting",
        "This does not wait to be paid",
        "Either it has not been authorised, or it is in a payment run already.",
    )
}

/// What cannot be paid by a file for the bank, whoever asks.
fn in_the_way(waiting: &Waiting) -> Option<Problem> {
    let (code, detail) = match waiting.obstacle? {
        Obstacle::NoAccountGiven => {
            ("payment.no_account_given", "The person has not said yet where their payments go.")
        }
        Obstacle::NoNameKnown => {
            ("payment.no_name_known", "Nobody has told this service yet what the person is called.")
        }
        Obstacle::NotInPounds => {
            ("payment.not_in_pounds", "Payment runs are in pounds. Please pay this another way.")
        }
        // That is what adding by hand is for.
        Obstacle::DidNotArrive => return None,
    };
    Some(Problem::new(StatusCode::CONFLICT, code, "This cannot be paid yet", detail))
}

/// Let nothing more in, and fix what the run adds up to.
#[utoipa::path(post, path = "/v1/payment-batches/{batch}/lock", tag = "payment run",
    params(("batch" = PaymentBatchId, Path, description = "Which run")),
    request_body = Nothing, responses((status = 200, body = Accepted)))]
pub(super) async fn lock(
    Shared(state): Shared<State>,
    Address(batch): Address<PaymentBatchId>,
    Ask { body: Nothing {}, call }: Ask<Nothing>,
) -> Result<Response, Problem> {
    state.give_to_run(call, batch, Command::Lock(Lock {})).await
}

/// Note what the bank paid: all of it, or part by part.
#[utoipa::path(post, path = "/v1/payment-batches/{batch}/mark-paid", tag = "payment run",
    params(("batch" = PaymentBatchId, Path, description = "Which run")),
    request_body = MarkPaid, responses((status = 200, body = Accepted)))]
pub(super) async fn mark_paid(
    Shared(state): Shared<State>,
    Address(batch): Address<PaymentBatchId>,
    Ask { body, call }: Ask<MarkPaid>,
) -> Result<Response, Problem> {
    state.give_to_run(call, batch, Command::MarkPaid(body)).await
}

/// Note that a payment did not arrive.
#[utoipa::path(post, path = "/v1/payment-batches/{batch}/mark-failed", tag = "payment run",
    params(("batch" = PaymentBatchId, Path, description = "Which run")),
    request_body = MarkFailed, responses((status = 200, body = Accepted)))]
pub(super) async fn mark_failed(
    Shared(state): Shared<State>,
    Address(batch): Address<PaymentBatchId>,
    Ask { body, call }: Ask<MarkFailed>,
) -> Result<Response, Problem> {
    state.give_to_run(call, batch, Command::MarkFailed(body)).await
}
