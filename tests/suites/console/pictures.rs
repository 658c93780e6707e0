//! Pictures of the page for people to look at, in `target/screenshots`: list, form, phone width, dark. What a machine can tell of them is
//! held here: nothing is wider than the window, and no text is as dark as its ground.

use serde_json::json;

use crate::accessibility::is_accessible;
use crate::browser::with_page;
use crate::page::Page;
use crate::world::{World, person};

pub(crate) const DESK: (u32, u32) = (1280, 900);
pub(crate) const PHONE: (u32, u32) = (360, 780);

/// A queue as stewards meet it.
async fn queue(world: &World) -> String {
    let queue = [
        json!({ "cst_lname": "Okafor", "cst_fname": "Robert", "cst_city": null, "cst_zip": "ABC" }),
        json!({ "cst_company_name": "Hillside Orchard & Daughters", "cst_country": null, "cst_interface_cust_nbr": "ORCH-77" }),
        json!({ "cst_lname": "Müller-Lüdenscheidt", "cst_fname": "Anna", "cst_email": "anna.example", "cst_state": "ZZ", "cst_zip": "1" }),
        json!({ "cst_lname": null, "cst_fname": null }),
        json!({ "cst_cust_nbr": "4711", "cst_lname": "Dryer", "cst_fname": "Bob" }),
        json!({ "cst_lname": "Robinson", "cst_fname": "Julie", "cst_city": null, "cst_state": null, "cst_email_status": "X9" }),
    ];
    let mut last = String::new();
    for others in &queue {
        last = world.refused(&person(others)).await;
    }
    last
}

/// Holds that every text on the page stands out from its ground by a ratio of 4.5 (WCAG 2.2, 1.4.3).
pub(crate) async fn can_be_read(page: &Page, name: &str) {
    let faint = page
        .run(
            "const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true }); \
             const over = (layers) => { canvas.clearRect(0, 0, 1, 1); for (const layer of layers) { canvas.fillStyle = layer; canvas.fillRect(0, 0, 1, 1); } \
               return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3); }; \
             const light = (rgb) => { const [r, g, b] = rgb.map((v) => { v /= 255; return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; }); return 0.2126 * r + 0.7152 * g + 0.0722 * b; }; \
             const faint = []; \
             const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT); \
             while (walker.nextNode()) { const node = walker.currentNode.parentElement; \
               if (walker.currentNode.textContent.trim() === '' || !node.checkVisibility({ opacityProperty: true, visibilityProperty: true }) || node.closest('.visually-hidden, [aria-disabled=true], :disabled, option, datalist, script, style')) continue; \
               const grounds = []; for (let at = node; at; at = at.parentElement) grounds.unshift(getComputedStyle(at).backgroundColor); \
               const ground = over(['Canvas', ...grounds]); const ink = over(['Canvas', ...grounds, getComputedStyle(node).color]); \
               const [high, low] = [light(ground), light(ink)].sort((a, b) => b - a); \
               const ratio = (high + 0.05) / (low + 0.05); if (ratio < 4.5) faint.push(`${ratio.toFixed(2)} ${walker.currentNode.textContent.trim().slice(0, 40)}`); } \
             return faint;",
        )
        .await;
    assert_eq!(faint, json!([]), "{name}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn list_and_form_fit_a_desk_and_a_phone_in_light_and_dark() {
    with_page("pictures", async |page| {
        let world = World::new().await;
        let id = queue(&world).await;
        page.open_list(&world.console(), 6).await;
        for (size, width) in [(DESK, "desk"), (PHONE, "phone")] {
            for scheme in ["light", "dark"] {
                page.looks(size, scheme).await;
                page.run("location.hash = '#/errors'").await;
                page.until("!document.querySelector('#list-view').hidden").await;
                page.picture(&format!("list-{width}-{scheme}")).await;
                can_be_read(&page, &format!("list, {width}, {scheme}")).await;
                is_accessible(&page, &format!("list, {width}, {scheme}")).await;
                page.open_request(&id).await;
                page.reads("#fault-heading", "3 edits fail").await;
                page.picture(&format!("form-{width}-{scheme}")).await;
                can_be_read(&page, &format!("form, {width}, {scheme}")).await;
                is_accessible(&page, &format!("form, {width}, {scheme}")).await;
            }
        }
    })
    .await;
}
