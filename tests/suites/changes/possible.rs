//! Possible duplicates of one customer: whom the rules keep apart and who looks like it all the same, as the look-up keys lead to them.

use domain::customer::CustomerNumber;
use operations::customers::possible_duplicates::possible_duplicates;
use operations::customers::read::customer_by_number;
use serde_json::{Value, json};

use crate::world::{World, person, text, with};

/// The numbers of those who look like a customer, each with its grade.
async fn alike(world: &World, number: &str) -> Vec<(String, String)> {
    let answer = world.get(&format!("/customers/{number}/possible-duplicates")).await;
    let found = answer["possibleDuplicates"].as_array().expect("a list");
    let shown = |one: &Value| (text(&one["customer"]["customerNumber"]), text(&one["grade"]));
    found.iter().map(shown).collect()
}

fn graded(number: &str, grade: &str) -> (String, String) {
    (number.to_owned(), grade.to_owned())
}

#[tokio::test]
async fn mistyped_twins_find_each_other_with_the_reasons() {
    let world = World::new().await;
    let julie = world
        .add(&with(person("Julie", "Robinson"), &json!({ "cst_email": "julie@example.com" })))
        .await;
    let typed = json!({ "cst_street_addr": "100 Exampel St", "cst_zip": "01518", "cst_day_phone": "508-555-0100" });
    let twin = world.add(&with(person("Robinsen", "Julie"), &typed)).await;
    let elsewhere =
        json!({ "cst_street_addr": "7 Mill Road", "cst_city": "Boston", "cst_zip": "02139" });
    world.add(&with(person("Theodore", "Garcia"), &elsewhere)).await;
    world.follow().await;
    assert_eq!(alike(&world, &julie).await, [graded(&twin, "likely")]);
    assert_eq!(alike(&world, &twin).await, [graded(&julie, "likely")]);

    let answer = world.get(&format!("/customers/{julie}/possible-duplicates")).await;
    let found = &answer["possibleDuplicates"][0];
    let why = found["why"].as_array().expect("reasons");
    let field = |name: &str| {
        why.iter().find(|one| one["field"] == name).unwrap_or_else(|| panic!("{name}: {found}"))
    };
    assert_eq!(field("name")["agreement"], "close");
    assert_eq!(field("name")["mine"], "Julie Robinson");
    assert_eq!(field("name")["theirs"], "Robinsen Julie");
    assert_eq!(field("postal_code")["agreement"], "close");
    assert_eq!(field("city")["agreement"], "agree");
    assert_eq!(field("phone")["agreement"], "blank");
    let tenths = |bits: &Value| (bits.as_f64().expect("bits") * 10.0).round();
    let sum: f64 = why.iter().map(|one| tenths(&one["bits"])).sum();
    assert_eq!(sum, tenths(&found["score"]), "the reasons make the score: {found}");
}

#[tokio::test]
async fn a_household_is_possible_and_a_neighbour_is_nobody() {
    let world = World::new().await;
    let julie = world.add(&person("Julie", "Robinson")).await;
    let theodore = world.add(&person("Theodore", "Robinson")).await;
    world.add(&person("Agnieszka", "Kowalczyk")).await;
    world.follow().await;
    assert_eq!(alike(&world, &julie).await, [graded(&theodore, "possible")]);
}

#[tokio::test]
async fn who_changes_is_found_by_what_it_has_now_and_who_is_erased_by_nothing() {
    let world = World::new().await;
    let julie = world.add(&person("Julie", "Robinson")).await;
    let away =
        json!({ "cst_street_addr": "7 Mill Road", "cst_city": "Boston", "cst_zip": "02139" });
    let other = world.add(&with(person("Julie", "Robinsen"), &away)).await;
    world.follow().await;
    assert!(alike(&world, &julie).await.is_empty());
    let back = json!({ "cst_cust_nbr": other, "cst_street_addr": "100 Example Street", "cst_city": "Westborough", "cst_zip": "01581" });
    world.add(&back).await;
    world.follow().await;
    assert_eq!(alike(&world, &julie).await, [graded(&other, "likely")]);
    world.master.post(&format!("/customers/{other}/erase")).send().await.is_empty(204);
    assert!(alike(&world, &julie).await.is_empty(), "before anything follows");
    world.follow().await;
    assert!(alike(&world, &julie).await.is_empty());
    assert!(alike(&world, &other).await.is_empty());
}

#[tokio::test]
async fn customers_of_another_company_are_nobodys_duplicates() {
    let controls = [("COMPANIES", "1,2"), ("POSSIBLE_DUPLICATE", "5"), ("LIKELY_DUPLICATE", "50")];
    let world = World::with(&controls).await;
    let julie = world.add(&person("Julie", "Robinson")).await;
    world.add(&with(person("Julie", "Robinson"), &json!({ "cst_company": "2" }))).await;
    world.follow().await;
    assert!(alike(&world, &julie).await.is_empty());
    let twin = world.add(&person("Julie", "Robinson")).await;
    world.follow().await;
    assert_eq!(alike(&world, &julie).await, [graded(&twin, "possible")], "as the controls have it");
}

/// The weights that are built in, but that a first name that differs says nothing, and a street little.
const OWN_WEIGHTS: (&str, &str) = ("MATCH_WEIGHTS", "first_name=2,1,0,0;street=3,2,1,-1");

#[tokio::test]
async fn a_deployments_own_weights_weigh_everywhere_and_an_audit_weighs_anew_what_is_kept() {
    let built_in = World::new().await;
    let own = World::with(&[OWN_WEIGHTS]).await;
    let mut scores = Vec::new();
    for world in [&built_in, &own] {
        let julie = world.add(&person("Julie", "Robinson")).await;
        world
            .add(&with(
                person("Julia", "Robinson"),
                &json!({ "cst_street_addr": "100 Exampel Street" }),
            ))
            .await;
        world.follow().await;
        let alike = world.get(&format!("/customers/{julie}/possible-duplicates")).await;
        let listed = world.get("/possible-duplicates").await;
        let [alike, listed] = [alike, listed].map(|page| page["possibleDuplicates"][0].clone());
        assert_eq!(alike["score"], listed["score"]);
        let bits = |field: &str| {
            let why = listed["why"].as_array().expect("reasons").iter();
            why.clone().find(|one| one["field"] == field).expect("it")["bits"].as_f64()
        };
        scores.push((listed["score"].as_f64(), bits("name"), bits("city")));
    }
    assert!(scores[0].0 > scores[1].0 && scores[0].1 > scores[1].1, "{scores:?}");
    assert_eq!(
        scores[1].1,
        Some(7.7 + 1.0),
        "a last name that agrees and a first name that is close"
    );

    // What is kept of a pair is its order in the list.
    let kept = async |world: &World| {
        let items = world.master.items("PAIR#").await;
        let bits = items.iter().find_map(|item| item.get("bits")?.as_n().ok().cloned());
        bits.expect("a pair")
    };
    let before = kept(&built_in).await;
    let changed = World::over(built_in.master.deployed_with(&[OWN_WEIGHTS]).await).await;
    let shown =
        changed.get("/possible-duplicates").await["possibleDuplicates"][0]["score"].as_f64();
    assert_eq!((shown, kept(&changed).await), (scores[1].0, before.clone()));
    changed.audit(true).await;
    assert_ne!(kept(&changed).await, before);
    assert!(crate::audit::found(&changed.audit(true).await).is_empty());
}

#[tokio::test]
async fn it_takes_one_step_of_at_most_sixteen_queries_and_one_of_two_reads() {
    let world = World::new().await;
    let further = json!({ "cst_email": "julie@example.com", "cst_day_phone": "508-555-0100", "cst_eve_phone": "508-555-0101",
        "cst_fax_phone": "508-555-0102", "cst_addr_line_2": "Rosetta Village" });
    let mut number = String::new();
    for _ in 0..3 {
        number = world.add(&with(person("Julie", "Robinson"), &further)).await;
    }
    world.follow().await;
    let master = world.master.master().counted();
    let number = CustomerNumber::parse(&number).expect("a number");
    let customer = customer_by_number(&master, number).await.expect("an answer");
    let customer = customer.expect("a customer");
    let master = master.counted();
    let found = possible_duplicates(&master, &customer).await.expect("an answer");
    assert_eq!(found.found.len(), 2);
    let cost = master.cost();
    assert_eq!((cost.steps, cost.calls), (2, 15 + 1));
}

#[tokio::test]
async fn whom_it_does_not_know_it_refuses() {
    let world = World::new().await;
    world
        .master
        .get("/customers/999999999/possible-duplicates")
        .send()
        .await
        .is_problem(404, "not-found");
    world.master.get("/customers/x/possible-duplicates").send().await.is_problem(404, "not-found");
    let number = world.add(&person("Julie", "Robinson")).await;
    let path = format!("/customers/{number}/possible-duplicates?limit=3");
    world.master.get(&path).send().await.is_problem(400, "invalid-request");
}

#[tokio::test]
async fn an_add_names_those_of_its_block_that_look_alike_though_the_rules_keep_them_apart() {
    let world = World::new().await;
    let quarry = |contact: &str| {
        let company = json!({ "cst_duplicate": "Y", "cst_company_name": "Northern Quarry" });
        with(person("Julie", contact), &company)
    };
    let first = world.add(&quarry("Robinson")).await;
    let second = world.message(&quarry("Garcia")).await.is(201);
    assert_eq!(second["warnings"], json!([format!("customer {first} is likely a duplicate")]));
    let unchecked = with(quarry("Kowalczyk"), &json!({ "cst_duplicate": "N" }));
    let unchecked = world.message(&unchecked).await.is(201);
    assert!(unchecked.get("warnings").is_none(), "it reads nobody: {unchecked}");
}
