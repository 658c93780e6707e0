//! Each edit: reached by a message, and reported with element, attribute, code and reason, in both forms.

use std::collections::BTreeSet;

use domain::message::edits::EditCode;
use serde_json::{Value, json};

use crate::fixture::Fixture;
use crate::message::{FORMS, Message, julie};

/// Attribute, code and reason of an edit, and what makes it fail.
type Case<'a> = (&'a str, &'a str, &'a str, &'a [(&'a str, &'a str)]);

/// Attribute, code and reason of each edit as the rules have them, with what makes Julie's Add fail it.
const EDITS: &[Case] = &[
    ("cst_action_type", "invalid-action-type", "Invalid Action Type", &[("cst_action_type", "D")]),
    (
        "cst_cust_nbr",
        "customer-does-not-exist",
        "Customer Does not Exist",
        &[("cst_cust_nbr", "999")],
    ),
    ("cst_lname", "name-blank", "Last Name & Comp Blank", &[("cst_lname", "")]),
    ("cst_city", "city-blank", "City Blank", &[("cst_city", "")]),
    ("cst_state", "state-blank", "State Blank", &[("cst_state", "")]),
    ("cst_state", "invalid-state", "Invalid State", &[("cst_state", "XX")]),
    ("cst_zip", "zip-blank", "Zip Code Blank", &[("cst_zip", "")]),
    ("cst_zip", "invalid-zip", "Invalid Zip Code", &[("cst_zip", "1581")]),
    ("cst_country", "country-blank", "Country Blank", &[("cst_country", "")]),
    ("cst_country", "invalid-country", "Invalid Country", &[("cst_country", "XXX")]),
    ("cst_cust_class", "class-required", "Customer Class required", &[("cst_cust_class", "")]),
    ("cst_cust_class", "invalid-class", "Invalid Customer Class", &[("cst_cust_class", "bronze")]),
    (
        "cst_email_status",
        "email-status-blank",
        "Opt In/Opt Out Required",
        &[("cst_email_status", "")],
    ),
    (
        "cst_email_status",
        "invalid-email-status",
        "Invalid Opt In/Opt Out",
        &[("cst_email_status", "O9")],
    ),
    ("cst_email", "invalid-email", "Invalid Email Address", &[("cst_email", "julie@example")]),
    ("cst_company", "invalid-company", "Invalid Company", &[("cst_company", "2")]),
    ("type", "invalid-type", "Invalid Message Type", &[]),
    ("cst_fname", "value-too-long", "Value Too Long", &[("cst_fname", LONG)]),
    ("cst_street_addr", "street-blank", "Street Address Blank", &[("cst_street_addr", "")]),
    ("cst_fname", "invalid-value", "Invalid Value", &[("cst_fname", "eiluJ\u{202e}")]),
    (
        "cst_interface_cust_nbr",
        "alternate-number-taken",
        "Alternate Customer Number Exists",
        &[("cst_relate_id", "NEW"), ("cst_interface_cust_nbr", "ALT")],
    ),
    (
        "cst_relate_id",
        "relate-id-taken",
        "Relate Id Exists",
        &[("cst_cust_nbr", "1"), ("cst_relate_id", "REL")],
    ),
];

/// A hundred and one letters.
const LONG: &str = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

/// A stand that requires all that can be required, with customer 1, and customer 2 that has an alternate number and a relate id.
async fn stand() -> Fixture {
    let stand = Fixture::with(&[
        ("REQUIRE_CUSTOMER_CLASS", "true"),
        ("CUSTOMER_CLASSES", "gold"),
        ("REQUIRE_STREET_ADDRESS", "true"),
    ])
    .await;
    stand.add(&classified()).await.created();
    let holder =
        [("cst_lname", "Dryer"), ("cst_relate_id", "REL"), ("cst_interface_cust_nbr", "ALT")];
    stand.add(&classified().with_all(&holder)).await.created();
    stand
}

fn classified() -> Message {
    julie().with("cst_cust_class", "gold")
}

#[tokio::test]
async fn each_edit_is_reported_with_element_attribute_code_and_reason() {
    assert_eq!(LONG.len(), 101);
    let reached: BTreeSet<_> = EDITS.iter().map(|(_, code, ..)| *code).collect();
    let all: BTreeSet<_> = EditCode::ALL.into_iter().map(EditCode::code).collect();
    assert_eq!(reached, all);
    for form in FORMS {
        let stand = stand().await;
        let customers = stand.customers().await;
        for (attribute, code, reason, fault) in EDITS {
            let mut message = classified().with_all(fault);
            let mut element = "CustSoldTo";
            if *attribute == "type" {
                message = message.of_type(Some("CWCustomerOut"));
                element = "Message";
            }
            let told = stand.tell(form, &message).await.is(422, "Failure");
            let mut expected = json!([{ "element": element, "attribute": attribute, "code": code, "reason": reason }]);
            if *code == "invalid-zip" {
                expected[0]["detail"] =
                    json!("United States: postal codes look like 95014 or 22162-1010.");
            }
            assert_eq!(told.body["CustSoldTo"]["Error"], expected, "{}", told.answer);
        }
        assert_eq!(stand.customers().await, customers);
    }
}

#[tokio::test]
async fn all_failed_edits_are_reported_at_once() {
    for form in FORMS {
        let stand = stand().await;
        let empty = Message::of(&[]).of_type(None);
        assert_eq!(
            stand.tell(form, &empty).await.failed(),
            [
                "cst_city city-blank",
                "cst_country country-blank",
                "cst_cust_class class-required",
                "cst_email_status email-status-blank",
                "cst_lname name-blank",
                "cst_street_addr street-blank",
                "type invalid-type",
            ]
        );
        let wrong = classified().with_all(&[
            ("cst_company", "2"),
            ("cst_fname", LONG),
            ("cst_lname", "Rob\u{202e}"),
            ("cst_state", "XX"),
            ("cst_zip", "1"),
            ("cst_email", "nobody"),
            ("cst_email_status", "O9"),
            ("cst_cust_class", "bronze"),
            ("cst_interface_cust_nbr", "ALT"),
            ("cst_relate_id", "NEW"),
        ]);
        assert_eq!(
            stand.tell(form, &wrong).await.failed(),
            [
                "cst_company invalid-company",
                "cst_cust_class invalid-class",
                "cst_email invalid-email",
                "cst_email_status invalid-email-status",
                "cst_fname value-too-long",
                "cst_interface_cust_nbr alternate-number-taken",
                "cst_lname invalid-value",
                "cst_state invalid-state",
                "cst_zip invalid-zip",
            ]
        );
    }
}

#[tokio::test]
async fn a_change_of_a_customer_that_is_not_there_reports_what_is_wrong_with_what_it_gives() {
    let stand = stand().await;
    let change = Message::of(&[("cst_cust_nbr", "999"), ("cst_email", "x"), ("cst_company", "2")]);
    assert_eq!(
        stand.add(&change.of_type(None)).await.failed(),
        [
            "cst_company invalid-company",
            "cst_cust_nbr customer-does-not-exist",
            "cst_email invalid-email",
            "type invalid-type",
        ]
    );
}

#[tokio::test]
async fn values_at_their_limits_pass_and_one_character_more_fails() {
    let stand = Fixture::new().await;
    for (name, longest) in [
        ("cst_fname", 100),
        ("cst_pop_window_1", 200),
        ("cst_pop_window_4", 200),
        ("cst_currency", 100),
    ] {
        stand.add(&julie().with(name, &"é".repeat(longest))).await.created();
        let failed = stand.add(&julie().with(name, &"é".repeat(longest + 1))).await.failed();
        assert_eq!(failed, [format!("{name} value-too-long")]);
    }
    let email = |length: usize| format!("{}@example.com", "a".repeat(length - 12));
    stand.add(&julie().with("cst_email", &email(254))).await.created();
    let failed = stand.add(&julie().with("cst_email", &email(255))).await.failed();
    assert!(failed.contains(&"cst_email value-too-long".to_owned()), "{failed:?}");
    for steering in ["cst_action_type", "cst_duplicate", "cst_cust_nbr"] {
        let failed = stand.add(&julie().with(steering, LONG)).await.failed();
        assert!(failed.contains(&format!("{steering} value-too-long")), "{failed:?}");
    }
}

#[tokio::test]
async fn email_addresses_have_text_before_the_at_between_it_and_a_dot_and_after_it() {
    let stand = Fixture::new().await;
    for good in ["a@b.c", "julie.robinson+shop@mail.example.co.uk", "zoë@exämple.de"] {
        stand.add(&julie().with("cst_email", good)).await.created();
    }
    for bad in ["@b.c", "a@b", "a@.c", "a@b.", "a", "a b@c.d", "@", "a@"] {
        let failed = stand.add(&julie().with("cst_email", bad)).await.failed();
        assert_eq!(failed, ["cst_email invalid-email"], "{bad}");
    }
}

#[tokio::test]
async fn unknown_attributes_and_elements_are_ignored_and_named_in_warnings() {
    let stand = Fixture::new().await;
    for form in FORMS {
        let told = stand.tell(form, &julie().with("cst_favourite", "tea")).await.created();
        let warnings = &told.body["warnings"];
        assert_eq!(warnings, &json!(["cst_favourite is not a known attribute"]));
        let stored = stand.stored_attributes(&told.number()).await;
        assert_eq!(stored.get("cst_favourite"), None::<&Value>);
    }
}
