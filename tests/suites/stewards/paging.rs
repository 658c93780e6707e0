//! Pages of the queue while it changes: nothing that was there is missed or told twice.

use std::collections::BTreeMap;

use serde_json::json;

use crate::crowd;
use crate::fixture::{Fixture, ids, without_city};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn paging_through_a_thousand_while_new_ones_arrive_tells_each_of_the_old_exactly_once() {
    let master = Fixture::new().await;
    crowd::gather(&master, 0..1_000).await;
    let mut told: BTreeMap<String, usize> = BTreeMap::new();
    let mut cursor = String::new();
    let mut arrived = Vec::new();
    let mut last = String::new();
    loop {
        let path = format!("/errors?state=open&limit=37{cursor}");
        let page = master.get(&path).send().await.is(200);
        for error in page["errors"].as_array().expect("a list") {
            let at = error["receivedAt"].as_str().expect("a time").to_owned();
            assert!(last.is_empty() || at <= last, "newest first: {at} after {last}");
            last = at;
        }
        for id in ids(page["errors"].as_array().expect("a list")) {
            *told.entry(id).or_default() += 1;
        }
        arrived.push(master.refused(&without_city("New")).await);
        // One that was told is resolved meanwhile: it moves away under the cursor.
        let first = told.keys().next_back().expect("one was told").clone();
        if first.starts_with("0000") {
            master.reprocess(&first).json(&json!({ "cst_city": "Westborough" })).send().await;
        }
        match page["next"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    for number in 0..1_000 {
        assert_eq!(told.get(&crowd::id(number)), Some(&1), "{number}");
    }
    assert_eq!(told.len(), 1_000, "none of those that came later");
    assert!(arrived.len() > 1_000 / 37);
}

#[tokio::test]
async fn a_rare_filter_gives_short_pages_and_the_cursor_goes_on_to_what_it_is_looking_for() {
    let master = Fixture::new().await;
    let oldest = master.refused(&without_city("Needle")).await;
    // The crowd came earlier than today, so the needle is the newest; what is sought then is the crowd's oldest, by its id.
    crowd::gather(&master, 0..500).await;
    let mut pages = 0;
    let mut found = Vec::new();
    let mut cursor = String::new();
    loop {
        let path = format!("/errors?text={}&limit=50{cursor}", crowd::id(0));
        let page = master.get(&path).send().await.is(200);
        pages += 1;
        found.extend(ids(page["errors"].as_array().expect("a list")));
        match page["next"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(found, [crowd::id(0)]);
    assert!((3..=5).contains(&pages), "{pages} pages");
    assert_eq!(master.listed_ids("text=needle").await, [oldest]);
}

#[tokio::test]
async fn every_page_length_tells_all_once_and_in_one_order() {
    let master = Fixture::new().await;
    crowd::gather(&master, 0..60).await;
    let newest_first: Vec<_> = (0..60).rev().map(crowd::id).collect();
    for limit in [1, 7, 59, 60, 61, 100] {
        assert_eq!(master.listed_ids(&format!("limit={limit}")).await, newest_first, "{limit}");
    }
    let page = master.get("/errors").send().await.is(200);
    assert_eq!(page["errors"].as_array().map(Vec::len), Some(50));
    // Read on in the other order, the list would look as if it had ended.
    let next = page["next"].as_str().expect("there are more");
    let turned = master.get(&format!("/errors?sort=oldest&cursor={next}")).send().await;
    assert_eq!(turned.faults(), ["/query/cursor invalid-cursor"]);
    for (query, fault) in [
        ("limit=0", "/query/limit invalid-limit"),
        ("limit=101", "/query/limit invalid-limit"),
        ("cursor=nonsense", "/query/cursor invalid-cursor"),
    ] {
        assert_eq!(master.get(&format!("/errors?{query}")).send().await.faults(), [fault]);
    }
}
