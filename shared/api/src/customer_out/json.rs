//! `CWCustomerOut` as JSON. What is told is decided above.

use domain::message::edits::FailedEdit;
use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};

use super::{CustomerOut, MESSAGE_TYPE, Shown};

impl CustomerOut {
    /// The answer as one JSON object, in the order in which a person reads it.
    pub fn to_json(&self) -> Vec<u8> {
        serde_json::to_vec(self)
            .expect("an answer is made of strings, lists and `true`, which always serialise")
    }
}

impl Serialize for CustomerOut {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let answer = self;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("type", MESSAGE_TYPE)?;
        for (name, value) in answer.routing() {
            map.serialize_entry(name, value)?;
        }
        map.serialize_entry("CustSoldTo", &CustomerElement(answer))?;
        for (name, value) in answer.references() {
            map.serialize_entry(name, &value)?;
        }
        if !answer.warnings.is_empty() {
            map.serialize_entry("warnings", &answer.warnings)?;
        }
        if answer.dry_run {
            map.serialize_entry("dryRun", &true)?;
        }
        map.end()
    }
}

struct CustomerElement<'a>(&'a CustomerOut);

impl Serialize for CustomerElement<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let answer = self.0;
        let mut map = serializer.serialize_map(None)?;
        for (name, value) in answer.customer_attributes() {
            map.serialize_entry(name, &value)?;
        }
        if !answer.duplicates.is_empty() {
            let duplicates: Vec<_> = answer.duplicates.iter().map(DuplicateElement).collect();
            map.serialize_entry("Duplicate", &duplicates)?;
        }
        if !answer.errors.is_empty() {
            let errors: Vec<_> = answer.errors.iter().map(ErrorElement).collect();
            map.serialize_entry("Error", &errors)?;
        }
        map.end()
    }
}

struct DuplicateElement<'a>(&'a Shown);

impl Serialize for DuplicateElement<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.pairs())
    }
}

/// A failed edit as the answer has it.
pub struct ErrorElement<'a>(pub &'a FailedEdit);

impl Serialize for ErrorElement<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(super::error_attributes(*self.0))
    }
}
