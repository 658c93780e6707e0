//! Write a note into the history of a request in error.

use domain::request::{Entry, RequestInErrorId, Versions, What};
use store::table::Table;

use super::fix::{self, NotFixed, Remarked};
use crate::kit::Attempt;

/// `seen` are the versions that the caller is content with; none where it named none, and is refused.
pub async fn note<T: Table>(
    attempt: &Attempt<'_, T>,
    id: &RequestInErrorId,
    text: &str,
    seen: Option<&Versions>,
) -> Result<Remarked, NotFixed> {
    fix::remark(attempt, id, seen, |_| {
        let text = Some(text.to_owned());
        Some(Entry { text, ..Entry::new(What::Noted, &attempt.stamp()) })
    })
    .await
}
