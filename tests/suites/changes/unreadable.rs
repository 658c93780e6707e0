//! What this release cannot read is a row of its list and hinders nothing else: dealer customers, look-ups, history, possible duplicates and changes.

use aws_sdk_dynamodb::types::AttributeValue;
use kit::fixture::given;
use serde_json::{Value, json};
use store::item::{self, Item};
use store::keys::Key;
use store::table::Table as _;
use store::writes::{Condition, Write, Written};

use crate::world::{World, person, stranger, text, with};

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

async fn merge(world: &World, winner: &str, (loser, version): (&str, u64)) {
    let body = json!({ "loser": loser, "loserVersion": version });
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
    merge(&world, &winner, (&loser, 1)).await;
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

/// A newer release knows types of changes, and parts of customers, that this one does not.
#[tokio::test]
async fn a_change_of_a_type_that_this_release_does_not_know_is_a_row_and_those_behind_it_are_told()
{
    let world = World::new().await;
    let number = world.add(&stranger(0)).await;
    for title in ["Geologist", "Miner", "Driver", "Baker", "Sailor"] {
        world.add(&json!({ "cst_cust_nbr": number, "cst_job_title": title })).await;
    }
    world.follow().await;
    let of_version = async |version: u64| {
        let is_it = |key: &Key, item: &Item| {
            let value = AttributeValue::N(version.to_string());
            key.sk != "HEAD" && item.get("version") == Some(&value)
        };
        only(&world, "CHANGES#", is_it).await
    };
    let words = |word: &str| AttributeValue::L(vec![AttributeValue::S(word.to_owned())]);
    let mut rows = Vec::new();
    for (version, attribute, value) in [
        (2, "type", AttributeValue::S("customer.split".to_owned())),
        (4, "changed", words("cst_shoe_size")),
        (5, "state", AttributeValue::S("parked".to_owned())),
    ] {
        let key = of_version(version).await;
        rows.push(format!("{}/{}", &key.pk["CHANGES#".len()..], key.sk.trim_start_matches('0')));
        world.master.written_otherwise(key, attribute, value).await;
    }
    let page = world.get("/changes").await;
    let changes = page["changes"].as_array().expect("a list");
    let versions: Vec<_> = changes.iter().map(|change| &change["version"]).collect();
    assert_eq!(versions, [&json!(1), &json!(3), &json!(6)]);
    assert_eq!(page["unreadable"], json!(rows));
    let after = world.get(&format!("/changes?after={}", text(&page["next"]))).await;
    assert_eq!((&after["changes"], &after["unreadable"]), (&json!([]), &Value::Null));
}

/// Items of kinds that this release does not know, in partitions of their own and beside what it knows, and items in states that it does not know.
#[tokio::test]
async fn what_a_newer_release_writes_beside_does_not_end_following() {
    let world = World::new().await;
    let number = world.add(&person("Julie", "Robinson")).await;
    let organization = identifier(&world, &number).await;
    world.master.associate(&given("TD68", "a", &organization)).await.is(201);
    let request = world.master.refused(&json!({ "cst_lname": "Open", "cst_zip": "01581" })).await;
    world.follow().await;
    let (home, request) = (home(&world, &number).await, format!("ERROR#{request}"));
    for (pk, sk) in [
        ("NEXT#1", "NEXT"),
        (home.pk.as_str(), "NEXT#1"),
        ("DEALER#TD68", "NEXT#1"),
        (request.as_str(), "NEXT"),
        ("CHANGES#0", "NEXT"),
        ("PAIR#next", "next"),
    ] {
        let text = |value: &str| AttributeValue::S(value.to_owned());
        let item = Item::from([
            ("pk".to_owned(), text(pk)),
            ("sk".to_owned(), text(sk)),
            ("next".to_owned(), text("of a newer release")),
        ]);
        let put = Write::Put { item, on: Condition::Absent };
        let written = world.master.master().table().write(&put).await;
        assert!(matches!(written, Ok(Written::Done(_))), "{written:?}");
    }
    let other = world.add(&person("Theodore", "Garcia")).await;
    world.follow().await;
    assert_eq!(world.found("name=garcia").await, std::slice::from_ref(&other));
    let page = world.get("/changes?limit=500").await;
    assert_eq!(page["unreadable"], Value::Null);
    let changes = page["changes"].as_array().expect("a list");
    assert!(changes.iter().any(|change| change["customerNumber"] == json!(other)));
    let listed = world.get("/dealer-customers/TD68").await;
    assert_eq!(listed["dealerCustomers"].as_array().map(Vec::len), Some(1));
    assert_eq!(listed["unreadable"], Value::Null);
}

#[tokio::test]
async fn a_merged_customer_is_a_row_of_its_winners_organization() {
    let world = World::new().await;
    // Each in a block of its own: one with a customer that cannot be read is closed.
    let mut numbers = Vec::new();
    for which in 0..4 {
        numbers.push(world.add(&stranger(which)).await);
    }
    let mut identifiers = Vec::new();
    for number in &numbers {
        identifiers.push(identifier(&world, number).await);
    }
    for (dealer, which) in [("TD68", 0), ("TD68", 1), ("TD69", 2), ("TD68", 3)] {
        let body = given(dealer, &format!("n{which}"), &identifiers[which]);
        world.master.associate(&body).await.is(201);
    }
    let [winner, loser, other, below] = &<[String; 4]>::try_from(numbers).expect("four");
    for (winner, loser, version) in [(loser, below, 1), (winner, loser, 2), (winner, other, 1)] {
        merge(&world, winner, (loser, version)).await;
    }
    let lost = home(&world, loser).await;
    world.master.for_a_newer_release(lost).await;
    world.get(&format!("/customers/{winner}")).await;
    let shown = |page: &Value| -> Vec<String> {
        let shown = page["dealerCustomers"].as_array().expect("a list");
        shown.iter().map(|one| text(&one["dcn"])).collect()
    };
    for which in [0, 2] {
        let page = world.get(&format!("/customer-organizations/{}", identifiers[which])).await;
        assert_eq!(page["customerNumber"], json!(winner));
        assert_eq!(shown(&page), ["TD68|n0", "TD68|n1", "TD69|n2"]);
        assert_eq!(page["unreadableMerged"], json!([identifiers[1]]));
    }
    // A dealer is told of those alone that it has dealer customers of.
    let path = format!("/customer-organizations/{}", identifiers[0]);
    for (code, sees, told) in [
        ("TD68", vec!["TD68|n0", "TD68|n1"], json!([identifiers[1]])),
        ("TD69", vec!["TD69|n2"], Value::Null),
    ] {
        let dealer = json!({ "sub": "x", "scope": "dealer", "dealer_codes": code });
        let page = world.master.get(&path).by(&dealer).send().await.is(200);
        assert_eq!(
            (shown(&page), &page["unreadableMerged"]),
            (sees.into_iter().map(str::to_owned).collect(), &told)
        );
    }
    // What is read of the winner, and what is decided without the one, goes on.
    world.get(&format!("/customers/{other}/history")).await;
    world.add(&json!({ "cst_cust_nbr": winner, "cst_job_title": "Miner" })).await;
    let another = world.add(&stranger(4)).await;
    let body = json!({ "loser": another, "loserVersion": 1 });
    let tried = world.master.post(&format!("/customers/{winner}/merge?dryRun=true")).json(&body);
    tried.if_match("*").send().await.is(200);
}

#[tokio::test]
async fn what_alone_has_the_number_that_is_looked_up_is_a_row() {
    let world = World::new().await;
    let numbers = json!({ "cst_interface_cust_nbr": "A-1", "cst_relate_id": "R-1" });
    let number = world.add(&with(person("Julie", "Robinson"), &numbers)).await;
    let organization = identifier(&world, &number).await;
    world.master.associate(&given("TD68", "a", &organization)).await.is(201);
    world.follow().await;
    let asked = [
        ("number", number.as_str()),
        ("alternateNumber", "A-1"),
        ("relateId", "R-1"),
        ("dcn", "TD68%7Ca"),
    ];
    for (name, value) in asked {
        assert_eq!(
            world.found(&format!("{name}={value}")).await,
            std::slice::from_ref(&number),
            "{name}"
        );
    }
    let customer = home(&world, &number).await;
    let claims = ["ALTERNATE#", "RELATE#", "DEALER#"];
    for prefix in claims {
        world.master.for_a_newer_release(only(&world, prefix, |_, _| true).await).await;
    }
    world.master.for_a_newer_release(customer).await;
    for (name, value) in asked {
        let page = world.get(&format!("/customers?{name}={value}")).await;
        assert_eq!(page["customers"], json!([]), "{name}");
        assert_eq!(page["unreadable"], json!([value.replace("%7C", "|")]), "{name}");
        assert_eq!(page["next"], Value::Null, "{name}");
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
