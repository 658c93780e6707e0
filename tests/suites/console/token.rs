//! The token: asked for where the API wants one, kept for the tab, and forgotten.

use local::claims;
use serde_json::json;

use crate::browser::with_page;
use crate::world::{World, person};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn where_the_api_answers_401_the_page_asks_for_a_token_and_works_with_it() {
    with_page("token", async |page| {
        let world = World::new().await;
        let id = world.refused(&person(&json!({ "cst_city": null }))).await;
        // The local gateway lets a page without a token in; one that it does not accept is what an expired one is elsewhere.
        page.open_list(&world.console(), 1).await;
        page.run("sessionStorage.setItem('steward-token', 'expired')").await;
        page.reload().await;
        page.sees("#token-dialog").await;
        assert_eq!(page.count("#errors > li.row").await, 0);
        page.enter("#token-input", "two words").await;
        page.click("#token-use").await;
        page.until("document.querySelector('#token-reason').textContent.startsWith('This is not a token')").await;
        let bearer = claims::bearer(&json!({ "sub": "anna", "scope": "steward" }));
        page.enter("#token-input", &bearer).await;
        page.click("#token-use").await;
        page.until("document.querySelectorAll('#errors > li.row').length === 1").await;
        page.open_request(&id).await;
        page.enter("#cst_city", "Westborough").await;
        page.click("#save").await;
        page.reads("#fault-heading", "No edit fails").await;
        assert_eq!(world.shown(&id).await["history"][1]["who"], "anna");
        let kept = page.value("[localStorage.length, document.cookie, sessionStorage.getItem('steward-token').startsWith('dev.')]").await;
        assert_eq!(kept, json!([0, "", true]));
        page.click("#forget-token").await;
        page.until("sessionStorage.getItem('steward-token') === null").await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_without_the_scope_is_told_what_it_lacks() {
    with_page("scope", async |page| {
        let world = World::new().await;
        page.open_list(&world.console(), 0).await;
        let bearer = claims::bearer(&json!({ "sub": "anna", "scope": "customers" }));
        let token = bearer.trim_start_matches("Bearer ");
        page.run(&format!("sessionStorage.setItem('steward-token', '{token}')")).await;
        page.reload().await;
        page.sees("#list-problem .panel[data-kind=\"bad\"]").await;
        let words = page.text("#list-problem").await;
        assert!(words.contains("steward"), "{words}");
    })
    .await;
}
