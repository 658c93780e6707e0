//! The controls of a deployment, as far as messages feel them.

use domain::matching::duplicate;
use serde_json::json;

use crate::fixture::{Fixture, acme};
use crate::message::{Message, change, checked, julie};

#[tokio::test]
async fn companies_are_those_of_the_deployment_and_the_first_stands_in() {
    let stand = Fixture::with(&[("COMPANIES", "7, us,12")]).await;
    for (given, kept) in [("", "7"), ("007", "7"), ("US", "us"), ("0012", "12"), (" 12 ", "12")] {
        let told = stand.add(&julie().with("cst_company", given)).await.created();
        assert_eq!(told.text("cst_company"), kept);
        let stored = stand.stored_attributes(&told.number()).await;
        assert_eq!(stored["cst_company"], kept);
    }
    for unknown in ["1", "70", "u s", "-7"] {
        let failed = stand.add(&julie().with("cst_company", unknown)).await.failed();
        assert_eq!(failed, ["cst_company invalid-company"], "{unknown}");
    }
}

#[tokio::test]
async fn a_default_country_stands_in_and_its_rules_apply() {
    let bare = julie().without("cst_country");
    let stand = Fixture::new().await;
    assert_eq!(stand.add(&bare).await.failed(), ["cst_country country-blank"]);
    let stand = Fixture::with(&[("DEFAULT_COUNTRY", "US")]).await;
    let number = stand.add(&bare).await.created().number();
    assert_eq!(stand.stored_attributes(&number).await["cst_country"], "USA");
    let stateless = bare.without("cst_state").with("cst_zip", "1");
    let failed = stand.add(&stateless).await.failed();
    assert_eq!(failed, ["cst_state state-blank", "cst_zip invalid-zip"]);
    let german =
        julie().with_all(&[("cst_country", "de"), ("cst_zip", "50667"), ("cst_state", "")]);
    stand.add(&german).await.created();
}

#[tokio::test]
async fn a_class_is_required_defaulted_and_listed_as_the_controls_say() {
    const REQUIRED: (&str, &str) = ("REQUIRE_CUSTOMER_CLASS", "true");
    const LIST: (&str, &str) = ("CUSTOMER_CLASSES", "gold, Silver");
    const DEFAULT: (&str, &str) = ("DEFAULT_CUSTOMER_CLASS", "silver");
    let required = Err("cst_cust_class class-required");
    let invalid = Err("cst_cust_class invalid-class");
    for (controls, given, expected) in [
        (&[][..], "", Ok(None)),
        (&[], "any", Ok(Some("ANY"))),
        (&[REQUIRED], "", required),
        (&[REQUIRED], " ", required),
        (&[REQUIRED], "any", Ok(Some("ANY"))),
        (&[DEFAULT], "", Ok(Some("SILVER"))),
        (&[REQUIRED, DEFAULT], "", Ok(Some("SILVER"))),
        (&[REQUIRED, DEFAULT], "gold", Ok(Some("GOLD"))),
        (&[LIST], "", Ok(None)),
        (&[LIST], " GOLD ", Ok(Some("GOLD"))),
        (&[LIST], "bronze", invalid),
        (&[LIST, REQUIRED], "", required),
        (&[LIST, DEFAULT], "bronze", invalid),
    ] {
        let stand = Fixture::with(controls).await;
        let told = stand.add(&julie().with("cst_cust_class", given)).await;
        match expected {
            Ok(class) => {
                let stored = stand.stored_attributes(&told.created().number()).await;
                assert_eq!(stored.get("cst_cust_class"), class.map(|class| json!(class)).as_ref());
            }
            Err(failed) => assert_eq!(told.failed(), [failed], "{controls:?} {given:?}"),
        }
    }
}

#[tokio::test]
async fn a_change_keeps_the_class_that_the_customer_has() {
    let stand = Fixture::with(&[("DEFAULT_CUSTOMER_CLASS", "silver")]).await;
    let number = stand.add(&julie().with("cst_cust_class", "gold")).await.created().number();
    stand.add(&change("cst_cust_nbr", &number)).await.updated();
    assert_eq!(stand.stored_attributes(&number).await["cst_cust_class"], "GOLD");
}

#[tokio::test]
async fn an_email_status_is_required_unless_a_default_is_set() {
    let bare = julie().without("cst_email_status");
    let stand = Fixture::new().await;
    let failed = stand.add(&bare).await.failed();
    assert_eq!(failed, ["cst_email_status email-status-blank"]);
    for status in ["O1", "o2", " O3 ", "O4"] {
        stand.add(&bare.clone().with("cst_email_status", status)).await.created();
    }
    for status in ["O0", "O5", "1", "OO1", "01"] {
        let failed = stand.add(&bare.clone().with("cst_email_status", status)).await.failed();
        assert_eq!(failed, ["cst_email_status invalid-email-status"], "{status}");
    }
    let stand = Fixture::with(&[("DEFAULT_EMAIL_STATUS", "o3")]).await;
    let number = stand.add(&bare).await.created().number();
    assert_eq!(stand.stored_attributes(&number).await["cst_email_status"], "O3");
}

#[tokio::test]
async fn a_street_is_required_where_the_control_asks_for_one() {
    let bare = julie().without("cst_street_addr");
    Fixture::new().await.add(&bare).await.created();
    let stand = Fixture::with(&[("REQUIRE_STREET_ADDRESS", "true")]).await;
    let failed = stand.add(&bare).await.failed();
    assert_eq!(failed, ["cst_street_addr street-blank"]);
    stand.add(&julie()).await.created();
}

#[tokio::test]
async fn the_exact_match_values_and_the_layout_decide_who_is_a_duplicate() {
    let stand = Fixture::with(&[("EXACT_MATCH", "email")]).await;
    let first = checked("Y").with("cst_email", "julie@example.com");
    let number = stand.add(&first).await.created().number();
    let other_city = first.clone().with_all(&[("cst_city", "Boston"), ("cst_apt", "5")]);
    assert_eq!(stand.add(&other_city).await.duplicates(), [&*number]);
    stand.add(&checked("Y")).await.created();

    let stand = Fixture::with(&[("MATCH_CODE_LAYOUT", "name:2"), ("EXACT_MATCH", "state")]).await;
    let number = stand.add(&checked("Y")).await.created().number();
    let other = checked("Y").with_all(&[
        ("cst_lname", "Rostow"),
        ("cst_zip", "02134"),
        ("cst_street_addr", "7 Mill Road"),
    ]);
    assert_eq!(stand.add(&other).await.duplicates(), [&*number]);
    let stranger = other.with("cst_lname", "Dryer");
    stand.add(&stranger).await.created();
}

#[tokio::test]
async fn under_two_rules_either_makes_duplicates_and_each_customer_has_a_seat_under_both() {
    let controls = [("ALSO_MATCH", "name:4/last_name,email")];
    let stand = Fixture::with(&controls).await;
    let first = checked("Y").with("cst_email", "julie@example.com");
    let number = stand.add(&first).await.created().number();
    let moved = [("cst_street_addr", "7 Mill Road"), ("cst_zip", "02134"), ("cst_city", "Boston")];
    assert_eq!(stand.add(&first.clone().with_all(&moved)).await.duplicates(), [&*number]);
    let other_mail = first.clone().with("cst_email", "robinson@example.com");
    assert_eq!(stand.add(&other_mail).await.duplicates(), [&*number]);
    let elsewhere = first.with_all(&moved).with("cst_email", "boston@example.com");
    let unchecked = elsewhere.with("cst_duplicate", "N");
    stand.add(&unchecked).await.created();
    stand.associate(&acme()).await.is(201);
    let customers = stand.customers().await;
    assert_eq!(customers.len(), 3);
    for customer in customers {
        let blocks = duplicate::blocks_of(&customer.attributes, stand.master().controls());
        let (home, others) = blocks.split_first().expect("a block of its own");
        assert_eq!((home, others), (&customer.identifier.block, &customer.seats[..]));
        assert_eq!(stand.references_to(&customer.identifier).await, customer.seats);
    }
}

const XSTORE: (&str, &str) = ("cst_original_source", "XSTORE");

fn empty_from_xstore() -> Message {
    Message::of(&[XSTORE, ("cst_state", "XX"), ("cst_email", "nobody"), ("cst_email_status", "O9")])
}

#[tokio::test]
async fn a_message_from_xstore_skips_the_edits_where_the_control_says_so() {
    let faulty = empty_from_xstore();
    let stand = Fixture::new().await;
    assert_eq!(stand.add(&faulty).await.failed().len(), 5);
    let stand = Fixture::with(&[
        ("BYPASS_EDITS_FOR_XSTORE", "true"),
        ("REQUIRE_CUSTOMER_CLASS", "true"),
        ("REQUIRE_STREET_ADDRESS", "true"),
    ])
    .await;
    let number = stand.add(&faulty).await.created().number();
    let stored = stand.stored_attributes(&number).await;
    assert_eq!(stored["cst_original_source"], "XSTORE");
    assert_eq!(stored["cst_state"], "XX");
    assert_eq!(stored["cst_company"], "1");
    stand.add(&faulty.clone().with("cst_original_source", "xstore")).await.created();
    let other = faulty.with("cst_original_source", "XSTORES");
    assert!(!stand.add(&other).await.failed().is_empty());
}

#[tokio::test]
async fn the_bypass_leaves_the_duplicate_check_and_what_nothing_could_be_stored_without() {
    let stand = Fixture::with(&[("BYPASS_EDITS_FOR_XSTORE", "true")]).await;
    let xstore = |check: &str| checked(check).with(XSTORE.0, XSTORE.1).with("cst_email", "nobody");
    let number = stand.add(&xstore("Y")).await.created().number();
    assert_eq!(stand.add(&xstore("Y")).await.duplicates(), [&*number]);
    assert_eq!(stand.add(&xstore("S")).await.updated().number(), number);
    stand.add(&julie().with_all(&[("cst_lname", "Dryer"), ("cst_relate_id", "R")])).await.created();
    for (message, failed) in [
        (empty_from_xstore().of_type(None), "type invalid-type"),
        (empty_from_xstore().with("cst_action_type", "D"), "cst_action_type invalid-action-type"),
        (empty_from_xstore().with("cst_company", "9"), "cst_company invalid-company"),
        (empty_from_xstore().with("cst_city", &"x".repeat(101)), "cst_city value-too-long"),
        (empty_from_xstore().with("cst_cust_nbr", "999"), "cst_cust_nbr customer-does-not-exist"),
        (
            empty_from_xstore().with_all(&[("cst_cust_nbr", &number), ("cst_relate_id", "R")]),
            "cst_relate_id relate-id-taken",
        ),
    ] {
        assert_eq!(stand.add(&message).await.failed(), [failed]);
    }
}

#[tokio::test]
async fn a_change_from_xstore_does_not_make_xstore_the_original_source() {
    let stand = Fixture::with(&[("BYPASS_EDITS_FOR_XSTORE", "true")]).await;
    let number = stand.add(&julie().with("cst_original_source", "WEB")).await.created().number();
    let change = change("cst_cust_nbr", &number).with_all(&[XSTORE, ("cst_zip", "none")]);
    stand.add(&change).await.updated();
    let stored = stand.stored_attributes(&number).await;
    assert_eq!(stored["cst_original_source"], "WEB");
    assert_eq!(stored["cst_zip"], "none");

    let stand = Fixture::new().await;
    let number = stand.add(&julie().with("cst_original_source", "WEB")).await.created().number();
    let change = change_by(&number);
    stand.add(&change).await.updated();
    assert_eq!(stand.stored_attributes(&number).await["cst_original_source"], "XSTORE");
}

fn change_by(number: &str) -> Message {
    change("cst_cust_nbr", number).with(XSTORE.0, XSTORE.1)
}
