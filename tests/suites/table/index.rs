//! The index, which learns of what is written a little later.

use std::time::Duration;

use store::keys::{IndexEntry, IndexKey, Key};
use store::table::{IndexQuery, Table};
use store::writes::Condition;

use crate::fixture::{done, given, indexed, item, key, put};

fn place(sort: &str) -> IndexKey {
    IndexKey { partition: "I".to_owned(), sort: sort.to_owned() }
}

fn query(from: &str, to: &str) -> IndexQuery {
    IndexQuery {
        partition: "I".to_owned(),
        from: from.to_owned(),
        to: to.to_owned(),
        after: None,
        descending: false,
        limit: 100,
    }
}

fn entry(sort: &str, key: &Key) -> IndexEntry {
    IndexEntry { sort: sort.to_owned(), key: key.clone() }
}

/// Asks until the index has learned what it should.
async fn finds(table: &impl Table, query: &IndexQuery, expected: &[IndexEntry]) {
    let mut found = Vec::new();
    for _ in 0..100 {
        found = table.index(query).await.expect("an answer").found;
        if found == expected {
            return;
        }
        table.pause(Duration::from_millis(50)).await;
    }
    assert_eq!(found, expected, "{query:?}");
}

pub(crate) async fn what_has_a_place_in_the_index_is_found_there_in_order_between_bounds(
    table: &impl Table,
) {
    let keys = ["3", "1", "2"].map(|sort| key(&format!("P{sort}"), "S"));
    for (at, sort) in keys.iter().zip(["c", "a", "b"]) {
        given(table, indexed(at, &place(sort))).await;
    }
    let all = [entry("a", &keys[1]), entry("b", &keys[2]), entry("c", &keys[0])];
    finds(table, &query("0", "z"), &all).await;
    finds(table, &query("a", "b"), &all[..2]).await;
    finds(table, &query("b", "b"), &all[1..2]).await;
    finds(table, &query("d", "z"), &[]).await;
}

pub(crate) async fn what_moves_in_the_index_is_found_at_its_new_place_only(table: &impl Table) {
    let at = key("P", "S");
    given(table, indexed(&at, &place("a"))).await;
    finds(table, &query("0", "z"), &[entry("a", &at)]).await;
    let moved = indexed(&at, &place("b"));
    done(table, &put(moved, Condition::AbsentOrBelongsTo(crate::fixture::customer(1)))).await;
    finds(table, &query("0", "z"), &[entry("b", &at)]).await;
}

pub(crate) async fn pages_of_the_index_go_on_in_both_directions(table: &impl Table) {
    let sorts = ["a", "b", "c", "d", "e"];
    let entries: Vec<IndexEntry> =
        sorts.iter().map(|sort| entry(sort, &key("P", &format!("S{sort}")))).collect();
    for entry in &entries {
        given(table, indexed(&entry.key, &place(&entry.sort))).await;
    }
    finds(table, &query("0", "z"), &entries).await;
    for descending in [false, true] {
        let mut expected = entries.clone();
        if descending {
            expected.reverse();
        }
        let mut query = IndexQuery { descending, limit: 2, ..query("0", "z") };
        let mut found = Vec::new();
        loop {
            let page = table.index(&query).await.expect("an answer");
            assert!(page.found.len() <= 2, "{page:?}");
            found.extend(page.found);
            if !page.more {
                break;
            }
            query.after = found.last().cloned();
        }
        assert_eq!(found, expected, "descending: {descending}");
    }
}

pub(crate) async fn what_has_no_place_is_not_in_the_index(table: &impl Table) {
    given(table, item(&key("P", "1"), [])).await;
    let there = key("P", "2");
    given(table, indexed(&there, &place("a"))).await;
    finds(table, &query("0", "z"), &[entry("a", &there)]).await;
    let gone = item(&there, []);
    done(table, &put(gone, Condition::AbsentOrBelongsTo(crate::fixture::customer(1)))).await;
    finds(table, &query("0", "z"), &[]).await;
}
