//! Deliberately wrong variants of the protocol: the table as an operation would see it that did one thing wrong. The search must find each of them; nothing that ships can be one.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use aws_sdk_dynamodb::types::AttributeValue;
use domain::time::Timestamp;
use store::item::{Item, key_of};
use store::items;
use store::keys::{IndexEntry, Key};
use store::meter::Meter;
use store::table::{IndexQuery, Page, Query, Table, TableError};
use store::writes::{Condition, Refusal, Transacted, Write, Written};

use crate::model::ModelTable;

/// What is done wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wrong {
    /// A seat is taken without the condition that it is free.
    SeatWithoutCondition,
    /// The free seat is looked up anew, but who sits on the others is decided by an earlier look at the block.
    OutdatedBlock,
    /// A guard item beside the customers is raised with each creation and tells which seat is free; the customers behind it may not be visible yet.
    GuardInPlaceOfSeats,
    /// The next number is read and written back.
    NumberReadAndWritten,
    /// The parts of a transaction are written one after another.
    TransactionInParts,
    /// The request in error is resolved in a second write.
    ResolvedInASecondWrite,
    /// The idempotency key is written after the effect.
    KeyAfterTheEffect,
    /// The fingerprint of a known key is not compared.
    FingerprintNotCompared,
    /// A conflict is a failure.
    ConflictIsFailure,
    /// A lost answer counts as a refusal, and what the request did is not looked for.
    LostAnswerIsFailure,
    /// A gap in the seats is filled up.
    GapIgnored,
    /// An unknown outcome is tried with a new token, and its refusal is taken at its word.
    NewTokenAfterUnknownOutcome,
    /// A dealer customer is associated whoever it belongs to.
    DealerCustomerWithoutCondition,
    /// A customer is updated whatever its version is.
    VersionNotCompared,
    /// A failed message is queued under a random name.
    QueuedUnderARandomName,
}

impl Wrong {
    /// All of them.
    pub const ALL: [Self; 15] = [
        Self::SeatWithoutCondition,
        Self::OutdatedBlock,
        Self::GuardInPlaceOfSeats,
        Self::NumberReadAndWritten,
        Self::TransactionInParts,
        Self::ResolvedInASecondWrite,
        Self::KeyAfterTheEffect,
        Self::FingerprintNotCompared,
        Self::ConflictIsFailure,
        Self::LostAnswerIsFailure,
        Self::GapIgnored,
        Self::NewTokenAfterUnknownOutcome,
        Self::DealerCustomerWithoutCondition,
        Self::VersionNotCompared,
        Self::QueuedUnderARandomName,
    ];
}

/// The model table through the eyes of a wrong variant. One for each process.
#[derive(Debug, Clone)]
pub struct Crooked {
    table: ModelTable,
    wrong: Wrong,
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
}

const GUARD: &str = "GUARD";

impl Crooked {
    /// The table of one process.
    pub fn new(table: ModelTable, wrong: Wrong) -> Self {
        Self {
            table,
            wrong,
            memory: Arc::default(),
        }
    }

    fn memory(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn hides_effects(&self) -> bool {
        matches!(
            self.wrong,
            Wrong::LostAnswerIsFailure | Wrong::NewTokenAfterUnknownOutcome
        )
    }

    /// What this variant sees of an item.
    fn seen(&self, mut item: Item) -> Item {
        if self.hides_effects() {
            if let Some(AttributeValue::M(effects)) = item.get_mut("effects") {
                let renamed = std::mem::take(effects);
                effects.extend(
                    renamed
                        .into_iter()
                        .map(|(id, effect)| (id.chars().rev().collect(), effect)),
                );
            }
            item.retain(|name, _| !name.starts_with("effect_"));
        }
        item
    }

    fn refused(&self, refusal: Refusal) -> Refusal {
        match refusal {
            Refusal::Condition(stood) => Refusal::Condition(stood.map(|item| self.seen(item))),
            Refusal::Contended => Refusal::Contended,
        }
    }

    /// Whether this variant drops the write's condition.
    fn drops_condition(&self, write: &Write) -> bool {
        let sort = write.key().sk;
        match self.wrong {
            Wrong::SeatWithoutCondition => {
                sort.starts_with("SEAT#") && *write.condition() == Condition::Absent
            }
            Wrong::DealerCustomerWithoutCondition => {
                matches!(write.condition(), Condition::Unassociated(_))
            }
            Wrong::VersionNotCompared => matches!(write.condition(), Condition::VersionIs(_)),
            Wrong::OutdatedBlock
            | Wrong::GuardInPlaceOfSeats
            | Wrong::NumberReadAndWritten
            | Wrong::TransactionInParts
            | Wrong::ResolvedInASecondWrite
            | Wrong::KeyAfterTheEffect
            | Wrong::FingerprintNotCompared
            | Wrong::ConflictIsFailure
            | Wrong::LostAnswerIsFailure
            | Wrong::GapIgnored
            | Wrong::NewTokenAfterUnknownOutcome
            | Wrong::QueuedUnderARandomName => false,
        }
    }

    async fn write_single(&self, write: &Write) -> Result<Written, TableError> {
        if self.drops_condition(write) {
            return self.table.write_unasked(write).await;
        }
        let written = match self.table.write(write).await {
            Err(TableError::Unavailable(_)) if self.wrong == Wrong::LostAnswerIsFailure => {
                return Ok(Written::Refused(Refusal::Contended));
            }
            written => written?,
        };
        Ok(match written {
            Written::Refused(Refusal::Contended) if self.wrong == Wrong::ConflictIsFailure => {
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

    /// Raises the guard together with the creation of a customer on a seat.
    async fn with_guard(&self, token: &str, writes: &[Write]) -> Result<Transacted, TableError> {
        let seat = writes
            .iter()
            .map(Write::key)
            .find(|key| key.sk.starts_with("SEAT#"));
        let Some(seat) = seat.filter(|_| *writes[0].condition() == Condition::Absent) else {
            return self.table.transact(token, writes).await;
        };
        let guard = self.memory().guards.get(&seat.pk).copied().unwrap_or(0);
        let text = |value: &str| AttributeValue::S(value.to_owned());
        let item = Item::from([
            (store::keys::PARTITION_KEY.to_owned(), text(&seat.pk)),
            (store::keys::SORT_KEY.to_owned(), text(GUARD)),
            (
                items::VERSION.to_owned(),
                AttributeValue::N((guard + 1).to_string()),
            ),
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
    fn block(&self, query: &Query, mut page: Page<Item>) -> Page<Item> {
        match self.wrong {
            Wrong::OutdatedBlock => {
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
            Wrong::GapIgnored => {
                if let Some(last) = page.found.last().cloned() {
                    fill(&mut page.found, &last, seat_of(&last).unwrap_or(0));
                }
            }
            Wrong::GuardInPlaceOfSeats => {
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
            Wrong::SeatWithoutCondition
            | Wrong::NumberReadAndWritten
            | Wrong::TransactionInParts
            | Wrong::ResolvedInASecondWrite
            | Wrong::KeyAfterTheEffect
            | Wrong::FingerprintNotCompared
            | Wrong::ConflictIsFailure
            | Wrong::LostAnswerIsFailure
            | Wrong::NewTokenAfterUnknownOutcome
            | Wrong::DealerCustomerWithoutCondition
            | Wrong::VersionNotCompared
            | Wrong::QueuedUnderARandomName => {}
        }
        page
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

fn seat_of(item: &Item) -> Option<u64> {
    key_of(item).sk.strip_prefix("SEAT#")?.parse().ok()
}

/// Takes away what a customer could be known by.
fn strip(item: &mut Item) {
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
}

/// A customer that nobody has seen.
fn nobody(query: &Query) -> Item {
    let text = |value: &str| AttributeValue::S(value.to_owned());
    let number = |value: &str| AttributeValue::N(value.to_owned());
    Item::from([
        (
            store::keys::PARTITION_KEY.to_owned(),
            text(&query.partition),
        ),
        (store::keys::SORT_KEY.to_owned(), text("SEAT#000001")),
        (
            store::keys::INDEX_PARTITION_KEY.to_owned(),
            text("NUMBER#999999999"),
        ),
        (store::keys::INDEX_SORT_KEY.to_owned(), text("NUMBER")),
        ("number".to_owned(), number("999999999")),
        ("version".to_owned(), number("1")),
        ("created_at".to_owned(), number("1")),
        ("updated_at".to_owned(), number("1")),
        ("attributes".to_owned(), AttributeValue::M(HashMap::new())),
        ("effects".to_owned(), AttributeValue::M(HashMap::new())),
    ])
}

impl Table for Crooked {
    fn metered(&self, meter: Arc<Meter>) -> Self {
        Self {
            table: self.table.metered(meter),
            ..self.clone()
        }
    }

    fn meter(&self) -> &Meter {
        self.table.meter()
    }

    async fn get(&self, key: &Key) -> Result<Option<Item>, TableError> {
        Ok(self.table.get(key).await?.map(|item| self.seen(item)))
    }

    async fn get_all(&self, keys: &[Key]) -> Result<Vec<Item>, TableError> {
        let found = self.table.get_all(keys).await?;
        Ok(found.into_iter().map(|item| self.seen(item)).collect())
    }

    async fn query(&self, query: &Query) -> Result<Page<Item>, TableError> {
        let mut page = self.table.query(query).await?;
        page.found = page.found.into_iter().map(|item| self.seen(item)).collect();
        Ok(if query.partition.starts_with("BLOCK#") {
            self.block(query, page)
        } else {
            page
        })
    }

    async fn index(&self, query: &IndexQuery) -> Result<Page<IndexEntry>, TableError> {
        self.table.index(query).await
    }

    async fn write(&self, write: &Write) -> Result<Written, TableError> {
        let key = write.key();
        if key.pk.starts_with("KEY#") {
            match (self.wrong, write) {
                (Wrong::KeyAfterTheEffect, _) => {
                    self.memory().key = Some(write.clone());
                    return Ok(Written::Done(None));
                }
                (Wrong::FingerprintNotCompared, Write::Put { item, .. }) => {
                    let written = self.table.write(write).await?;
                    return Ok(match written {
                        Written::Refused(Refusal::Condition(Some(_))) => {
                            Written::Refused(Refusal::Condition(Some(item.clone())))
                        }
                        other => other,
                    });
                }
                _ => {}
            }
        }
        if self.wrong == Wrong::GuardInPlaceOfSeats && key.sk.starts_with("SEAT#") {
            let token = format!("{:?}", self.table.chance());
            return Ok(
                match self.with_guard(&token, std::slice::from_ref(write)).await? {
                    Transacted::Done => Written::Done(None),
                    Transacted::Refused(reasons) => Written::Refused(
                        reasons
                            .into_iter()
                            .flatten()
                            .next()
                            .unwrap_or(Refusal::Contended),
                    ),
                },
            );
        }
        if self.wrong == Wrong::QueuedUnderARandomName
            && let Write::Put { item, on } = write
            && key.pk.starts_with("ERROR#")
            && *on == Condition::Absent
        {
            let mut item = item.clone();
            let name = domain::effect::EffectId::random(self.table.chance());
            let name = AttributeValue::S(format!("ERROR#{}", name.as_str()));
            item.insert(store::keys::PARTITION_KEY.to_owned(), name);
            return self
                .table
                .write(&Write::Put {
                    item,
                    on: on.clone(),
                })
                .await;
        }
        let written = self.write_single(write).await?;
        self.write_key().await?;
        Ok(written)
    }

    async fn transact(&self, token: &str, writes: &[Write]) -> Result<Transacted, TableError> {
        match self.wrong {
            Wrong::TransactionInParts | Wrong::ResolvedInASecondWrite => {
                return self.in_parts(writes).await;
            }
            Wrong::GuardInPlaceOfSeats => return self.with_guard(token, writes).await,
            Wrong::SeatWithoutCondition
            | Wrong::OutdatedBlock
            | Wrong::NumberReadAndWritten
            | Wrong::KeyAfterTheEffect
            | Wrong::FingerprintNotCompared
            | Wrong::ConflictIsFailure
            | Wrong::LostAnswerIsFailure
            | Wrong::GapIgnored
            | Wrong::NewTokenAfterUnknownOutcome
            | Wrong::DealerCustomerWithoutCondition
            | Wrong::VersionNotCompared
            | Wrong::QueuedUnderARandomName => {}
        }
        let transacted = match self.table.transact(token, writes).await {
            Err(TableError::Unavailable(_)) if self.wrong == Wrong::LostAnswerIsFailure => {
                Transacted::Refused(vec![Some(Refusal::Contended); writes.len()])
            }
            Err(TableError::Unavailable(_)) if self.wrong == Wrong::NewTokenAfterUnknownOutcome => {
                self.table
                    .transact(&format!("{token}, again"), writes)
                    .await?
            }
            transacted => transacted?,
        };
        self.write_key().await?;
        Ok(match transacted {
            Transacted::Refused(reasons)
                if self.wrong == Wrong::ConflictIsFailure
                    && reasons.contains(&Some(Refusal::Contended)) =>
            {
                return Err(TableError::Unavailable("a conflict".into()));
            }
            Transacted::Refused(reasons) => Transacted::Refused(
                reasons
                    .into_iter()
                    .map(|reason| reason.map(|refusal| self.refused(refusal)))
                    .collect(),
            ),
            Transacted::Done => Transacted::Done,
        })
    }

    async fn add(&self, key: &Key, amount: u64) -> Result<u64, TableError> {
        if self.wrong != Wrong::NumberReadAndWritten {
            return self.table.add(key, amount).await;
        }
        let mut item = self.table.get(key).await?.unwrap_or_else(|| {
            Item::from([
                (
                    store::keys::PARTITION_KEY.to_owned(),
                    AttributeValue::S(key.pk.clone()),
                ),
                (
                    store::keys::SORT_KEY.to_owned(),
                    AttributeValue::S(key.sk.clone()),
                ),
            ])
        });
        let count = item
            .get("count")
            .and_then(|value| value.as_n().ok()?.parse::<u64>().ok())
            .unwrap_or(0)
            + amount;
        item.insert("count".to_owned(), AttributeValue::N(count.to_string()));
        self.table
            .write_unasked(&Write::Put {
                item,
                on: Condition::Absent,
            })
            .await?;
        Ok(count)
    }

    fn now(&self) -> Timestamp {
        self.table.now()
    }

    fn chance(&self) -> [u8; 10] {
        self.table.chance()
    }

    async fn pause(&self, duration: Duration) {
        self.table.pause(duration).await;
    }
}
