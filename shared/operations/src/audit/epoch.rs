//! Bringing in a rule: an audit asks every writer to keep it, waits until nobody writes without it any more, gives every customer its seats under it, and calls it complete.
//!
//! The first and the last are here. Between them lies a whole audit that mends.

use std::time::Duration;

use domain::matching::epoch::RuleName;
use domain::time::Timestamp;
use store::items::{self, InForce};
use store::keys;
use store::table::WholeTable;
use store::writes::Written;

use super::{Auditor, Damage, Report};
use crate::changes::Bus;
use crate::kit::{Stopped, in_force};

/// How often it is read anew who else wrote it meanwhile.
const MAX_ROUNDS: u32 = 5;

/// A rule that is being brought in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BroughtIn {
    pub rule: RuleName,
    /// Since when every writer has to keep it.
    pub since: Timestamp,
}

impl<T: WholeTable, B: Bus> Auditor<T, B> {
    /// Asks every writer to keep the rule that is not complete yet, if there is one and the audit mends.
    pub async fn bring_in(&self) -> Result<Option<BroughtIn>, Stopped> {
        if !self.manner.mend {
            return Ok(None);
        }
        let rules = &self.master().controls().rules;
        for _ in 0..MAX_ROUNDS {
            let Some((epoch, version)) = self.in_force().await?.epoch else {
                return Ok(None);
            };
            epoch.admit(rules).map_err(in_force::Unfit::Rules)?;
            let Some(rule) = epoch.to_bring_in(rules) else {
                return Ok(None);
            };
            if epoch.required == rule {
                return Ok(Some(BroughtIn { rule, since: epoch.required_at }));
            }
            let now = self.table().now();
            let required = epoch.requiring(&rule, now);
            let writes =
                items::put_in_force(&required, &self.master().controls().secret, Some(version));
            if let Written::Done(_) = in_force::say_so(self.table(), writes).await? {
                tracing::warn!(operation = super::OPERATION, %rule, "every writer must keep this rule from now on");
                return Ok(Some(BroughtIn { rule, since: now }));
            }
        }
        Err(Stopped::Busy)
    }

    /// How long it takes until nobody writes any more who does not know that.
    pub fn unaware_for(&self, brought: &BroughtIn) -> Duration {
        let until = brought.since.plus_seconds(self.manner.patience.unaware.as_secs());
        Duration::from_millis(until.millis().saturating_sub(self.table().now().millis()))
    }

    /// Calls the rule complete, after an audit of the whole table that began when nobody wrote without it any more, and found this. Says whether it is.
    pub async fn complete(&self, brought: &BroughtIn, found: &Report) -> Result<bool, Stopped> {
        let lacks_seats = [Damage::CustomerWithoutSeat, Damage::Unreadable, Damage::LostSeat];
        let left = lacks_seats.iter().filter_map(|damage| found.damage.get(damage));
        if left.into_iter().any(|of_kind| of_kind.found > of_kind.mended) {
            return Ok(false);
        }
        for _ in 0..MAX_ROUNDS {
            let Some((epoch, version)) = self.in_force().await?.epoch else {
                return Ok(false);
            };
            if epoch.complete.contains(&brought.rule) {
                return Ok(true);
            }
            // Otherwise another audit brings in another rule.
            if epoch.required != brought.rule || epoch.required_at != brought.since {
                return Ok(false);
            }
            let secret = &self.master().controls().secret;
            let writes = items::put_in_force(&epoch.completed(), secret, Some(version));
            if let Written::Done(_) = in_force::say_so(self.table(), writes).await? {
                tracing::warn!(operation = super::OPERATION, rule = %brought.rule, "this rule is complete");
                return Ok(true);
            }
        }
        Err(Stopped::Busy)
    }

    async fn in_force(&self) -> Result<InForce, Stopped> {
        let counter = self.table().get(&keys::customer_counter()).await?;
        Ok(in_force::of_this_secret(self.table(), self.master().controls(), counter).await?)
    }
}
