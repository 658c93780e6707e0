//! A steward decides on possible duplicates: by the keyboard alone, one pair after another, with a way back.

use reqwest::Method;
use serde_json::{Value, json};

use crate::accessibility::is_accessible;
use crate::browser::with_page;
use crate::page::{ENTER, ESCAPE, Page, RIGHT};
use crate::pictures::{DESK, can_be_read};
use crate::world::{World, person};

/// The width of a phone that many have.
const PHONE: (u32, u32) = (390, 844);

/// Pairs of customers that look alike, the most alike first: who they are is 1 and 2, 3 and 4, and so on.
pub(crate) async fn plant(world: &World) {
    let mut following = world.following().await;
    for others in [
        json!({ "cst_lname": "Robinson", "cst_email": "julie@example.com", "cst_day_phone": "508-555-0100", "cst_mail_name": "Y" }),
        json!({ "cst_lname": "Robinsen", "cst_email": "julie@example.com", "cst_day_phone": "(508) 555-0100", "cst_mail_name": "N", "cst_language": "EN" }),
        json!({ "cst_lname": "Kowalczyk", "cst_fname": "Agnieszka", "cst_street_addr": "2 Birch Lane", "cst_day_phone": "508-555-0177" }),
        json!({ "cst_lname": "Kowalczik", "cst_fname": "Agnieszka", "cst_street_addr": "2 Birch Ln.", "cst_day_phone": "508-555-0177" }),
        json!({ "cst_lname": "Underwood", "cst_fname": "Theodore", "cst_street_addr": "3 Harbor Drive" }),
        json!({ "cst_lname": "Underwod", "cst_fname": "Theodore", "cst_street_addr": "3 Harbor Dr" }),
    ] {
        let mut attributes = person(&others);
        attributes["cst_duplicate"] = json!("N");
        world.accepted(&attributes).await;
    }
    following.drain().await.expect("the stream is read");
    assert_eq!(following.failed, Vec::<Value>::new());
}

/// Last names that nobody takes for each other.
const LAST_NAMES: [&str; 22] = [
    "Underwood",
    "Garcia",
    "Kowalczyk",
    "Robinson",
    "Okafor",
    "Haddad",
    "Nguyen",
    "Petrov",
    "Castillo",
    "Fitzgerald",
    "Ibrahim",
    "Yamamoto",
    "Lindqvist",
    "Moreau",
    "Zhang",
    "Abernathy",
    "Delacroix",
    "Vasquez",
    "Whitfield",
    "Jankowski",
    "Brennan",
    "Silva",
];

/// So many pairs, up to one for each last name; the two of a pair differ in their first names.
pub(crate) async fn plant_many(world: &World, count: usize) {
    let mut following = world.following().await;
    for (number, last_name) in LAST_NAMES.iter().enumerate().take(count) {
        // Each pair lives somewhere else: only its own two look alike.
        let street =
            format!("{} {} Street", 100 + number * 7, LAST_NAMES[(number + 7) % LAST_NAMES.len()]);
        let city = LAST_NAMES[(number + 13) % LAST_NAMES.len()];
        for first_name in ["Theodore", "Theodor"] {
            let others = json!({ "cst_fname": first_name, "cst_lname": last_name, "cst_street_addr": street, "cst_city": city, "cst_zip": format!("0{}", 1000 + number * 97), "cst_duplicate": "N" });
            world.accepted(&person(&others)).await;
        }
    }
    following.drain().await.expect("the stream is read");
}

pub(crate) async fn customer(world: &World, number: u32) -> Value {
    let (status, body) =
        world.ask(Method::GET, &format!("/customers/{number}"), &Value::Null).await;
    assert_eq!(status, 200, "{body}");
    body
}

/// The numbers of the pairs of a state.
pub(crate) async fn listed(world: &World, state: &str) -> Vec<[String; 2]> {
    let path = format!("/possible-duplicates?state={state}");
    let (status, body) = world.ask(Method::GET, &path, &Value::Null).await;
    assert_eq!(status, 200, "{body}");
    let pairs = body["possibleDuplicates"].as_array().expect("pairs").iter();
    let number = |one: &Value| one["customerNumber"].as_str().expect("a number").to_owned();
    pairs.map(|pair| [number(&pair["customer"]), number(&pair["other"])]).collect()
}

/// Waits until this pair is open, has the focus, and can be decided on.
pub(crate) async fn opened(page: &Page, one: u32, other: u32) {
    let key = format!("{one:09}-{other:09}");
    page.until(&format!(
        "document.querySelector('#pair-view').dataset.ready === '{key}' && document.activeElement.id === 'pair-heading'"
    ))
    .await;
}

/// Opens the worklist with this many rows by its key.
pub(crate) async fn open_worklist(page: &Page, world: &World, rows: usize) {
    page.open_list(&world.console(), 0).await;
    page.press(&['d']).await;
    page.until(&format!(
        "document.querySelectorAll('#pairs > li.row').length === {rows} && document.activeElement.id === 'pairs-heading'"
    ))
    .await;
}

/// Opens the first pair of the worklist by the keyboard.
pub(crate) async fn open_first(page: &Page) {
    page.press(&['j']).await;
    page.press(&[ENTER]).await;
    opened(page, 1, 2).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pairs_are_decided_one_after_another_by_the_keyboard_alone() {
    with_page("pairs by keyboard", async |page| {
        let world = World::new().await;
        plant(&world).await;
        open_worklist(&page, &world, 3).await;
        open_first(&page).await;
        page.reads("#pair-heading", "Julie Robinson and Julie Robinsen").await;
        page.reads("#pair-why", ", because it is the older one").await;

        // Differing is what the master tells apart, and the opt-out wins until the steward says otherwise.
        let differing = page.value("[...document.querySelectorAll('.value-row[data-differs=\"true\"]')].map((row) => row.dataset.name).sort()").await;
        assert_eq!(differing, json!(["cst_language", "cst_lname", "cst_mail_name"]));
        page.reads(".value-row[data-name=\"cst_mail_name\"] .because", "the opt-out wins").await;
        page.press(&['v']).await;
        page.until("document.activeElement.closest('.value-row').dataset.name === 'cst_lname'").await;
        page.press(&[RIGHT]).await;
        page.reads(".value-row[data-name=\"cst_lname\"] .after ins", "Robinsen").await;
        page.reads(".value-row[data-name=\"cst_lname\"] .because", "your choice").await;
        page.until("document.activeElement.closest('.value-row')?.dataset.name === 'cst_lname' && document.activeElement.checked").await;
        page.press(&['m']).await;

        opened(&page, 3, 4).await;
        page.until("document.querySelector('#last-decision').textContent.startsWith('Customer 000000002 Julie Robinsen was merged into 000000001 Julie Robinson.')").await;
        let winner = customer(&world, 1).await;
        assert_eq!(winner["absorbed"], json!(["000000002"]));
        assert_eq!(winner["CustSoldTo"]["cst_lname"], "Robinsen");
        assert_eq!(winner["CustSoldTo"]["cst_mail_name"], "N");
        page.press(&['a']).await;

        opened(&page, 5, 6).await;
        assert_eq!(listed(&world, "apart").await, [["000000003", "000000004"]]);
        // Both are taken back, the last one first, and each pair opens again.
        page.press(&['u']).await;
        opened(&page, 3, 4).await;
        page.press(&['u']).await;
        page.reads("#last-decision .panel-title", "Undone: they are two customers again.").await;
        opened(&page, 1, 2).await;
        assert_eq!(listed(&world, "apart").await, Vec::<[String; 2]>::new());
        assert!(customer(&world, 1).await.get("absorbed").is_none());
        assert_eq!(customer(&world, 1).await["CustSoldTo"]["cst_lname"], "Robinson");
        assert!(customer(&world, 2).await.get("mergedInto").is_none());

        // The other one wins, and the next pair is left as it is.
        page.press(&['w']).await;
        page.until("document.querySelector('#pair-view').dataset.winner === '000000002'").await;
        page.until("!document.querySelector('#pair-actions').hasAttribute('aria-busy')").await;
        page.press(&['m']).await;
        opened(&page, 3, 4).await;
        assert_eq!(customer(&world, 2).await["absorbed"], json!(["000000001"]));
        page.press(&['n']).await;
        opened(&page, 5, 6).await;
        page.press(&[ESCAPE]).await;
        page.until("document.activeElement.closest('#pairs > .row')?.dataset.key === '000000005-000000006'").await;
        page.reads("#pairs > .row[data-key=\"000000001-000000002\"] .badge.resolved", "Merged").await;
    })
    .await;
}

/// Dealers know the younger of the first pair, and a third looks like both.
pub(crate) async fn plant_crowd(world: &World) {
    let mut following = world.following().await;
    let third = json!({ "cst_lname": "Robinson", "cst_fname": "Juliette", "cst_email": "julie@example.com", "cst_duplicate": "N" });
    world.accepted(&person(&third)).await;
    let (_, second) = world.ask(Method::GET, "/customers/2", &Value::Null).await;
    let association = json!({ "dealerCode": "TD68", "dealerCustomerNumber": "245", "customerOrganizationIdentifier": second["customerOrganizationIdentifier"] });
    world.associated(&association).await;
    following.drain().await.expect("the stream is read");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_worklist_and_a_pair_fit_a_desk_and_a_phone_in_light_and_dark() {
    with_page("pairs-pictures", async |page| {
        let world = World::new().await;
        plant(&world).await;
        plant_crowd(&world).await;
        page.visit(&format!("{}#/possible-duplicates", world.console())).await;
        page.sees("#pairs > li.row").await;
        for (size, width) in [(DESK, "desk"), (PHONE, "phone")] {
            for scheme in ["light", "dark"] {
                page.looks(size, scheme).await;
                page.run("location.hash = '#/possible-duplicates'").await;
                page.sees("#pairs > li.row").await;
                page.run("document.querySelector('#pairs input.select:not(:checked)').click()")
                    .await;
                page.sees("#decide-selected").await;
                page.picture(&format!("pairs-{width}-{scheme}")).await;
                can_be_read(&page, &format!("pairs, {width}, {scheme}")).await;
                is_accessible(&page, &format!("pairs, {width}, {scheme}")).await;
                page.run("location.hash = '#/possible-duplicates/000000001/000000002'").await;
                opened(&page, 1, 2).await;
                page.reads("#pair-why", ", because dealers have it, and not the other one").await;
                page.picture(&format!("pair-{width}-{scheme}")).await;
                can_be_read(&page, &format!("pair, {width}, {scheme}")).await;
                is_accessible(&page, &format!("pair, {width}, {scheme}")).await;
            }
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_third_that_looks_like_them_stands_beside_and_comes_next() {
    with_page("three alike", async |page| {
        let world = World::new().await;
        plant(&world).await;
        plant_crowd(&world).await;
        page.looks(DESK, "light").await;
        page.visit(&format!("{}#/possible-duplicates/1/2", world.console())).await;
        opened(&page, 1, 2).await;
        page.reads(".side.member .side-title", "Juliette Robinson").await;
        page.reads(".value-row[data-name=\"cst_fname\"] .member mark", "Juliette").await;
        assert_eq!(page.count(".value-row[data-name=\"cst_email\"] .member mark").await, 0);
        page.picture("pair-of-three").await;
        is_accessible(&page, "a pair and a third").await;
        page.press(&['m']).await;
        // The winner is the one that dealers have, and goes on with the third.
        opened(&page, 2, 7).await;
        assert_eq!(customer(&world, 2).await["absorbed"], json!(["000000001"]));
        page.press(&['m']).await;
        opened(&page, 3, 4).await;
        assert_eq!(customer(&world, 2).await["absorbed"], json!(["000000001", "000000007"]));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn all_that_look_like_one_customer_are_gone_through_without_the_list() {
    with_page("three apart", async |page| {
        let world = World::new().await;
        plant(&world).await;
        plant_crowd(&world).await;
        page.visit(&format!("{}#/possible-duplicates/1/2", world.console())).await;
        opened(&page, 1, 2).await;
        page.reads("#pair-others p", "One more looks like one of them:").await;
        let named = page.text("#pair-others li").await;
        assert!(
            named.starts_with("1 Juliette Robinson 000000007 like 000000001 Likely"),
            "{named}"
        );
        page.press(&['1']).await;
        opened(&page, 1, 7).await;
        page.reads("#pair-others li a", "Julie Robinsen").await;
        page.press(&['1']).await;
        opened(&page, 1, 2).await;
        // Who is kept apart from one of them is not named any more, and comes no more.
        page.press(&['a']).await;
        opened(&page, 1, 7).await;
        let named = page.text("#pair-others li").await;
        assert!(named.starts_with("1 Julie Robinsen 000000002 like 000000007"), "{named}");
        page.press(&['a']).await;
        opened(&page, 2, 7).await;
        page.until("document.querySelector('#pair-others').hidden").await;
        page.press(&['a']).await;
        opened(&page, 3, 4).await;
        let apart =
            [["000000001", "000000002"], ["000000001", "000000007"], ["000000002", "000000007"]];
        let mut listed = listed(&world, "apart").await;
        listed.sort();
        assert_eq!(listed, apart);
        page.run("location.hash = '#/customers/2'").await;
        page.until("[...document.querySelectorAll('#customer-alike li')].filter((one) => one.textContent.endsWith('Kept apart')).length === 2").await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_was_left_does_not_come_again_on_the_way_and_the_list_goes_on_where_it_was_left() {
    with_page("left on the way", async |page| {
        let world = World::new().await;
        plant(&world).await;
        plant_crowd(&world).await;
        open_worklist(&page, &world, 5).await;
        let order = page
            .value("[...document.querySelectorAll('#pairs > .row')].map((row) => row.dataset.key)")
            .await;
        let order: Vec<&str> =
            order.as_array().expect("keys").iter().filter_map(Value::as_str).collect();
        let place = order.iter().position(|key| *key == "000000001-000000007").expect("the third");
        assert!(order[0] == "000000001-000000002" && (1..4).contains(&place), "{order:?}");
        let ready =
            |key: &str| format!("document.querySelector('#pair-view').dataset.ready === '{key}'");
        open_first(&page).await;
        // Whoever is looked at beside the list is no place in it.
        page.press(&['1']).await;
        opened(&page, 1, 7).await;
        page.press(&['n']).await;
        page.until(&ready(order[if place == 1 { 2 } else { 1 }])).await;
        page.run("location.hash = '#/possible-duplicates/1/2'").await;
        opened(&page, 1, 2).await;
        page.press(&['n']).await;
        page.until(&ready(order[1])).await;

        page.run("location.hash = '#/possible-duplicates/1/7'").await;
        opened(&page, 1, 7).await;
        // The first pair was left a moment ago.
        page.press(&['a']).await;
        page.until(&ready(order[place + 1])).await;
        page.press(&[ESCAPE]).await;
        page.until(&format!(
            "document.activeElement.closest('#pairs > .row')?.dataset.key === '{}'",
            order[place + 1]
        ))
        .await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_is_no_steward_sees_no_pair_and_is_told_which_right_it_takes() {
    with_page("pairs without the scope", async |page| {
        let world = World::new().await;
        plant(&world).await;
        page.open_list(&world.console(), 0).await;
        let bearer = local::claims::bearer(&json!({ "sub": "carl", "scope": "customers" }));
        let token = bearer.trim_start_matches("Bearer ");
        page.run(&format!("sessionStorage.setItem('steward-token', '{token}')")).await;
        page.expects("403");
        page.reload().await;
        page.until("document.querySelector('#list-problem').textContent.includes('needs the scope “steward”')").await;
        for (hash, words) in [("#/possible-duplicates", "#pairs-problem"), ("#/possible-duplicates/1/2", "#pair-outcome")] {
            page.run(&format!("location.hash = '{hash}'")).await;
            page.until(&format!("document.querySelector('{words}').textContent.includes('needs the scope “steward”')")).await;
        }
        assert_eq!(page.count("#pairs > li").await, 0);
        assert_eq!(page.value("document.querySelector('#pair-body').hidden").await, true);
        // Customers may be read all the same, and what is for stewards says so.
        page.run("location.hash = '#/customers/1'").await;
        page.reads("#customer-heading", "Julie Robinson").await;
        page.reads("#customer-alike li", "Only stewards see this.").await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_worklist_is_loaded_page_by_page_and_the_next_pair_is_found_behind_what_is_loaded() {
    with_page("many pairs", async |page| {
        let world = World::new().await;
        plant_many(&world, 22).await;
        open_worklist(&page, &world, 20).await;
        page.until("document.querySelector('#pairs-summary').textContent === 'The 20 pairs waiting that look most alike; there are more.'").await;
        // The last of the page is decided, and one that was not loaded yet opens.
        let last = page.value("document.querySelector('#pairs > .row:last-child').dataset.key").await;
        page.run("document.querySelector('#pairs > .row:last-child a.open').focus()").await;
        page.press(&[ENTER]).await;
        page.until(&format!("document.querySelector('#pair-view').dataset.ready === {last}")).await;
        page.press(&['a']).await;
        page.until(&format!("document.querySelector('#pair-view').dataset.ready && document.querySelector('#pair-view').dataset.key !== {last}")).await;
        page.press(&[ESCAPE]).await;
        page.until("document.querySelectorAll('#pairs > li.row').length > 20").await;
        page.reads("#pairs > .row:nth-child(20) .badge.resolved", "Kept apart").await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_steward_who_acts_for_no_dealer_decides_on_pairs_and_sees_which_dealers_have_them() {
    with_page("pairs without dealer codes", async |page| {
        let world = World::new().await;
        plant(&world).await;
        plant_crowd(&world).await;
        page.open_list(&world.console(), 0).await;
        let bearer = local::claims::bearer(&json!({ "sub": "anna", "scope": "steward" }));
        let token = bearer.trim_start_matches("Bearer ");
        page.run(&format!("sessionStorage.setItem('steward-token', '{token}')")).await;
        page.reload().await;
        page.run("location.hash = '#/possible-duplicates/5/6'").await;
        opened(&page, 5, 6).await;
        page.press(&['m']).await;
        page.until(
            "document.querySelector('#last-decision').textContent.startsWith('Customer 000000006')",
        )
        .await;
        assert_eq!(customer(&world, 5).await["absorbed"], json!(["000000006"]));
        page.run("location.hash = '#/customers/2'").await;
        page.reads("#customer-heading", "Julie Robinsen").await;
        page.reads("#customer-dealers", "TD68|245 Julie Robinsen").await;
    })
    .await;
}
