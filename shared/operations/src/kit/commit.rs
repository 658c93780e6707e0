//! Commits what an operation decided: one write alone, several as one transaction.

use store::table::{Table, TableError};
use store::writes::{Transacted, Write, Written, token};

/// Writes all or nothing. A single write is no transaction, which would take four times the time and twice the units.
pub(crate) async fn commit(table: &impl Table, writes: &[Write]) -> Result<Transacted, TableError> {
    match writes {
        [single] => Ok(match table.write(single).await? {
            Written::Done(_) => Transacted::Done,
            Written::Refused(refusal) => Transacted::Refused(vec![Some(refusal)]),
        }),
        several => transact(table, several).await,
    }
}

/// Writes all or nothing as one transaction, a single write too: where a function may write something only so.
pub(crate) async fn transact(
    table: &impl Table,
    writes: &[Write],
) -> Result<Transacted, TableError> {
    table.transact(&token(table), writes).await
}
