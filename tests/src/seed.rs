//! The examples with which the development server starts, planted through its own front door.

use serde_json::{Value, json};

/// What was planted.
#[derive(Debug)]
pub struct Examples {
    /// The identifier of the customer to look at first.
    pub customer_organization_identifier: String,
}

/// Plants a few example customers.
///
/// # Errors
///
/// A sentence when the server refused one of them, under controls that forbid it, say.
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
    let first = post(url, "/dealer-customers", &acme).await?;
    post(url, "/dealer-customers", &orchard).await?;
    let identifier = first["customerOrganizationIdentifier"]
        .as_str()
        .unwrap_or_default();
    Ok(Examples {
        customer_organization_identifier: identifier.to_owned(),
    })
}

/// What a developer may try first.
#[must_use]
pub fn invitation(url: &str, examples: Option<&Examples>) -> String {
    let look = match examples {
        Some(Examples {
            customer_organization_identifier,
        }) => format!("  curl {url}/customer-organizations/{customer_organization_identifier}\n"),
        None => String::new(),
    };
    format!(
        "\n\
         Without an Authorization header you have every scope and act for every dealer; `Bearer dev.<base64url of claims>` is anybody else.\n\
         Requests are logged on standard error. Ctrl-C stops. Try:\n\n\
         {look}  curl {url}/dealer-customers/TD68\n  \
         curl -i {url}/dealer-customers -H 'content-type: application/json' -d '{{\"dealerCode\":\"TD68\",\"dealerCustomerNumber\":\"245TRSSDG343456\",\"businessName\":\"Acme Mining\",\
         \"address\":{{\"line1\":\"100 Example St.\",\"city\":\"Westborough\",\"state\":\"MA\",\"postalCode\":\"01581\",\"country\":\"US\"}}}}'\n"
    )
}

async fn post(url: &str, path: &str, body: &Value) -> Result<Value, String> {
    let planting = |reason: String| {
        format!(
            "An example cannot be planted: {reason}. Start with --empty, or with other controls."
        )
    };
    let response = reqwest::Client::new()
        .post(format!("{url}{path}"))
        .json(body)
        .send()
        .await
        .map_err(|error| planting(error.to_string()))?;
    let status = response.status();
    let answer = response
        .text()
        .await
        .map_err(|error| planting(error.to_string()))?;
    if status.is_success() {
        serde_json::from_str(&answer).map_err(|error| planting(error.to_string()))
    } else {
        Err(planting(format!("{path} answered {status}: {answer}")))
    }
}
