//! Many messages at the same moment: whatever their order, the result is that of one after the other.

use std::collections::{BTreeMap, BTreeSet};

use crate::fixture::{Fixture, all_at_once};
use crate::message::{Form, Message, MessageAnswer, change, checked, julie};

/// Posts all messages at once.
async fn told_at_once(
    stand: &Fixture,
    messages: impl IntoIterator<Item = Message>,
) -> Vec<MessageAnswer> {
    let requests = messages.into_iter().map(|message| stand.message(Form::Json, &message));
    let answers = all_at_once(requests).await;
    answers.into_iter().map(MessageAnswer::of).collect()
}

fn statuses(told: &[MessageAnswer]) -> BTreeMap<u16, usize> {
    let mut statuses = BTreeMap::new();
    for told in told {
        *statuses.entry(told.status).or_default() += 1;
    }
    statuses
}

#[tokio::test(flavor = "multi_thread")]
async fn of_fifty_equal_reporting_adds_one_succeeds_and_the_others_are_its_duplicates() {
    let stand = Fixture::new().await;
    let told = told_at_once(&stand, (0..50).map(|_| checked("Y"))).await;
    assert_eq!(statuses(&told), BTreeMap::from([(201, 1), (409, 49)]));
    let created = told.iter().find(|told| told.status == 201);
    let created = created.expect("one of them").number();
    for told in told.into_iter().filter(|told| told.status == 409) {
        assert_eq!(told.duplicates(), [&*created]);
    }
    assert_eq!(stand.customers().await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_fifty_equal_single_adds_one_creates_the_customer_that_the_others_update() {
    let stand = Fixture::new().await;
    let told = told_at_once(&stand, (0..50).map(|_| checked("S"))).await;
    assert_eq!(statuses(&told), BTreeMap::from([(200, 49), (201, 1)]));
    let numbers: BTreeSet<_> = told.iter().map(MessageAnswer::number).collect();
    assert_eq!(numbers.len(), 1);
    let customers = stand.customers().await;
    assert_eq!(customers.len(), 1);
    assert_eq!(customers[0].version, 1, "what changes nothing is not written");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_unchecked_adds_make_a_hundred_customers_with_a_hundred_numbers() {
    let stand = Fixture::new().await;
    let told = told_at_once(&stand, (0..100).map(|_| checked("N"))).await;
    assert_eq!(statuses(&told), BTreeMap::from([(201, 100)]));
    let told: BTreeSet<_> = told.iter().map(MessageAnswer::number).collect();
    let customers = stand.customers().await;
    let there: BTreeSet<_> = customers.iter().map(|customer| customer.number.to_string()).collect();
    assert_eq!((customers.len(), there.len()), (100, 100));
    assert_eq!(told, there);
}

#[tokio::test(flavor = "multi_thread")]
async fn adds_of_many_people_at_once_do_not_hinder_each_other() {
    let stand = Fixture::new().await;
    let people = |person: usize| checked("Y").with("cst_lname", &format!("Person {person}"));
    let told = told_at_once(&stand, (0..40).map(|turn| people(turn % 20))).await;
    assert_eq!(statuses(&told), BTreeMap::from([(201, 20), (409, 20)]));
    assert_eq!(stand.customers().await.len(), 20);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_twenty_adds_with_one_relate_id_one_creates_the_customer_that_the_others_change() {
    let stand = Fixture::new().await;
    let add = julie().with("cst_relate_id", "R-1");
    let told = told_at_once(&stand, (0..20).map(|_| add.clone())).await;
    assert_eq!(statuses(&told), BTreeMap::from([(200, 19), (201, 1)]));
    let customers = stand.customers().await;
    assert_eq!(customers.len(), 1);
    assert_eq!(customers[0].version, 1, "what changes nothing is not written");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_twenty_changes_that_want_one_alternate_number_one_gets_it() {
    let stand = Fixture::new().await;
    let mut numbers = Vec::new();
    for person in 0..20 {
        let person = julie().with("cst_lname", &format!("{person} Person"));
        numbers.push(stand.add(&person).await.created().number());
    }
    let wants =
        |number: &String| change("cst_cust_nbr", number).with("cst_interface_cust_nbr", "WANTED");
    let told = told_at_once(&stand, numbers.iter().map(wants)).await;
    assert_eq!(statuses(&told), BTreeMap::from([(200, 1), (422, 19)]));
    for told in told.into_iter().filter(|told| told.status == 422) {
        let taken = "cst_interface_cust_nbr alternate-number-taken";
        assert_eq!(told.failed(), [taken]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn changes_of_different_attributes_at_once_all_come_through() {
    let stand = Fixture::new().await;
    let number = stand.add(&julie()).await.created().number();
    let names = (1..=4).map(|window| format!("cst_pop_window_{window}"));
    let names: Vec<_> = names.chain(["cst_vat_nbr".to_owned()]).collect();
    let changes = names.iter().map(|name| change("cst_cust_nbr", &number).with(name, name));
    let told = told_at_once(&stand, changes).await;
    assert_eq!(statuses(&told), BTreeMap::from([(200, 5)]));
    let stored = stand.stored_attributes(&number).await;
    for name in names {
        assert_eq!(stored[&name], name, "{stored}");
    }
}
