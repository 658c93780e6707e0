//! What a steward meets when a request is opened: its name, faults and way on in sight, keys that are keys, and fields in line.

use serde_json::json;

use crate::browser::with_page;
use crate::page::ESCAPE;
use crate::pictures::{DESK, PHONE, can_be_read};
use crate::world::{World, person};

/// Five faults at the end of a long message.
fn long_message() -> serde_json::Value {
    person(&json!({
        "cst_city": "Westborough", "cst_email": "julie.example", "cst_cust_class": "ABCDEF", "cst_company": "77", "cst_email_status": "X9",
        "cst_zip": "ABC"
    }))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn opening_a_request_leaves_its_name_its_faults_and_its_navigation_in_sight() {
    with_page("in sight", async |page| {
        let world = World::new().await;
        let id = world.refused(&long_message()).await;
        world.refused(&person(&json!({ "cst_city": null }))).await;
        page.open_list(&world.console(), 2).await;
        for size in [DESK, PHONE] {
            page.looks(size, "light").await;
            page.run("location.hash = '#/errors'").await;
            page.until("!document.querySelector('#list-view').hidden").await;
            page.click(&format!("#errors .row[data-id=\"{id}\"] a.open")).await;
            page.until("document.activeElement.id === 'request-heading' && document.querySelector('#fault-heading')").await;
            let in_sight = page
                .value(
                    "['#request-nav', '#request-heading', '#fault-heading'].map((one) => document.querySelector(one).getBoundingClientRect()) \
                     .every((box) => box.top >= 0 && box.bottom <= innerHeight)",
                )
                .await;
            assert_eq!(in_sight, true, "{size:?}");
        }
        // Failing ones come first: the first field of the form is one of them.
        let first = page.value("document.querySelector('#fields .field').hasAttribute('data-failing')").await;
        assert_eq!(first, true);
        let order = page
            .value("[...document.querySelectorAll('#fields .group')].map((group) => [...group.querySelectorAll('.field')].map((field) => field.hasAttribute('data-failing')).join())")
            .await;
        for group in order.as_array().expect("groups") {
            let group = group.as_str().expect("a text");
            assert!(!group.contains("false,true"), "{order}");
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_keys_of_the_help_are_keys_as_soon_as_a_request_is_open() {
    with_page("keys", async |page| {
        let world = World::new().await;
        let id = world.refused(&person(&json!({ "cst_city": null }))).await;
        page.open_list(&world.console(), 1).await;
        page.open_request(&id).await;
        page.press(&['?']).await;
        page.until("document.querySelector('#help-dialog').open").await;
        page.press(&[ESCAPE]).await;
        page.until("!document.querySelector('#help-dialog').open").await;
        page.press(&['f']).await;
        page.until("document.activeElement.id === 'cst_city'").await;
        // In a field a letter is a letter; out of it, it is a key again.
        page.press(&['f']).await;
        page.until("document.querySelector('#cst_city').value === 'f'").await;
        page.press(&[ESCAPE]).await;
        page.until("document.activeElement.id === 'request-heading'").await;
        page.press(&['?']).await;
        page.until("document.querySelector('#help-dialog').open").await;
        assert_eq!(page.value("document.querySelector('#cst_city').value").await, "f");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_way_to_the_next_can_be_read_though_it_has_no_name() {
    with_page("no name next", async |page| {
        let world = World::new().await;
        world.refused(&person(&json!({ "cst_lname": null, "cst_fname": null }))).await;
        let id = world.refused(&person(&json!({ "cst_city": null }))).await;
        page.open_list(&world.console(), 2).await;
        page.open_request(&id).await;
        page.enter("#cst_city", "Westborough").await;
        page.click("#reprocess").await;
        page.sees("#next-open .no-name").await;
        for scheme in ["light", "dark"] {
            page.looks(DESK, scheme).await;
            page.until("document.getAnimations().length === 0").await;
            can_be_read(&page, &format!("next without a name, {scheme}")).await;
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_label_that_wraps_pushes_no_input_out_of_line() {
    with_page("labels", async |page| {
        let world = World::new().await;
        let id = world.refused(&long_message()).await;
        page.open_list(&world.console(), 1).await;
        page.open_request(&id).await;
        page.run("for (const fold of document.querySelectorAll('#fields details')) fold.open = true").await;
        // One label in each group is longer than its field is wide.
        page.run("for (const label of document.querySelectorAll('#fields .field:nth-child(3n + 1) label')) label.textContent += ' and a great many more words than fit into one line'").await;
        for size in [(1280, 900), (900, 900), (640, 900)] {
            page.looks(size, "light").await;
            let out_of_line = page
                .value(
                    "[...document.querySelectorAll('#fields .field-grid')].flatMap((grid) => { \
                       const rows = Map.groupBy(grid.children, (field) => Math.round(field.getBoundingClientRect().top)); \
                       return [...rows.values()].filter((fields) => new Set(fields.map((field) => Math.round(field.querySelector('input, textarea').getBoundingClientRect().top))).size > 1) \
                         .map((fields) => fields.map((field) => field.dataset.attribute)); })",
                )
                .await;
            assert_eq!(out_of_line, json!([]), "{size:?}");
            page.picture(&format!("labels-{}", size.0)).await;
        }
    })
    .await;
}
