//! What this function answers in JSON.

use serde::Serialize;

/// What a dry run says of an erasure.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Erased {
    pub(crate) customer_number: String,
    pub(crate) dealer_customers: usize,
    pub(crate) requests_in_error: usize,
    pub(crate) dry_run: bool,
}
