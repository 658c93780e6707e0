//! Messages of an XML file: each element `Message`, wherever it stands, with its one `CustSoldTo`.

use std::io::BufReader;

use quick_xml::Reader;
use quick_xml::XmlVersion;
use quick_xml::events::{BytesStart, Event};
use serde_json::{Map, Value};

use super::text::Text;

/// The messages of a file, one after another.
pub(super) struct Messages {
    reader: Reader<BufReader<Text>>,
    buffer: Vec<u8>,
}

impl Messages {
    pub(super) fn of(file: BufReader<Text>) -> Self {
        let reader = Reader::from_reader(file);
        Self { reader, buffer: Vec::new() }
    }

    /// The next message as JSON; none behind the last.
    pub(super) fn next(&mut self) -> Result<Option<String>, String> {
        let mut message: Option<Map<String, Value>> = None;
        loop {
            self.buffer.clear();
            let event = self.reader.read_event_into(&mut self.buffer);
            match event.map_err(|error| error.to_string())? {
                Event::Start(element) | Event::Empty(element) => {
                    match (local(&element).as_str(), &mut message) {
                        ("Message", _) => message = Some(attributes(&element)?),
                        ("CustSoldTo", Some(message)) => {
                            message.insert("CustSoldTo".to_owned(), attributes(&element)?.into());
                            return Ok(Some(Value::Object(std::mem::take(message)).to_string()));
                        }
                        _ => {}
                    }
                }
                Event::DocType(_) => return Err("it has a DOCTYPE".to_owned()),
                Event::Eof if message.is_some() => return Err("it has no CustSoldTo".to_owned()),
                Event::Eof => return Ok(None),
                Event::End(_)
                | Event::Text(_)
                | Event::CData(_)
                | Event::Comment(_)
                | Event::Decl(_)
                | Event::PI(_)
                | Event::GeneralRef(_) => {}
            }
        }
    }
}

fn local(element: &BytesStart<'_>) -> String {
    element.local_name().as_ref().to_owned()
}

fn attributes(element: &BytesStart<'_>) -> Result<Map<String, Value>, String> {
    let mut attributes = Map::new();
    for attribute in element.attributes() {
        let attribute = attribute.map_err(|error| error.to_string())?;
        let name = attribute.key.as_ref().to_owned();
        if name != "xmlns" && !name.contains(':') {
            let value = attribute.normalized_value(XmlVersion::Explicit1_0);
            let value = value.map_err(|error| error.to_string())?;
            attributes.insert(name, value.into_owned().into());
        }
    }
    Ok(attributes)
}
