//! The queue as a queue: how many wait and since when, which come first, and where they came from.

use serde_json::{Value, json};

use operations::requests::totals;

use crate::crowd;
use crate::fixture::{Fixture, ids, with, without_city};

/// `GET /errors` with this query.
async fn page(master: &Fixture, query: &str) -> Value {
    master.get(&format!("/errors?{query}")).send().await.is(200)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_first_page_tells_how_many_there_are_in_all_and_since_when_the_oldest_waits() {
    let master = Fixture::new().await;
    let empty = page(&master, "state=open").await;
    assert_eq!((&empty["total"], &empty["oldest"]), (&json!(0), &Value::Null), "{empty}");

    crowd::gather(&master, 0..250).await;
    let beginning = json!(crowd::BEGINNING.to_string());
    for query in ["state=open", "state=open&sort=oldest&limit=1", "state=open&text=nobody", ""] {
        let first = page(&master, query).await;
        assert_eq!((&first["total"], &first["oldest"]), (&json!(250), &beginning), "{query}");
        assert_eq!(first.get("totalIsLowerBound"), None, "{query}");
    }
    // Only the first page tells it.
    let first = page(&master, "state=open&limit=100").await;
    let next = first["next"].as_str().expect("a cursor");
    let second = page(&master, &format!("state=open&limit=100&cursor={next}")).await;
    assert_eq!((second.get("total"), second.get("oldest")), (None, None), "{second}");

    // Each state by itself.
    for number in [0, 1, 249] {
        master.delete_request(&crowd::id(number), "*").send().await.is_empty(204);
    }
    let patch = json!({ "cst_city": "Westborough" });
    master.reprocess(&crowd::id(2)).json(&patch).send().await.is(201);
    let at = |number| json!(crowd::BEGINNING.plus_seconds(number).to_string());
    for (query, total, oldest) in [
        ("state=open", 246, at(3)),
        ("state=resolved", 1, at(2)),
        ("state=deleted", 3, at(0)),
        ("", 250, at(0)),
    ] {
        let first = page(&master, query).await;
        assert_eq!((&first["total"], &first["oldest"]), (&json!(total), &oldest), "{query}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn counting_takes_two_steps_of_the_shards_side_by_side_and_half_a_unit_for_four_kilobytes() {
    let Some(master) = Fixture::that_counts().await else {
        return;
    };
    crowd::gather_of(&master, &json!({ "cst_lname": "Crowd" }), 0..4_000).await;
    let counted = master.master().counted();
    let states = [domain::request::State::Open];
    let all = totals::totals(&counted, &states).await.expect("totals");
    assert_eq!((all.total, all.more, all.oldest), (4_000, false, Some(crowd::BEGINNING)));
    let cost = counted.cost();
    // Four shards are counted, and four are asked for their oldest; none sends what it counts.
    assert_eq!((cost.calls, cost.rounds), (8, 0), "{cost:?}");
    // An entry of the index has less than 100 bytes.
    assert!((10.0..=60.0).contains(&cost.read_units), "{cost:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn oldest_first_tells_each_once_while_new_ones_arrive_and_others_go() {
    let master = Fixture::new().await;
    crowd::gather(&master, 0..200).await;
    let mut told = Vec::new();
    let mut cursor = String::new();
    loop {
        let path = format!("/errors?state=open&sort=oldest&limit=37{cursor}");
        let page = master.get(&path).send().await.is(200);
        told.extend(ids(page["errors"].as_array().expect("a list")));
        master.refused(&without_city("New")).await;
        master.delete_request(&told[told.len() / 2], "*").send().await;
        match page["next"].as_str() {
            Some(next) if told.len() < 400 => cursor = format!("&cursor={next}"),
            Some(_) | None => break,
        }
    }
    let expected: Vec<_> = (0..200).map(crowd::id).collect();
    assert_eq!(told[..200], expected[..]);
    // Those that came meanwhile are at the end.
    assert!(told[200..].iter().all(|id| !expected.contains(id)), "{told:?}");
}

#[tokio::test]
async fn a_source_is_shown_sought_and_found() {
    let master = Fixture::new().await;
    let send = async |source: Option<&str>, original: Option<&str>, name: &str| {
        let attributes = with(
            without_city(name),
            &json!({ "cst_send_response": "Y", "cst_original_source": original }),
        );
        let message = json!({ "type": "CWCustomerIn", "source": source, "CustSoldTo": attributes });
        let answer = master.post("/customers").json(&message).send().await.is(422);
        answer["request_in_error"].as_str().expect("an id").to_owned()
    };
    let shop = send(Some("Web-Shop"), None, "Shop").await;
    let store = send(Some("OMS"), Some("store"), "Store").await;
    let none = send(None, None, "None").await;
    let row = |listed: &[Value], id: &str| {
        let row = listed.iter().find(|row| row["id"] == id).expect("a row").clone();
        json!([row["source"], row["originalSource"]])
    };
    let listed = master.listed("").await;
    assert_eq!(row(&listed, &shop), json!(["Web-Shop", null]));
    assert_eq!(row(&listed, &store), json!(["OMS", "store"]));
    assert_eq!(row(&listed, &none), json!([null, null]));
    for (query, expected) in [
        ("source=web%20shop", vec![&shop]),
        ("source=STORE", vec![&store]),
        ("source=oms", vec![&store]),
        ("source=shop", vec![]),
        ("source=", vec![&none, &store, &shop]),
        ("text=web-shop", vec![&shop]),
    ] {
        let expected: Vec<_> = expected.into_iter().cloned().collect();
        assert_eq!(master.listed_ids(query).await, expected, "{query}");
    }
    let long = "x".repeat(101);
    let answer = master.get(&format!("/errors?source={long}")).send().await;
    assert_eq!(answer.faults(), ["/query/source value-too-long"]);
}

#[tokio::test]
async fn who_closed_a_request_and_when_stands_in_its_row() {
    let master = Fixture::new().await;
    let by = json!({ "sub": "anna", "scope": "steward" });
    let resolved = master.refused(&without_city("Resolved")).await;
    let patch = json!({ "cst_city": "Westborough" });
    master.reprocess(&resolved).json(&patch).by(&by).send().await.is(201);
    let deleted = master.refused(&without_city("Deleted")).await;
    master.delete_request(&deleted, "*").by(&by).send().await.is_empty(204);
    for (state, id) in [("resolved", resolved), ("deleted", deleted)] {
        let row = master.listed(&format!("state={state}")).await[0].clone();
        let shown = master.shown(&id).await;
        assert_eq!((&row["id"], &row["closedBy"]), (&json!(id), &json!("anna")));
        assert_eq!(row["closedAt"], shown["history"][1]["at"]);
        assert_eq!((&shown["closedAt"], &shown["closedBy"]), (&row["closedAt"], &row["closedBy"]));
    }
}
