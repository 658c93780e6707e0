//! What a steward changes of a message. Whether the result passes its edits is decided in [`crate::message::edits`].

use std::collections::BTreeMap;
use std::fmt;

use crate::message::Message;
use crate::message::edits::Field;

/// What a steward changes: for each field its new value, or that it is taken away (a JSON merge patch, RFC 7396).
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Correction(BTreeMap<Field, Option<String>>);

impl Correction {
    /// Sets a field, or takes it away.
    pub fn set(&mut self, field: Field, value: Option<String>) {
        self.0.insert(field, value.filter(|value| !value.trim().is_empty()));
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Its size, in bytes of names and values.
    pub fn size(&self) -> usize {
        self.iter().map(|(field, value)| field.name().len() + value.map_or(0, str::len)).sum()
    }

    /// Each field with its new value.
    pub fn iter(&self) -> impl Iterator<Item = (Field, Option<&str>)> {
        self.0.iter().map(|(field, value)| (*field, value.as_deref()))
    }

    pub fn apply(&self, message: &Message) -> Message {
        let mut corrected = message.clone();
        for (field, value) in self.iter() {
            match (field, value) {
                (Field::MessageType, value) => corrected.message_type = value.map(str::to_owned),
                (Field::Attribute(attribute), Some(value)) => {
                    corrected.attributes.set(attribute, value)
                }
                (Field::Attribute(attribute), None) => corrected.attributes.remove(attribute),
            }
        }
        corrected
    }
}

impl fmt::Debug for Correction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}
