//! Alternate numbers and relate ids: unique, claimed with the customer, free again when another takes their place.

use crate::fixture::Fixture;
use crate::message::{Message, change, checked, julie};

const NUMBERS: [(&str, &str); 2] =
    [("cst_relate_id", "relate-id-taken"), ("cst_interface_cust_nbr", "alternate-number-taken")];

fn person(number: usize) -> Message {
    julie().with("cst_lname", &format!("{number} Person"))
}

#[tokio::test]
async fn a_number_of_another_customer_fails_its_edit_and_is_free_when_it_is_given_up() {
    for (name, code) in NUMBERS {
        let stand = Fixture::new().await;
        let first = stand.add(&person(1).with(name, "ONE")).await.created().number();
        let second = stand.add(&person(2)).await.created().number();
        let wants = change("cst_cust_nbr", &second).with(name, "ONE");
        assert_eq!(stand.add(&wants).await.failed(), [format!("{name} {code}")]);
        // Its own, said again, is not another's; blanks around it make it no other.
        let own = change("cst_cust_nbr", &first).with(name, " ONE ");
        stand.add(&own).await.updated();
        stand.add(&change("cst_cust_nbr", &first).with(name, "TWO")).await.updated();
        assert_eq!(stand.add(&wants).await.updated().number(), second);
        assert_eq!(stand.add(&change(name, "ONE")).await.updated().number(), second);
        assert_eq!(stand.add(&change(name, "TWO")).await.updated().number(), first);
    }
}

#[tokio::test]
async fn what_is_refused_claims_no_number() {
    let stand = Fixture::new().await;
    let one = person(1).with("cst_interface_cust_nbr", "ALT");
    stand.add(&one).await.created();
    let refused =
        person(2).with_all(&[("cst_relate_id", "R-1"), ("cst_interface_cust_nbr", "ALT")]);
    stand.add(&refused).await.failed();
    let faulty = person(2).with_all(&[("cst_relate_id", "R-2"), ("cst_state", "XX")]);
    stand.add(&faulty).await.failed();
    stand.try_to_add(&person(2).with("cst_relate_id", "R-3")).await.created();
    for id in ["R-1", "R-2", "R-3"] {
        let name = format!("Person of {id}");
        stand
            .add(&julie().with_all(&[("cst_lname", &name), ("cst_relate_id", id)]))
            .await
            .created();
    }
}

#[tokio::test]
async fn the_update_of_a_duplicate_claims_and_frees_as_a_change_does() {
    let stand = Fixture::new().await;
    let number = stand.add(&julie().with("cst_relate_id", "OLD")).await.created().number();
    let update = checked("S").with("cst_relate_id", "NEW");
    assert_eq!(stand.add(&update).await.updated().number(), number);
    let other = person(1).with("cst_relate_id", "OLD");
    let other = stand.add(&other).await.created().number();
    assert_ne!(other, number);
    assert_eq!(stand.add(&change("cst_relate_id", "NEW")).await.updated().number(), number);
    // The duplicate would be updated, but the number is another's.
    let taken =
        checked("S").with_all(&[("cst_relate_id", "NEWER"), ("cst_interface_cust_nbr", "ALT")]);
    stand
        .add(&change("cst_cust_nbr", &other).with("cst_interface_cust_nbr", "ALT"))
        .await
        .updated();
    let failed = stand.add(&taken).await.failed();
    assert_eq!(failed, ["cst_interface_cust_nbr alternate-number-taken"]);
}

#[tokio::test]
async fn relate_ids_and_alternate_numbers_are_told_apart_and_so_is_their_case() {
    let stand = Fixture::new().await;
    let first = stand.add(&person(1).with("cst_relate_id", "X")).await.created().number();
    let second = person(2).with("cst_interface_cust_nbr", "X");
    let second = stand.add(&second).await.created().number();
    let third = person(3).with("cst_relate_id", "x");
    let third = stand.add(&third).await.created().number();
    for (name, value, number) in [
        ("cst_relate_id", "X", first),
        ("cst_interface_cust_nbr", "X", second),
        ("cst_relate_id", "x", third),
    ] {
        assert_eq!(stand.add(&change(name, value)).await.updated().number(), number);
    }
}

#[tokio::test]
async fn a_number_is_the_same_in_every_form_of_composition_and_with_blanks_around_it() {
    let stand = Fixture::new().await;
    for (attribute, composed, decomposed) in [
        ("cst_interface_cust_nbr", "CAF\u{c9}-7", "CAFE\u{301}-7 "),
        ("cst_relate_id", "\u{ac00}-7", "\u{1100}\u{1161}-7"),
    ] {
        let number = stand.add(&person(0).with(attribute, composed)).await.created().number();
        for same in [composed, decomposed] {
            let change = change(attribute, same).with("cst_city", "Boston");
            assert_eq!(stand.add(&change).await.updated().number(), number, "{same:?}");
        }
        let other = stand.add(&person(1)).await.created().number();
        let wants = change("cst_cust_nbr", &other).with(attribute, decomposed);
        let failed = stand.add(&wants).await.failed();
        assert!(failed[0].ends_with("-taken") && failed.len() == 1, "{failed:?}");
    }
}

#[tokio::test]
async fn numbers_that_are_too_long_or_not_plain_fail_their_edits_and_nobody_has_them() {
    let stand = Fixture::new().await;
    for (name, _) in NUMBERS {
        for length in [101, 1_000, 2_000, 3_000, 60_000] {
            for message in [
                person(1).with(name, &"7".repeat(length)),
                person(1).with(name, &"é".repeat(length / 2 + 51)),
            ] {
                let told = stand.add(&message).await;
                assert_eq!(told.text("cst_action_type"), "A");
                assert_eq!(told.failed(), [format!("{name} value-too-long")], "{length}");
            }
        }
        let longest = "é".repeat(100);
        let number = stand.add(&person(1).with(name, &longest)).await.created().number();
        assert_eq!(stand.add(&change(name, &longest)).await.updated().number(), number);
        for strange in ["a\u{202e}b", "a\u{85}b", "#", "ALTERNATE#1"] {
            let told = stand.add(&person(2).with(name, strange)).await;
            assert!([201, 422].contains(&told.status), "{}", told.answer);
        }
    }
}
