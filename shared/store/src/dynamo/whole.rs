//! The table as it is walked from end to end.

use std::time::Duration;

use aws_sdk_dynamodb::operation::transact_get_items::TransactGetItemsError;
use aws_sdk_dynamodb::types::ReturnConsumedCapacity;

use super::answers::{could_not, units};
use super::requests::{check_item, get_item, key_map, transact_item};
use super::{AGAIN, Dynamo};
use crate::item::{self, Item};
use crate::keys::Key;
use crate::table::{Check, Segment, Table, TableError, Walked, WholeTable};
use crate::writes::{Transacted, Write};

impl WholeTable for Dynamo {
    async fn walk(
        &self,
        segment: Segment,
        after: Option<&Key>,
        limit: u32,
    ) -> Result<Walked, TableError> {
        let number = |number: u32| i32::try_from(number).unwrap_or(i32::MAX);
        let _call = self.meter.call();
        let got = self
            .client
            .scan()
            .table_name(&*self.name)
            .consistent_read(true)
            .segment(number(segment.number))
            .total_segments(number(segment.of))
            .set_exclusive_start_key(after.map(key_map))
            .limit(number(limit))
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send()
            .await
            .map_err(could_not)?;
        self.read(got.consumed_capacity());
        Ok(Walked {
            next: got.last_evaluated_key.as_ref().map(item::key_of),
            found: got.items.unwrap_or_default(),
        })
    }

    async fn get_together(&self, keys: &[Key]) -> Result<Option<Vec<Option<Item>>>, TableError> {
        let items =
            keys.iter().map(|key| get_item(&self.name, key)).collect::<Result<Vec<_>, _>>()?;
        for attempt in 0..AGAIN {
            if attempt > 0 {
                self.pause(Duration::from_millis(25_u64 << attempt)).await;
            }
            let _call = self.meter.call();
            let sent = self
                .client
                .transact_get_items()
                .set_transact_items(Some(items.clone()))
                .return_consumed_capacity(ReturnConsumedCapacity::Total)
                .send()
                .await;
            let error = match sent {
                Ok(got) => {
                    let capacity = got.consumed_capacity().iter();
                    self.meter.read(capacity.map(|capacity| units(Some(capacity))).sum());
                    let found = got.responses.unwrap_or_default().into_iter();
                    let found = found.map(|answer| answer.item.filter(|item| !item.is_empty()));
                    return Ok(Some(found.collect()));
                }
                Err(error) => error,
            };
            match error.as_service_error() {
                Some(TransactGetItemsError::TransactionCanceledException(_)) => {}
                _ => return Err(could_not(error)),
            }
        }
        Ok(None)
    }

    async fn transact_while(
        &self,
        token: &str,
        writes: &[Write],
        checks: &[Check],
    ) -> Result<Transacted, TableError> {
        let writes = writes.iter().map(|write| transact_item(&self.name, write));
        let checks = checks.iter().map(|check| check_item(&self.name, check));
        let items = writes.chain(checks).collect::<Result<Vec<_>, _>>()?;
        self.transact_items(token, items).await
    }
}
