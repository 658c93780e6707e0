//! The search itself: what it leaves out it may leave out, and what it foresees is what happens.

use explorer::{Search, catalogue};
use model::ModelTable;

fn shipped(table: ModelTable) -> ModelTable {
    table
}

#[test]
fn a_search_that_leaves_nothing_out_ends_in_the_same_tables() {
    for (name, faults) in [
        ("an association against a release of the same DCN", 1),
        ("two different Adds in one block", 0),
        ("two corrections of one version", 1),
        ("two equal Adds that report duplicates", 0),
        ("two equal unchecked Adds", 0),
        ("the same key twice, a failing message", 0),
        ("the same key with another Add", 0),
        ("an Add against an association of the same customer", 0),
        ("reprocess against delete", 0),
        ("a replayed association against a release", 0),
    ] {
        let scenario = catalogue::named(name);
        let over = shipped as fn(_) -> _;
        let search = Search::new(&scenario, &over, faults).unwrap();
        let short = search.ends().unwrap_or_else(|violation| panic!("{violation}"));
        let long = search.all_ends().unwrap_or_else(|violation| panic!("{violation}"));
        assert_eq!(short, long, "{name}, {faults} faults");
    }
}

#[test]
fn a_seed_picks_the_same_runs_each_time_and_another_seed_others() {
    let scenario = catalogue::named("three equal Adds: Y, S and A");
    let over = shipped as fn(_) -> _;
    let search = Search::new(&scenario, &over, 2).unwrap();
    let sampled = |seed| search.sample(seed, 50).unwrap_or_else(|violation| panic!("{violation}"));
    assert_eq!(sampled(7), sampled(7));
    assert!(sampled(7).states > 10);
    assert_ne!(sampled(7), sampled(8));
}

#[test]
fn a_replay_tells_the_steps_in_the_words_of_the_table() {
    let scenario = catalogue::named("two releases");
    let over = shipped as fn(_) -> _;
    let search = Search::new(&scenario, &over, 0).unwrap();
    let told = search.replay(&[]).unwrap_or_else(|violation| panic!("{violation}"));
    for expected in [
        "0: get DEALER#TD1/DCN#1 → found",
        "0: is answered: Released",
        "1: is answered: NotAssociated",
    ] {
        assert!(told.iter().any(|line| line == expected), "{expected} in {told:#?}");
    }
}
