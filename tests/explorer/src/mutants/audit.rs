//! What wrong variants make of the audit's own calls, and of what is remembered.

use aws_sdk_dynamodb::types::AttributeValue;
use store::item::Item;
use store::keys::Key;
use store::table::{Check, MAX_ITEMS, Segment, Table, TableError, Walked, WholeTable};
use store::writes::{Transacted, Write};

use super::{Mutant, MutantTable};

/// So many remembered updates are all that are ever seen.
const SEEN_EFFECTS: usize = 40;

impl MutantTable {
    /// What this variant sees of what a customer remembers.
    pub(super) fn remembered(&self, item: &mut Item) {
        if self.mutant == Mutant::ForgottenDoneAgain
            && let Some(AttributeValue::M(effects)) = item.get_mut("effects")
        {
            let mut ids: Vec<String> = effects.keys().cloned().collect();
            ids.sort_unstable();
            for id in ids.iter().skip(SEEN_EFFECTS) {
                effects.remove(id);
            }
        }
    }

    /// Whether this variant leaves the write out.
    pub(super) fn leaves_out(&self, write: &Write) -> bool {
        let is_topic = || write.key().pk.starts_with("ABOUT#");
        let remembers =
            || matches!(write, Write::Update { set, .. } if set.contains_key("unchanged"));
        self.mutant == Mutant::TopicsNotWritten && is_topic()
            || self.mutant == Mutant::NothingRemembered && remembers()
    }
}

impl WholeTable for MutantTable {
    async fn walk(
        &self,
        segment: Segment,
        after: Option<&Key>,
        limit: u32,
    ) -> Result<Walked, TableError> {
        self.table.walk(segment, after, limit).await
    }

    async fn get_together(&self, keys: &[Key]) -> Result<Option<Vec<Option<Item>>>, TableError> {
        if self.mutant != Mutant::AuditLooksOneByOne {
            return self.table.get_together(keys).await;
        }
        assert!(keys.len() <= MAX_ITEMS, "as many as are read together");
        let mut found = Vec::with_capacity(keys.len());
        for key in keys {
            found.push(self.table.get(key).await?);
        }
        Ok(Some(found))
    }

    async fn transact_while(
        &self,
        token: &str,
        writes: &[Write],
        checks: &[Check],
    ) -> Result<Transacted, TableError> {
        if self.mutant == Mutant::AuditSeatWithoutCondition {
            for seat in writes.iter().filter(|write| write.takes_a_place()) {
                self.table.write_unasked(seat).await?;
            }
            let others: Vec<Write> =
                writes.iter().filter(|write| !write.takes_a_place()).cloned().collect();
            if others.is_empty() {
                return Ok(Transacted::Done);
            }
            return self.table.transact_while(token, &others, checks).await;
        }
        self.table.transact_while(token, writes, checks).await
    }
}
