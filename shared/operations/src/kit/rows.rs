//! The rows of a batch: one after another, each as if it had come alone, as long as the batch has time.

use std::future::Future;
use std::time::Duration;

use domain::time::Timestamp;
use store::table::Table;

use super::{Attempt, Stopped};

/// How long a batch goes on beginning with one more row.
const BUDGET_SECONDS: u64 = 5;

/// How long one row may take, so that the answer of a batch whose last row began late is still in time.
const MAX_ROW: Duration = Duration::from_millis(2_500);

/// What of a batch's time is left.
pub(crate) struct Rows {
    until: Timestamp,
}

impl Rows {
    pub(crate) fn begin<T: Table>(attempt: &Attempt<'_, T>) -> Self {
        Self { until: attempt.table().now().plus_seconds(BUDGET_SECONDS) }
    }

    /// Does the next row, which is `attempt`.
    ///
    /// # Errors
    /// What `work` says; `Busy` where the time is over, before the row or in the middle of it: whether it had its effect then, its key will tell.
    pub(crate) async fn next<T: Table, O, E: From<Stopped>>(
        &self,
        attempt: &Attempt<'_, T>,
        work: impl Future<Output = Result<O, E>>,
    ) -> Result<O, E> {
        if attempt.table().now() >= self.until {
            return Err(Stopped::Busy.into());
        }
        let done = tokio::time::timeout(MAX_ROW, Box::pin(work)).await;
        done.unwrap_or_else(|_| Err(Stopped::Busy.into()))
    }
}
