//! Somebody else was faster: the page says so, shows both, and loses nothing.

use reqwest::Method;
use serde_json::json;

use crate::browser::with_page;
use crate::world::{World, person};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_version_conflict_is_shown_as_such_and_the_edits_can_be_kept() {
    with_page("conflict", async |page| {
        let world = World::new().await;
        let id = world.refused(&person(&json!({ "cst_city": null, "cst_zip": "ABC" }))).await;
        page.open_list(&world.console(), 1).await;
        page.open_request(&id).await;
        page.enter("#cst_city", "Westborough").await;
        let theirs = json!({ "cst_city": "Worcester", "cst_fname": "Julia" });
        let (status, _) = world.ask(Method::PATCH, &format!("/errors/{id}"), &theirs).await;
        assert_eq!(status, 200);
        page.click("#save").await;
        page.sees("#conflict-table").await;
        let words = page.text("#conflict-words").await;
        assert!(
            words.contains("version 1")
                && words.contains("version 2")
                && words.contains("somebody-else"),
            "{words}"
        );
        let city = page.text("#conflict-table tr[data-attribute=\"cst_city\"]").await;
        assert!(city.contains("Worcester") && city.contains("Westborough"), "{city}");
        let name = page.text("#conflict-table tr[data-attribute=\"cst_fname\"]").await;
        assert!(name.contains("Julie") && name.contains("Julia"), "{name}");
        assert_eq!(world.shown(&id).await["version"], 2);
        page.looks((1280, 900), "light").await;
        page.picture("conflict").await;
        page.click("#conflict-keep").await;
        page.reads("#request-version", "2").await;
        assert_eq!(page.value("document.querySelector('#cst_city').value").await, "Westborough");
        assert_eq!(page.value("document.querySelector('#cst_fname').value").await, "Julia");
        page.click("#save").await;
        page.reads("#request-version", "3").await;
        let shown = world.shown(&id).await;
        assert_eq!(shown["message"]["CustSoldTo"]["cst_city"], "Westborough");
        assert_eq!(shown["message"]["CustSoldTo"]["cst_fname"], "Julia");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_request_that_was_resolved_meanwhile_names_the_customer_that_came_of_it() {
    with_page("resolved meanwhile", async |page| {
        let world = World::new().await;
        let id = world.refused(&person(&json!({ "cst_city": null }))).await;
        page.open_list(&world.console(), 1).await;
        page.open_request(&id).await;
        page.enter("#cst_city", "Westborough").await;
        let theirs = json!({ "cst_city": "Worcester" });
        let (status, _) =
            world.ask(Method::POST, &format!("/errors/{id}/reprocess"), &theirs).await;
        assert_eq!(status, 201);
        page.click("#reprocess").await;
        page.reads("#outcome .panel .customer-number", "000000001").await;
        page.sees("#request-heading .badge.resolved").await;
        assert_eq!(world.shown(&id).await["message"]["CustSoldTo"]["cst_city"], "Worcester");
    })
    .await;
}
