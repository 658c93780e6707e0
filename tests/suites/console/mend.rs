//! A steward mends one request: with the mouse, with the keyboard alone, and in parts.

use serde_json::json;

use crate::browser::with_page;
use crate::page::{CONTROL, ENTER, ESCAPE, SHIFT, TAB};
use crate::world::{World, person};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_request_is_fixed_and_reprocessed_with_the_mouse() {
    with_page("mouse", async |page| {
        let world = World::new().await;
        let id = world.refused(&person(&json!({ "cst_city": null }))).await;
        page.open_list(&world.console(), 1).await;
        page.reads("#errors .row .reason", "City Blank").await;
        page.click(&format!("#errors .row[data-id=\"{id}\"] a.open")).await;
        page.reads("#fault-heading", "1 edit fails").await;
        page.reads("#cst_city-fault", "City Blank").await;
        page.enter("#cst_city", "Westborough").await;
        page.reads("#unsaved", "1 unsaved change").await;
        page.click("#reprocess").await;
        page.reads("#outcome .panel[data-kind=\"good\"] .customer-number", "000000001").await;
        let shown = world.shown(&id).await;
        assert_eq!(
            (&shown["state"], &shown["customerNumber"]),
            (&json!("resolved"), &json!("000000001"))
        );
        page.click("#back").await;
        page.sees("#errors .row[data-state=\"resolved\"]").await;
        page.click("label:has(#filter-state-resolved)").await;
        page.sees(&format!("#errors .row[data-id=\"{id}\"]")).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_request_is_fixed_and_reprocessed_with_the_keyboard_alone() {
    with_page("keyboard", async |page| {
        let world = World::new().await;
        let id = world.refused(&person(&json!({ "cst_city": null, "cst_zip": "ABC" }))).await;
        page.open_list(&world.console(), 1).await;
        page.press(&['j']).await;
        page.press(&[ENTER]).await;
        page.until("document.activeElement.id === 'request-heading'").await;
        page.press(&['f']).await;
        page.until("document.activeElement.id === 'cst_city'").await;
        page.type_text("Westborough").await;
        // Out of the field first, then back to the list.
        page.press(&[ESCAPE]).await;
        page.until("document.activeElement.id === 'request-heading'").await;
        page.press(&[ESCAPE]).await;
        page.sees("#errors .row .badge.unsaved").await;
        page.press(&[ENTER]).await;
        page.until("document.activeElement.id === 'request-heading'").await;
        page.press(&['f']).await;
        page.until("document.activeElement.id === 'cst_city' && document.activeElement.value === 'Westborough'").await;
        page.press(&[CONTROL, 's']).await;
        page.until("document.querySelector('#fault-heading').textContent === '1 edit fails' && document.activeElement.id === 'cst_zip'").await;
        page.press(&[CONTROL, 'a']).await;
        page.type_text("01581").await;
        page.press(&[CONTROL, ENTER]).await;
        page.reads("#outcome .panel[data-kind=\"good\"] .customer-number", "000000001").await;
        assert_eq!(world.shown(&id).await["state"], "resolved");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tab_and_enter_lead_everywhere_without_any_shortcut() {
    with_page("tab", async |page| {
        let world = World::new().await;
        let id = world.refused(&person(&json!({ "cst_city": null }))).await;
        page.open_list(&world.console(), 1).await;
        page.tab_to("#errors .row a.open").await;
        page.press(&[ENTER]).await;
        page.until("document.activeElement.id === 'request-heading'").await;
        page.tab_to("#cst_city").await;
        page.press(&[SHIFT, TAB]).await;
        page.press(&[TAB]).await;
        page.tab_to("#delete").await;
        page.press(&[ENTER]).await;
        page.until("document.activeElement.id === 'delete-cancel'").await;
        page.press(&[ENTER]).await;
        page.until("!document.querySelector('#delete-dialog').open && document.activeElement.id === 'delete'").await;
        assert_eq!(world.shown(&id).await["state"], "open");
        page.press(&[ENTER]).await;
        page.tab_to("#delete-confirm").await;
        page.press(&[ENTER]).await;
        page.sees("#outcome .panel").await;
        page.sees("#request-heading .badge.deleted").await;
        assert_eq!(world.shown(&id).await["state"], "deleted");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_five_faults_two_are_fixed_and_exactly_three_remain_on_the_page() {
    with_page("five faults", async |page| {
        let world = World::new().await;
        let faults = json!({ "cst_lname": null, "cst_city": null, "cst_state": "ZZ", "cst_zip": "ABC", "cst_email": "julie.example" });
        let id = world.refused(&person(&faults)).await;
        page.open_list(&world.console(), 1).await;
        assert_eq!(page.count("#errors .row .reason").await, 5);
        page.click("#errors .row a.open").await;
        page.reads("#fault-heading", "5 edits fail").await;
        assert_eq!(page.count(".field[data-failing]").await, 5);
        page.enter("#cst_city", "Westborough").await;
        page.enter("#cst_state", "MA").await;
        page.click("#save").await;
        page.reads("#fault-heading", "3 edits fail").await;
        assert_eq!(page.count("#fault-list li").await, 3);
        let left = page.value("[...document.querySelectorAll('.field[data-failing]')].map(field => field.dataset.attribute).sort()").await;
        assert_eq!(left, json!(["cst_email", "cst_lname", "cst_zip"]));
        assert_eq!(page.text("#cst_city-fault").await, "");
        page.click("#back").await;
        page.until("document.querySelectorAll('#errors .row .reason').length === 3").await;
        page.click("#refresh").await;
        page.until("!document.querySelector('#errors').hasAttribute('aria-busy')").await;
        assert_eq!(page.count("#errors .row .reason").await, 3);
        assert_eq!(world.shown(&id).await["errors"].as_array().map(Vec::len), Some(3));
        let causes = page.value("[...document.querySelectorAll('#cause-list button')].map(button => button.dataset.code).sort()").await;
        assert_eq!(causes, json!(["invalid-email", "invalid-zip", "name-blank"]));
    })
    .await;
}
