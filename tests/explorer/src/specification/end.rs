//! Whether the table stands as it should: customers with their versions, attributes and claims, dealer customers, queued messages.

use std::collections::{BTreeMap, BTreeSet};

use domain::matching::possible::Pair;
use domain::message::Attribute;
use domain::request::{RequestInErrorId, State};
use domain::secret::Secret;
use store::keys::{self, Key};

use super::super::ledger::Ledger;
use super::super::scenario::controls;
use super::{Names, Specification, Standing};

impl Specification {
    /// Whether the table stands as it should.
    ///
    /// # Errors
    /// A sentence that says what does not.
    pub(crate) fn explains(&self, ledger: &Ledger, names: &Names) -> Result<(), String> {
        let there = || self.customers.iter().filter(|customer| !customer.lost);
        if there().count() != ledger.customers.len() {
            return Err(format!(
                "there are {} customers in the table and should be {}",
                ledger.customers.len(),
                there().count()
            ));
        }
        let secret = controls().secret;
        for customer in there() {
            let stands = ledger.created_by(&customer.effect).ok_or("a customer is missing")?;
            if stands.version != customer.version {
                return Err(format!(
                    "{} has version {} and should have {}",
                    stands.identifier, stands.version, customer.version
                ));
            }
            let winner = customer.merged_into.map(|winner| &self.customers[winner].effect);
            let winner = winner.and_then(|effect| names.get(effect)).map(|(one, _)| one);
            let stands_for = stands.merged_into.as_ref().map(|merged| &merged.winner);
            if stands_for != winner {
                return Err(format!("{} is merged into {stands_for:?}", stands.identifier));
            }
            let is_given = |name: &str| GIVEN.contains(&name);
            let more = stands.attributes.iter().map(|(attribute, _)| attribute.name());
            let mut more = more.filter(|name| is_given(name));
            if let Some(name) = more.find(|name| !customer.attributes.contains_key(name)) {
                return Err(format!("{} has {name}, which it should not have", stands.identifier));
            }
            for (name, value) in &customer.attributes {
                let attribute = domain::message::Attribute::named(name);
                if attribute.and_then(|attribute| stands.attributes.get(attribute)) != Some(value) {
                    return Err(format!("{} has another {name}", stands.identifier));
                }
            }
            for (name, key) in CLAIMED {
                if let Some(value) = customer.attributes.get(name)
                    && ledger.claims.get(&key(&secret, value)) != Some(&stands.identifier)
                {
                    return Err(format!("{} has not claimed its {name}", stands.identifier));
                }
            }
        }
        let claimed = there().map(|customer| {
            let has = |(name, _): &&(&str, _)| customer.attributes.contains_key(name);
            CLAIMED.iter().filter(has).count()
        });
        if ledger.claims.len() != claimed.sum::<usize>() {
            return Err("a number or relate id is claimed that nobody has".to_owned());
        }
        let belongs: BTreeMap<_, _> = ledger
            .dealer_customers
            .iter()
            .map(|(dcn, record)| (dcn.as_str(), record.dealer_customer.organization.as_ref()))
            .collect();
        let should: BTreeMap<_, _> = self
            .dealer_customers
            .iter()
            .map(|(dcn, organization)| {
                let organization = organization
                    .and_then(|customer| names.get(&self.customers[customer].effect))
                    .map(|(identifier, _)| identifier);
                (*dcn, organization)
            })
            .collect();
        if belongs != should {
            return Err(format!("dealer customers belong as {belongs:?} and should as {should:?}"));
        }
        let identifier = |one: usize| names.get(&self.customers[one].effect).map(|(one, _)| one);
        let apart = self.apart.iter().map(|[one, other]| {
            identifier(*one).zip(identifier(*other)).and_then(|(one, other)| Pair::of(one, other))
        });
        if apart.collect::<Option<BTreeSet<_>>>().as_ref() != Some(&ledger.apart) {
            return Err(format!("these are kept apart: {:?}", ledger.apart));
        }
        self.explains_queue(ledger)
    }

    fn explains_queue(&self, ledger: &Ledger) -> Result<(), String> {
        if ledger.requests_in_error.len() != self.queue.len() {
            return Err(format!(
                "{} messages are queued and should be {}",
                ledger.requests_in_error.len(),
                self.queue.len()
            ));
        }
        for queued in &self.queue {
            let id = RequestInErrorId::of(&queued.effect);
            let stands = ledger.requests_in_error.iter().find(|one| one.id == id);
            let stands = stands.ok_or("a queued message is missing")?;
            let should = match queued.standing {
                Standing::Open => State::Open,
                Standing::Resolved(_) => State::Resolved,
                Standing::Deleted => State::Deleted,
            };
            let city = stands.attribute(Attribute::CITY);
            if (stands.state, stands.version) != (should, queued.version)
                || city != queued.attributes.get("cst_city").map(String::as_str)
            {
                return Err(format!(
                    "request in error {} is {:?} in version {} with the city {city:?} and should be {should:?} in version {} with {:?}",
                    id.as_str(),
                    stands.state,
                    stands.version,
                    queued.version,
                    queued.attributes.get("cst_city")
                ));
            }
        }
        Ok(())
    }
}

/// What scenarios say of customers: nothing else of it stands on them.
const GIVEN: [&str; 10] = [
    "cst_company_name",
    "cst_street_addr",
    "cst_city",
    "cst_state",
    "cst_zip",
    "cst_country",
    "cst_email_status",
    "cst_mail_code",
    "cst_relate_id",
    "cst_interface_cust_nbr",
];

/// The key of a claim.
type KeyOf = fn(&Secret, &str) -> Key;

/// What is claimed, with the key of its claim.
const CLAIMED: [(&str, KeyOf); 2] =
    [("cst_relate_id", keys::relate_id), ("cst_interface_cust_nbr", keys::alternate_number)];
