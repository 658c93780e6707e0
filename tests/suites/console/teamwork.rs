//! What stewards tell each other in the page: who has a request, notes, why it was deleted, and that it is open again.

use serde_json::json;

use crate::browser::with_page;
use crate::pictures::{DESK, PHONE, can_be_read};
use crate::world::{World, person};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_request_is_taken_noted_deleted_with_a_reason_and_reopened() {
    with_page("teamwork", async |page| {
        let world = World::new().await;
        let id = world.refused(&person(&json!({ "cst_city": null }))).await;
        page.open_list(&world.console(), 1).await;
        page.open_request(&id).await;
        page.reads("#assigned-to", "Nobody has it.").await;
        page.enter("#cst_city", "Westborough").await;
        page.enter("#assignee", "anna").await;
        page.click("#assign").await;
        page.reads("#assigned-to", "anna has it.").await;
        // What is not saved yet stays.
        page.reads("#unsaved", "1 unsaved change").await;
        page.reads("#request-version", "2").await;
        page.enter("#note-text", "<b>Asked</b> the shop.").await;
        page.click("#add-note").await;
        page.reads("#history > li[data-what=\"noted\"] .said", "<b>Asked</b> the shop.").await;
        assert_eq!(page.value("document.querySelector('#note-text').value").await, "");
        for (size, width) in [(DESK, "desk"), (PHONE, "phone")] {
            page.looks(size, "light").await;
            page.picture(&format!("teamwork-{width}")).await;
            can_be_read(&page, &format!("teamwork, {width}")).await;
        }
        page.looks(DESK, "light").await;
        page.click("#back").await;
        page.reads("#errors .row .badge.assigned", "anna has it").await;
        page.open_request(&id).await;
        page.click("#release").await;
        page.reads("#assigned-to", "Nobody has it.").await;

        page.click("#delete").await;
        page.enter("#delete-reason", "a test of ours").await;
        page.click("#delete-confirm").await;
        page.sees("#request-heading .badge.deleted").await;
        page.reads("#history > li[data-what=\"deleted\"] .said", "a test of ours").await;
        page.until("document.querySelector('#request-facts .closed').textContent.startsWith('deleted by local-developer')").await;
        assert_eq!(world.shown(&id).await["history"][4]["text"], "a test of ours");

        page.click("#reopen").await;
        page.sees("#actions").await;
        page.until("document.querySelector('#history > li').dataset.what === 'reopened'").await;
        let shown = world.shown(&id).await;
        assert_eq!((&shown["state"], &shown["version"]), (&json!("open"), &json!(6)));
        page.enter("#cst_city", "Westborough").await;
        page.click("#reprocess").await;
        page.reads("#outcome .panel[data-kind=\"good\"] .customer-number", "000000001").await;
        page.click("#back").await;
        page.click("label:has(#filter-state-resolved)").await;
        page.until("document.querySelector('#errors .row .closed')?.textContent.startsWith('resolved by local-developer')").await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_note_upon_a_version_that_somebody_changed_is_a_conflict_and_is_not_lost() {
    with_page("note conflict", async |page| {
        let world = World::new().await;
        let id = world.refused(&person(&json!({ "cst_city": null }))).await;
        page.open_list(&world.console(), 1).await;
        page.open_request(&id).await;
        let assign = format!("/errors/{id}/assign");
        let (status, _) = world.ask(reqwest::Method::POST, &assign, &json!({ "to": "bert" })).await;
        assert_eq!(status, 200);
        page.enter("#note-text", "a note").await;
        page.click("#add-note").await;
        page.sees("#conflict-keep").await;
        assert_eq!(page.value("document.querySelector('#note-text').value").await, "a note");
        page.click("#conflict-keep").await;
        page.reads("#assigned-to", "bert has it.").await;
        page.click("#add-note").await;
        page.reads("#history > li[data-what=\"noted\"] .said", "a note").await;
    })
    .await;
}
