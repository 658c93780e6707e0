//! Rows of an export, as `cargo load` takes them: messages and associations, each with the number that its customer has here.

use domain::customer::address::Address;
use domain::customer::contact::Phone;
use domain::customer::{Customer, CustomerNumber};
use domain::dealer::association::Statement;
use domain::dealer::{DealerCustomer, DealerProfile};
use domain::message::Attribute;
use serde_json::{Map, Value, json};

/// Of a row that makes a customer: the number that it has here.
pub(super) const WAS: &str = "was";

/// Of a row about a customer that another row makes: the number that it has here.
pub(super) const OF: &str = "of";

/// The message that makes this customer again. Whoever is in the table belongs there, look-alikes too, so it asks for no duplicates.
pub(super) fn add(customer: &Customer) -> Value {
    let mut attributes = attributes(customer);
    attributes.insert(Attribute::DUPLICATE.name().to_owned(), json!("N"));
    message(WAS, customer, attributes)
}

/// The message that gives this customer its values, when an association has made it.
pub(super) fn change(customer: &Customer) -> Value {
    message(OF, customer, attributes(customer))
}

fn attributes(customer: &Customer) -> Map<String, Value> {
    let all = customer.attributes.iter();
    all.map(|(attribute, value)| (attribute.name().to_owned(), json!(value))).collect()
}

fn message(link: &str, customer: &Customer, attributes: Map<String, Value>) -> Value {
    json!({ link: customer.number.to_string(), "type": "CWCustomerIn", "CustSoldTo": attributes })
}

/// The association that makes this dealer customer again.
pub(super) fn associate(of: &DealerCustomer, link: &str, number: CustomerNumber) -> Value {
    let DealerCustomer { dcn, profile, organization: _ } = of;
    let DealerProfile { dealer_type, business_name, alternate_name, address, email, phones } =
        profile;
    let mut row = json!({
        link: number.to_string(),
        "dealerCode": dcn.dealer_code.as_str(),
        "dealerCustomerNumber": dcn.dealer_customer_number.as_str(),
        "dealerType": dealer_type.as_str(),
    });
    let given = [
        ("businessName", business_name.as_ref().map(|name| json!(name))),
        ("alternateName", alternate_name.as_ref().map(|name| json!(name))),
        ("address", address.as_ref().map(address_value)),
        ("email", email.as_ref().map(|email| json!(email.as_str()))),
        ("phones", (!phones.is_empty()).then(|| phones.iter().map(phone_value).collect())),
    ];
    for (name, value) in given {
        if let Some(value) = value {
            row[name] = value;
        }
    }
    row
}

/// What such an association says.
pub(super) fn statement(profile: &DealerProfile) -> Statement {
    let DealerProfile { dealer_type, business_name, alternate_name, address, email, phones } =
        profile.clone();
    let email = email.map(|email| email.as_str().to_owned());
    Statement { dealer_type, business_name, alternate_name, address, email, phones }
}

fn address_value(address: &Address) -> Value {
    let parts = Address::PARTS.into_iter().zip(address.values());
    let given = parts.filter(|(_, value)| !value.is_empty());
    given.map(|((name, _), value)| (name.to_owned(), json!(value))).collect::<Map<_, _>>().into()
}

fn phone_value(phone: &Phone) -> Value {
    match phone.kind() {
        Some(kind) => json!({ "type": kind, "number": phone.number() }),
        None => json!({ "number": phone.number() }),
    }
}
