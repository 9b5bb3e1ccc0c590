//! What every HTTP edge of ours does alike: who calls, whether they may, what they ask, how we answer.
//! Holds no page, no route of a service, no rule of the business; echoes nothing of a request back.
#![warn(missing_docs, unreachable_pub)]

pub mod problem;
mod fault;
pub mod role;
pub mod caller;
pub mod token;
pub mod access;
mod behalf;
pub mod permit;
pub mod text;
mod days;
mod json;
pub mod trace;
pub mod edge;
pub mod ask;
pub mod answer;
pub mod address;
pub mod reading;
pub mod page;
pub mod readiness;
mod describe;
mod around;
mod figures;
pub mod serve;
#[cfg(test)]
mod fixture;

pub use access::{Access, AccessRule, AccessTable, OnBehalf};
pub use address::{Address, Query};
pub use answer::Accepted;
pub use ask::{Ask, Body, Call};
pub use caller::{Caller, Grant, Identities};
pub use edge::Edge;
pub use fault::chain;
pub use figures::Figures;
pub use page::{Page, PageAsked, PageQuery};
pub use permit::Permit;
pub use problem::{FieldError, PROBLEM_JSON, Problem, ProblemBody};
pub use readiness::{Condition, Readiness};
pub use reading::{ReadAfter, with_etag};
pub use role::Role;
pub use serve::{House, Limits, finish, serve};
pub use token::{Claims, IssuerConfig, RoleClaim, Verifier};
