//! Customer numbers: none is above the counter, and none is of two customers.

use domain::customer::Customer;
use futures_util::future::try_join_all;
use store::keys;
use store::numbers::{self, Counter};
use store::table::{IndexQuery, WholeTable};

use super::finding::{Damage, Finding};
use super::page::Page;
use super::{AT_ONCE, Auditor};
use crate::changes::Bus;
use crate::kit::Stopped;

impl<T: WholeTable, B: Bus> Auditor<T, B> {
    pub(super) async fn numbers(&self, page: &Page) -> Result<Vec<Finding>, Stopped> {
        let mut found: Vec<Finding> = self.counter(page).await?.into_iter().collect();
        for some in page.customers.chunks(AT_ONCE) {
            let looks = some.iter().map(|customer| self.number_of_two(customer));
            found.extend(try_join_all(looks).await?.into_iter().flatten());
        }
        Ok(found)
    }

    /// The counter and its copy, read after the customers whose numbers it must have counted.
    async fn counter(&self, page: &Page) -> Result<Option<Finding>, Stopped> {
        let highest = page.customers.iter().map(|customer| u64::from(customer.number.get())).max();
        let Some(highest) = highest else {
            return Ok(None);
        };
        let key = keys::customer_counter();
        let both = [key.clone(), keys::customer_counter_copy()];
        let Some(both) = self.table().get_together(&both).await? else {
            return Ok(None);
        };
        let mut both = both.into_iter().map(Counter::read);
        // One that cannot be read is found where it stands.
        let (Some(Ok(counter)), Some(Ok(copy))) = (both.next(), both.next()) else {
            return Ok(None);
        };
        let is_too_low = counter.count < highest;
        if !is_too_low && numbers::agree(&counter, &copy) {
            return Ok(None);
        }
        let mut finding = Finding::at(Damage::CounterTooLow, &key);
        if self.manner.mend {
            if counter.has_begun() || copy.has_begun() || !is_too_low {
                Box::pin(numbers::begin(self.table())).await?;
            }
            // Where that told nothing, or too little.
            Box::pin(numbers::count_on_behind(self.table(), highest)).await?;
            finding.mended = true;
        }
        Ok(Some(finding))
    }

    /// Whether another customer has the number too. The index knows every customer, though perhaps late.
    async fn number_of_two(&self, customer: &Customer) -> Result<Option<Finding>, Stopped> {
        let query = IndexQuery::at(keys::number(customer.number), 2);
        let own = keys::customer(&customer.identifier);
        let entries = self.table().index(&query).await?.found;
        Ok(entries
            .iter()
            .any(|entry| entry.key != own)
            .then(|| Finding::at(Damage::CustomerNumberOfTwo, &own)))
    }
}
