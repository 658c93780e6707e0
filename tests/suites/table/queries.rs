//! Queries of a partition.

use store::item::{Item, key_of};
use store::table::{Query, Table};

use crate::fixture::{given, item, key, text};

fn query(prefix: &str) -> Query {
    Query { partition: "A".to_owned(), prefix: prefix.to_owned(), after: None, limit: None }
}

/// The sort keys of all pages, and how many pages there were.
async fn pages(table: &impl Table, mut query: Query) -> (Vec<String>, usize) {
    let (mut found, mut pages) = (Vec::new(), 0);
    loop {
        let page = table.query(&query).await.expect("an answer");
        pages += 1;
        assert!(pages < 1000, "the pages do not end");
        if let Some(limit) = query.limit {
            assert!(page.found.len() <= limit as usize, "{page:?}");
        }
        let keys = page.found.iter().map(|item: &Item| key_of(item).sk);
        found.extend(keys);
        if !page.more {
            return (found, pages);
        }
        query.after = found.last().cloned();
    }
}

pub(crate) async fn a_partition_is_read_in_the_order_of_the_bytes_of_its_sort_keys(
    table: &impl Table,
) {
    let ordered = ["-", "1", "10", "2", "A", "Z#1", "a", "z", "é", "\u{ffff}", "\u{10000}"];
    for sort in ordered.iter().rev() {
        given(table, item(&key("A", sort), [])).await;
        given(table, item(&key("B", sort), [])).await;
    }
    let (found, _) = pages(table, query("")).await;
    assert_eq!(found, ordered);
}

pub(crate) async fn a_prefix_and_a_place_narrow_a_query(table: &impl Table) {
    for sort in ["MOVED#1", "SEAT#1", "SEAT#2", "SEAT#3", "SEAT", "SEATS#4"] {
        given(table, item(&key("A", sort), [])).await;
    }
    let (found, _) = pages(table, query("SEAT#")).await;
    assert_eq!(found, ["SEAT#1", "SEAT#2", "SEAT#3"]);
    let after = |after: &str| Query { after: Some(after.to_owned()), ..query("SEAT#") };
    let (found, _) = pages(table, after("SEAT#1")).await;
    assert_eq!(found, ["SEAT#2", "SEAT#3"]);
    // What it goes on behind need not be there.
    let (found, _) = pages(table, after("SEAT#25")).await;
    assert_eq!(found, ["SEAT#3"]);
    let (found, _) = pages(table, query("NOTHING")).await;
    assert!(found.is_empty(), "{found:?}");
}

pub(crate) async fn pages_follow_one_another_to_the_end(table: &impl Table) {
    let all: Vec<String> = (0..10).map(|number| format!("SEAT#{number}")).collect();
    for sort in &all {
        given(table, item(&key("A", sort), [])).await;
    }
    for limit in [1, 3, 5, 10, 11] {
        let limited = Query { limit: Some(limit), ..query("SEAT#") };
        let (found, count) = pages(table, limited).await;
        assert_eq!(found, all, "{limit} a page");
        // Where the last page is full, the database may say that there is more, and then has nothing.
        let fewest = all.len().div_ceil(limit as usize);
        assert!((fewest..=fewest + 1).contains(&count), "{count} of {limit}");
    }
}

pub(crate) async fn a_partition_larger_than_a_page_is_read_page_by_page(table: &impl Table) {
    let long = "x".repeat(300_000);
    let all: Vec<String> = (0..8).map(|number| format!("SEAT#{number}")).collect();
    for sort in &all {
        given(table, item(&key("A", sort), [("name", text(&long))])).await;
    }
    let (found, _) = pages(table, query("")).await;
    assert_eq!(found, all);
}
