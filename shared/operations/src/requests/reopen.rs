//! Reopen a request in error that was deleted, as long as it is kept: it is judged anew and waits again.

use domain::request::{Entry, RequestInError, RequestInErrorId, State, Versions, What};
use domain::time::Timestamp;
use store::table::Table;
use tokio::join;

use super::fix::{self, NotFixed, Refused, Remarked};
use super::show::{Shown, evaluated};
use crate::kit::Attempt;
use crate::messages::failing;

/// `seen` are the versions that the caller is content with; none where it named none, and is refused.
pub async fn reopen<T: Table>(
    attempt: &Attempt<'_, T>,
    id: &RequestInErrorId,
    seen: Option<&Versions>,
) -> Result<Remarked, NotFixed> {
    let (bound, mut found) = join!(attempt.bind(), fix::read(attempt, id));
    bound?;
    loop {
        let request = found?;
        if fix::own_entry(attempt, &request).is_some() {
            let shown = evaluated(attempt.master, request).await?;
            return Ok(Remarked { shown, replayed: attempt.is_replay() });
        }
        admit(&request, attempt.table().now())?;
        fix::admit_version(&request, seen, true)?;
        let failed = failing(attempt.master, &request.message).await?;
        let entry =
            Entry { failed: failed.clone(), ..Entry::new(What::Reopened, &attempt.stamp()) };
        let reopened = request.after(entry, attempt.by()).map_err(|_| Refused::HistoryFull)?;
        if fix::put(attempt, &request, &reopened).await? {
            let shown = Shown { request: reopened, failing: failed };
            return Ok(Remarked { shown, replayed: false });
        }
        attempt.again().await?;
        found = fix::read(attempt, id).await;
    }
}

/// Goes on only with one that was deleted, is kept still, and has something left to fix.
fn admit(request: &RequestInError, now: Timestamp) -> Result<(), Refused> {
    match request.state {
        State::Open => Err(Refused::AlreadyOpen),
        State::Resolved => Err(Refused::AlreadyResolved(request.customer_number())),
        State::Deleted if request.expires_at().is_some_and(|end| end <= now) => {
            Err(Refused::Unknown)
        }
        State::Deleted if request.is_erased() => Err(Refused::AlreadyDeleted),
        State::Deleted => Ok(()),
    }
}
