//! Where the index has an item.

use store::item::Item;
use store::keys;

/// Partition and sort key of the item in the index; none where the index does not have it.
pub(super) fn place_in_index(item: &Item) -> Option<(String, String)> {
    let text = |name| item.get(name).and_then(|value| value.as_s().ok()).cloned();
    Some((text(keys::INDEX_PARTITION_KEY)?, text(keys::INDEX_SORT_KEY)?))
}
