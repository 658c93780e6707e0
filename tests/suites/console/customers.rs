//! A steward finds a customer by the one box, and sees what happened to it.

use reqwest::Method;
use serde_json::{Value, json};

use crate::accessibility::is_accessible;
use crate::browser::with_page;
use crate::page::{ENTER, ESCAPE};
use crate::pictures::{DESK, PHONE, can_be_read};
use crate::world::{World, person};

/// Two customers, of whom one has a past.
async fn plant(world: &World) {
    let mut following = world.following().await;
    let julie = json!({
        "cst_fname": "Julie", "cst_lname": "Robinson", "cst_email": "julie@example.com", "cst_day_phone": "508-555-0100", "cst_duplicate": "N"
    });
    world.accepted(&person(&julie)).await;
    world
        .accepted(&person(
            &json!({ "cst_fname": "Bob", "cst_lname": "Dryer", "cst_duplicate": "N" }),
        ))
        .await;
    let change = json!({ "type": "CWCustomerIn", "CustSoldTo": { "cst_cust_nbr": "1", "cst_city": "Boston" } });
    let (status, answer) = world.ask(Method::POST, "/customers", &change).await;
    assert_eq!(status, 200, "{answer}");
    following.drain().await.expect("the stream is read");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_one_box_understands_whatever_somebody_is_known_by() {
    with_page("customers", async |page| {
        let world = World::new().await;
        plant(&world).await;
        page.visit(&format!("{}#/customers", world.console())).await;
        page.until("document.activeElement.id === 'customer-query'").await;
        for (typed, understood, found) in [
            ("robinson", "Looked up as name.", Some("000000001")),
            ("julie robinson, 01581", "Looked up as name and postal code.", Some("000000001")),
            ("JULIE@example.com", "Looked up as e-mail address.", Some("000000001")),
            ("(508) 555-0100", "Looked up as phone.", Some("000000001")),
            ("2", "Looked up as customer number.", Some("000000002")),
            ("TD68|245", "Looked up as DCN.", None),
            ("nobody", "Looked up as name.", None),
        ] {
            page.enter("#customer-query", typed).await;
            page.press(&[ENTER]).await;
            page.reads("#customers-understood", understood).await;
            match found {
                Some(number) => {
                    page.sees(&format!("#customers > [data-number=\"{number}\"]")).await;
                    assert_eq!(page.count("#customers > li").await, 1, "{typed}");
                }
                None => page.sees("#customers-empty").await,
            }
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_customers_page_has_its_values_and_its_history_and_every_number_leads_there() {
    with_page("customer", async |page| {
        let world = World::new().await;
        plant(&world).await;
        let naming = json!({ "cst_cust_nbr": "000000001", "cst_state": "QQ" });
        let message = json!({ "type": "CWCustomerIn", "CustSoldTo": naming });
        let (status, answer) = world.ask(Method::POST, "/customers", &message).await;
        assert_eq!(status, 422, "{answer}");
        page.open_list(&world.console(), 1).await;
        page.click("#errors .row a.number").await;
        page.reads("#customer-heading", "Julie Robinson").await;
        page.reads("#customer-facts .customer-number", "000000001").await;
        page.reads("#customer-values [data-attribute=\"cst_city\"] .value", "Boston").await;
        assert_eq!(page.count("#customer-history > li").await, 2);
        page.reads("#customer-history > li[data-version=\"2\"] del", "Westborough").await;
        page.reads("#customer-history > li[data-version=\"2\"] ins", "Boston").await;
        assert_eq!(page.count("#customer-requests a").await, 1);
        // Back to who was found, and to somebody whom there is not.
        page.press(&[ESCAPE]).await;
        page.sees("#customers-view").await;
        page.run("location.hash = '#/customers/999999999'").await;
        page.expects("404");
        page.reads("#customer-heading", "No customer has this number").await;
        let hidden = page.value("document.querySelector('#customer-body').hidden").await;
        assert_eq!(hidden, Value::Bool(true));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_is_found_and_a_customers_page_fit_a_desk_and_a_phone_in_light_and_dark() {
    with_page("customers-pictures", async |page| {
        let world = World::new().await;
        plant(&world).await;
        page.visit(&format!("{}#/customers?q=robinson", world.console())).await;
        for (size, width) in [(DESK, "desk"), (PHONE, "phone")] {
            for scheme in ["light", "dark"] {
                page.looks(size, scheme).await;
                page.run("location.hash = '#/customers?q=robinson'").await;
                page.sees("#customers > li").await;
                page.picture(&format!("customers-{width}-{scheme}")).await;
                can_be_read(&page, &format!("customers, {width}, {scheme}")).await;
                is_accessible(&page, &format!("customers, {width}, {scheme}")).await;
                page.click("#customers a.open").await;
                page.sees("#customer-history > li[data-version=\"2\"]").await;
                page.picture(&format!("customer-{width}-{scheme}")).await;
                can_be_read(&page, &format!("customer, {width}, {scheme}")).await;
                is_accessible(&page, &format!("customer, {width}, {scheme}")).await;
            }
        }
    })
    .await;
}
