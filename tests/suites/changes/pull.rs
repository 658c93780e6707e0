//! Pulling the changes: all of them, in order for each customer, without a gap.

use std::collections::BTreeMap;

use aws_sdk_dynamodb::types::AttributeValue;
use serde_json::{Value, json};
use store::client::Connection;
use store::item;

use crate::world::{World, person, stranger, text};

/// A reader that has read so far.
async fn pulled(world: &World, limit: u32) -> (Vec<Value>, String) {
    let (mut changes, mut after) = (Vec::new(), String::new());
    loop {
        let page = world.get(&format!("/changes?limit={limit}&after={after}")).await;
        after = text(&page["next"]);
        let found = page["changes"].as_array().expect("changes");
        assert!(found.len() <= limit as usize);
        if found.is_empty() {
            return (changes, after);
        }
        changes.extend(found.iter().cloned());
    }
}

#[tokio::test]
async fn every_change_is_pulled_once_and_in_order_for_each_customer() {
    let world = World::new().await;
    let mut numbers = Vec::new();
    for at in 0..6 {
        numbers.push(world.add(&stranger(at)).await);
    }
    for city in ["Boston", "Concord", "Dover"] {
        for number in &numbers {
            world.add(&json!({ "cst_cust_nbr": number, "cst_city": city })).await;
        }
    }
    world.follow().await;
    for limit in [1, 4, 500] {
        let (changes, _) = pulled(&world, limit).await;
        let mut versions: BTreeMap<String, Vec<u64>> = BTreeMap::new();
        for change in &changes {
            let number = text(&change["customerNumber"]);
            let version = change["version"].as_u64().expect("a version");
            assert_eq!(change["id"], format!("customer/{number}/{version}"));
            versions.entry(number).or_default().push(version);
        }
        assert_eq!(versions.keys().cloned().collect::<Vec<_>>(), numbers);
        assert!(versions.values().all(|versions| *versions == [1, 2, 3, 4]), "{versions:?}");
    }
    let (changes, after) = pulled(&world, 100).await;
    let last = &changes[changes.len() - 1];
    assert_eq!(last["type"], "customer.updated");
    assert_eq!((&last["operation"], &last["changed"]), (&json!("add"), &json!(["cst_city"])));
    world.add(&json!({ "cst_cust_nbr": numbers[0], "cst_city": "Exeter" })).await;
    world.follow().await;
    // With news the answer does not wait for any.
    let news = world.get(&format!("/changes?after={after}&wait=20")).await;
    let ids: Vec<_> = news["changes"].as_array().expect("changes").iter().collect();
    assert_eq!((ids.len(), &ids[0]["version"]), (1, &json!(5)));
}

#[tokio::test]
async fn what_is_pulled_is_what_the_bus_was_told() {
    let world = World::new().await;
    let number = world.add(&person("Julie", "Robinson")).await;
    let identifier =
        world.get(&format!("/customers/{number}")).await["customerOrganizationIdentifier"].clone();
    let associate = json!({
        "dealerCode": "TD68", "dealerCustomerNumber": "A-1", "customerOrganizationIdentifier": identifier
    });
    world.master.associate(&associate).await.is(201);
    world.release("A-1").await;
    let mut failing = person("Bob", "Dryer");
    failing["cst_city"] = json!("");
    let first = text(&world.message(&failing).await.is(422)["request_in_error"]);
    let second = text(&world.message(&failing).await.is(422)["request_in_error"]);
    let delete = format!("/errors/{first}");
    world.master.delete(&delete).if_match("*").send().await.is_empty(204);
    world.master.post(&format!("{delete}/reopen")).if_match("*").send().await.is(200);
    // What stewards say to each other is nobody else's business.
    let note = json!({ "text": "Robinson's neighbour" });
    world.master.post(&format!("{delete}/note")).if_match("*").json(&note).send().await.is(200);
    let reprocess = world.master.post(&format!("/errors/{second}/reprocess"));
    let city = json!({ "cst_city": "Westborough" });
    reprocess.if_match("*").json(&city).send().await.is(201);
    world.follow().await;

    let (pulled, _) = pulled(&world, 100).await;
    let told = world.events.kept();
    let by_id = |changes: &[Value]| -> BTreeMap<String, Value> {
        changes.iter().map(|change| (text(&change["id"]), change.clone())).collect()
    };
    let details: Vec<Value> = told.iter().map(|event| event["detail"].clone()).collect();
    assert_eq!(by_id(&pulled), by_id(&details));
    assert_eq!((pulled.len(), told.len()), (9, 9), "each once");
    let mut types: Vec<_> = told.iter().map(|event| text(&event["detail-type"])).collect();
    types.sort();
    assert_eq!(
        types,
        [
            "customer.created",
            "customer.created",
            "dealer-customer.associated",
            "dealer-customer.released",
            "request-in-error.deleted",
            "request-in-error.opened",
            "request-in-error.opened",
            "request-in-error.opened",
            "request-in-error.resolved",
        ]
    );
    for event in &told {
        assert_eq!(event["source"], "customer-master");
        assert_eq!(event["detail"]["type"], event["detail-type"]);
        let shown = event.to_string();
        for value in ["Julie", "Robinson", "Bob", "Dryer", "Example Street", "Westborough"] {
            assert!(!shown.contains(value), "{shown}");
        }
    }
}

#[tokio::test]
async fn a_reader_whose_next_change_has_expired_is_told_so_and_an_idle_list_goes_on() {
    let world = World::new().await;
    let number = world.add(&person("Julie", "Robinson")).await;
    world.follow().await;
    let oldest = text(&world.get("/changes?limit=1").await["next"]);
    world.add(&json!({ "cst_cust_nbr": number, "cst_city": "Boston" })).await;
    world.follow().await;
    let (_, newest) = pulled(&world, 100).await;
    // As the database does it in its own time.
    let client = Connection::to_emulator(&world.master.database).client();
    for entry in world.master.items("CHANGES#").await {
        let key = item::key_of(&entry);
        if key.sk != "HEAD" {
            let delete = client.delete_item().table_name(&world.master.table);
            let delete = delete.key("pk", AttributeValue::S(key.pk));
            delete.key("sk", AttributeValue::S(key.sk)).send().await.expect("it is taken away");
        }
    }
    let late = world.master.get(&format!("/changes?after={oldest}")).send().await;
    late.is_problem(410, "gone");
    let idle = world.get(&format!("/changes?after={newest}")).await;
    assert_eq!(idle["changes"], json!([]));
    world.add(&json!({ "cst_cust_nbr": number, "cst_city": "Concord" })).await;
    world.follow().await;
    for after in [&newest, ""] {
        let news = world.get(&format!("/changes?after={after}")).await;
        let versions: Vec<_> = news["changes"]
            .as_array()
            .expect("changes")
            .iter()
            .map(|one| &one["version"])
            .collect();
        assert_eq!(versions, [&json!(3)], "{after:?}");
    }
    let late = world.master.get(&format!("/changes?after={oldest}")).send().await;
    late.is_problem(410, "gone");
}

#[tokio::test]
async fn a_place_is_one_readers_and_bad_ones_and_waits_are_refused() {
    let world = World::new().await;
    let next = text(&world.get("/changes").await["next"]);
    let other = json!({ "sub": "another", "scope": "customers" });
    let asked = format!("/changes?after={next}");
    let refused = world.master.get(&asked).by(&other).send().await;
    assert_eq!(refused.faults(), ["/query/after invalid-cursor"]);
    for (asked, fault) in [
        ("after=AAAA", "/query/after invalid-cursor"),
        ("wait=21", "/query/wait invalid-wait"),
        ("wait=x", "/query/wait invalid-wait"),
        ("limit=501", "/query/limit invalid-limit"),
        ("cursor=x", "/query/cursor unknown-parameter"),
    ] {
        let answer = world.master.get(&format!("/changes?{asked}")).send().await;
        assert_eq!(answer.faults(), [fault], "{asked}");
    }
    for scope in ["steward", "dealer", "privacy"] {
        let claims = json!({ "sub": "a", "scope": scope, "dealer_codes": "*" });
        world.master.get("/changes").by(&claims).send().await.is_problem(403, "forbidden");
    }
}

/// A reader who keeps its place now and then, and is killed at any other moment: what it read since it reads again.
struct Reader {
    place: String,
    seen: Vec<String>,
}

#[tokio::test]
async fn readers_that_are_killed_while_writers_write_miss_nothing() {
    let seed = fastrand::u64(..);
    let mut chance = fastrand::Rng::with_seed(seed);
    let world = World::new().await;
    let mut numbers = Vec::new();
    for at in 0..4 {
        numbers.push(world.add(&stranger(at)).await);
    }
    let mut readers: Vec<Reader> =
        (0..3).map(|_| Reader { place: String::new(), seen: Vec::new() }).collect();
    let writing = async {
        for at in 0..40 {
            let number = &numbers[at % numbers.len()];
            world.add(&json!({ "cst_cust_nbr": number, "cst_city": format!("Boston {at}") })).await;
        }
    };
    let mut writing = std::pin::pin!(writing);
    let mut written = false;
    loop {
        let reading = async {
            world.follow().await;
            let mut rest = 0;
            for reader in &mut readers {
                let limit = chance.u32(1..8);
                let page =
                    world.get(&format!("/changes?limit={limit}&after={}", reader.place)).await;
                let changes = page["changes"].as_array().expect("changes");
                rest += changes.len();
                for change in changes {
                    let id = text(&change["id"]);
                    if !reader.seen.contains(&id) {
                        reader.seen.push(id);
                    }
                }
                if chance.u8(0..3) > 0 {
                    reader.place = text(&page["next"]);
                }
            }
            rest
        };
        // Both go on by turns; neither waits for the other.
        let rest = if written {
            reading.await
        } else {
            let mut reading = std::pin::pin!(reading);
            tokio::select! {
                () = &mut writing => { written = true; reading.await }
                rest = &mut reading => rest,
            }
        };
        if written && rest == 0 {
            break;
        }
    }
    for reader in readers {
        let mut versions: BTreeMap<&str, Vec<u64>> = BTreeMap::new();
        for id in &reader.seen {
            let (customer, version) = id.rsplit_once('/').expect("a version");
            versions.entry(customer).or_default().push(version.parse().expect("a number"));
        }
        assert_eq!(versions.len(), 4, "seed {seed}");
        for (customer, versions) in versions {
            assert_eq!(versions, (1..=11).collect::<Vec<_>>(), "{customer}, seed {seed}");
        }
    }
}
