//! One request of each kind, each with a business of its own, and what must be there before it.

use serde_json::{Value, json};
use tests::chaos::desk::{Asking, Desk};

/// The kinds of requests that take a key.
pub(crate) const KINDS: [&str; 12] = [
    "associate, created",
    "associate, found",
    "associate, given",
    "add, created",
    "add, unchecked",
    "add, updates a duplicate",
    "add, fails",
    "change",
    "change, moves",
    "change, takes a relate id",
    "reprocess, created",
    "reprocess, fails",
];

/// Prepares the desk, and says what is to be asked. `turn` tells this business from all others.
pub(crate) async fn prepare(desk: &mut Desk, kind: &str, turn: u64) -> Asking {
    let key = Some(format!("key-{turn:020}"));
    match kind {
        "associate, created" => associate(turn, false, key),
        "associate, found" => {
            desk.decide(&add(turn, "N", &json!({}), None)).await;
            associate(turn, false, key)
        }
        "associate, given" => {
            let added = desk.decide(&add(turn, "Y", &json!({}), None)).await;
            let mut asking = associate(turn, true, key);
            asking.body["customerOrganizationIdentifier"] =
                added.body["customerOrganizationIdentifier"].clone();
            asking
        }
        "add, created" => add(
            turn,
            "Y",
            &json!({ "cst_relate_id": format!("R{turn}") }),
            key,
        ),
        "add, unchecked" => add(turn, "N", &json!({}), key),
        "add, updates a duplicate" => {
            desk.decide(&add(turn, "Y", &json!({}), None)).await;
            add(turn, "S", &json!({ "cst_job_title": "Foreman" }), key)
        }
        "add, fails" => add(turn, "Y", &json!({ "cst_city": "" }), key),
        "change" => change(desk, turn, &json!({ "cst_job_title": "Foreman" }), key).await,
        "change, moves" => change(desk, turn, &json!({ "cst_zip": "01582" }), key).await,
        "change, takes a relate id" => {
            change(
                desk,
                turn,
                &json!({ "cst_relate_id": format!("R{turn}") }),
                key,
            )
            .await
        }
        "reprocess, created" => {
            reprocess(desk, turn, json!({ "cst_city": "Westborough" }), key).await
        }
        "reprocess, fails" => reprocess(desk, turn, json!({ "cst_state": "??" }), key).await,
        other => panic!("{other} is no kind of request"),
    }
}

/// Four letters, so that each turn has a block of its own.
fn name(turn: u64) -> String {
    let letter = |place: u32| {
        char::from(b'A' + u8::try_from(turn / 26_u64.pow(place) % 26).expect("a letter"))
    };
    format!("{} Mining", (0..4).map(letter).collect::<String>())
}

fn add(turn: u64, check: &str, more: &Value, key: Option<String>) -> Asking {
    let mut message = json!({ "cst_company_name": name(turn), "cst_street_addr": "100 Example Street", "cst_city": "Westborough", "cst_state": "MA",
        "cst_zip": "01581", "cst_country": "USA", "cst_email_status": "O1", "cst_send_response": "Y", "cst_duplicate": check });
    for (attribute, value) in more.as_object().into_iter().flatten() {
        message[attribute] = value.clone();
    }
    post(
        "/customers",
        json!({ "type": "CWCustomerIn", "CustSoldTo": message }),
        key,
    )
}

fn associate(turn: u64, given: bool, key: Option<String>) -> Asking {
    let mut body = json!({ "dealerCode": "TD68", "dealerCustomerNumber": format!("C{turn}"), "businessName": name(turn) });
    if !given {
        body["address"] = json!({ "line1": "100 Example Street", "city": "Westborough", "state": "MA", "postalCode": "01581", "country": "USA" });
    }
    post("/dealer-customers", body, key)
}

async fn change(desk: &mut Desk, turn: u64, what: &Value, key: Option<String>) -> Asking {
    let added = desk.decide(&add(turn, "Y", &json!({}), None)).await;
    let mut message = what.clone();
    message["cst_cust_nbr"] = json!(added.location);
    message["cst_send_response"] = json!("Y");
    post(
        "/customers",
        json!({ "type": "CWCustomerIn", "CustSoldTo": message }),
        key,
    )
}

async fn reprocess(desk: &mut Desk, turn: u64, patch: Value, key: Option<String>) -> Asking {
    let failed = desk
        .decide(&add(turn, "Y", &json!({ "cst_city": "" }), None))
        .await;
    let id = failed.location.expect("a request in error");
    post(&format!("/errors/{id}/reprocess"), patch, key)
}

fn post(path: &str, body: Value, key: Option<String>) -> Asking {
    Asking {
        method: "POST",
        path: path.to_owned(),
        body,
        key,
    }
}
