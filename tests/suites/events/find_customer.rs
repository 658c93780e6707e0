//! Look-ups of one customer with a past, its history, and what changed.

use kit::fixture::Fixture;
use local::event_lines::EventLines;
use serde_json::{Value, json};

use crate::Story;

pub(crate) const STORY: Story = &[
    ("find-by-name", 200, "/customers/0/customerNumber", "000000001"),
    ("find-by-email", 200, "/customers/0/name", "Julie Robinson"),
    ("find-by-phone", 200, "/customers/0/customerNumber", "000000001"),
    ("find-by-dcn", 200, "/customers/0/customerNumber", "000000001"),
    ("find-formerly", 200, "/customers/0/foundBy/0", "email"),
    ("find-nobody", 200, "", r#"{"customers":[],"next":null}"#),
    ("find-nothing-asked", 400, "/errors/0/code", "nothing-asked"),
    ("find-name-too-short", 400, "/errors/0/code", "name-too-short"),
    ("read", 200, "/CustSoldTo/cst_email", "julie@example.com"),
    ("read-unknown", 404, "/type", "/problems/not-found"),
    ("read-version", 200, "/CustSoldTo/cst_email", "formerly@example.com"),
    ("read-not-yet", 404, "/type", "/problems/not-found"),
    ("history", 200, "/history/1/what", "updated"),
    ("possible-duplicates", 200, "/possibleDuplicates/0/customer/name", "Julie Robinsen"),
    ("list-possible-duplicates", 200, "/possibleDuplicates/0/grade", "likely"),
    ("possible-duplicates-as-customers", 403, "/type", "/problems/forbidden"),
    ("changes", 200, "/changes/0/id", "customer/000000001/1"),
    ("changes-bad-place", 400, "/errors/0/code", "invalid-cursor"),
    ("changes-as-steward", 403, "/type", "/problems/forbidden"),
    ("try-rules", 200, "/customers/0/then", "different"),
    ("try-rules-on-a-block", 200, "", r#"{"pairs":[],"customers":[],"block":[]}"#),
    ("try-rules-on-nobody", 400, "/errors/1/code", "required"),
    ("without-scope", 403, "/type", "/problems/forbidden"),
    ("without-claims", 401, "/type", "/problems/unauthenticated"),
    ("method-not-allowed", 405, "/type", "/problems/method-not-allowed"),
];

/// A customer that was changed once and associated, with all that follows.
pub(crate) async fn plant(master: &Fixture) {
    let mut following = master.stand.following(EventLines::default()).await.expect("a stream");
    let message = |attributes: Value| json!({ "type": "CWCustomerIn", "CustSoldTo": attributes });
    let julie = json!({
        "cst_send_response": "Y", "cst_fname": "Julie", "cst_lname": "Robinson", "cst_street_addr": "100 Example Street", "cst_city": "Westborough",
        "cst_state": "MA", "cst_zip": "01581", "cst_country": "USA", "cst_email": "formerly@example.com", "cst_email_status": "O1",
        "cst_day_phone": "508-555-0100"
    });
    let created = master.post("/customers").json(&message(julie)).send().await.is(201);
    let changed =
        json!({ "cst_send_response": "Y", "cst_cust_nbr": "1", "cst_email": "julie@example.com" });
    master.post("/customers").json(&message(changed)).send().await.is(200);
    let mistyped = json!({
        "cst_fname": "Julie", "cst_lname": "Robinsen", "cst_street_addr": "100 Exampel Street", "cst_city": "Westborough", "cst_state": "MA",
        "cst_zip": "01581", "cst_country": "USA", "cst_email_status": "O1"
    });
    master.post("/customers").json(&message(mistyped)).send().await.is_empty(201);
    let associate = json!({
        "dealerCode": "TD68", "dealerCustomerNumber": "245TRSSDG343456",
        "customerOrganizationIdentifier": created["customerOrganizationIdentifier"]
    });
    master.associate(&associate).await.is(201);
    following.drain().await.expect("the stream is read");
}
