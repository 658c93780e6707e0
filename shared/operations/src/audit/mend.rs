//! Mending: writes on the condition that what was found is still so.

use std::time::Duration;

use store::table::{Check, WholeTable};
use store::writes::{Refusal, Transacted, Write, token};

use super::Auditor;
use super::finding::Finding;
use crate::changes::Bus;
use crate::kit::{Stopped, commit};

/// How often a mend is tried while another holds one of its items.
const MAX_TRIES: u32 = 5;

/// What came of a mend.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mend {
    Done,
    /// It is not as it was found any more.
    Overtaken,
    /// Others held the items for as long as it was tried.
    Contended,
}

impl<T: WholeTable, B: Bus> Auditor<T, B> {
    /// A finding, mended by these writes where the audit mends, while the checks hold. None where it was overtaken: then it is no damage.
    pub(super) async fn mended(
        &self,
        finding: Finding,
        writes: &[Write],
        checks: &[Check],
    ) -> Result<Option<Finding>, Stopped> {
        if !self.manner.mend {
            return Ok(Some(finding));
        }
        Ok(match self.mend(writes, checks).await? {
            Mend::Done => Some(Finding { mended: true, ..finding }),
            Mend::Overtaken => None,
            Mend::Contended => Some(finding),
        })
    }

    pub(super) async fn mend(&self, writes: &[Write], checks: &[Check]) -> Result<Mend, Stopped> {
        let table = self.table();
        for round in 0..MAX_TRIES {
            let transacted = if checks.is_empty() {
                commit(table, writes).await?
            } else {
                table.transact_while(&token(table), writes, checks).await?
            };
            let reasons = match transacted {
                Transacted::Done => return Ok(Mend::Done),
                Transacted::Refused(reasons) => reasons,
            };
            if reasons.iter().flatten().any(|reason| matches!(reason, Refusal::Condition(_))) {
                return Ok(Mend::Overtaken);
            }
            table.pause(Duration::from_millis(10_u64 << round)).await;
        }
        Ok(Mend::Contended)
    }
}
