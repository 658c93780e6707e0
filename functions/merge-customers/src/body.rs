//! What this function is told and what it answers in JSON.

use api::json::{Json, Reader, WRONG_KIND, about_property};
use api::parts::ChangedBody;
use api::problem::Fault;
use domain::Invalid;
use domain::customer::CustomerNumber;
use domain::customer::merge::{Choice, Choices, NoChoice, Side};
use operations::customers::decision::Decided;
use serde::Serialize;

use crate::foreseen::ForeseenBody;

/// What a merge or an un-merge is asked with.
pub(crate) struct Pair {
    pub(crate) loser: Option<CustomerNumber>,
    pub(crate) loser_version: Option<u64>,
    pub(crate) choices: Choices,
    /// What reads well and cannot be chosen.
    pub(crate) impossible: Vec<Fault>,
}

/// Reads `loser`, `loserVersion` where a merge has it, and the choices of that name.
pub(crate) fn pair(json: &Json, choices: &'static str, faults: &mut Vec<Fault>) -> Pair {
    let mut body = Reader::open(json, "", faults);
    let loser = match body.value("loser").map(CustomerNumber::parse) {
        Some(Some(number)) => Some(number),
        Some(None) => {
            body.fault("loser", "invalid-number", "A customer number is up to nine digits.");
            None
        }
        None => {
            body.fault("loser", "required", "This property is required.");
            None
        }
    };
    let loser_version = if choices == TAKE { body.whole_number("loserVersion") } else { None };
    let mut impossible = Vec::new();
    let choices = chosen(&mut body, choices, &mut impossible);
    body.finish();
    Pair { loser, loser_version, choices, impossible }
}

/// Under which name a merge is told which value is whose.
pub(crate) const TAKE: &str = "take";

/// The same of an un-merge.
pub(crate) const KEEP: &str = "keep";

fn chosen(body: &mut Reader<'_, '_>, name: &'static str, impossible: &mut Vec<Fault>) -> Choices {
    const UNKNOWN: &str = "This is no attribute of a customer.";
    const STAYS: &str = "This stays where it is, and leads to the winner.";
    const OF_ADDRESS: &str = "An address is taken as a whole: choose `address`.";
    const SIDE: &str = "This is `winner` or `loser`.";
    let mut choices = Choices::new();
    let Some(json) = body.raw(name).filter(|json| !matches!(json, Json::Null)) else {
        return choices;
    };
    let pointer = body.pointer(name);
    // It reports what is given twice, and what is no object.
    Reader::open(json, pointer.as_str(), body.faults());
    let Json::Object(properties) = json else { return choices };
    for (property, value) in properties {
        let about =
            |code: &'static str, message: &str| about_property(&pointer, property, code, message);
        let side = match value {
            Json::Text(word) => Side::named(word),
            Json::Null | Json::Bool(_) | Json::Number(_) | Json::List(_) | Json::Object(_) => None,
        };
        match (Choice::named(property), side) {
            (Ok(choice), Some(side)) => {
                choices.insert(choice, side);
            }
            (Ok(_), None) => {
                let code = if matches!(value, Json::Text(_)) { "invalid-side" } else { WRONG_KIND };
                body.faults().push(about(code, SIDE));
            }
            (Err(NoChoice::Unknown), _) => {
                body.faults().push(about("unknown-property", UNKNOWN));
            }
            (Err(NoChoice::Stays), _) => body.faults().push(about("stays", STAYS)),
            (Err(NoChoice::OfAddress), _) => impossible.push(about("address-is-whole", OF_ADDRESS)),
        }
    }
    choices
}

/// Reads which version a customer gets its values back from.
pub(crate) fn version(json: &Json, faults: &mut Vec<Fault>) -> Option<u64> {
    let mut body = Reader::open(json, "", faults);
    let version = body.whole_number("version");
    match version {
        None => body.fault("version", "required", "This property is required."),
        Some(0) => body.refuse(
            "version",
            Invalid {
                code: "invalid-version",
                reason: "a version is a whole number from 1 on".to_owned(),
            },
        ),
        Some(_) => {}
    }
    body.finish();
    version
}

/// A decision that was carried out.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DecidedBody {
    customer_number: String,
    version: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    absorbed: Option<[String; 1]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    released: Option<[String; 1]>,
    changed: Vec<ChangedBody>,
    #[serde(skip_serializing_if = "Option::is_none")]
    dealer_customers: Option<usize>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    more_dealer_customers: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    foreseen: Option<ForeseenBody>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    dry_run: bool,
}

impl DecidedBody {
    fn of(decided: &Decided, dry_run: bool) -> Self {
        Self {
            customer_number: decided.number.to_string(),
            version: decided.version,
            absorbed: None,
            released: None,
            changed: decided.changed.iter().map(ChangedBody::of).collect(),
            dealer_customers: None,
            more_dealer_customers: false,
            foreseen: decided.foreseen.as_deref().map(ForeseenBody::of),
            dry_run,
        }
    }

    fn counted(self, (counted, more): (usize, bool)) -> Self {
        Self { dealer_customers: Some(counted), more_dealer_customers: more, ..self }
    }

    pub(crate) fn merged(decided: &Decided, loser: CustomerNumber, dry_run: bool) -> Self {
        let body = Self::of(decided, dry_run).counted(decided.dealer_customers);
        Self { absorbed: Some([loser.to_string()]), ..body }
    }

    pub(crate) fn parted(decided: &Decided, loser: CustomerNumber, dry_run: bool) -> Self {
        let body = Self::of(decided, dry_run).counted(decided.dealer_customers);
        Self { released: Some([loser.to_string()]), ..body }
    }

    pub(crate) fn restored(decided: &Decided, dry_run: bool) -> Self {
        Self::of(decided, dry_run)
    }
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
