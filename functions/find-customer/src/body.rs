//! The bodies of the answers.

use api::parts::{AddressBody, ChangedBody, PhoneBody};
use domain::by::By;
use domain::change::Change;
use domain::customer::{Customer, CustomerNumber};
use domain::history::{HistoryEntry, Of};
use operations::changes::Told;
use operations::customers::find::{self, FoundCustomer};
use operations::customers::history;
use operations::kit::Listed;
use serde::Serialize;
use store::keys::ChangesPlace;

/// A page of a look-up.
#[derive(Serialize)]
pub(crate) struct Found {
    customers: Vec<FoundBody>,
    /// The identifiers of those who may be it and cannot be read by this release.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    unreadable: Vec<String>,
    next: Option<String>,
}

impl Found {
    pub(crate) fn of(
        page: &Listed<FoundCustomer, find::Place, find::Unreadable>,
        next: Option<String>,
    ) -> Self {
        Self {
            customers: page.found.iter().map(FoundBody::of).collect(),
            unreadable: page.unreadable.iter().map(ToString::to_string).collect(),
            next,
        }
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
    /// The versions, and the places of other entries, that this release cannot read.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    unreadable: Vec<String>,
    next: Option<String>,
}

impl History {
    pub(crate) fn of(
        page: &Listed<HistoryEntry, history::Place, String>,
        next: Option<String>,
        merged_into: Option<CustomerNumber>,
    ) -> Self {
        Self {
            merged_into: merged_into.map(|number| number.to_string()),
            history: page.found.iter().map(EntryBody::of).collect(),
            unreadable: page.unreadable.clone(),
            next,
        }
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
    /// The lists and the numbers there of those that this release cannot read.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    unreadable: Vec<String>,
    next: String,
}

impl Changes {
    pub(crate) fn of(changes: &[Change], unreadable: &[ChangesPlace], next: String) -> Self {
        let place = |ChangesPlace { shard, sequence }: &ChangesPlace| format!("{shard}/{sequence}");
        Self {
            changes: changes.iter().map(Told::of).collect(),
            unreadable: unreadable.iter().map(place).collect(),
            next,
        }
    }
}
