//! The item that says that a request in error is about something: under its digest, by the request. It has the version of the request that it comes of, so that what is late or
//! comes again changes nothing, and it expires with the request.

use domain::request::RequestInErrorId;
use domain::time::Timestamp;

use super::VERSION;
use super::fields::{Fields, corrupt, new_item, number, set};
use crate::item::Item;
use crate::keys::{self, TopicKey};
use crate::table::TableError;
use crate::writes::{Condition, Write};

const TOPIC: &str = "topic";

/// That a request in error has a topic; until a time that is over: that it has it no more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HasTopic {
    pub id: RequestInErrorId,
    /// The version of the request that said so.
    pub version: u64,
    /// Until when; none: as long as the request is open.
    pub until: Option<u64>,
    /// When it was said.
    pub at: Timestamp,
}

/// Says whether a request has a topic, unless a newer version of the request said so.
pub fn topic(key: &TopicKey, topic: &HasTopic) -> Write {
    let HasTopic { id, version, until, at } = topic;
    let mut item = new_item(key.of(id));
    item.insert(VERSION.to_owned(), number(*version));
    item.insert("at".to_owned(), number(at.millis()));
    set(&mut item, keys::EXPIRES_AT, until.map(number));
    Write::Put { item, on: Condition::AbsentOrOlder(version + 1) }
}

pub fn has_topic(item: Item) -> Result<HasTopic, TableError> {
    let (mut fields, key) = Fields::of_item(TOPIC, item)?;
    Ok(HasTopic {
        id: keys::request_with_topic(&key).ok_or_else(|| corrupt(TOPIC, "key"))?,
        version: fields.number(VERSION)?,
        until: fields.optional_number(keys::EXPIRES_AT)?,
        at: fields.time("at")?,
    })
}

#[cfg(test)]
mod tests {
    use domain::about;
    use domain::controls::Controls;
    use domain::message::{Attribute, Message};
    use domain::request::{Received, RequestInError};

    use super::super::tests::stamp;
    use super::*;

    #[test]
    fn a_topics_item_is_pinned_and_read_back() {
        let controls = Controls::read(|name| {
            (name == "KEY_SECRET").then(|| "the secret of the tests of this crate".to_owned())
        });
        let controls = controls.unwrap();
        let attributes = [(Attribute::EMAIL, "julie@robinson.example")].into_iter().collect();
        let message = Message { attributes, ..Message::default() };
        let received = Received { content_type: String::new(), body: "{}".to_owned() };
        let failed = (domain::message::Action::Add, Vec::new());
        let stamp = stamp("key", Timestamp::from_millis(1_000));
        let request = RequestInError::open(received, message, failed, &stamp);
        let topics = about::of_request(&request, &controls);
        let key = keys::topic(&controls.secret, topics.first().unwrap());
        assert_eq!(key.partition().len(), "ABOUT#".len() + 32);
        for (until, attributes) in [(None, 4), (Some(1), 5)] {
            let said = HasTopic { id: request.id.clone(), version: 3, until, at: stamp.at };
            let Write::Put { item, on } = topic(&key, &said) else { panic!("a topic is put") };
            assert_eq!((item.len(), on), (attributes, Condition::AbsentOrOlder(4)));
            assert!(!format!("{item:?}").contains("julie"));
            assert_eq!(has_topic(item).unwrap(), said);
        }
    }
}
