//! What happens to a pair beside the straight way: somebody else is faster, an answer is late or lost, a decision is taken back from where it is listed or from the customer's history.

use reqwest::Method;
use serde_json::json;

use crate::accessibility::is_accessible;
use crate::browser::with_page;
use crate::page::{ENTER, RIGHT};
use crate::pairs::{customer, listed, open_first, open_worklist, opened, plant, plant_crowd};
use crate::world::World;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_was_faster_is_said_with_what_to_do_and_a_key_pressed_twice_decides_once() {
    with_page("pairs raced", async |page| {
        let world = World::new().await;
        plant(&world).await;
        open_worklist(&page, &world, 3).await;
        open_first(&page).await;
        // Somebody changes one of the two: nothing is decided, and the newest values are there.
        let change = json!({ "type": "CWCustomerIn", "CustSoldTo": { "cst_cust_nbr": "2", "cst_language": "FR" } });
        assert_eq!(world.ask(Method::POST, "/customers", &change).await.0, 200);
        page.expects("412");
        page.press(&['m']).await;
        page.until("document.querySelector('#pair-outcome').textContent.startsWith('Somebody changed customer 000000002 meanwhile')").await;
        page.reads(".value-row[data-name=\"cst_language\"] .after ins", "FR").await;
        opened(&page, 1, 2).await;
        assert!(customer(&world, 1).await.get("absorbed").is_none());

        // Pressed twice, it decides once: of the pair that comes after nothing.
        page.press(&['m']).await;
        page.press(&['m']).await;
        opened(&page, 3, 4).await;
        page.press(&['a']).await;
        page.press(&['a']).await;
        page.press(&['m']).await;
        opened(&page, 5, 6).await;
        assert_eq!(listed(&world, "apart").await, [["000000003", "000000004"]]);
        assert!(customer(&world, 3).await.get("absorbed").is_none());
        assert!(customer(&world, 5).await.get("absorbed").is_none());

        // Back in the browser is the pair before, and what became of it.
        page.run("history.back()").await;
        opened(&page, 3, 4).await;
        page.until("document.querySelector('#pair-facts').textContent.startsWith('Likely') && document.querySelector('#pair-facts').textContent.includes('kept apart')").await;
        page.run("history.back()").await;
        page.reads("#pair-outcome .panel-title", "The two are one customer.").await;
        page.press(&['n']).await;
        opened(&page, 5, 6).await;

        // Somebody merges one of the two elsewhere.
        let merge = json!({ "loser": "6", "loserVersion": 1 });
        assert_eq!(world.ask(Method::POST, "/customers/3/merge", &merge).await.0, 200);
        page.expects("409");
        page.press(&['m']).await;
        page.until("document.querySelector('#pair-outcome').textContent.startsWith('Customer 000000006 was merged into 000000003 by somebody else meanwhile.')").await;
        page.reads("#pair-outcome a", "000000003 with 000000005").await;
        page.press(&['n']).await;
        page.sees("#pairs-view").await;
        // What was decided last can still be taken back.
        page.press(&['u']).await;
        opened(&page, 3, 4).await;
        assert_eq!(listed(&world, "apart").await, Vec::<[String; 2]>::new());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_merge_is_undone_from_the_customers_history_and_what_changed_since_is_asked_for() {
    with_page("undo in the history", async |page| {
        let world = World::new().await;
        plant(&world).await;
        let merge = json!({ "loser": "2", "loserVersion": 1 });
        assert_eq!(world.ask(Method::POST, "/customers/1/merge", &merge).await.0, 200);
        let change = json!({ "type": "CWCustomerIn", "CustSoldTo": { "cst_cust_nbr": "1", "cst_email": "new@example.com" } });
        assert_eq!(world.ask(Method::POST, "/customers", &change).await.0, 200);
        page.visit(&format!("{}#/customers/2", world.console())).await;
        page.until("document.querySelector('#customer-facts').textContent.endsWith('customer 2 was merged into it')").await;
        page.reads("#customer-merged > li span", "Customer 000000002 was merged into it.").await;
        page.expects("409");
        page.tab_to("#customer-merged .undo-merge").await;
        page.press(&[ENTER]).await;
        page.reads("#undo-choices legend", "E-mail: new@example.com").await;
        page.picture("undo-choices").await;
        is_accessible(&page, "undo with a choice").await;
        page.until("document.activeElement.value === 'winner'").await;
        page.press(&[RIGHT]).await;
        page.press(&[ENTER]).await;
        page.reads("#customer-problem .panel-title", "The merge is undone.").await;
        assert_eq!(page.count("#customer-merged > li").await, 0);
        assert_eq!(customer(&world, 1).await["CustSoldTo"]["cst_email"], "julie@example.com");
        assert_eq!(customer(&world, 2).await["CustSoldTo"]["cst_email"], "new@example.com");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_decided_is_listed_by_its_state_and_is_taken_back_from_there() {
    with_page("decided pairs", async |page| {
        let world = World::new().await;
        plant(&world).await;
        let mut following = world.following().await;
        let apart = world.ask(Method::POST, "/customers/3/keep-apart", &json!({ "other": "4" })).await;
        assert_eq!(apart.0, 204);
        let merge = json!({ "loser": "2", "loserVersion": 1 });
        assert_eq!(world.ask(Method::POST, "/customers/1/merge", &merge).await.0, 200);
        following.drain().await.expect("the stream is read");
        open_worklist(&page, &world, 1).await;
        page.click("#pairs-state label:has([value=\"apart\"])").await;
        page.sees("#pairs > .row[data-key=\"000000003-000000004\"]").await;
        page.press(&['j']).await;
        page.press(&[ENTER]).await;
        opened(&page, 3, 4).await;
        page.click("#pair-reopen").await;
        page.reads("#pair-outcome .panel-title", "The pair waits again.").await;
        page.sees("#pair-apart").await;
        assert_eq!(listed(&world, "apart").await, Vec::<[String; 2]>::new());

        page.run("location.hash = '#/possible-duplicates?state=merged'").await;
        page.sees("#pairs > .row[data-key=\"000000001-000000002\"]").await;
        page.press(&['j']).await;
        page.press(&[ENTER]).await;
        page.reads("#pair-outcome .panel-title", "The two are one customer.").await;
        page.click("#pair-outcome .undo-merge").await;
        opened(&page, 1, 2).await;
        assert!(customer(&world, 2).await.get("mergedInto").is_none());

        // Who is not there, and somebody with himself, are said as such.
        page.expects("404");
        page.run("location.hash = '#/possible-duplicates/1/999'").await;
        page.until("document.querySelector('#pair-outcome').textContent.startsWith('One of the two is not there (any more).')").await;
        page.run("location.hash = '#/possible-duplicates/1/1'").await;
        page.reads("#pair-outcome .panel-title", "The two are one customer.").await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_is_kept_apart_from_the_winner_does_not_come_next_though_it_looks_like_the_loser() {
    with_page("apart from the winner", async |page| {
        let world = World::new().await;
        plant(&world).await;
        plant_crowd(&world).await;
        let apart = json!({ "other": "7" });
        assert_eq!(world.ask(Method::POST, "/customers/1/keep-apart", &apart).await.0, 204);
        page.visit(&format!("{}#/possible-duplicates/1/2", world.console())).await;
        opened(&page, 1, 2).await;
        page.press(&['w']).await;
        page.until("document.querySelector('#pair-view').dataset.winner === '000000001'").await;
        let named = page.text("#pair-others li").await;
        assert!(named.starts_with("1 Juliette Robinson 000000007 like 000000002"), "{named}");
        page.press(&['m']).await;
        opened(&page, 3, 4).await;
        assert_eq!(customer(&world, 1).await["absorbed"], json!(["000000002"]));
    })
    .await;
}

/// Holds every merge back that is meant, until `letGo` is called; with `lost`, its answer never comes.
const HOLDS_BACK: &str = "const real = globalThis.fetch; \
     globalThis.fetch = async (...asked) => { \
       if (!/\\/merge$/.test(String(asked[0]))) return real(...asked); \
       if (globalThis.lost) { globalThis.lost = false; await real(...asked); throw new TypeError('the answer was lost'); } \
       await new Promise((go) => { globalThis.letGo = go; }); \
       return real(...asked); }";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_steward_may_go_on_before_the_answer_is_there_and_an_answer_that_was_lost_decides_once() {
    with_page("pairs and a slow answer", async |page| {
        let world = World::new().await;
        plant(&world).await;
        open_worklist(&page, &world, 3).await;
        page.run(HOLDS_BACK).await;
        open_first(&page).await;
        page.press(&['m']).await;
        page.until("globalThis.letGo !== undefined").await;
        page.press(&['j']).await;
        opened(&page, 3, 4).await;
        page.run("globalThis.letGo()").await;
        page.until("document.querySelector('#last-decision').textContent.startsWith('Customer 000000002')").await;
        // The steward is left where he is, and the pair before is done.
        assert_eq!(page.value("document.querySelector('#pair-view').dataset.key").await, "000000003-000000004");
        assert_eq!(customer(&world, 1).await["absorbed"], json!(["000000002"]));

        page.run("globalThis.lost = true").await;
        page.press(&['m']).await;
        page.until("document.querySelector('#pair-outcome').textContent.includes('trying again does not do it twice')").await;
        page.run("globalThis.letGo = undefined").await;
        page.click("#pair-outcome .again").await;
        page.until("globalThis.letGo !== undefined").await;
        page.run("globalThis.letGo()").await;
        opened(&page, 5, 6).await;
        let winner = customer(&world, 3).await;
        assert_eq!((&winner["absorbed"], &winner["version"]), (&json!(["000000004"]), &json!(2)));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_chosen_and_could_not_be_tried_is_not_merged_unseen() {
    with_page("pairs untried", async |page| {
        let world = World::new().await;
        plant(&world).await;
        page.visit(&format!("{}#/possible-duplicates/1/2", world.console())).await;
        opened(&page, 1, 2).await;
        page.run(
            "const real = globalThis.fetch; globalThis.unreachable = true; \
             globalThis.fetch = async (...asked) => { if (globalThis.unreachable && String(asked[0]).includes('dryRun')) throw new TypeError('unreachable'); return real(...asked); }",
        )
        .await;
        page.press(&['v']).await;
        page.press(&[RIGHT]).await;
        page.reads("#pair-outcome .panel-title", "It could not be tried.").await;
        page.press(&['m']).await;
        page.run("globalThis.unreachable = false").await;
        page.click("#pair-outcome .again").await;
        page.reads(".value-row[data-name=\"cst_lname\"] .after ins", "Robinsen").await;
        assert!(customer(&world, 1).await.get("absorbed").is_none());
        page.until("document.querySelector('#pair-outcome').hidden").await;
        page.press(&['m']).await;
        page.sees("#last-decision .decision").await;
        assert_eq!(customer(&world, 1).await["CustSoldTo"]["cst_lname"], "Robinsen");
    })
    .await;
}
