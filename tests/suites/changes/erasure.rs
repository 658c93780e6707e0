//! Erasing a person takes it out of history and look-up keys as well, and nothing that comes late brings it back.

use domain::by::{By, Stamp};
use domain::customer::Customer;
use domain::customer::address::Address;
use domain::customer::contact::Email;
use domain::dealer::association::Origin;
use domain::dealer::{Dcn, DealerCode, DealerCustomerNumber, DealerProfile, DealerType};
use domain::effect::{Cause, EffectId};
use serde_json::{Value, json};
use store::items::{self, Association};
use store::table::Table as _;
use store::writes::Written;

use crate::world::{World, person, text, with};

/// Values of the person, current and former.
const VALUES: [&str; 6] =
    ["Qanari", "Qanaria", "qanari@qanari.example", "former@qanari.example", "Qanal", "6175550142"];

fn qanari() -> Value {
    with(
        person("Qanari", "Qanaria"),
        &json!({
            "cst_street_addr": "1 Qanal Street", "cst_email": "former@qanari.example", "cst_day_phone": "6175550142"
        }),
    )
}

/// Look-ups by all that the person was known by.
const ASKED: [&str; 5] = [
    "name=qanaria",
    "name=qanaria&postalCode=01581",
    "email=former@qanari.example",
    "email=qanari@qanari.example",
    "phone=6175550142",
];

async fn nothing_is_left(world: &World, number: &str) {
    for prefix in ["HISTORY#", "FIND#", "CHANGES#"] {
        for item in world.master.items(prefix).await {
            let shown = format!("{item:?}");
            assert!(VALUES.iter().all(|value| !shown.contains(value)), "{shown}");
        }
    }
    for asked in ASKED {
        assert_eq!(world.found(asked).await, Vec::<String>::new(), "{asked}");
    }
    let history = world.get(&format!("/customers/{number}/history")).await;
    let entries = history["history"].as_array().expect("entries");
    assert_eq!(entries[0]["what"], "erased");
    assert_eq!(entries[0]["by"]["operation"], "erase");
    for entry in entries {
        for changed in entry["changed"].as_array().expect("changes") {
            assert!(changed["before"].is_null() && changed["after"].is_null(), "{entry}");
        }
    }
    let earlier = world.get(&format!("/customers/{number}?version=1")).await;
    assert_eq!(earlier["CustSoldTo"].get("cst_lname"), None);
}

async fn erase(world: &World, number: &str) {
    world.master.post(&format!("/customers/{number}/erase")).send().await.is_empty(204);
}

#[tokio::test]
async fn what_was_written_before_an_erasure_is_emptied_by_it() {
    let world = World::new().await;
    let number = world.add(&qanari()).await;
    world.add(&json!({ "cst_cust_nbr": number, "cst_email": "qanari@qanari.example" })).await;
    world.follow().await;
    assert_eq!(world.found(ASKED[2]).await, std::slice::from_ref(&number));
    erase(&world, &number).await;
    world.follow().await;
    nothing_is_left(&world, &number).await;
    let types: Vec<_> =
        world.events.kept().iter().map(|event| event["detail-type"].clone()).collect();
    assert_eq!(types, ["customer.created", "customer.updated", "customer.erased"]);
}

/// Associates as a process does that had read the customer before it was erased.
async fn associate_late(world: &World, customer: &Customer, dcn: &Dcn) {
    let address = Address { city: "Qanarville".to_owned(), ..customer.address() };
    let profile = DealerProfile {
        dealer_type: DealerType::default(),
        business_name: Some("Qanaria of the dealer".to_owned()),
        alternate_name: None,
        address: Some(address),
        email: Email::parse("former@qanari.example").ok(),
        phones: Vec::new(),
    };
    let stamp = Stamp {
        by: By::new("dealer", "associate", "late"),
        cause: Cause { id: EffectId::random([9; 10]), keyed: false },
        at: world.master.master().table().now(),
    };
    let organization = &customer.identifier;
    let association = Association { dcn, profile: &profile, organization, origin: &Origin::Given };
    let write = items::associate(association, &stamp);
    let written = world.master.master().table().write(&write).await;
    assert!(matches!(written, Ok(Written::Done(None))), "{written:?}");
}

#[tokio::test]
async fn who_had_read_the_person_before_the_erasure_leaves_nothing_of_it() {
    let world = World::new().await;
    let number = world.add(&qanari()).await;
    world.follow().await;
    let shown = world.get(&format!("/customers/{number}")).await;
    let identifier = text(&shown["customerOrganizationIdentifier"]);
    let seen = world.master.customer(&identifier).await;
    let dcn = |number: &str| Dcn {
        dealer_code: DealerCode::parse("TD68").expect("a code"),
        dealer_customer_number: DealerCustomerNumber::parse(number).expect("a number"),
    };
    erase(&world, &number).await;
    associate_late(&world, &seen, &dcn("LATE-1")).await;
    world.follow().await;
    // And one that is released at once, before anybody follows.
    associate_late(&world, &seen, &dcn("LATE-2")).await;
    world.release("LATE-2").await;
    world.follow().await;
    for asked in ASKED {
        assert_eq!(world.found(asked).await, Vec::<String>::new(), "{asked}");
    }
    for item in world.master.items("").await {
        let shown = format!("{item:?}");
        assert!(
            VALUES.iter().chain(&["Qanarville"]).all(|value| !shown.contains(value)),
            "{shown}"
        );
    }
    let late = world.get("/dealer-customers/TD68/LATE-1").await;
    assert_eq!(late["customerOrganizationIdentifier"], json!(identifier));
}

#[tokio::test]
async fn an_erasure_that_was_broken_off_is_finished_by_who_follows() {
    let world = World::new().await;
    let number = world.add(&qanari()).await;
    let shown = world.get(&format!("/customers/{number}")).await;
    let associate = json!({
        "dealerCode": "TD68", "dealerCustomerNumber": "A-1", "businessName": "Qanaria",
        "customerOrganizationIdentifier": shown["customerOrganizationIdentifier"]
    });
    world.master.associate(&associate).await.is(201);
    let failing = with(qanari(), &json!({ "cst_city": "" }));
    world.message(&failing).await.is(422);
    world.follow().await;
    // The first step, after which the process dies.
    let seen = world.master.customer(&text(&shown["customerOrganizationIdentifier"])).await;
    let master = world.master.master();
    let stamp = Stamp {
        by: By::new("officer", "erase", "broken off"),
        cause: Cause { id: EffectId::random([8; 10]), keyed: false },
        at: master.table().now(),
    };
    let erased = seen.erased(&master.controls().secret, &stamp);
    let written = master.table().write(&items::erase_customer(seen.version, &erased)).await;
    assert!(matches!(written, Ok(Written::Done(_))), "{written:?}");
    world.follow().await;
    nothing_is_left(&world, &number).await;
    for item in world.master.items("").await {
        let shown = format!("{item:?}");
        assert!(VALUES.iter().all(|value| !shown.contains(value)), "{shown}");
    }
}

#[tokio::test]
async fn what_is_still_in_the_stream_brings_nobody_back() {
    let world = World::new().await;
    let number = world.add(&qanari()).await;
    world.add(&json!({ "cst_cust_nbr": number, "cst_email": "qanari@qanari.example" })).await;
    erase(&world, &number).await;
    let (batches, _) = world.following.lock().await.read().await.expect("the stream is read");
    let mut records = batches.concat();
    assert_eq!(records.len(), 3);
    // The first comes last of all, as one that was put aside does.
    records.rotate_left(1);
    for record in records {
        world.following.lock().await.send(vec![record]).await;
    }
    world.follow().await;
    nothing_is_left(&world, &number).await;
}
