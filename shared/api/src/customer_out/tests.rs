//! What an answer tells of each outcome. How it is written in JSON.

use domain::by::{By, Stamp};
use domain::customer::{Customer, CustomerNumber, Identifier};
use domain::effect::{Cause, EffectId};
use domain::message::edits::{EditCode, FailedEdit, Field};
use domain::message::{Attribute, Attributes, Message, Routing};
use domain::request::RequestInErrorId;
use domain::time::Timestamp;
use operations::messages::{Action, MessageOutcome, MessageResult, Stored};

use super::{ActionResult, CustomerOut, Shown};

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
fn created() -> MessageOutcome {
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
fn duplicate(numbers: &[u64]) -> MessageOutcome {
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
fn failed() -> MessageOutcome {
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

#[test]
fn of_a_stored_customer_only_name_and_address_are_shown() {
    let answer = CustomerOut::of(&created(), false);
    assert_eq!(answer.result, ActionResult::Success);
    let names: Vec<_> = answer.customer.pairs().map(|(name, _)| name).collect();
    assert_eq!(
        names,
        [
            "cst_company",
            "cst_cust_nbr",
            "cst_fname",
            "cst_lname",
            "cst_street_addr",
            "cst_city",
            "cst_state",
            "cst_zip",
            "cst_country"
        ]
    );
    assert_eq!(answer.identifier, Some(identifier()));
    assert_eq!(answer.request_in_error, None);
}

#[test]
fn every_part_of_name_and_address_is_shown_and_nothing_else() {
    let every = Attribute::all().map(|attribute| (attribute, attribute.name()));
    let shown = Shown::of(None, &Attributes::from_iter(every));
    let names: Vec<_> = shown.pairs().map(|(name, _)| name).collect();
    assert_eq!(
        names.join(" "),
        "cst_company cst_fname cst_minitial cst_lname cst_company_name cst_street_addr cst_addr_line_2 cst_addr_line_3 cst_addr_line_4 cst_apt cst_city \
         cst_state cst_zip cst_country"
    );
}

#[test]
fn what_a_dry_run_would_create_has_neither_number_nor_identifier() {
    let mut dry = created();
    dry.result = MessageResult::Created(Stored {
        number: None,
        identifier: None,
        attributes: Attributes::default(),
        replaced: Vec::new(),
        would_change: Vec::new(),
    });
    let answer = CustomerOut::of(&dry, true);
    assert!(answer.dry_run);
    assert_eq!(answer.customer, Shown::default());
    assert_eq!(answer.references().count(), 0);
    let names: Vec<_> = answer.customer_attributes().map(|(name, _)| name).collect();
    assert_eq!(names, ["cst_action_type", "cst_action_result"]);
}

#[test]
fn the_first_duplicate_stands_in_the_customer_and_each_other_beside_it() {
    let answer = CustomerOut::of(&duplicate(&[20, 10, 9]), false);
    assert_eq!(answer.result, ActionResult::Duplicate);
    assert_eq!(answer.customer.number, number(20));
    assert_eq!(answer.customer.attributes.get(Attribute::STREET), None);
    assert_eq!(answer.customer.company.as_deref(), Some("1"));
    let others: Vec<_> = answer.duplicates.iter().map(|other| other.number).collect();
    assert_eq!(others, [number(10), number(9)]);
    assert_eq!(answer.identifier, None);
    assert!(answer.warnings.is_empty());
}

#[test]
fn fifty_duplicates_are_listed_and_a_warning_counts_the_others() {
    for (all, listed, warning) in [
        (1, 0, None),
        (50, 49, None),
        (51, 49, Some("1 more duplicate is not listed")),
        (2000, 49, Some("1950 more duplicates are not listed")),
    ] {
        let numbers: Vec<u64> = (1..=all).rev().collect();
        let answer = CustomerOut::of(&duplicate(&numbers), false);
        assert_eq!(answer.duplicates.len(), listed, "{all}");
        assert_eq!(answer.warnings.first().map(String::as_str), warning, "{all}");
    }
}

#[test]
fn a_failure_shows_the_message_and_the_edits_that_failed() {
    let answer = CustomerOut::of(&failed(), false);
    assert_eq!(answer.result, ActionResult::Failure);
    assert_eq!(answer.customer.number, None, "seven is no number");
    assert_eq!(answer.customer.attributes.text(Attribute::LAST_NAME), "O'Neil\t\"&\0");
    assert_eq!(answer.customer.attributes.get(Attribute::EMAIL), None);
    assert_eq!(answer.errors.len(), 2);
    assert!(answer.request_in_error.is_some());
    let mut known = failed();
    known.message.attributes.set(Attribute::CUSTOMER_NUMBER, "0013962");
    let answer = CustomerOut::of(&known, false);
    let (_, shown) = answer.customer.pairs().next().expect("a number");
    assert_eq!(shown, "000013962");
}

#[test]
fn warnings_that_are_left_out_are_spoken_of() {
    let mut many = created();
    many.message.unknown = (0..60).map(|n| format!("cst_{n}")).collect();
    let answer = CustomerOut::of(&many, false);
    assert_eq!(answer.warnings.len(), 51);
    assert_eq!(answer.warnings[50], "further names that are not known are not listed");
}

#[test]
fn debug_shows_no_value_of_a_customer() {
    for sample in [created(), duplicate(&[20, 9]), failed()] {
        let shown = format!("{:?}", CustomerOut::of(&sample, false));
        for value in ["Robinson", "Dryer", "Neil", "Westborough"] {
            assert!(!shown.contains(value), "{shown}");
        }
    }
}

fn told(answer: &CustomerOut) -> String {
    String::from_utf8(answer.to_json()).expect("UTF-8")
}

#[test]
fn a_success_is_written_in_the_order_in_which_a_person_reads_it() {
    assert_eq!(
        told(&CustomerOut::of(&created(), false)),
        concat!(
            r#"{"type":"CWCustomerOut","source":"OMS","resp_q":"R<1>","CustSoldTo":{"cst_company":"1","cst_cust_nbr":"000013962","#,
            r#""cst_action_type":"A","cst_action_result":"Success","cst_fname":"Julie","cst_lname":"Robinson","cst_street_addr":"100 Example Street","#,
            r#""cst_city":"Westborough","cst_state":"MA","cst_zip":"01581","cst_country":"USA"},"#,
            r#""customerOrganizationIdentifier":"0123456789ABCDEF-000001-01234567","warnings":["cst_favourite is not a known attribute"]}"#
        )
    );
}

#[test]
fn duplicates_and_failed_edits_are_lists_in_the_customer() {
    assert_eq!(
        told(&CustomerOut::of(&duplicate(&[20, 9]), true)),
        concat!(
            r#"{"type":"CWCustomerOut","CustSoldTo":{"cst_company":"1","cst_cust_nbr":"000000020","cst_action_type":"A","cst_action_result":"Duplicate","#,
            r#""cst_lname":"Dryer 20","cst_city":"Westborough","Duplicate":[{"cst_cust_nbr":"000000009","cst_lname":"Dryer 9","cst_city":"Westborough"}]},"#,
            r#""dryRun":true}"#
        )
    );
    assert_eq!(
        told(&CustomerOut::of(&failed(), false)),
        concat!(
            r#"{"type":"CWCustomerOut","CustSoldTo":{"cst_action_type":"C","cst_action_result":"Failure","cst_lname":"O'Neil\t\"&\u0000","#,
            r#""Error":[{"element":"Message","attribute":"type","code":"invalid-type","reason":"Invalid Message Type"},"#,
            r#"{"element":"CustSoldTo","attribute":"cst_city","code":"city-blank","reason":"City Blank"}]},"request_in_error":"0123456789ABCDEF"}"#
        )
    );
}
