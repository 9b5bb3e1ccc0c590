//! Payment runs as finance reads them: what is in each, what it adds up to, and its file. No account
//! and no name is shown here.

use axum::Json;
use axum::extract::State as Shared;
use axum::response::Response;
use contracts::id::PaymentBatchId;
use contracts::{Money, PersonId};
use http::HeaderMap;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;
use utoipa::ToSchema;
use web::{Address, Page, PageQuery, Problem, Query, ReadAfter, with_etag};

use super::State;
use crate::exports::ExportsFolder;
use crate::payment::{Kind, PaymentFailure};
use crate::payment_batch::{Control, Entry, EntryStanding, PartOf, PaymentBatch, Run, file_name};
use crate::views::payment_batch::{self, Row, VERSION, stage};

/// One run.
#[derive(Serialize, ToSchema)]
pub(super) struct RunPage {
    id: PaymentBatchId,
    version: i64,
    /// `open`, `locked` or `exported`.
    stage: &'static str,
    /// The day it is planned for.
    #[schema(value_type = String, format = Date)]
    run_on: Date,
    /// What it adds up to; once it is locked, for good.
    #[serde(skip_serializing_if = "Option::is_none")]
    control: Option<Control>,
    /// Its file, once it was exported.
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<FilePart>,
    entries: Vec<EntryPart>,
    #[serde(skip)]
    opened: i64,
}

/// A file for the bank.
#[derive(Serialize, ToSchema)]
struct FilePart {
    name: String,
    /// Keyed hash of what it held when it was exported.
    hash: String,
    exported_at: Timestamp,
    /// When it is removed.
    kept_until: Timestamp,
}

/// One payment.
#[derive(Serialize, ToSchema)]
struct EntryPart {
    of: PartOf,
    person: PersonId,
    kind: Kind,
    amount: Money,
    reference: String,
    /// `pending`, `paid` or `failed`.
    standing: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Date)]
    paid_on: Option<Date>,
    #[serde(skip_serializing_if = "Option::is_none")]
    failed_because: Option<PaymentFailure>,
}

impl RunPage {
    fn of(row: &Row, exports: &ExportsFolder) -> Option<Self> {
        let run = row.state.run()?;
        let file = match (&row.state, row.exported_at) {
            (PaymentBatch::Exported { file_hash, .. }, Some(exported_at)) => Some(FilePart {
                name: file_name(row.id, run.run_on),
                hash: file_hash.clone(),
                exported_at,
                kept_until: exports.kept_until(exported_at),
            }),
            (
                PaymentBatch::NotOpened
                | PaymentBatch::Open(_)
                | PaymentBatch::Locked(..)
                | PaymentBatch::Exported { .. },
                _,
            ) => None,
        };
        Some(Self {
            id: row.id,
            version: row.version,
            stage: stage(&row.state),
            run_on: run.run_on,
            control: Run::control(run),
            file,
            entries: run.entries.iter().map(EntryPart::of).collect(),
            opened: row.opened,
        })
    }
}

impl EntryPart {
    fn of(it: &Entry) -> Self {
        let (standing, paid_on, failed_because) = match it.standing {
            EntryStanding::Pending => ("pending", None, None),
            EntryStanding::Paid { on } => ("paid", Some(on), None),
            EntryStanding::Failed { reason } => ("failed", None, Some(reason)),
        };
        Self {
            of: it.of,
            person: it.person,
            kind: it.kind,
            amount: it.amount,
            reference: it.reference.clone(),
            standing,
            paid_on,
            failed_because,
        }
    }
}

/// Every run, the latest first.
#[utoipa::path(get, path = "/v1/payment-batches", tag = "payment run", params(PageQuery),
    responses((status = 200, body = Page<RunPage>)))]
pub(super) async fn all(
    _: ReadAfter,
    Shared(state): Shared<State>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<RunPage>>, Problem> {
    let asked = page.read::<i64>(VERSION)?;
    let rows = payment_batch::all(&state.pool, asked.after, asked.rows_wanted()).await?;
    let pages = rows.iter().filter_map(|row| RunPage::of(row, &state.exports)).collect();
    Ok(Json(asked.page(pages, |page| page.opened)))
}

/// One run, with all that is in it.
#[utoipa::path(get, path = "/v1/payment-batches/{batch}", tag = "payment run",
    params(("batch" = PaymentBatchId, Path, description = "Which run")),
    responses((status = 200, body = RunPage), (status = 304)))]
pub(super) async fn one(
    _: ReadAfter,
    Shared(state): Shared<State>,
    Address(batch): Address<PaymentBatchId>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let row = payment_batch::one(&state.pool, batch).await?.ok_or_else(Problem::unknown)?;
    let page = RunPage::of(&row, &state.exports).ok_or_else(Problem::unknown)?;
    Ok(with_etag(&headers, row.version, &page))
}
