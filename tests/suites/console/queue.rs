//! The queue as a queue: the oldest first, how many in all, news by themselves, and all of it as CSV.

use reqwest::Method;
use serde_json::{Value, json};

use crate::browser::with_page;
use crate::world::{World, person};

async fn plant(world: &World, count: usize) -> Vec<String> {
    let mut ids = Vec::new();
    for number in 0..count {
        let others = json!({
            "cst_city": null, "cst_lname": format!("Number {number}"), "cst_email": format!("number{number}@example.com"),
            "cst_interface_cust_nbr": format!("ALT-{number}"), "cst_original_source": if number % 2 == 0 { "WEB" } else { "SHOP" }
        });
        ids.push(world.refused(&person(&others)).await);
    }
    ids
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_oldest_come_first_where_that_is_chosen_and_the_total_is_of_all_that_wait() {
    with_page("oldest first", async |page| {
        let world = World::new().await;
        let ids = plant(&world, 60).await;
        page.open_list(&world.console(), 50).await;
        page.until("document.querySelector('#list-total').textContent.startsWith('60 waiting in all, the oldest came ')").await;
        let first = "document.querySelector('#errors > li.row').dataset.id";
        assert_eq!(page.value(first).await, ids[59].as_str());
        page.run("document.querySelector('#filter-sort').value = 'oldest'").await;
        page.run("document.querySelector('#filter-sort').dispatchEvent(new Event('input', { bubbles: true }))").await;
        page.until(&format!("{first} === '{}'", ids[0])).await;
        page.until("document.querySelector('#list-summary').textContent.startsWith('The oldest 50 waiting')").await;
        page.click("#load-more").await;
        page.until("document.querySelectorAll('#errors > li.row').length === 60").await;
        let last = "document.querySelector('#errors > li.row:last-child').dataset.id";
        assert_eq!(page.value(last).await, ids[59].as_str());
        // A row tells which Number 7 it is, and a source leads to its own.
        let row = page.text(&format!("#errors .row[data-id=\"{}\"] .facts", ids[7])).await;
        for part in ["number7@example.com", "ALT-7", "from SHOP"] {
            assert!(row.contains(part), "{row}");
        }
        page.run("document.querySelector('#more-filters').open = true").await;
        page.enter("#filter-source", "shop").await;
        page.until("document.querySelectorAll('#errors > li.row').length === 30").await;
        // Whatever is left out, that many wait.
        page.until("document.querySelector('#list-total').textContent.startsWith('60 waiting')").await;
    })
    .await;
}

/// What the page does by itself from time to time, and when it is seen again.
const SEEN_AGAIN: &str = "document.dispatchEvent(new Event('visibilitychange'))";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn news_are_shown_by_themselves_and_offered_where_somebody_is_at_work() {
    with_page("news", async |page| {
        let world = World::new().await;
        let ids = plant(&world, 3).await;
        page.open_list(&world.console(), 3).await;
        let new = world.refused(&person(&json!({ "cst_city": null, "cst_lname": "New" }))).await;
        let closed = world.ask(Method::DELETE, &format!("/errors/{}", ids[0]), &Value::Null).await;
        assert_eq!(closed.0, 204);
        page.run("document.activeElement.blur()").await;
        page.run(SEEN_AGAIN).await;
        page.sees(&format!("#errors .row[data-id=\"{new}\"]")).await;
        page.until(&format!(
            "document.querySelector('#errors .row[data-id=\"{}\"]') === null",
            ids[0]
        ))
        .await;
        page.until("document.querySelector('#list-total').textContent.startsWith('3 waiting')")
            .await;

        // Whoever has ticked rows keeps them until the news are asked for.
        page.click(&format!("#errors .row[data-id=\"{new}\"] input.select")).await;
        let newer =
            world.refused(&person(&json!({ "cst_city": null, "cst_lname": "Newer" }))).await;
        page.run(SEEN_AGAIN).await;
        page.reads("#list-news", "1 new request: show").await;
        assert_eq!(page.count(&format!("#errors .row[data-id=\"{newer}\"]")).await, 0);
        assert_eq!(page.count("#errors input.select:checked").await, 1);
        page.click("#list-news").await;
        page.sees(&format!("#errors .row[data-id=\"{newer}\"]")).await;
        page.until("document.querySelector('#list-news').hidden").await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_export_follows_the_pages_and_is_one_file() {
    with_page("export", async |page| {
        let world = World::new().await;
        world.gather(1_250).await;
        page.open(&world.console()).await;
        page.until("document.querySelectorAll('#errors > li.row').length === 50").await;
        page.run(
            "globalThis.progress = []; \
             new MutationObserver(() => progress.push(document.querySelector('#export-progress').textContent)) \
               .observe(document.querySelector('#export-progress'), { childList: true, characterData: true, subtree: true }); \
             const made = URL.createObjectURL; \
             URL.createObjectURL = (blob) => { blob.arrayBuffer().then((bytes) => { globalThis.saved = new Uint8Array(bytes); }); return made(blob); }; \
             globalThis.saved = null;",
        )
        .await;
        page.click("#export").await;
        page.until("globalThis.saved !== null").await;
        page.reads("#export-progress", "1,250 rows exported.").await;
        let seen = page
            .run(
                "const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(globalThis.saved); \
                 const lines = text.split('\\r\\n').filter((line) => line !== ''); \
                 return [text.charCodeAt(0), lines.length, lines.filter((line) => line.includes('\"receivedAt\"')).length, \
                   new Set(lines).size, globalThis.progress.includes('Exporting… 1,000 rows so far.')]",
            )
            .await;
        assert_eq!(seen, json!([0xfeff, 1_251, 1, 1_251, true]));
    })
    .await;
}
