//! The rows of a batch, each as if it had come alone, as long as the batch has time.

use std::collections::BTreeMap;
use std::future::Future;
use std::time::Duration;

use domain::time::Timestamp;
use futures_util::future::join_all;
use store::table::Table;

use super::lanes::{About, stages};
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

/// What is done with each row of a batch.
pub(crate) trait RowByRow: Sync {
    /// What came of a row.
    type Outcome: Send;

    /// Does the row at this place.
    fn row(&self, place: usize) -> impl Future<Output = Self::Outcome> + Send;
}

/// Does the rows that say this of whom they are about, those in one lane in their order, and tells what came of each, in the order of all.
pub(crate) async fn in_lanes<W: RowByRow>(rows: &[About], work: &W) -> Vec<W::Outcome> {
    let mut done = BTreeMap::new();
    for stage in stages(rows) {
        let under_way = stage.iter().map(|lane| in_turn(lane, work));
        done.extend(join_all(under_way).await.into_iter().flatten());
    }
    done.into_values().collect()
}

/// Does the rows at these places one behind another, and tells what came of each.
async fn in_turn<W: RowByRow>(places: &[usize], work: &W) -> Vec<(usize, W::Outcome)> {
    let mut done = Vec::with_capacity(places.len());
    for place in places {
        done.push((*place, work.row(*place).await));
    }
    done
}
