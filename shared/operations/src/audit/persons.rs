//! Persons who were erased: nothing of them is left on dealer customers, or on the requests in error that came to them.

use domain::by::{By, Stamp};
use domain::customer::{Customer, CustomerNumber};
use domain::request::RequestInError;
use futures_util::future::try_join_all;
use store::items::{self, Occupant};
use store::keys::{self, Key};
use store::table::{IndexQuery, WholeTable};

use super::finding::{Damage, Finding};
use super::page::Page;
use super::who::{Presence, Who};
use super::{AT_ONCE, Auditor};
use crate::changes::Bus;
use crate::customers::remains::{Remains, has_somebody};
use crate::kit::Stopped;

impl<T: WholeTable, B: Bus> Auditor<T, B> {
    pub(super) async fn persons(&self, page: &Page) -> Result<Vec<Finding>, Stopped> {
        let mut found = Vec::new();
        let said = page.dealer_customers.iter().map(|record| &record.dealer_customer);
        let said: Vec<_> = said.filter(|one| has_somebody(one)).collect();
        let who = Who::read(self.table(), said.iter().filter_map(|one| one.organization.as_ref()));
        let who = who.await?;
        for one in said {
            let Some(Presence::There(customer)) = one.organization.as_ref().map(|its| who.is(its))
            else {
                continue;
            };
            let dealer_customers = vec![one.clone()];
            let remains = Remains { dealer_customers, ..Remains::default() };
            found.extend(self.left(customer, &keys::dealer_customer(&one.dcn), &remains).await?);
        }
        let requests = page.requests.iter().filter(|request| !request.is_erased());
        let came_to =
            |request: &RequestInError| Some((request.clone(), request.customer_number()?));
        let requests: Vec<_> = requests.filter_map(came_to).collect();
        for some in requests.chunks(AT_ONCE) {
            let looks = some.iter().map(|(request, number)| self.request(request, *number));
            found.extend(try_join_all(looks).await?.into_iter().flatten());
        }
        Ok(found)
    }

    /// A request in error that came to this customer.
    async fn request(
        &self,
        request: &RequestInError,
        number: CustomerNumber,
    ) -> Result<Option<Finding>, Stopped> {
        let Some(customer) = self.numbered(number).await? else {
            return Ok(None);
        };
        let remains = Remains { requests: vec![request.clone()], ..Remains::default() };
        self.left(&customer, &keys::request_in_error(&request.id), &remains).await
    }

    /// What is left of a customer, where it was erased.
    async fn left(
        &self,
        customer: &Customer,
        at: &Key,
        remains: &Remains,
    ) -> Result<Option<Finding>, Stopped> {
        let Some(erased) = &customer.erased else {
            return Ok(None);
        };
        if !self.is_over(erased.at) {
            return Ok(None);
        }
        let finding = Finding::at(Damage::PersonLeft, at);
        if !self.manner.mend {
            return Ok(Some(finding));
        }
        let By { caller, operation, .. } = &erased.by;
        let stamp = self.stamp();
        let by = By::new(caller, operation, &stamp.by.request_id);
        // What changed meanwhile is looked at by the next audit, or was emptied by another.
        let mended = remains.erase(self.table(), &Stamp { by, ..stamp }).await?;
        Ok(mended.then_some(Finding { mended, ..finding }))
    }

    /// The customer of a number, as far as the index knows it.
    async fn numbered(&self, number: CustomerNumber) -> Result<Option<Customer>, Stopped> {
        let query = IndexQuery::at(keys::number(number), 1);
        let Some(entry) = self.table().index(&query).await?.found.pop() else {
            return Ok(None);
        };
        Ok(match self.table().get(&entry.key).await?.map(items::occupant) {
            Some(Ok((_, Occupant::Customer(customer)))) => Some(*customer),
            // What cannot be read is found where it stands.
            Some(Ok((_, Occupant::Reference(_) | Occupant::Empty)) | Err(_)) | None => None,
        })
    }
}
