//! The worked examples of the rules: what an Add does when it meets duplicates.

use serde_json::json;
use store::numbers;

use crate::fixture::Fixture;
use crate::message::{FORMS, Message, checked, julie};

fn dryer(first_name: &str) -> Message {
    julie().with_all(&[("cst_fname", first_name), ("cst_lname", "Dryer")])
}

/// With first name among the exact-match values.
const BY_FIRST_NAME: (&str, &str) =
    ("EXACT_MATCH", "first_name,last_name,company,street,address_line_2,apartment,city,state");

#[tokio::test]
async fn juliette_robinson_is_updated_by_julies_single_add() {
    for form in FORMS {
        let stand = Fixture::new().await;
        let juliette = julie().with("cst_fname", "Juliette");
        let juliette = stand.tell(form, &juliette).await.created().number();
        let updated = stand.tell(form, &checked("S")).await.updated();
        assert_eq!(updated.number(), juliette);
        assert_eq!(updated.text("cst_fname"), "Julie");
        let stored = stand.stored(&juliette).await;
        assert_eq!(stored["CustSoldTo"]["cst_fname"], "Julie");
        assert_eq!(stored["version"], 2);
        assert_eq!(stand.customers().await.len(), 1);
    }
}

#[tokio::test]
async fn bob_dryer_with_the_highest_number_is_updated_by_roberts_best_add() {
    for form in FORMS {
        let stand = Fixture::new().await;
        let mut bobs = Vec::new();
        for _ in 0..3 {
            bobs.push(stand.tell(form, &dryer("Bob")).await.created().number());
        }
        bobs.sort();
        let robert = dryer("Robert").with("cst_duplicate", "A");
        let updated = stand.tell(form, &robert).await.updated();
        assert_eq!(updated.number(), bobs[2]);
        for (bob, first_name) in bobs.iter().zip(["Bob", "Bob", "Robert"]) {
            let stored = stand.stored_attributes(bob).await;
            assert_eq!(stored["cst_fname"], first_name);
        }
        assert_eq!(stand.customers().await.len(), 3);
    }
}

#[tokio::test]
async fn with_first_name_among_the_exact_match_values_neither_is_updated() {
    let stand = Fixture::with(&[BY_FIRST_NAME]).await;
    let first = stand.add(&julie().with("cst_fname", "Juliette")).await;
    let bob = stand.add(&dryer("Bob")).await;
    stand.add(&checked("S")).await.created();
    let robert = dryer("Robert").with("cst_duplicate", "A");
    stand.add(&robert).await.created();
    assert_eq!(stand.customers().await.len(), 4);
    for number in [first.number(), bob.number()] {
        assert_eq!(stand.stored(&number).await["version"], 1);
    }
    // The same first name, in another spelling of it, is the same.
    let again = robert.with("cst_fname", "RÓBERT");
    stand.add(&again).await.updated();
}

#[tokio::test]
async fn nine_is_lower_than_ten() {
    let stand = Fixture::new().await;
    let mut numbers = Vec::new();
    while numbers.last().map(String::as_str) != Some("000000012") {
        numbers.push(stand.add(&dryer("Bob")).await.created().number());
    }
    assert!(numbers.contains(&"000000009".to_owned()), "{numbers:?}");
    let listed = stand.add(&dryer("Robert").with("cst_duplicate", "Y")).await;
    numbers.sort();
    numbers.reverse();
    assert_eq!(listed.duplicates(), numbers);
    let updated = stand.add(&dryer("Robert").with("cst_duplicate", "A")).await;
    assert_eq!(updated.updated().number(), "000000012");
}

#[tokio::test]
async fn numbers_of_many_digits_are_compared_as_numbers_too() {
    let stand = Fixture::new().await;
    let first = stand.add(&dryer("Bob")).await.created().number();
    let counted = numbers::count_on_behind(stand.stand.master.table(), 99_999_990).await;
    counted.expect("the counter counts");
    // The process still holds the numbers that it leased before.
    let mut highest = first;
    while highest.as_str() < "100000000" {
        highest = stand.add(&dryer("Bob")).await.created().number();
    }
    let updated = stand.add(&dryer("Robert").with("cst_duplicate", "A")).await;
    assert_eq!(updated.updated().number(), highest);
}

/// What each check does with no duplicate, with one, and with two.
#[tokio::test]
async fn each_check_does_what_the_table_says() {
    for (check, one, several) in [
        ("S", 200, 409),
        ("s", 200, 409),
        ("A", 200, 200),
        ("a", 200, 200),
        ("Y", 409, 409),
        ("y", 409, 409),
        ("N", 201, 201),
        ("", 201, 201),
        ("X", 201, 201),
        ("yes", 201, 201),
    ] {
        let stand = Fixture::new().await;
        let add = checked(check);
        stand.add(&add).await.created();
        assert_eq!(stand.add(&add).await.status, one, "{check:?}, one");
        stand.add(&julie()).await.created();
        let before = stand.customers().await;
        let answer = stand.add(&add).await;
        assert_eq!(answer.status, several, "{check:?}, several");
        if several == 409 {
            assert_eq!(stand.customers().await, before, "{check:?}");
        }
    }
}

#[tokio::test]
async fn without_the_attribute_nothing_is_looked_for() {
    let stand = Fixture::new().await;
    for _ in 0..2 {
        stand.add(&julie().without("cst_duplicate")).await.created();
    }
    assert_eq!(stand.customers().await.len(), 2);
}

#[tokio::test]
async fn an_inactive_customer_is_a_candidate() {
    let stand = Fixture::new().await;
    let inactive = julie().with("cst_inactive", "Y");
    let number = stand.add(&inactive).await.created().number();
    assert_eq!(stand.stored(&number).await["status"], "INACTIVE");
    assert_eq!(stand.add(&checked("Y")).await.duplicates(), [&*number]);
    stand.add(&checked("S")).await.updated();
    let active = checked("S").with("cst_inactive", "N");
    stand.add(&active).await.updated();
    assert_eq!(stand.stored(&number).await["status"], "ACTIVE");
}

#[tokio::test]
async fn a_message_too_empty_for_a_match_code_has_no_duplicates() {
    let stand = Fixture::new().await;
    let irish = julie()
        .with_all(&[("cst_country", "IRL"), ("cst_duplicate", "Y")])
        .without("cst_street_addr")
        .without("cst_zip")
        .without("cst_state");
    for _ in 0..2 {
        stand.add(&irish).await.created();
    }
    assert_eq!(stand.customers().await.len(), 2);
}

#[tokio::test]
async fn a_duplicate_that_also_has_errors_answers_duplicate_and_an_update_needs_a_message_without()
{
    let stand = Fixture::new().await;
    let number = stand.add(&julie()).await.created().number();
    let faulty = checked("Y").with("cst_email", "nobody");
    assert_eq!(stand.add(&faulty).await.duplicates(), [&*number]);
    for check in ["S", "A"] {
        let failed = stand.add(&faulty.clone().with("cst_duplicate", check)).await;
        assert_eq!(failed.failed(), ["cst_email invalid-email"]);
    }
    // The opt in/opt out is there already, but the message must pass the edits of an Add by itself.
    let bare = checked("S").without("cst_email_status");
    let failed = stand.add(&bare).await.failed();
    assert_eq!(failed, ["cst_email_status email-status-blank"]);
    assert_eq!(stand.stored(&number).await["version"], json!(1));
}
