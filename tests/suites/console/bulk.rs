//! Bulk reprocessing in the page: progress, a result per line, and partial failure.

use serde_json::json;

use crate::browser::with_page;
use crate::world::{World, person};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bulk_with_partial_failure_tells_the_result_of_each() {
    with_page("bulk", async |page| {
        let strict = World::new().await;
        let mut ids = Vec::new();
        for number in 0..12 {
            let others = json!({ "cst_country": null, "cst_lname": format!("Number {number}") });
            ids.push(strict.refused(&person(&others)).await);
        }
        let bad = strict.refused(&person(&json!({ "cst_country": null, "cst_zip": "ABC", "cst_lname": "Bad" }))).await;
        let twin = strict.refused(&person(&json!({ "cst_country": null, "cst_duplicate": "Y", "cst_lname": "Twin" }))).await;
        // Duplicates come before edits, so the other customer must come after the message.
        strict.accepted(&person(&json!({ "cst_lname": "Twin" }))).await;
        let other = strict.refused(&person(&json!({ "cst_city": null, "cst_lname": "Other" }))).await;
        let world = strict.deployed_with(&[("DEFAULT_COUNTRY", "USA")]).await;
        page.open_list(&world.console(), 15).await;
        page.click("#cause-list button[data-code=\"country-blank\"]").await;
        page.until("document.querySelectorAll('#errors > li.row').length === 14").await;
        page.click("#reprocess-cause").await;
        page.sees("#bulk-start").await;
        page.click("#bulk-start").await;
        page.until("document.querySelectorAll('#bulk-results li[data-outcome]').length === 14 && document.querySelector('#bulk-stop').hidden").await;
        for (selector, count) in [
            ("#bulk-results li[data-outcome=\"success\"]".to_owned(), 12),
            (format!("#bulk-results li[data-outcome=\"failure\"][data-id=\"{bad}\"]"), 1),
            (format!("#bulk-results li[data-outcome=\"duplicate\"][data-id=\"{twin}\"]"), 1),
        ] {
            assert_eq!(page.count(&selector).await, count, "{selector}");
        }
        let failed = page.text(&format!("#bulk-results li[data-id=\"{bad}\"]")).await;
        assert!(failed.contains("Invalid Zip Code"), "{failed}");
        let tally = page.text("#bulk-tally").await;
        assert!(tally.contains("12 ") && tally.contains("1 "), "{tally}");
        page.looks((1280, 900), "light").await;
        page.picture("bulk").await;
        page.click("#bulk-close").await;
        page.until(&format!("document.querySelectorAll('#errors > li.row[data-state=\"open\"]').length <= 2 && document.querySelector('#errors > li.row[data-id=\"{bad}\"]')")).await;
        for id in &ids {
            assert_eq!(world.shown(id).await["state"], "resolved");
        }
        assert_eq!(world.shown(&bad).await["codes"], json!(["invalid-zip"]));
        assert_eq!(world.shown(&twin).await["state"], "open");
        assert_eq!(world.shown(&other).await["version"], 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn selected_ones_are_reprocessed_and_no_other() {
    with_page("selected", async |page| {
        let strict = World::new().await;
        let mut ids = Vec::new();
        for number in 0..4 {
            let others = json!({ "cst_country": null, "cst_lname": format!("Number {number}") });
            ids.push(strict.refused(&person(&others)).await);
        }
        let world = strict.deployed_with(&[("DEFAULT_COUNTRY", "USA")]).await;
        page.open_list(&world.console(), 4).await;
        for id in &ids[..2] {
            page.click(&format!("#errors .row[data-id=\"{id}\"] input.select")).await;
        }
        page.click("#reprocess-selected").await;
        page.click("#bulk-start").await;
        page.until(
            "document.querySelectorAll('#bulk-results li[data-outcome=\"success\"]').length === 2",
        )
        .await;
        page.click("#bulk-close").await;
        for (id, state) in ids.iter().zip(["resolved", "resolved", "open", "open"]) {
            assert_eq!(world.shown(id).await["state"], state);
        }
    })
    .await;
}
