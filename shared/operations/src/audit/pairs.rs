//! Pairs of possible duplicates: those that should be in the worklist and are not, and those that should not and are.

use domain::customer::Customer;
use domain::matching::possible::pair::Judged;
use domain::matching::possible::{PairRecord, PairState, Profile, Score};
use futures_util::future::try_join_all;
use store::table::{MAX_ITEMS, WholeTable};
use store::{item, items, keys};

use super::finding::{Damage, Finding};
use super::page::Page;
use super::who::{Presence, Who};
use super::{AT_ONCE, Auditor};
use crate::changes::Bus;
use crate::changes::pairs::due;
use crate::customers::possible_duplicates::{
    MAX_CANDIDATES, PossibleDuplicate, possible_duplicates,
};
use crate::kit::Stopped;

impl<T: WholeTable, B: Bus> Auditor<T, B> {
    /// The pairs of a customer that are not kept as they should be. All of its versions were followed.
    pub(super) async fn pairs_of(&self, customer: &Customer) -> Result<Vec<Finding>, Stopped> {
        let alike = possible_duplicates(self.master(), customer).await?;
        if alike.len() >= MAX_CANDIDATES {
            // Which of so many are kept depends on the order in which they came.
            return Ok(Vec::new());
        }
        let mut found = Vec::new();
        for some in alike.chunks(MAX_ITEMS) {
            let due = due(self.master(), customer, some.to_vec()).await?;
            for (_, record) in self.followed_ones(due).await? {
                let damage =
                    if record.version == 1 { Damage::PairMissing } else { Damage::PairOutdated };
                let finding = Finding::of(damage, &customer.identifier);
                found.extend(self.mended(finding, &[items::pair(&record)], &[]).await?);
            }
        }
        Ok(found)
    }

    /// Those whose own last version was followed: what follows from another's is still to be done.
    async fn followed_ones(
        &self,
        due: Vec<(PossibleDuplicate, PairRecord)>,
    ) -> Result<Vec<(PossibleDuplicate, PairRecord)>, Stopped> {
        if due.is_empty() {
            return Ok(due);
        }
        let mark = |other: &Customer| keys::history_of_version(&other.identifier, other.version);
        let marks: Vec<_> = due.iter().map(|(other, _)| mark(&other.customer)).collect();
        let there: Vec<_> = self.table().get_all(&marks).await?.iter().map(item::key_of).collect();
        let is_followed =
            |(other, _): &(PossibleDuplicate, PairRecord)| there.contains(&mark(&other.customer));
        Ok(due.into_iter().filter(is_followed).collect())
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
            (Presence::There(low), Presence::There(high))
                if low.erased.is_none() && high.erased.is_none() =>
            {
                let profile = |of| Profile::of(of, &controls.generic_values);
                let bits = Score::of(&profile(low), &profile(high)).bits;
                let when = (&controls.secret, now);
                let judged = Judged { low, high, bits };
                // What looks alike is looked at from the customers.
                let next = PairRecord::judged(Some(record), judged, controls.thresholds, when);
                next.filter(|next| next.state == PairState::Past)
            }
            (Presence::There(_) | Presence::Absent, Presence::There(_) | Presence::Absent) => {
                Some(record.of_nobody(now))
            }
        };
        let Some(next) = next else { return Ok(None) };
        let finding = Finding::at(Damage::PairOutdated, &keys::pair(&record.pair));
        self.mended(finding, &[items::pair(&next)], &[]).await
    }
}
