//! The table in DynamoDB.

mod answers;
mod requests;
mod whole;

use std::error::Error;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_dynamodb::operation::query::QueryOutput;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::{
    ConsumedCapacity, KeysAndAttributes, ReturnConsumedCapacity, ReturnValue,
    ReturnValuesOnConditionCheckFailure, Select, TransactWriteItem,
};
use domain::time::Timestamp;

use crate::expressions::Expression;
use crate::item::Item;
use crate::keys::IndexEntry;
use crate::keys::{self, Key};
use crate::meaning;
use crate::meter::Meter;
use crate::table::{Count, Counted, IndexQuery, Page, Query, Table, TableError};
use crate::writes::{Refusal, Transacted, Write, Written};
use answers::{Refused, could_not, defect, index_entry, refusals, stood_there, units};
use requests::{key_map, text, transact_item};

/// How often a transaction that is still in progress, or a batch that was not read whole, is asked for again.
const AGAIN: u32 = 4;

#[derive(Debug, Clone)]
pub struct Dynamo {
    client: Client,
    name: Arc<str>,
    meter: Arc<Meter>,
}

impl Dynamo {
    pub fn new(client: Client, name: &str) -> Self {
        Self { client, name: name.into(), meter: Arc::default() }
    }

    /// Opens the connection with a read of the counter, so that the first request finds it open. None where the read failed: the first request will tell.
    pub async fn warm(&self) -> Option<Option<Item>> {
        let counter = self.get(&keys::customer_counter()).await;
        if let Err(error) = &counter {
            tracing::warn!(error = error as &dyn Error, "the warming read failed");
        }
        counter.ok()
    }

    async fn index_page(
        &self,
        query: &IndexQuery,
        select: Option<Select>,
    ) -> Result<QueryOutput, TableError> {
        let mut expression = Expression::default();
        let condition = format!(
            "{} AND {}",
            expression.equals(keys::INDEX_PARTITION_KEY, text(&query.partition)),
            expression.between(keys::INDEX_SORT_KEY, &query.from, &query.to)
        );
        let start = query.after.as_ref().map(|entry| {
            let mut start = key_map(&entry.key);
            start.insert(keys::INDEX_PARTITION_KEY.to_owned(), text(&query.partition));
            start.insert(keys::INDEX_SORT_KEY.to_owned(), text(&entry.sort));
            start
        });
        let _call = self.meter.call();
        let got = self
            .client
            .query()
            .table_name(&*self.name)
            .index_name(keys::INDEX)
            .key_condition_expression(condition)
            .set_expression_attribute_names(expression.names())
            .set_expression_attribute_values(expression.values())
            .set_exclusive_start_key(start)
            .scan_index_forward(!query.descending)
            .set_select(select)
            .limit(i32::try_from(query.limit).unwrap_or(i32::MAX))
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send()
            .await
            .map_err(could_not)?;
        self.read(got.consumed_capacity());
        Ok(got)
    }

    fn read(&self, capacity: Option<&ConsumedCapacity>) {
        self.meter.read(units(capacity));
    }

    fn wrote(&self, capacity: Option<&ConsumedCapacity>) {
        self.meter.wrote(units(capacity));
    }
}

impl Table for Dynamo {
    fn metered(&self, meter: Arc<Meter>) -> Self {
        Self { meter, ..self.clone() }
    }

    fn meter(&self) -> &Meter {
        &self.meter
    }

    async fn get(&self, key: &Key) -> Result<Option<Item>, TableError> {
        let _call = self.meter.call();
        let got = self
            .client
            .get_item()
            .table_name(&*self.name)
            .set_key(Some(key_map(key)))
            .consistent_read(true)
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send()
            .await
            .map_err(could_not)?;
        self.read(got.consumed_capacity());
        Ok(got.item)
    }

    async fn get_all(&self, keys: &[Key]) -> Result<Vec<Item>, TableError> {
        let mut found = Vec::with_capacity(keys.len());
        let mut wanted: Vec<_> = keys.iter().map(key_map).collect();
        for attempt in 0..AGAIN {
            if wanted.is_empty() {
                return Ok(found);
            }
            if attempt > 0 {
                self.pause(Duration::from_millis(25_u64 << attempt)).await;
            }
            let request = KeysAndAttributes::builder()
                .set_keys(Some(wanted))
                .consistent_read(true)
                .build()
                .map_err(defect)?;
            let _call = self.meter.call();
            let got = self
                .client
                .batch_get_item()
                .request_items(&*self.name, request)
                .return_consumed_capacity(ReturnConsumedCapacity::Total)
                .send()
                .await
                .map_err(could_not)?;
            self.meter
                .read(got.consumed_capacity().iter().map(|capacity| units(Some(capacity))).sum());
            found.extend(got.responses.into_iter().flatten().flat_map(|(_, items)| items));
            wanted = got
                .unprocessed_keys
                .into_iter()
                .flatten()
                .flat_map(|(_, left)| left.keys)
                .collect();
        }
        if wanted.is_empty() {
            Ok(found)
        } else {
            Err(TableError::Unavailable("a batch was not read whole".into()))
        }
    }

    async fn query(&self, query: &Query) -> Result<Page<Item>, TableError> {
        let mut expression = Expression::default();
        let mut condition = expression.equals(keys::PARTITION_KEY, text(&query.partition));
        if !query.prefix.is_empty() {
            condition = format!(
                "{condition} AND {}",
                expression.begins_with(keys::SORT_KEY, &query.prefix)
            );
        }
        let start = query
            .after
            .as_ref()
            .map(|sk| key_map(&Key { pk: query.partition.clone(), sk: sk.clone() }));
        let _call = self.meter.call();
        let got = self
            .client
            .query()
            .table_name(&*self.name)
            .consistent_read(true)
            .key_condition_expression(condition)
            .set_expression_attribute_names(expression.names())
            .set_expression_attribute_values(expression.values())
            .set_exclusive_start_key(start)
            .set_limit(query.limit.and_then(|limit| i32::try_from(limit).ok()))
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send()
            .await
            .map_err(could_not)?;
        self.read(got.consumed_capacity());
        Ok(Page { more: got.last_evaluated_key.is_some(), found: got.items.unwrap_or_default() })
    }

    async fn index(&self, query: &IndexQuery) -> Result<Page<IndexEntry>, TableError> {
        let got = self.index_page(query, None).await?;
        let more = got.last_evaluated_key.is_some();
        let found =
            got.items.unwrap_or_default().into_iter().map(index_entry).collect::<Result<_, _>>()?;
        Ok(Page { found, more })
    }

    async fn count(&self, query: &IndexQuery) -> Result<Counted, TableError> {
        let got = self.index_page(query, Some(Select::Count)).await?;
        let last = got.last_evaluated_key.map(index_entry).transpose()?;
        Ok(Counted { entries: u64::try_from(got.count).map_err(defect)?, last })
    }

    async fn write(&self, write: &Write) -> Result<Written, TableError> {
        let mut expression = Expression::default();
        let condition = expression.condition(write.condition());
        let stood = ReturnValuesOnConditionCheckFailure::AllOld;
        let _call = self.meter.call();
        match write {
            Write::Put { item, .. } => {
                let sent = self
                    .client
                    .put_item()
                    .table_name(&*self.name)
                    .set_item(Some(item.clone()))
                    .condition_expression(condition)
                    .set_expression_attribute_names(expression.names())
                    .set_expression_attribute_values(expression.values())
                    .return_values_on_condition_check_failure(stood)
                    .return_consumed_capacity(ReturnConsumedCapacity::Total)
                    .send()
                    .await;
                self.written(sent.map(|done| (done.consumed_capacity, None)))
            }
            Write::Update { key, set, set_if_absent, remove, .. } => {
                let update = expression.update(set, set_if_absent, remove);
                let sent = self
                    .client
                    .update_item()
                    .table_name(&*self.name)
                    .set_key(Some(key_map(key)))
                    .update_expression(update)
                    .condition_expression(condition)
                    .set_expression_attribute_names(expression.names())
                    .set_expression_attribute_values(expression.values())
                    .return_values(ReturnValue::AllOld)
                    .return_values_on_condition_check_failure(stood)
                    .return_consumed_capacity(ReturnConsumedCapacity::Total)
                    .send()
                    .await;
                self.written(
                    sent.map(|done| (done.consumed_capacity, done.attributes.filter(stood_there))),
                )
            }
        }
    }

    async fn transact(&self, token: &str, writes: &[Write]) -> Result<Transacted, TableError> {
        let items = writes
            .iter()
            .map(|write| transact_item(&self.name, write))
            .collect::<Result<Vec<_>, _>>()?;
        self.transact_items(token, items).await
    }

    async fn add(&self, key: &Key, amount: u64) -> Result<Option<Count>, TableError> {
        let _call = self.meter.call();
        for attempt in 0..AGAIN {
            if attempt > 0 {
                self.pause(Duration::from_millis(25_u64 << attempt)).await;
            }
            let mut expression = Expression::default();
            let (update, begun) = (expression.add(keys::COUNT, amount), expression.has_begun());
            let sent = self
                .client
                .update_item()
                .table_name(&*self.name)
                .set_key(Some(key_map(key)))
                .update_expression(update)
                .condition_expression(begun)
                .set_expression_attribute_names(expression.names())
                .set_expression_attribute_values(expression.values())
                .return_values(ReturnValue::AllNew)
                .return_consumed_capacity(ReturnConsumedCapacity::Total)
                .send()
                .await;
            let done = match sent {
                Ok(done) => done,
                Err(error) => match error.as_service_error().and_then(Refused::refusal) {
                    Some(Refusal::Condition(_)) => return Ok(None),
                    Some(Refusal::Contended) => continue,
                    None => return Err(could_not(error)),
                },
            };
            self.wrote(done.consumed_capacity());
            let number =
                |name| done.attributes().and_then(|counter| meaning::number(counter, name));
            let (count, ceiling) = (number(keys::COUNT), number(keys::CEILING));
            let counted = count.zip(ceiling).map(|(count, ceiling)| Count { count, ceiling });
            return match counted {
                Some(counted) => Ok(Some(counted)),
                None => Err(TableError::Defect("the counter did not count".into())),
            };
        }
        Err(TableError::Unavailable("the counter was held".into()))
    }

    fn now(&self) -> Timestamp {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Timestamp::from_millis(u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
    }

    fn chance(&self) -> [u8; 10] {
        let mut bits = [0; 10];
        getrandom::fill(&mut bits).expect("the system has random bits");
        bits
    }

    async fn pause(&self, duration: Duration) {
        tokio::time::sleep(duration).await;
    }
}

impl Dynamo {
    /// Sends a transaction until it is known what came of it.
    async fn transact_items(
        &self,
        token: &str,
        items: Vec<TransactWriteItem>,
    ) -> Result<Transacted, TableError> {
        let _call = self.meter.call();
        for attempt in 1.. {
            let sent = self
                .client
                .transact_write_items()
                .set_transact_items(Some(items.clone()))
                .client_request_token(token)
                .return_consumed_capacity(ReturnConsumedCapacity::Total)
                .send()
                .await;
            let error = match sent {
                Ok(done) => {
                    self.meter.wrote(
                        done.consumed_capacity().iter().map(|capacity| units(Some(capacity))).sum(),
                    );
                    return Ok(Transacted::Done);
                }
                Err(error) => error,
            };
            match error.as_service_error() {
                Some(TransactWriteItemsError::TransactionCanceledException(cancelled)) => {
                    return refusals(cancelled.cancellation_reasons());
                }
                Some(TransactWriteItemsError::TransactionInProgressException(_))
                    if attempt < AGAIN =>
                {
                    self.pause(Duration::from_millis(25_u64 << attempt)).await;
                }
                _ => return Err(could_not(error)),
            }
        }
        Err(TableError::Unavailable("a transaction stayed in progress".into()))
    }

    /// What came of a single write.
    fn written<E>(
        &self,
        sent: Result<(Option<ConsumedCapacity>, Option<Item>), SdkError<E>>,
    ) -> Result<Written, TableError>
    where
        E: Refused + ProvideErrorMetadata + Error + Send + Sync + 'static,
    {
        match sent {
            Ok((capacity, before)) => {
                self.wrote(capacity.as_ref());
                Ok(Written::Done(before))
            }
            Err(error) => match error.as_service_error().and_then(Refused::refusal) {
                Some(refusal) => Ok(Written::Refused(refusal)),
                None => Err(could_not(error)),
            },
        }
    }
}
