//! What belongs to customers: claims of alternate numbers and relate ids, both ways, and dealer customers. Each is looked at as of one moment before it counts.

use domain::customer::{Customer, Identifier};
use domain::dealer::Dcn;
use futures_util::future::try_join_all;
use store::items::{self, Claim, Claimed};
use store::keys::{self, Key};
use store::table::{Check, MAX_ITEMS, WholeTable};
use store::{item, writes};

use super::finding::{Damage, Finding};
use super::page::Page;
use super::who::{Presence, Who};
use super::{AT_ONCE, Auditor};
use crate::changes::Bus;
use crate::kit::{Stopped, customer_writes};

impl<T: WholeTable, B: Bus> Auditor<T, B> {
    pub(super) async fn belonging(&self, page: &Page) -> Result<Vec<Finding>, Stopped> {
        let mut found = self.numbers_without_claims(page).await?;
        let holders = page.claims.iter().filter_map(|(_, claimed)| claimed.holder.as_ref());
        let organizations = page
            .dealer_customers
            .iter()
            .filter_map(|record| record.dealer_customer.organization.as_ref());
        let who = Who::read(self.table(), holders.chain(organizations)).await?;
        let doubtful: Vec<_> = page
            .claims
            .iter()
            .filter_map(|(key, claimed)| Some((key, claimed.holder.as_ref()?)))
            .filter(|(key, holder)| !self.may_hold(&who, holder, key))
            .collect();
        for some in doubtful.chunks(AT_ONCE) {
            let looks = some.iter().map(|(key, holder)| self.claim(key, holder));
            found.extend(try_join_all(looks).await?.into_iter().flatten());
        }
        let of_nobody: Vec<_> = page
            .dealer_customers
            .iter()
            .filter_map(|record| {
                let dealer_customer = &record.dealer_customer;
                Some((&dealer_customer.dcn, dealer_customer.organization.as_ref()?))
            })
            .filter(|(_, organization)| who.is(organization) == Presence::Absent)
            .collect();
        for some in of_nobody.chunks(AT_ONCE) {
            let looks = some.iter().map(|(dcn, organization)| self.dealer(dcn, organization));
            found.extend(try_join_all(looks).await?.into_iter().flatten());
        }
        Ok(found)
    }

    /// Whether a claim may rightly be of this customer.
    fn may_hold(&self, who: &Who, holder: &Identifier, claim: &Key) -> bool {
        match who.is(holder) {
            Presence::There(customer) => self.claims_of(customer).contains(claim),
            Presence::Unknown => true,
            Presence::Absent => false,
        }
    }

    fn claims_of(&self, customer: &Customer) -> Vec<Key> {
        customer_writes::claims_of(&self.master().controls().secret, customer)
    }

    /// A dealer customer whose customer was not there.
    async fn dealer(
        &self,
        dcn: &Dcn,
        organization: &Identifier,
    ) -> Result<Option<Finding>, Stopped> {
        let key = keys::dealer_customer(dcn);
        let keys = [key.clone(), keys::customer(organization)];
        let Some(together) = self.table().get_together(&keys).await? else {
            return Ok(None);
        };
        let [Some(record), customer] = &together[..] else {
            return Ok(None);
        };
        let is_of_it = items::dealer_customer(record.clone())
            .is_ok_and(|now| now.dealer_customer.organization.as_ref() == Some(organization));
        if !is_of_it || Who::of(customer.clone()).is(organization) != Presence::Absent {
            return Ok(None);
        }
        let finding = Finding::at(Damage::DealerCustomerOfNobody, &key);
        let abandon = items::abandon(dcn, organization, &self.stamp());
        self.mended(finding, &[abandon], &[]).await
    }

    /// A claim whose holder was not there, or did not have the number.
    async fn claim(&self, key: &Key, holder: &Identifier) -> Result<Option<Finding>, Stopped> {
        let keys = [key.clone(), keys::customer(holder)];
        let Some(together) = self.table().get_together(&keys).await? else {
            return Ok(None);
        };
        let [Some(claim), customer] = &together[..] else {
            return Ok(None);
        };
        let is_its =
            Claim::read(claim.clone()).is_ok_and(|now| now.holder.as_ref() == Some(holder));
        let who = Who::of(customer.clone());
        if !is_its || self.may_hold(&who, holder, key) {
            return Ok(None);
        }
        let claim = Claim { key: key.clone(), holder: holder.clone() };
        let checks: Vec<Check> = unchanged(&who, holder).into_iter().collect();
        let finding = Finding::at(Damage::ClaimWithoutHolder, key);
        self.mended(finding, &[claim.give_up(&self.stamp())], &checks).await
    }

    /// Customers whose numbers are claimed by nobody, or by somebody else.
    async fn numbers_without_claims(&self, page: &Page) -> Result<Vec<Finding>, Stopped> {
        let claimed: Vec<(&Customer, Key)> = page
            .customers
            .iter()
            .flat_map(|customer| {
                self.claims_of(customer).into_iter().map(move |key| (customer, key))
            })
            .collect();
        let mut keys: Vec<Key> = claimed.iter().map(|(_, key)| key.clone()).collect();
        keys.sort_unstable();
        keys.dedup();
        let mut held: Vec<(Key, Option<Claimed>)> = Vec::new();
        for some in keys.chunks(MAX_ITEMS) {
            for item in self.table().get_all(some).await? {
                held.push((item::key_of(&item), Claim::read(item).ok()));
            }
        }
        let has = |customer: &Customer, key: &Key| match held.iter().find(|(known, _)| known == key)
        {
            Some((_, Some(claimed))) => claimed.holder.as_ref() == Some(&customer.identifier),
            // It cannot be read, which is found where it stands.
            Some((_, None)) => true,
            None => false,
        };
        let doubtful: Vec<_> =
            claimed.iter().filter(|(customer, key)| !has(customer, key)).collect();
        let mut found = Vec::new();
        for some in doubtful.chunks(AT_ONCE) {
            let looks = some.iter().map(|(customer, key)| self.number(&customer.identifier, key));
            found.extend(try_join_all(looks).await?.into_iter().flatten());
        }
        Ok(found)
    }

    /// A number that was not claimed by the customer that has it.
    async fn number(&self, holder: &Identifier, key: &Key) -> Result<Option<Finding>, Stopped> {
        let keys = [key.clone(), keys::customer(holder)];
        let Some(together) = self.table().get_together(&keys).await? else {
            return Ok(None);
        };
        let [claim, customer] = &together[..] else {
            return Ok(None);
        };
        let who = Who::of(customer.clone());
        if !matches!(who.is(holder), Presence::There(now) if self.claims_of(now).contains(key)) {
            return Ok(None);
        }
        let seen = match claim.clone().map(Claim::read) {
            None => None,
            Some(Ok(seen)) => Some(seen),
            Some(Err(_)) => return Ok(None),
        };
        let checks: Vec<Check> = unchanged(&who, holder).into_iter().collect();
        if let Some(other) = seen.as_ref().and_then(|seen| seen.holder.as_ref()) {
            if other == holder {
                return Ok(None);
            }
            let others = Who::read(self.table(), [other]).await?;
            if self.may_hold(&others, other, key) {
                return Ok(Some(Finding::at(Damage::NumberOfTwo, key)));
            }
            if self.manner.mend {
                let claim = Claim { key: key.clone(), holder: other.clone() };
                let also: Vec<Check> = unchanged(&others, other).into_iter().collect();
                self.mend(&[claim.give_up(&self.stamp())], &also).await?;
            }
        }
        let claim = Claim { key: key.clone(), holder: holder.clone() };
        let stake: writes::Write = claim.stake(seen.as_ref(), &self.stamp());
        let finding = Finding::of(Damage::NumberWithoutClaim, holder);
        self.mended(finding, &[stake], &checks).await
    }
}

/// That the customer, where it is there, is at the version that was read.
fn unchanged(who: &Who, identifier: &Identifier) -> Option<Check> {
    match who.is(identifier) {
        Presence::There(customer) => Some(Check {
            key: keys::customer(identifier),
            on: writes::Condition::VersionIs(customer.version),
        }),
        Presence::Unknown | Presence::Absent => None,
    }
}
