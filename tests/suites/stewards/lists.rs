//! The list and its filters, alone and together.

use domain::message::Attribute;
use domain::message::edits::EditCode;
use domain::time::Timestamp;
use serde_json::{Value, json};

use crate::fixture::{Fixture, person, request_in_error, with, without_city};

#[tokio::test]
async fn a_row_says_who_and_why() {
    let master = Fixture::new().await;
    let others = json!({
        "cst_company": "1", "cst_zip": "ABC", "cst_interface_cust_nbr": "ALT-7", "cst_email": "julie@example.com",
        "cst_eve_phone": "508-555-0177", "cst_original_source": "WEB"
    });
    let id = master.refused(&with(without_city("Robinson"), &others)).await;
    let listed = master.listed("").await;
    let received = &listed[0]["receivedAt"];
    let row = json!({
        "id": id, "state": "open", "receivedAt": received, "action": "A", "company": "1", "name": "Julie Robinson",
        "city": null, "email": "julie@example.com", "phone": "508-555-0177", "customerNumber": null, "alternateNumber": "ALT-7",
        "source": null, "originalSource": "WEB", "codes": ["city-blank", "invalid-zip"], "assignedTo": null, "closedAt": null, "closedBy": null,
        "version": 1
    });
    assert_eq!(listed, [row]);
    assert!(Timestamp::parse(received.as_str().expect("a time")).is_some());
    // Once somebody has the number, the same message is a Change.
    master
        .send(&with(person("Holder"), &json!({ "cst_interface_cust_nbr": "ALT-7" })))
        .await
        .is_empty(201);
    assert_eq!(master.listed("").await[0]["action"], "C");
    assert_eq!(master.shown(&id).await["action"], "C");
    let change = master.refused(&json!({ "cst_cust_nbr": "77", "cst_company_name": "Acme" })).await;
    let row = master.listed(&format!("text={change}")).await;
    assert_eq!((&row[0]["action"], &row[0]["name"]), (&json!("C"), &json!("Acme")));
    assert_eq!(row[0]["customerNumber"], "000000077");
}

/// Five requests, an hour apart from ten o'clock on: who, company, and the edit that failed.
async fn plant_five(master: &Fixture) -> Vec<String> {
    let five = [
        ("Ábel", None, (Attribute::CITY, EditCode::CityBlank)),
        ("Berta", Some("2"), (Attribute::CITY, EditCode::CityBlank)),
        ("Carl", Some("007"), (Attribute::POSTAL_CODE, EditCode::InvalidZip)),
        ("Dora", Some("2"), (Attribute::POSTAL_CODE, EditCode::ValueTooLong)),
        ("Emil", None, (Attribute::CITY, EditCode::ValueTooLong)),
    ];
    let mut ids = Vec::new();
    for (hour, (name, company, failed)) in (10..).zip(five) {
        let attributes = with(person(name), &json!({ "cst_company": company }));
        let at = Timestamp::parse(&format!("2026-11-20T{hour}:00:00Z")).expect("a time");
        ids.push(master.plant(&request_in_error(&attributes, failed, at)).await);
    }
    let closed = &ids[4];
    master.delete_request(closed, "*").send().await.is_empty(204);
    ids
}

#[tokio::test]
async fn each_filter_alone_and_all_together() {
    let master = Fixture::with(&[("COMPANIES", "1,2,7")]).await;
    let ids = plant_five(&master).await;
    let cases: &[(&str, &[usize])] = &[
        ("", &[4, 3, 2, 1, 0]),
        ("state=open", &[3, 2, 1, 0]),
        ("state=deleted", &[4]),
        ("state=resolved", &[]),
        ("code=city-blank", &[1, 0]),
        ("code=value-too-long", &[4, 3]),
        ("attribute=cst_city", &[4, 1, 0]),
        // Code and attribute are those of one failed edit.
        ("code=value-too-long&attribute=cst_city", &[4]),
        ("code=city-blank&attribute=cst_zip", &[]),
        ("company=2", &[3, 1]),
        // 007 and 7 are the same company; a message without one is the default company's.
        ("company=7", &[2]),
        ("company=01", &[4, 0]),
        ("receivedAfter=2026-11-20T12:00:00Z", &[4, 3, 2]),
        ("receivedBefore=2026-11-20T12:00:00Z", &[2, 1, 0]),
        ("receivedAfter=2026-11-20T11:00:00Z&receivedBefore=2026-11-20T13:00:00%2B01:00", &[2, 1]),
        ("receivedAfter=2026-11-20T14:00:00Z&receivedBefore=2026-11-20T11:00:00Z", &[]),
        ("receivedAfter=0372-11-03T03:55:07Z", &[4, 3, 2, 1, 0]),
        ("receivedBefore=0372-11-03T03:55:07Z", &[]),
        ("text=abel", &[0]),
        ("text=JULIE%20CARL", &[2]),
        ("text=01581", &[4, 3, 2, 1, 0]),
        ("text=nobody", &[]),
        ("text=%2E", &[]),
        ("state=", &[4, 3, 2, 1, 0]),
        (
            "state=open&code=city-blank&attribute=cst_city&company=2&receivedAfter=2026-11-20T10:30:00Z&receivedBefore=2026-11-20T11:30:00Z&text=berta",
            &[1],
        ),
        ("state=open&code=city-blank&company=2&text=abel", &[]),
    ];
    for (query, expected) in cases {
        let expected: Vec<_> = expected.iter().map(|index| ids[*index].clone()).collect();
        assert_eq!(master.listed_ids(query).await, expected, "{query}");
        assert_eq!(master.listed_ids(&format!("{query}&limit=1")).await, expected, "{query}");
        let oldest_first: Vec<_> = expected.into_iter().rev().collect();
        for limit in [1, 2, 50] {
            let query = format!("{query}&sort=oldest&limit={limit}");
            assert_eq!(master.listed_ids(&query).await, oldest_first, "{query}");
        }
    }
    assert_eq!(master.listed_ids(&format!("text={}", ids[1])).await, [ids[1].as_str()]);
}

#[tokio::test]
async fn filters_that_mean_nothing_are_refused_all_at_once() {
    let master = Fixture::new().await;
    let long = "x".repeat(101);
    let query = format!(
        "sort=age&state=new&code=nonsense&attribute=cst_favourite&receivedAfter=yesterday&receivedBefore=2026-11-20&text={long}&colour=red&company=1&company=2"
    );
    assert_eq!(
        master.get(&format!("/errors?{query}")).send().await.faults(),
        [
            "/query/attribute invalid-attribute",
            "/query/code invalid-code",
            "/query/colour unknown-parameter",
            "/query/company repeated-parameter",
            "/query/receivedAfter invalid-time",
            "/query/receivedBefore invalid-time",
            "/query/sort invalid-sort",
            "/query/state invalid-state",
            "/query/text value-too-long"
        ]
    );
}

#[tokio::test]
async fn the_list_follows_what_is_done() {
    let master = Fixture::new().await;
    let first = master.refused(&without_city("First")).await;
    let second = master.refused(&without_city("Second")).await;
    master.reprocess(&first).json(&json!({ "cst_city": "Westborough" })).send().await.is(201);
    master.delete_request(&second, "*").send().await.is_empty(204);
    assert_eq!(master.listed("state=open").await, Vec::<Value>::new());
    let resolved = master.listed("state=resolved").await;
    assert_eq!(resolved[0]["id"], first);
    assert_eq!(resolved[0]["customerNumber"], "000000001");
    assert_eq!(resolved[0]["codes"], json!([]));
    assert_eq!(master.listed_ids("state=deleted").await, [second]);
}
