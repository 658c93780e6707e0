//! What is there to be seen: customers with the dealer customers of several dealers, requests in error, and all cursors and keys that callers with the right came by.
//!
//! What is asked of it is not known here.

use futures_util::stream::{self, StreamExt as _};
use serde_json::{Value, json};

use super::rights::{OWNER, RELEASED, everybody};
use crate::canaries;
use crate::door::{Door, Event};

/// More than one page of a customer's dealer customers.
const MORE_THAN_A_PAGE: usize = 101;

/// How many requests that plant something are under way at once.
const PLANTED_AT_ONCE: usize = 8;

/// The idempotency key with which the owner did what the dealers' routes are asked for.
pub(crate) const KEY: &str = "c0ffee00-0000-4000-8000-000000000001";

/// A number of the owner's; to see it is a leak.
pub(crate) const SECRET: &str = "SECRET-9";

/// What belongs to the owner, in a request to associate.
pub(crate) fn association(dealer_code: &str, number: &str) -> Value {
    let mut body = canaries::dealer_body();
    body["dealerCode"] = json!(dealer_code);
    body["dealerCustomerNumber"] = json!(number);
    body
}

/// A cursor, who came by it and where.
#[derive(Clone, Debug)]
pub(crate) struct Cursor {
    pub(crate) from: String,
    pub(crate) text: String,
}

/// What was planted.
pub(crate) struct World {
    pub(crate) door: Door,
    /// The customer of the owner, and of the dealer that released it.
    pub(crate) organization: String,
    /// Its number.
    pub(crate) number: String,
    /// Another customer of the owner.
    pub(crate) other_organization: String,
    /// A customer that came by message, with an alternate number and a relate id.
    pub(crate) messaged: String,
    pub(crate) open_error: String,
    pub(crate) deleted_error: String,
    pub(crate) cursors: Vec<Cursor>,
    /// A place in the list of changes, given to the owner's name with the right to it.
    pub(crate) changes: String,
}

/// Associates so many dealer customers with this customer.
pub(crate) async fn associate_many(door: &Door, code: &str, organization: &str, how_many: usize) {
    let events = (0..how_many).map(|at| {
        let body = json!({
            "dealerCode": code, "dealerCustomerNumber": format!("N{at:05}"), "customerOrganizationIdentifier": organization
        });
        Event::new("POST", "/dealer-customers").json(&body)
    });
    all(door, 201, events.collect()).await;
}

/// Releases what [`associate_many`] associated.
pub(crate) async fn release_many(door: &Door, code: &str, how_many: usize) {
    let path = |at| format!("/dealer-customers/{code}/N{at:05}/association");
    let events = (0..how_many).map(|at| Event::new("DELETE", &path(at)));
    all(door, 204, events.collect()).await;
}

async fn all(door: &Door, status: u16, events: Vec<Event>) {
    let mut answers =
        stream::iter(&events).map(|event| door.prepare(status, event)).buffered(PLANTED_AT_ONCE);
    while answers.next().await.is_some() {}
}

/// A customer of the owner: its identifier.
pub(crate) async fn organization(door: &Door) -> String {
    let event = Event::new("POST", "/dealer-customers").json(&association(OWNER, SECRET));
    text(&door.prepare(201, &event).await.json()["customerOrganizationIdentifier"])
}

fn text(value: &Value) -> String {
    value.as_str().expect("a text").to_owned()
}

/// The cursor of the second page, as this caller gets it.
pub(crate) async fn cursor(door: &Door, target: &str, claims: &Value) -> String {
    let page = door.prepare(200, &Event::new("GET", target).by(claims)).await;
    match page.header("link") {
        None => text(&page.json()["next"]),
        Some(link) => {
            let (_, cursor) = link.split_once("cursor=").expect("the next page has a cursor");
            cursor.split(['&', '>']).next().expect("a cursor").to_owned()
        }
    }
}

impl World {
    pub(crate) async fn plant() -> Self {
        let door = Door::open().await;
        let owner = json!({ "sub": "erp-of-td69", "scope": "dealer", "dealer_codes": OWNER });
        let event =
            Event::new("POST", "/dealer-customers").by(&owner).header("idempotency-key", KEY);
        let made = door.prepare(201, &event.json(&association(OWNER, SECRET))).await.json();
        let organization = text(&made["customerOrganizationIdentifier"]);
        let read = Event::new("GET", &format!("/customer-organizations/{organization}"));
        let number = text(&door.prepare(200, &read).await.json()["customerNumber"]);
        let mut other = association(OWNER, "OTHER-9");
        other["businessName"] = json!("Qanari Bagels");
        let other =
            door.prepare(201, &Event::new("POST", "/dealer-customers").json(&other)).await.json();
        let other_organization = text(&other["customerOrganizationIdentifier"]);
        associate_many(&door, OWNER, &organization, MORE_THAN_A_PAGE).await;
        associate_many(&door, RELEASED, &organization, MORE_THAN_A_PAGE).await;

        let add = |attributes: &[(&str, &str)]| {
            let event = Event::new("POST", "/customers").json(&canaries::message(attributes));
            event.header("idempotency-key", KEY)
        };
        let claims = [("cst_interface_cust_nbr", "QXALT-1"), ("cst_relate_id", "QXALT-2")];
        let added = door.prepare(201, &add(&claims)).await.json();
        let messaged = text(&added["CustSoldTo"]["cst_cust_nbr"]);
        let apart = json!({ "other": messaged });
        let apart = Event::new("POST", &format!("/customers/{number}/keep-apart")).json(&apart);
        door.prepare(204, &apart).await;
        let mut errors = Vec::new();
        for last_name in ["Qanari One", "Qanari Two", "Qanari Three"] {
            let message = canaries::message(&[("cst_city", ""), ("cst_lname", last_name)]);
            let failed = Event::new("POST", "/customers").json(&message);
            errors.push(text(&door.prepare(422, &failed).await.json()["request_in_error"]));
        }
        let deleted_error = errors.remove(0);
        let delete =
            Event::new("DELETE", &format!("/errors/{deleted_error}")).header("if-match", "*");
        door.prepare(204, &delete).await;
        let open_error = errors.remove(0);

        let reader = json!({ "sub": "erp-of-td69", "scope": "customers" });
        let changes = cursor(&door, "/changes", &reader).await;
        let mut world = Self {
            door,
            organization,
            number,
            other_organization,
            messaged,
            open_error,
            deleted_error,
            cursors: Vec::new(),
            changes,
        };
        world.gather_cursors(&owner).await;
        release_many(&world.door, RELEASED, MORE_THAN_A_PAGE).await;
        world
    }

    /// By every caller that has the right to a list with a second page.
    async fn gather_cursors(&mut self, owner: &Value) {
        let released = json!({ "sub": "erp-of-td69", "scope": "dealer", "dealer_codes": RELEASED });
        let all = everybody();
        let organization = format!("/customer-organizations/{}", self.organization);
        let dealers = format!("/dealer-customers/{OWNER}?limit=1");
        let lists = [
            (organization.as_str(), owner, "the owner's, of the organization"),
            (
                &organization,
                &released,
                "the caller's own from before it released, of the organization",
            ),
            (&organization, &all, "another caller's, of the organization"),
            (&dealers, owner, "the owner's, of its dealer customers"),
            (&dealers, &all, "another caller's, of the dealer customers"),
            ("/errors?limit=1", &all, "a steward's, of the requests in error"),
            ("/errors.csv?limit=1", &all, "a steward's, of the export"),
        ];
        for (target, claims, from) in lists {
            let text = cursor(&self.door, target, claims).await;
            self.cursors.push(Cursor { from: from.to_owned(), text });
        }
    }

    /// What an answer may not hold, beside the canaries of the persons.
    pub(crate) fn own(&self) -> Vec<String> {
        let names = [&self.organization, &self.number, &self.other_organization, &self.messaged];
        let errors = [&self.open_error, &self.deleted_error];
        let mut own: Vec<_> = names.into_iter().chain(errors).cloned().collect();
        own.extend([SECRET.to_owned(), "N00007".to_owned()]);
        own
    }
}
