//! What an association costs: calls one after another, read units, write units, as the database reports them. They are those of the storage
//! page, first and warm, and do not grow with the table.

use domain::by::By;
use domain::customer::Identifier;
use domain::customer::address::Address;
use domain::dealer::association::{Associate, Organization, Statement};
use domain::dealer::{Dcn, DealerCode, DealerCustomerNumber};
use operations::dealers::associate::{AssociateOutcome, DealerCustomerOutcome};
use operations::dealers::{associate, release};
use operations::kit::Attempt;
use serde_json::json;
use store::dynamo::Dynamo;
use store::meter::Cost;

use crate::fixture::{Fixture, acme_as, changed, identifier, with_another_tail};

type Master = operations::kit::Master<Dynamo>;

fn dcn(number: &str) -> Dcn {
    Dcn {
        dealer_code: DealerCode::parse("TD68").expect("a dealer code"),
        dealer_customer_number: DealerCustomerNumber::parse(number).expect("a number"),
    }
}

/// Associates this business, or the given customer, as one request, and tells what came of it and what it cost.
async fn costs(
    master: &Master,
    number: &str,
    business: Result<&str, &str>,
    key: Option<&str>,
) -> (AssociateOutcome, Cost) {
    let (organization, statement) = match business {
        Ok(name) => {
            let parts = ["100 Example Street", "", "", "Westborough", "MA", "01581", "USA"];
            let statement = Statement {
                business_name: Some(name.to_owned()),
                address: Some(Address::from_values(parts.map(str::to_owned))),
                ..Statement::default()
            };
            (Organization::Searched, statement)
        }
        Err(identifier) => {
            let identifier = Identifier::parse(identifier).expect("an identifier");
            (Organization::Given(identifier), Statement::default())
        }
    };
    let request = Associate::new(dcn(number), organization, statement, master.controls());
    let request = request.expect("a good request");
    let master = master.counted();
    let key = key.map(|key| (key, "fingerprint".to_owned()));
    let attempt = Attempt::new(&master, By::new("caller", "associate", "request"), key, false);
    let outcome = associate::associate(&attempt, &request).await;
    (outcome.expect("an outcome"), master.cost())
}

/// Holds that a dealer customer was associated at this cost, with no second round.
#[track_caller]
fn held(
    what: &str,
    (outcome, cost): &(AssociateOutcome, Cost),
    becomes: DealerCustomerOutcome,
    (steps, read_units, write_units): (u32, f64, f64),
) {
    let became = match outcome {
        AssociateOutcome::Associated(associated) => Some(associated.dealer_customer),
        AssociateOutcome::Taken { .. }
        | AssociateOutcome::UnknownOrganization
        | AssociateOutcome::Ambiguous(_) => None,
    };
    assert_eq!(became, Some(becomes), "{what}: {outcome:?}");
    assert_eq!(
        (cost.steps, cost.read_units, cost.write_units, cost.rounds),
        (steps, read_units, write_units, 0),
        "{what}: {cost:?}"
    );
}

/// Creates customers until the process holds numbers for some more.
async fn warm(master: &Master) {
    for number in 0..8 {
        costs(master, &format!("warm{number}"), Ok(&format!("Business {number}")), None).await;
    }
}

/// The seven rows for associations, in a process that has been at work for a while.
async fn rows_hold(master: &Master, prefix: &str) {
    let new = DealerCustomerOutcome::Created;
    let number = |number: &str| format!("{prefix}-{number}");
    let name = format!("{prefix} Acme Mining");

    let created = costs(master, &number("1"), Ok(&name), None).await;
    held("created", &created, new, (2, 1.0, 6.0));
    assert_eq!(created.1.calls, 2, "{:?}", created.1);

    let found = costs(master, &number("2"), Ok(&name), None).await;
    held("found by search", &found, new, (2, 1.0, 2.0));
    assert_eq!(found.1.calls, 2, "{:?}", found.1);
    let AssociateOutcome::Associated(associated) = &found.0 else {
        panic!("{:?}", found.0);
    };
    let organization = associated.organization.as_ref().expect("an organization").to_string();

    let first = costs(master, &number("3"), Err(&organization), None).await;
    held("given, not seen before", &first, new, (2, 1.0, 2.0));
    let again = costs(master, &number("4"), Err(&organization), None).await;
    held("given, seen before", &again, new, (2, 1.0, 2.0));

    let key = |way: &str| format!("{prefix}-0123456789-{way}");
    let name = format!("{prefix} Bristol Bakery");
    let keyed = costs(master, &number("5"), Ok(&name), Some(&key("created"))).await;
    held("created, with a key", &keyed, new, (2, 1.0, 7.0));
    let keyed = costs(master, &number("6"), Ok(&name), Some(&key("found"))).await;
    held("found by search, with a key", &keyed, new, (2, 1.0, 3.0));
    // The key is bound beside the read.
    let keyed = costs(master, &number("7"), Err(&organization), Some(&key("given"))).await;
    held("given, with a key", &keyed, new, (2, 1.0, 3.0));
}

#[tokio::test]
async fn the_rows_of_the_storage_page_hold() {
    let Some(stand) = Fixture::that_counts().await else {
        return;
    };
    warm(&stand.stand.master).await;
    rows_hold(&stand.stand.master, "few").await;
}

#[tokio::test]
async fn they_hold_as_well_in_a_table_with_many_customers() {
    let Some(stand) = Fixture::that_counts().await else {
        return;
    };
    for number in (0..300).map(|number| number.to_string()) {
        let body =
            changed(acme_as("MANY", &number), "businessName", json!(format!("Business {number}")));
        stand.associate(&body).await.is(201);
    }
    warm(&stand.stand.master).await;
    rows_hold(&stand.stand.master, "many").await;
}

#[tokio::test]
async fn the_first_request_of_a_process_leases_its_number_beside_the_first_read() {
    let Some(stand) = Fixture::that_counts().await else {
        return;
    };
    let first = costs(&stand.stand.master, "1", Ok("Acme Mining"), None).await;
    held("created first", &first, DealerCustomerOutcome::Created, (2, 1.0, 7.0));
    assert_eq!(first.1.calls, 3, "{:?}", first.1);
}

#[tokio::test]
async fn a_released_dealer_customer_costs_no_more_and_with_a_new_customer_one_more_transaction() {
    let Some(stand) = Fixture::that_counts().await else {
        return;
    };
    let master = &stand.stand.master;
    warm(master).await;
    for number in ["1", "2"] {
        costs(master, number, Ok("Acme Mining"), None).await;
        let counted = master.counted();
        let attempt = Attempt::new(&counted, By::new("caller", "release", "request"), None, false);
        let released = release::release(&attempt, &dcn(number)).await;
        released.expect("an outcome");
        let cost = counted.cost();
        assert_eq!((cost.steps, cost.read_units, cost.write_units), (2, 1.0, 2.0), "{cost:?}");
    }
    let associated = DealerCustomerOutcome::Associated;
    let found = costs(master, "1", Ok("Acme Mining"), None).await;
    held("found by search, free", &found, associated, (2, 1.0, 2.0));
    let (outcome, cost) = costs(master, "2", Ok("Bristol Bakery"), None).await;
    assert!(matches!(outcome, AssociateOutcome::Associated(_)), "{outcome:?}");
    assert_eq!((cost.steps, cost.calls, cost.read_units), (3, 3, 1.0), "{cost:?}");
}

#[tokio::test]
async fn refusals_cost_a_read_and_no_more_than_the_refused_write() {
    let Some(stand) = Fixture::that_counts().await else {
        return;
    };
    let master = &stand.stand.master;
    warm(master).await;
    let organization = identifier(&stand.associate(&acme_as("TD68", "1")).await.is(201));
    let unknown = with_another_tail(&organization);
    let (outcome, cost) = costs(master, "2", Err(&unknown), None).await;
    assert_eq!(outcome, AssociateOutcome::UnknownOrganization);
    assert_eq!((cost.steps, cost.read_units, cost.write_units), (1, 1.0, 0.0), "{cost:?}");

    stand.plant_twin(&organization, [1; 10]).await;
    let (outcome, cost) = costs(master, "2", Ok("Acme Mining"), None).await;
    assert!(matches!(outcome, AssociateOutcome::Ambiguous(_)), "{outcome:?}");
    assert_eq!((cost.steps, cost.read_units, cost.write_units), (1, 1.0, 0.0), "{cost:?}");

    let (outcome, cost) = costs(master, "1", Err(&organization), None).await;
    assert!(matches!(outcome, AssociateOutcome::Taken { same: true, .. }), "{outcome:?}");
    assert_eq!(cost.calls, 2, "{cost:?}");
}
