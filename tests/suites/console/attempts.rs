//! Attempts that come to nothing: a failure, a duplicate with its ways out, and a check without saving.

use serde_json::json;

use crate::accessibility::is_accessible;
use crate::browser::with_page;
use crate::pictures::{DESK, PHONE, can_be_read};
use crate::world::{World, person};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_duplicate_is_shown_side_by_side_and_can_become_a_change_of_that_customer() {
    with_page("duplicate", async |page| {
        let world = World::new().await;
        let known = json!({ "cst_email": "julie@one.example", "cst_day_phone": "508-555-0100", "cst_email_status": "O2" });
        world.accepted(&person(&known)).await;
        let twin = json!({
            "cst_city": null, "cst_duplicate": "Y", "cst_email": "julie@two.example", "cst_day_phone": "(508) 555-0100", "cst_street_addr": "100 EXAMPLE ST."
        });
        let id = world.refused(&person(&twin)).await;
        page.open_list(&world.console(), 1).await;
        page.open_request(&id).await;
        page.enter("#cst_city", "Westborough").await;
        page.click("#reprocess").await;
        page.sees("#duplicates").await;
        let heading = page.text("#duplicates thead").await;
        assert!(heading.contains("000000001"), "{heading}");
        // All values are there, and what the master tells apart is marked: no street written otherwise, and no telephone.
        let differing = page.value("[...document.querySelectorAll('#duplicates tbody td[data-differs=\"true\"]')].map((cell) => cell.closest('tr').dataset.attribute).sort()").await;
        assert_eq!(differing, json!(["cst_email", "cst_email_status"]));
        page.reads("#duplicates tr[data-attribute=\"cst_day_phone\"] td[data-differs]", "508-555-0100").await;
        // Before it is chosen, it says what would be replaced by what.
        page.reads(".would-replace li[data-attribute=\"cst_email\"] del", "julie@one.example").await;
        page.reads(".would-replace li[data-attribute=\"cst_email\"] ins", "julie@two.example").await;
        assert_eq!(world.shown(&id).await["state"], "open");
        for (size, width) in [(DESK, "desk"), (PHONE, "phone")] {
            page.looks(size, "light").await;
            page.picture(&format!("duplicate-{width}")).await;
            can_be_read(&page, &format!("duplicate, {width}")).await;
            is_accessible(&page, &format!("duplicate, {width}")).await;
        }
        page.looks(DESK, "light").await;
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
