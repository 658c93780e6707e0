//! What wrong variants make of the rules in force.

use aws_sdk_dynamodb::types::AttributeValue;
use store::item::{Item, key_of};
use store::keys;
use store::writes::Write;

use super::{Mutant, MutantTable};

/// The attribute of the counter with the rules under which every customer has its seats.
const COMPLETE: &str = "complete_rules";

/// The attribute with the rule that every writer must keep.
const REQUIRED: &str = "required_rule";

/// The rules that are complete, and the one that is required, where this says so.
fn said(said: &Item) -> Option<(Vec<AttributeValue>, AttributeValue)> {
    Some((said.get(COMPLETE)?.as_l().ok()?.clone(), said.get(REQUIRED)?.clone()))
}

impl MutantTable {
    /// What this variant sees of the rule that is required: the first that is complete, until it has asked for another itself.
    pub(super) fn required(&self, item: &mut Item) {
        if self.mutant == Mutant::RequiredRuleIgnored
            && key_of(item).pk == keys::customer_counter().pk
            && !self.memory().has_asked
            && let Some((complete, required)) = said(item)
            && !complete.contains(&required)
        {
            item.extend(complete.first().map(|first| (REQUIRED.to_owned(), first.clone())));
        }
    }

    /// Notes that this process has asked every writer to keep a rule.
    pub(super) fn asked_for_a_rule(&self, write: &Write) {
        let asks = matches!(write, Write::Update { set, .. } if set.contains_key(REQUIRED));
        self.memory().has_asked |= asks;
    }

    /// The same write, which calls the rule complete that it asks for.
    pub(super) fn complete_at_once(&self, write: &Write) -> Write {
        let mut write = write.clone();
        if self.mutant == Mutant::CompleteBeforeTheSeats
            && let Write::Update { set, .. } = &mut write
            && let Some((mut complete, required)) = said(set)
            && !complete.contains(&required)
        {
            complete.push(required);
            set.insert(COMPLETE.to_owned(), AttributeValue::L(complete));
        }
        write
    }
}
