//! Who wrote an item: one map on every item that a request writes.

use aws_sdk_dynamodb::types::AttributeValue;
use domain::by::By;

use super::fields::{Fields, map_of, text};
use crate::item::Item;
use crate::table::TableError;

/// The attribute with who wrote an item last.
pub(super) const BY: &str = "by";

pub(super) fn by_value(by: &By) -> AttributeValue {
    let By { caller, operation, request_id } = by;
    AttributeValue::M(Item::from([
        ("caller".to_owned(), text(caller)),
        ("operation".to_owned(), text(operation)),
        ("request_id".to_owned(), text(request_id)),
    ]))
}

impl Fields {
    /// Who wrote the item; none for one that was written before this was kept.
    pub(super) fn by(&mut self) -> Result<Option<By>, TableError> {
        self.take(BY).map(|value| by_of(map_of(BY, value)?)).transpose()
    }
}

pub(super) fn by_of(mut fields: Fields) -> Result<By, TableError> {
    let by = By {
        caller: fields.text("caller")?,
        operation: fields.text("operation")?,
        request_id: fields.text("request_id")?,
    };
    fields.end()?;
    Ok(by)
}
