//! What this function says in JSON and CSV: requests in error, and what came of them.

use domain::customer::CustomerNumber;
use domain::message::edits::FailedEdit;
use domain::message::{Attribute, Message};
use domain::request::{Entry, EntryOutcome, RequestInError};
use operations::messages::Action;
use operations::requests::show::Shown;
use operations::requests::totals::Totals;
use serde::Serialize;
use serde_json::{Map, Value};

/// A request in error as the list has it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Summary {
    id: String,
    state: &'static str,
    received_at: String,
    action: &'static str,
    company: Option<String>,
    name: String,
    city: Option<String>,
    email: Option<String>,
    phone: Option<String>,
    customer_number: Option<String>,
    alternate_number: Option<String>,
    source: Option<String>,
    original_source: Option<String>,
    codes: Vec<&'static str>,
    assigned_to: Option<String>,
    closed_at: Option<String>,
    closed_by: Option<String>,
    version: u64,
}

impl Summary {
    pub(crate) fn of(request: &RequestInError, action: Action) -> Self {
        let given = |attribute| request.attribute(attribute).map(str::to_owned);
        let phones = [Attribute::DAY_PHONE, Attribute::EVENING_PHONE, Attribute::FAX_PHONE];
        let closing = request.closing();
        let named = request.attribute(Attribute::CUSTOMER_NUMBER);
        let named = named.map(|text| {
            CustomerNumber::parse(text).map_or_else(|| text.to_owned(), |number| number.to_string())
        });
        Self {
            id: request.id.as_str().to_owned(),
            state: request.state.as_str(),
            received_at: request.received_at.to_string(),
            action: action.letter(),
            company: given(Attribute::COMPANY),
            name: request.name(),
            city: given(Attribute::CITY),
            email: given(Attribute::EMAIL),
            phone: phones.into_iter().find_map(given),
            customer_number: request.customer_number().map(|number| number.to_string()).or(named),
            alternate_number: given(Attribute::ALTERNATE_NUMBER),
            source: request.message.routing.source.clone(),
            original_source: given(Attribute::ORIGINAL_SOURCE),
            codes: codes(&request.failed),
            assigned_to: request.assigned_to().map(str::to_owned),
            closed_at: closing.map(|entry| entry.at.to_string()),
            closed_by: closing.map(|entry| entry.who.clone()),
            version: request.version,
        }
    }

    /// The values of a row, in the order of [`Summary::COLUMNS`].
    pub(crate) fn row(self) -> [String; Self::WIDTH] {
        let Self {
            id,
            state,
            received_at,
            action,
            company,
            name,
            city,
            email,
            phone,
            customer_number,
            alternate_number,
            source,
            original_source,
            codes,
            assigned_to,
            closed_at,
            closed_by,
            version,
        } = self;
        [
            id,
            state.to_owned(),
            received_at,
            action.to_owned(),
            company.unwrap_or_default(),
            name,
            city.unwrap_or_default(),
            email.unwrap_or_default(),
            phone.unwrap_or_default(),
            customer_number.unwrap_or_default(),
            alternate_number.unwrap_or_default(),
            source.unwrap_or_default(),
            original_source.unwrap_or_default(),
            codes.join(" "),
            assigned_to.unwrap_or_default(),
            closed_at.unwrap_or_default(),
            closed_by.unwrap_or_default(),
            version.to_string(),
        ]
    }

    /// The names of the columns of a row.
    pub(crate) const COLUMNS: [&'static str; Self::WIDTH] = [
        "id",
        "state",
        "receivedAt",
        "action",
        "company",
        "name",
        "city",
        "email",
        "phone",
        "customerNumber",
        "alternateNumber",
        "source",
        "originalSource",
        "codes",
        "assignedTo",
        "closedAt",
        "closedBy",
        "version",
    ];

    /// How many columns a row has.
    pub(crate) const WIDTH: usize = 18;
}

#[derive(Serialize)]
pub(crate) struct Page {
    pub(crate) errors: Vec<Summary>,
    /// Those that this release cannot read.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) unreadable: Vec<String>,
    #[serde(flatten)]
    pub(crate) of_state: Option<OfState>,
    pub(crate) next: Option<String>,
}

/// What the first page says of the whole state, whatever else the filter asks for.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct OfState {
    total: u64,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    total_is_lower_bound: bool,
    oldest: Option<String>,
}

impl OfState {
    pub(crate) fn of(totals: Totals) -> Self {
        let Totals { total, more, oldest } = totals;
        let oldest = oldest.map(|oldest| oldest.to_string());
        Self { total, total_is_lower_bound: more, oldest }
    }
}

/// A request in error, whole.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Detail {
    #[serde(flatten)]
    summary: Summary,
    received: ReceivedBody,
    message: MessageBody,
    errors: Vec<FailedEditBody>,
    history: Vec<EntryBody>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    dry_run: bool,
}

impl Detail {
    pub(crate) fn of(shown: &Shown, action: Action, dry_run: bool) -> Self {
        let Shown { request, failing } = shown;
        Self {
            summary: Summary::of(request, action),
            received: ReceivedBody {
                content_type: request.received.content_type.clone(),
                body: request.received.body.clone(),
            },
            message: MessageBody::of(&request.message),
            errors: failing.iter().map(FailedEditBody::of).collect(),
            history: request.history.iter().map(EntryBody::of).collect(),
            dry_run,
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ReceivedBody {
    content_type: String,
    body: String,
}

#[derive(Serialize)]
struct MessageBody {
    r#type: Option<String>,
    #[serde(rename = "CustSoldTo")]
    customer: Map<String, Value>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    warnings: Vec<String>,
}

impl MessageBody {
    fn of(message: &Message) -> Self {
        Self {
            r#type: message.message_type.clone(),
            customer: message
                .attributes
                .iter()
                .map(|(attribute, value)| (attribute.name().to_owned(), value.into()))
                .collect(),
            warnings: message.warnings(),
        }
    }
}

#[derive(Serialize)]
struct FailedEditBody {
    element: &'static str,
    attribute: &'static str,
    code: &'static str,
    reason: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<String>,
}

impl FailedEditBody {
    fn of(failed: &FailedEdit) -> Self {
        let FailedEdit { field, code, country: _ } = failed;
        Self {
            element: field.element(),
            attribute: field.name(),
            code: code.code(),
            reason: code.reason(),
            detail: failed.detail(),
        }
    }
}

#[derive(Serialize)]
struct EntryBody {
    at: String,
    who: String,
    what: &'static str,
    outcome: Option<&'static str>,
    codes: Vec<&'static str>,
    patch: Option<Map<String, Value>>,
    text: Option<String>,
}

impl EntryBody {
    fn of(entry: &Entry) -> Self {
        let patch: Map<String, Value> = entry
            .correction
            .iter()
            .map(|(field, value)| (field.name().to_owned(), value.into()))
            .collect();
        Self {
            at: entry.at.to_string(),
            who: entry.who.clone(),
            what: entry.what.as_str(),
            outcome: entry.outcome.map(|outcome| match outcome {
                EntryOutcome::Created(_)
                | EntryOutcome::Updated(_)
                | EntryOutcome::Unchanged(_) => "success",
                EntryOutcome::Failure(_) => "failure",
                EntryOutcome::Duplicate => "duplicate",
            }),
            codes: codes(&entry.failed),
            patch: (!patch.is_empty()).then_some(patch),
            text: entry.text.clone(),
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Batch {
    pub(crate) results: Vec<One>,
    pub(crate) next: Option<String>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(crate) dry_run: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct One {
    pub(crate) id: String,
    pub(crate) status: u16,
    pub(crate) outcome: &'static str,
    pub(crate) customer_number: Option<String>,
    pub(crate) codes: Vec<&'static str>,
}

/// What a dry run says of a deletion.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Deleted {
    pub(crate) id: String,
    pub(crate) state: &'static str,
    pub(crate) dry_run: bool,
}

/// The codes of failed edits, each once.
pub(crate) fn codes(failed: &[FailedEdit]) -> Vec<&'static str> {
    let mut codes: Vec<_> = failed.iter().map(|failed| failed.code.code()).collect();
    let mut seen = std::collections::HashSet::new();
    codes.retain(|code| seen.insert(*code));
    codes
}
