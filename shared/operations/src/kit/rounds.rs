//! Rounds: a request that decided on what is no longer so reads and decides again, a little later each time, until its time is used up.

use std::time::Duration;

use domain::outcome::Stopped;
use domain::time::Timestamp;
use store::table::Table;

/// How long a request goes on deciding again.
pub(crate) const BUDGET: Duration = Duration::from_secs(5);

/// The longest first wait, doubled from round to round.
const FIRST_WAIT: Duration = Duration::from_millis(10);

/// The longest wait.
const LONGEST_WAIT: Duration = Duration::from_millis(400);

/// The rounds of one request.
#[derive(Debug)]
pub(crate) struct Rounds<'a, T> {
    table: &'a T,
    until: Timestamp,
    longest: Duration,
}

impl<'a, T: Table> Rounds<'a, T> {
    /// The first round begins.
    pub(crate) fn begin(table: &'a T) -> Self {
        let until = Timestamp::from_millis(
            table.now().millis() + u64::try_from(BUDGET.as_millis()).expect("five seconds are few"),
        );
        Self { table, until, longest: FIRST_WAIT }
    }

    /// The next round begins, after a random wait (full jitter: Brooker 2015, "Exponential Backoff And Jitter").
    ///
    /// # Errors
    /// `Busy` when the time is used up.
    pub(crate) async fn again(&mut self) -> Result<(), Stopped> {
        if self.table.now() >= self.until {
            return Err(Stopped::Busy);
        }
        let [high, low, ..] = self.table.chance();
        let share = f64::from(u16::from_be_bytes([high, low])) / f64::from(u16::MAX);
        self.table.pause(self.longest.mul_f64(share)).await;
        self.longest = (self.longest * 2).min(LONGEST_WAIT);
        self.table.meter().round();
        Ok(())
    }
}
