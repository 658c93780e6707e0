//! Pairs of possible duplicates: those that should be in the worklist and are not, and those that should not and are.

use domain::customer::{Customer, Identifier};
use domain::matching::possible::pair::Judged;
use domain::matching::possible::{PairRecord, PairState, Profile, Score};
use futures_util::future::try_join_all;
use store::table::{MAX_ITEMS, WholeTable};
use store::writes::Write;
use store::{item, items, keys, records};

use super::finding::{Damage, Finding};
use super::page::Page;
use super::who::{Presence, Who};
use super::{AT_ONCE, Auditor};
use crate::changes::Bus;
use crate::changes::pairs::due;
use crate::customers::possible_duplicates::MAX_CANDIDATES;
use crate::kit::{Stopped, written};

impl<T: WholeTable, B: Bus> Auditor<T, B> {
    /// The pairs of a customer that are not kept as they should be. All of its versions were followed.
    pub(super) async fn pairs_of(&self, customer: &Customer) -> Result<Vec<Finding>, Stopped> {
        let (due, others) = due(self.master(), customer).await?;
        // Which of so many are kept depends on the order in which they came.
        if due.is_empty() || others.len() >= MAX_CANDIDATES {
            return Ok(Vec::new());
        }
        let still = records::customer(self.table(), &customer.identifier).await?;
        if still.is_none_or(|still| still.version != customer.version) {
            return Ok(Vec::new());
        }
        let followed = self.followed_ones(&others).await?;
        let mut found = Vec::new();
        for record in due {
            let [low, high] = [record.pair.low(), record.pair.high()];
            let other = if *low == customer.identifier { high } else { low };
            // What follows from the other's last change is still to be done.
            if !followed.contains(other) {
                continue;
            }
            let damage =
                if record.version == 1 { Damage::PairMissing } else { Damage::PairOutdated };
            let finding = Finding::of(damage, &customer.identifier);
            let mut writes = vec![items::pair(&record)];
            writes.extend((record.version == 1).then(|| items::pair_pointer(&record.pair)));
            found.extend(self.pair_mended(finding, &writes).await?);
        }
        Ok(found)
    }

    /// A finding, mended by these writes, each by itself: where the first is refused it was overtaken.
    async fn pair_mended(
        &self,
        finding: Finding,
        writes: &[Write],
    ) -> Result<Option<Finding>, Stopped> {
        let Some((first, others)) = writes.split_first() else { return Ok(None) };
        if self.manner.mend {
            for other in others {
                written(self.table(), other).await?;
            }
        }
        self.mended(finding, std::slice::from_ref(first), &[]).await
    }

    /// Those of whom the last version was followed.
    async fn followed_ones(&self, others: &[Customer]) -> Result<Vec<Identifier>, Stopped> {
        let mark = |other: &Customer| keys::history_of_version(&other.identifier, other.version);
        let mut followed = Vec::new();
        for some in others.chunks(MAX_ITEMS) {
            let marks: Vec<_> = some.iter().map(mark).collect();
            let there = self.table().get_all(&marks).await?;
            let there: Vec<_> = there.iter().map(item::key_of).collect();
            let is_followed = |other: &&Customer| there.contains(&mark(other));
            followed.extend(some.iter().filter(is_followed).map(|one| one.identifier.clone()));
        }
        Ok(followed)
    }

    /// Pairs that wait for a steward whose customers do not look alike any more, and pairs of customers who are not there.
    pub(super) async fn pairs(&self, page: &Page) -> Result<Vec<Finding>, Stopped> {
        let listed: Vec<&PairRecord> = page
            .pairs
            .iter()
            .filter(|record| record.state != PairState::Past || record.decision.is_some())
            .collect();
        let both = listed.iter().flat_map(|record| [record.pair.low(), record.pair.high()]);
        let who = Who::read(self.table(), both).await?;
        let mut found = Vec::new();
        for some in listed.chunks(AT_ONCE) {
            let looks = some.iter().map(|record| self.pair(record, &who));
            found.extend(try_join_all(looks).await?.into_iter().flatten());
        }
        Ok(found)
    }

    async fn pair(&self, record: &PairRecord, who: &Who) -> Result<Option<Finding>, Stopped> {
        let controls = self.master().controls();
        let now = self.table().now();
        let next = match (who.is(record.pair.low()), who.is(record.pair.high())) {
            (Presence::Unknown, _) | (_, Presence::Unknown) => None,
            (Presence::There(low), Presence::There(high)) => {
                let next = if low.erased.is_some() || high.erased.is_some() {
                    Some(record.of_nobody(now))
                } else {
                    let profile = |of| Profile::of(of, &controls.generic_values);
                    let bits = Score::of(&controls.weights, &profile(low), &profile(high)).bits;
                    let judged = Judged { low, high, bits };
                    let secret = &controls.secret;
                    // What looks alike is looked at from the customers.
                    PairRecord::judged(Some(record), judged, controls.thresholds, secret)
                        .filter(|next| next.state == PairState::Past)
                };
                let both = [low.clone(), high.clone()];
                if next.is_some() && self.followed_ones(&both).await?.len() < both.len() {
                    // What follows from a last change is still to be done.
                    return Ok(None);
                }
                next
            }
            (Presence::There(_) | Presence::Absent, Presence::Absent)
            | (Presence::Absent, Presence::There(_)) => Some(record.of_nobody(now)),
        };
        let Some(next) = next else { return Ok(None) };
        let finding = Finding::at(Damage::PairOutdated, &keys::pair(&record.pair));
        self.mended(finding, &[items::pair(&next)], &[]).await
    }
}
