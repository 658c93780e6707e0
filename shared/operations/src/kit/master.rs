//! The customer master of one deployment: what all its operations share.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use domain::controls::Controls;
use domain::customer::{Customer, Identifier};
use domain::outcome::Cost;
use domain::time::Timestamp;
use store::client::Connection;
use store::dynamo::Dynamo;
use store::meter::Meter;
use store::numbers::Numbers;
use store::table::{Table, TableError};
use store::{items, keys};

use crate::kit::Standardizer;

/// How long a customer that was read is taken for what it is, where only what a dealer left out is filled in from it.
const FRESH_SECONDS: u64 = 60;

/// How many customers are remembered at the most.
const MOST_KNOWN: usize = 1_000;

/// The customer master: its table, its controls, and what one process remembers between requests.
#[derive(Debug, Clone)]
pub struct Master<T> {
    pub(crate) table: T,
    pub(crate) controls: Arc<Controls>,
    pub(crate) numbers: Arc<Numbers>,
    pub(crate) standardizer: Arc<Standardizer>,
    known: Arc<Known>,
}

impl<T: Table> Master<T> {
    /// The master over this table.
    pub fn new(table: T, controls: Controls, standardizer: Standardizer) -> Self {
        Self {
            table,
            controls: Arc::new(controls),
            numbers: Arc::default(),
            standardizer: Arc::new(standardizer),
            known: Arc::default(),
        }
    }

    /// The same master for one request, whose calls are counted from zero.
    #[must_use]
    pub fn counted(&self) -> Self {
        Self { table: self.table.metered(Arc::new(Meter::default())), ..self.clone() }
    }

    /// What the request cost so far.
    pub fn cost(&self) -> Cost {
        self.table.meter().cost()
    }

    /// The controls.
    pub fn controls(&self) -> &Controls {
        &self.controls
    }

    /// The table.
    pub fn table(&self) -> &T {
        &self.table
    }

    /// A customer as it stands.
    pub(crate) async fn customer(
        &self,
        identifier: &Identifier,
    ) -> Result<Option<Customer>, TableError> {
        self.table.get(&keys::customer(identifier)).await?.map(items::customer).transpose()
    }

    /// A customer as it stood a minute ago at the most. Customers never vanish, so one that was seen needs no look to be known.
    pub(crate) async fn known_customer(
        &self,
        identifier: &Identifier,
    ) -> Result<Option<Arc<Customer>>, TableError> {
        let now = self.table.now();
        if let Some(customer) = self.known.get(identifier, now) {
            return Ok(Some(customer));
        }
        let customer = self.customer(identifier).await?.map(Arc::new);
        if let Some(customer) = &customer {
            self.known.remember(Arc::clone(customer), now);
        }
        Ok(customer)
    }

    /// Forgets what this process remembers of a customer: its data are not to be filled in any more.
    pub(crate) fn forget(&self, identifier: &Identifier) {
        self.known.forget(identifier);
    }
}

impl Master<Dynamo> {
    /// The master of this deployment, as the environment describes it, with its connection to the database open.
    ///
    /// # Errors
    /// Sentences that name the variables that are missing or bad.
    pub async fn open(variable: impl Fn(&str) -> Option<String>) -> Result<Self, String> {
        let controls = Controls::read(&variable).map_err(|sentences| sentences.join(" "))?;
        let name = variable("TABLE_NAME").ok_or("TABLE_NAME is not set.")?;
        let standardizer = Standardizer::of(&controls);
        let table = Dynamo::new(Connection::read(&variable)?.client(), &name);
        table.warm().await;
        Ok(Self::new(table, controls, standardizer))
    }
}

/// The customers that a process has read lately.
#[derive(Debug, Default)]
struct Known(Mutex<HashMap<Identifier, (Timestamp, Arc<Customer>)>>);

impl Known {
    fn get(&self, identifier: &Identifier, now: Timestamp) -> Option<Arc<Customer>> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known
            .get(identifier)
            .filter(|(read, _)| read.plus_seconds(FRESH_SECONDS) > now)
            .map(|(_, customer)| Arc::clone(customer))
    }

    fn remember(&self, customer: Arc<Customer>, now: Timestamp) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MOST_KNOWN {
            known.clear();
        }
        known.insert(customer.identifier.clone(), (now, customer));
    }

    fn forget(&self, identifier: &Identifier) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(identifier);
    }
}
