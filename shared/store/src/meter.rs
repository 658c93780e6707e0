//! Counts what one request costs the table.

use std::sync::{Mutex, MutexGuard, PoisonError};

use domain::outcome::Cost;

/// Counts calls, units and rounds of one request.
#[derive(Debug, Default)]
pub struct Meter(Mutex<Count>);

#[derive(Debug, Default)]
struct Count {
    cost: Cost,
    under_way: u32,
}

/// A call that is under way; it ends when this is dropped.
#[derive(Debug)]
pub struct Call<'a>(&'a Meter);

impl Meter {
    /// Counts a call from now until the answer is dropped. A call that starts while another is under way is no further step.
    pub fn call(&self) -> Call<'_> {
        let mut count = self.count();
        count.cost.calls += 1;
        if count.under_way == 0 {
            count.cost.steps += 1;
        }
        count.under_way += 1;
        Call(self)
    }

    pub fn read(&self, units: f64) {
        self.count().cost.read_units += units;
    }

    pub fn wrote(&self, units: f64) {
        self.count().cost.write_units += units;
    }

    /// Counts that the operation decides again.
    pub fn round(&self) {
        self.count().cost.rounds += 1;
    }

    /// What was counted so far.
    pub fn cost(&self) -> Cost {
        self.count().cost
    }

    fn count(&self) -> MutexGuard<'_, Count> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Call<'_> {
    fn drop(&mut self) {
        self.0.count().under_way -= 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_side_by_side_are_one_step() {
        let meter = Meter::default();
        let (first, second) = (meter.call(), meter.call());
        drop((first, second));
        drop(meter.call());
        assert_eq!((meter.cost().steps, meter.cost().calls), (2, 3));
    }
}
