//! What follows from customers: their history and their look-up keys, and look-up keys that lead to nobody.

use std::collections::HashMap;

use domain::customer::Customer;
use domain::history::Of;
use domain::look_up::{self, Kind};
use futures_util::future::try_join_all;
use store::items::{self, Kept, Standing};
use store::keys::{self, Key, LookUpKey};
use store::table::{MAX_ITEMS, TableError, WholeTable};
use store::{item, records};

use super::finding::{Damage, Finding};
use super::history::{Told, expected, told};
use super::page::Page;
use super::who::{Presence, Who};
use super::{AT_ONCE, Auditor};
use crate::changes::{Bus, change_of_version};
use crate::kit::{Stopped, written};

impl<T: WholeTable, B: Bus> Auditor<T, B> {
    pub(super) async fn followed(&self, page: &Page) -> Result<Vec<Finding>, Stopped> {
        let mut found = Vec::new();
        for some in page.customers.chunks(AT_ONCE) {
            let looks = some.iter().map(|customer| self.follows_from(customer));
            found.extend(try_join_all(looks).await?.into_iter().flatten());
        }
        found.extend(self.keys_to_nobody(&page.look_up_keys).await?);
        Ok(found)
    }

    async fn follows_from(&self, customer: &Customer) -> Result<Vec<Finding>, Stopped> {
        let entries = match records::whole_history(self.table(), &customer.identifier).await {
            Ok(entries) => entries,
            // What cannot be read is found where it stands.
            Err(TableError::Defect(_)) => return Ok(Vec::new()),
            Err(error) => return Err(error.into()),
        };
        let now = self.table().now();
        let told = told(customer, &entries, self.manner.patience, now);
        let mut found = self.close(customer, &told).await?;
        if !told.is_followed && !told.steps.first().is_some_and(|newest| newest.is_lost) {
            // All else comes with the newest version.
            return Ok(found);
        }
        if customer.erased.is_some() {
            for entry in entries.iter().filter(|entry| entry.has_values()) {
                let Of::Version(version) = entry.of else { continue };
                let write = items::erased_history_entry(&customer.identifier, version, entry);
                let finding = Finding::of(Damage::HistoryOfErased, &customer.identifier);
                found.extend(self.mended(finding, &[write], &[]).await?);
            }
        }
        found.extend(self.keys_of(customer, expected(customer, &told, &entries, now)).await?);
        if customer.erased.is_none() {
            found.extend(self.pairs_of(customer).await?);
        }
        Ok(found)
    }

    /// Closes the history over what was lost, the earliest first, so that nobody is told of a version before the one below it.
    async fn close(&self, customer: &Customer, told: &Told) -> Result<Vec<Finding>, Stopped> {
        let mut found = Vec::new();
        for lost in told.steps.iter().rev().filter(|step| step.is_lost) {
            let mut finding = Finding::of(Damage::LostVersions, &customer.identifier);
            if self.manner.mend {
                let change = change_of_version(&lost.after, &lost.entry);
                let entry = (&customer.identifier, &lost.entry);
                self.follower.make_up(&change, entry).await?;
                finding.mended = true;
            }
            found.push(finding);
        }
        Ok(found)
    }

    /// The look-up keys that a customer lacks, and those that lead to it by what it has no more.
    async fn keys_of(
        &self,
        customer: &Customer,
        expected: impl IntoIterator<Item = (look_up::Term, (u64, Standing))>,
    ) -> Result<Vec<Finding>, Stopped> {
        let secret = &self.master().controls().secret;
        let wanted: Vec<(LookUpKey, u64, Standing)> = expected
            .into_iter()
            .map(|(term, (version, standing))| (keys::look_up(secret, &term), version, standing))
            .collect();
        let keys: Vec<Key> = wanted.iter().map(|(key, ..)| key.of(&customer.identifier)).collect();
        let mut there: HashMap<Key, Option<Kept>> = HashMap::new();
        for some in keys.chunks(MAX_ITEMS) {
            for item in self.table().get_all(some).await? {
                let key = item::key_of(&item);
                there.insert(key, items::kept(item, self.table().now()).ok());
            }
        }
        let mut found = Vec::new();
        for ((key, version, standing), at) in wanted.iter().zip(&keys) {
            let is_gone = matches!(standing, Standing::Removed(_));
            let stands = match there.get(at) {
                // What cannot be read is found where it stands.
                Some(None) => true,
                Some(Some(kept)) if is_gone => kept.version > *version || kept.standing.is_none(),
                None if is_gone => true,
                Some(Some(kept)) => {
                    kept.version > *version || (kept.version == *version && is_so(kept, standing))
                }
                None => false,
            };
            if stands {
                continue;
            }
            let damage = if is_gone { Damage::LookUpKeyToNobody } else { Damage::LookUpKeyMissing };
            let mut finding = Finding::at(damage, at);
            if self.manner.mend {
                let write = items::look_up_key(key, &customer.identifier, *version, *standing);
                written(self.table(), &write).await?;
                finding.mended = true;
            }
            found.push(finding);
        }
        Ok(found)
    }

    /// Look-up keys that lead to nobody, or to somebody without the value.
    async fn keys_to_nobody(&self, page: &[(Key, Kept)]) -> Result<Vec<Finding>, Stopped> {
        let standing: Vec<_> = page.iter().filter(|(_, kept)| kept.standing.is_some()).collect();
        let identifiers = standing.iter().map(|(_, kept)| &kept.identifier);
        let who = Who::read(self.table(), identifiers).await?;
        let doubtful: Vec<_> = standing
            .into_iter()
            .filter(|(key, kept)| match who.is(&kept.identifier) {
                Presence::There(customer) => !self.may_stand(customer, key, kept),
                Presence::Unknown => false,
                Presence::Absent => true,
            })
            .collect();
        let mut found = Vec::new();
        for some in doubtful.chunks(AT_ONCE) {
            let looks = some.iter().map(|(key, kept)| self.key_to_nobody(key, kept));
            found.extend(try_join_all(looks).await?.into_iter().flatten());
        }
        Ok(found)
    }

    /// Whether a look-up key may rightly lead to this customer.
    fn may_stand(&self, customer: &Customer, key: &Key, kept: &Kept) -> bool {
        let partition = LookUpKey::at(key);
        let has = || {
            let secret = &self.master().controls().secret;
            look_up::all_terms(customer).iter().any(|term| keys::look_up(secret, term) == partition)
        };
        match kept.standing {
            Some(Standing::Current) => has(),
            // A number of a dealer says nothing of a person.
            Some(Standing::Former(_)) => customer.erased.is_none() || partition.is_of(Kind::Dcn),
            Some(Standing::Removed(_)) | None => true,
        }
    }

    async fn key_to_nobody(&self, key: &Key, seen: &Kept) -> Result<Option<Finding>, Stopped> {
        let identifier = &seen.identifier;
        let who = Who::read(self.table(), [identifier]).await?;
        let version = match who.is(identifier) {
            Presence::There(customer) if self.may_stand(customer, key, seen) => return Ok(None),
            Presence::There(customer) => {
                let mark = keys::history_of_version(identifier, customer.version);
                if self.table().get(&mark).await?.is_none() {
                    // What follows from the customer's last version is still to be done.
                    return Ok(None);
                }
                customer.version.max(seen.version + 1)
            }
            Presence::Unknown => return Ok(None),
            Presence::Absent => seen.version + 1,
        };
        let now = self.table().now();
        let item = self.table().get(key).await?;
        let still = item.is_some_and(|item| items::kept(item, now).is_ok_and(|kept| kept == *seen));
        if !still {
            return Ok(None);
        }
        let finding = Finding::at(Damage::LookUpKeyToNobody, key);
        let removed = Standing::Removed(now);
        let write = items::look_up_key(&LookUpKey::at(key), identifier, version, removed);
        self.mended(finding, &[write], &[]).await
    }
}

/// Whether a key says what it should.
fn is_so(kept: &Kept, standing: &Standing) -> bool {
    match (kept.standing, standing) {
        (Some(Standing::Current), Standing::Current)
        | (Some(Standing::Former(_)), Standing::Former(_)) => true,
        (Some(_) | None, Standing::Current | Standing::Former(_) | Standing::Removed(_)) => false,
    }
}
