//! A dealer's list of customers: pages, limits and cursors.

use data_encoding::BASE64URL_NOPAD;
use serde_json::{Value, json};
use store::item;

use crate::fixture::{Fixture, acme_as, given, identifier};

/// Makes dealer customers of these dealers and numbers, all of one customer.
async fn with_dealer_customers(dealer_customers: &[(&str, usize)]) -> Fixture {
    let stand = Fixture::new().await;
    let organization = identifier(&stand.associate(&acme_as("SEED", "1")).await.is(201));
    for (dealer_code, count) in dealer_customers {
        for number in 0..*count {
            let body = given(dealer_code, &format!("n{number:03}"), &organization);
            stand.associate(&body).await.is(201);
        }
    }
    stand
}

fn numbers(page: &Value) -> Vec<String> {
    let list = page["dealerCustomers"].as_array().expect("a list");
    let number = |one: &Value| one["dealerCustomerNumber"].as_str().expect("a number").to_owned();
    list.iter().map(number).collect()
}

#[tokio::test]
async fn a_list_that_is_read_page_by_page_shows_each_of_the_dealers_customers_exactly_once() {
    let stand = with_dealer_customers(&[("TD6", 3), ("TD68", 11), ("TD681", 3)]).await;
    let expected: Vec<_> = (0..11).map(|number| format!("n{number:03}")).collect();
    for limit in [1, 3, 10, 11, 12, 100] {
        let mut found = Vec::new();
        let mut path = format!("/dealer-customers/TD68?limit={limit}");
        loop {
            let page = stand.get(&path).send().await.is(200);
            let on_page = numbers(&page);
            assert!(on_page.len() <= limit, "{limit}");
            found.extend(on_page);
            match page["next"].as_str() {
                Some(next) => path = format!("/dealer-customers/TD68?limit={limit}&cursor={next}"),
                None => break,
            }
        }
        assert_eq!(found, expected, "limit {limit}");
    }
}

#[tokio::test]
async fn a_page_has_fifty_unless_another_limit_is_asked_for_and_a_hundred_at_the_most() {
    let stand = with_dealer_customers(&[("TD68", 101)]).await;
    for (query, length) in [("", 50), ("?limit=51", 51), ("?limit=100", 100)] {
        let path = format!("/dealer-customers/td68{query}");
        let page = stand.get(&path).send().await.is(200);
        assert_eq!(numbers(&page).len(), length, "{query:?}");
        assert!(page["next"].is_string(), "{query:?}");
    }
    for bad in [
        "0",
        "101",
        "-1",
        "+1",
        "1.0",
        "1e1",
        "x",
        "",
        "%20",
        "99999999999999999999",
        "10&limit=10",
    ] {
        let path = format!("/dealer-customers/TD68?limit={bad}");
        let faults = stand.get(&path).send().await.faults();
        assert_eq!(faults.len(), 1, "{bad:?}: {faults:?}");
        assert!(faults[0].starts_with("/query/limit "), "{bad:?}: {faults:?}");
    }
}

#[tokio::test]
async fn a_dealer_without_customers_has_an_empty_list() {
    let stand = Fixture::new().await;
    let page = stand.get("/dealer-customers/TD68").send().await.is(200);
    assert_eq!(page, json!({ "dealerCustomers": [], "next": null }));
}

#[tokio::test]
async fn a_cursor_of_one_dealers_list_is_refused_in_anothers() {
    let stand = with_dealer_customers(&[("TD68", 3), ("TD69", 3)]).await;
    let page = stand.get("/dealer-customers/TD68?limit=1").send().await;
    let cursor = page.is(200)["next"].as_str().expect("more").to_owned();
    let own = format!("/dealer-customers/TD68?cursor={cursor}");
    assert_eq!(numbers(&stand.get(&own).send().await.is(200)), ["n001", "n002"]);
    for other in ["TD69", "TD6", "TD681"] {
        let path = format!("/dealer-customers/{other}?cursor={cursor}");
        assert_eq!(
            stand.get(&path).send().await.faults(),
            ["/query/cursor invalid-cursor"],
            "{other}"
        );
    }
}

#[tokio::test]
async fn a_cursor_with_any_byte_flipped_cut_or_added_is_refused() {
    let stand = with_dealer_customers(&[("TD68", 3)]).await;
    let page = stand.get("/dealer-customers/TD68?limit=1").send().await;
    let cursor = page.is(200)["next"].as_str().expect("more").to_owned();
    let bytes = BASE64URL_NOPAD.decode(cursor.as_bytes()).expect("a cursor is base64url");
    let mut forged = vec![
        "x".to_owned(),
        "%00".to_owned(),
        "n000".to_owned(),
        "DCN%23n000".to_owned(),
        "a".repeat(6_000),
        format!("{cursor}="),
        format!("{cursor}A"),
    ];
    for place in 0..bytes.len() {
        for bit in [0x01, 0x20, 0x80] {
            let mut flipped = bytes.clone();
            flipped[place] ^= bit;
            forged.push(BASE64URL_NOPAD.encode(&flipped));
        }
        forged.push(BASE64URL_NOPAD.encode(&bytes[..place]));
    }
    for (place, _) in cursor.char_indices() {
        let other = if &cursor[place..=place] == "A" { "B" } else { "A" };
        forged.push(format!("{}{other}{}", &cursor[..place], &cursor[place + 1..]));
    }
    for cursor in forged.iter().filter(|cursor| !cursor.is_empty()) {
        let path = format!("/dealer-customers/TD68?cursor={cursor}");
        assert_eq!(
            stand.get(&path).send().await.faults(),
            ["/query/cursor invalid-cursor"],
            "{cursor}"
        );
    }
}

#[tokio::test]
async fn what_this_release_cannot_read_is_a_row_and_not_the_end_of_the_list() {
    let stand = with_dealer_customers(&[("TD68", 3)]).await;
    let items = stand.items("DEALER#TD68").await;
    stand.for_a_newer_release(item::key_of(&items[0])).await;
    let pages = async || {
        let mut found = (Vec::new(), Vec::new());
        let mut path = "/dealer-customers/TD68?limit=1".to_owned();
        loop {
            let page = stand.get(&path).send().await.is(200);
            found.0.extend(numbers(&page));
            found.1.extend(page["unreadable"].as_array().cloned().unwrap_or_default());
            match page["next"].as_str() {
                Some(next) => path = format!("/dealer-customers/TD68?limit=1&cursor={next}"),
                None => return found,
            }
        }
    };
    let (shown, unreadable) = pages().await;
    assert_eq!(shown, ["n001", "n002"]);
    assert_eq!(unreadable, [json!("TD68|n000")]);
    // What a dealer left out cannot be told without its customer.
    let customer = stand.items("BLOCK#").await.pop().expect("a customer");
    stand.for_a_newer_release(item::key_of(&customer)).await;
    let (shown, unreadable) = pages().await;
    assert_eq!(shown, Vec::<String>::new());
    assert_eq!(unreadable.len(), 3);
}
