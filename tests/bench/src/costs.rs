//! What each operation costs in a process that has been at work for a while: calls, calls one after another, read and write units; and what it costs that something follows from it.

use axum::http::Method;
use serde_json::Value;

use super::plot::{self, Bar};
use super::report::{Report, table};
use super::requests;
use super::rig::{Answered, Cost, Rig, TABLE};
use kit::recorder::Recorded;
use local::event_lines::EventLines;
use local::stream::Following;

/// How many requests come before the ones that count: by then a process holds customer numbers for some time.
const WARM: u64 = 8;

/// How many customers are made at once, so that the stream hands their records over in one batch.
const BATCH: u64 = 100;

/// An operation and its cost.
#[derive(Debug)]
pub struct Row {
    /// What was done.
    pub operation: &'static str,
    /// What it cost.
    pub cost: Cost,
    /// The database requests, as they went over the wire.
    pub calls: Vec<Recorded>,
    /// What the stream's follower does about it.
    pub follows: Vec<Recorded>,
}

/// All that was measured.
#[derive(Debug)]
pub struct Costs {
    /// Each operation alone.
    pub rows: Vec<Row>,
    /// What follows from as many creations as a batch of the stream has.
    pub batch: Vec<Recorded>,
}

/// Lets the process of the rig lease customer numbers in advance.
///
/// # Errors
///
/// A sentence when the functions do not answer as they should.
pub async fn warm(rig: &Rig) -> Result<(), String> {
    for number in 0..WARM {
        let message = requests::message("Y", "Warm", &requests::name(400_000 + number));
        rig.measure(Method::POST, "/customers", Some(&message), 201).await?;
    }
    Ok(())
}

/// Measures every operation once, on a table with next to nothing in it.
///
/// # Errors
///
/// A sentence when the functions do not answer as they should.
pub async fn measure(rig: &Rig) -> Result<Costs, String> {
    warm(rig).await?;
    let (url, bus) = (rig.embedded.url(), EventLines::nowhere());
    let mut following = Following::begin(&rig.master, url, TABLE, bus).await?;
    following.drain().await?;
    let mut bill = Bill { rig, following, rows: Vec::new() };
    bill.dealers().await?;
    let failed = bill.messages().await?;
    bill.stewards(&failed).await?;
    let batch = bill.batch().await?;
    Ok(Costs { rows: bill.rows, batch })
}

/// The operations that were measured so far.
struct Bill<'a> {
    rig: &'a Rig,
    following: Following<EventLines>,
    rows: Vec<Row>,
}

impl Bill<'_> {
    async fn dealers(&mut self) -> Result<(), String> {
        let searched = |number: &str| requests::associate(number, "Acme Mining");
        let door = "/dealer-customers";
        let created = self.post("associate, customer created", door, searched("C-1"), 201).await?;
        self.post("associate, found by search", door, searched("C-2"), 201).await?;
        let identifier = created.body["customerOrganizationIdentifier"].as_str();
        let identifier = identifier.ok_or("The customer has no identifier.")?;
        let given = |number: &str| requests::associate_given(number, identifier);
        self.post("associate, identifier given", door, given("C-3"), 201).await?;
        let seen = "associate, identifier given, customer seen";
        self.post(seen, door, given("C-4"), 201).await?;
        self.post("associate, DCN taken", door, given("C-4"), 400).await?;
        self.get("read a dealer customer", "/dealer-customers/TD68/C-1").await?;
        self.get("list a dealer's customers", "/dealer-customers/TD68").await?;
        let organization = format!("/customer-organizations/{identifier}");
        self.get("read a customer organization", &organization).await?;
        let association = "/dealer-customers/TD68/C-4/association";
        self.add("release", Method::DELETE, association, None, 204).await?;
        Ok(())
    }

    /// Where the request in error is that a message left behind.
    async fn messages(&mut self) -> Result<String, String> {
        let message = |check: &str| requests::message(check, "Julie", "Robinson");
        let failing = |check: &str| requests::failing_message(check, "Dryer");
        let door = "/customers";
        let added = self.post("Add checked (Y), created", door, message("Y"), 201).await?;
        self.post("Add checked (Y), Duplicate", door, message("Y"), 409).await?;
        self.post("Add (S), duplicate updated", door, message("S"), 200).await?;
        self.post("Add unchecked (N), created", door, message("N"), 201).await?;
        let failed = self.post("Add that fails (Y)", door, failing("Y"), 422).await?;
        self.post("Add that fails (N)", door, failing("N"), 422).await?;
        let mut change = message("Y");
        change["CustSoldTo"]["cst_city"] = "Boston".into();
        change["CustSoldTo"]["cst_cust_nbr"] = added.body["CustSoldTo"]["cst_cust_nbr"].clone();
        self.post("Change, another city", door, change, 200).await?;
        self.get("read a customer by its number", &added.location).await?;
        self.get("a customer's history", &format!("{}/history", added.location)).await?;
        self.get(
            "look up a name with its postal code",
            "/customers?name=robinson&postalCode=01581",
        )
        .await?;
        Ok(failed.location)
    }

    async fn stewards(&mut self, failed: &str) -> Result<(), String> {
        self.get("show a request in error", failed).await?;
        self.get("list requests in error", "/errors").await?;
        let patch = serde_json::json!({ "cst_city": "Westborough" });
        let reprocess = format!("{failed}/reprocess");
        let operation = "correct and reprocess, customer created";
        self.post(operation, &reprocess, patch, 201).await?;
        Ok(())
    }

    async fn get(&mut self, operation: &'static str, path: &str) -> Result<Answered, String> {
        self.add(operation, Method::GET, path, None, 200).await
    }

    async fn post(
        &mut self,
        operation: &'static str,
        path: &str,
        body: Value,
        status: u16,
    ) -> Result<Answered, String> {
        self.add(operation, Method::POST, path, Some(body), status).await
    }

    async fn add(
        &mut self,
        operation: &'static str,
        method: Method,
        path: &str,
        body: Option<Value>,
        status: u16,
    ) -> Result<Answered, String> {
        let measured = self.rig.measure(method, path, body.as_ref(), status).await;
        let (answered, calls) = measured.map_err(|sentence| format!("{operation}: {sentence}"))?;
        let follows = self.follow().await?;
        self.rows.push(Row { operation, cost: Cost::of(&calls), calls, follows });
        Ok(answered)
    }

    /// What follows from creations that one batch of the stream has.
    async fn batch(&mut self) -> Result<Vec<Recorded>, String> {
        for number in 0..BATCH {
            let message = requests::message("N", "Julie", &requests::name(500_000 + number));
            self.rig.measure(Method::POST, "/customers", Some(&message), 201).await?;
        }
        self.follow().await
    }

    async fn follow(&mut self) -> Result<Vec<Recorded>, String> {
        drop(self.rig.recorder.take());
        self.following.drain().await?;
        match self.following.failed.first() {
            Some(record) => Err(format!("A record failed: {record}")),
            None => Ok(self.rig.recorder.take()),
        }
    }
}

/// The report of a measurement.
#[must_use]
pub fn report(costs: &Costs) -> Report {
    let bars: Vec<Bar> = costs
        .rows
        .iter()
        .map(|row| Bar {
            label: row.operation.to_owned(),
            value: row.cost.read_units + row.cost.write_units,
            shown: format!("{} read, {} write", row.cost.read_units, row.cost.write_units),
            ours: true,
        })
        .collect();
    let operations: Vec<_> =
        costs.rows.iter().map(|row| cells(row.operation, &row.calls)).collect();
    let follows: Vec<_> = costs
        .rows
        .iter()
        .filter(|row| !row.follows.is_empty())
        .map(|row| cells(row.operation, &row.follows))
        .chain([cells(&format!("{BATCH} Adds unchecked (N), in one batch"), &costs.batch)])
        .collect();
    Report {
        name: "costs",
        title: "What each operation costs, as the database reports it, in a process that holds customer numbers in advance.".to_owned(),
        parts: vec![
            table(&COLUMNS, &operations),
            "What follows from it, in follow-changes: the history, the look-up keys and the list of changes. The functions above do not wait for it.".to_owned(),
            table(&COLUMNS, &follows),
            "Write units are those that the embedded database reports, the index among them.".to_owned(),
        ],
        plot: plot::bars("Read and write units of one request", &bars),
    }
}

const COLUMNS: [&str; 6] =
    ["operation", "calls", "one after another", "read units", "write units", "which"];

fn cells(operation: &str, calls: &[Recorded]) -> Vec<String> {
    let cost = Cost::of(calls);
    vec![
        operation.to_owned(),
        cost.calls.to_string(),
        cost.steps.to_string(),
        cost.read_units.to_string(),
        cost.write_units.to_string(),
        actions(calls),
    ]
}

/// The calls in order of their first, as many of one kind as one word.
fn actions(calls: &[Recorded]) -> String {
    let mut kinds: Vec<(&str, usize)> = Vec::new();
    for call in calls {
        match kinds.iter_mut().find(|(action, _)| *action == call.action) {
            Some((_, count)) => *count += 1,
            None => kinds.push((&call.action, 1)),
        }
    }
    let words: Vec<String> = kinds
        .into_iter()
        .map(|(action, count)| match count {
            1 => action.to_owned(),
            count => format!("{count} {action}"),
        })
        .collect();
    words.join(", ")
}
