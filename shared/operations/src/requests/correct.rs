//! Correct a request in error: its message is changed and judged again, and it stays open.

use domain::request::{Correction, Entry, RequestInErrorId, Versions, What};
use store::table::Table;

use super::fix::{self, NotFixed, Refused};
use super::show::{Shown, evaluated};
use crate::kit::Attempt;
use crate::messages::failing;

/// `seen` are the versions that the caller is content with; none where it named none, and is refused.
pub async fn correct<T: Table>(
    attempt: &Attempt<'_, T>,
    id: &RequestInErrorId,
    correction: &Correction,
    seen: Option<&Versions>,
) -> Result<Shown, NotFixed> {
    loop {
        let request = fix::read(attempt, id).await?;
        if fix::own_entry(attempt, &request).is_some() {
            return Ok(evaluated(attempt.master, request).await?);
        }
        fix::admit(&request, seen, true)?;
        let failed = failing(attempt.master, &correction.apply(&request.message)).await?;
        let entry = Entry {
            failed: failed.clone(),
            correction: correction.clone(),
            ..Entry::new(What::Corrected, &attempt.stamp())
        };
        let corrected = request.after(entry, attempt.by()).map_err(|_| Refused::HistoryFull)?;
        if fix::put(attempt, &request, &corrected).await? {
            return Ok(Shown { request: corrected, failing: failed });
        }
        attempt.again().await?;
    }
}
