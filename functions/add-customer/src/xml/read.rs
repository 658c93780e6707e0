//! `CWCustomerIn` from XML.
//!
//! Two judgements are kept apart: what is not well-formed, or uses what no message needs, cannot be parsed, and ends the reading at once; what is
//! well-formed but not one `Message` with one `CustSoldTo` is invalid, which is only said of a body that was read to its end.

mod tag;

use api::media::Media;
use domain::message::Message;
use quick_xml::Reader;
use quick_xml::errors::{Error, IllFormedError};
use quick_xml::events::{BytesDecl, BytesStart, Event};

use super::characters::{is_blank, is_char, is_name};
use super::encoding::{decode, is_known};
use crate::reading::{CUSTOMER, Kind, Unreadable, note_unknown, set_on_customer, set_on_message};

/// How many elements may be open at once. A message needs two.
pub const MAX_DEPTH: usize = 32;

/// A sentence that says what is wrong, without its full stop.
type Sentence = &'static str;

/// Reads a `CWCustomerIn` from a body of which nobody said in what encoding it is.
///
/// # Errors
/// As [`decode`] and [`read_text`].
pub fn read(body: &[u8]) -> Result<Message, Unreadable> {
    read_text(&decode(body, None)?)
}

/// Reads a `CWCustomerIn`: one `Message` with one `CustSoldTo`, whose attributes are the values. A blank value is: not given. These two may have a prefix; other
/// names, with or without one, are remembered and ignored, elements with all that is in them; namespace declarations and a stylesheet are ignored silently.
///
/// # Errors
/// *Cannot Parse XML Message* for what is not well-formed XML 1.0, has a `DOCTYPE` or another processing instruction, or more than
/// [`MAX_DEPTH`] open elements. *Invalid XML Message* for another root than `Message`, for none or several `CustSoldTo` or one in another
/// place, and for text where none belongs.
pub fn read_text(text: &str) -> Result<Message, Unreadable> {
    holds_only_xml(text)?;
    let mut reader = Reader::from_str(text);
    reader.config_mut().enable_all_checks(true);
    let mut document = Document::default();
    loop {
        let at = reader.buffer_position();
        let event = reader.read_event().map_err(|error| {
            refused(Kind::CannotParse, text, reader.error_position(), sentence_of(&error))
        })?;
        if matches!(event, Event::Eof) {
            return document
                .end(at)
                .map_err(|(kind, sentence, at)| refused(kind, text, at, sentence));
        }
        document
            .meet(&event, at)
            .map_err(|sentence| refused(Kind::CannotParse, text, at, sentence))?;
    }
}

/// Refuses characters that XML cannot hold.
fn holds_only_xml(text: &str) -> Result<(), Unreadable> {
    if text.starts_with('\u{feff}') {
        // quick-xml would take this one for a byte order mark; that was there already.
        return Err(refused(Kind::CannotParse, text, 0, OUTSIDE));
    }
    match text.char_indices().find(|(_, found)| !is_char(*found)) {
        None => Ok(()),
        Some((at, _)) => {
            let sentence = "A character is not one that XML allows";
            Err(refused(Kind::CannotParse, text, at as u64, sentence))
        }
    }
}

/// A refusal for what is wrong at the byte `at` of the text.
fn refused(kind: Kind, text: &str, at: u64, sentence: Sentence) -> Unreadable {
    let before = usize::try_from(at).ok().and_then(|at| text.get(..at)).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let column = before.chars().rev().take_while(|found| *found != '\n').count() + 1;
    let sentence = format!("{sentence}, at line {line} column {column}.");
    Unreadable::new(kind, Media::Xml, sentence)
}

/// What quick-xml found wrong, in words of ours: its own repeat names from the body.
fn sentence_of(error: &Error) -> Sentence {
    match error {
        Error::Syntax(_) => "A tag, comment, section or instruction is not closed, or is none",
        Error::IllFormed(found) => match found {
            IllFormedError::MissingEndTag(_)
            | IllFormedError::UnmatchedEndTag(_)
            | IllFormedError::MismatchedEndTag { .. } => "An end tag has no start tag of its name",
            IllFormedError::DoubleHyphenInComment => "A comment has `--`",
            IllFormedError::UnclosedReference => "An `&` begins no reference",
            IllFormedError::MissingDeclVersion(_) | IllFormedError::UnknownVersion => NO_VERSION,
            IllFormedError::MissingDoctypeName => NO_DOCTYPE,
        },
        Error::InvalidAttr(_) => tag::NOT_AN_ATTRIBUTE,
        Error::Escape(_) => tag::NOT_A_REFERENCE,
        Error::Encoding(_) | Error::Io(_) | Error::Namespace(_) => "The body is not XML",
    }
}

const OUTSIDE: Sentence = "There is text outside of the outermost element";
const NO_VERSION: Sentence = "The XML declaration does not begin with a version 1.x";
const NO_DOCTYPE: Sentence = "A document type declaration is not accepted";

/// What an open element is.
#[derive(Clone, Copy, PartialEq)]
enum Element {
    Message,
    Customer,
    /// None of ours: all that is in it is ignored.
    Foreign,
}

/// What has been read of a document.
#[derive(Default)]
struct Document {
    message: Message,
    open: Vec<Element>,
    begun: bool,
    has_root: bool,
    has_customer: bool,
    /// The first reason why it is not a message, and where.
    invalid: Option<(Sentence, u64)>,
}

impl Document {
    /// Takes in the next event, which begins at the byte `at`.
    fn meet(&mut self, event: &Event<'_>, at: u64) -> Result<(), Sentence> {
        match event {
            Event::Start(tag) => self.start(tag, at)?,
            Event::Empty(tag) => {
                self.start(tag, at)?;
                self.open.pop();
            }
            Event::End(_) => {
                self.open.pop();
            }
            Event::Text(text) => {
                if text.contains("]]>") {
                    return Err("Text has `]]>`, which ends a section that was not begun");
                }
                self.text(text.chars().all(is_blank), at)?;
            }
            Event::CData(text) => self.section(text.chars().all(is_blank), at)?,
            Event::GeneralRef(reference) => {
                self.section(is_blank(tag::referenced(reference)?), at)?
            }
            Event::Comment(_) | Event::Eof => {}
            Event::Decl(declaration) => self.declaration(declaration)?,
            Event::PI(instruction) => {
                let name = instruction.split(is_blank).next();
                if self.has_root || name != Some("xml-stylesheet") {
                    return Err("Processing instructions other than a stylesheet are not accepted");
                }
            }
            Event::DocType(_) => return Err(NO_DOCTYPE),
        }
        self.begun = true;
        Ok(())
    }

    fn declaration(&self, declaration: &BytesDecl<'_>) -> Result<(), Sentence> {
        if self.begun {
            return Err("An XML declaration is not at the very beginning");
        }
        let attributes = tag::attributes(declaration, "xml".len())?;
        let written: Vec<(&str, &str)> = attributes
            .iter()
            .map(|attribute| (attribute.key.0, attribute.value.as_ref()))
            .collect();
        let mut rest = written.as_slice();
        match rest {
            [("version", version), after @ ..] if is_version(version) => rest = after,
            _ => return Err(NO_VERSION),
        }
        if let [("encoding", encoding), after @ ..] = rest {
            if !is_known(encoding) {
                return Err("The XML declaration names an encoding that is not read here");
            }
            rest = after;
        }
        if let [("standalone", "yes" | "no"), after @ ..] = rest {
            rest = after;
        }
        if rest.is_empty() {
            Ok(())
        } else {
            Err("The XML declaration has more than version, encoding and standalone")
        }
    }

    fn start(&mut self, tag: &BytesStart<'_>, at: u64) -> Result<(), Sentence> {
        if self.open.is_empty() && self.has_root {
            return Err("A second element follows the first");
        }
        if self.open.len() == MAX_DEPTH {
            return Err("Too many elements are within each other");
        }
        let name = tag.name().0;
        if !is_name(name) {
            return Err("A tag has no valid name");
        }
        let element = self.element(name, at);
        for attribute in tag::attributes(tag, name.len())? {
            let name = attribute.key.0;
            let value = tag::value(&attribute)?;
            if is_namespace(name) {
                continue;
            }
            match element {
                Element::Message => set_on_message(&mut self.message, name, &value),
                Element::Customer => set_on_customer(&mut self.message, name, &value),
                Element::Foreign => {}
            }
        }
        self.has_root = true;
        self.open.push(element);
        Ok(())
    }

    /// What the element that begins here is.
    fn element(&mut self, name: &str, at: u64) -> Element {
        let local = name.rsplit_once(':').map_or(name, |(_, local)| local);
        match (self.open.last(), local) {
            (None, "Message") => Element::Message,
            (None, _) => {
                self.refuse("The outermost element is not `Message`", at);
                Element::Foreign
            }
            (Some(Element::Message), CUSTOMER) if self.has_customer => {
                self.refuse("There is more than one `CustSoldTo`", at);
                Element::Foreign
            }
            (Some(Element::Message), CUSTOMER) => {
                self.has_customer = true;
                Element::Customer
            }
            (Some(Element::Customer | Element::Foreign), CUSTOMER) => {
                self.refuse("A `CustSoldTo` is not directly in `Message`", at);
                Element::Foreign
            }
            (Some(Element::Message | Element::Customer), _) => {
                note_unknown(&mut self.message, name);
                Element::Foreign
            }
            (Some(Element::Foreign), _) => Element::Foreign,
        }
    }

    /// Characters that stand as themselves: white space may be anywhere.
    fn text(&mut self, blank: bool, at: u64) -> Result<(), Sentence> {
        if blank { Ok(()) } else { self.section(blank, at) }
    }

    /// Characters from a reference or a CDATA section: even white space must be in an element.
    fn section(&mut self, blank: bool, at: u64) -> Result<(), Sentence> {
        match self.open.last() {
            None => return Err(OUTSIDE),
            Some(Element::Foreign) => {}
            Some(Element::Message | Element::Customer) if blank => {}
            Some(Element::Message | Element::Customer) => {
                self.refuse("There is text where only elements belong", at);
            }
        }
        Ok(())
    }

    fn refuse(&mut self, sentence: Sentence, at: u64) {
        self.invalid.get_or_insert((sentence, at));
    }

    /// The message, after the end of the body at the byte `at`; or why there is none, and where.
    fn end(self, at: u64) -> Result<Message, (Kind, Sentence, u64)> {
        if !self.open.is_empty() {
            return Err((Kind::CannotParse, "An element is not closed", at));
        }
        if !self.has_root {
            return Err((Kind::CannotParse, "There is no element", at));
        }
        if let Some((sentence, at)) = self.invalid {
            return Err((Kind::Invalid, sentence, at));
        }
        if !self.has_customer {
            return Err((Kind::Invalid, "`Message` has no `CustSoldTo`", at));
        }
        Ok(self.message)
    }
}

fn is_version(version: &str) -> bool {
    version
        .strip_prefix("1.")
        .is_some_and(|minor| !minor.is_empty() && minor.bytes().all(|byte| byte.is_ascii_digit()))
}

fn is_namespace(name: &str) -> bool {
    name == "xmlns" || name.starts_with("xmlns:")
}
