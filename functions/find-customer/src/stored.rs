//! A stored customer in JSON, with every attribute that is kept.

use domain::customer::Customer;
use domain::message::Attribute;
use serde::ser::{Serialize, SerializeMap, Serializer};

/// A customer as `GET /customers/{number}` shows it.
pub(crate) struct StoredCustomer<'a>(pub(crate) &'a Customer);

impl Serialize for StoredCustomer<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let customer = self.0;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("customerOrganizationIdentifier", &customer.identifier.to_string())?;
        map.serialize_entry("cst_cust_nbr", &customer.number.to_string())?;
        map.serialize_entry("status", customer.status().as_str())?;
        map.serialize_entry("version", &customer.version)?;
        map.serialize_entry("createdAt", &customer.created_at.to_string())?;
        map.serialize_entry("updatedAt", &customer.updated_at.to_string())?;
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
