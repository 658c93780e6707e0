//! Attributes and references, with the checks of XML 1.0 that quick-xml leaves to its caller. What an attribute is to the message is not known here.

use std::borrow::Cow;
use std::collections::HashSet;

use quick_xml::XmlVersion;
use quick_xml::escape::resolve_xml_entity;
use quick_xml::events::BytesRef;
use quick_xml::events::attributes::{Attribute, Attributes};

use super::Sentence;
use crate::xml::characters::{is_blank, is_char, is_name};

pub(super) const NOT_AN_ATTRIBUTE: Sentence =
    "An attribute is not a blank, a name, `=` and a value in quotes";
pub(super) const NOT_A_REFERENCE: Sentence =
    "A reference names neither a character nor one of the five entities of XML";
const NOT_A_CHARACTER: Sentence = "A reference names a character that XML does not allow";

/// The attributes of a tag or of the declaration in their order, with their values as they are written.
pub(super) fn attributes(tag: &str, name_length: usize) -> Result<Vec<Attribute<'_>>, Sentence> {
    let mut attributes = Vec::new();
    // In place of quick-xml's own check: this set is seeded by chance, so that no choice of names makes it slow.
    let mut names = HashSet::new();
    for attribute in Attributes::new(tag, name_length).with_checks(false) {
        let attribute = attribute.map_err(|_| NOT_AN_ATTRIBUTE)?;
        let name = attribute.key.0;
        let start = name.as_ptr().addr() - tag.as_ptr().addr();
        if !tag[..start].ends_with(is_blank) {
            return Err(NOT_AN_ATTRIBUTE);
        }
        if !is_name(name) {
            return Err("An attribute has no valid name");
        }
        if !names.insert(name) {
            return Err("An attribute is given twice");
        }
        attributes.push(attribute);
    }
    Ok(attributes)
}

/// The value that the attribute means: references resolved, and white space as section 3.3.3 says.
pub(super) fn value<'t>(attribute: &Attribute<'t>) -> Result<Cow<'t, str>, Sentence> {
    if attribute.value.contains('<') {
        return Err("An attribute's value has `<`");
    }
    let value = attribute.normalized_value(XmlVersion::Explicit1_0).map_err(|_| NOT_A_REFERENCE)?;
    if value.chars().all(is_char) { Ok(value) } else { Err(NOT_A_CHARACTER) }
}

/// The character that a reference in text stands for.
pub(super) fn referenced(reference: &BytesRef<'_>) -> Result<char, Sentence> {
    let character = match reference.resolve_char_ref().map_err(|_| NOT_A_REFERENCE)? {
        Some(character) => character,
        None => resolve_xml_entity(reference)
            .and_then(|text| text.chars().next())
            .ok_or(NOT_A_REFERENCE)?,
    };
    if is_char(character) { Ok(character) } else { Err(NOT_A_CHARACTER) }
}
