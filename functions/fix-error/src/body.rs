//! What this function is told in JSON: a patch of a message, which requests are reprocessed, and what stewards tell each other.

use std::collections::HashSet;

use api::json::{Json, Reader, about_property, item};
use api::problem::Fault;
use domain::message::edits::{self, EditCode, Field};
use domain::request::{Correction, MAX_ASSIGNEE, MAX_CORRECTION, MAX_TEXT, RequestInErrorId};
use operations::requests::reprocess_batch::{Chosen, MAX_BATCH};

/// Reads a merge patch of a message, which stands at `pointer` in the body: attributes, and `type`, with their new values; `null` takes one away.
pub(crate) fn correction(json: &Json, pointer: &str, faults: &mut Vec<Fault>) -> Correction {
    let mut correction = Correction::default();
    let Json::Object(properties) = json else {
        faults.push(Fault::new(
            pointer,
            "wrong-kind",
            "A patch is an object of attributes and their new values.",
        ));
        return correction;
    };
    let mut seen = HashSet::new();
    for (name, value) in properties {
        if !seen.insert(name.as_str()) {
            faults.push(about_property(
                pointer,
                name,
                "repeated-property",
                "This property is given more than once.",
            ));
        }
        let Some(field) = Field::named(name) else {
            faults.push(about_property(
                pointer,
                name,
                "unknown-property",
                "This is not an attribute of a message.",
            ));
            continue;
        };
        match value {
            Json::Null => correction.set(field, None),
            Json::Text(text) | Json::Number(text) => correction.set(field, Some(text.clone())),
            Json::Bool(_) | Json::List(_) | Json::Object(_) => {
                faults.push(about_property(
                    pointer,
                    name,
                    "wrong-kind",
                    "A value is a string, a number or null.",
                ));
            }
        }
    }
    if correction.size() > MAX_CORRECTION {
        faults.push(Fault::new(
            pointer,
            "too-long",
            format!("The values of one patch have at most {MAX_CORRECTION} bytes together."),
        ));
    }
    correction
}

/// Reads which requests shall be reprocessed: `ids`, or `code` with `limit` and `cursor`; and the `patch` for all of them, if there is one.
pub(crate) fn chosen(
    json: &Json,
    cursor: impl FnOnce(&str) -> Option<String>,
    faults: &mut Vec<Fault>,
) -> Option<(Chosen, Correction)> {
    let mut body = Reader::open(json, "", faults);
    let patch = match body.raw("patch") {
        None | Some(Json::Null) => Correction::default(),
        Some(patch) => {
            let pointer = body.pointer("patch");
            correction(patch, &pointer, body.faults())
        }
    };
    let ids = body.list("ids");
    let code = body.optional("code", edit_code);
    let limit = body.whole_number("limit");
    let after = body.text("cursor");
    let limit = match limit.unwrap_or(MAX_BATCH as u64) {
        limit if (1..=MAX_BATCH as u64).contains(&limit) => {
            usize::try_from(limit).unwrap_or(MAX_BATCH)
        }
        _ => {
            body.fault(
                "limit",
                "invalid-limit",
                format!("A limit is a whole number from 1 to {}.", MAX_BATCH),
            );
            1
        }
    };
    let after = match after.map(|text| (text, cursor(text))) {
        None => None,
        Some((_, Some(position))) => Some(position),
        Some((_, None)) => {
            body.fault("cursor", "invalid-cursor", "This is not a cursor of this list.");
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
    chosen.map(|chosen| (chosen, patch))
}

fn read_ids(list: &[Json], body: &mut Reader<'_, '_>) -> Vec<RequestInErrorId> {
    if list.is_empty() || list.len() > MAX_BATCH {
        body.fault("ids", "too-many", format!("There are 1 to {} ids in one call.", MAX_BATCH));
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

/// Reads whom a request is assigned to; none, with `to` given as `null`, where it is nobody.
pub(crate) fn assignee(json: &Json, faults: &mut Vec<Fault>) -> Option<String> {
    let mut body = Reader::open(json, "", faults);
    let to = match body.raw("to") {
        Some(Json::Null) => None,
        Some(_) | None => body.required("to", |text| written(text, MAX_ASSIGNEE)),
    };
    body.finish();
    to
}

/// Reads a note.
pub(crate) fn note(json: &Json, faults: &mut Vec<Fault>) -> Option<String> {
    let mut body = Reader::open(json, "", faults);
    let text = body.required("text", |text| written(text, MAX_TEXT));
    body.finish();
    text
}

/// What somebody wrote, without the blanks around it: something, and not too much, and nothing that no list can show truly.
pub(crate) fn written(text: &str, longest: usize) -> Result<String, domain::Invalid> {
    let text = text.trim();
    let invalid = |code, reason: String| Err(domain::Invalid { code, reason });

    if text.is_empty() {
        invalid("required", "Something must be written here.".to_owned())
    } else if text.chars().count() > longest {
        invalid("value-too-long", format!("This has at most {longest} characters."))
    } else if !text.split('\n').all(edits::is_plain) {
        invalid(
            "invalid-value",
            "A control character, or one that turns the writing around, cannot be shown."
                .to_owned(),
        )
    } else {
        Ok(text.to_owned())
    }
}

pub(crate) fn edit_code(text: &str) -> Result<EditCode, domain::Invalid> {
    EditCode::named(text).ok_or_else(|| domain::Invalid {
        code: "invalid-code",
        reason: "This is not the code of an edit.".to_owned(),
    })
}
