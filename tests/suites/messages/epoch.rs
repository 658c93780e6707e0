//! The rules in force: who may write, what a start says to whom it may not, what a warm process notices, and how a rule is brought in by an audit.

use aws_sdk_dynamodb::types::AttributeValue;
use domain::by::By;
use domain::matching::epoch::{KNOWN_SECONDS, RuleName};
use domain::request::Received;
use local::event_lines::EventLines;
use model::ModelTable;
use operations::audit::{Auditor, Manner, Patience, Report};
use operations::changes::Follower;
use operations::kit::{Attempt, Master, Standardizer, Stopped};
use operations::messages::MessageResult;
use operations::messages::process::process;
use store::client::Connection;
use store::items::{self, InForce};
use store::keys::{self, Key};
use store::table::{Segment, Table, WholeTable};
use store::writes::{Condition, Write, Written};

use crate::costs::person;
use crate::fixture::{Fixture, controls};

const FIELDS: &str = "last_name,company,street,address_line_2,apartment,city,state";
const FIRST: &str = "postal_code:5,name:4,street:6";
const SECOND: &str = "postal_code:5,name:4,street:7";

/// A deployment with this layout, and also with that.
fn deployment(home: &str, also: Option<&str>) -> Vec<(&'static str, String)> {
    let also = also.map(|layout| ("ALSO_MATCH", format!("{layout}/{FIELDS}")));
    [("MATCH_CODE_LAYOUT", home.to_owned())].into_iter().chain(also).collect()
}

fn trusting<T: Table>(table: &T, variables: &[(&str, String)]) -> Master<T> {
    let variables: Vec<_> = variables.iter().map(|(name, value)| (*name, &**value)).collect();
    let controls = controls(&variables);
    let standardizer = Standardizer::of(&controls);
    Master::new(table.clone(), controls, standardizer)
}

/// A process that starts with these controls.
async fn start<T: Table>(table: &T, variables: &[(&str, String)]) -> Result<Master<T>, String> {
    trusting(table, variables).settled().await
}

async fn add<T: Table>(master: &Master<T>, name: &str) -> Result<MessageResult, Stopped> {
    let received = Received { content_type: "application/json".to_owned(), body: "{}".to_owned() };
    let attempt = Attempt::new(master, By::new("caller", "add", "request"), None, false);
    process(&attempt, &person(name, "Y"), &received).await.map(|outcome| outcome.result)
}

async fn in_force<T: Table>(table: &T) -> InForce {
    InForce::read(table.get(&keys::customer_counter()).await.expect("an answer"))
        .expect("a counter")
}

/// Says that every writer keeps this deployment's second rule, and that it is complete.
async fn bring_in(master: &Master<ModelTable>, complete: bool) {
    let table = master.table();
    let (epoch, version) = in_force(table).await.epoch.expect("an epoch");
    let rules = &master.controls().rules;
    let rule = epoch.to_bring_in(rules).unwrap_or_else(|| epoch.required.clone());
    let mut next = epoch.requiring(&rule, table.now());
    if complete {
        next = next.completed();
    }
    for write in items::put_in_force(&next, &master.controls().secret, Some(version)) {
        assert!(matches!(table.write(&write).await, Ok(Written::Done(_))));
    }
}

#[tokio::test]
async fn a_process_whose_rules_are_not_in_force_stops_at_its_start_with_a_sentence_that_says_what_to_do()
 {
    let table = ModelTable::new();
    let first = start(&table, &deployment(FIRST, None)).await.expect("a new table");
    assert!(matches!(add(&first, "Robinson").await, Ok(MessageResult::Created(_))));
    for (home, also) in [(SECOND, None), (SECOND, Some(FIRST))] {
        let sentence = start(&table, &deployment(home, also)).await.expect_err("not in force");
        assert!(sentence.contains("ALSO_MATCH") && sentence.contains(SECOND), "{sentence}");
    }
    let both = start(&table, &deployment(FIRST, Some(SECOND))).await.expect("a neighbour");
    bring_in(&both, false).await;
    let sentence = start(&table, &deployment(FIRST, None)).await.expect_err("not enough");
    assert!(sentence.contains(SECOND) && !sentence.contains("KEY_SECRET"), "{sentence}");
    start(&table, &deployment(SECOND, Some(FIRST))).await.expect_err("before it is complete");
    bring_in(&both, true).await;
    start(&table, &deployment(SECOND, Some(FIRST))).await.expect("complete");
    let other = [("KEY_SECRET", "another secret of these tests, long enough".to_owned())];
    let sentence = start(&table, &other).await.expect_err("another secret");
    assert!(sentence.contains("KEY_SECRET"), "{sentence}");
}

#[tokio::test]
async fn a_warm_process_notices_within_a_minute_that_it_may_not_write_any_more_and_that_it_may_again()
 {
    let table = ModelTable::new();
    // Processes with clocks of their own.
    let (old_table, new_table) = (table.of_process(1), table.of_process(2));
    let old = start(&old_table, &deployment(FIRST, None)).await.expect("a new table");
    let new = start(&new_table, &deployment(FIRST, Some(SECOND))).await.expect("a neighbour");
    bring_in(&new, false).await;
    old_table.advance(KNOWN_SECONDS - 1);
    assert!(matches!(add(&old, "One").await, Ok(MessageResult::Created(_))), "it cannot know");
    let customers = table.items().len();
    for _ in 0..2 {
        old_table.advance(2);
        let Err(Stopped::Unavailable(why)) = add(&old, "Two").await else {
            panic!("it may not write any more");
        };
        assert!(why.to_string().contains(SECOND), "{why}");
    }
    assert_eq!(table.items().len(), customers, "nothing was written");
    new_table.advance(KNOWN_SECONDS + 1);
    assert!(matches!(add(&new, "Two").await, Ok(MessageResult::Created(_))));
    // The required rule goes back: the old one notices with its next request.
    let (epoch, version) = in_force(&table).await.epoch.expect("an epoch");
    let first = RuleName::of(&old.controls().rules.home);
    let back = epoch.requiring(&first, old_table.now());
    for write in items::put_in_force(&back, &old.controls().secret, Some(version)) {
        assert!(matches!(table.write(&write).await, Ok(Written::Done(_))));
    }
    assert!(matches!(add(&old, "Three").await, Ok(MessageResult::Created(_))));
}

#[tokio::test]
async fn the_rules_are_looked_up_beside_the_first_read_once_a_minute() {
    let table = ModelTable::new();
    let master = start(&table, &deployment(FIRST, None)).await.expect("a new table");
    // Numbers for all of them.
    for name in ["Ann", "Bea", "Cleo", "Dora"] {
        add(&master, name).await.expect("an answer");
    }
    let mut calls = Vec::new();
    for (name, passes) in [("Eve", 0), ("Fay", KNOWN_SECONDS + 1), ("Gus", KNOWN_SECONDS - 1)] {
        table.advance(passes);
        let counted = master.counted();
        add(&counted, name).await.expect("an answer");
        calls.push(counted.cost().calls);
    }
    assert_eq!(calls, [2, 3, 2]);
}

/// Loses what stands at this place.
async fn lose(fixture: &Fixture, key: &Key) {
    let client = Connection::to_emulator(&fixture.database).client();
    let delete = client.delete_item().table_name(&fixture.table);
    let delete = delete.key(keys::PARTITION_KEY, AttributeValue::S(key.pk.clone()));
    let delete = delete.key(keys::SORT_KEY, AttributeValue::S(key.sk.clone()));
    delete.send().await.expect("an item is lost");
}

/// With the counter the rules in force are lost, and which secret the keys are made with: whoever starts, or looks again, puts them back.
#[tokio::test]
async fn a_lost_counter_item_is_put_back_with_the_rules_in_force_and_the_secret_by_the_next_who_looks()
 {
    let fixture = Fixture::with(&[("MATCH_CODE_LAYOUT", FIRST)]).await;
    let table = fixture.master().table().clone();
    let warm = start(&table, &deployment(FIRST, None)).await.expect("in force");
    add(&warm, "Robinson").await.expect("an answer");
    let both = deployment(FIRST, Some(SECOND));
    start(&table, &both).await.expect("a neighbour");
    let before = in_force(&table).await;
    let other = [("KEY_SECRET", "another secret of these tests, long enough".to_owned())];
    let deployments = [deployment(SECOND, Some(FIRST)), deployment(SECOND, None), other.to_vec()];
    for variables in deployments {
        lose(&fixture, &keys::customer_counter()).await;
        start(&table, &variables).await.expect_err("what is in force is lost, and not forgotten");
    }
    lose(&fixture, &keys::customer_counter()).await;
    start(&table, &both).await.expect("a neighbour");
    assert_eq!(in_force(&table).await.epoch, before.epoch);
    // What was said while the copy was not there is said on it again.
    lose(&fixture, &keys::customer_counter_copy()).await;
    let (report, complete) = audit(&start(&table, &both).await.expect("a neighbour")).await;
    assert_eq!(complete, Some(true), "{report:?}");
    assert!(report.is_whole(), "{report:?}");
    lose(&fixture, &keys::customer_counter()).await;
    start(&table, &deployment(FIRST, None)).await.expect_err("another rule is required by now");
    start(&table, &deployment(SECOND, Some(FIRST))).await.expect("complete");
}

#[tokio::test]
async fn a_lost_counter_item_lets_nobody_start_whose_rule_is_not_in_force() {
    let table = ModelTable::new();
    let master = start(&table, &deployment(FIRST, None)).await.expect("a new table");
    add(&master, "Robinson").await.expect("an answer");
    let since = ModelTable::new();
    for (key, item) in table.items() {
        if key != keys::customer_counter() {
            let put = Write::Put { item, on: Condition::Absent };
            since.write(&put).await.expect("an answer");
        }
    }
    let fresh = trusting(&since, &deployment(SECOND, None));
    let settled = fresh.settled().await.expect_err("the first is in force");
    assert!(settled.contains(FIRST), "{settled}");
    let epoch = in_force(&since).await.epoch.expect("what was said");
    assert_eq!(Some(epoch), in_force(&table).await.epoch);
}

/// Audits all of the table as if nobody else could reach it.
async fn audit<T: WholeTable>(master: &Master<T>) -> (Report, Option<bool>) {
    let patience =
        Patience { following: Patience::WHILE_OTHERS_WRITE.following, ..Patience::ALONE };
    let manner = Manner { mend: true, patience, request_id: "audit".to_owned() };
    let auditor = Auditor::new(Follower::new(master.clone(), EventLines::default()), manner);
    let brought = auditor.bring_in().await.expect("an answer");
    let mut report = Report::default();
    let mut after = None;
    loop {
        let segment = Segment { number: 0, of: 1 };
        after = auditor.audit(segment, after.as_ref(), &mut report).await.expect("an audit");
        if after.is_none() {
            break;
        }
    }
    let complete = match &brought {
        Some(brought) => Some(auditor.complete(brought, &report).await.expect("an answer")),
        None => None,
    };
    (report, complete)
}

/// Somebody whom the two layouts place otherwise, and both call the same.
fn same_as_before(result: Result<MessageResult, Stopped>) -> bool {
    matches!(result, Ok(MessageResult::Duplicate(duplicates)) if duplicates.len() == 1)
}

#[tokio::test]
async fn a_rule_changes_in_four_steps_with_an_audit_between_and_nobody_becomes_two() {
    let fixture = Fixture::with(&[("MATCH_CODE_LAYOUT", FIRST)]).await;
    let table = fixture.master().table().clone();
    let old = start(&table, &deployment(FIRST, None)).await.expect("in force");
    for name in ["Robinson", "Dryer"] {
        assert!(matches!(add(&old, name).await, Ok(MessageResult::Created(_))), "{name}");
    }
    let both = start(&table, &deployment(FIRST, Some(SECOND))).await.expect("a neighbour");
    assert!(same_as_before(add(&both, "Robinson").await));
    assert!(matches!(add(&both, "Moneypenny").await, Ok(MessageResult::Created(_))));
    assert!(same_as_before(add(&old, "Moneypenny").await), "side by side");
    assert!(matches!(add(&old, "Quarr").await, Ok(MessageResult::Created(_))));

    let (report, complete) = audit(&both).await;
    assert_eq!(complete, Some(true), "{report:?}");
    // Those whom the old ones made.
    let given = report.damage.get(&operations::audit::Damage::CustomerWithoutSeat);
    assert_eq!(given.map(|given| (given.found, given.mended)), Some((3, 3)));
    let (report, complete) = audit(&both).await;
    assert_eq!((report.found(), complete), (0, None), "{report:?}");
    start(&table, &deployment(FIRST, None)).await.expect_err("it keeps too little");

    let turned = start(&table, &deployment(SECOND, Some(FIRST))).await.expect("complete");
    for name in ["Robinson", "Dryer", "Moneypenny", "Quarr"] {
        assert!(same_as_before(add(&turned, name).await), "{name}");
    }
    assert!(matches!(add(&turned, "Okafor").await, Ok(MessageResult::Created(_))));
    assert!(same_as_before(add(&both, "Okafor").await), "side by side");
    let new = start(&table, &deployment(SECOND, None)).await.expect("complete");
    for name in ["Robinson", "Dryer", "Moneypenny", "Quarr", "Okafor"] {
        assert!(same_as_before(add(&new, name).await), "{name}");
    }
    assert!(matches!(add(&new, "Papas").await, Ok(MessageResult::Created(_))));
    assert!(same_as_before(add(&turned, "Papas").await), "side by side");
    start(&table, &deployment(FIRST, Some(SECOND))).await.expect_err("it is given up");
    assert_eq!(fixture.customers().await.len(), 6);
}

#[tokio::test]
async fn a_rule_is_not_complete_while_somebody_has_no_seat_under_it() {
    let fixture = Fixture::with(&[("MATCH_CODE_LAYOUT", FIRST)]).await;
    let table = fixture.master().table().clone();
    let old = start(&table, &deployment(FIRST, None)).await.expect("in force");
    add(&old, "Robinson").await.expect("an answer");
    let both = start(&table, &deployment(FIRST, Some(SECOND))).await.expect("a neighbour");
    let manner = Manner {
        mend: true,
        patience: Patience::WHILE_OTHERS_WRITE,
        request_id: "audit".to_owned(),
    };
    let auditor = Auditor::new(Follower::new(both.clone(), EventLines::default()), manner);
    let brought = auditor.bring_in().await.expect("an answer").expect("a rule");
    assert!(auditor.unaware_for(&brought).as_secs() > 100, "others may still write without it");
    // Begun again, it goes on from there.
    assert_eq!(auditor.bring_in().await.expect("an answer"), Some(brought.clone()));
    let mut unmended = Report::default();
    let of_kind = operations::audit::Found { found: 1, mended: 0, samples: Vec::new() };
    unmended.damage.insert(operations::audit::Damage::CustomerWithoutSeat, of_kind);
    assert!(!auditor.complete(&brought, &unmended).await.expect("an answer"));
    start(&table, &deployment(SECOND, Some(FIRST))).await.expect_err("not complete");
    // Who only looks brings in nothing.
    let looks = Manner { mend: false, patience: Patience::ALONE, request_id: "audit".to_owned() };
    let looks = Auditor::new(Follower::new(both, EventLines::default()), looks);
    assert_eq!(looks.bring_in().await.expect("an answer"), None);
}
