//! Release a dealer customer from its customer. It stays, with what the dealer said of it, and belongs to nobody.

use domain::dealer::Dcn;
use domain::dealer::association::DealerCustomerEffect;
use domain::outcome::{ReleaseOutcome, Stopped};
use store::table::Table;
use store::writes::{Refusal, Written};
use store::{items, keys};

use crate::kit::Master;
use crate::kit::Rounds;
use crate::kit::attempt::Asked;

/// Releases.
pub async fn release<T: Table>(
    master: &Master<T>,
    dcn: &Dcn,
    asked: &Asked,
) -> Result<ReleaseOutcome, Stopped> {
    let mut rounds = Rounds::begin(&master.table);
    loop {
        let Some(item) = master.table.get(&keys::dealer_customer(dcn)).await? else {
            return Ok(ReleaseOutcome::Unknown);
        };
        let record = items::dealer_customer(item)?;
        if record.effect_of(&asked.cause.id) == Some(&DealerCustomerEffect::Released) {
            return Ok(ReleaseOutcome::Released);
        }
        let Some(organization) = &record.dealer_customer.organization else {
            return Ok(ReleaseOutcome::NotAssociated);
        };
        if asked.dry_run {
            return Ok(ReleaseOutcome::Released);
        }
        match master
            .table
            .write(&items::release(&record, organization, &asked.cause, master.table.now()))
            .await?
        {
            Written::Done(_) => return Ok(ReleaseOutcome::Released),
            Written::Refused(Refusal::Condition(_) | Refusal::Contended) => rounds.again().await?,
        }
    }
}
