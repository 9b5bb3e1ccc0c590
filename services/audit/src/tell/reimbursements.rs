//! The words for what is owed and paid. Expenses and involvement payments are never one figure.

/// Event without version, and what happened.
pub(super) const WORDS: &[(&str, &str)] = &[
    ("rate_card.drafted", "Rates were proposed."),
    ("rate_card.approved", "The rates were approved; their figures are fixed."),
    ("rate_card.put_in_force", "The rates hold[ from {/from}][ to {/to}]."),
    (
        "claim.submitted",
        "A claim was sent in[ for what took place on {/evidence/on}][; expenses: \
         {/expenses}][; involvement payment: {/payments}].",
    ),
    ("claim.queried", "A question was asked about the claim; all other lines go on."),
    ("claim.query_answered", "A question about the claim was answered[, line {/line}]."),
    (
        "claim.lines_decided",
        "Lines of the claim were decided[; expenses approved: {/expenses}][; involvement payment \
         approved: {/payments}].",
    ),
    ("claim.authorised", "What was approved may be paid[, from {/payable_on}]."),
    ("claim.withdrawn", "The claim was taken back."),
    ("claim.put_in_batch", "Part[ {/part}] of the claim was taken into a payment run."),
    (
        "claim.paid",
        "Part of the claim was paid[, on {/paid_on}][: {/part/amount}][, due since {/payable_on}].",
    ),
    ("claim.payment_failed", "A payment did not arrive and can be made again."),
    ("payment_batch.opened", "A payment run was planned[, for {/run_on}]."),
    (
        "payment_batch.part_added",
        "Part of a claim was taken into the payment run[: {/kind}][, {/amount}].",
    ),
    (
        "payment_batch.locked",
        "The payment run was closed[; payments: {/control/count}][; expenses: \
         {/control/expenses}][; involvement payments: {/control/payments}].",
    ),
    (
        "payment_batch.exported",
        "The payment file was written[; payments: {/control/count}][; expenses: \
         {/control/expenses}][; involvement payments: {/control/payments}].",
    ),
    ("payment_batch.part_paid", "Part of a claim was paid[, on {/paid_on}]."),
    (
        "payment_batch.part_failed",
        "The payment of part of a claim did not arrive; it can go in another run.",
    ),
    ("payee.account_given", "Bank details were given[{?/read_back}, and read back to the person]."),
];
