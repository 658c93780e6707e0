//! What wrong variants make of a block and of the seats in it.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use store::item::{Item, key_of};
use store::items;
use store::table::{Page, Query, Table, TableError};
use store::writes::{Condition, Refusal, Transacted, Write};

use super::{Mutant, MutantTable};

const GUARD: &str = "GUARD";

impl MutantTable {
    /// Raises the guard together with the creation of a customer on a seat.
    pub(super) async fn with_guard(
        &self,
        token: &str,
        writes: &[Write],
    ) -> Result<Transacted, TableError> {
        let seat = writes.iter().map(Write::key).find(|key| key.sk.starts_with("SEAT#"));
        let Some(seat) = seat.filter(|_| *writes[0].condition() == Condition::Absent) else {
            return self.table.transact(token, writes).await;
        };
        let guard = self.memory().guards.get(&seat.pk).copied().unwrap_or(0);
        let text = |value: &str| AttributeValue::S(value.to_owned());
        let item = Item::from([
            (store::keys::PARTITION_KEY.to_owned(), text(&seat.pk)),
            (store::keys::SORT_KEY.to_owned(), text(GUARD)),
            (items::VERSION.to_owned(), AttributeValue::N((guard + 1).to_string())),
        ]);
        let raise = Write::Put {
            item,
            on: match guard {
                0 => Condition::Absent,
                guard => Condition::VersionIs(guard),
            },
        };
        let all: Vec<_> = writes.iter().cloned().chain([raise]).collect();
        Ok(match self.table.transact(token, &all).await? {
            Transacted::Done => Transacted::Done,
            Transacted::Refused(mut reasons) => {
                if reasons.pop().flatten().is_some() {
                    reasons.fill(Some(Refusal::Contended));
                }
                Transacted::Refused(reasons)
            }
        })
    }

    /// What this variant makes of a block.
    pub(super) fn block(&self, query: &Query, mut page: Page<Item>) -> Page<Item> {
        if self.mutant == Mutant::OutdatedBlock {
            let mut memory = self.memory();
            let first = memory
                .blocks
                .entry(query.partition.clone())
                .or_insert_with(|| page.found.iter().map(key_of).collect());
            for item in &mut page.found {
                if !first.contains(&key_of(item)) {
                    strip(item);
                }
            }
        }
        if self.mutant == Mutant::GapIgnored
            && let Some(last) = page.found.last().cloned()
        {
            fill(&mut page.found, &last, seat_of(&last).unwrap_or(0));
        }
        if self.mutant == Mutant::GuardInPlaceOfSeats {
            let is_guard = |item: &Item| key_of(item).sk == GUARD;
            let guard = page.found.iter().find(|item| is_guard(item));
            let raised = guard
                .and_then(|guard| guard.get(items::VERSION)?.as_n().ok()?.parse().ok())
                .unwrap_or(0);
            page.found.retain(|item| !is_guard(item));
            let mut memory = self.memory();
            memory.guards.insert(query.partition.clone(), raised);
            let pattern = page.found.last().cloned().unwrap_or_else(|| nobody(query));
            fill(&mut page.found, &pattern, raised);
        }
        if self.mutant == Mutant::LoserActs {
            for item in &mut page.found {
                item.remove("merged_into");
            }
        }
        page
    }
}

fn seat_of(item: &Item) -> Option<u64> {
    key_of(item).sk.strip_prefix("SEAT#")?.parse().ok()
}

/// Takes away what a customer could be known by.
pub(super) fn strip(item: &mut Item) {
    if let Some(AttributeValue::M(attributes)) = item.get_mut("attributes") {
        attributes.clear();
    }
}

/// Puts somebody unknown on every seat up to the last that nobody is seen on.
fn fill(found: &mut Vec<Item>, pattern: &Item, last: u64) {
    for seat in 1..=last {
        if !found.iter().any(|item| seat_of(item) == Some(seat)) {
            let mut item = pattern.clone();
            strip(&mut item);
            item.insert("effects".to_owned(), AttributeValue::M(HashMap::new()));
            item.insert(
                store::keys::SORT_KEY.to_owned(),
                AttributeValue::S(format!("SEAT#{seat:06}")),
            );
            found.push(item);
        }
    }
    found.sort_by_key(key_of);
}

/// A customer that nobody has seen.
fn nobody(query: &Query) -> Item {
    let text = |value: &str| AttributeValue::S(value.to_owned());
    let number = |value: &str| AttributeValue::N(value.to_owned());
    Item::from([
        (store::keys::PARTITION_KEY.to_owned(), text(&query.partition)),
        (store::keys::SORT_KEY.to_owned(), text("SEAT#000001")),
        (store::keys::INDEX_PARTITION_KEY.to_owned(), text("NUMBER#999999999")),
        (store::keys::INDEX_SORT_KEY.to_owned(), text("NUMBER")),
        ("tail".to_owned(), text("ZZZZZZZZ")),
        ("number".to_owned(), number("999999999")),
        ("version".to_owned(), number("1")),
        ("created_at".to_owned(), number("1")),
        ("updated_at".to_owned(), number("1")),
        ("attributes".to_owned(), AttributeValue::M(HashMap::new())),
        ("effects".to_owned(), AttributeValue::M(HashMap::new())),
    ])
}
