//! Parts of bodies that several functions answer with: an address, a telephone, and what changed of a customer.

use domain::customer::address::Address;
use domain::customer::contact::Phone;
use domain::history::{Changed, Value};
use serde::Serialize;

/// An address. What it does not have is empty.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AddressBody {
    line1: String,
    line2: String,
    apartment: String,
    city: String,
    state: String,
    postal_code: String,
    country: String,
}

impl AddressBody {
    pub fn of(address: &Address) -> Self {
        let Address { line1, line2, apartment, city, state, postal_code, country } =
            address.clone();
        Self { line1, line2, apartment, city, state, postal_code, country }
    }
}

/// A telephone number with its type, where it has one.
#[derive(Serialize)]
pub struct PhoneBody {
    #[serde(skip_serializing_if = "Option::is_none")]
    r#type: Option<String>,
    number: String,
}

impl PhoneBody {
    pub fn of(phone: &Phone) -> Self {
        Self { r#type: phone.kind().map(str::to_owned), number: phone.number().to_owned() }
    }
}

/// A value before and after.
#[derive(Serialize)]
pub struct ChangedBody {
    attribute: &'static str,
    before: Option<ValueBody>,
    after: Option<ValueBody>,
}

/// A value: a text, or telephone numbers.
#[derive(Serialize)]
#[serde(untagged)]
pub enum ValueBody {
    Text(String),
    Phones(Vec<PhoneBody>),
}

impl ValueBody {
    pub fn of(value: &Value) -> Self {
        match value {
            Value::Text(text) => Self::Text(text.clone()),
            Value::Phones(phones) => Self::Phones(phones.iter().map(PhoneBody::of).collect()),
        }
    }
}

impl ChangedBody {
    pub fn of(changed: &Changed) -> Self {
        Self {
            attribute: changed.part.name(),
            before: changed.before.as_ref().map(ValueBody::of),
            after: changed.after.as_ref().map(ValueBody::of),
        }
    }
}
