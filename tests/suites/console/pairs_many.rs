//! Many possible duplicates: a pair is decided with a key or two, and many are decided at once, each with its result and all with one way back.

use reqwest::Method;
use serde_json::{Value, json};

use crate::accessibility::is_accessible;
use crate::browser::with_page;
use crate::page::{ENTER, ESCAPE, Page, RIGHT};
use crate::pairs::{listed, open_worklist, plant, plant_many};
use crate::pictures::{DESK, PHONE, can_be_read};
use crate::world::World;

/// The most keys that one pair may take.
const KEYS_OF_A_PAIR: u64 = 3;

/// Counts the keys that are pressed, and whatever is done by hand beside them.
const COUNTS_KEYS: &str = "globalThis.keys = 0; globalThis.hands = 0; \
     addEventListener('keydown', () => { globalThis.keys += 1; }, true); \
     addEventListener('pointerdown', () => { globalThis.hands += 1; }, true);";

/// Waits until another pair than this one can be decided on, and returns its key.
async fn next_after(page: &Page, key: &Value) -> Value {
    let ready = "document.querySelector('#pair-view').dataset.ready";
    page.until(&format!("{ready} !== undefined && {ready} !== {key}")).await;
    page.value(ready).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_pairs_are_decided_by_at_most_three_keys_each_and_nothing_else() {
    with_page("ten pairs", async |page| {
        let world = World::new().await;
        plant_many(&world, 10).await;
        open_worklist(&page, &world, 10).await;
        page.run(COUNTS_KEYS).await;
        page.press(&['j']).await;
        page.press(&[ENTER]).await;
        let mut key = next_after(&page, &Value::Null).await;
        let mut keys = Vec::new();
        for turn in 0..10 {
            let before = page.value("globalThis.keys").await.as_u64().expect("a number");
            match turn % 4 {
                0 => page.press(&['m']).await,
                1 => page.press(&['a']).await,
                // The other one's first name, then merged.
                2 => {
                    page.press(&['v']).await;
                    page.press(&[RIGHT]).await;
                    page.sees(".value-row[data-name=\"cst_fname\"] .after ins").await;
                    page.press(&['m']).await;
                }
                _ => page.press(&['n']).await,
            }
            key = next_after(&page, &key).await;
            let pressed = page.value("globalThis.keys").await.as_u64().expect("a number");
            keys.push(pressed - before);
        }
        assert_eq!(keys, [1, 1, 3, 1, 1, 1, 3, 1, 1, 1]);
        assert!(keys.iter().all(|keys| *keys <= KEYS_OF_A_PAIR));
        assert_eq!(page.value("globalThis.hands").await, 0);
        assert_eq!(listed(&world, "apart").await.len(), 3);
        assert_eq!(listed(&world, "open").await.len(), 2, "the other five are merged");
    })
    .await;
}

/// Waits until each of these has this outcome in the dialog, and there is nothing to stop any more.
async fn came_to(page: &Page, outcome: &str, count: usize) {
    page.until(&format!(
        "document.querySelector('#bulk-dialog').open && document.querySelector('#bulk-stop').hidden && \
         document.querySelectorAll('#bulk-results li[data-outcome=\"{outcome}\"]').length === {count}"
    ))
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn selected_pairs_are_kept_apart_at_once_each_with_its_result_and_one_key_takes_all_back() {
    with_page("pairs at once", async |page| {
        let world = World::new().await;
        plant(&world).await;
        open_worklist(&page, &world, 3).await;
        // Nothing is selected, so the key decides nothing.
        page.press(&['a']).await;
        assert_eq!(page.value("document.querySelector('#bulk-dialog').open").await, false);
        for key in ['j', 'x', 'j', ' ', 'j', 'x'] {
            page.press(&[key]).await;
        }
        page.reads("#pairs-bar .check", "3 selected").await;
        page.press(&['x']).await;
        page.until("document.querySelector('#decide-selected').textContent === 'Keep 2 pairs apart a'").await;
        page.press(&['X']).await;
        page.until("document.querySelector('#decide-selected').textContent === 'Keep 3 pairs apart a'").await;

        // Somebody merges one of the last pair elsewhere.
        let merge = json!({ "loser": "6", "loserVersion": 1 });
        assert_eq!(world.ask(Method::POST, "/customers/3/merge", &merge).await.0, 200);
        page.press(&['a']).await;
        came_to(&page, "apart", 2).await;
        page.reads("#bulk-results li[data-outcome=\"already-merged\"] .result", "merged already").await;
        assert_eq!(page.count("#bulk-results li").await, 3);
        let apart = [["000000001", "000000002"], ["000000003", "000000004"]];
        assert_eq!(listed(&world, "apart").await, apart);
        for (size, width) in [(DESK, "desk"), (PHONE, "phone")] {
            for scheme in ["light", "dark"] {
                page.looks(size, scheme).await;
                page.picture(&format!("pairs-at-once-{width}-{scheme}")).await;
                can_be_read(&page, &format!("pairs at once, {width}, {scheme}")).await;
                is_accessible(&page, &format!("pairs at once, {width}, {scheme}")).await;
            }
        }
        page.looks(DESK, "light").await;

        page.press(&['u']).await;
        came_to(&page, "open", 2).await;
        assert_eq!(listed(&world, "apart").await, Vec::<[String; 2]>::new());
        page.press(&[ENTER]).await;
        page.until("!document.querySelector('#bulk-dialog').open").await;
        // The rows are where they were, with what became of each, and so is the steward.
        page.until("document.activeElement.closest('#pairs > .row')?.dataset.key === '000000005-000000006'").await;
        page.reads("#pairs > .row[data-key=\"000000005-000000006\"] .badge.duplicate", "One was merged").await;
        assert_eq!(page.count("#pairs > .row[data-state=\"open\"] input.select:enabled").await, 2);
        assert_eq!(page.text("#last-decision").await, "");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn those_kept_apart_are_opened_again_at_once_and_that_is_taken_back_after_a_reload() {
    with_page("pairs opened at once", async |page| {
        let world = World::new().await;
        plant(&world).await;
        let row = |one: &str, other: &str| json!({ "customer": one, "other": other, "decision": "apart" });
        let rows = json!([row("1", "2"), row("3", "4"), row("5", "6")]);
        let decided = world.ask(Method::POST, "/possible-duplicates/decide", &rows).await;
        assert_eq!(decided.0, 200, "{}", decided.1);
        page.looks(PHONE, "light").await;
        page.visit(&format!("{}#/possible-duplicates?state=apart", world.console())).await;
        page.until("document.querySelectorAll('#pairs > li.row').length === 3").await;
        // Somebody else takes one of them back meanwhile.
        let back = world.ask(Method::DELETE, "/customers/3/keep-apart/4", &Value::Null).await;
        assert_eq!(back.0, 204);
        page.click("label:has(#select-all-pairs)").await;
        page.click("#decide-selected").await;
        came_to(&page, "open", 2).await;
        page.reads("#bulk-results li[data-outcome=\"not-found\"] .result", "not kept apart any more").await;
        assert_eq!(listed(&world, "apart").await, Vec::<[String; 2]>::new());
        page.click("#bulk-close").await;
        page.reads("#pairs > .row[data-key=\"000000003-000000004\"] .badge.resolved", "Open again").await;
        page.reads("#last-decision p", "2 pairs are open again.").await;
        is_accessible(&page, "pairs that are open again").await;

        page.reload().await;
        page.reads("#last-decision p", "2 pairs are open again.").await;
        page.press(&['u']).await;
        came_to(&page, "apart", 2).await;
        let apart = [["000000001", "000000002"], ["000000005", "000000006"]];
        assert_eq!(listed(&world, "apart").await, apart);
        page.press(&[ESCAPE]).await;
        page.until("!document.querySelector('#bulk-dialog').open").await;
        assert_eq!(page.text("#last-decision").await, "");
        // They are listed again.
        page.until("document.querySelectorAll('#pairs > li.row').length === 2").await;
    })
    .await;
}

/// Holds every decision on many back until `letGo` is called.
const HOLDS_BACK: &str = "const real = globalThis.fetch; \
     globalThis.fetch = async (...asked) => { \
       if (String(asked[0]).endsWith('/decide')) await new Promise((go) => { globalThis.letGo = go; }); \
       return real(...asked); }";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_stopped_can_be_gone_on_with_and_what_was_done_be_taken_back() {
    with_page("pairs stopped", async |page| {
        let world = World::new().await;
        plant_many(&world, 22).await;
        open_worklist(&page, &world, 20).await;
        page.click("#pairs-more").await;
        page.until("document.querySelectorAll('#pairs > li.row').length === 22").await;
        page.run(HOLDS_BACK).await;
        page.press(&['X']).await;
        page.press(&['a']).await;
        page.until("globalThis.letGo !== undefined").await;
        // Neither Escape nor the key for the way back does anything but stop while one is under way.
        page.press(&['u']).await;
        page.press(&[ESCAPE]).await;
        page.reads("#bulk-stop", "Stopping after this batch…").await;
        page.run("globalThis.letGo()").await;
        came_to(&page, "apart", 22).await;
        page.press(&[ENTER]).await;
        page.reads("#last-decision p", "22 pairs are kept apart.").await;
        assert_eq!(listed(&world, "apart").await.len(), 22);
        page.run("globalThis.letGo = undefined").await;
        page.press(&['u']).await;
        page.until("globalThis.letGo !== undefined").await;
        page.run("globalThis.letGo()").await;
        came_to(&page, "open", 22).await;
        assert_eq!(listed(&world, "apart").await, Vec::<[String; 2]>::new());
    })
    .await;
}
