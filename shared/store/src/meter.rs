//! Counts what one request costs the table.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// What one request cost the table.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Cost {
    /// Calls one after another: how often the request waited for the table. Calls made side by side are one step.
    pub steps: u32,
    /// All calls.
    pub calls: u32,
    /// Read capacity units, as the database reported them.
    pub read_units: f64,
    /// Write capacity units, as the database reported them, indexes included.
    pub write_units: f64,
    /// How often the operation decided again, because what it had decided on changed meanwhile: 0 without a conflict.
    pub rounds: u32,
    /// How many blocks were damaged: a seat was lost, or a reference led nowhere.
    pub damaged_blocks: u32,
    /// How many blocks have more than [`crate::block::LARGE`] items.
    pub large_blocks: u32,
    /// How many keys of possible duplicates led to too many, and were passed over.
    pub keys_passed_over: u32,
}

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

    /// Counts a block in which something was lost.
    pub fn damaged_block(&self) {
        self.count().cost.damaged_blocks += 1;
    }

    /// Counts a block that is too large for its readers.
    pub fn large_block(&self) {
        self.count().cost.large_blocks += 1;
    }

    /// Counts a key that leads to too many.
    pub fn key_passed_over(&self) {
        self.count().cost.keys_passed_over += 1;
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
