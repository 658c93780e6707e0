//! A message in the making, in either form, and its answer read alike from both.

use reqwest::header::CONTENT_TYPE;
use serde_json::{Map, Value, json};

use crate::fixture::{Answer, Fixture, Request};
use crate::xml;

/// The form of a message on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    Json,
    Xml,
}

/// Both forms.
pub const FORMS: [Form; 2] = [Form::Json, Form::Xml];

impl Form {
    pub fn content_type(self) -> &'static str {
        match self {
            Self::Json => "application/json",
            Self::Xml => "application/xml",
        }
    }
}

/// A `CWCustomerIn`: its type, and name and value of what its customer says, in their order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    pub message_type: Option<String>,
    pub attributes: Vec<(String, String)>,
}

impl Message {
    /// A message of these attributes that asks for an answer.
    pub fn of(attributes: &[(&str, &str)]) -> Self {
        let message =
            Self { message_type: Some("CWCustomerIn".to_owned()), attributes: Vec::new() };
        message.with("cst_send_response", "Y").with_all(attributes)
    }

    /// The message with the attribute set.
    pub fn with(mut self, name: &str, value: &str) -> Self {
        match self.attributes.iter_mut().find(|(known, _)| known == name) {
            Some((_, old)) => value.clone_into(old),
            None => self.attributes.push((name.to_owned(), value.to_owned())),
        }
        self
    }

    /// The message with all of them set.
    pub fn with_all(self, attributes: &[(&str, &str)]) -> Self {
        let set = |message: Self, (name, value): &(&str, &str)| message.with(name, value);
        attributes.iter().fold(self, set)
    }

    /// The message without the attribute.
    pub fn without(mut self, name: &str) -> Self {
        self.attributes.retain(|(known, _)| known != name);
        self
    }

    /// The message with another type, or none.
    pub fn of_type(mut self, message_type: Option<&str>) -> Self {
        self.message_type = message_type.map(str::to_owned);
        self
    }

    /// The message in this form.
    pub fn written(&self, form: Form) -> String {
        match form {
            Form::Json => {
                let customer = self.attributes.iter().cloned();
                let customer: Map<String, Value> =
                    customer.map(|(name, value)| (name, Value::String(value))).collect();
                match &self.message_type {
                    Some(kind) => json!({ "type": kind, "CustSoldTo": customer }).to_string(),
                    None => json!({ "CustSoldTo": customer }).to_string(),
                }
            }
            Form::Xml => xml::message(self.message_type.as_deref(), &self.attributes),
        }
    }
}

/// Julie Robinson of the rules, added without a look at duplicates.
pub fn julie() -> Message {
    Message::of(&[
        ("cst_fname", "Julie"),
        ("cst_lname", "Robinson"),
        ("cst_street_addr", "100 Example Street"),
        ("cst_city", "Westborough"),
        ("cst_state", "MA"),
        ("cst_zip", "01581"),
        ("cst_country", "USA"),
        ("cst_email_status", "O1"),
    ])
}

/// Julie Robinson with this duplicate check.
pub fn checked(check: &str) -> Message {
    julie().with("cst_duplicate", check)
}

/// A Change of the customer that this attribute names.
pub fn change(naming: &str, value: &str) -> Message {
    Message::of(&[(naming, value)])
}

/// What came back: the answer, and the same in both forms.
pub struct MessageAnswer {
    pub answer: Answer,
    pub status: u16,
    /// `Message` of the answer, as its JSON has it; null without a body.
    pub body: Value,
}

impl MessageAnswer {
    /// Reads an answer.
    pub fn of(answer: Answer) -> Self {
        let is_xml =
            answer.header("content-type").is_some_and(|kind| kind.starts_with("application/xml"));
        let body = match answer.text.as_str() {
            "" => Value::Null,
            text if is_xml => xml::read(text),
            _ => answer.json(),
        };
        Self { status: answer.status, answer, body }
    }

    /// The same, if the status and the result are these.
    #[track_caller]
    pub fn is(self, status: u16, result: &str) -> Self {
        assert_eq!(
            (self.status, self.text("cst_action_result")),
            (status, result),
            "{}",
            self.answer
        );
        self
    }

    /// The same, if a customer was created.
    #[track_caller]
    pub fn created(self) -> Self {
        let told = self.is(201, "Success");
        assert_eq!(told.text("cst_action_type"), "A", "{}", told.answer);
        told
    }

    /// The same, if a customer was updated.
    #[track_caller]
    pub fn updated(self) -> Self {
        let told = self.is(200, "Success");
        assert_eq!(told.text("cst_action_type"), "C", "{}", told.answer);
        told
    }

    /// The numbers of the duplicates, if the message is a duplicate, in their order.
    #[track_caller]
    pub fn duplicates(self) -> Vec<String> {
        let told = self.is(409, "Duplicate");
        let others = told.body["CustSoldTo"]["Duplicate"].as_array();
        let others = others
            .into_iter()
            .flatten()
            .map(|other| other["cst_cust_nbr"].as_str().expect("a number").to_owned());
        std::iter::once(told.number()).chain(others).collect()
    }

    /// The failed edits as `attribute code`, sorted, if edits failed.
    #[track_caller]
    pub fn failed(self) -> Vec<String> {
        let told = self.is(422, "Failure");
        let errors = told.body["CustSoldTo"]["Error"].as_array();
        let errors = errors.unwrap_or_else(|| panic!("errors are in {}", told.answer));
        let mut failed: Vec<_> = errors
            .iter()
            .map(|error| {
                let text = |name: &str| error[name].as_str().expect("a text");
                format!("{} {}", text("attribute"), text("code"))
            })
            .collect();
        failed.sort();
        failed
    }

    /// An attribute of the answer's `CustSoldTo`; empty where it has none.
    pub fn text(&self, name: &str) -> &str {
        self.body["CustSoldTo"][name].as_str().unwrap_or_default()
    }

    /// The customer number that the answer shows.
    #[track_caller]
    pub fn number(&self) -> String {
        let number = self.text("cst_cust_nbr");
        assert_eq!(number.len(), 9, "a number is in {}", self.answer);
        number.to_owned()
    }

    /// The id of the request in error.
    #[track_caller]
    pub fn request_in_error(&self) -> String {
        let id = self.body["request_in_error"].as_str();
        id.unwrap_or_else(|| panic!("an id is in {}", self.answer)).to_owned()
    }

    /// Whether the answer says that an earlier try of the request did it.
    pub fn replayed(&self) -> bool {
        self.answer.header("idempotency-replayed") == Some("true")
    }
}

impl Fixture {
    /// The request that posts a message.
    pub fn message(&self, form: Form, message: &Message) -> Request {
        self.post("/customers")
            .header(CONTENT_TYPE, form.content_type())
            .body(message.written(form))
    }

    /// Posts a message.
    pub async fn tell(&self, form: Form, message: &Message) -> MessageAnswer {
        MessageAnswer::of(self.message(form, message).send().await)
    }

    /// Posts a message in JSON.
    pub async fn add(&self, message: &Message) -> MessageAnswer {
        self.tell(Form::Json, message).await
    }

    /// Posts a message in JSON that changes nothing.
    pub async fn try_to_add(&self, message: &Message) -> MessageAnswer {
        let request = self.post("/customers?dryRun=true").header(CONTENT_TYPE, "application/json");
        let request = request.body(message.written(Form::Json));
        MessageAnswer::of(request.send().await)
    }

    /// The stored customer of a number.
    pub async fn stored(&self, number: &str) -> Value {
        let read = self.get(&format!("/customers/{number}"));
        read.send().await.is(200)
    }

    /// The stored attributes of the customer of a number.
    pub async fn stored_attributes(&self, number: &str) -> Value {
        self.stored(number).await["CustSoldTo"].take()
    }
}
