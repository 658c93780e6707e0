//! Attempts that come to nothing: a failure, a duplicate with its ways out, and a check without saving.

use serde_json::json;

use crate::browser::with_page;
use crate::world::{World, person};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_duplicate_is_shown_side_by_side_and_can_become_a_change_of_that_customer() {
    with_page("duplicate", async |page| {
        let world = World::new().await;
        world.accepted(&person(&json!({ "cst_email": "julie@one.example" }))).await;
        let twin =
            json!({ "cst_city": null, "cst_duplicate": "Y", "cst_email": "julie@two.example" });
        let id = world.refused(&person(&twin)).await;
        page.open_list(&world.console(), 1).await;
        page.open_request(&id).await;
        page.enter("#cst_city", "Westborough").await;
        page.click("#reprocess").await;
        page.sees("#duplicates").await;
        let heading = page.text("#duplicates thead").await;
        assert!(heading.contains("000000001"), "{heading}");
        page.looks((1280, 900), "light").await;
        page.picture("duplicate").await;
        page.click("#duplicates button.take-duplicate").await;
        page.until("document.querySelector('#cst_cust_nbr').value === '000000001'").await;
        page.click("#reprocess").await;
        page.reads("#outcome .panel[data-kind=\"good\"] .customer-number", "000000001").await;
        let shown = world.shown(&id).await;
        assert_eq!(
            (&shown["state"], &shown["customerNumber"]),
            (&json!("resolved"), &json!("000000001"))
        );
        assert_eq!(page.count("#history > li").await, 3);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_failed_attempt_says_what_still_fails_and_a_check_saves_nothing() {
    with_page("failure", async |page| {
        let world = World::new().await;
        let id = world.refused(&person(&json!({ "cst_city": null, "cst_zip": "ABC" }))).await;
        page.open_list(&world.console(), 1).await;
        page.open_request(&id).await;
        page.enter("#cst_city", "Westborough").await;
        page.click("#check").await;
        page.until("document.querySelectorAll('#fault-list li').length === 1").await;
        page.reads("#unsaved", "1 unsaved change").await;
        assert_eq!(world.shown(&id).await["version"], 1);
        page.click("#reprocess").await;
        page.until("document.querySelector('#history > li[data-what=\"tried\"]') !== null").await;
        page.sees("#outcome .panel[data-kind=\"bad\"]").await;
        page.reads("#fault-heading", "1 edit fails").await;
        let fault = "Invalid Zip Code. United States: postal codes look like 95014 or 22162-1010.";
        page.reads("#cst_zip-fault", fault).await;
        assert_eq!(world.shown(&id).await["message"]["CustSoldTo"]["cst_city"], "Westborough");
    })
    .await;
}
