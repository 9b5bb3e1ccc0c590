//! How each command's body is checked before anything is decided. There is little to check: nobody
//! types a text here.

use serde::Deserialize;
use utoipa::ToSchema;
use web::Body;

use crate::message::{RecordCall, RecordGiven};

/// A command that needs no words.
#[derive(Clone, Copy, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Nothing {}

impl Body for Nothing {}

impl Body for RecordCall {}

impl Body for RecordGiven {}
