//! The customers that a process has read lately.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use domain::customer::{Customer, Identifier};
use domain::time::Timestamp;

/// How long a customer that was read is taken for what it is, where only what a dealer left out is filled in from it.
const FRESH_SECONDS: u64 = 60;

/// How many customers are remembered.
const MAX_KNOWN: usize = 1_000;

#[derive(Debug, Default)]
pub(super) struct Known(Mutex<HashMap<Identifier, (Timestamp, Arc<Customer>)>>);

impl Known {
    pub(super) fn get(&self, identifier: &Identifier, now: Timestamp) -> Option<Arc<Customer>> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known
            .get(identifier)
            .filter(|(read, _)| read.plus_seconds(FRESH_SECONDS) > now)
            .map(|(_, customer)| Arc::clone(customer))
    }

    pub(super) fn remember(&self, customer: Arc<Customer>, now: Timestamp) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MAX_KNOWN {
            known.clear();
        }
        known.insert(customer.identifier.clone(), (now, customer));
    }

    pub(super) fn forget(&self, identifier: &Identifier) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(identifier);
    }
}
