//! What the two forms of `CWCustomerIn` share on the way in: which name is which part of the message, and how a message that cannot be read is refused.
//!
//! Neither XML nor JSON is read here, and no value is judged: that is the edits' work.

use std::fmt;

use api::media::Media;
use api::problem::{Fault, Problem};
use domain::matching::fold;
use domain::message::{Attribute, Message};

/// The name of the one element, or property, that holds the customer.
pub const CUSTOMER: &str = "CustSoldTo";

/// How many unknown names of one message are remembered.
pub const MAX_UNKNOWN: usize = 100;

/// How many characters of one are remembered; the last of a longer one is `…`.
pub const MAX_UNKNOWN_CHARACTERS: usize = 100;

/// In what way a body is not a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// It is not in the form that it claims to be in.
    CannotParse,
    /// It is in that form, but not a message with exactly one customer.
    Invalid,
}

/// Why a body is not a message. It says what is wrong and where, and repeats no value.
#[derive(Clone, PartialEq, Eq)]
pub struct Unreadable {
    kind: Kind,
    media: Media,
    sentence: String,
    faults: Vec<Fault>,
}

impl Unreadable {
    /// A body that is refused for one reason, told as a sentence.
    pub(crate) fn new(kind: Kind, media: Media, sentence: impl Into<String>) -> Self {
        Self { kind, media, sentence: sentence.into(), faults: Vec::new() }
    }

    /// A JSON body that is refused for these faults; the sentence is the first one's. Without a fault there is nothing to refuse.
    pub(crate) fn of_faults(kind: Kind, faults: Vec<Fault>) -> Option<Self> {
        let first = faults.first()?;
        let mut sentence = match first.pointer.as_str() {
            "" => first.message.clone(),
            pointer => format!("{pointer}: {}", first.message),
        };
        match faults.len() {
            1 => {}
            2 => sentence.push_str(" There is one more fault."),
            all => sentence.push_str(&format!(" There are {} more faults.", all - 1)),
        }
        Some(Self { kind, media: Media::Json, sentence, faults })
    }

    /// In what way it is not a message.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// The reason text that order-management systems know it by.
    pub fn title(&self) -> &'static str {
        match (self.kind, self.media) {
            (Kind::CannotParse, Media::Xml) => "Cannot Parse XML Message",
            (Kind::Invalid, Media::Xml) => "Invalid XML Message",
            (Kind::CannotParse, Media::Json) => "Cannot Parse JSON Message",
            (Kind::Invalid, Media::Json) => "Invalid JSON Message",
        }
    }

    /// The reason text, and what is wrong and where.
    pub fn reason(&self) -> String {
        format!("{}: {}", self.title(), self.sentence)
    }

    /// What is wrong, with pointers into the body; nothing for XML, which has no such pointers.
    pub fn faults(&self) -> &[Fault] {
        &self.faults
    }
}

/// Pointers may repeat names that a caller made up, so only the reason text is shown.
impl fmt::Debug for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Unreadable({}, {:?})", self.title(), self.faults)
    }
}

impl From<Unreadable> for Problem {
    fn from(unreadable: Unreadable) -> Self {
        Problem::invalid_message(unreadable.reason()).with_faults(unreadable.faults)
    }
}

/// Gives the message what its outer element, or object, says under this name. What is blank around a value is no part of it; a blank value is: not given.
pub(crate) fn set_on_message(message: &mut Message, name: &str, value: &str) {
    match part_of_message(message, name) {
        Some(part) => *part = (!fold::is_blank(value)).then(|| value.trim().to_owned()),
        None => note_unknown(message, name),
    }
}

/// Gives the message what its customer says under this name. A blank value is: not given.
pub(crate) fn set_on_customer(message: &mut Message, name: &str, value: &str) {
    match Attribute::named(name) {
        Some(attribute) => message.attributes.set(attribute, value),
        None => note_unknown(message, name),
    }
}

/// The part of the message that the outer element, or object, has under this name.
pub(crate) fn part_of_message<'m>(
    message: &'m mut Message,
    name: &str,
) -> Option<&'m mut Option<String>> {
    match name {
        "type" => Some(&mut message.message_type),
        "source" => Some(&mut message.routing.source),
        "target" => Some(&mut message.routing.target),
        "resp_qmgr" => Some(&mut message.routing.resp_qmgr),
        "resp_q" => Some(&mut message.routing.resp_q),
        _ => None,
    }
}

/// Remembers a name that is none of ours, once, as long as there are not too many.
pub(crate) fn note_unknown(message: &mut Message, name: &str) {
    if message.unknown.len() < MAX_UNKNOWN {
        let name = shortened(name);
        if !message.unknown.contains(&name) {
            message.unknown.push(name);
        }
    }
}

fn shortened(name: &str) -> String {
    match name.char_indices().nth(MAX_UNKNOWN_CHARACTERS) {
        None => name.to_owned(),
        Some(_) => name.chars().take(MAX_UNKNOWN_CHARACTERS - 1).chain(['…']).collect(),
    }
}

#[cfg(test)]
pub(crate) mod samples;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_names_are_remembered_once_up_to_their_limits() {
        let mut message = Message::default();
        let longest = "é".repeat(100);
        for name in ["b", "a", "b", &longest, &"é".repeat(101)] {
            note_unknown(&mut message, name);
        }
        let cut = format!("{}…", "é".repeat(99));
        assert_eq!(message.unknown, ["b".to_owned(), "a".to_owned(), longest, cut]);
        for n in 0..1000 {
            note_unknown(&mut message, &n.to_string());
        }
        assert_eq!(message.unknown.len(), MAX_UNKNOWN);
        assert_eq!(message.unknown[99], "95");
    }

    #[test]
    fn the_reason_names_the_first_fault_and_counts_the_others() {
        let fault = |pointer: &str| Fault::new(pointer, "wrong-kind", "This must be a string.");
        let reason = |faults: Vec<Fault>| {
            Unreadable::of_faults(Kind::Invalid, faults).map(|refused| refused.reason())
        };
        assert_eq!(reason(Vec::new()), None);
        assert_eq!(
            reason(vec![fault("")]).as_deref(),
            Some("Invalid JSON Message: This must be a string.")
        );
        assert_eq!(
            reason(vec![fault("/type"), fault("/source")]).as_deref(),
            Some("Invalid JSON Message: /type: This must be a string. There is one more fault.")
        );
        assert_eq!(
            reason(vec![fault("/type"), fault("/source"), fault("/target")]).as_deref(),
            Some("Invalid JSON Message: /type: This must be a string. There are 2 more faults.")
        );
    }

    #[test]
    fn debug_shows_no_name_that_a_caller_made_up() {
        let faults = vec![Fault::new("/CustSoldTo/Julie", "repeated-property", "x")];
        let shown = format!("{:?}", Unreadable::of_faults(Kind::Invalid, faults));
        assert!(!shown.contains("Julie") && shown.contains("repeated-property"), "{shown}");
    }
}
