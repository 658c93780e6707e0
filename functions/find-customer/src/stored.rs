//! A stored customer in JSON, with every attribute that is kept.

use domain::customer::Customer;
use domain::message::Attribute;
use serde::ser::{Serialize, SerializeMap, Serializer};

/// A customer as `GET /customers/{number}` shows it.
pub(crate) struct StoredCustomer<'a> {
    pub(crate) customer: &'a Customer,
    /// Whether another one was asked for, which was merged into it.
    pub(crate) merged: bool,
}

impl Serialize for StoredCustomer<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self { customer, merged } = self;
        let mut map = serializer.serialize_map(None)?;
        if *merged {
            map.serialize_entry("mergedInto", &customer.number.to_string())?;
        }
        map.serialize_entry("customerOrganizationIdentifier", &customer.identifier.to_string())?;
        map.serialize_entry("cst_cust_nbr", &customer.number.to_string())?;
        map.serialize_entry("status", customer.status().as_str())?;
        map.serialize_entry("version", &customer.version)?;
        map.serialize_entry("createdAt", &customer.created_at.to_string())?;
        map.serialize_entry("updatedAt", &customer.updated_at.to_string())?;
        if !customer.absorbed.is_empty() {
            let absorbed = customer.absorbed.iter().map(|absorbed| absorbed.number.to_string());
            map.serialize_entry("absorbed", &absorbed.collect::<Vec<_>>())?;
        }
        map.serialize_entry("CustSoldTo", &StoredAttributes(customer))?;
        map.end()
    }
}

struct StoredAttributes<'a>(&'a Customer);

impl Serialize for StoredAttributes<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut all = self.0.attributes.clone();
        all.set(Attribute::CUSTOMER_NUMBER, self.0.number.to_string());
        serializer
            .collect_map(all.iter().map(|(attribute, value)| (attribute.name(), value.to_owned())))
    }
}
