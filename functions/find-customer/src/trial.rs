//! Trying rules: what is tried and on whom, read from JSON with all faults at once, and what it would match or part.

use api::json::{Json, Reader, WRONG_KIND, about_property, item};
use api::problem::Fault;
use domain::Invalid;
use domain::customer::CustomerNumber;
use domain::look_up::LookUp;
use domain::matching::comparison::MatchField;
use domain::matching::generic_values::{GenericValues, Kind};
use domain::matching::match_code::Layout;
use domain::matching::rule::Rule;
use domain::matching::trial::{Judgement, Tried};
use domain::message::{Attribute, Attributes};
use operations::customers::try_rules::{self, MAX_MESSAGES, Pair, Pairs};
use serde::Serialize;

use crate::MAX_GENERIC_VALUES;

pub(crate) struct Asked {
    pub(crate) tried: Tried,
    pub(crate) messages: Vec<Attributes>,
    /// The customer whose blocks are compared in themselves.
    pub(crate) customer_number: Option<CustomerNumber>,
}

/// Reads `layout`, `exactMatch`, `alsoMatch` and `genericValues`, and the `messages` and the `customerNumber` that they are tried on.
pub(crate) fn asked(json: &Json, faults: &mut Vec<Fault>) -> Asked {
    let mut body = Reader::open(json, "", faults);
    let mut tried = Tried {
        layout: body.optional("layout", layout),
        exact: body.optional("exactMatch", exact),
        also: also(&mut body),
        lists: Vec::new(),
    };
    if let Some(mut lists) = body.object("genericValues") {
        for kind in Kind::ALL {
            tried.lists.extend(list(&mut lists, kind).map(|values| (kind, values)));
        }
        lists.finish();
    }
    let customer_number = body.optional("customerNumber", LookUp::parse_number);
    let messages = body.list("messages").unwrap_or_default();
    if messages.len() > MAX_MESSAGES {
        let message = format!("There are up to {MAX_MESSAGES} messages in one call.");
        body.fault("messages", "too-many", message);
    } else if messages.is_empty() && customer_number.is_none() {
        let message = "`messages` or `customerNumber` says whom the rules are tried on.";
        body.fault("messages", "required", message);
    }
    let pointer = body.pointer("messages");
    let messages = messages.iter().take(MAX_MESSAGES).enumerate();
    let messages = messages
        .map(|(index, json)| {
            let place = item(&pointer, index);
            let message = Reader::open(json, place, body.faults());
            if matches!(json, Json::Object(_)) {
                attributes(message)
            } else {
                Attributes::default()
            }
        })
        .collect();
    body.finish();
    Asked { tried, messages, customer_number }
}

/// The attributes of a message; what is none of ours is passed over, as it is where it is added.
fn attributes(mut message: Reader<'_, '_>) -> Attributes {
    const CUSTOMER: &str = "CustSoldTo";
    let mut attributes = Attributes::default();
    let Some(json) = message.raw(CUSTOMER) else {
        message.fault(CUSTOMER, "required", "This property is required.");
        return attributes;
    };
    let pointer = message.pointer(CUSTOMER);
    // It reports what is given twice.
    Reader::open(json, pointer.as_str(), message.faults());
    let Json::Object(properties) = json else { return attributes };
    for (name, value) in properties {
        match (value, Attribute::named(name)) {
            (Json::Text(text) | Json::Number(text), Some(attribute)) => {
                attributes.set(attribute, text.as_str());
            }
            (Json::Text(_) | Json::Number(_) | Json::Null, _) => {}
            (Json::Bool(_) | Json::List(_) | Json::Object(_), _) => {
                let kind = value.kind();
                let sentence = format!("This must be a string or a number; it is {kind}.");
                let fault = about_property(&pointer, name, WRONG_KIND, &sentence);
                message.faults().push(fault);
            }
        }
    }
    attributes
}

fn layout(text: &str) -> Result<Layout, Invalid> {
    Layout::parse(text).ok_or_else(|| Invalid {
        code: "invalid-layout",
        reason: "a layout is like postal_code:5,name:4,street:6, each part once and 1 to 40 long"
            .to_owned(),
    })
}

fn exact(text: &str) -> Result<Vec<MatchField>, Invalid> {
    Rule::parse_exact(text).ok_or_else(|| Invalid {
        code: "invalid-exact-match",
        reason: format!(
            "exact-match values are a list of {} with a comma between each two",
            MatchField::ALL.map(MatchField::name).join(", ")
        ),
    })
}

/// A second rule; an empty text takes it away.
fn also(body: &mut Reader<'_, '_>) -> Option<Option<Rule>> {
    let is_empty = matches!(body.raw("alsoMatch"), Some(Json::Text(text)) if text.is_empty());
    let rule = body.optional("alsoMatch", |text| {
        Rule::parse(text).ok_or_else(|| Invalid {
            code: "invalid-rule",
            reason: "a second rule is a layout, /, and exact-match values".to_owned(),
        })
    });
    if is_empty { Some(None) } else { rule.map(Some) }
}

/// A list of generic values, where it is given.
fn list(lists: &mut Reader<'_, '_>, kind: Kind) -> Option<Vec<String>> {
    let given = lists.list(kind.name())?;
    if given.len() > MAX_GENERIC_VALUES {
        lists.fault(
            kind.name(),
            "too-many",
            format!("A list has up to {MAX_GENERIC_VALUES} values."),
        );
        return None;
    }
    let pointer = lists.pointer(kind.name());
    let mut values = Vec::with_capacity(given.len());
    for (index, json) in given.iter().enumerate() {
        match json {
            Json::Text(text) if GenericValues::can_list(text) => values.push(text.clone()),
            Json::Null
            | Json::Bool(_)
            | Json::Number(_)
            | Json::Text(_)
            | Json::List(_)
            | Json::Object(_) => lists.faults().push(Fault::new(
                item(&pointer, index),
                "invalid-value",
                "A generic value is a text with a letter or digit.",
            )),
        }
    }
    Some(values)
}

/// The answer: what would be matched or parted, and nobody's values.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Differences {
    pairs: Vec<PairOfMessages>,
    customers: Vec<MessageAndCustomer>,
    #[serde(skip_serializing_if = "Option::is_none")]
    block: Option<Vec<PairOfCustomers>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    warnings: Vec<String>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    dry_run: bool,
}

#[derive(Serialize)]
struct PairOfMessages {
    one: usize,
    other: usize,
    now: &'static str,
    then: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct MessageAndCustomer {
    message: usize,
    customer_number: String,
    now: &'static str,
    then: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PairOfCustomers {
    customer_number: String,
    other: String,
    now: &'static str,
    then: &'static str,
}

impl Differences {
    pub(crate) fn of(found: &try_rules::Differences, asked: &Asked, dry_run: bool) -> Self {
        let try_rules::Differences { messages, customers, block, incomplete } = found;
        let mut warnings = Vec::new();
        if *incomplete {
            warnings.push(
                "not every customer of the blocks was compared: there are too many".to_owned(),
            );
        }
        warnings.extend(left_out(messages, "messages"));
        warnings.extend(left_out(customers, "a message and a customer"));
        warnings.extend(left_out(block, "customers"));
        Self {
            pairs: listed(messages, |one, other, now, then| PairOfMessages {
                one,
                other,
                now,
                then,
            }),
            customers: listed(customers, |message, number, now, then| MessageAndCustomer {
                message,
                customer_number: number.to_string(),
                now,
                then,
            }),
            block: asked.customer_number.map(|_| {
                listed(block, |one, other, now, then| PairOfCustomers {
                    customer_number: one.to_string(),
                    other: other.to_string(),
                    now,
                    then,
                })
            }),
            warnings,
            dry_run,
        }
    }
}

fn left_out<One, Other>(pairs: &Pairs<One, Other>, of: &str) -> Option<String> {
    match pairs.left_out {
        0 => None,
        1 => Some(format!("1 more pair of {of} is not listed")),
        more => Some(format!("{more} more pairs of {of} are not listed")),
    }
}

fn listed<One: Copy, Other: Copy, Shown>(
    pairs: &Pairs<One, Other>,
    show: impl Fn(One, Other, &'static str, &'static str) -> Shown,
) -> Vec<Shown> {
    let word = |same| if same { "same" } else { "different" };
    let listed = pairs.listed.iter();
    listed
        .map(|Pair { one, other, judgement: Judgement { same_now, same_then } }| {
            show(*one, *other, word(*same_now), word(*same_then))
        })
        .collect()
}
