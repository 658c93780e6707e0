//! What this release cannot read is a row of its list and hinders nothing else: dealer customers, look-ups, history, possible duplicates and changes.

use kit::fixture::given;
use serde_json::{Value, json};
use store::item::{self, Item};
use store::keys::Key;

use crate::world::{World, person, stranger, text};

/// The key of the only item with this beginning of its partition that is so.
async fn only(world: &World, prefix: &str, is_it: impl Fn(&Key, &Item) -> bool) -> Key {
    let items = world.master.items(prefix).await;
    let keys = items.iter().map(|item| (item::key_of(item), item));
    let found: Vec<Key> = keys.filter(|(key, item)| is_it(key, item)).map(|(key, _)| key).collect();
    let [key] = <[Key; 1]>::try_from(found).expect("one item");
    key
}

/// Where the customer of a number lives.
async fn home(world: &World, number: &str) -> Key {
    only(world, "BLOCK#", |_, item| {
        item.get("number").is_some_and(|value| {
            value.as_n().is_ok_and(|digits| {
                digits.trim_start_matches('0') == number.trim_start_matches('0')
            })
        })
    })
    .await
}

async fn identifier(world: &World, number: &str) -> String {
    text(&world.get(&format!("/customers/{number}")).await["customerOrganizationIdentifier"])
}

async fn merge(world: &World, winner: &str, loser: &str) {
    let body = json!({ "loser": loser, "loserVersion": 1 });
    let request = world.master.post(&format!("/customers/{winner}/merge")).json(&body);
    request.if_match("*").send().await.is(200);
}

#[tokio::test]
async fn a_dealer_customer_is_a_row_of_its_customers_list() {
    let world = World::new().await;
    let number = world.add(&person("Julie", "Robinson")).await;
    let organization = identifier(&world, &number).await;
    for dealer_customer in ["a", "b", "c"] {
        world.master.associate(&given("TD68", dealer_customer, &organization)).await.is(201);
    }
    let lost = only(&world, "DEALER#", |key, _| key.sk.ends_with("#b")).await;
    world.master.for_a_newer_release(lost).await;
    let path = format!("/customer-organizations/{organization}");
    let dealer = json!({ "sub": "x", "scope": "dealer", "dealer_codes": "TD68" });
    for page in [world.get(&path).await, world.master.get(&path).by(&dealer).send().await.is(200)] {
        let shown = page["dealerCustomers"].as_array().expect("a list");
        let shown: Vec<&Value> = shown.iter().map(|one| &one["dcn"]).collect();
        assert_eq!(shown, ["TD68|a", "TD68|c"]);
        assert_eq!(page["unreadable"], json!(["TD68|b"]));
    }
    let other = json!({ "sub": "y", "scope": "dealer", "dealer_codes": "TD69" });
    world.master.get(&path).by(&other).send().await.is_problem(404, "not-found");
}

#[tokio::test]
async fn who_leads_to_a_customer_that_cannot_be_read_is_a_row_of_a_dealers_list_and_of_a_look_up() {
    let world = World::new().await;
    let winner = world.add(&person("Julie", "Robinson")).await;
    let loser = world.add(&person("Juliette", "Robinson")).await;
    let other = world.add(&person("Julia", "Robinson")).await;
    let mut identifiers = Vec::new();
    for number in [&loser, &other] {
        let organization = identifier(&world, number).await;
        world.master.associate(&given("TD68", number, &organization)).await.is(201);
        identifiers.push(organization);
    }
    merge(&world, &winner, &loser).await;
    world.follow().await;
    let lost = home(&world, &winner).await;
    let winners = identifier(&world, &winner).await;
    world.master.for_a_newer_release(lost).await;
    let page = world.get("/dealer-customers/TD68").await;
    assert_eq!(page["dealerCustomers"].as_array().map(Vec::len), Some(1));
    assert_eq!(page["dealerCustomers"][0]["dealerCustomerNumber"], json!(other));
    assert_eq!(page["unreadable"], json!([format!("TD68|{loser}")]));
    let page = world.get("/customers?name=robinson").await;
    assert_eq!(page["customers"].as_array().map(Vec::len), Some(1));
    assert_eq!(page["customers"][0]["customerNumber"], json!(other));
    let mut unreadable = [winners, identifiers[0].clone()];
    unreadable.sort();
    assert_eq!(page["unreadable"], json!(unreadable));
}

#[tokio::test]
async fn a_look_up_key_and_a_customer_are_rows_of_a_look_up() {
    let world = World::new().await;
    let mut numbers = Vec::new();
    for first_name in ["Julie", "Theodore", "Agnieszka"] {
        numbers.push(world.add(&person(first_name, "Robinson")).await);
    }
    world.follow().await;
    let [one, other, third] = <[String; 3]>::try_from(numbers).expect("three");
    let mut unreadable = [identifier(&world, &one).await, identifier(&world, &other).await];
    for key in world.master.items("FIND#name#").await {
        let key = item::key_of(&key);
        if key.sk == unreadable[0] {
            world.master.for_a_newer_release(key).await;
        }
    }
    let lost = home(&world, &other).await;
    world.master.for_a_newer_release(lost).await;
    let page = world.get("/customers?name=robinson").await;
    let found = page["customers"].as_array().expect("a list");
    assert_eq!(found.iter().map(|one| &one["customerNumber"]).collect::<Vec<_>>(), [&json!(third)]);
    unreadable.sort();
    assert_eq!(page["unreadable"], json!(unreadable));
}

#[tokio::test]
async fn an_entry_is_a_row_of_its_history_and_only_what_lies_behind_it_is_unknown() {
    let world = World::new().await;
    let number = world.add(&person("Julie", "Robinson")).await;
    let organization = identifier(&world, &number).await;
    world.master.associate(&given("TD68", "a", &organization)).await.is(201);
    for title in ["Geologist", "Miner", "Driver", "Baker"] {
        world.add(&json!({ "cst_cust_nbr": number, "cst_job_title": title })).await;
    }
    world.follow().await;
    let third = only(&world, "HISTORY#", |key, _| key.sk == "0000000003").await;
    world.master.for_a_newer_release(third).await;
    let association = only(&world, "HISTORY#", |key, _| key.sk.starts_with("AT#")).await;
    world.master.for_a_newer_release(association.clone()).await;
    for limit in [1, 2, 3, 10] {
        let (mut versions, mut unreadable) = (Vec::new(), Vec::new());
        let mut path = format!("/customers/{number}/history?limit={limit}");
        loop {
            let page = world.get(&path).await;
            let entries = page["history"].as_array().expect("a list");
            let rows = page["unreadable"].as_array().cloned().unwrap_or_default();
            assert!(entries.len() + rows.len() <= limit);
            versions.extend(entries.iter().map(|one| one["version"].as_u64().expect("one")));
            unreadable.extend(rows.iter().map(text));
            match page["next"].as_str() {
                Some(next) => {
                    path = format!("/customers/{number}/history?limit={limit}&cursor={next}")
                }
                None => break,
            }
        }
        unreadable.sort();
        assert_eq!(
            (versions, unreadable),
            (vec![5, 4, 2, 1], vec!["3".to_owned(), association.sk.clone()]),
            "{limit}"
        );
    }
    let as_of = async |version: u64| {
        let url = format!("{}/customers/{number}?version={version}", world.master.stand.url);
        reqwest::get(url).await.expect("an answer").status().as_u16()
    };
    assert_eq!(
        [as_of(5).await, as_of(4).await, as_of(3).await, as_of(2).await],
        [200, 200, 503, 503],
        "when it became so stands in the entry"
    );
}

#[tokio::test]
async fn a_pair_is_a_row_of_the_worklist_and_whoever_cannot_be_read_of_whom_looks_alike() {
    let world = World::new().await;
    let mut numbers = Vec::new();
    for last_name in ["Robinson", "Robinsen", "Robynson", "Robinsonn"] {
        numbers.push(world.add(&person("Julie", last_name)).await);
    }
    world.follow().await;
    let [one, other, third, fourth] = <[String; 4]>::try_from(numbers).expect("four");
    let listed = async || {
        let page = world.get("/possible-duplicates?limit=100").await;
        let pairs = page["possibleDuplicates"].as_array().map(Vec::len).expect("a list");
        (pairs, page["unreadable"].as_array().cloned().unwrap_or_default())
    };
    assert_eq!(listed().await, (6, Vec::new()));
    let mut pair = [identifier(&world, &one).await, identifier(&world, &other).await];
    pair.sort();
    let key = only(&world, "PAIR#", |key, _| key.pk.ends_with(&pair[0]) && key.sk == pair[1]).await;
    world.master.for_a_newer_release(key).await;
    assert_eq!(listed().await, (5, vec![json!(pair)]));

    let lost = identifier(&world, &fourth).await;
    let key = home(&world, &fourth).await;
    world.master.for_a_newer_release(key).await;
    let (pairs, unreadable) = listed().await;
    assert_eq!((pairs, unreadable.len()), (2, 4));
    // The records of what was made so cannot be read.
    let mut following = world.following.lock().await;
    following.drain().await.expect("the stream is read");
    assert_eq!(std::mem::take(&mut following.failed).len(), 2);
    drop(following);
    let alike = world.get(&format!("/customers/{one}/possible-duplicates")).await;
    assert_eq!(alike["possibleDuplicates"].as_array().map(Vec::len), Some(2));
    assert_eq!(alike["unreadable"], json!([lost]));
    // Whoever changes is judged anew beside all others.
    world
        .add(&json!({ "cst_cust_nbr": third, "cst_lname": "Underwood", "cst_fname": "Agnieszka" }))
        .await;
    world.follow().await;
    assert_eq!(listed().await.0, 0);
    world
        .add(&json!({ "cst_cust_nbr": third, "cst_lname": "Robinson", "cst_fname": "Julie" }))
        .await;
    world.follow().await;
    assert_eq!(listed().await.0, 2);
}

#[tokio::test]
async fn a_change_is_a_row_of_those_to_be_pulled() {
    let world = World::new().await;
    for which in 0..4 {
        world.add(&stranger(which)).await;
    }
    world.follow().await;
    let key =
        world.master.items("CHANGES#").await.iter().map(item::key_of).find(|key| key.sk != "HEAD");
    let key = key.expect("a change");
    let place = format!("{}/{}", &key.pk["CHANGES#".len()..], key.sk.trim_start_matches('0'));
    world.master.for_a_newer_release(key).await;
    for limit in [1, 2, 100] {
        let (mut changes, mut unreadable) = (0, Vec::new());
        let mut path = format!("/changes?limit={limit}");
        loop {
            let page = world.get(&path).await;
            let found = page["changes"].as_array().map(Vec::len).expect("a list");
            let rows = page["unreadable"].as_array().cloned().unwrap_or_default();
            assert!(found + rows.len() <= limit);
            if found + rows.len() == 0 {
                break;
            }
            changes += found;
            unreadable.extend(rows.iter().map(text));
            path = format!("/changes?limit={limit}&after={}", text(&page["next"]));
        }
        assert_eq!((changes, unreadable), (3, vec![place.clone()]), "{limit}");
    }
}

#[tokio::test]
async fn of_a_batch_of_the_stream_only_the_records_of_who_cannot_be_read_are_left() {
    let world = World::new().await;
    let one = world.add(&person("Julie", "Robinson")).await;
    let other = world.add(&person("Theodore", "Garcia")).await;
    let lost = home(&world, &one).await;
    world.master.for_a_newer_release(lost).await;
    let mut following = world.following.lock().await;
    following.drain().await.expect("the stream is read");
    assert!(!following.failed.is_empty(), "what cannot be read is told");
    drop(following);
    assert_eq!(world.found("name=garcia").await, [other]);
}
