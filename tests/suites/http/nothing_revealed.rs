//! What a dealer is told of things that are not its own: nothing that it did not send, but an identifier.

use domain::matching::comparison::Comparison;
use serde_json::{Value, json};

use crate::door::{Answer, Door, Event};

fn body(code: &str, number: &str) -> Value {
    json!({
        "dealerCode": code, "dealerCustomerNumber": number, "businessName": "ACME MINING",
        "address": { "line1": "100 example st.", "city": "westborough", "state": "MA", "postalCode": "01581", "country": "US" }
    })
}

/// The same customer as the master has it, with what only another dealer told.
fn theirs(number: &str) -> Value {
    json!({
        "dealerCode": "TD69", "dealerCustomerNumber": number, "businessName": "Acme Mining", "alternateName": "Qanari",
        "address": { "line1": "100 Example Street", "city": "Westborough", "state": "MA", "postalCode": "01581-7777", "country": "USA" },
        "email": "qanari@qanari.example", "phones": ["617-555-0142"]
    })
}

const SECRETS: [&str; 7] =
    ["Qanari", "qanari", "617-555-0142", "7777", "TD69", "SECRET-9", "Example Street"];

#[track_caller]
fn reveals_nothing(answer: &Answer) {
    for secret in SECRETS {
        let headers = format!("{:?}", answer.headers);
        assert!(
            !answer.body.contains(secret) && !headers.contains(secret),
            "{secret} in {answer:?}"
        );
    }
}

fn associate(body: &Value) -> Event {
    Event::new("POST", "/dealer-customers").json(body)
}

#[tokio::test]
async fn reads_of_a_foreign_thing_equal_reads_of_what_cannot_be() {
    let door = Door::open().await;
    let held = door.prepare(201, &associate(&theirs("SECRET-9"))).await.json();
    let held = held["customerOrganizationIdentifier"].as_str().expect("an identifier").to_owned();
    let who = json!({ "sub": "erp", "scope": "dealer", "dealer_codes": "TD68" });
    let ask = async |target: &str| door.send(&Event::new("GET", target).by(&who)).await;
    for (foreign, malformed) in [
        ("/dealer-customers/TD69/SECRET-9", "/dealer-customers/TD+9/SECRET-9"),
        ("/dealer-customers/TD69/SECRET-9", "/dealer-customers/TD69/SECRET 9"),
        ("/dealer-customers/TD69?limit=1", "/dealer-customers/nodealercode?limit=1"),
        (&format!("/customer-organizations/{held}"), "/customer-organizations/malformed"),
    ] {
        let (one, other) = (ask(foreign).await, ask(malformed).await);
        assert_eq!(one.told(), other.told(), "{foreign} and {malformed}");
        assert_eq!((one.status, one.problem().as_str()), (404, "not-found"));
    }
}

#[tokio::test]
async fn a_match_tells_the_identifier_and_how_fields_compare_and_no_value() {
    let door = Door::open().await;
    let held = door.prepare(201, &associate(&theirs("SECRET-9"))).await.json();
    let who = json!({ "sub": "erp", "scope": "dealer", "dealer_codes": "TD68" });
    for target in ["/dealer-customers?dryRun=true", "/dealer-customers"] {
        let matched = door
            .prepare(201, &Event::new("POST", target).json(&body("TD68", "OWN")).by(&who))
            .await;
        reveals_nothing(&matched);
        let matched = matched.json();
        // The number is told to whom the customer is associated with, and to nobody who only tries.
        let number = if target.contains("dryRun") { Value::Null } else { json!("000000001") };
        assert_eq!(matched["customerNumber"], number);
        assert_eq!(matched["customerOrganization"], "matched");
        assert_eq!(
            matched["customerOrganizationIdentifier"],
            held["customerOrganizationIdentifier"]
        );
        let compared = matched["match"].as_object().expect("an explanation");
        assert_eq!(compared["email"], "blank", "the caller gave none: {matched}");
        for (field, how) in compared {
            assert!(Comparison::ALL.iter().any(|known| how == known.name()), "{field}: {how}");
        }
    }
}

#[tokio::test]
async fn several_candidates_are_told_by_their_identifiers_only() {
    let door = Door::open().await;
    for _ in 0..3 {
        let unchecked = json!({ "type": "CWCustomerIn", "CustSoldTo": {
            "cst_duplicate": "N", "cst_company_name": "Acme Mining", "cst_fname": "Qanari", "cst_street_addr": "100 Example Street",
            "cst_city": "Westborough", "cst_state": "MA", "cst_zip": "01581-7777", "cst_country": "USA", "cst_email": "qanari@qanari.example",
            "cst_day_phone": "617-555-0142", "cst_email_status": "O1"
        } });
        door.prepare(201, &Event::new("POST", "/customers").json(&unchecked)).await;
    }
    let who = json!({ "sub": "erp", "scope": "dealer", "dealer_codes": "TD68" });
    let refused = door.prepare(409, &associate(&body("TD68", "OWN")).by(&who)).await;
    reveals_nothing(&refused);
    let refused = refused.json();
    let members: Vec<_> =
        refused.as_object().expect("an object").keys().map(String::as_str).collect();
    assert_eq!(members, ["candidates", "detail", "requestId", "status", "title", "type"]);
    let candidates = refused["candidates"].as_array().expect("candidates");
    assert_eq!(candidates.len(), 3);
    assert!(candidates.iter().all(Value::is_string), "{candidates:?}");
}

#[tokio::test]
async fn the_holder_of_a_taken_dcn_is_told_by_its_identifier_only() {
    let door = Door::open().await;
    let mut first = theirs("ignored");
    first["dealerCode"] = json!("TD68");
    first["dealerCustomerNumber"] = json!("OWN");
    door.prepare(201, &associate(&first)).await;
    let who = json!({ "sub": "erp", "scope": "dealer", "dealer_codes": "TD68" });
    for (name, same) in [("ACME MINING", true), ("Bagel Works", false)] {
        let mut again = body("TD68", "OWN");
        again["businessName"] = json!(name);
        let taken = door.prepare(400, &associate(&again).by(&who)).await;
        assert_eq!(taken.problem(), "dcn-already-associated");
        reveals_nothing(&taken);
        assert_eq!(taken.json()["sameOrganization"], same);
        let stranger = json!({ "sub": "erp", "scope": "dealer", "dealer_codes": "TD70" });
        let refused = door.prepare(403, &associate(&again).by(&stranger)).await;
        assert!(refused.json().get("sameOrganization").is_none());
        assert_eq!(refused.steps(), 0);
    }
}

#[tokio::test]
async fn a_dealer_sees_the_dealer_customers_of_its_own_dealers_and_no_others() {
    let door = Door::open().await;
    let held = door.prepare(201, &associate(&theirs("SECRET-9"))).await.json();
    door.prepare(201, &associate(&body("TD68", "OWN"))).await;
    let path = format!(
        "/customer-organizations/{}",
        held["customerOrganizationIdentifier"].as_str().expect("an identifier")
    );
    let cases: [(&str, Value, &[&str]); 5] = [
        ("dealer", json!("TD68"), &["TD68|OWN"]),
        ("dealer", json!("TD69"), &["TD69|SECRET-9"]),
        ("dealer", json!("*"), &["TD68|OWN", "TD69|SECRET-9"]),
        ("customers", json!(null), &["TD68|OWN", "TD69|SECRET-9"]),
        ("steward", json!(null), &["TD68|OWN", "TD69|SECRET-9"]),
    ];
    for (scope, codes, expected) in cases {
        let who = json!({ "sub": "erp", "scope": scope, "dealer_codes": codes });
        let shown = door.prepare(200, &Event::new("GET", &path).by(&who)).await.json();
        let shown = shown["dealerCustomers"].as_array().expect("a list").clone();
        let dcns: Vec<_> = shown.iter().map(|one| one["dcn"].as_str().expect("a DCN")).collect();
        assert_eq!(dcns, expected, "{who}");
    }
}
