//! `CWCustomerIn` in JSON.
//!
//! JSON text is read by `api`, which loses nothing; what a property is to the message is told by [`crate::reading`], and no value is judged here.

use api::json::{Json, Reader, about_property};
use domain::message::Message;

use crate::reading::{
    self, CUSTOMER, Kind, Unreadable, note_unknown, part_of_message, set_on_customer,
};

/// Reads a `CWCustomerIn`: one object with one object `CustSoldTo`. Strings and numbers are values, `null` and a blank string are: not given.
/// Unknown properties are remembered by name and ignored.
///
/// # Errors
/// *Cannot Parse JSON Message* for what `api::json::read` refuses. *Invalid JSON Message*, with every fault, where the message or its
/// `CustSoldTo` is not an object, `CustSoldTo` is missing, a property is given twice, or the value of a property of ours, or of any
/// property of `CustSoldTo`, is neither a string nor a number nor `null`.
pub fn read(body: &[u8]) -> Result<Message, Unreadable> {
    let mut message = Message::default();
    let mut faults = Vec::new();
    let mut kind = Kind::Invalid;
    match api::json::read(body) {
        Ok(json) => message_of(&json, &mut message, &mut Reader::open(&json, "", &mut faults)),
        Err(fault) => {
            kind = Kind::CannotParse;
            faults.push(fault);
        }
    }
    Unreadable::of_faults(kind, faults).map_or(Ok(message), Err)
}

fn message_of(json: &Json, message: &mut Message, reader: &mut Reader<'_, '_>) {
    let Json::Object(properties) = json else {
        return;
    };
    let mut customer_given = false;
    for (name, value) in properties {
        if name == CUSTOMER {
            customer_given = true;
            let pointer = reader.pointer(CUSTOMER);
            customer_of(value, message, &mut Reader::open(value, pointer, reader.faults()));
        } else if part_of_message(message, name).is_none() {
            note_unknown(message, name);
        } else if let Some(text) = text_of(name, value, reader) {
            reading::set_on_message(message, name, text);
        }
    }
    if !customer_given {
        reader.fault(CUSTOMER, "required", "This property is required.");
    }
}

fn customer_of(json: &Json, message: &mut Message, reader: &mut Reader<'_, '_>) {
    let Json::Object(properties) = json else {
        return;
    };
    for (name, value) in properties {
        if let Some(text) = text_of(name, value, reader) {
            set_on_customer(message, name, text);
        }
    }
}

/// The text of a string, or of a number as it is written; `null` has the text of a blank string. Anything else is a fault.
fn text_of<'j>(name: &str, value: &'j Json, reader: &mut Reader<'_, '_>) -> Option<&'j str> {
    match value {
        Json::Text(text) | Json::Number(text) => Some(text),
        Json::Null => Some(""),
        Json::Bool(_) | Json::List(_) | Json::Object(_) => {
            let message = format!("This must be a string or a number; it is {}.", value.kind());
            let object = reader.pointer("");
            let object = object.trim_end_matches('/');
            let fault = about_property(object, name, "wrong-kind", &message);
            reader.faults().push(fault);
            None
        }
    }
}

#[cfg(test)]
mod tests;
