//! What a merge costs: calls one after another, read units, write units, as the database reports them, whether the loser has one dealer or many.

use domain::by::{By, Stamp};
use domain::customer::merge::Choices;
use domain::customer::{CustomerNumber, Identifier};
use domain::dealer::association::Origin;
use domain::dealer::{Dcn, DealerCode, DealerCustomerNumber, DealerProfile, DealerType};
use domain::effect::{Cause, EffectId};
use domain::request::Versions;
use kit::fixture::Fixture;
use operations::customers::merge::{Merging, merge};
use operations::kit::Attempt;
use store::items::{self, Association};
use store::meter::Cost;
use store::table::Table as _;
use store::writes::{Transacted, Write};

use crate::world::{Made, at, made, version};

/// How many are written in one transaction.
const AT_ONCE: usize = 100;

/// Gives the customer so many dealer customers, as associations by its identifier do.
async fn with_dealers(stand: &Fixture, of: &Made, dealers: usize) {
    let table = stand.master().table();
    let identifier = Identifier::parse(&of.identifier).expect("an identifier");
    let profile = DealerProfile {
        dealer_type: DealerType::default(),
        business_name: Some("Julie Robinson".to_owned()),
        alternate_name: None,
        address: None,
        email: None,
        phones: Vec::new(),
    };
    let stamp = Stamp {
        by: By::new("dealer", "associate", "request"),
        cause: Cause { id: EffectId::random(table.chance()), keyed: false },
        at: table.now(),
    };
    let dcns: Vec<Dcn> = (0..dealers)
        .map(|number| Dcn {
            dealer_code: DealerCode::parse("TD68").expect("a code"),
            dealer_customer_number: DealerCustomerNumber::parse(&format!("{}-{number}", of.number))
                .expect("a number"),
        })
        .collect();
    for some in dcns.chunks(AT_ONCE) {
        let writes = some.iter().map(|dcn| {
            let organization = &identifier;
            let (profile, origin) = (&profile, &Origin::Given);
            items::associate_absent(items::associate(
                Association { dcn, profile, organization, origin },
                &stamp,
            ))
        });
        let writes: Vec<Write> = writes.collect();
        let written = table.transact(&store::writes::token(table), &writes).await;
        assert!(matches!(written, Ok(Transacted::Done)), "{written:?}");
    }
}

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
    for (key, dealers) in [(None, 0), (Some("one"), 1), (None, 10_000)] {
        let loser = made(&stand, &at("100 Example Street").with("cst_duplicate", "N")).await;
        let other = made(&stand, &at("100 Example Street").with("cst_duplicate", "N")).await;
        with_dealers(&stand, &loser, dealers).await;
        if dealers > 0 {
            let dcn = format!("/dealer-customers/TD68/{}-{}", loser.number, dealers - 1);
            let shown = stand.get(&dcn).send().await.is(200);
            assert_eq!(shown["customerOrganizationIdentifier"], loser.identifier);
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
