//! Names that try to be something else: control and bidirectional characters, and numbers that look like the table's own keys.

use serde_json::json;

use crate::door::{Door, Event};

/// Characters that hide, turn or break text.
const TRICKS: [(&str, char); 14] = [
    ("NUL", '\0'),
    ("backspace", '\u{8}'),
    ("tab", '\t'),
    ("line feed", '\n'),
    ("carriage return", '\r'),
    ("escape", '\u{1b}'),
    ("delete", '\u{7f}'),
    ("next line", '\u{85}'),
    ("right-to-left override", '\u{202e}'),
    ("right-to-left isolate", '\u{2067}'),
    ("zero width space", '\u{200b}'),
    ("byte order mark", '\u{feff}'),
    ("line separator", '\u{2028}'),
    ("a private character", '\u{e000}'),
];

#[tokio::test]
async fn control_and_bidirectional_characters_are_refused_or_stay_as_they_were() {
    let door = Door::open().await;
    for (at, (what, trick)) in TRICKS.into_iter().enumerate() {
        let name = format!("Acme{trick}Mining{at}");
        let add = json!({ "type": "CWCustomerIn", "CustSoldTo": {
            "cst_send_response": "Y", "cst_company_name": name, "cst_street_addr": "1 A", "cst_city": "Boston", "cst_state": "MA", "cst_zip": "02101", "cst_country": "USA", "cst_email_status": "O1"
        } });
        let added = door.send(&Event::new("POST", "/customers").json(&add)).await;
        match added.status {
            201 => {
                let path = added.header("location").expect("a place").to_owned();
                let shown = door.prepare(200, &Event::new("GET", &path)).await.json();
                assert_eq!(shown["CustSoldTo"]["cst_company_name"], name, "{what}");
            }
            422 => {
                let path = added.header("location").expect("a place").to_owned();
                let shown = door.prepare(200, &Event::new("GET", &path)).await.json();
                assert_eq!(shown["message"]["CustSoldTo"]["cst_company_name"], name, "{what}");
            }
            _ => panic!("{what}: {added:?}"),
        }
        let associate = json!({
            "dealerCode": "TD68", "dealerCustomerNumber": format!("T{at}"), "businessName": name,
            "address": { "line1": "1 A", "city": "Boston", "state": "MA", "postalCode": "02101", "country": "USA" }
        });
        let associated = door.send(&Event::new("POST", "/dealer-customers").json(&associate)).await;
        assert_eq!(
            associated.status,
            if added.status == 201 { 201 } else { 400 },
            "{what} is judged the same at both doors: {associated:?}"
        );
        for header in associated.headers.values().chain(added.headers.values()) {
            assert!(header.as_bytes().iter().all(|byte| (0x20..0x7f).contains(byte)), "{what}");
        }
    }
    let csv = door.prepare(200, &Event::new("GET", "/errors.csv")).await;
    for (what, trick) in
        TRICKS.into_iter().filter(|(_, trick)| trick.is_control() && !matches!(trick, '\n' | '\r'))
    {
        assert!(!csv.line.values().any(|value| value.to_string().contains(trick)), "{what}");
    }
}

/// Texts that look like keys of the table, or like other texts.
const LOOK_ALIKES: [&str; 16] = [
    "BLOCK#0123456789ABCDEF",
    "SEAT#000001",
    "DCN#OWN",
    "DEALER#TD68",
    "COUNTER#CUSTOMER",
    "KEY#x",
    "ERROR#0123456789ABCDEF",
    "ALTERNATE#7",
    "RELATE#7",
    "A|B",
    "A/B",
    "A#B",
    "..",
    "７",
    "%23",
    "#",
];

#[tokio::test]
async fn numbers_that_look_like_keys_claim_nothing_but_themselves() {
    let door = Door::open().await;
    let mut numbers = Vec::new();
    for (at, text) in LOOK_ALIKES.into_iter().enumerate() {
        for attribute in ["cst_interface_cust_nbr", "cst_relate_id"] {
            let add = json!({ "type": "CWCustomerIn", "CustSoldTo": {
                "cst_send_response": "Y", "cst_lname": format!("Robinson{at}"), "cst_street_addr": format!("{at} {attribute}"), "cst_city": "Boston", "cst_state": "MA",
                "cst_zip": "02101", "cst_country": "USA", "cst_email_status": "O1", (attribute): text
            } });
            let added =
                door.prepare(201, &Event::new("POST", "/customers").json(&add)).await.json();
            numbers.push(added["CustSoldTo"]["cst_cust_nbr"].clone());
            let again =
                door.prepare(200, &Event::new("POST", "/customers").json(&add)).await.json();
            assert_eq!(
                again["CustSoldTo"]["cst_cust_nbr"],
                numbers[numbers.len() - 1],
                "{text} names the customer that has it"
            );
        }
        let associate = json!({
            "dealerCode": "TD68", "dealerCustomerNumber": text, "businessName": "Acme",
            "address": { "line1": "1 A", "city": "Boston", "state": "MA", "postalCode": "02101", "country": "USA" }
        });
        let refused =
            door.prepare(400, &Event::new("POST", "/dealer-customers").json(&associate)).await;
        assert_eq!(
            (refused.problem().as_str(), refused.steps()),
            ("invalid-request", 0),
            "{text} is no dealer customer number"
        );
    }
    let all = numbers.len();
    numbers.sort_by_key(ToString::to_string);
    numbers.dedup();
    assert_eq!(numbers.len(), all, "each text is another customer's");
}
