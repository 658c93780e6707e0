//! Cursors that no list gave out, and those that one did, for another.
//!
//! A cursor is base64url, and its first byte is the version of its form.

use data_encoding::BASE64URL_NOPAD;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::rights::{OWNER, RELEASED};
use super::world;
use crate::door::{Door, Event};

/// A cursor of the first form, which anybody could make: it was checked by a hash without a secret.
pub(crate) fn of_the_first_form(list: &str, position: &str) -> String {
    let hash = Sha256::new()
        .chain_update(b"customer-master/cursor/1\0")
        .chain_update((list.len() as u64).to_be_bytes())
        .chain_update(list)
        .chain_update(position)
        .finalize();
    BASE64URL_NOPAD.encode(&[&[1], position.as_bytes(), &hash[..8]].concat())
}

/// The positions that the first form had in its lists.
pub(crate) const POSITIONS: [&str; 4] = ["", "TD00|0", "SECRET-9", "2026-11-23T10:00:00.000Z#A"];

/// Cursors that are none: bytes at random, and a genuine one with bits flipped, of another version, cut and lengthened.
pub(crate) fn forged(genuine: &str) -> Vec<String> {
    let mut chance = fastrand::Rng::with_seed(12);
    let bytes = BASE64URL_NOPAD.decode(genuine.as_bytes()).expect("a cursor is base64url");
    let mut forged: Vec<Vec<u8>> = [1, 9, 33, 64]
        .map(|length| std::iter::repeat_with(|| chance.u8(..)).take(length).collect())
        .to_vec();
    for at in [0, bytes.len() / 2, bytes.len() - 1] {
        let mut flipped = bytes.clone();
        flipped[at] ^= 1 << chance.u8(0..8);
        forged.push(flipped);
    }
    for version in [0, 1, 2, 3, 255] {
        let mut other = bytes.clone();
        other[0] = version;
        forged.push(other);
    }
    forged.push(bytes[..bytes.len() - 1].to_vec());
    forged.push([bytes.as_slice(), &[0]].concat());
    forged.retain(|forged| *forged != bytes);
    forged.iter().map(|forged| BASE64URL_NOPAD.encode(forged)).collect()
}

/// What is not even the text of a cursor, as it stands in a query.
pub(crate) const MALFORMED: [&str; 6] = ["AQ", "%00", "%ff", "null", "..%2f..%2fx", "=%3D"];

/// The cursor with each of its characters changed to others, cut short and made longer.
fn bent(cursor: &str) -> Vec<String> {
    let mut bent = Vec::new();
    for at in 0..cursor.len() {
        let others = ["A", "z", "-", "_", "=", "%00", "%ff"];
        let others = others.into_iter().filter(|other| &cursor[at..=at] != *other);
        bent.extend(others.map(|other| format!("{}{other}{}", &cursor[..at], &cursor[at + 1..])));
        bent.push(cursor[..at].to_owned());
    }
    bent.extend([
        format!("{cursor}A"),
        format!("{cursor}="),
        format!("{cursor}{cursor}"),
        format!("A{cursor}"),
        "A".repeat(4_000),
    ]);
    bent.retain(|text| !text.is_empty());
    bent
}

/// A list with a second page, a caller with the right to it, and the cursor that this caller got.
struct List {
    target: String,
    name: String,
    claims: Value,
    cursor: String,
}

async fn lists(door: &Door) -> Vec<List> {
    let organization = world::organization(door).await;
    let mut other = world::association(RELEASED, "OTHER-9");
    other["businessName"] = json!("Qanari Bagels");
    let other =
        door.prepare(201, &Event::new("POST", "/dealer-customers").json(&other)).await.json();
    let other = other["customerOrganizationIdentifier"].as_str().expect("an identifier").to_owned();
    world::associate_many(door, OWNER, &organization, 101).await;
    world::associate_many(door, RELEASED, &other, 101).await;
    for _ in 0..3 {
        let empty = json!({ "type": "CWCustomerIn", "CustSoldTo": {} });
        door.prepare(422, &Event::new("POST", "/customers").json(&empty)).await;
    }
    let dealer = json!({ "sub": "erp", "scope": "dealer", "dealer_codes": [OWNER, RELEASED] });
    let another = json!({ "sub": "erp-2", "scope": "dealer", "dealer_codes": [OWNER, RELEASED] });
    let oms = json!({ "sub": "oms", "scope": "customers", "dealer_codes": "*" });
    let steward = json!({ "sub": "steward", "scope": "steward" });
    let mut lists = Vec::new();
    for (path, parameters, claims) in [
        (format!("/dealer-customers/{OWNER}"), "limit=1&", &dealer),
        (format!("/dealer-customers/{RELEASED}"), "limit=1&", &dealer),
        (format!("/dealer-customers/{OWNER}"), "limit=1&", &another),
        (format!("/customer-organizations/{organization}"), "", &dealer),
        (format!("/customer-organizations/{organization}"), "", &another),
        (format!("/customer-organizations/{organization}"), "", &oms),
        (format!("/customer-organizations/{other}"), "", &dealer),
        ("/errors".to_owned(), "limit=1&", &steward),
    ] {
        let name = path[1..].to_owned();
        let target = format!("{path}?{parameters}");
        let cursor = world::cursor(door, &target, claims).await;
        lists.push(List { target, name, claims: claims.clone(), cursor });
    }
    lists
}

/// What was wrong with the answer to a cursor that had to be refused.
async fn refused(door: &Door, list: &List, cursor: &str, why: &str, wrong: &mut Vec<String>) {
    let target = format!("{}cursor={cursor}", list.target);
    let answer = door.send(&Event::new("GET", &target).by(&list.claims)).await;
    let expected = if cursor.contains("%ff") { "not-utf-8" } else { "invalid-cursor" };
    let is_refused = answer.status == 400
        && answer.problem() == "invalid-request"
        && answer.json()["errors"][0]["code"] == expected
        // Of an organization the right is looked up first.
        && (answer.steps() == 0 || list.name.starts_with("customer-organizations"));
    if !is_refused {
        let body: String = answer.body.chars().take(200).collect();
        wrong.push(format!("{why} cursor: {target} by {}: {} {body}", list.claims, answer.status));
    }
}

#[tokio::test]
async fn a_cursor_is_taken_whole_by_its_own_list_and_from_its_own_caller_only() {
    let door = Door::open().await;
    let lists = lists(&door).await;
    let mut wrong = Vec::new();
    for list in &lists {
        let target = format!("{}cursor={}", list.target, list.cursor);
        door.prepare(200, &Event::new("GET", &target).by(&list.claims)).await;
        for other in &lists {
            if (&other.target, &other.claims) != (&list.target, &list.claims) {
                refused(&door, list, &other.cursor, "foreign", &mut wrong).await;
            }
        }
        for position in POSITIONS {
            let old = of_the_first_form(&list.name, position);
            refused(&door, list, &old, "first-form", &mut wrong).await;
        }
        for cursor in forged(&list.cursor) {
            refused(&door, list, &cursor, "forged", &mut wrong).await;
        }
        for cursor in bent(&list.cursor).iter().map(String::as_str).chain(MALFORMED) {
            refused(&door, list, cursor, "bent", &mut wrong).await;
        }
    }
    assert!(wrong.is_empty(), "{} cursors were taken:\n{}", wrong.len(), wrong.join("\n"));
}

#[tokio::test]
async fn a_cursor_in_a_body_is_taken_whole_by_its_own_list_and_from_its_own_caller_only() {
    let door = Door::open().await;
    let lists = lists(&door).await;
    let steward = json!({ "sub": "steward", "scope": "steward" });
    let another = json!({ "sub": "another", "scope": "steward" });
    let ask = async |cursor: &Value, claims: &Value| {
        let body = json!({ "code": "city-blank", "limit": 1, "cursor": cursor });
        let event = Event::new("POST", "/errors/reprocess?dryRun=true").by(claims).json(&body);
        let answer = door.send(&event).await;
        (answer.status, answer.json())
    };
    let (status, first) = ask(&Value::Null, &steward).await;
    assert_eq!(status, 200, "{first}");
    let own = first["next"].as_str().expect("a second page");
    assert_eq!(ask(&json!(own), &steward).await.0, 200, "its own");
    let mut cursors = forged(own);
    cursors.extend(bent(own).into_iter().filter(|cursor| !cursor.contains('%')));
    cursors.extend(POSITIONS.map(|position| of_the_first_form("errors", position)));
    let dealers = lists.iter().filter(|list| !list.target.starts_with("/errors"));
    cursors.extend(dealers.map(|list| list.cursor.clone()));
    let refused = cursors.iter().map(|cursor| (cursor.as_str(), &steward)).chain([(own, &another)]);
    for (cursor, claims) in refused {
        let (status, body) = ask(&json!(cursor), claims).await;
        let code = &body["errors"][0]["code"];
        assert_eq!((status, code), (400, &json!("invalid-cursor")), "{cursor} by {claims}: {body}");
    }
}
