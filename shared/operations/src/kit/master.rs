//! The customer master of one deployment: what all its operations share.

use std::sync::Arc;

use domain::controls::Controls;
use domain::time::Timestamp;
use store::client::Connection;
use store::dynamo::Dynamo;
use store::item::Item;
use store::keys;
use store::meter::{Cost, Meter};
use store::numbers::Numbers;
use store::rehearsal::Rehearsal;
use store::table::Table;

use super::in_force::{self, Known, Say};
use super::{Standardizer, Stopped};

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
    /// The master over this table. That its rules are in force there is taken for granted.
    pub fn new(table: T, controls: Controls, standardizer: Standardizer) -> Self {
        Self {
            table,
            controls: Arc::new(controls),
            numbers: Arc::default(),
            standardizer: Arc::new(standardizer),
            known: Arc::new(Known::ForGranted),
        }
    }

    /// The same master, which takes nothing for granted: it looks which rules are in force, and looks again once a minute.
    ///
    /// # Errors
    /// A sentence that says what to do, where its rules or its secret are not those of the table.
    pub async fn settled(self) -> Result<Self, String> {
        let now = self.table.now();
        let counter = self.table.get(&keys::customer_counter()).await.ok();
        self.settled_by(counter, now, Say::Has).await
    }

    /// The same, by the counter as it was read then; none where it could not be read: then the first request finds out.
    async fn settled_by(
        self,
        counter: Option<Option<Item>>,
        read_at: Timestamp,
        say: Say,
    ) -> Result<Self, String> {
        let known = Known::nothing(say);
        if let Some(counter) = counter {
            match Box::pin(in_force::settle(&self.table, &self.controls, counter, say)).await {
                Ok(()) => known.know(Some(read_at)),
                Err(unfit) => match unfit.sentence() {
                    Some(sentence) => return Err(sentence),
                    None => tracing::warn!("which rules are in force could not be found out"),
                },
            }
        }
        Ok(Self { known: Arc::new(known), ..self })
    }

    /// Sees to it that a request may decide by the rules of this process.
    pub(crate) async fn check_rules(&self) -> Result<(), Stopped> {
        self.known.check(&self.table, &self.controls).await
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
            known: Arc::clone(&self.known),
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
    /// The master of this deployment, as the environment describes it, with its connection to the database open, for a function that writes.
    ///
    /// # Errors
    /// Sentences that name the variables that are missing or bad, or that say why this deployment may not write in this table.
    pub async fn open(variable: impl Fn(&str) -> Option<String>) -> Result<Self, String> {
        Self::open_with(variable, Say::Has).await
    }

    /// The same for a function that changes customers and creates none: it leaves to the others to say which rules are in force.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub async fn open_to_change(variable: impl Fn(&str) -> Option<String>) -> Result<Self, String> {
        Self::open_with(variable, Say::None).await
    }

    async fn open_with(
        variable: impl Fn(&str) -> Option<String>,
        say: Say,
    ) -> Result<Self, String> {
        let master = Self::described(variable)?;
        let now = master.table.now();
        let counter = master.table.warm().await;
        master.settled_by(counter, now, say).await
    }

    /// The same for a function that decides nothing by its rules. It says nothing of which are in force.
    ///
    /// # Errors
    /// As [`Self::open`], but for the rules.
    pub async fn open_to_read(variable: impl Fn(&str) -> Option<String>) -> Result<Self, String> {
        let master = Self::described(variable)?;
        let counter = master.table.warm().await.flatten();
        match in_force::of_this_secret(&master.table, &master.controls, counter).await {
            Ok(_) => Ok(master),
            Err(unfit) => unfit.sentence().map_or(Ok(master), Err),
        }
    }

    fn described(variable: impl Fn(&str) -> Option<String>) -> Result<Self, String> {
        let controls = Controls::read(&variable).map_err(|sentences| sentences.join(" "))?;
        let name = variable("TABLE_NAME").ok_or("TABLE_NAME is not set.")?;
        let standardizer = Standardizer::of(&controls);
        let table = Dynamo::new(Connection::read(&variable)?.client(), &name);
        Ok(Self::new(table, controls, standardizer))
    }
}
