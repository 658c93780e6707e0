//! A change in the form in which everybody is told of it: as an event on the bus, as a line of `cargo local --events`, and as an entry of `GET /changes`.

use domain::change::Change;
use domain::history::{Of, Part};
use domain::matching::possible::PairState;
use serde::Serialize;

/// A change as JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Told {
    pub id: String,
    pub r#type: &'static str,
    pub at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customer_organization_identifier: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customer_number: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub other_customer_organization_identifier: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub other_customer_number: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dcn: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_in_error: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub operation: Option<String>,
    pub changed: Vec<&'static str>,
}

impl Told {
    pub fn of(change: &Change) -> Self {
        let Change { id, kind, at, customer, other, state, of, version, operation, changed } =
            change;
        let (dcn, request_in_error) = match of {
            Of::Version(_) => (None, None),
            Of::DealerCustomer(dcn) => (Some(dcn.to_string()), None),
            Of::RequestInError(id) => (None, Some(id.as_str().to_owned())),
        };
        Self {
            id: id.as_str().to_owned(),
            r#type: kind.as_str(),
            at: at.to_string(),
            customer_organization_identifier: customer.as_ref().map(|(one, _)| one.to_string()),
            customer_number: customer.as_ref().map(|(_, number)| number.to_string()),
            other_customer_organization_identifier: other.as_ref().map(|(one, _)| one.to_string()),
            other_customer_number: other.as_ref().map(|(_, number)| number.to_string()),
            state: state.map(PairState::as_str),
            dcn,
            request_in_error,
            version: *version,
            operation: operation.clone(),
            changed: changed.iter().copied().map(Part::name).collect(),
        }
    }
}
