//! Stewards: one story of requests in error, and the console.

use domain::message::Attribute;
use domain::message::edits::EditCode;
use domain::request::RequestInErrorId;
use domain::time::Timestamp;
use kit::fixture::{Fixture, request_in_error, with, without_city};
use serde_json::json;

use crate::Story;

pub(crate) const STORY: Story = &[
    ("list", 200, "/errors/0/id", "0000000000000004"),
    ("list-filtered", 200, "/errors/0/name", "Julie Robinson"),
    ("list-bad-filter", 400, "/errors/0/pointer", "/query/state"),
    ("list-without-scope", 403, "/type", "/problems/forbidden"),
    ("list-without-claims", 401, "/type", "/problems/unauthenticated"),
    ("list-method-not-allowed", 405, "/type", "/problems/method-not-allowed"),
    ("show", 200, "/errors/0/code", "city-blank"),
    ("show-unknown", 404, "/type", "/problems/not-found"),
    ("correct-version-missing", 428, "/type", "/problems/version-required"),
    ("correct-version-mismatch", 412, "/type", "/problems/version-mismatch"),
    ("correct-unknown-attribute", 400, "/errors/0/pointer", "/cst_favourite"),
    ("correct-not-base64", 400, "/errors/0/pointer", "/body"),
    ("correct-xml", 415, "/type", "/problems/unsupported-media-type"),
    ("correct-dry-run", 200, "/message/CustSoldTo/cst_city", "Westborough"),
    ("correct", 200, "/history/1/who", "steward-anna"),
    ("reprocess-dry-run", 201, "/CustSoldTo/cst_action_result", "Success"),
    ("reprocess", 201, "/CustSoldTo/cst_cust_nbr", "000000001"),
    ("reprocess-already-resolved", 409, "/customerNumber", "000000001"),
    ("reprocess-failure", 422, "/CustSoldTo/Error/0/code", "city-blank"),
    ("reprocess-with-patch-and-key", 201, "/CustSoldTo/cst_cust_nbr", "000000002"),
    ("reprocess-with-patch-and-key-again", 201, "/CustSoldTo/cst_cust_nbr", "000000002"),
    ("reprocess-key-reused", 422, "/type", "/problems/idempotency-key-reused"),
    ("reprocess-duplicate", 409, "/CustSoldTo/cst_action_result", "Duplicate"),
    ("reprocess-many-dry-run", 200, "/results/1/outcome", "failure"),
    ("reprocess-many-with-patch-dry-run", 200, "/results/0/outcome", "success"),
    ("reprocess-many-by-ids", 200, "/results/1/outcome", "already-resolved"),
    ("reprocess-many-by-cause", 200, "/results/0/id", "0000000000000004"),
    ("reprocess-many-without-choice", 400, "/errors/0/pointer", "/ids"),
    ("export", 200, "", "0000000000000004"),
    ("assign-version-missing", 428, "/type", "/problems/version-required"),
    ("assign", 200, "/assignedTo", "bert"),
    ("assign-nobody", 200, "/history/2/what", "assigned"),
    ("note", 200, "/history/3/text", "The shop is asked for the city."),
    ("note-without-text", 400, "/errors/0/pointer", "/text"),
    ("reopen-already-open", 409, "/type", "/problems/already-open"),
    ("delete-version-missing", 428, "/type", "/problems/version-required"),
    ("delete-dry-run", 200, "/state", "deleted"),
    ("delete-with-reason-dry-run", 200, "/state", "deleted"),
    ("delete", 204, "", ""),
    ("delete-already-deleted", 409, "/type", "/problems/already-deleted"),
    ("reopen", 200, "/history/3/what", "reopened"),
    ("console", 200, "", "<html lang=\"en\">"),
    ("console-file", 200, "", "import"),
    ("console-file-unknown", 404, "/type", "/problems/not-found"),
    ("console-uncompressed", 200, "", "<html lang=\"en\">"),
    ("console-not-modified", 304, "", ""),
    ("contract", 200, "", "openapi: 3.1.0"),
    ("contract-not-modified", 304, "", ""),
];

/// The requests in error that the events name: four without a city, the third a duplicate of the first.
pub(crate) async fn plant(master: &Fixture) {
    let others = [
        ("Robinson", json!({})),
        ("Dryer", json!({})),
        ("Robinson", json!({ "cst_duplicate": "Y" })),
        ("Okafor", json!({})),
    ];
    for (number, (name, others)) in (1..).zip(others) {
        let attributes = with(without_city(name), &others);
        let at = Timestamp::from_millis(1_790_000_000_000 + number);
        let mut request = request_in_error(&attributes, (Attribute::CITY, EditCode::CityBlank), at);
        request.id = RequestInErrorId::parse(&format!("{number:016}")).expect("an id");
        master.plant(&request).await;
    }
}
