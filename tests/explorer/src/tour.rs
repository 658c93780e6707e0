//! Searches many scenarios, on as many threads as there are processors.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::scenario::Scenario;
use super::search::{Gone, Search};
use super::violation::Violation;
use model::ModelTable;

/// How scenarios are searched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    /// Every interleaving.
    All,
    /// So many runs of each, picked by a seed.
    Sample {
        /// The seed.
        seed: u64,
        /// How many runs.
        runs: usize,
    },
}

/// Searches these scenarios, each with so many faults in one run, over the shipped operations as they are. Tells of each when it is done: how long it took, and what was gone
/// through or what is wrong. Returns what was gone through in all, and how many scenarios went wrong.
///
/// # Panics
/// Where the operations do not even do what the rules say for one request at a time.
pub fn tour(
    work: &[(Scenario, usize)],
    how: How,
    tell: impl Fn(&Scenario, usize, Duration, Result<&Gone, &Violation>) + Sync,
) -> (Gone, usize) {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let next = AtomicUsize::new(0);
    let total = Mutex::new((Gone::default(), 0));
    let go = || {
        while let Some((scenario, faults)) = work.get(next.fetch_add(1, Ordering::Relaxed)) {
            let began = Instant::now();
            let came = search(scenario, *faults, how);
            let told = came.as_ref().map_err(AsRef::as_ref);
            tell(scenario, *faults, began.elapsed(), told);
            let mut total = total.lock().unwrap_or_else(PoisonError::into_inner);
            match came {
                Ok(gone) => total.0 += gone,
                Err(_) => total.1 += 1,
            }
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(go);
        }
    });
    total.into_inner().unwrap_or_else(PoisonError::into_inner)
}

fn search(scenario: &Scenario, faults: usize, how: How) -> Result<Gone, Box<Violation>> {
    let over = |table: ModelTable| table;
    let search =
        Search::new(scenario, &over, faults).expect("one request at a time does as the rules say");
    match how {
        How::All => search.exhaust(),
        How::Sample { seed, runs } => search.sample(seed, runs),
    }
}
