//! Changes: which customer a message means by its numbers, and what becomes of it.

use serde_json::json;

use crate::fixture::Fixture;
use crate::message::{FORMS, Message, change, checked, julie};

/// Two customers, the first with a relate id and an alternate number.
async fn two(stand: &Fixture) -> [String; 2] {
    let first =
        julie().with_all(&[("cst_relate_id", "REL-1"), ("cst_interface_cust_nbr", "ALT-1")]);
    let first = stand.add(&first).await.created().number();
    let second = julie().with_all(&[
        ("cst_lname", "Dryer"),
        ("cst_relate_id", "REL-2"),
        ("cst_interface_cust_nbr", "ALT-2"),
    ]);
    let second = stand.add(&second).await.created().number();
    [first, second]
}

#[tokio::test]
async fn a_change_by_each_number_sets_what_is_given_and_keeps_the_rest() {
    for form in FORMS {
        let stand = Fixture::new().await;
        let [number, other] = two(&stand).await;
        let mut expected = stand.stored_attributes(&number).await;
        let untouched = stand.stored(&other).await;
        let short = number.trim_start_matches('0').to_owned();
        for (version, (naming, value)) in [
            ("cst_cust_nbr", number.as_str()),
            ("cst_cust_nbr", &short),
            ("cst_relate_id", "REL-1"),
            ("cst_interface_cust_nbr", "ALT-1"),
        ]
        .into_iter()
        .enumerate()
        {
            let city = format!("City {version}");
            let updated = change(naming, value).with("cst_city", &city);
            let updated = stand.tell(form, &updated).await.updated();
            assert_eq!(updated.number(), number, "{naming}");
            assert_eq!(updated.text("cst_city"), city);
            assert_eq!(updated.text("cst_lname"), "Robinson");
            expected["cst_city"] = json!(city);
            let stored = stand.stored(&number).await;
            assert_eq!(stored["CustSoldTo"], expected);
            assert_eq!(stored["version"], version + 2);
        }
        assert_eq!(stand.stored(&other).await, untouched);
    }
}

#[tokio::test]
async fn the_first_number_that_is_given_names_the_customer() {
    for (naming, meant) in [
        (vec![("cst_cust_nbr", 0), ("cst_relate_id", 0), ("cst_interface_cust_nbr", 0)], Ok(0)),
        (vec![("cst_relate_id", 1), ("cst_interface_cust_nbr", 1)], Ok(1)),
        (vec![("cst_cust_nbr", 0), ("cst_relate_id", 1)], Err("cst_relate_id relate-id-taken")),
        (
            vec![("cst_cust_nbr", 1), ("cst_interface_cust_nbr", 0)],
            Err("cst_interface_cust_nbr alternate-number-taken"),
        ),
        (
            vec![("cst_relate_id", 0), ("cst_interface_cust_nbr", 1)],
            Err("cst_interface_cust_nbr alternate-number-taken"),
        ),
    ] {
        let stand = Fixture::new().await;
        let numbers = two(&stand).await;
        let mut message = Message::of(&[("cst_city", "Boston")]);
        for (name, whose) in &naming {
            let value = match *name {
                "cst_cust_nbr" => numbers[*whose].clone(),
                "cst_relate_id" => format!("REL-{}", whose + 1),
                _ => format!("ALT-{}", whose + 1),
            };
            message = message.with(name, &value);
        }
        let told = stand.add(&message).await;
        match meant {
            Ok(whose) => assert_eq!(told.updated().number(), numbers[whose], "{naming:?}"),
            Err(failed) => assert_eq!(told.failed(), [failed], "{naming:?}"),
        }
    }
}

#[tokio::test]
async fn an_unknown_customer_number_fails_whatever_else_names_a_customer() {
    let stand = Fixture::new().await;
    two(&stand).await;
    let records = stand.customers().await;
    for unknown in ["999999999", "abc", "1234567890", "0", "-1", &"1".repeat(200)] {
        for more in [&[][..], &[("cst_relate_id", "REL-1")], &[("cst_relate_id", "NEW")]] {
            let message = change("cst_cust_nbr", unknown).with_all(more);
            let told = stand.add(&message).await;
            assert_eq!(told.text("cst_action_type"), "C", "{}", told.answer);
            assert!(
                told.failed().contains(&"cst_cust_nbr customer-does-not-exist".to_owned()),
                "{unknown}"
            );
        }
    }
    assert_eq!(stand.customers().await, records);
}

#[tokio::test]
async fn an_unknown_relate_id_or_alternate_number_adds_a_customer_that_has_it() {
    let stand = Fixture::new().await;
    for (index, new) in [
        &[("cst_relate_id", "NEW-1")][..],
        &[("cst_interface_cust_nbr", "NEW-2")],
        &[("cst_relate_id", "NEW-3"), ("cst_interface_cust_nbr", "NEW-4")],
    ]
    .into_iter()
    .enumerate()
    {
        let add = julie().with("cst_lname", &format!("{index} Person")).with_all(new);
        let number = stand.add(&add).await.created().number();
        for (name, value) in new {
            let change = change(name, value).with("cst_city", "Boston");
            assert_eq!(stand.add(&change).await.updated().number(), number);
        }
    }
    // What adds a customer needs all that an Add needs.
    let bare = change("cst_relate_id", "NEW-5");
    assert!(stand.add(&bare).await.failed().contains(&"cst_lname name-blank".to_owned()));
}

#[tokio::test]
async fn a_relate_id_that_nobody_has_adds_a_customer_even_beside_an_alternate_number_that_is_taken()
{
    let stand = Fixture::new().await;
    two(&stand).await;
    let add = julie().with_all(&[("cst_relate_id", "NEW"), ("cst_interface_cust_nbr", "ALT-2")]);
    let told = stand.add(&add).await;
    assert_eq!(told.text("cst_action_type"), "A");
    assert_eq!(told.failed(), ["cst_interface_cust_nbr alternate-number-taken"]);
    // Unless the customer that has it is the duplicate that is updated.
    let add = add.with_all(&[("cst_interface_cust_nbr", "ALT-1"), ("cst_duplicate", "S")]);
    let updated = stand.add(&add).await.updated().number();
    let stored = stand.stored_attributes(&updated).await;
    assert_eq!(stored["cst_relate_id"], "NEW");
    assert_eq!(stored["cst_interface_cust_nbr"], "ALT-1");
}

#[tokio::test]
async fn the_action_type_does_not_decide_but_for_a_deletion() {
    let stand = Fixture::new().await;
    for letter in ["A", "C", "Z", "7", ""] {
        let add = julie().with("cst_action_type", letter);
        let number = stand.add(&add).await.created().number();
        let change = change("cst_cust_nbr", &number).with("cst_action_type", letter);
        stand.add(&change).await.updated();
    }
    let [number, _] = two(&stand).await;
    let customers = stand.customers().await;
    for letter in ["D", "d"] {
        let faulty = Message::of(&[("cst_action_type", letter)]);
        let told = stand.add(&faulty).await;
        assert_eq!(told.text("cst_action_type"), "A");
        assert_eq!(told.failed(), ["cst_action_type invalid-action-type"]);
        let change = change("cst_cust_nbr", &number).with("cst_action_type", letter);
        let told = stand.add(&change).await;
        assert_eq!(told.text("cst_action_type"), "C");
        assert_eq!(told.failed(), ["cst_action_type invalid-action-type"]);
        let duplicate = checked("Y").with("cst_action_type", letter);
        let failed = stand.add(&duplicate).await.failed();
        assert_eq!(failed, ["cst_action_type invalid-action-type"]);
    }
    assert_eq!(stand.customers().await, customers);
}

#[tokio::test]
async fn the_edits_apply_to_what_a_change_leads_to() {
    let stand = Fixture::new().await;
    let [number, _] = two(&stand).await;
    let before = stand.stored(&number).await;
    for (changed, failed) in [
        (&[("cst_country", "CAN")][..], vec!["cst_state invalid-state", "cst_zip invalid-zip"]),
        (&[("cst_state", "XX")], vec!["cst_state invalid-state"]),
        (&[("cst_email", "x")], vec!["cst_email invalid-email"]),
        (&[("cst_company", "2")], vec!["cst_company invalid-company"]),
    ] {
        let change = change("cst_cust_nbr", &number).with_all(changed);
        assert_eq!(stand.add(&change).await.failed(), failed);
    }
    let mistyped = change("cst_cust_nbr", &number).of_type(Some("CWCustomerOut"));
    assert_eq!(stand.add(&mistyped).await.failed(), ["type invalid-type"]);
    assert_eq!(stand.stored(&number).await, before);
    let moved = change("cst_cust_nbr", &number).with_all(&[
        ("cst_country", "ca"),
        ("cst_state", "on"),
        ("cst_zip", "k1a 0b1"),
    ]);
    stand.add(&moved).await.updated();
    let stored = stand.stored_attributes(&number).await;
    assert_eq!([&stored["cst_country"], &stored["cst_zip"]], ["CAN", "K1A 0B1"]);
}
