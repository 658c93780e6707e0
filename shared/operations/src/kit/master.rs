//! The customer master of one deployment: what all its operations share.

use std::sync::Arc;

use domain::controls::Controls;
use domain::customer::{Customer, Identifier};
use store::client::Connection;
use store::dynamo::Dynamo;
use store::meter::{Cost, Meter};
use store::numbers::Numbers;
use store::records;
use store::table::{Table, TableError};

use super::Standardizer;
use super::known::Known;

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

    pub fn controls(&self) -> &Controls {
        &self.controls
    }

    pub fn table(&self) -> &T {
        &self.table
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
        let customer = records::customer(&self.table, identifier).await?.map(Arc::new);
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
