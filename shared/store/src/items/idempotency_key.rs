//! The item of an idempotency key: which request it is bound to, and until when. It knows nothing of progress, so it cannot get stuck.

use domain::effect::EffectId;
use domain::time::Timestamp;

use super::fields::{Fields, new_item, number, text};
use crate::item::Item;
use crate::keys;
use crate::table::TableError;
use crate::writes::{Condition, Write};

/// How long a key stays bound to its request: eight days, so that it never ends before the seven that are promised.
pub const KEY_SECONDS: u64 = 8 * 24 * 3600;

const FINGERPRINT: &str = "fingerprint";

/// Binds a key to a request, unless it is bound.
pub fn idempotency_key(effect: &EffectId, fingerprint: &str, now: Timestamp) -> Write {
    let mut item = new_item(keys::idempotency_key(effect));
    item.insert(FINGERPRINT.to_owned(), text(fingerprint));
    item.insert(keys::EXPIRES_AT.to_owned(), number(now.plus_seconds(KEY_SECONDS).seconds()));
    Write::Put { item, on: Condition::AbsentOrExpired(now) }
}

/// Whether the key is bound to this request.
pub fn same_request(item: Item, fingerprint: &str) -> Result<bool, TableError> {
    let (mut fields, _) = Fields::of_item("idempotency key", item)?;
    let bound_to = fields.text(FINGERPRINT)?;
    fields.number(keys::EXPIRES_AT)?;
    fields.end()?;
    Ok(bound_to == fingerprint)
}
