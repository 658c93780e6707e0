//! Delete a request in error: it is closed, with a reason if one is given, and no customer comes of it.

use domain::request::{Entry, RequestInErrorId, Versions, What};
use store::table::Table;

use super::fix::{self, NotFixed};
use crate::kit::Attempt;

/// `seen` are the versions that the caller is content with; none where it named none, and is refused.
pub async fn delete<T: Table>(
    attempt: &Attempt<'_, T>,
    id: &RequestInErrorId,
    reason: Option<&str>,
    seen: Option<&Versions>,
) -> Result<(), NotFixed> {
    loop {
        let request = fix::read(attempt, id).await?;
        if fix::own_entry(attempt, &request).is_some() {
            return Ok(());
        }
        fix::admit(&request, seen, true)?;
        let entry = Entry {
            text: reason.map(str::to_owned),
            ..Entry::new(What::Deleted, &attempt.stamp())
        };
        let deleted = request.after(entry, attempt.by());
        let deleted = deleted.expect("a history has room for its end");
        if fix::put(attempt, &request, &deleted).await? {
            return Ok(());
        }
        attempt.again().await?;
    }
}
