//! Cursors: only a cursor that a list gave out is taken, and by that list alone.

use serde_json::{Value, json};

use crate::door::{Door, Event};

const CODES: [&str; 2] = ["TD68", "TD69"];

/// Every list with more than one page, each with the cursor of its second.
async fn lists(door: &Door) -> Vec<(String, String)> {
    let mut identifier = String::new();
    for code in CODES {
        for number in 0..102 {
            if number > 2 && code == "TD69" {
                break;
            }
            let mut body = json!({
                "dealerCode": code, "dealerCustomerNumber": format!("N{number}"), "businessName": "Acme Mining",
                "address": { "line1": "100 Example Street", "city": "Westborough", "state": "MA", "postalCode": "01581", "country": "USA" }
            });
            if !identifier.is_empty() {
                body["customerOrganizationIdentifier"] = json!(identifier);
            }
            let made = door
                .prepare(201, &Event::new("POST", "/dealer-customers").json(&body))
                .await
                .json();
            identifier =
                made["customerOrganizationIdentifier"].as_str().expect("an identifier").to_owned();
        }
    }
    for _ in 0..3 {
        door.prepare(
            422,
            &Event::new("POST", "/customers")
                .json(&json!({ "type": "CWCustomerIn", "CustSoldTo": {} })),
        )
        .await;
    }
    let mut lists = Vec::new();
    for target in [
        "/dealer-customers/TD68?limit=1",
        "/dealer-customers/TD69?limit=1",
        &format!("/customer-organizations/{identifier}?"),
        "/errors?limit=1",
    ] {
        let page = door.prepare(200, &Event::new("GET", target)).await.json();
        lists.push((
            target.to_owned(),
            page["next"]
                .as_str()
                .unwrap_or_else(|| panic!("{target} has a second page"))
                .to_owned(),
        ));
    }
    lists
}

/// The cursor with each of its characters changed to others, cut short and made longer.
fn bent(cursor: &str) -> Vec<String> {
    let mut bent = Vec::new();
    for at in 0..cursor.len() {
        for other in ["A", "z", "-", "_", "=", "%00", "%ff"] {
            if &cursor[at..=at] != other {
                bent.push(format!("{}{other}{}", &cursor[..at], &cursor[at + 1..]));
            }
        }
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

#[tokio::test]
async fn a_cursor_is_taken_whole_and_by_its_own_list_only() {
    let door = Door::open().await;
    let lists = lists(&door).await;
    for (target, cursor) in &lists {
        door.prepare(200, &Event::new("GET", &format!("{target}&cursor={cursor}"))).await;
        for (other, _) in lists.iter().filter(|(other, _)| other != target) {
            let answer = door.send(&Event::new("GET", &format!("{other}&cursor={cursor}"))).await;
            assert_eq!(
                (answer.status, answer.steps()),
                (400, 0),
                "the cursor of {target} at {other}: {answer:?}"
            );
        }
        for cursor in bent(cursor) {
            let answer = door.send(&Event::new("GET", &format!("{target}&cursor={cursor}"))).await;
            assert_eq!(
                (answer.status, answer.steps()),
                (400, 0),
                "{cursor} at {target}: {answer:?}"
            );
            assert_eq!(
                answer.json()["errors"][0]["code"],
                if cursor.contains("%ff") { "not-utf-8" } else { "invalid-cursor" },
                "{cursor}"
            );
        }
        let bulk = |cursor: &Value| {
            Event::new("POST", "/errors/reprocess?dryRun=true")
                .json(&json!({ "code": "city-blank", "cursor": cursor }))
        };
        let expected = if target.starts_with("/errors") { 200 } else { 400 };
        assert_eq!(
            door.send(&bulk(&json!(cursor))).await.status,
            expected,
            "the cursor of {target} in a body"
        );
    }
}
