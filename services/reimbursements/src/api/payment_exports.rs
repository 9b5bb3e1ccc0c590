//! The file for the bank, for finance alone. Accounts and names leave the seal here and nowhere else;
//! the file is made first, then the run notes it, and only then does the file come to its name.

use std::fmt::Write as _;

use axum::extract::State as Shared;
use axum::response::{IntoResponse, Response};
use contracts::Money;
use contracts::id::PaymentBatchId;
use futures::{StreamExt as _, TryStreamExt as _, stream};
use http::StatusCode;
use http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use web::{Accepted, Address, Ask, PROBLEM_JSON, Permit, Problem, ProblemBody, ReadAfter};

use super::State;
use super::bodies::Nothing;
use crate::payment_batch::{Command, Control, Entry, Export, PaymentBatch, Run, file_name};
use crate::payment_file::{self, Payment};
use crate::views::{payee, payee_name, payment_batch};

/// Under which files are hashed; permanent.
const HASH_SCOPE: &str = "reimbursements.payment_file";
/// Few enough that everyone else's requests go on.
const OPENED_AT_ONCE: usize = 8;
/// What a run adds up to that has nothing in it.
const NOTHING: Control = Control {
    count: 0,
    expenses: Money::sterling(0),
    payments: Money::sterling(0),
    total: Money::sterling(0),
};

/// Have the file written that goes to the bank.
#[utoipa::path(post, path = "/v1/payment-batches/{batch}/export", tag = "payment run",
    params(("batch" = PaymentBatchId, Path, description = "Which run")),
    request_body = Nothing, responses((status = 200, body = Accepted)))]
pub(super) async fn export(
    Shared(state): Shared<State>,
    Address(batch): Address<PaymentBatchId>,
    Ask { body: Nothing {}, call }: Ask<Nothing>,
) -> Result<Response, Problem> {
    state.rows_are_current().await?;
    let executor = state.edge.executor();
    let room = executor.load::<PaymentBatch>(batch.uuid()).await?.room;
    let export = match &room {
        PaymentBatch::NotOpened => return Err(Problem::unknown()),
        // Nothing is opened for a run that is not to be exported; its room says so.
        PaymentBatch::Open(run) => Export {
            file_name: file_name(batch, run.run_on),
            file_hash: String::new(),
            counted: run.control().unwrap_or(NOTHING),
        },
        PaymentBatch::Locked(run, _) => state.prepared(batch, run).await?,
        PaymentBatch::Exported { run, control, file_hash } => Export {
            file_name: file_name(batch, run.run_on),
            file_hash: file_hash.clone(),
            counted: *control,
        },
    };
    let (name, hash) = (export.file_name.clone(), export.file_hash.clone());
    let order = call.order(call.permit.authority());
    let outcome =
        executor.execute::<PaymentBatch>(batch.uuid(), Command::Export(export), order).await;
    let settled = match outcome.as_ref().map(|receipt| receipt.refusal.is_some()) {
        Ok(false) => state.exports.finish(&name, &hash).await,
        Ok(true) => state.exports.abandon(&name, &hash).await,
        // Whether it was noted is not known; the next attempt finds out.
        Err(_) => Ok(()),
    };
    if let Err(error) = settled {
        tracing::error!(%error, %batch, "a file for the bank is tidied later, when it is read");
    }
    Ok(state.edge.answer(outcome))
}

impl State {
    /// Writes the file under a name that shows it is not to be used yet.
    async fn prepared(&self, batch: PaymentBatchId, run: &Run) -> Result<Export, Problem> {
        let payments: Vec<Payment> = stream::iter(run.entries.clone())
            .map(|entry| self.payment(entry))
            .buffered(OPENED_AT_ONCE)
            .try_collect()
            .await?;
        tracing::info!(%batch, opened = payments.len(), "accounts were opened for the bank's file");
        let file = payment_file::written(&payments).map_err(|error| Problem::fault(&error))?;
        let counted = payment_file::counted(&file).map_err(|error| Problem::fault(&error))?;
        let (file_name, file_hash) = (file_name(batch, run.run_on), self.hash(&file));
        self.exports
            .prepare(&file_name, &file_hash, file.as_bytes())
            .await
            .map_err(|error| Problem::unavailable(&error))?;
        Ok(Export { file_name, file_hash, counted })
    }

    /// One payment, with name and account in clear as far as they are still kept.
    async fn payment(&self, entry: Entry) -> Result<Payment, Problem> {
        let Entry { of, person, kind, amount, reference, standing: _ } = entry;
        let account = payee::account_of(&self.pool, person).await?;
        let name = payee_name::of(&self.pool, person).await?;
        Ok(Payment {
            reference,
            name: match name {
                Some(name) => self.open(&name).await?,
                None => None,
            },
            account: match account {
                Some(account) => self.open(&account).await?,
                None => None,
            },
            amount,
            kind,
            claim: of.claim,
        })
    }

    /// Keyed, since a file of few payments could be guessed from a plain hash.
    fn hash(&self, file: &str) -> String {
        let mut hex = String::with_capacity(64);
        for byte in self.vault.keyed_hash(HASH_SCOPE, file) {
            // Writing to a string cannot fail.
            let _ = write!(hex, "{byte:02x}");
        }
        hex
    }
}

/// The file, as long as it is kept.
#[utoipa::path(get, path = "/v1/payment-batches/{batch}/export", tag = "payment run",
    params(("batch" = PaymentBatchId, Path, description = "Which run")),
    responses((status = 200, body = String, content_type = "text/csv"),
        (status = 409, body = ProblemBody, content_type = PROBLEM_JSON,
            description = "Nothing was exported yet, or the file is not the one that was"),
        (status = 410, body = ProblemBody, content_type = PROBLEM_JSON,
            description = "The file was removed after its days")))]
pub(super) async fn file(
    _: ReadAfter,
    Shared(state): Shared<State>,
    permit: Permit,
    Address(batch): Address<PaymentBatchId>,
) -> Result<Response, Problem> {
    let row = payment_batch::one(&state.pool, batch).await?.ok_or_else(Problem::unknown)?;
    let (PaymentBatch::Exported { run, file_hash, .. }, Some(exported_at)) =
        (&row.state, row.exported_at)
    else {
        return Err(not_exported());
    };
    if state.exports.kept_until(exported_at) <= state.edge.executor().clock().now() {
        return Err(removed());
    }
    let name = file_name(batch, run.run_on);
    let read = state.exports.read(&name, file_hash).await;
    let file = read.map_err(|error| Problem::unavailable(&error))?.ok_or_else(removed)?;
    let text = String::from_utf8(file).map_err(|error| Problem::fault(&error))?;
    if state.hash(&text) != *file_hash {
        return Err(altered());
    }
    let reader = permit.caller.person;
    tracing::info!(%reader, %batch, what = "file for the bank", "sealed values were opened");
    let headers = [
        (CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
    ];
    Ok((headers, text).into_response())
}

fn not_exported() -> Problem {
    Problem::new(
        StatusCode::CONFLICT,
        "payment_batch.not_exported",
        "There is no file yet",
        "Lock this payment run and export it; then its file can be fetched.",
    )
}

fn removed() -> Problem {
    Problem::new(
        StatusCode::GONE,
        "payment_batch.file_removed",
        "This file has been removed",
        "Files for the bank are kept for a few days only, as they hold bank details in clear.",
    )
}

fn altered() -> Problem {
    Problem::new(
        StatusCode::CONFLICT,
        "payment_batch.file_altered",
        "This file is not the one that was exported",
        "The file was changed after it was exported. Do not send it to the bank; tell whoever answers \
         for people's data.",
    )
}
