//! Assign a request in error: somebody has it from then on, or nobody.

use domain::request::{Entry, RequestInErrorId, Versions, What};
use store::table::Table;

use super::fix::{self, NotFixed, Remarked};
use crate::kit::Attempt;

/// `to` is who has it; none where nobody shall. Who has it already is not written again. `seen` are the versions that the caller is content with; none where it named
/// none, and is refused.
pub async fn assign<T: Table>(
    attempt: &Attempt<'_, T>,
    id: &RequestInErrorId,
    to: Option<&str>,
    seen: Option<&Versions>,
) -> Result<Remarked, NotFixed> {
    fix::remark(attempt, id, seen, |request| {
        let entry =
            Entry { text: to.map(str::to_owned), ..Entry::new(What::Assigned, &attempt.stamp()) };
        (request.assigned_to() != to).then_some(entry)
    })
    .await
}
