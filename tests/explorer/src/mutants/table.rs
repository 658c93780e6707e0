//! The table as a wrong variant has it: calls that it makes otherwise, answers that it takes otherwise.

use std::sync::Arc;
use std::time::Duration;

use aws_sdk_dynamodb::types::AttributeValue;
use domain::time::Timestamp;
use store::item::Item;
use store::keys::{IndexEntry, Key};
use store::meter::Meter;
use store::table::{Count, IndexQuery, Page, Query, Table, TableError};
use store::writes::{Condition, Refusal, Transacted, Write, Written};

use super::{Mutant, MutantTable, merge};

impl Table for MutantTable {
    fn metered(&self, meter: Arc<Meter>) -> Self {
        Self { table: self.table.metered(meter), ..self.clone() }
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
        Ok(if query.partition.starts_with("BLOCK#") { self.block(query, page) } else { page })
    }

    async fn index(&self, query: &IndexQuery) -> Result<Page<IndexEntry>, TableError> {
        self.table.index(query).await
    }

    async fn write(&self, write: &Write) -> Result<Written, TableError> {
        let key = write.key();
        if self.leaves_out(write) {
            return Ok(Written::Done(None));
        }
        let write = &self.otherwise(write);
        self.asked_for_a_rule(write);
        if key.pk.starts_with("KEY#") {
            if self.mutant == Mutant::KeyAfterTheEffect {
                self.memory().key = Some(write.clone());
                return Ok(Written::Done(None));
            }
            if self.mutant == Mutant::FingerprintNotCompared
                && let Write::Put { item, .. } = write
            {
                let written = self.table.write(write).await?;
                return Ok(match written {
                    Written::Refused(Refusal::Condition(Some(_))) => {
                        Written::Refused(Refusal::Condition(Some(item.clone())))
                    }
                    Written::Refused(Refusal::Condition(None) | Refusal::Contended)
                    | Written::Done(_) => written,
                });
            }
        }
        if self.mutant == Mutant::GuardInPlaceOfSeats && key.sk.starts_with("SEAT#") {
            let token = format!("{:?}", self.table.chance());
            return Ok(match self.with_guard(&token, std::slice::from_ref(write)).await? {
                Transacted::Done => Written::Done(None),
                Transacted::Refused(reasons) => Written::Refused(
                    reasons.into_iter().flatten().next().unwrap_or(Refusal::Contended),
                ),
            });
        }
        if self.mutant == Mutant::QueuedUnderARandomName
            && let Write::Put { item, on } = write
            && key.pk.starts_with("ERROR#")
            && *on == Condition::Absent
        {
            let mut item = item.clone();
            let name = domain::effect::EffectId::random(self.table.chance());
            let name = AttributeValue::S(format!("ERROR#{}", name.as_str()));
            item.insert(store::keys::PARTITION_KEY.to_owned(), name);
            return self.table.write(&Write::Put { item, on: on.clone() }).await;
        }
        let written = self.write_single(write).await?;
        self.write_key().await?;
        Ok(written)
    }

    async fn transact(&self, token: &str, writes: &[Write]) -> Result<Transacted, TableError> {
        if matches!(self.mutant, Mutant::TransactionInParts | Mutant::ResolvedInASecondWrite) {
            return self.in_parts(writes).await;
        }
        if self.mutant == Mutant::GuardInPlaceOfSeats {
            return self.with_guard(token, writes).await;
        }
        let writes = &merge::written(self.mutant, writes)[..];
        if self.mutant == Mutant::ReferenceWithoutCondition {
            return self.references_unasked(token, writes).await;
        }
        let kept = self.kept(writes);
        let places: Vec<usize> = kept.iter().map(|(place, _)| *place).collect();
        let of = writes.len();
        let writes = &kept.into_iter().map(|(_, write)| write).collect::<Vec<_>>()[..];
        let transacted = match self.table.transact(token, writes).await {
            Err(TableError::Unavailable(_)) if self.mutant == Mutant::LostAnswerIsFailure => {
                Transacted::Refused(vec![Some(Refusal::Contended); writes.len()])
            }
            Err(TableError::Unavailable(_))
                if self.mutant == Mutant::NewTokenAfterUnknownOutcome =>
            {
                self.table.transact(&format!("{token}, again"), writes).await?
            }
            transacted => transacted?,
        };
        self.write_key().await?;
        Ok(match transacted {
            Transacted::Refused(reasons)
                if self.mutant == Mutant::ConflictIsFailure
                    && reasons.contains(&Some(Refusal::Contended)) =>
            {
                return Err(TableError::Unavailable("a conflict".into()));
            }
            Transacted::Refused(reasons) => {
                let mut told = vec![None; of];
                for (place, reason) in places.into_iter().zip(reasons) {
                    told[place] = reason.map(|refusal| self.refused(refusal));
                }
                Transacted::Refused(told)
            }
            Transacted::Done => Transacted::Done,
        })
    }

    async fn add(&self, key: &Key, amount: u64) -> Result<Option<Count>, TableError> {
        if self.mutant != Mutant::NumberReadAndWritten {
            return self.table.add(key, amount).await;
        }
        let mut item = self.table.get(key).await?.unwrap_or_else(|| {
            Item::from([
                (store::keys::PARTITION_KEY.to_owned(), AttributeValue::S(key.pk.clone())),
                (store::keys::SORT_KEY.to_owned(), AttributeValue::S(key.sk.clone())),
            ])
        });
        let count =
            item.get("count").and_then(|value| value.as_n().ok()?.parse::<u64>().ok()).unwrap_or(0)
                + amount;
        item.insert("count".to_owned(), AttributeValue::N(count.to_string()));
        self.table.write_unasked(&Write::Put { item, on: Condition::Absent }).await?;
        Ok(Some(Count { count, ceiling: u64::MAX }))
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
