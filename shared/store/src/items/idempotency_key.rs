//! The item of an idempotency key: which request it is bound to, and until when. It knows nothing of progress, so it cannot get stuck.

use domain::by::Stamp;
use domain::retention::Retention;

use super::by::{BY, by_value};
use super::fields::{Fields, new_item, number, text};
use crate::item::Item;
use crate::keys;
use crate::table::TableError;
use crate::writes::{Condition, Write};

const FINGERPRINT: &str = "fingerprint";

/// Binds a key to a request, unless it is bound.
pub fn idempotency_key(fingerprint: &str, stamp: &Stamp) -> Write {
    let mut item = new_item(keys::idempotency_key(&stamp.cause.id));
    item.insert(FINGERPRINT.to_owned(), text(fingerprint));
    item.insert(BY.to_owned(), by_value(&stamp.by));
    let expires_at = Retention::IdempotencyKey.end(stamp.at);
    item.insert(keys::EXPIRES_AT.to_owned(), number(expires_at.seconds()));
    Write::Put { item, on: Condition::AbsentOrExpired(stamp.at) }
}

/// Whether the key is bound to this request.
pub fn same_request(item: Item, fingerprint: &str) -> Result<bool, TableError> {
    let (mut fields, _) = Fields::of_item("idempotency key", item)?;
    let bound_to = fields.text(FINGERPRINT)?;
    fields.number(keys::EXPIRES_AT)?;
    fields.by()?;
    fields.end()?;
    Ok(bound_to == fingerprint)
}

#[cfg(test)]
mod tests {
    use domain::time::Timestamp;

    use super::*;

    #[test]
    fn a_keys_item_is_pinned() {
        let stamp = super::super::tests::stamp("key", Timestamp::from_millis(1_000));
        let Write::Put { item, .. } = idempotency_key("print", &stamp) else {
            panic!("a key is put")
        };
        let mut names: Vec<_> = item.keys().map(String::as_str).collect();
        names.sort_unstable();
        assert_eq!(names, ["by", "expires_at", "fingerprint", "pk", "sk"]);
        assert!(same_request(item.clone(), "print").unwrap());
        assert!(!same_request(item, "another").unwrap());
    }
}
