//! The customer master behind the page, and what others do to it meanwhile.

use domain::controls::Controls;
use fix_error::SignIn;
use reqwest::Method;
use serde_json::{Value, json};
use tests::claims;
use tests::embedded::Embedded;
use tests::gateway;
use tests::stand::{Stand, Storage};

use crate::provider::{Installed, Provider};

/// A customer master with a table of its own.
pub(crate) struct World {
    stand: Stand,
    database: String,
    http: reqwest::Client,
    /// Stops the database when the test is over; none where another world has it.
    _embedded: Option<Embedded>,
}

impl World {
    pub(crate) async fn new() -> Self {
        let embedded = Embedded::start(None).await.expect("a database starts");
        let database = embedded.url().to_owned();
        Self::over(database, Some(embedded), &[]).await
    }

    /// Another deployment over the same table, with other controls.
    pub(crate) async fn deployed_with(&self, controls: &[(&str, &str)]) -> Self {
        Self::over(self.database.clone(), None, controls).await
    }

    async fn over(database: String, embedded: Option<Embedded>, controls: &[(&str, &str)]) -> Self {
        let controls = Controls::read(|name| {
            let found = controls.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| (*value).to_owned())
        });
        let storage = Storage::at(&database, "console").await.expect("a table");
        let listener = gateway::listen(0).await.expect("a free port");
        let stand = Stand::serve(listener, storage, controls.expect("good controls")).await;
        Self {
            stand: stand.expect("a stand"),
            database,
            http: reqwest::Client::new(),
            _embedded: embedded,
        }
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
        let storage = Storage::at(&self.database, "console").await.expect("a table");
        let issuer = provider.issuer.clone();
        let stand =
            Stand::serve_for(issuer, &sign_in, listener, storage, Controls::default()).await;
        let world = Self {
            stand: stand.expect("a stand"),
            database: self.database.clone(),
            http: self.http.clone(),
            _embedded: None,
        };
        (world, provider)
    }

    /// The console's address.
    pub(crate) fn console(&self) -> String {
        format!("{}/console", self.stand.url)
    }

    /// The address of the contract's page.
    pub(crate) fn docs(&self) -> String {
        format!("{}/docs", self.stand.url)
    }

    /// Asks the API as the caller `somebody-else`, and returns status, headers' location and body.
    pub(crate) async fn ask(&self, method: Method, path: &str, body: &Value) -> (u16, Value) {
        let caller = json!({ "sub": "somebody-else", "scope": "steward customers" });
        let request = self.http.request(method, format!("{}{path}", self.stand.url));
        let request =
            request.header("authorization", claims::bearer(&caller)).header("if-match", "*");
        let request = if body.is_null() {
            request
        } else {
            request.header("content-type", "application/json").body(body.to_string())
        };
        let answer = request.send().await.expect("the stand answers");
        let (status, text) = (answer.status().as_u16(), answer.text().await.expect("text"));
        (status, serde_json::from_str(&text).unwrap_or_default())
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

    /// Sends a message that fails its edits, and returns the id of the request in error.
    pub(crate) async fn refused(&self, attributes: &Value) -> String {
        let mut attributes = attributes.clone();
        attributes["cst_send_response"] = json!("Y");
        let message = json!({ "type": "CWCustomerIn", "CustSoldTo": attributes });
        let (status, answer) = self.ask(Method::POST, "/customers", &message).await;
        assert_eq!(status, 422, "{answer}");
        answer["request_in_error"].as_str().expect("an id").to_owned()
    }

    /// Sends a message in XML that fails its edits and asks for an answer, and returns the id of the request in error.
    pub(crate) async fn refused_xml(&self, body: &str) -> String {
        let request = self.http.post(format!("{}/customers", self.stand.url));
        let request =
            request.header("content-type", "application/xml").header("accept", "application/json");
        let answer = request.body(body.to_owned()).send().await.expect("the stand answers");
        let text = answer.text().await.expect("text");
        let answer: Value =
            serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"));
        answer["request_in_error"].as_str().unwrap_or_else(|| panic!("{text}")).to_owned()
    }
}

/// Attributes of a message that passes every edit, with others over them; `null` takes one away.
pub(crate) fn person(others: &Value) -> Value {
    let mut attributes = json!({
        "cst_fname": "Julie", "cst_lname": "Robinson", "cst_street_addr": "100 Example Street", "cst_city": "Westborough",
        "cst_state": "MA", "cst_zip": "01581", "cst_country": "USA", "cst_email_status": "O1"
    });
    let object = attributes.as_object_mut().expect("an object");
    for (name, value) in others.as_object().expect("an object") {
        if value.is_null() {
            object.remove(name);
        } else {
            object.insert(name.clone(), value.clone());
        }
    }
    attributes
}
