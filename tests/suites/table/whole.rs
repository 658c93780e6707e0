//! The table as it is walked from end to end, items as they were at one moment, and transactions that also look.

use std::collections::BTreeSet;

use store::item::key_of;
use store::items::VERSION;
use store::keys::Key;
use store::table::{Check, Segment, WholeTable};
use store::writes::{Condition, Refusal, Transacted, token};

use crate::fixture::{given, item, key, number, put, read};

/// How many segments are walked.
const SEGMENTS: u32 = 3;

pub(crate) async fn each_item_is_in_one_segment_and_met_there_once(table: &impl WholeTable) {
    let keys: BTreeSet<Key> =
        (0..40).map(|at| key(&format!("P{}", at % 11), &format!("S{at}"))).collect();
    for at in &keys {
        given(table, item(at, [])).await;
    }
    let mut met = BTreeSet::new();
    for number in 0..SEGMENTS {
        let mut after = None;
        loop {
            let segment = Segment { number, of: SEGMENTS };
            let page = table.walk(segment, after.as_ref(), 7).await.expect("an answer");
            assert!(page.found.len() <= 7);
            for item in &page.found {
                assert!(met.insert(key_of(item)), "{item:?} is met twice");
            }
            after = page.next;
            if after.is_none() {
                break;
            }
        }
    }
    assert_eq!(met, keys);
}

pub(crate) async fn items_are_read_together_in_the_order_of_their_keys(table: &impl WholeTable) {
    let there = item(&key("A", "1"), []);
    given(table, there.clone()).await;
    let keys = [key("B", "1"), key("A", "1"), key("A", "2")];
    let together = table.get_together(&keys).await.expect("an answer");
    assert_eq!(together, Some(vec![None, Some(there), None]));
}

pub(crate) async fn a_transaction_is_done_while_what_it_looks_at_is_so(table: &impl WholeTable) {
    let (at, looked_at) = (key("A", "1"), key("B", "1"));
    let stands = item(&looked_at, [(VERSION, number(1))]);
    given(table, stands.clone()).await;
    let writes = [put(item(&at, []), Condition::Absent)];
    let transacted = async |version| {
        let check = Check { key: looked_at.clone(), on: Condition::VersionIs(version) };
        let transacted = table.transact_while(&token(table), &writes, &[check]).await;
        transacted.expect("an answer")
    };
    let Transacted::Refused(reasons) = transacted(2).await else {
        panic!("it has another version")
    };
    let [None, Some(Refusal::Condition(_))] = &reasons[..] else { panic!("{reasons:?}") };
    assert_eq!(read(table, &at).await, None);
    assert_eq!(transacted(1).await, Transacted::Done);
    assert!(read(table, &at).await.is_some());
    assert_eq!(read(table, &looked_at).await, Some(stands));
}
