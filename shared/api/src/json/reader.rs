//! Walks a JSON object property by property and collects every fault, so that one answer can name them all.
//!
//! What makes a value valid beyond its kind is told to the reader by the caller, mostly as a parser of the domain.

use std::borrow::Cow;
use std::collections::HashSet;

use domain::Invalid;

use super::Json;
use crate::problem::Fault;

/// The code of a value that is of another kind than its property has.
pub const WRONG_KIND: &str = "wrong-kind";

/// Longer names of unknown properties are not repeated in a pointer, in characters.
const MAX_NAME: usize = 100;

/// A reader of one object.
///
/// Every property that is asked for counts as known; [`Reader::finish`] reports the others. The texts that it hands out
/// live as long as the JSON, not as long as the reader.
///
/// ```
/// # use api::json::{self, Reader};
/// let json = json::parse(br#"{"dealerCode":"TD68","address":{"city":7},"x":1}"#).unwrap();
/// let mut faults = Vec::new();
/// let mut body = Reader::open(&json, "", &mut faults);
/// let code = body.required("dealerCode", domain::dealer::DealerCode::parse);
/// let city = body.object("address").and_then(|mut address| {
///     let city = address.text("city");
///     address.finish();
///     city
/// });
/// body.finish();
/// assert!(code.is_some() && city.is_none());
/// let pointers: Vec<&str> = faults.iter().map(|fault| fault.pointer.as_str()).collect();
/// assert_eq!(pointers, ["/address/city", "/x"]);
/// ```
pub struct Reader<'j, 'f> {
    properties: &'j [(String, Json)],
    is_object: bool,
    pointer: String,
    known: Vec<&'static str>,
    faults: &'f mut Vec<Fault>,
}

impl<'j, 'f> Reader<'j, 'f> {
    /// Opens the object `json`, which stands at `pointer` in the body (`""` for the body itself).
    ///
    /// Anything but an object is a fault, and then read as an object without properties, none of which is missed. A property given twice is a fault.
    pub fn open(
        json: &'j Json,
        pointer: impl Into<String>,
        faults: &'f mut Vec<Fault>,
    ) -> Reader<'j, 'f> {
        let pointer = pointer.into();
        let (is_object, properties) = match json {
            Json::Object(properties) => (true, properties.as_slice()),
            Json::Null | Json::Bool(_) | Json::Number(_) | Json::Text(_) | Json::List(_) => {
                faults.push(wrong_kind(pointer.clone(), "an object", json));
                (false, &[][..])
            }
        };
        let mut seen = HashSet::new();
        let mut repeated = HashSet::new();
        for (name, _) in properties {
            if !seen.insert(name.as_str()) && repeated.insert(name.as_str()) {
                let message = "This property is given more than once.";
                faults.push(about_property(&pointer, name, "repeated-property", message));
            }
        }
        Reader { properties, is_object, pointer, known: Vec::new(), faults }
    }

    pub fn pointer(&self, name: &str) -> String {
        format!("{}/{}", self.pointer, escaped(name))
    }

    /// All faults so far, to add others or to open a reader within a list.
    pub fn faults(&mut self) -> &mut Vec<Fault> {
        self.faults
    }

    pub fn fault(&mut self, name: &str, code: &'static str, message: impl Into<String>) {
        let pointer = self.pointer(name);
        self.faults.push(Fault::new(pointer, code, message));
    }

    /// Adds what the domain refused at a property.
    pub fn refuse(&mut self, name: &str, invalid: Invalid) {
        self.fault(name, invalid.code, invalid.reason);
    }

    /// A property as it came, `null` included; of a repeated one the last.
    pub fn raw(&mut self, name: &'static str) -> Option<&'j Json> {
        self.known.push(name);
        self.properties.iter().rev().find(|(found, _)| found == name).map(|(_, value)| value)
    }

    /// A string. `null` and `""` are: not given; anything else is a fault.
    pub fn text(&mut self, name: &'static str) -> Option<&'j str> {
        match self.raw(name)? {
            Json::Text(text) => not_empty(text),
            Json::Null => None,
            other @ (Json::Bool(_) | Json::Number(_) | Json::List(_) | Json::Object(_)) => {
                self.wrong_kind(name, "a string", other)
            }
        }
    }

    /// A string, or a number as it is written. `null` and `""` are: not given; anything else is a fault.
    pub fn value(&mut self, name: &'static str) -> Option<&'j str> {
        match self.raw(name)? {
            Json::Text(text) | Json::Number(text) => not_empty(text),
            Json::Null => None,
            other @ (Json::Bool(_) | Json::List(_) | Json::Object(_)) => {
                self.wrong_kind(name, "a string or a number", other)
            }
        }
    }

    /// A whole number from 0. `null` is: not given; anything else is a fault.
    pub fn whole_number(&mut self, name: &'static str) -> Option<u64> {
        match self.raw(name)? {
            Json::Null => None,
            Json::Number(number) => {
                let parsed = whole(number);
                if parsed.is_none() {
                    self.fault(name, WRONG_KIND, "A whole number, not below 0, is expected here.");
                }
                parsed
            }
            other @ (Json::Bool(_) | Json::Text(_) | Json::List(_) | Json::Object(_)) => {
                self.wrong_kind(name, "a whole number", other)
            }
        }
    }

    /// An object, with a reader of its own. `null` is: not given; anything else is a fault.
    pub fn object(&mut self, name: &'static str) -> Option<Reader<'j, '_>> {
        match self.raw(name)? {
            Json::Null => None,
            json @ Json::Object(_) => Some(Reader::open(json, self.pointer(name), self.faults)),
            other @ (Json::Bool(_) | Json::Number(_) | Json::Text(_) | Json::List(_)) => {
                self.wrong_kind(name, "an object", other)
            }
        }
    }

    /// A list. `null` is: not given; anything else is a fault. [`item`] makes the pointers of what is in it.
    pub fn list(&mut self, name: &'static str) -> Option<&'j [Json]> {
        match self.raw(name)? {
            Json::List(items) => Some(items),
            Json::Null => None,
            other @ (Json::Bool(_) | Json::Number(_) | Json::Text(_) | Json::Object(_)) => {
                self.wrong_kind(name, "a list", other)
            }
        }
    }

    /// A string that the domain parses, where it is given; what the domain refuses is a fault.
    pub fn optional<T>(
        &mut self,
        name: &'static str,
        parse: impl FnOnce(&str) -> Result<T, Invalid>,
    ) -> Option<T> {
        let text = self.text(name)?;
        parse(text).map_err(|invalid| self.refuse(name, invalid)).ok()
    }

    /// A string that the domain parses and that must be given; that it is not, or refused, is a fault.
    pub fn required<T>(
        &mut self,
        name: &'static str,
        parse: impl FnOnce(&str) -> Result<T, Invalid>,
    ) -> Option<T> {
        let before = self.faults.len();
        let parsed = self.optional(name, parse);
        if parsed.is_none() && self.faults.len() == before && self.is_object {
            self.fault(name, "required", "This property is required.");
        }
        parsed
    }

    /// Reports every property that nobody asked for.
    pub fn finish(self) {
        let mut reported = HashSet::new();
        for (name, _) in self.properties {
            if !self.known.contains(&name.as_str()) && reported.insert(name.as_str()) {
                let message = "This property is not known here.";
                self.faults.push(about_property(&self.pointer, name, "unknown-property", message));
            }
        }
    }

    fn wrong_kind<T>(&mut self, name: &str, expected: &str, found: &Json) -> Option<T> {
        let pointer = self.pointer(name);
        self.faults.push(wrong_kind(pointer, expected, found));
        None
    }
}

/// The pointer to the item `index` (from 0) of the list at `pointer`.
pub fn item(pointer: &str, index: usize) -> String {
    format!("{pointer}/{index}")
}

/// The fault of a value at `pointer` that is of another kind than `expected` (such as `a list`).
pub(super) fn wrong_kind(pointer: String, expected: &str, found: &Json) -> Fault {
    let found = found.kind();
    Fault::new(pointer, WRONG_KIND, format!("This must be {expected}; it is {found}."))
}

/// A fault at a property whose name the caller made up: a very long name is told by its length, at the object's pointer.
pub fn about_property(object: &str, name: &str, code: &'static str, message: &str) -> Fault {
    let length = name.chars().count();
    if length <= MAX_NAME {
        Fault::new(format!("{object}/{}", escaped(name)), code, message)
    } else {
        Fault::new(object, code, format!("{message} Its name has {length} characters."))
    }
}

/// The whole number, not below 0, that a JSON number is, however it is written: `7`, `7.0` and `70e-1` are one number (JSON Schema 2020-12,
/// section 4.2.3). Beyond 2^53 only plain digits are exact.
fn whole(number: &str) -> Option<u64> {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    number.parse().ok().or_else(|| {
        let number: f64 = number.parse().ok()?;
        let is_whole = (0.0..=EXACT).contains(&number) && number.fract() == 0.0;
        is_whole.then_some(number as u64)
    })
}

/// A property's name within a JSON pointer (RFC 6901, section 3).
pub(crate) fn escaped(name: &str) -> Cow<'_, str> {
    if name.contains(['~', '/']) {
        name.replace('~', "~0").replace('/', "~1").into()
    } else {
        name.into()
    }
}

fn not_empty(text: &str) -> Option<&str> {
    (!text.is_empty()).then_some(text)
}

#[cfg(test)]
mod tests;
