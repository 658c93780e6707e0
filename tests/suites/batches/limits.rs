//! What is too much is refused whole, but for a row that is too large.

use api::batch::{MAX_BATCH, MAX_ROWS};
use api::call::MAX_BODY;
use kit::fixture::{Fixture, acme_as};
use serde_json::{Value, json};

use crate::{add, expected, lines, sent, told};

/// The two routes, each with a row that it takes.
fn routes() -> [(&'static str, Value); 2] {
    [("/customers/batch", add("Robinson", "Y")), ("/dealer-customers/batch", acme_as("TD68", "1"))]
}

#[tokio::test]
async fn a_batch_has_a_row_and_at_most_a_hundred() {
    let master = Fixture::new().await;
    for (path, row) in routes() {
        for rows in [0, MAX_ROWS + 1] {
            let answer = sent(&master, path, &vec![row.clone(); rows], None).await;
            assert_eq!(answer.faults(), [" too-many"], "{answer}");
            let content_type = reqwest::header::CONTENT_TYPE;
            let request = master.post(path).header(content_type, "application/x-ndjson");
            let answer = request.body(lines(&vec![row.clone(); rows])).send().await;
            assert_eq!(answer.faults(), [" too-many"], "{answer}");
        }
    }
    assert_eq!((master.customers().await.len(), master.dealer_customers().await), (0, 0));
}

#[tokio::test]
async fn a_batch_has_a_mebibyte_and_each_row_as_much_as_a_body_of_its_own() {
    let master = Fixture::new().await;
    for (path, row) in routes() {
        // Blanks within a row are its own.
        let padded = |length: usize| {
            let text = row.to_string();
            format!("{}{}}}", &text[..text.len() - 1], " ".repeat(length - text.len()))
        };
        let send = async |rows: &[String]| {
            let content_type = reqwest::header::CONTENT_TYPE;
            let request = master.post(path).header(content_type, "application/json");
            request.body(format!("[{}]", rows.join(","))).send().await
        };
        let answer = send(&[padded(MAX_BODY), padded(MAX_BODY + 1)]).await;
        let rows = [(201, "success", None), (413, "refused", None)];
        assert_eq!(told(&answer), expected(&rows), "{answer}");
        let eight = vec![padded(MAX_BODY - 1); MAX_BATCH / MAX_BODY];
        let mut fitting = eight.clone();
        fitting[0] = padded(MAX_BODY - 2);
        assert_eq!(send(&fitting).await.status, 200);
        let answer = send(&eight).await;
        answer.is_problem(413, "too-large");
    }
}

#[tokio::test]
async fn what_is_no_batch_is_refused_whole() {
    let master = Fixture::new().await;
    for (path, row) in routes() {
        let before = master.records().await;
        for (body, fault) in [
            (json!({ "rows": [row] }).to_string(), " wrong-kind"),
            (format!("[{row},]"), " not-json"),
            (format!("[{row}] {row}"), " not-json"),
            (String::new(), " empty-body"),
        ] {
            let content_type = reqwest::header::CONTENT_TYPE;
            let request = master.post(path).header(content_type, "application/json");
            let answer = request.body(body).send().await;
            assert_eq!(answer.faults(), [fault], "{answer}");
        }
        let request = master.post(&format!("{path}?dryRun=perhaps&colour=1"));
        let answer = request.json(&json!([row])).key("a, b").send().await;
        assert_eq!(
            answer.faults(),
            [
                "/headers/Idempotency-Key invalid-idempotency-key",
                "/query/colour unknown-parameter",
                "/query/dryRun invalid-flag"
            ],
            "{answer}"
        );
        let content_type = reqwest::header::CONTENT_TYPE;
        let xml = master.post(path).header(content_type, "application/xml").body("<Message/>");
        xml.send().await.is_problem(415, "unsupported-media-type");
        kit::fixture::unchanged(&before, &master.records().await, &path);
    }
}
