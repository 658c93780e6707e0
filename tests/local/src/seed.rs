//! The examples with which the development server starts, planted through its own front door.

use axum::http::Request;
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE};
use http_body_util::BodyExt as _;
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use serde_json::{Value, json};

use crate::claims::{self, WithoutToken};

/// What was planted.
#[derive(Debug)]
pub struct Examples {
    /// The identifier of the customer to look at first, if it was not refused.
    pub customer_organization_identifier: Option<String>,
}

/// Plants a few example customers and a request in error.
///
/// # Errors
///
/// A sentence when the server does not answer.
pub async fn plant(url: &str) -> Result<Examples, String> {
    let acme = json!({
        "dealerCode": "TD68", "dealerCustomerNumber": "ACME-1", "businessName": "Acme Mining", "alternateName": "Acme",
        "address": { "line1": "100 Example Street", "city": "Westborough", "state": "MA", "postalCode": "01581", "country": "USA" },
        "email": "office@acme.example", "phones": [{ "type": "BUSINESS", "number": "508-555-0100" }]
    });
    let orchard = json!({
        "dealerCode": "TD68", "dealerCustomerNumber": "ORCHARD-7", "businessName": "Hillside Orchard",
        "address": { "line1": "7 Orchard Lane", "city": "Burlington", "state": "VT", "postalCode": "05401", "country": "USA" }
    });
    let julie = json!({
        "type": "CWCustomerIn",
        "CustSoldTo": {
            "cst_send_response": "Y", "cst_duplicate": "Y", "cst_fname": "Julie", "cst_lname": "Robinson", "cst_street_addr": "100 Example Street",
            "cst_city": "Westborough", "cst_state": "MA", "cst_zip": "01581", "cst_country": "USA", "cst_email_status": "O1"
        }
    });
    let bob = json!({
        "type": "CWCustomerIn",
        "CustSoldTo": {
            "cst_fname": "Bob", "cst_lname": "Dryer", "cst_street_addr": "12 Mill Road", "cst_state": "MA", "cst_zip": "1581",
            "cst_country": "USA", "cst_email": "bob.example", "cst_email_status": "O1"
        }
    });
    let first = post(url, "/dealer-customers", &acme).await?;
    post(url, "/dealer-customers", &orchard).await?;
    post(url, "/customers", &julie).await?;
    post(url, "/customers", &bob).await?;
    let identifier = first["customerOrganizationIdentifier"].as_str();
    Ok(Examples { customer_organization_identifier: identifier.map(str::to_owned) })
}

/// What a developer may try first.
#[must_use]
pub fn invitation(url: &str, examples: Option<&Examples>, without_token: WithoutToken) -> String {
    let token = match without_token {
        WithoutToken::LocalDeveloper => String::new(),
        WithoutToken::Refused => {
            let bearer = claims::bearer(&json!(claims::local_developer()));
            format!(" -H 'authorization: {bearer}'")
        }
    };
    let look = match examples {
        Some(Examples {
            customer_organization_identifier: Some(customer_organization_identifier),
        }) => format!(
            "  curl {url}/customer-organizations/{customer_organization_identifier}{token}\n"
        ),
        Some(Examples { customer_organization_identifier: None }) | None => String::new(),
    };
    let callers = match without_token {
        WithoutToken::LocalDeveloper => {
            "Without an Authorization header you have every scope and act for every dealer; `Bearer dev.<base64url of claims>` is anybody else, {\"sub\":\"erp\",\"scope\":\"dealer\",\"dealer_codes\":\"TD68\"} say."
        }
        WithoutToken::Refused => {
            "Who calls says so with `Authorization: Bearer dev.<base64url of claims>`; without it the answer is 401."
        }
    };
    format!(
        "\n\
         {callers}\n\
         Each request is a line on standard error (`--log json`: the functions' own lines). Ctrl-C stops. Try:\n\n\
         {look}  curl {url}/dealer-customers/TD68{token}\n  curl {url}/errors{token}\n  \
         curl -i {url}/dealer-customers{token} -H 'content-type: application/json' -d '{{\"dealerCode\":\"TD68\",\"dealerCustomerNumber\":\"ACME-2\",\"businessName\":\"Acme Mining\",\
         \"address\":{{\"line1\":\"100 Example St.\",\"city\":\"Westborough\",\"state\":\"MA\",\"postalCode\":\"01581\",\"country\":\"US\"}}}}'\n\nThe steward's console: {url}/console\nThe contract, to read and try: {url}/docs\n"
    )
}

/// Posts, and takes any answer: under other controls an example may be refused, which is an example as well.
async fn post(url: &str, path: &str, body: &Value) -> Result<Value, String> {
    let planting = |error: &dyn std::error::Error| {
        format!("The examples cannot be planted: {error}. Start with --empty.")
    };
    let request = Request::post(format!("{url}{path}"))
        .header(AUTHORIZATION, claims::bearer(&json!(claims::local_developer())))
        .header(CONTENT_TYPE, "application/json")
        .body(body.to_string())
        .map_err(|error| planting(&error))?;
    let client = Client::builder(TokioExecutor::new()).build_http();
    let answer = client.request(request).await.map_err(|error| planting(&error))?;
    let answer = answer.into_body().collect().await.map_err(|error| planting(&error))?;
    Ok(serde_json::from_slice(&answer.to_bytes()).unwrap_or_default())
}
