//! The worklist of possible duplicates: pairs follow from changes, are decided on from either side, and come back only for a reason.

use std::collections::{BTreeMap, BTreeSet};

use reqwest::Method;
use serde_json::{Value, json};
use store::item;

use crate::audit::found;
use crate::world::{World, person, text, with};

/// The pairs of a state, each as both numbers, in their order; all pages of this size.
pub(crate) async fn pairs(world: &World, state: &str, limit: usize) -> Vec<[String; 2]> {
    listed(world, state, limit).await.iter().map(numbers).collect()
}

async fn listed(world: &World, state: &str, limit: usize) -> Vec<Value> {
    let first = format!("/possible-duplicates?state={state}&limit={limit}");
    let mut found = Vec::new();
    let mut path = first.clone();
    loop {
        let page = world.get(&path).await;
        let pairs = page["possibleDuplicates"].as_array().expect("a list");
        assert!(pairs.len() <= limit);
        found.extend(pairs.iter().cloned());
        match page["next"].as_str() {
            Some(next) => path = format!("{first}&cursor={next}"),
            None => return found,
        }
    }
}

fn numbers(pair: &Value) -> [String; 2] {
    [text(&pair["customer"]["customerNumber"]), text(&pair["other"]["customerNumber"])]
}

fn at(street: &str) -> Value {
    json!({ "cst_street_addr": street })
}

pub(crate) async fn keep_apart(world: &World, customer: &str, other: &str) {
    let path = format!("/customers/{customer}/keep-apart");
    let answer = world.master.post(&path).json(&json!({ "other": other })).send().await;
    answer.is_empty(204);
}

/// Two who look alike: their numbers.
pub(crate) async fn twins(world: &World) -> [String; 2] {
    let one = world.add(&person("Julie", "Robinson")).await;
    let other = world.add(&person("Julie", "Robinsen")).await;
    world.follow().await;
    [one, other]
}

#[tokio::test]
async fn pairs_are_listed_highest_first_page_by_page() {
    let world = World::new().await;
    let mut expected = Vec::new();
    for (street, last_name, other) in [
        ("1 Mill Road", "Robinson", person("Theodore", "Robinson")),
        ("2 Birch Lane", "Kowalczyk", person("Julie", "Kowalczik")),
        ("3 Harbor Drive", "Underwood", person("Julie", "Underwood")),
    ] {
        let one = world.add(&with(person("Julie", last_name), &at(street))).await;
        let other = world.add(&with(other, &at(street))).await;
        expected.insert(0, [one, other]);
    }
    world.follow().await;
    assert_eq!(pairs(&world, "open", 50).await, expected);
    assert_eq!(pairs(&world, "open", 1).await, expected);
    assert_eq!(pairs(&world, "apart", 50).await, Vec::<[String; 2]>::new());
    let listed = listed(&world, "open", 50).await;
    assert_eq!((&listed[0]["grade"], &listed[2]["grade"]), (&json!("likely"), &json!("possible")));
    assert_eq!(listed[0]["why"][0]["field"], "name");
    assert!(listed[0].get("decision").is_none());
}

#[tokio::test]
async fn a_pair_that_is_kept_apart_leaves_the_list_from_both_sides_and_stays_out() {
    let world = World::new().await;
    let [one, other] = twins(&world).await;
    keep_apart(&world, &other, &one).await;
    let both = [one.clone(), other.clone()];
    assert_eq!(pairs(&world, "open", 50).await, Vec::<[String; 2]>::new());
    assert_eq!(pairs(&world, "apart", 50).await, std::slice::from_ref(&both));
    keep_apart(&world, &one, &other).await;
    // What a decision does not rest on changes nothing of it, and neither does what comes again.
    world.add(&json!({ "cst_cust_nbr": one, "cst_job_title": "Geologist" })).await;
    world.follow().await;
    world.following.lock().await.read().await.expect("the stream is read");
    assert_eq!(pairs(&world, "apart", 50).await, [both]);
    let listed = &listed(&world, "apart", 50).await[0];
    assert_eq!(listed["decision"]["decision"], "apart");
    assert_eq!(listed["decision"]["by"]["operation"], "keep-apart");
    assert_eq!(listed["decision"]["changedSince"], json!([]));
}

#[tokio::test]
async fn who_looks_like_a_customer_is_told_with_whether_the_two_are_kept_apart() {
    let world = World::new().await;
    let [one, other] = twins(&world).await;
    let third = world.add(&person("Julia", "Robinson")).await;
    world.follow().await;
    let states = async |number: &str| {
        let alike = world.get(&format!("/customers/{number}/possible-duplicates")).await;
        let found = alike["possibleDuplicates"].as_array().expect("a list").iter();
        let state = |one: &Value| (text(&one["customer"]["customerNumber"]), text(&one["state"]));
        found.map(state).collect::<BTreeMap<_, _>>()
    };
    let state = |number: &str, state: &str| (number.to_owned(), state.to_owned());
    assert_eq!(states(&one).await, [state(&other, "open"), state(&third, "open")].into());
    keep_apart(&world, &third, &one).await;
    assert_eq!(states(&one).await, [state(&other, "open"), state(&third, "apart")].into());
    assert_eq!(states(&other).await, [state(&one, "open"), state(&third, "open")].into());
    assert_eq!(states(&third).await, [state(&one, "apart"), state(&other, "open")].into());
}

#[tokio::test]
async fn what_changes_afterwards_brings_a_pair_back_and_says_what_changed() {
    let world = World::new().await;
    let [one, other] = twins(&world).await;
    keep_apart(&world, &one, &other).await;
    let email = json!({ "cst_cust_nbr": other, "cst_email": "julie@example.com" });
    world.add(&email).await;
    world.follow().await;
    let back = listed(&world, "open", 50).await;
    assert_eq!(back.iter().map(numbers).collect::<Vec<_>>(), [[one.clone(), other.clone()]]);
    assert_eq!(back[0]["decision"]["decision"], "apart");
    assert_eq!(back[0]["decision"]["changedSince"], json!(["email"]));
    keep_apart(&world, &one, &other).await;
    // Who does not look like the other any more comes back by nothing.
    let away = json!({ "cst_cust_nbr": other, "cst_lname": "Underwood", "cst_fname": "Agnieszka" });
    world.add(&away).await;
    world.follow().await;
    assert!(pairs(&world, "open", 50).await.is_empty());
}

/// What was told of pairs, in order: what, where they stand, by which operation, and of whom.
pub(crate) fn told_of_pairs(
    events: &[Value],
) -> Vec<(String, String, Option<String>, [String; 2])> {
    let of_pairs = events.iter().map(|event| &event["detail"]);
    let of_pairs = of_pairs.filter(|told| text(&told["type"]).starts_with("possible-duplicate"));
    of_pairs
        .map(|told| {
            assert_eq!(told["changed"], json!([]));
            let both = [text(&told["customerNumber"]), text(&told["otherCustomerNumber"])];
            let operation = told["operation"].as_str().map(str::to_owned);
            (text(&told["type"]), text(&told["state"]), operation, both)
        })
        .collect()
}

#[tokio::test]
async fn the_world_is_told_of_pairs_that_are_found_and_decided_on_and_of_nothing_else() {
    let world = World::new().await;
    let [one, other] = twins(&world).await;
    keep_apart(&world, &other, &one).await;
    world.follow().await;
    let path = format!("/customers/{one}/keep-apart/{other}");
    world.master.request(Method::DELETE, &path).send().await.is_empty(204);
    world.follow().await;
    keep_apart(&world, &one, &other).await;
    world.follow().await;
    world.add(&json!({ "cst_cust_nbr": other, "cst_email": "julie@example.com" })).await;
    world.follow().await;
    // A score that changes is no news, and neither is a pair that looks alike no more.
    world.add(&json!({ "cst_cust_nbr": one, "cst_email": "julie@example.com" })).await;
    world.follow().await;
    let decide = async |what: &str, body: Value| {
        let request = world.master.post(&format!("/customers/{one}/{what}")).json(&body);
        request.if_match("*").send().await.is(200)
    };
    decide("merge", json!({ "loser": other, "loserVersion": 2 })).await;
    world.follow().await;
    decide("unmerge", json!({ "loser": other })).await;
    world.follow().await;
    let away = json!({ "cst_cust_nbr": other, "cst_lname": "Underwood", "cst_fname": "Agnieszka", "cst_email": null });
    world.add(&away).await;
    world.follow().await;
    let (found, decided) = ("possible-duplicate.found", "possible-duplicate.decided");
    let expected: Vec<_> = [
        (found, "open", None),
        (decided, "apart", Some("keep-apart")),
        (decided, "open", Some("take-back")),
        (decided, "apart", Some("keep-apart")),
        (found, "open", None),
        (decided, "merged", None),
        (found, "open", None),
    ]
    .into_iter()
    .map(|(kind, state, operation)| {
        let both = [one.clone(), other.clone()];
        (kind.to_owned(), state.to_owned(), operation.map(str::to_owned), both)
    })
    .collect();
    assert_eq!(told_of_pairs(&world.events.kept()), expected);
    let pulled = world.get("/changes?limit=500").await;
    let pulled: Vec<Value> = pulled["changes"].as_array().expect("changes").to_vec();
    let pulled: Vec<Value> = pulled.into_iter().map(|detail| json!({ "detail": detail })).collect();
    assert_eq!(told_of_pairs(&pulled), expected, "the same can be pulled");
    let shown = format!("{:?}", world.events.kept()).to_lowercase();
    assert!(!shown.contains("robins") && !shown.contains("julie@"), "{shown}");
}

#[tokio::test]
async fn of_a_pair_of_somebody_who_was_erased_nobody_is_told() {
    let world = World::new().await;
    let one = world.add(&person("Julie", "Robinson")).await;
    let other = world.add(&person("Julie", "Robinsen")).await;
    let mut following = world.following.lock().await;
    // The pair is written, and not yet told of.
    following.step().await.expect("the stream is read");
    drop(following);
    assert_eq!(pairs(&world, "open", 50).await, [[one, other.clone()]]);
    world.master.post(&format!("/customers/{other}/erase")).send().await.is_empty(204);
    world.follow().await;
    assert_eq!(told_of_pairs(&world.events.kept()), []);
}

#[tokio::test]
async fn a_decision_is_taken_back_and_the_pair_judged_again_at_once() {
    let world = World::new().await;
    let [one, other] = twins(&world).await;
    keep_apart(&world, &one, &other).await;
    let path = format!("/customers/{other}/keep-apart/{one}");
    let take_back = || world.master.request(Method::DELETE, &path);
    let dry = world.master.request(Method::DELETE, &format!("{path}?dryRun=true"));
    assert_eq!(dry.send().await.is(200)["dryRun"], true);
    assert!(pairs(&world, "open", 50).await.is_empty());
    take_back().send().await.is_empty(204);
    assert_eq!(pairs(&world, "open", 50).await, [[one, other]]);
    take_back().send().await.is_problem(404, "not-found");
}

#[tokio::test]
async fn a_next_try_of_a_decision_finds_it_even_where_it_was_taken_back() {
    let world = World::new().await;
    let [one, other] = twins(&world).await;
    let path = format!("/customers/{one}/keep-apart");
    let decide = || {
        let request = world.master.post(&path).json(&json!({ "other": other }));
        request.key("decision-1").send()
    };
    decide().await.is_empty(204);
    assert!(decide().await.is_replayed());
    let back = world.master.request(Method::DELETE, &format!("{path}/{other}"));
    back.send().await.is_empty(204);
    let again = decide().await;
    assert!(again.is_replayed());
    again.is_empty(204);
    assert_eq!(pairs(&world, "open", 50).await, [[one, other]], "it is not decided twice");
}

#[tokio::test]
async fn many_are_decided_at_once_each_with_its_result() {
    let world = World::new().await;
    let [one, other] = twins(&world).await;
    let third = world.add(&with(person("Theodore", "Garcia"), &at("7 Mill Road"))).await;
    let decision = |customer: &str, other: &str| json!({ "customer": customer, "other": other, "decision": "apart" });
    let rows = json!([
        decision(&one, &other),
        decision("999999999", &other),
        decision(&one, &one),
        decision(&third, &one)
    ]);
    let decide = |query: &str| {
        world.master.post(&format!("/possible-duplicates/decide{query}")).json(&rows).send()
    };
    let statuses = |body: &Value| {
        let results = body["results"].as_array().expect("results");
        results.iter().map(|one| one["status"].as_u64().expect("a status")).collect::<Vec<_>>()
    };
    let dry = decide("?dryRun=true").await.is(200);
    assert_eq!((statuses(&dry), &dry["dryRun"]), (vec![204, 404, 400, 204], &json!(true)));
    assert!(pairs(&world, "apart", 50).await.is_empty());
    assert_eq!(statuses(&decide("").await.is(200)), [204, 404, 400, 204]);
    let apart: BTreeSet<[String; 2]> = pairs(&world, "apart", 50).await.into_iter().collect();
    assert_eq!(apart, BTreeSet::from([[one.clone(), other], [one, third]]));
    let bad = json!([{ "customer": "x", "other": "1", "decision": "merge" }, 7]);
    let answer = world.master.post("/possible-duplicates/decide").json(&bad).send().await;
    assert_eq!(
        answer.faults(),
        ["/0/customer invalid-number", "/0/decision invalid-decision", "/1 wrong-kind"]
    );
    let none = world.master.post("/possible-duplicates/decide").json(&json!([])).send().await;
    assert_eq!(none.faults(), [" too-many"]);
}

#[tokio::test]
async fn decisions_are_taken_back_at_once_from_either_side_and_once_with_a_key() {
    let world = World::new().await;
    let [one, other] = twins(&world).await;
    let third = world.add(&with(person("Theodore", "Garcia"), &at("7 Mill Road"))).await;
    let unlike = with(person("Agnieszka", "Underwood"), &at("9 Quarry Road"));
    let fourth = world.add(&unlike).await;
    keep_apart(&world, &one, &other).await;
    keep_apart(&world, &one, &fourth).await;
    let row = |customer: &str, other: &str, decision: &str| json!({ "customer": customer, "other": other, "decision": decision });
    let decide = |rows: Value, key: &str| {
        world.master.post("/possible-duplicates/decide").key(key).json(&rows).send()
    };
    let outcomes = |body: &Value| {
        let results = body["results"].as_array().expect("results");
        let of = |one: &Value| (one["status"].as_u64().expect("a status"), text(&one["outcome"]));
        results.iter().map(of).collect::<Vec<_>>()
    };
    let rows = json!([
        row(&other, &one, "open"),
        row(&one, &third, "open"),
        row(&fourth, &one, "open"),
        row(&fourth, &third, "apart")
    ]);
    let expected = [(204, "open"), (404, "not-found"), (204, "open"), (204, "apart")]
        .map(|(status, outcome)| (status, outcome.to_owned()));
    assert_eq!(outcomes(&decide(rows.clone(), "first").await.is(200)), expected);
    let both = [one.clone(), other.clone()];
    assert_eq!(pairs(&world, "open", 50).await, std::slice::from_ref(&both));
    let apart = [third.clone(), fourth.clone()];
    assert_eq!(pairs(&world, "apart", 50).await, std::slice::from_ref(&apart));
    // Whoever decides in between is not overruled by an answer that was lost.
    keep_apart(&world, &one, &other).await;
    let again = decide(rows, "first").await;
    assert!(again.is_replayed());
    assert_eq!(outcomes(&again.is(200)), expected);
    assert_eq!(pairs(&world, "apart", 50).await.len(), 2);
    assert!(pairs(&world, "open", 50).await.is_empty());

    let twice = json!([
        row(&one, &other, "open"),
        row(&other, &one, "apart"),
        row(one.trim_start_matches('0'), &other, "open"),
    ]);
    let refused = decide(twice, "second").await;
    assert_eq!(refused.faults(), ["/1 pair-twice", "/2 pair-twice"]);
}

#[tokio::test]
async fn what_cannot_be_decided_is_refused() {
    let world = World::with(&[("COMPANIES", "1,2")]).await;
    let one = world.add(&person("Julie", "Robinson")).await;
    let foreign =
        world.add(&with(person("Julie", "Robinson"), &json!({ "cst_company": "2" }))).await;
    let keep = async |customer: &str, other: Value| {
        let path = format!("/customers/{customer}/keep-apart");
        world.master.post(&path).json(&json!({ "other": other })).send().await
    };
    keep("999999999", json!(one)).await.is_problem(404, "not-found");
    keep(&one, json!("999999999")).await.is_problem(404, "not-found");
    assert_eq!(keep(&one, json!(one)).await.faults(), ["/other same-customer"]);
    assert_eq!(keep(&one, json!(foreign)).await.faults(), ["/other another-company"]);
    assert_eq!(keep(&one, json!("x")).await.faults(), ["/other invalid-number"]);
    assert_eq!(keep(&one, json!(null)).await.faults(), ["/other required"]);
    for bad in ["state=past", "state=x", "limit=101", "cursor=x", "sort=oldest"] {
        let answer = world.master.get(&format!("/possible-duplicates?{bad}")).send().await;
        answer.is_problem(400, "invalid-request");
    }
}

#[tokio::test]
async fn a_cursor_of_another_list_is_refused() {
    let world = World::new().await;
    let one = world.add(&person("Юлія", "Robinson")).await;
    for last_name in ["Robinsen", "Robinsonn"] {
        world.add(&person("Юлія", last_name)).await;
    }
    world.follow().await;
    let first = world.get("/possible-duplicates?limit=1").await;
    let cursor = text(&first["next"]);
    world.get(&format!("/possible-duplicates?limit=1&cursor={cursor}")).await;
    let history = world.get(&format!("/customers/{one}/history?limit=1")).await;
    assert_eq!(history["next"], json!(null));
    let changes = text(&world.get("/changes?limit=1").await["next"]);
    for path in [
        format!("/possible-duplicates?state=apart&cursor={cursor}"),
        format!("/customers/{one}/history?cursor={cursor}"),
        format!("/customers?name=robinson&cursor={cursor}"),
        format!("/changes?after={cursor}"),
        format!("/possible-duplicates?cursor={changes}"),
    ] {
        world.master.get(&path).send().await.is_problem(400, "invalid-request");
    }
    let listed = format!("{:?}", world.events.kept());
    assert!(listed.contains("possible-duplicate.found") && !listed.contains("Юлія"));
}

#[tokio::test]
async fn nothing_of_a_person_is_on_a_pair() {
    let world = World::new().await;
    let [one, other] = twins(&world).await;
    keep_apart(&world, &one, &other).await;
    let items = world.master.items("PAIR#").await;
    assert_eq!(items.len(), 2, "the pair, and what leads to it");
    let shown = format!("{items:?}").to_lowercase();
    for value in ["robins", "julie", "example", "westborough", "01581"] {
        assert!(!shown.contains(value), "{value}: {shown}");
    }
}

#[tokio::test]
async fn pairs_that_were_lost_are_found_again_and_those_of_the_erased_are_forgotten() {
    let world = World::new().await;
    let [one, other] = twins(&world).await;
    let audit = async |mend| {
        let report = world.audit(mend).await;
        found(&report)
    };
    assert!(audit(false).await.is_empty());
    assert_eq!(world.lose_all("PAIR#").await, 2);
    let lacked = audit(true).await;
    assert_eq!(lacked.keys().map(|damage| damage.as_str()).collect::<Vec<_>>(), ["pair-missing"]);
    assert_eq!(pairs(&world, "open", 50).await, [[one.clone(), other.clone()]]);
    keep_apart(&world, &one, &other).await;
    assert!(audit(true).await.is_empty(), "a decision survives");
    assert_eq!(pairs(&world, "apart", 50).await, [[one.clone(), other.clone()]]);

    world.master.post(&format!("/customers/{other}/erase")).send().await.is_empty(204);
    world.follow().await;
    assert!(pairs(&world, "apart", 50).await.is_empty());
    assert!(audit(true).await.is_empty(), "what follows from an erasure is all of it");
    let items = world.master.items("PAIR#").await;
    assert!(
        items.iter().all(|item| !item.contains_key("decision")),
        "{:?}",
        item::key_of(&items[0])
    );
}

#[tokio::test]
async fn an_open_pair_that_does_not_look_alike_any_more_is_closed_and_may_come_again() {
    let world = World::new().await;
    let [one, other] = twins(&world).await;
    let away = json!({ "cst_cust_nbr": other, "cst_lname": "Underwood", "cst_fname": "Agnieszka" });
    world.add(&away).await;
    world.follow().await;
    assert!(pairs(&world, "open", 50).await.is_empty());
    assert!(found(&world.audit(true).await).is_empty(), "it is closed already");
    let items = world.master.items("PAIR#").await;
    assert!(items.iter().any(|item| {
        item.get("state").is_some_and(|state| state.as_s().is_ok_and(|state| state == "past"))
    }));
    let back = json!({ "cst_cust_nbr": other, "cst_lname": "Robinson", "cst_fname": "Julie" });
    world.add(&back).await;
    world.follow().await;
    assert_eq!(pairs(&world, "open", 50).await, [[one, other]]);
}

#[tokio::test]
async fn a_pair_goes_the_way_of_its_merge_and_comes_back_with_its_end() {
    let world = World::new().await;
    let [one, other] = twins(&world).await;
    let third = world.add(&person("Julia", "Robinson")).await;
    world.follow().await;
    assert_eq!(pairs(&world, "open", 10).await.len(), 3);
    let decide = async |what: &str, body: Value| {
        let request = world.master.post(&format!("/customers/{one}/{what}")).json(&body);
        request.if_match("*").send().await.is(200)
    };
    decide("merge", json!({ "loser": other, "loserVersion": 1 })).await;
    let gone = |pairs: Vec<[String; 2]>| pairs.iter().all(|pair| !pair.contains(&other));
    assert!(gone(pairs(&world, "open", 10).await), "before anything followed");
    world.follow().await;
    let ours = [one.clone(), other.clone()];
    assert_eq!(pairs(&world, "merged", 10).await, std::slice::from_ref(&ours));
    assert_eq!(pairs(&world, "open", 10).await, [[one.clone(), third.clone()]]);
    let alike = world.get(&format!("/customers/{third}/possible-duplicates")).await;
    assert_eq!(alike["possibleDuplicates"].as_array().map(Vec::len), Some(1), "no merged one");

    let path = format!("/customers/{third}/keep-apart");
    let answer = world.master.post(&path).json(&json!({ "other": other })).send().await;
    let problem = answer.is_problem(409, "already-merged");
    assert_eq!((&problem["customerNumber"], &problem["mergedInto"]), (&json!(other), &json!(one)));

    decide("unmerge", json!({ "loser": other })).await;
    assert_eq!(pairs(&world, "merged", 10).await, [ours; 0], "before anything followed");
    world.follow().await;
    assert_eq!(pairs(&world, "open", 10).await.len(), 3);
}
