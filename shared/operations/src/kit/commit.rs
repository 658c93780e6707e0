//! Commits what an operation decided: one write alone, several as one transaction.

use std::time::Duration;

use store::table::{Table, TableError};
use store::writes::{Refusal, Transacted, Write, Written, token};

use super::Stopped;

/// How often a write is tried that another holds at the moment.
const MAX_TRIES: u32 = 5;

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

/// Writes under a condition whose refusal means that there is nothing to do: it is written, or something newer is.
pub(crate) async fn written(table: &impl Table, write: &Write) -> Result<(), Stopped> {
    for round in 0..MAX_TRIES {
        match table.write(write).await? {
            Written::Done(_) | Written::Refused(Refusal::Condition(_)) => return Ok(()),
            Written::Refused(Refusal::Contended) => {
                table.pause(Duration::from_millis(5_u64 << round)).await;
            }
        }
    }
    Err(Stopped::Busy)
}
