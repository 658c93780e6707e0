//! The writes of a request in error. No other place writes one.

use domain::request::RequestInError;
use store::items;
use store::writes::{Condition, Write};

/// Opens one.
pub(crate) fn open(request: &RequestInError) -> Write {
    Write::Put { item: items::request_in_error_item(request), on: Condition::Absent }
}

/// Replaces one, if it is still as it was seen.
pub(crate) fn replace(seen: &RequestInError, next: &RequestInError) -> Write {
    items::rewrite_request_in_error(seen.version, next)
}

/// Takes the person out of one, if it is still as it was seen.
pub(crate) fn erase(seen: &RequestInError, erased: &RequestInError) -> Write {
    items::erase_request_in_error(seen.version, erased)
}
