//! What each operation costs in a process that has been at work for a while: calls, calls one after another, read and write units.

use axum::http::Method;
use serde_json::Value;

use super::recorder::Recorded;
use super::report::{Report, table};
use super::requests;
use super::rig::{Answered, Cost, Rig};

/// How many requests come before the ones that count: by then a process holds customer numbers for some time.
const WARM: u64 = 8;

/// An operation and its cost.
#[derive(Debug)]
pub struct Row {
    /// What was done.
    pub operation: &'static str,
    /// What it cost.
    pub cost: Cost,
    /// The database requests, as they went over the wire.
    pub calls: Vec<Recorded>,
}

/// Lets the process of the rig lease customer numbers in advance.
///
/// # Errors
///
/// A sentence when the functions do not answer as they should.
pub async fn warm(rig: &Rig) -> Result<(), String> {
    for number in 0..WARM {
        let message = requests::message("Y", "Warm", &requests::name(400_000 + number));
        rig.measure(Method::POST, "/customers", Some(&message), 201)
            .await?;
    }
    Ok(())
}

/// Measures every operation once, on a table with next to nothing in it.
///
/// # Errors
///
/// A sentence when the functions do not answer as they should.
pub async fn measure(rig: &Rig) -> Result<Vec<Row>, String> {
    warm(rig).await?;
    let mut rows = Vec::new();
    let post = |path: &'static str| (Method::POST, path.to_owned());
    let get = |path: &str| (Method::GET, path.to_owned());

    let associate = |number: &str| requests::associate(number, "Acme Mining");
    let created = step(
        rig,
        &mut rows,
        "associate, customer created",
        post("/dealer-customers"),
        Some(associate("C-1")),
        201,
    )
    .await?;
    step(
        rig,
        &mut rows,
        "associate, found by search",
        post("/dealer-customers"),
        Some(associate("C-2")),
        201,
    )
    .await?;
    let identifier = created.body["customerOrganizationIdentifier"]
        .as_str()
        .unwrap_or_default()
        .to_owned();
    let given = |number: &str| requests::associate_given(number, &identifier);
    step(
        rig,
        &mut rows,
        "associate, identifier given",
        post("/dealer-customers"),
        Some(given("C-3")),
        201,
    )
    .await?;
    step(
        rig,
        &mut rows,
        "associate, identifier given, customer seen",
        post("/dealer-customers"),
        Some(given("C-4")),
        201,
    )
    .await?;
    step(
        rig,
        &mut rows,
        "associate, DCN taken",
        post("/dealer-customers"),
        Some(given("C-4")),
        400,
    )
    .await?;
    step(
        rig,
        &mut rows,
        "read a dealer customer",
        get("/dealer-customers/TD68/C-1"),
        None,
        200,
    )
    .await?;
    step(
        rig,
        &mut rows,
        "list a dealer's customers",
        get("/dealer-customers/TD68"),
        None,
        200,
    )
    .await?;
    step(
        rig,
        &mut rows,
        "read a customer organization",
        get(&format!("/customer-organizations/{identifier}")),
        None,
        200,
    )
    .await?;
    step(
        rig,
        &mut rows,
        "release",
        (
            Method::DELETE,
            "/dealer-customers/TD68/C-4/association".to_owned(),
        ),
        None,
        204,
    )
    .await?;

    let message = |check: &str| Some(requests::message(check, "Julie", "Robinson"));
    let added = step(
        rig,
        &mut rows,
        "Add checked (Y), created",
        post("/customers"),
        message("Y"),
        201,
    )
    .await?;
    step(
        rig,
        &mut rows,
        "Add checked (Y), Duplicate",
        post("/customers"),
        message("Y"),
        409,
    )
    .await?;
    step(
        rig,
        &mut rows,
        "Add (S), duplicate updated",
        post("/customers"),
        message("S"),
        200,
    )
    .await?;
    step(
        rig,
        &mut rows,
        "Add unchecked (N), created",
        post("/customers"),
        message("N"),
        201,
    )
    .await?;
    let failed = step(
        rig,
        &mut rows,
        "Add that fails (Y)",
        post("/customers"),
        Some(requests::failing_message("Y", "Dryer")),
        422,
    )
    .await?;
    step(
        rig,
        &mut rows,
        "Add that fails (N)",
        post("/customers"),
        Some(requests::failing_message("N", "Dryer")),
        422,
    )
    .await?;
    step(
        rig,
        &mut rows,
        "read a customer by its number",
        get(&added.location),
        None,
        200,
    )
    .await?;

    step(
        rig,
        &mut rows,
        "show a request in error",
        get(&failed.location),
        None,
        200,
    )
    .await?;
    step(
        rig,
        &mut rows,
        "list requests in error",
        get("/errors"),
        None,
        200,
    )
    .await?;
    let patch = Some(serde_json::json!({ "cst_city": "Westborough" }));
    let reprocess = (Method::POST, format!("{}/reprocess", failed.location));
    step(
        rig,
        &mut rows,
        "correct and reprocess, customer created",
        reprocess,
        patch,
        201,
    )
    .await?;
    Ok(rows)
}

async fn step(
    rig: &Rig,
    rows: &mut Vec<Row>,
    operation: &'static str,
    (method, path): (Method, String),
    body: Option<Value>,
    status: u16,
) -> Result<Answered, String> {
    let (answered, calls) = rig
        .measure(method, &path, body.as_ref(), status)
        .await
        .map_err(|sentence| format!("{operation}: {sentence}"))?;
    rows.push(Row {
        operation,
        cost: Cost::of(&calls),
        calls,
    });
    Ok(answered)
}

/// The report of a measurement.
#[must_use]
pub fn report(rows: &[Row]) -> Report {
    let cells: Vec<Vec<String>> = rows
        .iter()
        .map(|row| {
            vec![
                row.operation.to_owned(),
                row.cost.calls.to_string(),
                row.cost.steps.to_string(),
                row.cost.read_units.to_string(),
                row.cost.write_units.to_string(),
                actions(&row.calls),
            ]
        })
        .collect();
    Report {
        name: "costs",
        title: "What each operation costs, as the database reports it, in a process that holds customer numbers in advance.".to_owned(),
        parts: vec![
            table(
                &["operation", "calls", "one after another", "read units", "write units", "which"],
                &cells,
            ),
            "Write units are those that the embedded database reports, the index among them.".to_owned(),
        ],
        plot: None,
    }
}

/// The calls in order, as many of one kind in a row as one word.
fn actions(calls: &[Recorded]) -> String {
    let rows = calls.chunk_by(|one, other| one.action == other.action);
    let words: Vec<String> = rows
        .filter_map(|row| Some((row.first()?, row.len())))
        .map(|(call, count)| match count {
            1 => call.action.clone(),
            count => format!("{count} {}", call.action),
        })
        .collect();
    words.join(", ")
}
