//! The search itself: what it leaves out it may leave out, and what it foresees is what happens.

use tests::explorer::{Search, catalogue};
use tests::model::ModelTable;

fn shipped(table: ModelTable) -> ModelTable {
    table
}

#[test]
fn a_search_that_leaves_nothing_out_ends_in_the_same_tables() {
    for name in [
        "two equal Adds that report duplicates",
        "an association against a release of the same DCN",
        "two different Adds in one block",
    ] {
        let scenario = catalogue::named(name);
        for faults in [0, 1] {
            let over = shipped as fn(_) -> _;
            let search = Search::new(&scenario, &over, faults).unwrap();
            let short = search
                .ends()
                .unwrap_or_else(|violation| panic!("{violation}"));
            let long = search
                .all_ends()
                .unwrap_or_else(|violation| panic!("{violation}"));
            assert_eq!(short, long, "{name}, {faults} faults");
        }
    }
}

#[test]
fn a_seed_picks_the_same_runs_each_time_and_none_goes_wrong() {
    let scenario = catalogue::named("three equal Adds: Y, S and A");
    let over = shipped as fn(_) -> _;
    let search = Search::new(&scenario, &over, 2).unwrap();
    let sampled = || {
        search
            .sample(7, 50)
            .unwrap_or_else(|violation| panic!("{violation}"))
    };
    assert_eq!(sampled(), sampled());
    assert!(sampled().states > 10);
}

#[test]
fn a_replay_tells_the_steps_in_the_words_of_the_table() {
    let scenario = catalogue::named("two releases");
    let over = shipped as fn(_) -> _;
    let search = Search::new(&scenario, &over, 0).unwrap();
    let told = search
        .replay(&[])
        .unwrap_or_else(|violation| panic!("{violation}"));
    for expected in [
        "0: get DEALER#TD1/DCN#1 → found",
        "0: is answered: Released",
        "1: is answered: NotAssociated",
    ] {
        assert!(
            told.iter().any(|line| line == expected),
            "{expected} in {told:#?}"
        );
    }
}
