//! Generated lives of merges and un-merges in any order: the dealer customers of all together stay the same set, and every number and identifier ever given leads to exactly one
//! living customer.

use std::collections::{BTreeMap, BTreeSet};

use kit::fixture::Fixture;
use serde_json::json;

use crate::world::{Made, associated, at, dcns, made, merge_with, read, unmerge_with};

/// How many lives are lived; `LIVES` sets another number.
fn lives() -> u64 {
    std::env::var("LIVES").ok().and_then(|lives| lives.parse().ok()).unwrap_or(6)
}

/// Who was merged into whom, as it must be.
struct Expected {
    customers: Vec<Made>,
    merged_into: BTreeMap<usize, usize>,
}

impl Expected {
    fn leader(&self, mut of: usize) -> usize {
        while let Some(winner) = self.merged_into.get(&of) {
            of = *winner;
        }
        of
    }

    fn leaders(&self) -> Vec<usize> {
        (0..self.customers.len()).filter(|one| !self.merged_into.contains_key(one)).collect()
    }

    /// Holds that everything that was ever given leads where it must.
    async fn holds(&self, master: &Fixture, dealers: &BTreeMap<String, usize>) {
        let mut all = BTreeSet::new();
        for leader in self.leaders() {
            let own: BTreeSet<String> =
                dcns(master, &self.customers[leader].identifier).await.into_iter().collect();
            let expected = dealers.iter().filter(|(_, of)| self.leader(**of) == leader);
            let expected: BTreeSet<String> = expected.map(|(dcn, _)| dcn.clone()).collect();
            assert_eq!(own, expected);
            all.extend(own);
        }
        assert_eq!(all, dealers.keys().cloned().collect());
        for (one, customer) in self.customers.iter().enumerate() {
            let leader = &self.customers[self.leader(one)];
            let shown = read(master, &customer.number).await;
            assert_eq!(shown["cst_cust_nbr"], json!(leader.number));
            let path = format!("/customer-organizations/{}", customer.identifier);
            let shown = master.get(&path).send().await.is(200);
            assert_eq!(shown["customerOrganizationIdentifier"], json!(leader.identifier));
        }
    }
}

#[tokio::test]
async fn whatever_is_merged_and_parted_nothing_is_lost_and_nothing_leads_to_two() {
    for seed in 0..lives() {
        let mut chance = fastrand::Rng::with_seed(seed);
        let master = Fixture::new().await;
        let mut expected = Expected { customers: Vec::new(), merged_into: BTreeMap::new() };
        let mut dealers = BTreeMap::new();
        for one in 0..6 {
            let customer = made(&master, &at(&format!("{one} Life Road"))).await;
            associated(&master, &customer, &format!("D-{one}")).await;
            dealers.insert(format!("TD68|D-{one}"), one);
            expected.customers.push(customer);
        }
        for step in 0..20 {
            let leaders = expected.leaders();
            let number = |one: usize| expected.customers[one].number.clone();
            if chance.bool() && leaders.len() > 1 {
                chance.shuffle(&mut expected.leaders());
                let winner = chance.choice(&leaders).copied().expect("one");
                let others: Vec<usize> =
                    leaders.iter().copied().filter(|one| *one != winner).collect();
                let loser = chance.choice(&others).copied().expect("one");
                let side = if chance.bool() { "loser" } else { "winner" };
                let take = json!({ "take": { "address": side } });
                let pair = (number(winner), number(loser));
                let answer = merge_with(&master, (&pair.0, &pair.1), &take).await;
                answer.is(200);
                expected.merged_into.insert(loser, winner);
            } else if !expected.merged_into.is_empty() {
                let merged: Vec<(usize, usize)> =
                    expected.merged_into.iter().map(|(loser, winner)| (*loser, *winner)).collect();
                let (loser, winner) = chance.choice(&merged).copied().expect("one");
                let pair = (number(winner), number(loser));
                let mut keep = json!({});
                let mut answer = unmerge_with(&master, (&pair.0, &pair.1), &keep).await;
                if answer.status == 409 && answer.json()["type"] == "/problems/changed-since" {
                    let changed = answer.json()["attributes"].clone();
                    for name in changed.as_array().expect("names") {
                        keep[name.as_str().expect("a name")] = json!("winner");
                    }
                    answer = unmerge_with(&master, (&pair.0, &pair.1), &keep).await;
                }
                if expected.merged_into.contains_key(&winner) {
                    answer.is_problem(409, "already-merged");
                } else {
                    answer.is(200);
                    expected.merged_into.remove(&loser);
                }
            } else if let Some(of) = chance.choice(&[0, 1, 2, 3, 4, 5]).copied() {
                // A dealer names any of them, and gets the one that acts.
                let name = format!("S{seed}-{step}");
                associated(&master, &expected.customers[of], &name).await;
                dealers.insert(format!("TD68|{name}"), expected.leader(of));
            }
        }
        expected.holds(&master, &dealers).await;
    }
}
