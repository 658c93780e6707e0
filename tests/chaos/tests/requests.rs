//! One request of each kind, each with a business of its own, and what must be there before it.

use chaos::in_process_client::{Asking, InProcessClient};
use chaos::log::Intent;
use serde_json::{Value, json};

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

/// Prepares the client, and says what is to be asked. `turn` tells this business from all others.
pub(crate) async fn prepare(client: &mut InProcessClient, kind: &str, turn: u64) -> Asking {
    match kind {
        "associate, created" => associate(turn, None),
        "associate, found" => {
            client.decide(&before(turn, "N", "Westborough")).await;
            associate(turn, None)
        }
        "associate, given" => {
            let added = client.decide(&before(turn, "Y", "Westborough")).await;
            let identifier =
                added.body["customerOrganizationIdentifier"].as_str().expect("an identifier");
            associate(turn, Some(identifier))
        }
        "add, created" => add(turn, "Y", &json!({ "cst_relate_id": format!("R{turn}") })),
        "add, unchecked" => add(turn, "N", &json!({})),
        "add, updates a duplicate" => {
            client.decide(&before(turn, "Y", "Westborough")).await;
            add(turn, "S", &json!({ "cst_job_title": "Foreman" }))
        }
        "add, fails" => in_vain(add(turn, "Y", &json!({ "cst_city": "" }))),
        "change" => change(client, turn, &json!({ "cst_job_title": "Foreman" })).await,
        "change, moves" => change(client, turn, &json!({ "cst_zip": "01582" })).await,
        "change, takes a relate id" => {
            change(client, turn, &json!({ "cst_relate_id": format!("R{turn}") })).await
        }
        "reprocess, created" => reprocess(client, turn, json!({ "cst_city": "Westborough" })).await,
        "reprocess, fails" => reprocess(client, turn, json!({ "cst_state": "??" })).await,
        other => panic!("{other} is no kind of request"),
    }
}

/// Four letters at the end, so that each turn has a block of its own.
fn name(turn: u64) -> String {
    let letter = |place: u32| {
        char::from(b'A' + u8::try_from(turn / 26_u64.pow(place) % 26).expect("a letter"))
    };
    format!("Mining {}", (0..4).map(letter).collect::<String>())
}

fn add(turn: u64, check: &str, more: &Value) -> Asking {
    let mut message = json!({ "cst_company_name": name(turn), "cst_street_addr": "100 Example Street", "cst_city": "Westborough", "cst_state": "MA",
        "cst_zip": "01581", "cst_country": "USA", "cst_email_status": "O1", "cst_send_response": "Y", "cst_duplicate": check });
    for (attribute, value) in more.as_object().into_iter().flatten() {
        message[attribute] = value.clone();
    }
    let intent = Intent::Add {
        check: check.chars().next().expect("a letter"),
        identity: name(turn),
        quiet: false,
    };
    customers(turn, &message, intent)
}

/// What is there before the request: a customer, or with no city a request in error.
fn before(turn: u64, check: &str, city: &str) -> Asking {
    let mut asking = add(turn, check, &json!({ "cst_city": city }));
    asking.key = format!("before-{turn:020}");
    asking
}

fn in_vain(asking: Asking) -> Asking {
    Asking { intent: Intent::AddInVain, ..asking }
}

fn associate(turn: u64, given: Option<&str>) -> Asking {
    let mut body = json!({ "dealerCode": "TD68", "dealerCustomerNumber": format!("C{turn}"), "businessName": name(turn) });
    match given {
        Some(identifier) => body["customerOrganizationIdentifier"] = json!(identifier),
        None => {
            body["address"] = json!({ "line1": "100 Example Street", "city": "Westborough", "state": "MA", "postalCode": "01581", "country": "USA" });
        }
    }
    let intent =
        Intent::Associate { dcn: format!("TD68|C{turn}"), given: given.map(str::to_owned) };
    post(turn, "/dealer-customers", body, intent)
}

async fn change(client: &mut InProcessClient, turn: u64, what: &Value) -> Asking {
    let added = client.decide(&before(turn, "Y", "Westborough")).await;
    let mut message = what.clone();
    message["cst_cust_nbr"] = json!(added.location);
    message["cst_send_response"] = json!("Y");
    customers(turn, &message, Intent::Change)
}

async fn reprocess(client: &mut InProcessClient, turn: u64, patch: Value) -> Asking {
    let failed = client.decide(&in_vain(before(turn, "Y", ""))).await;
    let id = failed.location.expect("a request in error");
    let path = format!("/errors/{id}/reprocess");
    post(turn, &path, patch, Intent::Reprocess { id })
}

fn customers(turn: u64, message: &Value, intent: Intent) -> Asking {
    let body = json!({ "type": "CWCustomerIn", "CustSoldTo": message });
    post(turn, "/customers", body, intent)
}

fn post(turn: u64, path: &str, body: Value, intent: Intent) -> Asking {
    Asking { path: path.to_owned(), body, key: format!("key-{turn:020}"), intent }
}
