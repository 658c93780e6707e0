//! What requests in error are about is kept in step with them: it lasts as long as they do.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use store::items;

use crate::world::{World, person, with};

/// How many things a request is said to be about, and how many of these for how long.
async fn topics(world: &World) -> (usize, BTreeSet<Option<u64>>) {
    let topics = world.master.items("ABOUT#").await;
    let until = |item| items::has_topic(item).expect("a topic").until;
    (topics.len(), topics.into_iter().map(until).collect())
}

async fn failed(world: &World, further: &Value) -> String {
    let failing = with(person("Julie", "Robinson"), &with(json!({ "cst_city": "" }), further));
    world.master.refused(&failing).await
}

fn expires_at(item: &store::item::Item) -> Option<u64> {
    item.get("expires_at").and_then(|value| value.as_n().ok()?.parse().ok())
}

#[tokio::test]
async fn what_an_open_request_is_about_lasts_and_ends_with_it() {
    let world = World::new().await;
    let further = json!({ "cst_email": "julie@example.com", "cst_day_phone": "508-555-0100" });
    for ends in ["deleted", "resolved"] {
        let id = failed(&world, &further).await;
        let lasting: Vec<_> = world.master.items("ABOUT#").await;
        world.follow().await;
        assert_eq!(world.master.items("ABOUT#").await, lasting, "said before it was there");
        // E-mail, phone, and the name with postal code and with street.
        let open = lasting.iter().filter(|item| expires_at(item).is_none());
        assert_eq!(open.count(), 4);
        let more = if ends == "deleted" {
            world.master.delete_request(&id, "*").send().await.is_empty(204);
            0
        } else {
            let patch = json!({ "cst_city": "Westborough" });
            world.master.reprocess(&id).json(&patch).send().await.is(201);
            // The number of the customer that came of it.
            1
        };
        world.follow().await;
        let request = world.master.items(&format!("ERROR#{id}")).await.pop().expect("a request");
        let end = expires_at(&request);
        assert!(end.is_some());
        let of_it = world.master.items("ABOUT#").await.into_iter();
        let of_it = of_it.filter(|item| items::has_topic(item.clone()).unwrap().id.as_str() == id);
        let ends: Vec<_> = of_it.map(|item| expires_at(&item)).collect();
        assert_eq!(ends, vec![end; 4 + more]);
    }
}

#[tokio::test]
async fn a_correction_says_what_it_makes_of_a_request_before_and_what_it_is_no_more_ends() {
    let world = World::new().await;
    let id = failed(&world, &json!({ "cst_email": "julie@example.com" })).await;
    world.follow().await;
    assert_eq!(topics(&world).await, (3, BTreeSet::from([None])));
    let patch = json!({ "cst_email": "julie@robinson.example", "cst_relate_id": "REL-1" });
    world.master.correct(&id, "*", &patch).send().await.is(200);
    assert_eq!(topics(&world).await, (5, BTreeSet::from([None])));
    world.follow().await;
    let (all, until) = topics(&world).await;
    assert_eq!((all, until.len()), (5, 2), "the former e-mail ends");
    // And back: it is said anew.
    let patch = json!({ "cst_email": "julie@example.com", "cst_relate_id": null });
    world.master.correct(&id, "*", &patch).send().await.is(200);
    world.follow().await;
    let lasting = world.master.items("ABOUT#").await.into_iter();
    assert_eq!(lasting.filter(|item| expires_at(item).is_none()).count(), 3);
}
