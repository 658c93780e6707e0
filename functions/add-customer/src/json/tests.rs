//! What the JSON reader takes, refuses and survives.

use api::problem::{Problem, ProblemType};
use domain::message::{Attribute, Message};
use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::read;
use crate::reading::samples::{self, inner, outer};
use crate::reading::{CUSTOMER, Kind, Unreadable};

const PIECES: &[&str] = &[
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "\"",
    "\\",
    "\\u",
    "\\ud800",
    "null",
    "true",
    "1e400",
    "-0",
    "\"CustSoldTo\":",
    "\"cst_city\":1,",
    "\"type\":\"x\",",
    "{\"CustSoldTo\":{",
    "\u{feff}",
    "\0",
    "é",
];

/// A `CWCustomerIn` as an order-management system writes it.
fn written(message: &Message) -> Vec<u8> {
    let object = |pairs: Vec<(&str, &str)>| -> Map<String, Value> {
        pairs.into_iter().map(|(name, value)| (name.into(), value.into())).collect()
    };
    let mut whole = object(outer(message));
    whole.insert(CUSTOMER.into(), object(inner(message)).into());
    serde_json::to_vec(&whole).expect("JSON")
}

fn read_text(text: &str) -> Result<Message, Unreadable> {
    read(text.as_bytes())
}

fn pointers(refused: &Unreadable) -> Vec<(&str, &str)> {
    refused.faults().iter().map(|fault| (fault.pointer.as_str(), fault.code)).collect()
}

proptest! {
    #[test]
    fn a_message_comes_back_from_json_as_it_was(message in samples::message(|_| true, "\\PC{0,9}")) {
        let body = written(&message);
        let back = read(&body).expect("a message");
        prop_assert!(back == message);
        prop_assert_eq!(written(&back), body);
    }

    #[test]
    fn no_bytes_make_the_reader_panic(body in vec(any::<u8>(), 0..300)) {
        let _ = read(&body);
    }

    #[test]
    fn no_pieces_of_json_make_the_reader_panic(pieces in vec(proptest::sample::select(PIECES), 0..40)) {
        let _ = read_text(&pieces.concat());
    }

    #[test]
    fn a_message_that_was_changed_is_refused_or_read_as_one_that_can_be_written(
        message in samples::message(|_| true, "[a-z]{1,5}"),
        changes in samples::changes(PIECES),
    ) {
        let body = samples::changed(written(&message), changes);
        if let Ok(mut found) = read(&body) {
            // Where an unknown name stood, and whole if it was long, is not known any more.
            found.unknown.clear();
            prop_assert!(read(&written(&found)).as_ref() == Ok(&found));
        }
    }
}

#[test]
fn strings_and_numbers_are_values_and_null_and_blanks_are_not_given() {
    let message = read_text(
        r#"{"source":"OMS","type":"CWCustomerIn","resp_q":null,"target":"","CustSoldTo":{"cst_company":7,"cst_discount_pct":1.50,
            "cst_day_phone":5085550100123456789012,"cst_lname":"Robinson","cst_city":null,"cst_zip":"","cst_apt":" ","cst_email":"\u00e9\ud83d\ude00"}}"#,
    )
    .expect("a message");
    assert_eq!(message.message_type.as_deref(), Some("CWCustomerIn"));
    assert_eq!(message.routing.source.as_deref(), Some("OMS"));
    assert_eq!((message.routing.target, message.routing.resp_q), (None, None));
    assert_eq!(
        message.attributes.iter().collect::<Vec<_>>(),
        [
            (Attribute::COMPANY, "7"),
            (Attribute::LAST_NAME, "Robinson"),
            (Attribute::EMAIL, "é😀"),
            (Attribute::DAY_PHONE, "5085550100123456789012"),
            (Attribute::DISCOUNT_PERCENT, "1.50"),
        ]
    );
}

#[test]
fn every_attribute_is_read() {
    let customer: Map<String, Value> = Attribute::all()
        .map(|attribute| (attribute.name().to_owned(), format!("v{}", attribute.name()).into()))
        .collect();
    let message = read_text(&json!({ CUSTOMER: customer }).to_string()).expect("a message");
    for attribute in Attribute::all() {
        assert_eq!(message.attributes.text(attribute), format!("v{}", attribute.name()));
    }
}

#[test]
fn what_is_unknown_is_remembered_by_name_and_ignored() {
    for (body, unknown) in [
        (r#"{"version":2,"CustSoldTo":{"cst_favourite":"x"}}"#, &["version", "cst_favourite"][..]),
        (
            r#"{"CustSoldTo":{"CST_CITY":1,"type":null},"b":{"a":[1],"a":true},"a":false}"#,
            &["CST_CITY", "type", "b", "a"],
        ),
        (r#"{"CustSoldTo":{"":"x"},"custsoldto":{}}"#, &["", "custsoldto"]),
    ] {
        let message = read_text(body).expect(body);
        assert_eq!(message.unknown, unknown, "{body}");
        assert!(message.attributes.is_empty() && message.message_type.is_none(), "{body}");
    }
}

#[test]
fn what_is_json_but_no_message_with_one_customer_is_invalid_with_every_fault() {
    let customer = "/CustSoldTo";
    for (body, faults) in [
        ("null", &[("", "wrong-kind")][..]),
        ("[]", &[("", "wrong-kind")]),
        (r#"[{"CustSoldTo":{}}]"#, &[("", "wrong-kind")]),
        (r#""CustSoldTo""#, &[("", "wrong-kind")]),
        ("{}", &[(customer, "required")]),
        (r#"{"custSoldTo":{}}"#, &[(customer, "required")]),
        (r#"{"Message":{"CustSoldTo":{}}}"#, &[(customer, "required")]),
        (r#"{"CustSoldTo":null}"#, &[(customer, "wrong-kind")]),
        (r#"{"CustSoldTo":[{}]}"#, &[(customer, "wrong-kind")]),
        (r#"{"CustSoldTo":[{},{}]}"#, &[(customer, "wrong-kind")]),
        (r#"{"CustSoldTo":"Robinson"}"#, &[(customer, "wrong-kind")]),
        (r#"{"CustSoldTo":{},"CustSoldTo":{}}"#, &[(customer, "repeated-property")]),
        (r#"{"CustSoldTo":{},"type":"a","type":"a"}"#, &[("/type", "repeated-property")]),
        (r#"{"CustSoldTo":{},"x":1,"x":1}"#, &[("/x", "repeated-property")]),
        (
            r#"{"CustSoldTo":{"cst_city":"a","cst_city":null}}"#,
            &[("/CustSoldTo/cst_city", "repeated-property")],
        ),
        (
            r#"{"CustSoldTo":{"cst_city":"a","cst_cit\u0079":"a"}}"#,
            &[("/CustSoldTo/cst_city", "repeated-property")],
        ),
        (r#"{"CustSoldTo":{},"type":true}"#, &[("/type", "wrong-kind")]),
        (
            r#"{"source":[],"CustSoldTo":{"cst_city":{},"cst_zip":["a"],"a/b~":false},"resp_q":{}}"#,
            &[
                ("/source", "wrong-kind"),
                ("/CustSoldTo/cst_city", "wrong-kind"),
                ("/CustSoldTo/cst_zip", "wrong-kind"),
                ("/CustSoldTo/a~1b~0", "wrong-kind"),
                ("/resp_q", "wrong-kind"),
            ],
        ),
    ] {
        let refused = read_text(body).expect_err(body);
        assert_eq!(
            (refused.kind(), refused.title()),
            (Kind::Invalid, "Invalid JSON Message"),
            "{body}"
        );
        assert_eq!(pointers(&refused), faults, "{body}");
        assert!(refused.reason().starts_with("Invalid JSON Message: "));
        assert_eq!(Problem::from(refused).kind(), ProblemType::InvalidMessage);
    }
}

#[test]
fn a_very_long_name_is_told_by_its_length() {
    let name = "x".repeat(101);
    let refused = read_text(&format!(r#"{{"CustSoldTo":{{"{name}":[]}}}}"#)).expect_err("a list");
    assert_eq!(
        refused.reason(),
        "Invalid JSON Message: /CustSoldTo: This must be a string or a number; it is a list. Its name has 101 characters."
    );
}

#[test]
fn what_is_not_json_cannot_be_parsed() {
    let deep = "[".repeat(128 * 1024);
    let deep_objects = r#"{"CustSoldTo":"#.repeat(9_000);
    for (body, code) in [
        (&b""[..], "empty-body"),
        (b"\xef\xbb\xbf\xef\xbb\xbf{\"CustSoldTo\":{}}", "not-json"),
        (b"\xff\xfe{\0}\0", "not-utf-8"),
        (b"<Message><CustSoldTo/></Message>", "not-json"),
        (b"{\"CustSoldTo\":{\"cst_lname\":\"Julie", "not-json"),
        (b"{\"CustSoldTo\":{}} {}", "not-json"),
        (b"{\"CustSoldTo\":{\"cst_lname\":\"\\ud800\"}}", "not-json"),
        (b"{\"CustSoldTo\":{\"cst_company\":1e400}}", "not-json"),
        (deep.as_bytes(), "not-json"),
        (deep_objects.as_bytes(), "not-json"),
    ] {
        let refused = read(body).expect_err("not JSON");
        assert_eq!(
            (refused.kind(), refused.title()),
            (Kind::CannotParse, "Cannot Parse JSON Message")
        );
        assert_eq!(pointers(&refused), [("", code)]);
        assert!(!refused.reason().contains("Julie"));
    }
    assert_eq!(
        read(b"{\n  x\n}").expect_err("not JSON").reason(),
        "Cannot Parse JSON Message: The body is not JSON: key must be a string at line 2 column 3."
    );
}

#[test]
fn the_longest_hostile_bodies_are_answered() {
    let names: String = (0..8_000).map(|n| format!(r#","a{n}":[]"#)).collect();
    let refused = read_text(&format!(r#"{{"CustSoldTo":{{"a":1{names}}}}}"#)).expect_err("lists");
    assert_eq!(refused.faults().len(), 8_000);
    assert!(refused.reason().ends_with("There are 7999 more faults."), "{}", refused.reason());
    let names: String = (0..8_000).map(|n| format!(r#","a{n}":1"#)).collect();
    let message = read_text(&format!(r#"{{"CustSoldTo":{{"a":1{names}}}}}"#)).expect("a message");
    assert_eq!(message.unknown.len(), 100);
    let again = r#","a":1"#.repeat(20_000);
    let refused =
        read_text(&format!(r#"{{"CustSoldTo":{{"a":1{again}}}}}"#)).expect_err("repeated");
    assert_eq!(pointers(&refused), [("/CustSoldTo/a", "repeated-property")]);
}
