//! A committed write of one item, as the table's stream tells it.

use std::fmt;

use domain::time::Timestamp;
use store::item::Item;
use store::keys::Key;

/// One write, with the item before and after it.
#[derive(Clone, PartialEq)]
pub struct Record {
    pub key: Key,
    /// None for an item that was not there.
    pub before: Option<Item>,
    /// None for an item that was taken away.
    pub after: Option<Item>,
    /// About when it was written.
    pub at: Timestamp,
}

/// The items hold personal data, and the key of what is damaged may.
impl fmt::Debug for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Record").field("at", &self.at).finish_non_exhaustive()
    }
}
