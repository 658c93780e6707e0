//! The customer master of one deployment: what all its operations share.

use std::sync::Arc;

use domain::controls::Controls;
use store::client::Connection;
use store::dynamo::Dynamo;
use store::meter::{Cost, Meter};
use store::numbers::Numbers;
use store::rehearsal::Rehearsal;
use store::table::Table;

use super::Standardizer;

/// The customer master: its table, its controls, and what one process remembers between requests.
#[derive(Debug, Clone)]
pub struct Master<T> {
    pub(crate) table: T,
    pub(crate) controls: Arc<Controls>,
    pub(crate) numbers: Arc<Numbers>,
    pub(crate) standardizer: Arc<Standardizer>,
}

impl<T: Table> Master<T> {
    /// The master over this table.
    pub fn new(table: T, controls: Controls, standardizer: Standardizer) -> Self {
        Self {
            table,
            controls: Arc::new(controls),
            numbers: Arc::default(),
            standardizer: Arc::new(standardizer),
        }
    }

    /// The same master for one request, whose calls are counted from zero.
    #[must_use]
    pub fn counted(&self) -> Self {
        Self { table: self.table.metered(Arc::new(Meter::default())), ..self.clone() }
    }

    /// The same master over a table that keeps to itself what is written on it; its numbers are nobody's.
    pub(crate) fn rehearsal(&self) -> Master<Rehearsal<T>> {
        Master {
            table: Rehearsal::on(self.table.clone()),
            controls: Arc::clone(&self.controls),
            numbers: Arc::default(),
            standardizer: Arc::clone(&self.standardizer),
        }
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
