//! Processed messages whose answers the tests write out.

use domain::by::{By, Stamp};
use domain::customer::{Customer, CustomerNumber, Identifier};
use domain::effect::{Cause, EffectId};
use domain::message::edits::{EditCode, FailedEdit, Field};
use domain::message::{Attribute, Attributes, Message, Routing};
use domain::request::RequestInErrorId;
use domain::time::Timestamp;
use operations::messages::{Action, MessageOutcome, MessageResult, Stored};

fn identifier() -> Identifier {
    Identifier::parse("0123456789ABCDEF-000001-01234567").expect("an identifier")
}

fn number(number: u64) -> Option<CustomerNumber> {
    CustomerNumber::new(number)
}

fn processed(message: Message, action: Action, result: MessageResult) -> MessageOutcome {
    MessageOutcome {
        message,
        action,
        result,
        not_compared: false,
        led_by: None,
        alike: Vec::new(),
        replayed: false,
    }
}

/// A customer that a message created, with more attributes than an answer may show.
pub(crate) fn created() -> MessageOutcome {
    let attributes = Attributes::from_iter([
        (Attribute::COMPANY, "1"),
        (Attribute::PREFIX, "Ms"),
        (Attribute::FIRST_NAME, "Julie"),
        (Attribute::LAST_NAME, "Robinson"),
        (Attribute::STREET, "100 Example Street"),
        (Attribute::CITY, "Westborough"),
        (Attribute::STATE, "MA"),
        (Attribute::POSTAL_CODE, "01581"),
        (Attribute::COUNTRY, "USA"),
        (Attribute::EMAIL, "julie@example.com"),
        (Attribute::DAY_PHONE, "508-555-0100"),
        (Attribute::RELATE_ID, "R-7"),
        (Attribute::VAT_NUMBER, "V-7"),
    ]);
    let message = Message {
        message_type: Some("CWCustomerIn".to_owned()),
        routing: Routing {
            source: Some("OMS".to_owned()),
            resp_q: Some("R<1>".to_owned()),
            ..Routing::default()
        },
        attributes: Attributes::from_iter([(Attribute::LAST_NAME, "Robinson")]),
        unknown: vec!["cst_favourite".to_owned()],
    };
    let stored = Stored {
        number: number(13962),
        identifier: Some(identifier()),
        attributes,
        replaced: Vec::new(),
        would_change: Vec::new(),
    };
    processed(message, Action::Add, MessageResult::Created(stored))
}

/// A message that these customers, by number, are duplicates of.
pub(crate) fn duplicate(numbers: &[u64]) -> MessageOutcome {
    let stamp = Stamp {
        by: By::new("oms", "add", "a request"),
        cause: Cause { id: EffectId::random([0; 10]), keyed: false },
        at: Timestamp::default(),
    };
    let customers = numbers.iter().map(|of| {
        let attributes = Attributes::from_iter([
            (Attribute::LAST_NAME, format!("Dryer {of}").as_str()),
            (Attribute::CITY, "Westborough"),
            (Attribute::EMAIL, "bob@example.com"),
            (Attribute::ALTERNATE_NUMBER, "A-7"),
        ]);
        let number = number(*of).expect("a number");
        let alternate_name = Some("Bobby".to_owned());
        Customer { alternate_name, ..Customer::new(identifier(), number, attributes, &stamp) }
    });
    let message = Message {
        attributes: Attributes::from_iter([
            (Attribute::COMPANY, "1"),
            (Attribute::LAST_NAME, "DRYER"),
            (Attribute::STREET, "of the message"),
        ]),
        ..Message::default()
    };
    let outcome = MessageResult::Duplicate(customers.collect());
    processed(message, Action::Add, outcome)
}

/// A Change that failed, with a value that neither form can write as it is.
pub(crate) fn failed() -> MessageOutcome {
    let message = Message {
        attributes: Attributes::from_iter([
            (Attribute::CUSTOMER_NUMBER, "seven"),
            (Attribute::LAST_NAME, "O'Neil\t\"&\0"),
            (Attribute::EMAIL, "neil"),
        ]),
        ..Message::default()
    };
    let outcome = MessageResult::Failed {
        failed: vec![
            FailedEdit::of(Field::MessageType, EditCode::InvalidType),
            FailedEdit::on(Attribute::CITY, EditCode::CityBlank),
        ],
        request_in_error: RequestInErrorId::parse("0123456789ABCDEF"),
    };
    processed(message, Action::Change, outcome)
}
