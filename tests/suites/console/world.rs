//! The customer master behind the page, and what others do to it meanwhile.

use std::sync::Arc;

use domain::message::Attribute;
use domain::message::edits::EditCode;
use domain::time::Timestamp;
use fix_error::SignIn;
use kit::fixture::{self, Fixture};
use local::event_lines::EventLines;
use local::gateway;
use local::stream::Following;
use reqwest::Method;
use reqwest::header::{CONTENT_TYPE, HeaderMap};
use serde_json::{Value, json};

use crate::provider::{Installed, Provider};

/// A customer master with a table of its own.
pub(crate) struct World(Fixture);

impl World {
    pub(crate) async fn new() -> Self {
        Self(Fixture::new().await)
    }

    /// Another deployment over the same table, with other controls.
    pub(crate) async fn deployed_with(&self, controls: &[(&str, &str)]) -> Self {
        Self(self.0.deployed_with(controls).await)
    }

    /// Another deployment over the same table, whose stewards sign in at a provider of its own. Of tokens it takes those for this audience.
    pub(crate) async fn signing_in(
        &self,
        provider: &Installed,
        audience: &str,
    ) -> (Self, Provider) {
        let listener = gateway::listen(0).await.expect("a free port");
        let address = listener.local_addr().expect("a port");
        let provider =
            Provider::start(provider, &format!("http://{address}/console"), audience).await;
        let sign_in = SignIn::read(|name| {
            let value = match name {
                "CONSOLE_ISSUER" => provider.url.as_str(),
                "CONSOLE_CLIENT_ID" => "console",
                "CONSOLE_SCOPES" => "openid profile customers steward",
                _ => return None,
            };
            Some(value.to_owned())
        });
        let sign_in = sign_in.expect("good settings");
        let issuer = provider.issuer.clone();
        let authorizer = Arc::new(move |headers: &HeaderMap| issuer.authorize(headers));
        (Self(self.0.signing_in(authorizer, &sign_in, listener).await), provider)
    }

    /// Follows what is done from here on.
    pub(crate) async fn following(&self) -> Following<EventLines> {
        self.0.stand.following(EventLines::default()).await.expect("a stream")
    }

    /// The console's address.
    pub(crate) fn console(&self) -> String {
        format!("{}/console", self.0.stand.url)
    }

    /// The address of the contract's page.
    pub(crate) fn docs(&self) -> String {
        format!("{}/docs", self.0.stand.url)
    }

    /// Asks the API as the caller `somebody-else`, and returns status and body.
    pub(crate) async fn ask(&self, method: Method, path: &str, body: &Value) -> (u16, Value) {
        let caller = json!({ "sub": "somebody-else", "scope": "steward customers" });
        let request = self.0.request(method, path).by(&caller).if_match("*");
        let request = if body.is_null() { request } else { request.json(body) };
        let answer = request.send().await;
        (answer.status, serde_json::from_str(&answer.text).unwrap_or_default())
    }

    /// All of the list with this query.
    pub(crate) async fn listed(&self, query: &str) -> Vec<Value> {
        self.0.listed(query).await
    }

    /// A request in error as the API shows it.
    pub(crate) async fn shown(&self, id: &str) -> Value {
        let (status, shown) = self.ask(Method::GET, &format!("/errors/{id}"), &Value::Null).await;
        assert_eq!(status, 200, "{shown}");
        shown
    }

    /// Sends a message that is accepted.
    pub(crate) async fn accepted(&self, attributes: &Value) {
        let message = json!({ "type": "CWCustomerIn", "CustSoldTo": attributes });
        let (status, answer) = self.ask(Method::POST, "/customers", &message).await;
        assert_eq!(status, 201, "{answer}");
    }

    /// Associates a customer with a dealer, as somebody who acts for all of them.
    pub(crate) async fn associated(&self, association: &Value) {
        let caller = json!({ "sub": "dealer", "scope": "dealer", "dealer_codes": "*" });
        let request = self.0.post("/dealer-customers").by(&caller).json(association);
        let answer = request.send().await;
        assert_eq!(answer.status, 201, "{answer}");
    }

    /// Sends a message that fails its edits, and returns the id of the request in error.
    pub(crate) async fn refused(&self, attributes: &Value) -> String {
        let mut attributes = attributes.clone();
        attributes["cst_send_response"] = json!("Y");
        let message = json!({ "type": "CWCustomerIn", "CustSoldTo": attributes });
        let (status, answer) = self.ask(Method::POST, "/customers", &message).await;
        assert_eq!(status, 422, "{answer}");
        answer["request_in_error"].as_str().expect("an id").to_owned()
    }

    /// Puts this many requests in error into the table.
    pub(crate) async fn gather(&self, count: u64) {
        let attributes = fixture::without_city("Crowd");
        for number in 0..count {
            let at = Timestamp::from_millis(1_790_000_000_000 + number);
            let failed = (Attribute::CITY, EditCode::CityBlank);
            self.0.plant(&fixture::request_in_error(&attributes, failed, at)).await;
        }
    }

    /// Sends a message in XML that fails its edits and asks for an answer, and returns the id of the request in error.
    pub(crate) async fn refused_xml(&self, body: &str) -> String {
        let request = self.0.post("/customers").header(CONTENT_TYPE, "application/xml");
        let answer =
            request.header(reqwest::header::ACCEPT, "application/json").body(body.to_owned());
        let answer = answer.send().await;
        answer.json()["request_in_error"].as_str().unwrap_or_else(|| panic!("{answer}")).to_owned()
    }
}

/// Attributes of a message that passes every edit, with others over them; `null` takes one away.
pub(crate) fn person(others: &Value) -> Value {
    fixture::with(fixture::person("Robinson"), others)
}
