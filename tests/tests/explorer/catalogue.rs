//! No interleaving of the catalogue's requests goes wrong: a small part in every test run, all of it with `cargo test --release -p tests --test explorer -- --ignored`.

use std::sync::atomic::{AtomicUsize, Ordering};

use tests::explorer::{Gone, Scenario, Search, catalogue};
use tests::model::ModelTable;

fn shipped(table: ModelTable) -> ModelTable {
    table
}

fn search(scenario: &Scenario, faults: usize) -> Gone {
    Search::new(scenario, &(shipped as fn(_) -> _), faults)
        .expect("one request at a time does as the rules say")
        .exhaust()
        .unwrap_or_else(|violation| panic!("{violation}"))
}

/// Goes through all of these on as many threads as there are processors, and says how many interleavings there were.
fn go_through(scenarios: &[(Scenario, usize)]) -> u128 {
    let (next, threads) = (
        AtomicUsize::new(0),
        std::thread::available_parallelism().map_or(1, usize::from),
    );
    let work = || {
        let mut interleavings = 0;
        while let Some((scenario, faults)) = scenarios.get(next.fetch_add(1, Ordering::Relaxed)) {
            let gone = search(scenario, *faults);
            println!(
                "{:>20} interleavings  {:>7} states  {:>7} runs  {faults} faults  {}",
                gone.interleavings, gone.states, gone.runs, scenario.name
            );
            interleavings += gone.interleavings;
        }
        interleavings
    };
    let total: u128 = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        threads
            .into_iter()
            .map(|thread| {
                thread
                    .join()
                    .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
            })
            .sum()
    });
    println!("{total} interleavings of {} scenarios", scenarios.len());
    total
}

fn with_their_faults(scenarios: Vec<Scenario>) -> Vec<(Scenario, usize)> {
    let with = |scenario: Scenario| {
        let faults = scenario.faults;
        (scenario, faults)
    };
    scenarios.into_iter().map(with).collect()
}

#[test]
fn no_interleaving_of_two_requests_goes_wrong() {
    let scenarios: Vec<_> = catalogue::pairs().into_iter().map(|one| (one, 0)).collect();
    assert!(go_through(&scenarios) > 10_000);
}

#[test]
fn no_single_fault_in_a_short_pair_of_requests_does_harm() {
    let scenarios = [
        "two different Adds in one block",
        "two equal unchecked Adds",
        "an association against a release of the same DCN",
        "a Change that moves a customer against an update where it was",
        "the same key twice, a failing message",
        "two corrections of one version",
        "a replayed association against a release",
    ]
    .map(|name| (catalogue::named(name), 1));
    assert!(go_through(&scenarios) > 1_000);
}

#[test]
fn no_interleaving_of_three_equal_requests_goes_wrong() {
    let scenarios = [
        "three equal Adds that report duplicates",
        "three equal Adds: Y, S and A",
        "three Adds in one block, two of them equal",
        "two equal Adds against an association of the same customer",
    ]
    .map(|name| (catalogue::named(name), 0));
    assert!(go_through(&scenarios) > 1_000);
}

#[test]
#[ignore = "takes minutes; meant for a release build"]
fn explorer_long_no_interleaving_of_three_requests_goes_wrong() {
    let scenarios: Vec<_> = catalogue::triples()
        .into_iter()
        .map(|one| (one, 0))
        .collect();
    go_through(&scenarios);
}

#[test]
#[ignore = "takes minutes; meant for a release build"]
fn explorer_long_no_single_fault_does_harm_to_two_requests() {
    go_through(&with_their_faults(catalogue::pairs()));
}

/// What is known and accepted, each with its reason where it stands in the catalogue. When one is repaired, this test asks to move it to the others.
#[test]
fn what_is_accepted_is_still_found() {
    for scenario in catalogue::accepted() {
        let search = Search::new(&scenario, &(shipped as fn(_) -> _), scenario.faults)
            .expect("one request at a time does as the rules say");
        assert!(
            search.exhaust().is_err(),
            "'{}' is in order now and belongs to the others",
            scenario.name
        );
    }
}
