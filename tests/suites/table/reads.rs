//! Reads of single items, the counter, and the meter.

use std::collections::HashMap;
use std::sync::Arc;

use aws_sdk_dynamodb::types::AttributeValue;
use futures_util::future::join_all;
use store::item::key_of;
use store::keys::{CEILING, Key};
use store::meter::Meter;
use store::table::{Count, Table};

use crate::fixture::{given, item, key, number, read, text};

pub(crate) async fn what_is_written_is_read_at_once_and_whole(table: &impl Table) {
    let at = key("A|#/%", "Ω \u{202e}x");
    let all = item(
        &at,
        [
            ("text", text("Zoë \u{1f600} \n\t\"\\\u{0}")),
            ("empty", text("")),
            ("number", number(u64::MAX)),
            ("true", AttributeValue::Bool(true)),
            ("list", AttributeValue::L(vec![text("a"), number(0), AttributeValue::L(Vec::new())])),
            (
                "map",
                AttributeValue::M(HashMap::from([
                    ("a b".to_owned(), text("1")),
                    ("nested".to_owned(), AttributeValue::M(HashMap::new())),
                ])),
            ),
        ],
    );
    given(table, all.clone()).await;
    assert_eq!(read(table, &at).await, Some(all));
}

pub(crate) async fn what_is_absent_is_none(table: &impl Table) {
    given(table, item(&key("A", "1"), [])).await;
    assert_eq!(read(table, &key("A", "2")).await, None);
    assert_eq!(read(table, &key("B", "1")).await, None);
}

pub(crate) async fn a_hundred_items_are_read_and_absent_ones_left_out(table: &impl Table) {
    let keys: Vec<Key> =
        (0..100).map(|at| key(&format!("P{}", at % 7), &format!("S{at}"))).collect();
    for (position, at) in keys.iter().enumerate() {
        if position % 10 != 0 {
            given(table, item(at, [("name", text(&at.sk))])).await;
        }
    }
    let found = table.get_all(&keys).await.expect("an answer");
    let mut found: Vec<Key> = found.iter().map(key_of).collect();
    let wanted = keys.iter().enumerate();
    let mut wanted: Vec<Key> =
        wanted.filter(|(position, _)| position % 10 != 0).map(|(_, at)| at.clone()).collect();
    found.sort();
    wanted.sort();
    assert_eq!(found, wanted);
    assert_eq!(table.get_all(&[]).await.expect("an answer"), Vec::new());
}

/// A counter that has begun, and may count up to here.
async fn begun(table: &impl Table, ceiling: u64) -> Key {
    let at = key("COUNTER", "COUNTER");
    given(table, item(&at, [(CEILING, number(ceiling))])).await;
    at
}

pub(crate) async fn a_counter_that_has_begun_counts_and_one_that_has_not_does_not(
    table: &impl Table,
) {
    assert_eq!(table.add(&key("COUNTER", "LOST"), 100).await.expect("an answer"), None);
    assert_eq!(read(table, &key("COUNTER", "LOST")).await, None, "nothing is made");
    let at = begun(table, 150).await;
    for (amount, count) in [(100, 100), (1, 101), (100, 201)] {
        let counted = table.add(&at, amount).await.expect("an answer");
        assert_eq!(counted, Some(Count { count, ceiling: 150 }));
    }
}

pub(crate) async fn of_many_additions_at_once_none_is_lost(table: &impl Table) {
    let at = begun(table, 1000).await;
    let counts = join_all((0..20).map(|_| table.add(&at, 10))).await;
    let count = |counted: Result<Option<Count>, _>| counted.expect("an answer").expect("a count");
    let mut counts: Vec<u64> = counts.into_iter().map(|counted| count(counted).count).collect();
    counts.sort_unstable();
    assert_eq!(counts, (1..=20).map(|count| count * 10).collect::<Vec<_>>());
}

pub(crate) async fn calls_are_metered(table: &impl Table) {
    let table = table.metered(Arc::<Meter>::default());
    given(&table, item(&key("A", "1"), [])).await;
    read(&table, &key("A", "1")).await;
    table.add(&key("C", "C"), 1).await.expect("an answer");
    let cost = table.meter().cost();
    assert_eq!((cost.calls, cost.steps), (3, 3));
}
