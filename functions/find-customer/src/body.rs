//! The bodies of the answers.

use api::parts::{AddressBody, ChangedBody, PhoneBody};
use domain::by::By;
use domain::change::Change;
use domain::customer::{Customer, CustomerNumber};
use domain::history::{HistoryEntry, Of};
use operations::changes::Told;
use operations::customers::find::FoundCustomer;
use serde::Serialize;

/// A page of a look-up.
#[derive(Serialize)]
pub(crate) struct Found {
    customers: Vec<FoundBody>,
    next: Option<String>,
}

impl Found {
    pub(crate) fn of(found: &[FoundCustomer], next: Option<String>) -> Self {
        Self { customers: found.iter().map(FoundBody::of).collect(), next }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct FoundBody {
    #[serde(flatten)]
    customer: CustomerBody,
    found_by: Vec<&'static str>,
    formerly: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    merged_customer_number: Option<String>,
}

impl FoundBody {
    fn of(found: &FoundCustomer) -> Self {
        let FoundCustomer { customer, found_by, formerly, led_by } = found;
        Self {
            customer: CustomerBody::of(customer),
            found_by: found_by.iter().map(|asked| asked.as_str()).collect(),
            formerly: *formerly,
            merged_customer_number: led_by.map(|number| number.to_string()),
        }
    }
}

/// What a list shows of a customer.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CustomerBody {
    customer_number: String,
    customer_organization_identifier: String,
    name: String,
    address: AddressBody,
    email: Option<String>,
    phones: Vec<PhoneBody>,
    status: &'static str,
    version: u64,
}

impl CustomerBody {
    pub(crate) fn of(customer: &Customer) -> Self {
        Self {
            customer_number: customer.number.to_string(),
            customer_organization_identifier: customer.identifier.to_string(),
            name: customer.business_name(),
            address: AddressBody::of(&customer.address()),
            email: customer.email().map(|email| email.as_str().to_owned()),
            phones: customer.all_phones().iter().map(PhoneBody::of).collect(),
            status: customer.status().as_str(),
            version: customer.version,
        }
    }
}

/// A page of a history.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct History {
    #[serde(skip_serializing_if = "Option::is_none")]
    merged_into: Option<String>,
    history: Vec<EntryBody>,
    next: Option<String>,
}

impl History {
    pub(crate) fn of(
        entries: &[HistoryEntry],
        next: Option<String>,
        merged_into: Option<CustomerNumber>,
    ) -> Self {
        let merged_into = merged_into.map(|number| number.to_string());
        Self { merged_into, history: entries.iter().map(EntryBody::of).collect(), next }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct EntryBody {
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    dcn: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    request_in_error: Option<String>,
    at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    by: Option<ByBody>,
    what: &'static str,
    changed: Vec<ChangedBody>,
    #[serde(skip_serializing_if = "Option::is_none")]
    lost_since: Option<u64>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ByBody {
    pub(crate) caller: String,
    pub(crate) operation: String,
    pub(crate) request_id: String,
}

impl EntryBody {
    fn of(entry: &HistoryEntry) -> Self {
        let HistoryEntry { of, what, at, by, changed, lost_since } = entry;
        let (version, dcn, request_in_error) = match of {
            Of::Version(version) => (Some(*version), None, None),
            Of::DealerCustomer(dcn) => (None, Some(dcn.to_string()), None),
            Of::RequestInError(id) => (None, None, Some(id.as_str().to_owned())),
        };
        let by = by.clone().map(|By { caller, operation, request_id }| ByBody {
            caller,
            operation,
            request_id,
        });
        Self {
            version,
            dcn,
            request_in_error,
            at: at.to_string(),
            by,
            what: what.as_str(),
            changed: changed.iter().map(ChangedBody::of).collect(),
            lost_since: *lost_since,
        }
    }
}

/// What changed, and where the reader goes on.
#[derive(Serialize)]
pub(crate) struct Changes {
    changes: Vec<Told>,
    next: String,
}

impl Changes {
    pub(crate) fn of(changes: &[Change], next: String) -> Self {
        Self { changes: changes.iter().map(Told::of).collect(), next }
    }
}
