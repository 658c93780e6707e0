//! A small story, told by the records that a table's stream has of it: the sample events of `follow-changes`.

use local::event_lines::EventLines;
use serde_json::{Value, json};

use crate::fixture::Fixture;

/// The cases, each with its event, as Lambda hands it to the function.
///
/// # Errors
///
/// A sentence when the stream cannot be read.
///
/// # Panics
///
/// Where a request of the story is not answered as it says.
pub async fn story() -> Result<Vec<(String, Value)>, String> {
    let master = Fixture::new().await;
    let mut following = master.stand.following(EventLines::nowhere()).await?;
    let mut cases = Vec::new();
    let mut all = Vec::new();

    let julie = json!({
        "cst_send_response": "Y", "cst_fname": "Julie", "cst_lname": "Robinson", "cst_street_addr": "100 Example Street", "cst_city": "Westborough",
        "cst_state": "MA", "cst_zip": "01581", "cst_country": "USA", "cst_email": "julie@example.com", "cst_email_status": "O1"
    });
    let message = |attributes: &Value| json!({ "type": "CWCustomerIn", "CustSoldTo": attributes });
    let created = master.post("/customers").json(&message(&julie)).send().await.is(201);
    let number = &created["CustSoldTo"]["cst_cust_nbr"];
    cases.push("customer-created");
    let change = json!({
        "cst_send_response": "Y", "cst_cust_nbr": number, "cst_city": "Boston", "cst_email": "julie@example.org"
    });
    let mut steps = Vec::new();
    steps.push(next(&mut following).await?);
    master.post("/customers").json(&message(&change)).send().await.is(200);
    cases.push("customer-updated");
    steps.push(next(&mut following).await?);

    let associate = json!({
        "dealerCode": "TD68", "dealerCustomerNumber": "245TRSSDG343456",
        "customerOrganizationIdentifier": created["customerOrganizationIdentifier"]
    });
    master.associate(&associate).await.is(201);
    cases.push("dealer-customer-associated");
    steps.push(next(&mut following).await?);
    master.release("TD68", "245TRSSDG343456").await.is_empty(204);
    cases.push("dealer-customer-released");
    steps.push(next(&mut following).await?);

    let mut failing = julie.clone();
    failing["cst_city"] = "".into();
    failing["cst_lname"] = "Dryer".into();
    let open = async || {
        let failed = master.post("/customers").json(&message(&failing)).send().await.is(422);
        failed["request_in_error"].as_str().unwrap_or_default().to_owned()
    };
    let first = open().await;
    cases.push("request-in-error-opened");
    steps.push(next(&mut following).await?);
    let delete = master.delete(&format!("/errors/{first}"));
    delete.if_match("*").send().await.is_empty(204);
    cases.push("request-in-error-deleted");
    steps.push(next(&mut following).await?);
    let second = open().await;
    next(&mut following).await?;
    let reprocess = master.post(&format!("/errors/{second}/reprocess")).if_match("*");
    reprocess.json(&json!({ "cst_city": "Westborough" })).send().await.is(201);
    cases.push("request-in-error-resolved");
    steps.push(next(&mut following).await?);

    let erase = format!("/customers/{}/erase", number.as_str().unwrap_or_default());
    master.post(&erase).send().await.is_empty(204);
    cases.push("customer-erased");
    steps.push(next(&mut following).await?);

    for (case, records) in two_that_look_alike(&master, &mut following).await? {
        cases.push(case);
        steps.push(records);
    }

    for record in steps.iter_mut().flatten() {
        record["awsRegion"] = "eu-central-1".into();
        record["eventSourceARN"] =
            "arn:aws:dynamodb:eu-central-1:123456789012:table/customer-master/stream/2026-11-23T00:00:00.000".into();
    }
    let mut events = Vec::new();
    for (case, records) in cases.into_iter().zip(steps) {
        all.extend(records.clone());
        events.push((case.to_owned(), json!({ "Records": records })));
    }
    let mut unreadable = all.clone();
    unreadable.truncate(2);
    if let Some(record) = unreadable.first_mut() {
        record["dynamodb"]["NewImage"]["version"] = json!({ "N": "not a number" });
    }
    events.push(("unreadable-record".to_owned(), json!({ "Records": unreadable })));
    events.push(("whole-story".to_owned(), json!({ "Records": all })));
    Ok(events)
}

/// Two customers that look alike: they are found, kept apart, merged all the same, and parted again.
async fn two_that_look_alike(
    master: &Fixture,
    following: &mut local::stream::Following<EventLines>,
) -> Result<Vec<(&'static str, Vec<Value>)>, String> {
    let mut numbers = Vec::new();
    for name in ["Northern Quarry", "Northern Quarry Inc"] {
        let quarry = json!({
            "cst_send_response": "Y", "cst_duplicate": "Y", "cst_company_name": name, "cst_street_addr": "9 Quarry Road", "cst_city": "Westborough",
            "cst_state": "MA", "cst_zip": "01581", "cst_country": "USA", "cst_email_status": "O1"
        });
        let message = json!({ "type": "CWCustomerIn", "CustSoldTo": quarry });
        let created = master.post("/customers").json(&message).send().await.is(201);
        numbers.push(created["CustSoldTo"]["cst_cust_nbr"].as_str().unwrap_or_default().to_owned());
    }
    let [winner, loser] = <[String; 2]>::try_from(numbers).map_err(|_| "Two were made.")?;
    let created = next(following).await?;
    following.send(created.clone()).await;
    let found = next(following).await?;
    let apart = master.post(&format!("/customers/{winner}/keep-apart"));
    apart.json(&json!({ "other": loser })).send().await.is_empty(204);
    let decided = next(following).await?;
    let merge = master.post(&format!("/customers/{winner}/merge")).if_match("*");
    merge.json(&json!({ "loser": loser, "loserVersion": 1 })).send().await.is(200);
    let merged = next(following).await?;
    let unmerge = master.post(&format!("/customers/{winner}/unmerge")).if_match("*");
    unmerge.json(&json!({ "loser": loser })).send().await.is(200);
    let unmerged = next(following).await?;
    Ok(vec![
        ("two-customers-created", created),
        ("possible-duplicate-found", found),
        ("possible-duplicate-decided", decided),
        ("customers-merged", merged),
        ("customers-unmerged", unmerged),
    ])
}

/// The records that there are now.
async fn next(following: &mut local::stream::Following<EventLines>) -> Result<Vec<Value>, String> {
    let mut records = Vec::new();
    loop {
        let (batches, any) = following.read().await?;
        records.extend(batches.concat());
        if !any {
            return Ok(records);
        }
    }
}
