//! Release a dealer customer from its customer. It stays, with what the dealer said of it, and belongs to nobody.

use domain::dealer::Dcn;
use domain::dealer::association::DealerCustomerEffect;
use store::table::Table;
use store::writes::{Refusal, Written};
use store::{items, records};

use crate::kit::{Attempt, Stopped};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReleaseOutcome {
    /// It belongs to no customer any more.
    Released,
    /// It belonged to none.
    NotAssociated,
    /// There is no such dealer customer.
    Unknown,
}

pub async fn release<T: Table>(
    attempt: &Attempt<'_, T>,
    dcn: &Dcn,
) -> Result<ReleaseOutcome, Stopped> {
    loop {
        let Some(record) = records::dealer_customer(attempt.table(), dcn).await? else {
            return Ok(ReleaseOutcome::Unknown);
        };
        if record.effect_of(attempt.effect()) == Some(&DealerCustomerEffect::Released) {
            return Ok(ReleaseOutcome::Released);
        }
        attempt.refuse_if_forgotten(record.is_full())?;
        let Some(organization) = &record.dealer_customer.organization else {
            return Ok(ReleaseOutcome::NotAssociated);
        };
        if attempt.dry_run {
            return Ok(ReleaseOutcome::Released);
        }
        let write = items::release(&record, organization, &attempt.stamp());
        match attempt.table().write(&write).await? {
            Written::Done(_) => return Ok(ReleaseOutcome::Released),
            Written::Refused(Refusal::Condition(_) | Refusal::Contended) => attempt.again().await?,
        }
    }
}
