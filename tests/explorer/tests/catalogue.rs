//! No interleaving of the catalogue's requests goes wrong. What takes minutes is left to `cargo explore`, which goes through all.

use explorer::{Gone, How, Scenario, catalogue, tour};

/// The pairs whose single faults take minutes without optimization.
const LONG: [&str; 2] = ["the same key twice, an association", "the same key twice, a reprocess"];

/// Goes through all of these, and says what that was.
fn go_through(work: &[(Scenario, usize)], how: How) -> Gone {
    let (gone, violations) = tour(work, how, |_, _, _, came| {
        if let Err(violation) = came {
            panic!("{violation}");
        }
    });
    assert_eq!(violations, 0);
    gone
}

#[test]
fn no_interleaving_of_two_requests_goes_wrong_whatever_single_fault_occurs() {
    let with_faults = |pair: Scenario| {
        let faults = if LONG.contains(&pair.name) { 0 } else { pair.faults };
        (pair, faults)
    };
    let work: Vec<_> = catalogue::pairs().into_iter().map(with_faults).collect();
    let gone = go_through(&work, How::All);
    assert!(gone.judged > 5_000, "{gone:?}");
}

/// The pairs of which both are transactions of three: too many ways for them to hold each other up.
const TWO_DECISIONS: [&str; 13] = [
    "two merges of each other",
    "two merges in a row",
    "two merges of one loser",
    "an un-merge against a merge of the winner",
    "two un-merges",
    "the same key twice, a merge",
    "a merge against its un-merge",
    "an un-merge at the end of a chain against one in its middle",
    "an un-merge against an erasure of the winner",
    "an un-merge against an erasure of the loser",
    "an erasure against another merge of the winner",
    "an erasure with a key against a merge with a key",
    "two erasures",
];

#[test]
fn no_interleaving_of_a_merge_with_whatever_names_one_of_the_two_goes_wrong() {
    let (large, small): (Vec<_>, Vec<_>) = catalogue::merges()
        .into_iter()
        .map(|pair| (pair, 0))
        .partition(|(pair, _)| TWO_DECISIONS.contains(&pair.name));
    let gone = go_through(&small, How::All);
    assert!(gone.judged > 100, "{gone:?}");
    assert_eq!(large.len(), TWO_DECISIONS.len());
    for seed in [7, fastrand::u64(..)] {
        let gone = go_through(&large, How::Sample { seed, runs: 200 });
        assert!(gone.judged > 100, "seed {seed}: {gone:?}");
    }
}

#[test]
fn no_interleaving_of_an_erasure_or_of_a_decision_on_two_goes_wrong_whatever_single_fault_occurs() {
    // The others are transactions of three as well.
    let is_small = |pair: &Scenario| {
        !TWO_DECISIONS.contains(&pair.name)
            && !pair.name.starts_with("a merge against an erasure")
            && !pair.name.ends_with("with a key, and their merge")
    };
    let pairs = catalogue::decisions().into_iter().filter(is_small);
    let work: Vec<_> = pairs.map(|pair| (pair.clone(), pair.faults)).collect();
    assert!(work.len() >= 15 && work.iter().all(|(_, faults)| *faults == 1));
    let gone = go_through(&work, How::All);
    assert!(gone.judged > 5_000, "{gone:?}");
}

#[test]
fn no_interleaving_of_a_merge_goes_wrong_whatever_single_fault_chance_picks() {
    let merges = catalogue::merges().into_iter().chain(catalogue::merge_triples());
    let work: Vec<_> = merges.map(|merge| (merge.clone(), merge.faults)).collect();
    for seed in [7, fastrand::u64(..)] {
        let gone = go_through(&work, How::Sample { seed, runs: 200 });
        assert!(gone.judged > 100, "seed {seed}: {gone:?}");
    }
}

#[test]
fn no_interleaving_of_requests_in_different_worlds_makes_two_of_one_customer() {
    let work: Vec<_> =
        catalogue::worlds().into_iter().map(|world| (world.clone(), world.faults)).collect();
    let gone = go_through(&work, How::All);
    assert!(gone.judged > 100, "{gone:?}");
}

#[test]
fn no_interleaving_of_an_audit_with_whatever_else_is_done_goes_wrong() {
    let work: Vec<_> =
        catalogue::audits().into_iter().map(|audit| (audit.clone(), audit.faults)).collect();
    let gone = go_through(&work, How::All);
    assert!(gone.judged > 100, "{gone:?}");
}

#[test]
fn no_interleaving_of_three_requests_goes_wrong() {
    let work: Vec<_> = catalogue::triples().into_iter().map(|triple| (triple, 0)).collect();
    let gone = go_through(&work, How::All);
    assert!(gone.judged > 1_000, "{gone:?}");
}

/// Deeper than can be gone through: three requests, three faults. The seed is another one each time, and a violation tells how to see it again.
#[test]
fn what_chance_picks_of_three_requests_with_three_faults_does_not_go_wrong() {
    let work: Vec<_> = catalogue::triples().into_iter().map(|triple| (triple, 3)).collect();
    for seed in [7, fastrand::u64(..)] {
        let gone = go_through(&work, How::Sample { seed, runs: 100 });
        assert!(gone.judged > 100, "seed {seed}: {gone:?}");
    }
}

/// What is known and accepted, each with its reason where it stands in the catalogue. When one is mended, this test asks to move it to the others.
#[test]
fn what_is_accepted_is_still_found() {
    for scenario in catalogue::accepted() {
        let name = scenario.name;
        let faults = scenario.faults;
        let (_, violations) = tour(&[(scenario, faults)], How::All, |_, _, _, _| {});
        assert_eq!(violations, 1, "'{name}' is in order now and belongs to the others");
    }
}
