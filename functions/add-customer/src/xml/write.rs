//! `CWCustomerOut` as XML. What is told is decided in [`api::customer_out`].

use std::borrow::Cow;
use std::io;

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesStart, BytesText, Event};

use super::characters::holdable;
use crate::reading::CUSTOMER;
use api::customer_out::{self, CustomerOut};

/// Writes the answer as an XML document in UTF-8: `Message` with one `CustSoldTo`, which has a `Duplicate` and an `Error` for each,
/// and then a `Warning` for each. Tabs and line ends in values come back from any reader; U+FFFD stands in for what XML cannot hold.
pub fn write(answer: &CustomerOut) -> Vec<u8> {
    let mut document = Document::begin();
    document.answer(answer).expect("writing into memory cannot fail");
    document.end()
}

/// An XML document in the making.
pub(super) struct Document(Writer<Vec<u8>>);

impl Document {
    pub(super) fn begin() -> Self {
        let mut declaration = Writer::new(Vec::new());
        declaration
            .write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))
            .expect("writing into memory cannot fail");
        Self(declaration)
    }

    pub(super) fn end(self) -> Vec<u8> {
        self.0.into_inner()
    }

    pub(super) fn empty<N: AsRef<str>, V: AsRef<str>>(
        &mut self,
        name: &'static str,
        attributes: impl IntoIterator<Item = (N, V)>,
    ) -> io::Result<()> {
        self.0.write_event(Event::Empty(tag(name, attributes)))
    }

    /// An element with the content that `inside` writes.
    pub(super) fn element<N: AsRef<str>, V: AsRef<str>>(
        &mut self,
        name: &'static str,
        attributes: impl IntoIterator<Item = (N, V)>,
        inside: impl FnOnce(&mut Self) -> io::Result<()>,
    ) -> io::Result<()> {
        let tag = tag(name, attributes);
        self.0.write_event(Event::Start(tag.borrow()))?;
        inside(self)?;
        self.0.write_event(Event::End(tag.to_end()))
    }

    fn text(&mut self, text: &str) -> io::Result<()> {
        let text = holdable(text);
        self.0.write_event(Event::Text(BytesText::new(&text)))
    }

    fn answer(&mut self, answer: &CustomerOut) -> io::Result<()> {
        let dry_run = answer.dry_run.then(|| ("dryRun", "true".into()));
        let attributes = [("type", customer_out::MESSAGE_TYPE.into())]
            .into_iter()
            .chain(answer.routing().map(|(name, value)| (name, value.into())))
            .chain(answer.references().map(|(name, value)| (name, value.into())))
            .chain(dry_run);
        self.element("Message", attributes.collect::<Vec<(_, Cow<'_, str>)>>(), |inside| {
            inside.customer(answer)?;
            for warning in &answer.warnings {
                inside.element::<&str, &str>("Warning", [], |inside| inside.text(warning))?;
            }
            Ok(())
        })
    }

    fn customer(&mut self, answer: &CustomerOut) -> io::Result<()> {
        self.element(CUSTOMER, answer.customer_attributes(), |inside| {
            for duplicate in &answer.duplicates {
                inside.empty("Duplicate", duplicate.pairs())?;
            }
            for failed in &answer.errors {
                inside.empty("Error", customer_out::error_attributes(*failed))?;
            }
            Ok(())
        })
    }
}

/// A tag; quick-xml escapes the values, tabs and line ends among them.
fn tag<N: AsRef<str>, V: AsRef<str>>(
    name: &'static str,
    attributes: impl IntoIterator<Item = (N, V)>,
) -> BytesStart<'static> {
    let mut tag = BytesStart::new(name);
    for (name, value) in attributes {
        tag.push_attribute((name.as_ref(), holdable(value.as_ref())));
    }
    tag
}
