//! Parts of the requests to the database: keys, and the writes of a transaction. No call is made here.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::{
    AttributeValue, ConditionCheck, Get, Put, ReturnValuesOnConditionCheckFailure, TransactGetItem,
    TransactWriteItem, Update,
};

use super::answers::defect;
use crate::expressions::Expression;
use crate::keys::{self, Key};
use crate::table::{Check, TableError};
use crate::writes::Write;

pub(super) fn transact_item(table: &str, write: &Write) -> Result<TransactWriteItem, TableError> {
    let mut expression = Expression::default();
    let condition = expression.condition(write.condition());
    let stood = ReturnValuesOnConditionCheckFailure::AllOld;
    let item = TransactWriteItem::builder();
    let item = match write {
        Write::Put { item: put, .. } => item.put(
            Put::builder()
                .table_name(table)
                .set_item(Some(put.clone()))
                .condition_expression(condition)
                .set_expression_attribute_names(expression.names())
                .set_expression_attribute_values(expression.values())
                .return_values_on_condition_check_failure(stood)
                .build()
                .map_err(defect)?,
        ),
        Write::Update { key, set, set_if_absent, remove, .. } => {
            let update = expression.update(set, set_if_absent, remove);
            item.update(
                Update::builder()
                    .table_name(table)
                    .set_key(Some(key_map(key)))
                    .update_expression(update)
                    .condition_expression(condition)
                    .set_expression_attribute_names(expression.names())
                    .set_expression_attribute_values(expression.values())
                    .return_values_on_condition_check_failure(stood)
                    .build()
                    .map_err(defect)?,
            )
        }
    };
    Ok(item.build())
}

pub(super) fn check_item(table: &str, check: &Check) -> Result<TransactWriteItem, TableError> {
    let mut expression = Expression::default();
    let condition = expression.condition(&check.on);
    let check = ConditionCheck::builder()
        .table_name(table)
        .set_key(Some(key_map(&check.key)))
        .condition_expression(condition)
        .set_expression_attribute_names(expression.names())
        .set_expression_attribute_values(expression.values())
        .build()
        .map_err(defect)?;
    Ok(TransactWriteItem::builder().condition_check(check).build())
}

pub(super) fn get_item(table: &str, key: &Key) -> Result<TransactGetItem, TableError> {
    let get = Get::builder().table_name(table).set_key(Some(key_map(key))).build();
    Ok(TransactGetItem::builder().get(get.map_err(defect)?).build())
}

pub(super) fn text(value: &str) -> AttributeValue {
    AttributeValue::S(value.to_owned())
}

pub(super) fn key_map(key: &Key) -> HashMap<String, AttributeValue> {
    HashMap::from([
        (keys::PARTITION_KEY.to_owned(), text(&key.pk)),
        (keys::SORT_KEY.to_owned(), text(&key.sk)),
    ])
}
