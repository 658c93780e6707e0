//! Show a request in error as it stands, with the edits that it fails now, under today's controls.

use domain::message::edits::FailedEdit;
use domain::request::{RequestInError, RequestInErrorId};
use store::records;
use store::table::Table;

use crate::kit::{Master, Stopped};
use crate::messages::failing;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    pub request: RequestInError,
    /// The edits that its message fails now.
    pub failing: Vec<FailedEdit>,
}

/// Shows a request in error; none where there is none.
pub async fn show<T: Table>(
    master: &Master<T>,
    id: &RequestInErrorId,
) -> Result<Option<Shown>, Stopped> {
    match records::request_in_error(master.table(), id).await? {
        Some(request) => Ok(Some(evaluated(master, request).await?)),
        None => Ok(None),
    }
}

pub(super) async fn evaluated<T: Table>(
    master: &Master<T>,
    request: RequestInError,
) -> Result<Shown, Stopped> {
    let failing = failing(master, &request.message).await?;
    Ok(Shown { request, failing })
}
