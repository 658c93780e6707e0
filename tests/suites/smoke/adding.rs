//! An order-management system adds a customer, meets its duplicate, changes it, and reads it.

use serde_json::json;

use crate::stage::{Stage, number};

#[tokio::test]
async fn a_message_adds_a_customer_whose_duplicate_is_found_and_who_can_be_changed() {
    let stage = Stage::open().await;
    let message = stage.message("Y");
    let added = stage.post("/customers").json(&message).send().await;
    let added = number(&added.is(201));

    let duplicate = stage.post("/customers").json(&message).send().await;
    assert_eq!(number(&duplicate.is(409)), added, "{duplicate}");

    let mut change = message;
    change["CustSoldTo"]["cst_cust_nbr"] = json!(added);
    change["CustSoldTo"]["cst_fname"] = json!("Changed");
    let changed = stage.post("/customers").json(&change).send().await;
    assert_eq!(number(&changed.is(200)), added, "{changed}");

    let read = stage.get(&format!("/customers/{added}")).send().await;
    assert!(read.is(200).to_string().contains("Changed"), "{read}");
    stage.erase(&added).await;
    let erased = stage.get(&format!("/customers/{added}")).send().await;
    assert!(!erased.text.contains(&stage.name), "{erased}");
}

#[tokio::test]
async fn a_message_in_xml_is_answered_in_xml() {
    let stage = Stage::open().await;
    let body = format!(
        r#"<Message type="CWCustomerIn" source="SMOKE"><CustSoldTo cst_send_response="Y" cst_duplicate="N" cst_fname="Smoke" cst_lname="{name}"
        cst_street_addr="{name} Example Street" cst_city="Westborough" cst_state="MA" cst_zip="01581" cst_country="USA" cst_email_status="O1"/></Message>"#,
        name = stage.name
    );
    let request = stage.post("/customers?dryRun=true").body(body);
    let answer = request.header(reqwest::header::CONTENT_TYPE, "application/xml").send().await;
    assert_eq!(answer.status, 201, "{answer}");
    assert!(answer.text.contains(r#"type="CWCustomerOut""#), "{answer}");
}
