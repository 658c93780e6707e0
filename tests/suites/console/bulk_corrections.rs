//! One correction for many in the page: a cause is chosen, a value is set, what would come of each is seen, and those that would be accepted are done.

use serde_json::json;

use crate::accessibility::is_accessible;
use crate::browser::with_page;
use crate::pictures::{DESK, PHONE, can_be_read};
use crate::world::{World, person};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cause_is_corrected_in_one_go_after_a_look_at_what_would_come_of_each() {
    with_page("corrected in one go", async |page| {
        let world = World::new().await;
        let mut good = Vec::new();
        for number in 0..6 {
            let others = json!({ "cst_country": null, "cst_lname": format!("Number {number}") });
            good.push(world.refused(&person(&others)).await);
        }
        let bad = json!({ "cst_country": null, "cst_zip": "ABC", "cst_lname": "Bad" });
        let bad = world.refused(&person(&bad)).await;
        let other = world.refused(&person(&json!({ "cst_city": null }))).await;
        page.open_list(&world.console(), 8).await;
        page.click("#cause-list button[data-code=\"country-blank\"]").await;
        page.until("document.querySelectorAll('#errors > li.row').length === 7").await;
        page.click("#reprocess-cause").await;
        // The attribute that the cause is about is chosen already.
        page.sees("#bulk-patch").await;
        let chosen = page.value("document.querySelector('#bulk-patch select').value").await;
        assert_eq!(chosen, "cst_country");
        page.enter("#bulk-patch input", "USA").await;
        page.reads("#bulk-start", "Check what would come of 7").await;
        for (size, width) in [(DESK, "desk"), (PHONE, "phone")] {
            page.looks(size, "light").await;
            page.picture(&format!("bulk-patch-{width}")).await;
            can_be_read(&page, &format!("bulk patch, {width}")).await;
            is_accessible(&page, &format!("bulk patch, {width}")).await;
        }
        page.looks(DESK, "light").await;
        page.click("#bulk-start").await;
        page.reads("#bulk-start", "Correct and reprocess the 6 that would be accepted").await;
        assert_eq!(page.count("#bulk-results li[data-outcome=\"success\"]").await, 6);
        let failed = page.text(&format!("#bulk-results li[data-id=\"{bad}\"]")).await;
        assert!(failed.contains("would still fail") && failed.contains("Invalid Zip Code"), "{failed}");
        assert_eq!(world.shown(&bad).await["version"], 1, "a check writes nothing");
        assert_eq!(world.shown(&good[0]).await["version"], 1, "a check writes nothing");

        page.click("#bulk-start").await;
        page.until("document.querySelectorAll('#bulk-results li[data-outcome=\"success\"]').length === 6 && document.querySelector('#bulk-start').hidden").await;
        page.click("#bulk-close").await;
        for id in &good {
            let shown = world.shown(id).await;
            assert_eq!(shown["state"], "resolved");
            assert_eq!(shown["history"][1]["patch"], json!({ "cst_country": "USA" }));
        }
        // What would still fail was left alone, and so was what the cause did not hit.
        assert_eq!(world.shown(&bad).await["version"], 1);
        assert_eq!(world.shown(&other).await["version"], 1);
    })
    .await;
}

/// How many one cause hit, unless the environment says `REQUESTS=10000`, say.
const MANY: u64 = 300;

/// How many lines the dialog shows at once.
const LINES: u64 = 200;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn however_many_one_cause_hit_each_is_done_once_and_the_page_stays_small() {
    let given = std::env::var("REQUESTS").ok();
    let many = given.map_or(MANY, |text| text.parse().expect("a number of requests"));
    with_page("many in one go", async move |page| {
        let world = World::new().await;
        world.gather(many).await;
        page.open_list(&world.console(), 50).await;
        page.click("#cause-list button[data-code=\"city-blank\"]").await;
        page.sees("#reprocess-cause").await;
        page.click("#reprocess-cause").await;
        page.lasts("document.querySelector('#bulk-patch').checkVisibility()").await;
        page.enter("#bulk-patch input", "Westborough").await;
        page.click("#bulk-start").await;
        page.lasts("document.querySelector('#bulk-start').checkVisibility()").await;
        page.click("#bulk-start").await;
        page.lasts("document.querySelector('#bulk-stop').hidden").await;
        let number = page.value(&format!("({many}).toLocaleString('en')")).await;
        page.reads("#bulk-tally", &format!("{} resolved", number.as_str().expect("a text"))).await;
        // Not one request and one line each: at most as many calls as there are twenty-fives to check and to do, and lines that somebody can read.
        let calls = page.value("performance.getEntriesByType('resource').filter((one) => one.name.includes('/errors/reprocess')).length").await;
        assert!(calls.as_u64().expect("a number") <= 2 * many.div_ceil(25), "{calls}");
        let done = "#bulk-results li[data-outcome=\"success\"]";
        assert_eq!(page.count(done).await, many.min(LINES));
        let more = format!(
            "document.querySelector('#bulk-more').textContent === `Show ${{Math.min({LINES}, {left})}} of ${{({left}).toLocaleString('en')}} more`",
            left = many - LINES
        );
        page.until(&more).await;
        page.click("#bulk-more").await;
        let shown = many.min(2 * LINES);
        page.until(&format!("document.querySelectorAll(`{done}`).length === {shown}")).await;
        page.click("#bulk-close").await;
        assert_eq!(world.listed("state=open").await.len(), 0);
        let resolved = world.listed("state=resolved&limit=100").await;
        assert_eq!(resolved.len() as u64, many);
        assert!(resolved.iter().all(|one| one["version"] == 2), "each once");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn where_all_would_still_fail_no_button_says_to_reprocess_them() {
    with_page("all would still fail", async |page| {
        let world = World::new().await;
        let mut ids = Vec::new();
        for _ in 0..3 {
            let faults = json!({ "cst_city": null, "cst_zip": "ABC" });
            ids.push(world.refused(&person(&faults)).await);
        }
        page.open_list(&world.console(), 3).await;
        page.click("label:has(#select-all)").await;
        page.click("#reprocess-selected").await;
        page.click("#bulk-check").await;
        page.reads("#bulk-tally", "3 would still fail").await;
        page.until("document.querySelector('#bulk-start').hidden && document.querySelector('#bulk-all').hidden").await;

        // With a correction they may keep it, if that is wanted.
        page.run("document.querySelector('#bulk-patch select').value = 'cst_city'").await;
        page.enter("#bulk-patch input", "Westborough").await;
        page.click("#bulk-start").await;
        page.reads("#bulk-all", "Correct all 3, those too that still fail").await;
        page.until("document.querySelector('#bulk-start').hidden").await;
        page.click("#bulk-all").await;
        page.reads("#bulk-tally", "3 still failing").await;
        page.until("document.querySelector('#bulk-stop').hidden").await;
        for id in &ids {
            let shown = world.shown(id).await;
            assert_eq!(shown["codes"], json!(["invalid-zip"]));
            assert_eq!(shown["message"]["CustSoldTo"]["cst_city"], "Westborough");
        }
    })
    .await;
}
