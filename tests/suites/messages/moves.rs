//! A Change that gives a customer another match code: it is a candidate where it belongs now, and no more where it belonged before.

use crate::fixture::Fixture;
use crate::message::{Message, change, checked, julie};

/// Julie as she is known after she married.
const DRYER: &[(&str, &str)] = &[("cst_lname", "Dryer")];

fn dryer(check: &str) -> Message {
    checked(check).with_all(DRYER)
}

async fn becomes(stand: &Fixture, number: &str, attributes: &[(&str, &str)]) {
    let change = change("cst_cust_nbr", number).with_all(attributes);
    let updated = stand.add(&change).await.updated();
    assert_eq!(updated.number(), number);
}

/// How many references to moved customers the table holds.
async fn references(stand: &Fixture) -> usize {
    let everything = stand.everything().await;
    everything.keys().filter(|(_, sk)| sk.starts_with("MOVED#")).count()
}

#[tokio::test]
async fn a_customer_that_moved_is_found_where_it_is_now_and_not_where_it_was_and_back_again() {
    let stand = Fixture::new().await;
    let number = stand.add(&checked("Y")).await.created().number();
    let identifier = stand.stored(&number).await["customerOrganizationIdentifier"].take();
    for _ in 0..2 {
        becomes(&stand, &number, DRYER).await;
        assert_eq!(stand.add(&dryer("Y")).await.duplicates(), [&*number]);
        assert_eq!(stand.try_to_add(&checked("Y")).await.status, 201);
        assert_eq!(stand.add(&dryer("S")).await.updated().number(), number);
        assert_eq!(stand.add(&dryer("A")).await.updated().number(), number);

        becomes(&stand, &number, &[("cst_lname", "Robinson")]).await;
        assert_eq!(stand.add(&checked("Y")).await.duplicates(), [&*number]);
        assert_eq!(stand.try_to_add(&dryer("Y")).await.status, 201);
    }
    let stored = stand.stored(&number).await;
    assert_eq!(stored["customerOrganizationIdentifier"], identifier);
}

#[tokio::test]
async fn a_customer_that_moves_on_is_found_in_its_last_block_alone() {
    let stand = Fixture::new().await;
    let number = stand.add(&checked("Y")).await.created().number();
    becomes(&stand, &number, DRYER).await;
    becomes(&stand, &number, &[("cst_zip", "02134")]).await;
    becomes(&stand, &number, &[("cst_street_addr", "7 Mill Road")]).await;
    for elsewhere in [checked("Y"), dryer("Y"), dryer("Y").with("cst_zip", "02134")] {
        assert_eq!(stand.try_to_add(&elsewhere).await.status, 201);
    }
    let there = dryer("Y").with_all(&[("cst_zip", "02134"), ("cst_street_addr", "7 Mill Rd")]);
    assert_eq!(stand.add(&there).await.duplicates(), [&*number]);
}

#[tokio::test]
async fn who_comes_into_a_block_after_another_moved_there_takes_the_next_seat_and_both_are_candidates()
 {
    let stand = Fixture::new().await;
    let moved = stand.add(&checked("Y")).await.created().number();
    becomes(&stand, &moved, DRYER).await;
    let new = stand.add(&dryer("Y").with("cst_apt", "5")).await.created().number();
    let beside = stand.add(&dryer("N")).await.created().number();
    let mut both = vec![moved.clone(), beside.clone()];
    both.sort();
    both.reverse();
    assert_eq!(stand.add(&dryer("Y")).await.duplicates(), both);
    assert_eq!(stand.add(&dryer("Y").with("cst_apt", "5")).await.duplicates(), [&*new]);
    // The block that it left can be settled again, and it can come home.
    let other = stand.add(&checked("Y")).await.created().number();
    becomes(&stand, &moved, &[("cst_lname", "Robinson")]).await;
    let mut both = vec![moved, other];
    both.sort();
    both.reverse();
    assert_eq!(stand.add(&checked("Y")).await.duplicates(), both);
    assert_eq!(stand.add(&dryer("Y")).await.duplicates(), [beside]);
}

#[tokio::test]
async fn a_change_of_company_moves_a_customer_too() {
    let stand = Fixture::with(&[("COMPANIES", "1,2")]).await;
    let number = stand.add(&checked("Y")).await.created().number();
    becomes(&stand, &number, &[("cst_company", "2")]).await;
    assert_eq!(stand.try_to_add(&checked("Y")).await.status, 201);
    let there = checked("Y").with("cst_company", "2");
    assert_eq!(stand.add(&there).await.duplicates(), [&*number]);
}

#[tokio::test]
async fn a_customer_without_a_match_code_that_gets_one_is_found() {
    let stand = Fixture::new().await;
    let irish = [("cst_country", "IRL"), ("cst_state", ""), ("cst_zip", "")];
    let placeless = checked("Y").with_all(&irish).with("cst_street_addr", "");
    let number = stand.add(&placeless).await.created().number();
    becomes(&stand, &number, &[("cst_street_addr", "7 Mill Road")]).await;
    let there = checked("Y").with_all(&irish).with("cst_street_addr", "7 Mill Road");
    assert_eq!(stand.add(&there).await.duplicates(), [&*number]);
    assert_eq!(stand.add(&there.with("cst_duplicate", "S")).await.updated().number(), number);
}

#[tokio::test]
async fn a_change_that_keeps_the_match_code_leaves_the_customer_where_it_is() {
    let stand = Fixture::new().await;
    let number = stand.add(&checked("Y")).await.created().number();
    becomes(&stand, &number, &[("cst_street_addr", "100 Example St"), ("cst_lname", "Robin")])
        .await;
    assert_eq!(references(&stand).await, 0);
    let there = checked("Y").with("cst_lname", "ROBIN");
    assert_eq!(stand.add(&there).await.duplicates(), [&*number]);
    assert_eq!(stand.try_to_add(&checked("Y")).await.status, 201);
}

#[tokio::test]
async fn a_customer_with_numbers_moves_with_them() {
    let stand = Fixture::new().await;
    let numbers = [("cst_relate_id", "R-1"), ("cst_interface_cust_nbr", "A-1")];
    let number = stand.add(&julie().with_all(&numbers)).await.created().number();
    let move_and_rename =
        change("cst_relate_id", "R-1").with_all(DRYER).with("cst_interface_cust_nbr", "A-2");
    assert_eq!(stand.add(&move_and_rename).await.updated().number(), number);
    assert_eq!(stand.add(&dryer("Y")).await.duplicates(), [&*number]);
    let by_alternate = change("cst_interface_cust_nbr", "A-2").with("cst_city", "Boston");
    assert_eq!(stand.add(&by_alternate).await.updated().number(), number);
}
