//! The page of the contract, at `/docs` of the development server: read, and tried with its own buttons.

use local::claims;
use serde_json::{Value, json};

use crate::browser::with_page;
use crate::page::Page;
use crate::world::World;

/// Opens an operation, presses Execute with what the page fills in by itself, and waits for the answer's status.
async fn executed(page: &Page, operation: &str) -> String {
    let block = format!("[id$=\"-{operation}\"]");
    if page.count(&format!("{block}.is-open")).await == 0 {
        page.click(&format!("{block} .opblock-summary-control")).await;
    }
    page.click(&format!("{block} button.execute")).await;
    let status = format!("{block} .live-responses-table .response-col_status");
    // The heading of the column comes first.
    page.until(&format!(
        "/^[1-5][0-9][0-9]/.test([...document.querySelectorAll(`{status}`)].at(-1)?.innerText ?? '')"
    ))
    .await;
    let status = page
        .value(&format!("[...document.querySelectorAll(`{status}`)].at(-1).innerText.slice(0, 3)"))
        .await;
    // The next answer is not to be taken for this one.
    page.click(&format!("{block} button.btn-clear")).await;
    status.as_str().expect("a status").to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_contract_can_be_tried_from_its_page_which_asks_nobody_else() {
    with_page("viewer", async |page| {
        let world = World::new().await;
        page.visit(&world.docs()).await;
        page.sees("#contract .opblock").await;
        assert_eq!(executed(&page, "listErrors").await, "200");
        // The first example of the document, as it stands in the form with its idempotency key: sent again, it is told again.
        for _ in 0..2 {
            assert_eq!(executed(&page, "associateCustomer").await, "201");
        }
        assert_eq!(executed(&page, "getDealerCustomer").await, "200");

        // With a token, it is that caller who asks.
        page.click("#contract .auth-wrapper button.authorize").await;
        let bearer = claims::bearer(&json!({ "sub": "anna", "scope": "customers" }));
        let token = bearer.trim_start_matches("Bearer ");
        page.enter(".modal-ux #auth-bearer-value", token).await;
        page.click(".modal-ux .modal-btn.auth.authorize").await;
        page.click(".modal-ux .btn-done").await;
        assert_eq!(executed(&page, "listErrors").await, "403");

        let asked = page
            .value("performance.getEntriesByType('resource').map(resource => resource.name).filter(name => !name.startsWith('data:'))")
            .await;
        let asked: Vec<&str> = asked.as_array().expect("a list").iter().filter_map(Value::as_str).collect();
        assert!(asked.len() >= 7, "{asked:?}");
        let own = world.docs();
        let own = own.trim_end_matches("docs");
        assert!(asked.iter().all(|address| address.starts_with(own)), "{asked:?}");
    })
    .await;
}

/// Puts a text in place of a field's, at once: the page draws everything anew for each letter that is typed beside an answer.
async fn pasted(page: &Page, field: &str, text: &str) {
    page.sees(field).await;
    let text = json!(text);
    page.run(&format!(
        "const field = document.querySelector(`{field}`); \
         Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, 'value').set.call(field, {text}); \
         field.dispatchEvent(new Event('input', {{ bubbles: true }}))"
    ))
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_changed_in_the_form_is_sent_by_a_second_click_and_is_another_request() {
    with_page("viewer-again", async |page| {
        let world = World::new().await;
        page.visit(&world.docs()).await;
        page.sees("#contract .opblock").await;
        let block = "[id$=\"-associateCustomer\"]";
        page.click(&format!("{block} .opblock-summary-control")).await;
        for number in ["FIRST-1", "SECOND-2"] {
            let body = json!({
                "dealerCode": "TD68", "dealerCustomerNumber": number, "businessName": format!("{number} Mining"),
                "address": { "line1": "100 Example Street", "city": "Westborough", "state": "MA", "postalCode": "01581", "country": "USA" }
            });
            pasted(&page, &format!("{block} textarea.body-param__text"), &body.to_string()).await;
            page.click(&format!("{block} button.execute")).await;
            let answer = format!("{block} .live-responses-table .response");
            page.until(&format!("document.querySelector(`{answer}`)?.innerText.includes('TD68|{number}')")).await;
            let status = page.text(&format!("{answer} .response-col_status")).await;
            assert!(status.trim_start().starts_with("201"), "{status}");
        }
    })
    .await;
}
