//! What a merge costs: calls one after another, read units, write units, as the database reports them, whether the loser has one dealer or many.

use domain::by::By;
use domain::customer::CustomerNumber;
use domain::customer::merge::Choices;
use domain::request::Versions;
use kit::fixture::{Fixture, given};
use operations::customers::merge::{Merging, merge};
use operations::kit::Attempt;
use store::meter::Cost;

use crate::world::{Made, at, made, version};

async fn cost(stand: &Fixture, winner: &Made, loser: &Made, key: Option<&str>) -> Cost {
    let number = |made: &Made| CustomerNumber::parse(&made.number).expect("a number");
    let seen = async |made: &Made| Some(Versions::OneOf(vec![version(stand, &made.number).await]));
    let merging = Merging {
        winner: number(winner),
        loser: number(loser),
        winner_seen: seen(winner).await,
        loser_seen: seen(loser).await,
        choices: Choices::new(),
        counts: true,
    };
    let master = stand.master().counted();
    let key = key.map(|key| (key, "fingerprint".to_owned()));
    let attempt = Attempt::new(&master, By::new("caller", "merge", "request"), key, false);
    merge(&attempt, &merging).await.expect("a merge");
    master.cost()
}

#[tokio::test]
async fn a_merge_is_three_steps_and_a_transaction_of_three_whatever_hangs_on_the_loser() {
    let Some(stand) = Fixture::that_counts().await else {
        return;
    };
    for (key, dealers) in [(None, 0), (Some("one"), 1), (None, 120)] {
        let loser = made(&stand, &at("100 Example Street").with("cst_duplicate", "N")).await;
        let other = made(&stand, &at("100 Example Street").with("cst_duplicate", "N")).await;
        for dealer in 0..dealers {
            let number = format!("{dealers}-{dealer}");
            stand.associate(&given("TD68", &number, &loser.identifier)).await.is(201);
        }
        let cost = cost(&stand, &other, &loser, key).await;
        let keyed = f64::from(u8::from(key.is_some()));
        // Where both are found, both as they are, and the write with the counting beside it. What is read of the one may overlap what is read of the other.
        assert!(cost.steps <= 3 && cost.rounds == 0, "{dealers}: {cost:?}");
        assert_eq!(cost.calls, 7 + u32::from(key.is_some()), "{dealers}: {cost:?}");
        assert_eq!(cost.write_units, 6.0 + keyed, "{dealers}: {cost:?}");
        // Two customers; where their numbers are in the index, and the first of the dealers' customers of each, count half of a unit each.
        assert_eq!(cost.read_units, 2.0 + 4.0 * 0.5, "{dealers}: {cost:?}");
    }
}
