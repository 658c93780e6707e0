//! What a caller may change about a request: every parameter, header and body field of any route, and every segment of the path, each absent, malformed, forged and genuine.
//!
//! The parameters and the fields are those of the contract; one that is not known here fails the test.

use kit::contract::Contract;
use serde_json::{Value, json};

use super::asking::{Asking, Body, Name, Side};
use super::cursors::{self, MALFORMED, POSITIONS};
use super::rights::{NOBODYS, everybody};
use super::routes::{Route, Thing};
use super::world::{KEY, World};

/// Another writing of a name.
type Write = fn(&str) -> String;

/// One thing that is changed about a request.
#[derive(Clone)]
pub(crate) enum Change {
    /// A parameter of the query, as the only one of its name; none: not there.
    Query(String, Option<String>),
    /// A parameter once more.
    Repeated(String),
    Header(&'static str, String),
    Body(Body),
    /// A member of a JSON body, by its pointer's last part in the innermost object; none: not there.
    Field(String, Option<Value>),
    /// Another writing of a name in the path.
    Written(&'static str, Write),
    Name(Name),
}

/// A changed request.
#[derive(Clone)]
pub(crate) struct Variant {
    pub(crate) parameter: String,
    pub(crate) label: String,
    pub(crate) changes: Vec<Change>,
    /// Whether the request may be refused for what it is, before it is looked at whose the thing is (never before the scope).
    pub(crate) faulty: bool,
}

impl Variant {
    fn new(parameter: &str, label: impl Into<String>, change: Change) -> Self {
        let faulty = !matches!(&change, Change::Query(name, _) if name == "cursor");
        Self { parameter: parameter.to_owned(), label: label.into(), changes: vec![change], faulty }
    }

    pub(crate) fn and(mut self, other: &Self) -> Self {
        self.parameter = format!("{} and {}", self.parameter, other.parameter);
        self.label = format!("{} and {}", self.label, other.label);
        self.changes.extend(other.changes.iter().cloned());
        self.faulty |= other.faulty;
        self
    }

    /// Whether a cursor is changed, alone or with something else.
    pub(crate) fn is_a_cursor(&self) -> bool {
        let is_cursor = |change: &Change| matches!(change, Change::Query(name, _) | Change::Repeated(name) if name == "cursor");
        self.changes.iter().any(is_cursor)
    }

    /// Whether it lets a write have its effect, if it were not refused.
    pub(crate) fn is_in_earnest(&self) -> bool {
        let is_dry_run = |change: &Change| matches!(change, Change::Query(name, _) | Change::Repeated(name) if name == "dryRun");
        self.changes.iter().any(is_dry_run)
    }

    pub(crate) fn of(&self, asking: &Asking) -> Asking {
        let mut asking = asking.clone();
        for change in &self.changes {
            change.make(&mut asking);
        }
        asking
    }
}

impl Change {
    fn make(&self, asking: &mut Asking) {
        match self {
            Self::Query(name, value) => {
                asking.query.retain(|(known, _)| known != name);
                asking.query.extend(value.iter().map(|value| (name.clone(), value.clone())));
            }
            Self::Repeated(name) => {
                let value = asking.query.iter().find(|(known, _)| known == name);
                let value = value.map_or_else(|| "1".to_owned(), |(_, value)| value.clone());
                asking.query.extend([(name.clone(), value.clone()), (name.clone(), value)]);
            }
            Self::Header(name, value) => {
                asking.headers.retain(|(known, _)| known != name);
                asking.headers.push(((*name).to_owned(), value.clone()));
            }
            Self::Body(body) => asking.body = body.clone(),
            Self::Field(name, value) => {
                if let Body::Json(body) = &mut asking.body {
                    // Of a batch the first row.
                    let body = if body.is_array() { &mut body[0] } else { body };
                    let at = if body.get("CustSoldTo").is_some() {
                        &mut body["CustSoldTo"]
                    } else {
                        body
                    };
                    let members = at.as_object_mut().expect("a body is an object");
                    match value {
                        Some(value) => members.insert(name.clone(), value.clone()),
                        None => members.remove(name),
                    };
                }
            }
            Self::Written(name, write) => {
                for known in asking.names.iter_mut().filter(|known| known.name == *name) {
                    known.there = write(&known.there);
                    known.absent = write(&known.absent);
                }
            }
            Self::Name(name) => asking.names.push(name.clone()),
        }
    }
}

/// All variants of a request for this thing.
pub(crate) fn all(
    contract: &Contract,
    world: &World,
    route: &Route,
    thing: &Thing,
) -> Vec<Variant> {
    let mut variants = queries(contract);
    variants.extend(cursors(world, route, &thing.asking));
    variants.extend(headers(contract));
    variants.extend(paths(&thing.asking));
    variants.extend(bodies(contract, world, route, &thing.asking));
    variants
}

/// Whether the contract has a cursor for this route.
pub(crate) fn takes_cursors(contract: &Contract, route: &Route) -> bool {
    let operation = contract.operation(route.id).expect("an operation of the contract");
    let parameters = contract.parameters(&operation).expect("references lead somewhere");
    parameters.iter().any(|parameter| parameter["name"] == "cursor")
}

/// The names of all parameters of any operation that stand in this place.
fn parameters(contract: &Contract, place: &str) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for operation in contract.operations() {
        for parameter in contract.parameters(&operation).expect("references lead somewhere") {
            let name = parameter["name"].as_str().expect("a name");
            if parameter["in"] == place && !names.iter().any(|known| known == name) {
                names.push(name.to_owned());
            }
        }
    }
    names
}

fn queries(contract: &Contract) -> Vec<Variant> {
    let long = "a".repeat(300);
    let unknown = ["scope", "dealer_codes", "sub", "identifier", "customerNumber", "expand"];
    let mut variants = Vec::new();
    for name in parameters(contract, "query").iter().map(String::as_str).chain(unknown) {
        let (genuine, malformed): (&[&str], &[&str]) = match name {
            // It has values of its own.
            "cursor" => continue,
            "dryRun" | "follow" => (&["true", "false"], &["yes", ""]),
            "limit" => (&["1", "100"], &["0", "x"]),
            "state" => (&["open", "deleted"], &["any"]),
            "code" => (&["city-blank"], &["no-code"]),
            "attribute" => (&["cst_city"], &["cst_none"]),
            "company" => (&["1"], &[&long]),
            "receivedAfter" | "receivedBefore" => (&["2026-01-01T00:00:00Z"], &["today"]),
            "text" | "name" => (&["Qanari"], &[&long]),
            "source" => (&["OMS"], &[&long]),
            "sort" => (&["oldest"], &["age"]),
            "reason" => (&["a%20test"], &[]),
            "postalCode" => (&["02139"], &[]),
            "email" => (&["qanari@qanari.example"], &["qanari"]),
            "phone" => (&["6175550142"], &["none"]),
            "number" => (&["{number}"], &["none"]),
            "alternateNumber" | "relateId" => (&["QXALT-1"], &[&long]),
            "dcn" => (&["TD69%7CSECRET-9"], &["none"]),
            "version" => (&["1"], &["0"]),
            "at" => (&["2026-01-01T00:00:00Z"], &["today"]),
            "after" => (&[], &["AAAA"]),
            "wait" => (&["0"], &["x"]),
            "scope" => (&["dealer%20customers%20steward%20privacy"], &[]),
            "dealer_codes" => (&["*"], &[]),
            "sub" => (&["erp-of-td69"], &[]),
            "identifier" => (&["{identifier}"], &[]),
            "customerNumber" => (&["{number}"], &[]),
            "expand" => (&["dealerCustomers"], &[]),
            _ => panic!("the parameter {name} of the contract has no values here"),
        };
        let values = genuine.iter().map(|value| ("genuine", *value));
        let values =
            values.chain(malformed.iter().chain(&["%ff"]).map(|value| ("malformed", *value)));
        for (kind, value) in values {
            let change = Change::Query(name.to_owned(), Some(value.to_owned()));
            variants.push(Variant::new(name, format!("{kind} {}", shortened(value)), change));
        }
        variants.push(Variant::new(name, "absent", Change::Query(name.to_owned(), None)));
        variants.push(Variant::new(name, "repeated", Change::Repeated(name.to_owned())));
    }
    variants
}

fn shortened(text: &str) -> String {
    text.chars().take(24).collect()
}

fn cursors(world: &World, route: &Route, asking: &Asking) -> Vec<Variant> {
    let query = |value: &str| Change::Query("cursor".to_owned(), Some(value.to_owned()));
    let cursor = |label: String, value: &str| Variant::new("cursor", label, query(value));
    let mut variants = vec![cursor("empty".to_owned(), "")];
    for value in MALFORMED.iter().copied().chain([&*"A".repeat(4_000)]) {
        variants.push(cursor(format!("malformed {}", shortened(value)), value));
    }
    for (at, value) in cursors::forged(&world.cursors[0].text).iter().enumerate() {
        variants.push(cursor(format!("forged {at}"), value));
    }
    for known in &world.cursors {
        variants.push(cursor(format!("genuine: {}", known.from), &known.text));
        let mut twice = cursor(format!("twice, {}", known.from), &known.text);
        twice.changes.push(Change::Repeated("cursor".to_owned()));
        variants.push(twice);
    }
    // Of the list of the thing that is there for both, and of each thing's own list.
    let list = |side| asking.filled(route.list, side);
    for position in POSITIONS {
        let [there, absent] = [Side::There, Side::Absent]
            .map(|side| cursors::of_the_first_form(&list(side), position));
        variants.push(cursor(format!("first form, at {position:?}"), &there));
        let mut own =
            cursor(format!("first form, of each one's own list, at {position:?}"), "{oldCursor}");
        own.changes.push(Change::Name(Name::new("oldCursor", there, absent)));
        variants.push(own);
    }
    variants
}

fn headers(contract: &Contract) -> Vec<Variant> {
    let token = local::claims::bearer(&everybody());
    let claims = everybody().to_string();
    let values: [(&'static str, &[&str]); 19] = [
        ("if-match", &["*", "\"1\"", "\"2\"", "\"77\"", "\"1\", \"2\"", "1", "W/\"1\"", ""]),
        ("if-none-match", &["*", "\"1\""]),
        ("if-modified-since", &["Mon, 01 Jan 2024 00:00:00 GMT"]),
        (
            "idempotency-key",
            &[
                KEY,
                "c0ffee00-0000-4000-8000-00000000beef",
                "\"c0ffee00-0000-4000-8000-000000000001\"",
                "short",
                "",
            ],
        ),
        ("accept", &["application/json", "application/xml", "text/csv", "text/html;q=0.1", "/"]),
        (
            "content-type",
            &[
                "application/json",
                "application/xml",
                "application/merge-patch+json",
                "text/plain",
                "application/json; charset=utf-16",
                "x",
            ],
        ),
        ("accept-encoding", &["gzip", "identity;q=0"]),
        ("content-encoding", &["gzip"]),
        ("x-correlation-id", &["order-7", "two words"]),
        ("authorization", &[&token, "Bearer x"]),
        ("x-amzn-oidc-data", &[&claims]),
        ("scope", &["dealer customers steward privacy"]),
        ("dealer_codes", &["*"]),
        ("x-dealer-codes", &["*"]),
        ("sub", &["everybody"]),
        ("x-http-method-override", &["GET", "DELETE"]),
        ("x-forwarded-for", &["127.0.0.1"]),
        ("x-original-url", &["/customers/{number}"]),
        ("range", &["bytes=0-10"]),
    ];
    for name in parameters(contract, "header") {
        let known = values.iter().any(|(known, _)| known.eq_ignore_ascii_case(&name));
        assert!(known, "the header {name} of the contract has no values here");
    }
    let each = values.into_iter().flat_map(|(name, values)| {
        values
            .iter()
            .map(move |value| {
                let change = Change::Header(name, (*value).to_owned());
                Variant::new(name, shortened(value), change)
            })
            .collect::<Vec<_>>()
    });
    each.collect()
}

fn paths(asking: &Asking) -> Vec<Variant> {
    let writings: [(&str, Write); 8] = [
        ("in small letters", |name| name.to_ascii_lowercase()),
        ("with a blank behind", |name| format!("{name} ")),
        ("with a NUL behind", |name| format!("{name}\0")),
        ("with a sign behind", |name| format!("{name}!")),
        ("with a zero before", |name| format!("0{name}")),
        ("as a number", |name| name.parse().map_or(name.to_owned(), |n: u64| n.to_string())),
        ("with an underscore for the hyphen", |name| name.replace('-', "_")),
        ("cut short", |name| name[..name.len() - 1].to_owned()),
    ];
    let names = asking.names.iter().map(|name| name.name);
    let names = names.filter(|name| asking.path.contains(&format!("{{{name}}}")));
    names
        .flat_map(|name| {
            writings.map(|(label, write)| {
                Variant::new(&format!("path {name}"), label, Change::Written(name, write))
            })
        })
        .collect()
}

fn bodies(contract: &Contract, world: &World, route: &Route, asking: &Asking) -> Vec<Variant> {
    let text = |kind, text: &str| Change::Body(Body::Text(kind, text.to_owned()));
    let mut variants = vec![
        Variant::new("body", "absent", Change::Body(Body::None)),
        Variant::new("body", "malformed JSON", text("application/json", "{\"a\":")),
        Variant::new("body", "a list", Change::Body(Body::Json(json!([])))),
        Variant::new("body", "malformed XML", text("application/xml", "<Message")),
        Variant::new("body", "of another kind", text("text/plain", "x")),
        Variant::new("body", "too large", text("application/json", &" ".repeat(132_000))),
        Variant::new("body", "claims", Change::Body(Body::Json(json!({ "claims": everybody() })))),
    ];
    if !matches!(asking.body, Body::Json(_)) {
        return variants;
    }
    for field in fields(contract, route) {
        let other = other(world, &field);
        let values = [
            ("absent", None),
            ("null", Some(Value::Null)),
            ("of the wrong kind", Some(json!([{ "a": 1 }]))),
            ("malformed", Some(json!("!\u{1}"))),
            ("forged", Some(json!("0123456789ABCDEF-000009-7TZ8Q2XK"))),
            ("another's", Some(other)),
        ];
        for (label, value) in values {
            variants.push(Variant::new(
                &format!("body {field}"),
                label,
                Change::Field(field.clone(), value),
            ));
        }
    }
    variants
}

/// The fields of a route's body that name or narrow something.
fn fields(contract: &Contract, route: &Route) -> Vec<String> {
    let properties = |name: &str| {
        let schema = &contract.document()["components"]["schemas"][name]["properties"];
        schema.as_object().expect("properties").keys().cloned().collect()
    };
    match route.id {
        "associateCustomer" => properties("AssociateRequest"),
        "reprocessErrors" => properties("ReprocessRequest"),
        _ => [
            "cst_cust_nbr",
            "cst_interface_cust_nbr",
            "cst_relate_id",
            "cst_company",
            "cst_company_name",
            "cst_fname",
            "cst_lname",
            "cst_street_addr",
            "cst_city",
            "cst_state",
            "cst_zip",
            "cst_country",
            "cst_email",
            "cst_duplicate",
            "cst_send_response",
        ]
        .map(str::to_owned)
        .to_vec(),
    }
}

/// A genuine value for a field, of something that is there.
fn other(world: &World, field: &str) -> Value {
    match field {
        "dealerCode" => json!(NOBODYS),
        "dealerCustomerNumber" => json!("OTHER-9"),
        "customerOrganizationIdentifier" => json!(world.other_organization),
        "ids" => json!([world.deleted_error, world.open_error]),
        "code" => json!("city-blank"),
        "cursor" => json!(world.cursors.last().expect("cursors").text),
        "limit" => json!(1),
        "address" => {
            json!({ "line1": "1 Qanal Street", "city": "Qanaria", "state": "MA", "postalCode": "02139", "country": "USA" })
        }
        "phones" => json!(["617-555-0142"]),
        "cst_cust_nbr" => json!(world.messaged),
        "cst_interface_cust_nbr" => json!("QXALT-1"),
        "cst_relate_id" => json!("QXALT-2"),
        "cst_company" => json!("2"),
        "cst_duplicate" | "cst_send_response" => json!("N"),
        "cst_state" => json!("MA"),
        "cst_zip" => json!("02139"),
        "cst_country" => json!("USA"),
        _ => json!("Qanari"),
    }
}
