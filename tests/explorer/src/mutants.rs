//! Deliberately wrong variants of the protocol: the table as an operation would see it that did one thing wrong. The search must find each of them; nothing that ships can be one.

mod audit;
mod block;
mod epoch;
mod merge;
mod mutant;
mod seats;
mod table;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use aws_sdk_dynamodb::types::AttributeValue;
use store::item::{Item, key_of};
use store::keys::Key;
use store::table::{Table, TableError};
use store::writes::{Condition, Refusal, Transacted, Write, Written};

use model::ModelTable;

pub use mutant::Mutant;

/// The model table through the eyes of a mutant. One for each process.
#[derive(Debug, Clone)]
pub struct MutantTable {
    table: ModelTable,
    mutant: Mutant,
    memory: Arc<Mutex<Memory>>,
}

#[derive(Debug, Default)]
struct Memory {
    /// The first look at each block.
    blocks: HashMap<String, Vec<Key>>,
    /// The guard of each block as it was last seen.
    guards: HashMap<String, u64>,
    /// A key that is still to be written.
    key: Option<Write>,
    /// Whether it has asked every writer to keep a rule.
    has_asked: bool,
}

impl MutantTable {
    /// The table of one process.
    pub fn new(table: ModelTable, mutant: Mutant) -> Self {
        Self { table, mutant, memory: Arc::default() }
    }

    fn memory(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn hides_effects(&self) -> bool {
        matches!(self.mutant, Mutant::LostAnswerIsFailure | Mutant::NewTokenAfterUnknownOutcome)
    }

    /// What this variant sees of an item.
    fn seen(&self, mut item: Item) -> Item {
        if self.hides_effects() {
            if let Some(AttributeValue::M(effects)) = item.get_mut("effects") {
                let renamed = std::mem::take(effects);
                effects.extend(
                    renamed.into_iter().map(|(id, effect)| (id.chars().rev().collect(), effect)),
                );
            }
            item.retain(|name, _| !name.starts_with("effect_"));
        }
        merge::see(self.mutant, &mut item);
        if self.mutant == Mutant::DecisionForgotten {
            merge::see_pair(&mut item);
        }
        self.remembered(&mut item);
        self.required(&mut item);
        item
    }

    fn refused(&self, refusal: Refusal) -> Refusal {
        match refusal {
            Refusal::Condition(stood) => Refusal::Condition(stood.map(|mut item| {
                self.overlooked(&mut item);
                // Who sits there is not looked at.
                if self.mutant == Mutant::OutdatedBlock && key_of(&item).sk.starts_with("SEAT#") {
                    block::strip(&mut item);
                }
                self.seen(item)
            })),
            Refusal::Contended => Refusal::Contended,
        }
    }

    /// Whether this variant drops the write's condition.
    fn drops_condition(&self, write: &Write) -> bool {
        let condition = write.condition();
        self.mutant == Mutant::SeatWithoutCondition
            && write.key().sk.starts_with("SEAT#")
            && *condition == Condition::Absent
            || self.mutant == Mutant::DealerCustomerWithoutCondition
                && matches!(condition, Condition::Unassociated(_))
            || self.mutant == Mutant::VersionNotCompared
                && matches!(condition, Condition::VersionIs(_))
    }

    async fn write_single(&self, write: &Write) -> Result<Written, TableError> {
        if self.drops_condition(write) {
            return self.table.write_unasked(write).await;
        }
        let written = match self.table.write(write).await {
            Err(TableError::Unavailable(_)) if self.mutant == Mutant::LostAnswerIsFailure => {
                return Ok(Written::Refused(Refusal::Contended));
            }
            written => written?,
        };
        Ok(match written {
            Written::Refused(Refusal::Contended) if self.mutant == Mutant::ConflictIsFailure => {
                return Err(TableError::Unavailable("a conflict".into()));
            }
            Written::Refused(refusal) => Written::Refused(self.refused(refusal)),
            Written::Done(before) => Written::Done(before),
        })
    }

    /// Writes the parts one after another; what was written stays when a later part is refused.
    async fn in_parts(&self, writes: &[Write]) -> Result<Transacted, TableError> {
        let mut reasons = vec![None; writes.len()];
        for (write, reason) in writes.iter().zip(&mut reasons) {
            if let Written::Refused(refusal) = self.table.write(write).await? {
                *reason = Some(refusal);
                return Ok(Transacted::Refused(reasons));
            }
        }
        Ok(Transacted::Done)
    }

    /// Writes the key that was put off, if there is one.
    async fn write_key(&self) -> Result<(), TableError> {
        let key = self.memory().key.take();
        if let Some(key) = key {
            self.table.write(&key).await?;
        }
        Ok(())
    }
}
