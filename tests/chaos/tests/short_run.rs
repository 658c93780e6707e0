//! The chaos run in short. Which faults there are and what must hold afterwards is in the library.

use std::path::PathBuf;

use chaos::fault::Rates;
use chaos::{Beside, Plan, run};

/// The functions, in the order of [`chaos::functions::BINARIES`].
const BINARIES: [&str; 5] = [
    env!("CARGO_BIN_EXE_chaos-associate-dealer"),
    env!("CARGO_BIN_EXE_chaos-add-customer"),
    env!("CARGO_BIN_EXE_chaos-fix-error"),
    env!("CARGO_BIN_EXE_chaos-find-customer"),
    env!("CARGO_BIN_EXE_chaos-merge-customers"),
];

fn plan(seed: u64, requests: u64) -> Plan {
    Plan {
        seed,
        requests,
        at_most: None,
        clients: 8,
        instances: 3,
        rates: Rates::ROUGH,
        binaries: Some(BINARIES.map(PathBuf::from)),
        beside: None,
        rule_changes: false,
        progress: None,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_goes_wrong_the_table_and_the_answers_agree() {
    for seed in [1, fastrand::u64(..)] {
        let report = run(plan(seed, 1_200)).await.expect("a run");
        println!("{report}");
        assert!(report.verdict.violations.is_empty(), "{report}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn when_nothing_goes_wrong_every_request_is_decided_at_once() {
    let calm = Plan { rates: Rates::CALM, ..plan(2, 300) };
    let report = run(calm).await.expect("a run");
    assert!(report.verdict.violations.is_empty(), "{report}");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_releases_on_one_table_roll_forward_and_back() {
    let beside = Beside {
        binaries: BINARIES.map(PathBuf::from),
        variables: vec![("BYPASS_EDITS_FOR_XSTORE".to_owned(), "true".to_owned())],
    };
    let report = run(Plan { beside: Some(beside), ..plan(3, 600) }).await.expect("a run");
    println!("{report}");
    assert!(report.verdict.violations.is_empty(), "{report}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rule_changes_by_four_steps_side_by_side_with_the_audit_between() {
    for (seed, rates) in [(4, Rates::CALM), (5, Rates::ROUGH)] {
        let changing = Plan { rule_changes: true, rates, ..plan(seed, 900) };
        let report = run(changing).await.expect("a run");
        println!("{report}");
        assert!(report.verdict.violations.is_empty(), "{report}");
    }
}
