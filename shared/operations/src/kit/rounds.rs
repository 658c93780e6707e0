//! Rounds: a request that decided on what is no longer so reads and decides again, a little later each time, until its time is used up.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use domain::time::Timestamp;
use store::table::Table;

use super::Stopped;

/// How long a request goes on deciding again.
const BUDGET_SECONDS: u64 = 5;

/// How long the first wait may be; each further one twice as long.
const FIRST_WAIT: Duration = Duration::from_millis(10);

const MAX_WAIT: Duration = Duration::from_millis(400);

/// The rounds of one request.
#[derive(Debug)]
pub(crate) struct Rounds {
    until: Timestamp,
    done: AtomicU32,
}

impl Rounds {
    /// The first round begins.
    pub(crate) fn begin(table: &impl Table) -> Self {
        Self { until: table.now().plus_seconds(BUDGET_SECONDS), done: AtomicU32::new(0) }
    }

    pub(crate) fn is_first(&self) -> bool {
        self.done.load(Ordering::Relaxed) == 0
    }

    /// The next round begins at once: what was refused told all that it must know.
    ///
    /// # Errors
    /// `Busy` when the time is used up.
    pub(crate) fn next_at_once(&self, table: &impl Table) -> Result<(), Stopped> {
        if table.now() >= self.until {
            return Err(Stopped::Busy);
        }
        self.done.fetch_add(1, Ordering::Relaxed);
        table.meter().round();
        Ok(())
    }

    /// The next round begins, after a random wait (full jitter: Brooker 2015, "Exponential Backoff And Jitter").
    ///
    /// # Errors
    /// `Busy` when the time is used up.
    pub(crate) async fn next(&self, table: &impl Table) -> Result<(), Stopped> {
        if table.now() >= self.until {
            return Err(Stopped::Busy);
        }
        let done = self.done.fetch_add(1, Ordering::Relaxed);
        let longest = FIRST_WAIT.saturating_mul(1 << done.min(10)).min(MAX_WAIT);
        let [high, low, ..] = table.chance();
        let share = f64::from(u16::from_be_bytes([high, low])) / f64::from(u16::MAX);
        table.pause(longest.mul_f64(share)).await;
        table.meter().round();
        Ok(())
    }
}
