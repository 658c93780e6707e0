//! The audit: what is lost from the table behind everybody's back is found and mended, what is healthy is left alone, and what follows is rebuilt as it was.

use std::collections::BTreeMap;

use aws_sdk_dynamodb::types::AttributeValue;
use domain::by::By;
use domain::message::{Attribute, MESSAGE_TYPE, Message};
use domain::request::Received;
use kit::fixture::{Everything, Fixture, acme_as};
use local::event_lines::EventLines;
use operations::audit::{Auditor, Damage, Manner, Patience, Report};
use operations::changes::Follower;
use operations::kit::{Attempt, Master, Standardizer, Stopped};
use operations::messages::process::process;
use operations::messages::{MessageResult, Stored};
use serde_json::{Value, json};
use store::client::Connection;
use store::dynamo::Dynamo;
use store::item::Item;
use store::items::{self, Occupant};
use store::keys;
use store::table::Segment;

use crate::world::{World, person, text, with};

/// How many segments the tests walk.
const SEGMENTS: u32 = 3;

/// While others write, to a database that shows all of a transaction at once.
const WITHOUT_DELAY: Patience =
    Patience { following: Patience::WHILE_OTHERS_WRITE.following, ..Patience::ALONE };

async fn audit_with(
    master: &Master<Dynamo>,
    events: &EventLines,
    (mend, patience): (bool, Patience),
) -> Report {
    let follower = Follower::new(master.clone(), events.clone());
    let auditor = Auditor::new(follower, Manner { mend, patience, request_id: "audit".to_owned() });
    let mut report = Report::default();
    for number in 0..SEGMENTS {
        let segment = Segment { number, of: SEGMENTS };
        let mut after = None;
        loop {
            after = auditor.audit(segment, after.as_ref(), &mut report).await.expect("an audit");
            if after.is_none() {
                break;
            }
        }
    }
    report
}

impl World {
    pub(crate) async fn audit(&self, mend: bool) -> Report {
        audit_with(self.master.master(), &self.events, (mend, Patience::ALONE)).await
    }

    /// Loses an item.
    async fn lose(&self, (pk, sk): &(String, String)) {
        let client = Connection::to_emulator(&self.master.database).client();
        let delete = client
            .delete_item()
            .table_name(&self.master.table)
            .key(keys::PARTITION_KEY, AttributeValue::S(pk.clone()))
            .key(keys::SORT_KEY, AttributeValue::S(sk.clone()));
        delete.send().await.expect("an item is lost");
    }

    /// Puts an item, as a restore does.
    async fn put(&self, item: Item) {
        let client = Connection::to_emulator(&self.master.database).client();
        let put = client.put_item().table_name(&self.master.table).set_item(Some(item));
        put.send().await.expect("an item is put");
    }

    /// Loses all items whose partition begins so, and says how many they were.
    pub(crate) async fn lose_all(&self, prefix: &str) -> usize {
        let lost: Vec<_> = self
            .master
            .everything()
            .await
            .into_keys()
            .filter(|(pk, _)| pk.starts_with(prefix))
            .collect();
        for key in &lost {
            self.lose(key).await;
        }
        lost.len()
    }

    /// The key of the one item whose partition begins so.
    async fn only(&self, prefix: &str) -> (String, String) {
        let everything = self.master.everything().await;
        let mut found = everything.into_keys().filter(|(pk, _)| pk.starts_with(prefix));
        let one = found.next().unwrap_or_else(|| panic!("{prefix} is there"));
        assert_eq!(found.next(), None, "{prefix} is there once");
        one
    }
}

pub(crate) fn found(report: &Report) -> BTreeMap<Damage, (u64, u64)> {
    let counts = report.damage.iter();
    counts.map(|(damage, found)| (*damage, (found.found, found.mended))).collect()
}

/// Holds that this one damage is found, is mended, and is gone.
async fn is_mended(world: &World, damage: Damage) {
    let before = world.master.everything().await;
    let seen = world.audit(false).await;
    assert_eq!(found(&seen), BTreeMap::from([(damage, (1, 0))]));
    assert!(!seen.is_whole());
    assert_eq!(world.master.everything().await, before, "who only looks writes nothing");
    assert_eq!(found(&world.audit(true).await), BTreeMap::from([(damage, (1, 1))]));
    assert_eq!(found(&world.audit(true).await), BTreeMap::new(), "a second audit finds nothing");
}

/// A world of many kinds of items, followed.
async fn busy() -> World {
    let world = World::new().await;
    let julie = with(
        person("Julie", "Robinson"),
        &json!({ "cst_email": "julie@example.com", "cst_interface_cust_nbr": "ALT-1", "cst_relate_id": "REL-1" }),
    );
    let julie = world.add(&julie).await;
    let bob = world.add(&with(person("Bob", "Dryer"), &json!({ "cst_duplicate": "Y" }))).await;
    for change in [
        json!({ "cst_cust_nbr": julie, "cst_lname": "Underwood", "cst_email": "julie@underwood.example" }),
        json!({ "cst_cust_nbr": julie, "cst_interface_cust_nbr": "ALT-2", "cst_city": "Boston" }),
        json!({ "cst_cust_nbr": bob, "cst_street_addr": "9 Mill Road", "cst_day_phone": "508-555-0100" }),
        json!({ "cst_cust_nbr": bob, "cst_street_addr": "10 Mill Road" }),
    ] {
        world.add(&change).await;
    }
    let mut failing = person("Eve", "Moneypenny");
    failing["cst_city"] = json!("");
    world.message(&failing).await.is(422);
    for dealer in ["TD68", "TD69"] {
        let associated = world.master.associate(&acme_as(dealer, "N-1")).await;
        assert!(matches!(associated.status, 200 | 201), "{associated}");
    }
    world.release("N-1").await;
    let erased = world.add(&person("Ann", "Forgotten")).await;
    world.master.post(&format!("/customers/{erased}/erase")).send().await.is_empty(204);
    world.follow().await;
    world
}

#[tokio::test]
async fn a_healthy_table_is_left_alone() {
    let world = busy().await;
    let before = world.master.everything().await;
    for mend in [false, true] {
        let report = world.audit(mend).await;
        assert_eq!(found(&report), BTreeMap::new());
        assert_eq!(report.items, before.len() as u64);
    }
    assert_eq!(world.master.everything().await, before);
}

/// A customer whose name ends as those of the others, so that all have a seat in one block.
fn one_of_three(name: &str) -> Value {
    with(person("Kim", &format!("{name} Robinson")), &json!({ "cst_duplicate": "Y" }))
}

/// Three customers of one block, of whom the middle one can be lost.
async fn three() -> (World, [String; 3]) {
    let world = World::new().await;
    let mut numbers = Vec::new();
    for name in ["Ann", "Bea", "Cleo"] {
        numbers.push(world.add(&one_of_three(name)).await);
    }
    world.follow().await;
    (world, numbers.try_into().expect("three"))
}

#[tokio::test]
async fn a_request_in_error_that_nothing_leads_to_is_found_again() {
    let world = World::new().await;
    let failing = json!({ "cst_lname": "Robinson", "cst_zip": "01581" });
    world.master.refused(&failing).await;
    world.follow().await;
    let before = world.master.everything().await;
    assert_eq!(world.lose_all("ABOUT#").await, 1);
    is_mended(&world, Damage::TopicMissing).await;
    let topics = |everything: &Everything| -> Vec<_> {
        everything.keys().filter(|(pk, _)| pk.starts_with("ABOUT#")).cloned().collect()
    };
    assert_eq!(topics(&world.master.everything().await), topics(&before));
    world.lose_all("ERROR#").await;
    is_mended(&world, Damage::TopicOfNothing).await;
}

#[tokio::test]
async fn what_a_restore_brings_back_of_a_person_beside_the_customer_is_taken_away() {
    let world = World::new().await;
    let failing = with(person("Ann", "Forgotten"), &json!({ "cst_city": "" }));
    let id = world.master.refused(&failing).await;
    let patch = json!({ "cst_city": "Westborough" });
    let made = world.master.reprocess(&id).json(&patch).send().await.is(201);
    let associate = json!({
        "dealerCode": "TD68", "dealerCustomerNumber": "A-1", "businessName": "Forgotten",
        "customerOrganizationIdentifier": made["customerOrganizationIdentifier"]
    });
    world.master.associate(&associate).await.is(201);
    world.follow().await;
    let before = [world.master.items("ERROR#").await, world.master.items("DEALER#").await];
    let number = text(&made["CustSoldTo"]["cst_cust_nbr"]);
    world.master.post(&format!("/customers/{number}/erase")).send().await.is_empty(204);
    world.follow().await;
    let [request, dealer_customer] = before.map(|mut items| items.pop().expect("an item"));
    for item in [request, dealer_customer] {
        world.put(item).await;
        is_mended(&world, Damage::PersonLeft).await;
        let shown = format!("{:?}", world.master.everything().await);
        assert!(!shown.contains("Forgotten"), "{shown}");
        world.follow().await;
    }
}

#[tokio::test]
async fn a_lost_seat_becomes_an_empty_one() {
    let (world, [first, lost, last]) = three().await;
    let customers = world.master.customers().await;
    let middle = customers.iter().find(|customer| customer.number.to_string() == lost);
    let key = keys::customer(&middle.expect("the middle one").identifier);
    let key = (key.pk, key.sk);
    world.lose(&key).await;
    world.master.get(&format!("/customers/{lost}")).send().await.is_problem(404, "not-found");
    world.get(&format!("/customers/{first}")).await;
    let seen = world.audit(true).await;
    assert_eq!(found(&seen)[&Damage::LostSeat], (1, 1));
    // What is known of nobody leads to nobody.
    let kinds: Vec<Damage> = found(&seen).into_keys().collect();
    let expected = [Damage::LostSeat, Damage::LookUpKeyToNobody, Damage::PairOutdated];
    assert_eq!(kinds, expected);
    assert!(seen.is_whole() && world.master.everything().await.contains_key(&key));
    assert_eq!(found(&world.audit(true).await), BTreeMap::new());
    let again = world.message(&one_of_three("Cleo")).await;
    assert!(again.is(409).to_string().contains(&last));
}

/// A customer that moved, so that it has a reference where it is now.
async fn moved() -> (World, String) {
    let world = World::new().await;
    let number = world.add(&with(person("Bob", "Dryer"), &json!({ "cst_duplicate": "Y" }))).await;
    world.add(&json!({ "cst_cust_nbr": number, "cst_street_addr": "9 Mill Road" })).await;
    world.follow().await;
    (world, number)
}

async fn references(world: &World) -> Vec<(String, String)> {
    let everything: Everything = world.master.everything().await;
    let is_reference =
        |item: &Item| matches!(items::occupant(item.clone()), Ok((_, Occupant::Reference(_))));
    let found = everything
        .into_iter()
        .filter(|((pk, _), item)| pk.starts_with("BLOCK#") && is_reference(item));
    found.map(|(key, _)| key).collect()
}

#[tokio::test]
async fn a_customer_that_lost_its_seat_takes_one() {
    let (world, number) = moved().await;
    let [reference] = &references(&world).await[..] else { panic!("one reference") };
    world.lose(reference).await;
    world.get(&format!("/customers/{number}")).await;
    is_mended(&world, Damage::CustomerWithoutSeat).await;
    assert_eq!(references(&world).await, std::slice::from_ref(reference));
    let same = person("Bob", "Dryer");
    let same = with(same, &json!({ "cst_duplicate": "Y", "cst_street_addr": "9 Mill Road" }));
    assert!(world.message(&same).await.is(409).to_string().contains(&number));
}

#[tokio::test]
async fn a_reference_that_leads_nowhere_holds_nobody() {
    let (world, number) = moved().await;
    let customers = world.master.customers().await;
    let key = keys::customer(&customers[0].identifier);
    world.lose(&(key.pk, key.sk)).await;
    world.lose_all("FIND#").await;
    world.lose_all("HISTORY#").await;
    world.master.get(&format!("/customers/{number}")).send().await.is_problem(404, "not-found");
    is_mended(&world, Damage::ReferenceToNobody).await;
    assert_eq!(references(&world).await, Vec::new());
    let same = with(
        person("Bob", "Dryer"),
        &json!({ "cst_duplicate": "Y", "cst_street_addr": "9 Mill Road" }),
    );
    world.message(&same).await.is(201);
}

#[tokio::test]
async fn a_number_whose_claim_was_lost_is_claimed_again() {
    let world = World::new().await;
    let number =
        world.add(&with(person("Julie", "Robinson"), &json!({ "cst_relate_id": "REL-1" }))).await;
    world.follow().await;
    let claim = world.only("RELATE#").await;
    world.lose(&claim).await;
    world.get(&format!("/customers/{number}")).await;
    is_mended(&world, Damage::NumberWithoutClaim).await;
    assert_eq!(world.only("RELATE#").await, claim);
    assert_eq!(world.found("relateId=REL-1").await, [number]);
}

#[tokio::test]
async fn a_number_whose_claim_was_lost_can_be_given_up() {
    let world = World::new().await;
    let julie = with(person("Julie", "Robinson"), &json!({ "cst_relate_id": "REL-1" }));
    let number = world.add(&julie).await;
    world.lose(&world.only("RELATE#").await).await;
    let change = json!({ "cst_cust_nbr": number, "cst_relate_id": "REL-2" });
    world.message(&change).await.is(200);
    world.follow().await;
    assert_eq!(found(&world.audit(true).await), BTreeMap::new());
    assert_eq!(world.found("relateId=REL-2").await, [number]);
}

#[tokio::test]
async fn a_claim_of_nobody_is_free_again() {
    let world = World::new().await;
    let julie = with(person("Julie", "Robinson"), &json!({ "cst_relate_id": "REL-1" }));
    world.add(&julie).await;
    let customers = world.master.customers().await;
    let key = keys::customer(&customers[0].identifier);
    world.lose(&(key.pk, key.sk)).await;
    assert_eq!(world.found("relateId=REL-1").await, Vec::<String>::new());
    is_mended(&world, Damage::ClaimWithoutHolder).await;
    let number = world.add(&julie).await;
    assert_eq!(world.found("relateId=REL-1").await, [number]);
}

#[tokio::test]
async fn a_dealer_customer_of_nobody_is_free_again() {
    let world = World::new().await;
    let body = acme_as("TD68", "N-1");
    world.master.associate(&body).await.is(201);
    let customers = world.master.customers().await;
    let key = keys::customer(&customers[0].identifier);
    world.follow().await;
    world.lose(&(key.pk, key.sk)).await;
    world.lose_all("FIND#").await;
    is_mended(&world, Damage::DealerCustomerOfNobody).await;
    // It has been the dealer's since, and nobody's.
    world.master.associate(&body).await.is(200);
    world.follow().await;
    assert_eq!(found(&world.audit(true).await), BTreeMap::new());
}

#[tokio::test]
async fn a_lost_dealer_customer_is_new_again() {
    let world = World::new().await;
    let body = acme_as("TD68", "N-1");
    world.master.associate(&body).await.is(201);
    world.follow().await;
    let lost = world.only("DEALER#").await;
    world.lose(&lost).await;
    assert_eq!(found(&world.audit(true).await), BTreeMap::new());
    world.master.associate(&body).await.is(201);
}

/// The keys of the counter of customer numbers and of its copy.
fn counter_and_copy() -> [(String, String); 2] {
    [keys::customer_counter(), keys::customer_counter_copy()].map(|key| (key.pk, key.sk))
}

/// Somebody new, over HTTP, and the number.
async fn new_number(master: &Fixture, last_name: &str) -> u64 {
    let new = with(person("Dora", last_name), &json!({ "cst_send_response": "Y" }));
    let message = json!({ "type": "CWCustomerIn", "CustSoldTo": new });
    let answer = master.post("/customers").json(&message).send().await.is(201);
    text(&answer["CustSoldTo"]["cst_cust_nbr"]).parse().expect("digits")
}

#[tokio::test]
async fn a_lost_counter_or_its_copy_is_found_and_mended_and_counts_on_behind_all_that_it_gave() {
    let (world, [.., last]) = three().await;
    let last: u64 = last.parse().expect("digits");
    for lost in counter_and_copy() {
        world.lose(&lost).await;
        world.get(&format!("/customers/{last}")).await;
        is_mended(&world, Damage::CounterTooLow).await;
    }
    // A process that has leased nothing yet.
    let other = world.master.deployed_with(&[]).await;
    assert!(new_number(&other, "Underwood").await > last);
    assert_eq!(
        found(
            &audit_with(other.master(), &world.events, (true, Patience::WHILE_OTHERS_WRITE)).await
        ),
        BTreeMap::new()
    );
}

/// Nothing but the customers tells how far it was: nobody is created until an audit has looked at them.
#[tokio::test]
async fn a_counter_that_is_lost_with_its_copy_gives_no_number_until_an_audit_has_mended_it() {
    let (world, [.., last]) = three().await;
    for lost in counter_and_copy() {
        world.lose(&lost).await;
    }
    // One whose functions look at their start which rules are in force.
    let fresh = world.master.deployed_with(&[]).await;
    let unleased = Master::new(
        fresh.master().table().clone(),
        fresh.master().controls().clone(),
        Standardizer::of(fresh.master().controls()),
    );
    for _ in 0..2 {
        let refused = added(&unleased, "Nobody").await.expect_err("nobody knows a number");
        let Stopped::Unavailable(why) = refused else { panic!("{refused:?}") };
        assert!(why.to_string().contains("audit"), "{why}");
    }
    world.get(&format!("/customers/{last}")).await;
    let change = json!({ "cst_cust_nbr": last, "cst_city": "Salem" });
    world.message(&change).await.is(200);
    world.follow().await;
    is_mended(&world, Damage::CounterTooLow).await;
    let last: u64 = last.parse().expect("digits");
    assert!(new_number(&fresh, "Underwood").await > last);
    assert!(added(&unleased, "Somebody").await.expect("a number") > last);
}

/// Fresh processes, of which nobody looked before.
#[tokio::test]
async fn a_counter_that_is_lost_gives_no_number_twice_to_whoever_starts_afterwards() {
    let (world, numbers) = three().await;
    let mut numbers: Vec<u64> =
        numbers.iter().map(|number| number.parse().expect("digits")).collect();
    let [counter, _] = counter_and_copy();
    for round in 0..3 {
        world.lose(&counter).await;
        // One that looks at its start, one that was there and has leased nothing, and one that has.
        let fresh = world.master.deployed_with(&[]).await;
        let warm = Master::new(
            world.master.master().table().clone(),
            world.master.master().controls().clone(),
            Standardizer::of(world.master.master().controls()),
        );
        world.lose(&counter).await;
        numbers.push(added(&warm, &format!("Warm {round}")).await.expect("a number"));
        numbers.push(new_number(&fresh, &format!("Fresh {round}")).await);
        numbers.push(new_number(&world.master, &format!("Used {round}")).await);
    }
    let all = numbers.len();
    numbers.sort_unstable();
    numbers.dedup();
    assert_eq!(numbers.len(), all, "a number was given twice");
    world.follow().await;
    assert_eq!(found(&world.audit(true).await), BTreeMap::new(), "it is whole again");
}

/// Adds somebody, and tells the number; not over HTTP, where no test may meet an answer that something is not to be had.
async fn added(master: &Master<Dynamo>, last_name: &str) -> Result<u64, Stopped> {
    let person = person("Dora", last_name);
    let attributes = person.as_object().expect("attributes").iter().map(|(name, value)| {
        let attribute = Attribute::named(name).expect("an attribute");
        (attribute, text(value))
    });
    let message_type = Some(MESSAGE_TYPE.to_owned());
    let message = Message { message_type, attributes: attributes.collect(), ..Message::default() };
    let received = Received { content_type: "application/json".to_owned(), body: "{}".to_owned() };
    let attempt = Attempt::new(master, By::new("caller", "add", "request"), None, false);
    let result = process(&attempt, &message, &received).await?.result;
    let MessageResult::Created(Stored { number: Some(number), .. }) = result else {
        panic!("{result:?}");
    };
    Ok(number.get().into())
}

/// The counter of a table that is used, and processes under way with numbers that they have leased.
#[tokio::test]
async fn a_counter_that_is_lost_from_a_used_table_gives_no_number_twice() {
    let world = busy().await;
    let [counter, _] = counter_and_copy();
    world.lose(&counter).await;
    let customers = world.master.customers().await;
    let mut numbers: Vec<u64> =
        customers.iter().map(|customer| customer.number.get().into()).collect();
    let warm = world.master.master();
    // What is read, changed or found is as ever, and what was leased is given.
    let first = *numbers.iter().min().expect("a number");
    let known = format!("/customers/{first}");
    world.get(&known).await;
    let change = json!({ "cst_cust_nbr": first.to_string(), "cst_city": "Salem" });
    world.message(&change).await.is(200);
    world.follow().await;
    let mended = world.audit(true).await;
    assert_eq!(found(&mended).into_keys().collect::<Vec<_>>(), [Damage::CounterTooLow]);
    assert!(mended.is_whole());
    assert_eq!(found(&world.audit(true).await), BTreeMap::new(), "a second audit finds nothing");
    // Nobody audits, and all that was leased is used up.
    world.lose(&counter).await;
    for lost in 0..20 {
        numbers.push(added(warm, &format!("Lost {lost}")).await.expect("a number"));
    }
    for name in ["Found", "Again"] {
        numbers.push(added(warm, name).await.expect("a number"));
    }
    let other = world.master.deployed_with(&[]).await;
    numbers.push(added(other.master(), "Elsewhere").await.expect("a number"));
    let all = numbers.len();
    numbers.sort_unstable();
    numbers.dedup();
    assert_eq!(numbers.len(), all, "a number was given twice");
    world.follow().await;
    assert_eq!(found(&world.audit(true).await), BTreeMap::new());
}

/// Two who were merged, the winner first, of which the one has the other's address now.
async fn merged(world: &World) -> [String; 2] {
    let at =
        |street: &str| with(person("Julie", "Robinson"), &json!({ "cst_street_addr": street }));
    let winner = world.add(&at("1 Audit Road")).await;
    let loser = world.add(&at("2 Audit Road")).await;
    let body = json!({ "loser": loser, "loserVersion": 1, "take": { "address": "loser" } });
    let path = format!("/customers/{winner}/merge");
    world.master.post(&path).if_match("*").json(&body).send().await.is(200);
    [winner, loser]
}

#[tokio::test]
async fn what_was_kept_of_a_merge_and_is_lost_is_told_once_more_by_the_history() {
    let world = World::new().await;
    let [winner, loser] = merged(&world).await;
    world.follow().await;
    let before = world.master.everything().await;
    world.lose(&world.only("MERGE#").await).await;
    is_mended(&world, Damage::MergeLost).await;
    assert!(world.master.everything().await == before, "it is what it was");
    let path = format!("/customers/{winner}/unmerge");
    let body = json!({ "loser": loser });
    world.master.post(&path).if_match("*").json(&body).send().await.is(200);
    let parted = world.get(&format!("/customers/{winner}")).await;
    assert_eq!(parted["CustSoldTo"]["cst_street_addr"], "1 Audit Road");
}

#[tokio::test]
async fn a_merge_that_no_history_tells_of_is_found_and_left() {
    let world = World::new().await;
    merged(&world).await;
    world.lose(&world.only("MERGE#").await).await;
    for mend in [false, true] {
        let report = audit_with(world.master.master(), &world.events, (mend, WITHOUT_DELAY)).await;
        assert_eq!(found(&report), BTreeMap::from([(Damage::MergeLost, (1, 0))]));
        let shown = serde_json::to_string(&report).expect("JSON");
        let customers = world.master.customers().await;
        assert!(customers.iter().all(|one| !shown.contains(one.identifier.tail.as_str())));
    }
}

#[tokio::test]
async fn an_emptied_index_of_look_ups_becomes_what_it_was() {
    let world = busy().await;
    let standing = |all: Everything| -> Everything {
        // The marks of what is found no more only keep late records from bringing it back.
        let is_found = |item: &Item| item["standing"] != AttributeValue::S("removed".to_owned());
        all.into_iter()
            .filter(|((pk, _), item)| pk.starts_with("FIND#") && is_found(item))
            .collect()
    };
    let before = standing(world.master.everything().await);
    let lost = world.lose_all("FIND#").await;
    assert!(lost >= before.len() && before.len() > 10);
    assert_eq!(world.found("email=julie@underwood.example").await, Vec::<String>::new());
    let report = world.audit(true).await;
    let lacked = before.len() as u64;
    assert_eq!(found(&report), BTreeMap::from([(Damage::LookUpKeyMissing, (lacked, lacked))]));
    assert_eq!(standing(world.master.everything().await), before);
    assert_eq!(found(&world.audit(true).await), BTreeMap::new());
}

#[tokio::test]
async fn versions_that_were_lost_for_good_become_one_entry_that_says_so() {
    let world = World::new().await;
    let number = world
        .add(&with(person("Julie", "Robinson"), &json!({ "cst_email": "a@example.com" })))
        .await;
    world.follow().await;
    for city in ["Boston", "Worcester", "Salem"] {
        world.add(&json!({ "cst_cust_nbr": number, "cst_city": city, "cst_email": format!("{city}@example.com") })).await;
    }
    // They were told to nobody, and nobody will tell of them.
    let events = world.events.kept().len();
    let early =
        audit_with(world.master.master(), &world.events, (true, Patience::WHILE_OTHERS_WRITE))
            .await;
    assert_eq!(found(&early), BTreeMap::new(), "they may still come");
    let mended = world.audit(true).await;
    let kinds: Vec<Damage> = found(&mended).into_keys().collect();
    let expected = [Damage::LookUpKeyMissing, Damage::LookUpKeyToNobody, Damage::LostVersions];
    assert_eq!(kinds, expected);
    assert!(mended.is_whole());
    assert_eq!(found(&world.audit(true).await), BTreeMap::new());
    let history = world.get(&format!("/customers/{number}/history")).await;
    let entries = history["history"].as_array().expect("entries");
    assert_eq!(entries.len(), 2);
    assert_eq!((&entries[0]["version"], &entries[0]["lostSince"]), (&json!(4), &json!(2)));
    let city = json!({ "attribute": "cst_city", "before": "Westborough", "after": "Salem" });
    assert!(entries[0]["changed"].as_array().expect("parts").contains(&city), "{entries:?}");
    assert_eq!(
        world.get(&format!("/customers/{number}?version=1")).await["CustSoldTo"]["cst_city"],
        "Westborough"
    );
    let lost = world.master.get(&format!("/customers/{number}?version=3")).send().await;
    lost.is_problem(404, "not-found");
    let told: Vec<Value> = world.events.kept().split_off(events);
    assert_eq!(told.len(), 1);
    assert_eq!(
        (&told[0]["detail"]["version"], &told[0]["detail"]["type"]),
        (&json!(4), &json!("customer.updated"))
    );
    assert_eq!(world.found("email=salem@example.com").await, std::slice::from_ref(&number));
    let formerly = world.found_whole("email=a@example.com").await;
    assert_eq!(formerly[0]["formerly"], true);
    // What comes late all the same, and in part, is told as it was, and leaves nobody found by what is not so any more.
    world.follow().await;
    assert!(world.audit(true).await.is_whole());
    assert_eq!(found(&world.audit(true).await), BTreeMap::new());
    assert_eq!(world.get(&format!("/customers/{number}?version=1")).await["version"], 1);
}

#[tokio::test]
async fn nobody_who_was_erased_is_found_or_kept_in_a_history() {
    let world = World::new().await;
    let number = world
        .add(&with(person("Ann", "Forgotten"), &json!({ "cst_email": "ann@example.com" })))
        .await;
    world.follow().await;
    let everything = world.master.everything().await;
    world.master.post(&format!("/customers/{number}/erase")).send().await.is_empty(204);
    world.follow().await;
    // A restore brings back what followed before.
    let client = Connection::to_emulator(&world.master.database).client();
    for ((pk, _), item) in everything {
        if pk.starts_with("FIND#") || pk.starts_with("HISTORY#") {
            let put = client.put_item().table_name(&world.master.table).set_item(Some(item));
            put.send().await.expect("an item is back");
        }
    }
    let seen = world.audit(true).await;
    let kinds: Vec<Damage> = found(&seen).into_keys().collect();
    assert_eq!(kinds, [Damage::LookUpKeyToNobody, Damage::HistoryOfErased]);
    assert!(seen.is_whole());
    assert_eq!(found(&world.audit(true).await), BTreeMap::new());
    for item in world.master.everything().await.into_values() {
        let shown = format!("{item:?}").to_lowercase();
        assert!(!shown.contains("forgotten") && !shown.contains("ann@"), "{shown}");
    }
}

#[tokio::test]
async fn a_second_rule_gives_every_customer_its_seat() {
    let world = busy().await;
    let also = [("ALSO_MATCH", "postal_code:3,street:4/last_name,street")];
    let controls = kit::fixture::controls(&also);
    let standardizer = Standardizer::of(&controls);
    let master = Master::new(world.master.master().table().clone(), controls, standardizer);
    let seen = audit_with(&master, &world.events, (true, Patience::ALONE)).await;
    assert_eq!(found(&seen).into_keys().collect::<Vec<_>>(), [Damage::CustomerWithoutSeat]);
    assert!(seen.is_whole());
    let again = audit_with(&master, &world.events, (true, Patience::ALONE)).await;
    assert_eq!(found(&again), BTreeMap::new());
    assert_eq!(found(&world.audit(false).await), BTreeMap::new());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_audit_finds_nothing_false_while_writers_write() {
    let world = busy().await;
    let numbers: Vec<String> =
        world.master.customers().await.iter().map(|customer| customer.number.to_string()).collect();
    let write = async |writer: usize| {
        for step in 0..15 {
            let number = &numbers[(writer + step) % numbers.len()];
            let change = json!({
                "cst_cust_nbr": number, "cst_street_addr": format!("{step} Mill Road"),
                "cst_relate_id": format!("REL-{writer}-{step}"), "cst_email": format!("{writer}-{step}@example.com")
            });
            world.message(&change).await;
            let added = person("Zoe", &format!("Writer {writer}"));
            let added = with(
                added,
                &json!({ "cst_duplicate": "Y", "cst_interface_cust_nbr": format!("A-{writer}-{step}") }),
            );
            world.message(&added).await;
        }
    };
    let follow = async {
        for _ in 0..10 {
            world.follow().await;
        }
    };
    let audits = async {
        let mut reports = Vec::new();
        for mend in [false, true, false, true] {
            let manner = (mend, WITHOUT_DELAY);
            reports.push(audit_with(world.master.master(), &world.events, manner).await);
        }
        reports
    };
    let (.., reports) = tokio::join!(write(0), write(1), write(2), follow, audits);
    for report in reports {
        assert_eq!(found(&report), BTreeMap::new());
    }
    world.follow().await;
    assert_eq!(found(&world.audit(false).await), BTreeMap::new());
}

#[tokio::test]
async fn nothing_of_a_person_is_in_a_report() {
    let world = busy().await;
    world.lose_all("FIND#").await;
    world.lose_all("RELATE#").await;
    world.lose_all("HISTORY#").await;
    let report = serde_json::to_string(&world.audit(false).await).expect("JSON");
    for value in ["julie", "robinson", "underwood", "alt-", "rel-", "mill road"] {
        assert!(!report.to_lowercase().contains(value), "{value}: {report}");
    }
    let customers = world.master.customers().await;
    assert!(customers.iter().all(|customer| !report.contains(customer.identifier.tail.as_str())));
}

/// A fixture is what is audited, whoever follows it.
#[tokio::test]
async fn an_empty_table_is_whole() {
    let master = Fixture::new().await;
    let report = audit_with(master.master(), &EventLines::default(), (true, Patience::ALONE)).await;
    // The start of the functions said which rules are in force, on the counter and on its copy.
    assert_eq!(report, Report { items: 2, ..Report::default() });
}

#[tokio::test]
async fn customers_that_were_merged_or_parted_are_no_damage() {
    let world = World::new().await;
    let at = |street: &str| {
        with(
            person("Julie", "Robinson"),
            &json!({ "cst_street_addr": street, "cst_duplicate": "S" }),
        )
    };
    let winner = world.add(&with(at("1 Audit Road"), &json!({ "cst_relate_id": "R-1" }))).await;
    let loser = world.add(&with(at("2 Audit Road"), &json!({ "cst_relate_id": "R-2" }))).await;
    let third = world.add(&at("3 Audit Road")).await;
    let of = world.get(&format!("/customers/{loser}")).await;
    let associate = json!({
        "dealerCode": "TD68", "dealerCustomerNumber": "M-1", "customerOrganizationIdentifier": of["customerOrganizationIdentifier"]
    });
    world.master.associate(&associate).await.is(201);
    let merge = async |winner: &str, loser: &str| {
        let version = world.get(&format!("/customers/{loser}")).await["version"].clone();
        let body =
            json!({ "loser": loser, "loserVersion": version, "take": { "address": "loser" } });
        let path = format!("/customers/{winner}/merge");
        world.master.post(&path).if_match("*").json(&body).send().await.is(200);
    };
    merge(&winner, &loser).await;
    merge(&winner, &third).await;
    let body = json!({ "loser": third });
    let path = format!("/customers/{winner}/unmerge");
    world.master.post(&path).if_match("*").json(&body).send().await.is(200);
    world.add(&at("2 Audit Road")).await;
    world.follow().await;
    let before = world.master.everything().await;
    assert_eq!(found(&world.audit(true).await), BTreeMap::new());
    assert!(world.master.everything().await == before, "a healthy table is left alone");
    // What follows is rebuilt for merged customers as for any; but for marks of what was taken away, which nothing is found by.
    let finding = async || {
        let is_mark = |item: &Item| item["standing"].as_s().is_ok_and(|said| said == "removed");
        world.master.items("FIND#").await.iter().filter(|item| !is_mark(item)).count()
    };
    let kept = finding().await;
    world.lose_all("FIND#").await;
    let report = world.audit(true).await;
    assert!(report.damage.values().all(|found| found.found == found.mended), "{report:?}");
    assert_eq!(finding().await, kept);
    assert_eq!(world.found("number=2").await, [winner]);
}
