//! This function's JSON, in and out.

use api::json::{Json, Reader, item};
use api::problem::Fault;
use domain::customer::CustomerNumber;
use domain::edits::{EditCode, FailedEdit, Field};
use domain::message::{Attribute, Message};
use domain::outcome::Action;
use domain::request_in_error::{
    Attempt, Correction, Entry, LARGEST_CORRECTION, RequestInError, RequestInErrorId,
};
use operations::bulk::{self, Chosen};
use operations::fix::Shown;
use serde::Serialize;
use serde_json::{Map, Value};

/// Reads a merge patch of a message: attributes, and `type`, with their new values; `null` takes one away.
pub(crate) fn correction(json: &Json, faults: &mut Vec<Fault>) -> Correction {
    let mut correction = Correction::default();
    let Json::Object(properties) = json else {
        faults.push(Fault::new(
            "",
            "wrong-kind",
            "A patch is an object of attributes and their new values.",
        ));
        return correction;
    };
    for (index, (name, value)) in properties.iter().enumerate() {
        let shown: String = name.chars().take(100).collect();
        let pointer = format!("/{}", shown.replace('~', "~0").replace('/', "~1"));
        if properties[..index]
            .iter()
            .any(|(earlier, _)| earlier == name)
        {
            faults.push(Fault::new(
                pointer.clone(),
                "repeated-property",
                "This property is given more than once.",
            ));
        }
        let Some(field) = Field::named(name) else {
            faults.push(Fault::new(
                pointer,
                "unknown-property",
                "This is not an attribute of a message.",
            ));
            continue;
        };
        match value {
            Json::Null => correction.set(field, None),
            Json::Text(text) | Json::Number(text) => correction.set(field, Some(text.clone())),
            Json::Bool(_) | Json::List(_) | Json::Object(_) => {
                faults.push(Fault::new(
                    pointer,
                    "wrong-kind",
                    "A value is a string, a number or null.",
                ));
            }
        }
    }
    if correction.size() > LARGEST_CORRECTION {
        faults.push(Fault::new(
            "",
            "too-long",
            format!("The values of one patch have at most {LARGEST_CORRECTION} bytes together."),
        ));
    }
    correction
}

/// Reads which requests shall be reprocessed: `ids`, or `code` with `limit` and `cursor`.
pub(crate) fn chosen(
    json: &Json,
    cursor: impl FnOnce(&str) -> Option<String>,
    faults: &mut Vec<Fault>,
) -> Option<Chosen> {
    let mut body = Reader::open(json, "", faults);
    let ids = body.list("ids");
    let code = body.optional("code", edit_code);
    let limit = body.whole_number("limit");
    let after = body.text("cursor");
    let limit = match limit.unwrap_or(bulk::MOST as u64) {
        limit if (1..=bulk::MOST as u64).contains(&limit) => {
            usize::try_from(limit).unwrap_or(bulk::MOST)
        }
        _ => {
            body.fault(
                "limit",
                "invalid-limit",
                format!("A limit is a whole number from 1 to {}.", bulk::MOST),
            );
            1
        }
    };
    let after = match after.map(|text| (text, cursor(text))) {
        None => None,
        Some((_, Some(position))) => Some(position),
        Some((_, None)) => {
            body.fault(
                "cursor",
                "invalid-cursor",
                "This is not a cursor of this list.",
            );
            None
        }
    };
    let chosen = match (ids, code) {
        (Some(ids), None) => Some(Chosen::Ids(read_ids(ids, &mut body))),
        (None, Some(code)) => Some(Chosen::Cause { code, limit, after }),
        (Some(_), Some(_)) | (None, None) => {
            body.fault(
                "ids",
                "required",
                "Either `ids` or `code` says which requests are reprocessed.",
            );
            None
        }
    };
    body.finish();
    chosen
}

fn read_ids(list: &[Json], body: &mut Reader<'_, '_>) -> Vec<RequestInErrorId> {
    if list.is_empty() || list.len() > bulk::MOST {
        body.fault(
            "ids",
            "too-many",
            format!("There are 1 to {} ids in one call.", bulk::MOST),
        );
        return Vec::new();
    }
    let pointer = body.pointer("ids");
    let mut ids: Vec<RequestInErrorId> = Vec::with_capacity(list.len());
    for (index, json) in list.iter().enumerate() {
        let id = match json {
            Json::Text(text) => RequestInErrorId::parse(text),
            Json::Null | Json::Bool(_) | Json::Number(_) | Json::List(_) | Json::Object(_) => None,
        };
        match id {
            Some(id) if ids.contains(&id) => {}
            Some(id) => ids.push(id),
            None => body.faults().push(Fault::new(
                item(&pointer, index),
                "invalid-id",
                "This is not the id of a request in error.",
            )),
        }
    }
    ids
}

/// The edit of a code.
pub(crate) fn edit_code(text: &str) -> Result<EditCode, domain::Invalid> {
    EditCode::named(text).ok_or_else(|| domain::Invalid {
        code: "invalid-code",
        reason: "This is not the code of an edit.".to_owned(),
    })
}

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
    customer_number: Option<String>,
    alternate_number: Option<String>,
    codes: Vec<&'static str>,
    version: u64,
}

impl Summary {
    pub(crate) fn of(request: &RequestInError, action: Action) -> Self {
        let named = request.attribute(Attribute::CUSTOMER_NUMBER);
        let named = named.map(|text| {
            CustomerNumber::parse(text).map_or_else(|| text.to_owned(), |number| number.to_string())
        });
        Self {
            id: request.id.as_str().to_owned(),
            state: request.state.as_str(),
            received_at: request.received_at.to_string(),
            action: action.letter(),
            company: request.attribute(Attribute::COMPANY).map(str::to_owned),
            name: request.name(),
            customer_number: request
                .customer_number()
                .map(|number| number.to_string())
                .or(named),
            alternate_number: request
                .attribute(Attribute::ALTERNATE_NUMBER)
                .map(str::to_owned),
            codes: codes(&request.failed),
            version: request.version,
        }
    }

    /// The values of a row, in the order of [`Summary::COLUMNS`].
    pub(crate) fn row(self) -> [String; 10] {
        let Self {
            id,
            state,
            received_at,
            action,
            company,
            name,
            customer_number,
            alternate_number,
            codes,
            version,
        } = self;
        [
            id,
            state.to_owned(),
            received_at,
            action.to_owned(),
            company.unwrap_or_default(),
            name,
            customer_number.unwrap_or_default(),
            alternate_number.unwrap_or_default(),
            codes.join(" "),
            version.to_string(),
        ]
    }

    /// The names of the columns of a row.
    pub(crate) const COLUMNS: [&'static str; 10] = [
        "id",
        "state",
        "receivedAt",
        "action",
        "company",
        "name",
        "customerNumber",
        "alternateNumber",
        "codes",
        "version",
    ];
}

/// A page of the list.
#[derive(Serialize)]
pub(crate) struct Page {
    pub(crate) errors: Vec<Summary>,
    pub(crate) next: Option<String>,
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
}

impl FailedEditBody {
    fn of(failed: &FailedEdit) -> Self {
        let FailedEdit { field, code } = failed;
        Self {
            element: field.element(),
            attribute: field.name(),
            code: code.code(),
            reason: code.reason(),
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
            outcome: entry.attempt.map(|attempt| match attempt {
                Attempt::Created(_) | Attempt::Updated(_) => "success",
                Attempt::Failure => "failure",
                Attempt::Duplicate => "duplicate",
            }),
            codes: codes(&entry.failed),
            patch: (!patch.is_empty()).then_some(patch),
        }
    }
}

/// What came of many requests.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Bulk {
    pub(crate) results: Vec<One>,
    pub(crate) next: Option<String>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(crate) dry_run: bool,
}

/// What came of one of them.
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

/// What a dry run says of an erasure.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Erased {
    pub(crate) customer_number: String,
    pub(crate) dealer_customers: usize,
    pub(crate) requests_in_error: usize,
    pub(crate) dry_run: bool,
}

/// The codes of failed edits, each once.
pub(crate) fn codes(failed: &[FailedEdit]) -> Vec<&'static str> {
    let mut codes: Vec<_> = failed.iter().map(|failed| failed.code.code()).collect();
    let mut seen = std::collections::HashSet::new();
    codes.retain(|code| seen.insert(*code));
    codes
}
