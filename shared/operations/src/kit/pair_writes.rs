//! The writes of a pair of possible duplicates.

use domain::matching::possible::PairRecord;
use store::items;
use store::table::{Table, TableError};
use store::writes::Written;

/// Writes a pair as its next version, and before its first that both of the two find it.
pub(crate) async fn write(table: &impl Table, record: &PairRecord) -> Result<Written, TableError> {
    if record.version == 1 {
        table.write(&items::pair_pointer(&record.pair)).await?;
    }
    table.write(&items::pair(record)).await
}
