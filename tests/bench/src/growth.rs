//! Growth: what operations cost in a table of a thousand to a million customers, and in blocks of one to a thousand.

use std::path::Path;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::{AttributeValue, PutRequest, WriteRequest};
use axum::http::Method;
use store::client::Connection;
use store::items;
use store::keys;
use store::table::{Query, Table};
use tokio::task::JoinSet;

use super::binaries::Binaries;
use super::costs;
use super::plot::{self, Line};
use super::report::{Report, table, thousands};
use super::requests;
use super::rig::{Cost, Rig, TABLE};
use super::warm::{self, Flow, Known};
use kit::recorder::Recorded;

/// The numbers of customers in the table.
pub const CUSTOMERS: [u64; 4] = [1_000, 10_000, 100_000, 1_000_000];

/// The numbers of customers in a block.
pub const BLOCKS: [u64; 4] = [1, 10, 100, 1_000];

/// How many batches are written at once.
const WRITERS: u64 = 4;

/// What was seen at one size.
#[derive(Debug)]
pub struct Size {
    /// How many customers there are, in the table or in the block.
    pub customers: u64,
    /// What each operation cost.
    pub costs: Vec<(&'static str, Cost)>,
    /// Instructions of a checked Add, where they were counted.
    pub instructions: Option<u64>,
}

/// Measures tables of up to `largest` customers. Instructions are counted with `binaries`, if given.
///
/// # Errors
///
/// A sentence when something does not answer as it should.
pub async fn tables(
    largest: u64,
    binaries: Option<&Binaries>,
    folder: &Path,
) -> Result<Vec<Size>, String> {
    let rig = Rig::start().await?;
    costs::warm(&rig).await?;
    let known = Known::make(&rig).await?;
    let client = Connection::to_emulator(rig.embedded.url()).client();
    let model = model(&rig).await?;
    let (mut sizes, mut there, mut turn) = (Vec::new(), 0, 0);
    for customers in CUSTOMERS.into_iter().filter(|count| *count <= largest) {
        fill(&client, &model, there, customers).await?;
        there = customers;
        let mut seen = Vec::new();
        turn += 1;
        let name = requests::name(turn);
        let (_, calls) = rig
            .measure(Method::POST, "/customers", Some(&requests::message("Y", "Julie", &name)), 201)
            .await?;
        seen.push(("Add checked (Y), created", cost(&calls)));
        let (_, calls) = rig
            .measure(Method::POST, "/customers", Some(&requests::message("Y", "Julie", &name)), 409)
            .await?;
        seen.push(("Add checked (Y), Duplicate", cost(&calls)));
        let associate = requests::associate(&format!("G-{turn}"), &format!("{name} Mining"));
        let (created, calls) =
            rig.measure(Method::POST, "/dealer-customers", Some(&associate), 201).await?;
        seen.push(("associate, customer created", cost(&calls)));
        let identifier = created.body["customerOrganizationIdentifier"].as_str();
        let organization = format!("/customer-organizations/{}", identifier.unwrap_or_default());
        let (_, calls) = rig.measure(Method::GET, &organization, None, 200).await?;
        seen.push(("read a customer organization", cost(&calls)));
        let number = format!("/customers/{}", 500_000_000 + customers / 2);
        let (_, calls) = rig.measure(Method::GET, &number, None, 200).await?;
        seen.push(("read a customer by its number", cost(&calls)));
        let instructions = match binaries {
            None => None,
            Some(binaries) => Some(
                warm::per_invocation(
                    &binaries.function("add-customer"),
                    rig.recorder.address(),
                    &[],
                    Flow::AddChecked,
                    201,
                    &known,
                    &mut turn,
                    folder,
                )
                .await?,
            ),
        };
        sizes.push(Size { customers, costs: seen, instructions });
    }
    Ok(sizes)
}

/// What the calls cost but for the lease of customer numbers, which one request in a hundred pays for all of them.
fn cost(calls: &[Recorded]) -> Cost {
    let lease = |call: &&Recorded| call.body["Key"]["pk"]["S"] != keys::customer_counter().pk;
    let calls: Vec<Recorded> = calls.iter().filter(lease).cloned().collect();
    Cost::of(&calls)
}

/// A customer as the functions store one, to be multiplied.
async fn model(rig: &Rig) -> Result<store::item::Item, String> {
    let message = requests::message("Y", "Model", "Customer");
    let (added, _) = rig.measure(Method::POST, "/customers", Some(&message), 201).await?;
    let identifier = added.body["customerOrganizationIdentifier"]
        .as_str()
        .and_then(domain::customer::Identifier::parse)
        .ok_or("The customer has no identifier.")?;
    let query = Query {
        partition: keys::block(&identifier.block),
        prefix: String::new(),
        after: None,
        limit: None,
    };
    let page = rig.master.table().query(&query).await;
    let found = page.map_err(|error| error.to_string())?.found;
    let item = found.into_iter().next().ok_or("The customer is gone.")?;
    // Only what reads back as a customer is worth multiplying.
    items::customer(item.clone()).map_err(|error| error.to_string())?;
    Ok(item)
}

/// Writes customers like the model until there are `to`, each in a block of its own.
async fn fill(
    client: &Client,
    model: &store::item::Item,
    from: u64,
    to: u64,
) -> Result<(), String> {
    let mut writers = JoinSet::new();
    for writer in 0..WRITERS {
        let (client, model) = (client.clone(), model.clone());
        writers.spawn(async move {
            let mut batch = Vec::with_capacity(25);
            for number in (from..to).filter(|number| number % WRITERS == writer) {
                let mut item = model.clone();
                let text = AttributeValue::S;
                item.insert(keys::PARTITION_KEY.to_owned(), text(format!("BLOCK#{number:016}")));
                let customer = 500_000_000 + number;
                item.insert(
                    keys::INDEX_PARTITION_KEY.to_owned(),
                    text(format!("NUMBER#{customer:09}")),
                );
                let put = PutRequest::builder()
                    .set_item(Some(item))
                    .build()
                    .map_err(|error| error.to_string())?;
                batch.push(WriteRequest::builder().put_request(put).build());
                if batch.len() == 25 {
                    write(&client, std::mem::take(&mut batch)).await?;
                }
            }
            if batch.is_empty() { Ok(()) } else { write(&client, batch).await }
        });
    }
    writers.join_all().await.into_iter().collect()
}

async fn write(client: &Client, mut batch: Vec<WriteRequest>) -> Result<(), String> {
    while !batch.is_empty() {
        let written = client
            .batch_write_item()
            .request_items(TABLE, batch)
            .send()
            .await
            .map_err(|error| format!("The table cannot be filled: {error}."))?;
        batch = written.unprocessed_items.unwrap_or_default().remove(TABLE).unwrap_or_default();
    }
    Ok(())
}

/// Measures blocks of up to `largest` customers: an Add that must look at all of them and meets none of its kind.
///
/// # Errors
///
/// A sentence when something does not answer as it should.
pub async fn blocks(largest: u64) -> Result<Vec<Size>, String> {
    let rig = Rig::start().await?;
    costs::warm(&rig).await?;
    let (mut sizes, mut there) = (Vec::new(), 0);
    for customers in BLOCKS.into_iter().filter(|count| *count <= largest) {
        for _ in there..customers {
            let message = requests::message("N", "Julie", "Robinson");
            rig.measure(Method::POST, "/customers", Some(&message), 201).await?;
        }
        there = customers;
        let (_, duplicate) = rig
            .measure(
                Method::POST,
                "/customers",
                Some(&requests::message("Y", "Julie", "Robinson")),
                409,
            )
            .await?;
        let mut other = requests::message("Y", "Julie", "Robinson");
        other["CustSoldTo"]["cst_apt"] = customers.to_string().into();
        let (_, created) =
            rig.measure(Method::POST, "/customers?dryRun=true", Some(&other), 201).await?;
        sizes.push(Size {
            customers,
            costs: vec![
                ("Add checked (Y), Duplicate", cost(&duplicate)),
                ("Add checked (Y), none found, dry run", cost(&created)),
            ],
            instructions: None,
        });
    }
    Ok(sizes)
}

/// Whether calls and units are the same at every size. Which calls overlapped is left out: it is a matter of moments.
#[must_use]
pub fn is_flat(sizes: &[Size]) -> bool {
    let counted = |size: &Size| -> Vec<(&'static str, usize, f64, f64)> {
        let costs = size.costs.iter();
        costs
            .map(|(operation, cost)| (*operation, cost.calls, cost.read_units, cost.write_units))
            .collect()
    };
    sizes.windows(2).all(|pair| counted(&pair[0]) == counted(&pair[1]))
}

/// By how much the instructions differ between the sizes: the most by the least, less one. None, where they were not counted.
#[must_use]
pub fn spread(sizes: &[Size]) -> Option<f64> {
    let counted = || sizes.iter().filter_map(|size| size.instructions);
    Some(counted().max()? as f64 / counted().min()? as f64 - 1.0)
}

/// The report of a measurement.
#[must_use]
pub fn report(tables: &[Size], blocks: &[Size]) -> Report {
    let rows = |sizes: &[Size]| -> Vec<Vec<String>> {
        sizes
            .iter()
            .flat_map(|size| {
                size.costs.iter().map(|(operation, cost)| {
                    vec![
                        (*operation).to_owned(),
                        thousands(size.customers),
                        cost.calls.to_string(),
                        cost.steps.to_string(),
                        cost.read_units.to_string(),
                        cost.write_units.to_string(),
                    ]
                })
            })
            .collect()
    };
    let columns =
        |what| ["operation", what, "calls", "one after another", "read units", "write units"];
    let mut by_operation = rows(tables);
    by_operation.sort_by(|one, other| one[0].cmp(&other[0]));
    let mut blocks_by_operation = rows(blocks);
    blocks_by_operation.sort_by(|one, other| one[0].cmp(&other[0]));
    let counted: Vec<Vec<String>> = tables
        .iter()
        .filter_map(|size| Some(vec![thousands(size.customers), thousands(size.instructions?)]))
        .collect();
    let mut parts = vec![
        table(&columns("customers"), &by_operation),
        format!(
            "Calls and units are {} from the smallest table to the largest.\n",
            if is_flat(tables) { "exactly equal" } else { "NOT equal" }
        ),
    ];
    if let Some(spread) = spread(tables) {
        parts.push(table(&["customers", "instructions of a checked Add"], &counted));
        parts.push(format!("The most is {:.2} % over the least.\n", spread * 100.0));
    }
    parts.push(table(&columns("in the block"), &blocks_by_operation));
    let line = |label: &str, sizes: &[Size], operation: usize| Line {
        label: label.to_owned(),
        points: sizes
            .iter()
            .filter_map(|size| {
                let (_, cost) = size.costs.get(operation)?;
                Some((size.customers as f64, cost.read_units + cost.write_units))
            })
            .collect(),
    };
    Report {
        name: "growth",
        title: "What operations cost as the table grows, and as one block grows.".to_owned(),
        parts,
        plot: plot::lines(
            "Units of one request as the table, and as its block, grows",
            "customers",
            "read and write units",
            &[
                line("Add, customers in the table", tables, 0),
                line("Duplicate, customers in the table", tables, 1),
                line("Duplicate, customers in its block", blocks, 0),
            ],
        ),
    }
}
