//! Every route of the contract that somebody may lack the right to: what it asks of its caller, and what there is to be asked for.

use serde_json::{Value, json};

use super::asking::{Asking, Name};
use super::rights::{NOBODYS, Needs, OWNER};
use super::world::{SECRET, World, association};

/// A thing that is there and one that is not, in a request that a caller with the right gets different answers to.
pub(crate) struct Thing {
    pub(crate) label: &'static str,
    pub(crate) asking: Asking,
}

/// A route.
pub(crate) struct Route {
    /// The `operationId`.
    pub(crate) id: &'static str,
    pub(crate) needs: Needs,
    /// The name of its list in cursors of the first form; where it has none, of the list that it is nearest to.
    pub(crate) list: &'static str,
    pub(crate) things: Vec<Thing>,
}

/// The operations that are open to anyone.
pub(crate) const OPEN: [&str; 3] = ["getConsole", "getConsoleFile", "getContract"];

/// The others, by their `operationId`.
pub(crate) const IDS: [&str; 24] = [
    "associateCustomer",
    "associateCustomers",
    "listDealerCustomers",
    "getDealerCustomer",
    "releaseDealerCustomer",
    "getCustomerOrganization",
    "addCustomer",
    "addCustomers",
    "findCustomers",
    "getCustomer",
    "getHistory",
    "pullChanges",
    "tryRules",
    "mergeCustomers",
    "unmergeCustomers",
    "restoreCustomer",
    "eraseCustomer",
    "listErrors",
    "exportErrors",
    "getError",
    "correctError",
    "deleteError",
    "reprocessError",
    "reprocessErrors",
    "assignError",
    "noteError",
    "reopenError",
];

const ABSENT_NUMBER: &str = "999999999";
const ABSENT_ERROR: &str = "0123456789ABCDEF";

const STEWARD: Needs = Needs::Scope(&["steward"]);

fn thing(label: &'static str, asking: Asking) -> Thing {
    Thing { label, asking }
}

/// Writes are dry runs, so that a leak does not hide the next.
fn dry(method: &'static str, path: &str) -> Asking {
    Asking::new(method, path).query("dryRun", "true")
}

fn absent_organization(like: &str) -> String {
    format!("0123456789ABCDEF{}", &like[16..])
}

/// All of them.
pub(crate) fn all(world: &World) -> Vec<Route> {
    [dealers(world), messages(world), stewards(world)].into_iter().flatten().collect()
}

fn dealers(world: &World) -> Vec<Route> {
    let dealer_code = || Name::new("dealerCode", OWNER, OWNER);
    let code = || Name::new("dealerCode", OWNER, NOBODYS);
    let number = || Name::new("dealerCustomerNumber", SECRET, "ABSENT-9");
    let free = || Name::new("dealerCustomerNumber", "FREE-9", "FREE-9");
    let same = || Name::new("dealerCustomerNumber", SECRET, SECRET);
    let organization = |there: &str| Name::new("identifier", there, absent_organization(there));
    let associate = |number: &str| {
        let body = association("{dealerCode}", number);
        dry("POST", "/dealer-customers").json(body)
    };
    let mut given = association("{dealerCode}", "{dealerCustomerNumber}");
    given["customerOrganizationIdentifier"] = json!("{identifier}");
    let mut named = association("{dealerCode}", "{dealerCustomerNumber}");
    named["businessName"] = json!("{businessName}");
    let names = Name::new("businessName", "Qanari Mining", "Nobody Mining");
    let read = || Asking::new("GET", "/dealer-customers/{dealerCode}/{dealerCustomerNumber}");
    let release =
        || dry("DELETE", "/dealer-customers/{dealerCode}/{dealerCustomerNumber}/association");
    let see = Asking::new("GET", "/customer-organizations/{identifier}");
    vec![
        Route {
            id: "associateCustomer",
            needs: Needs::DealerWrites,
            list: "dealer-customers/{dealerCode}",
            things: vec![
                thing(
                    "a taken DCN",
                    associate("{dealerCustomerNumber}").names([dealer_code(), number()]),
                ),
                thing("a dealer code", associate(SECRET).names([code()])),
                thing(
                    "an identifier",
                    dry("POST", "/dealer-customers").json(given).names([
                        dealer_code(),
                        free(),
                        organization(&world.organization),
                    ]),
                ),
                thing(
                    "a name",
                    dry("POST", "/dealer-customers").json(named).names([
                        dealer_code(),
                        free(),
                        names,
                    ]),
                ),
            ],
        },
        Route {
            id: "associateCustomers",
            needs: Needs::DealerRows,
            list: "dealer-customers/{dealerCode}",
            things: vec![thing(
                "a taken DCN in a row",
                dry("POST", "/dealer-customers/batch")
                    .json(json!([association("{dealerCode}", "{dealerCustomerNumber}")]))
                    .names([dealer_code(), number()]),
            )],
        },
        Route {
            id: "listDealerCustomers",
            needs: Needs::DealerReads,
            list: "dealer-customers/{dealerCode}",
            things: vec![thing(
                "a dealer code",
                Asking::new("GET", "/dealer-customers/{dealerCode}").names([code()]),
            )],
        },
        Route {
            id: "getDealerCustomer",
            needs: Needs::DealerReads,
            list: "dealer-customers/{dealerCode}",
            things: vec![
                thing("a DCN", read().names([dealer_code(), number()])),
                thing("a dealer code", read().names([code(), same()])),
            ],
        },
        Route {
            id: "releaseDealerCustomer",
            needs: Needs::DealerWrites,
            list: "dealer-customers/{dealerCode}",
            things: vec![
                thing("a DCN", release().names([dealer_code(), number()])),
                thing("a dealer code", release().names([code(), same()])),
            ],
        },
        Route {
            id: "getCustomerOrganization",
            needs: Needs::Organization,
            list: "customer-organizations/{identifier}",
            things: vec![thing("an identifier", see.names([organization(&world.organization)]))],
        },
    ]
}

fn messages(world: &World) -> Vec<Route> {
    let add = |attributes: &Value| {
        let mut message = json!({ "type": "CWCustomerIn", "CustSoldTo": {
            "cst_send_response": "Y", "cst_lname": "Nobody", "cst_street_addr": "9 Nowhere Road", "cst_city": "Boston",
            "cst_state": "MA", "cst_zip": "02101", "cst_country": "USA", "cst_email_status": "O1", "cst_duplicate": "Y"
        } });
        for (name, value) in attributes.as_object().expect("attributes") {
            message["CustSoldTo"][name] = value.clone();
        }
        dry("POST", "/customers").json(message)
    };
    let rows = |attributes: Value| {
        let message = json!({ "type": "CWCustomerIn", "CustSoldTo": attributes });
        dry("POST", "/customers/batch").json(json!([message]))
    };
    let number = |there: &str| Name::new("number", there, ABSENT_NUMBER);
    let household = json!({
        "cst_company_name": "Qanari Works", "cst_fname": "Qanari", "cst_lname": "{lastName}", "cst_street_addr": "1 Qanal Street",
        "cst_city": "Qanaria", "cst_zip": "02139", "cst_email": "qanari@qanari.example"
    });
    let xml = "<Message type=\"CWCustomerIn\"><CustSoldTo cst_send_response=\"Y\" cst_cust_nbr=\"{number}\" cst_fname=\"A\"/></Message>";
    let alternate = || Name::new("alternate", "QXALT-1", "QYALT-1");
    let relate = || Name::new("relate", "QXALT-2", "QYALT-2");
    let dcn = Name::new("dcn", format!("{OWNER}%7C{SECRET}"), format!("{OWNER}%7CABSENT-9"));
    let find = |parameter: &str, name: &str| {
        Asking::new("GET", "/customers").query(parameter, &format!("{{{name}}}"))
    };
    let place = Name::new("after", world.changes.as_str(), "AAAA");
    let last_name = || Name::new("lastName", "Qanari", "Nobody");
    let tried = json!({ "exactMatch": "email", "customerNumber": "{number}" });
    let pair = |operation: &str, body: Value| {
        let asking = dry("POST", &format!("/customers/{{number}}/{operation}"));
        asking.header("if-match", "*").json(body).names([number(&world.number)])
    };
    let mut of_the_household = household.clone();
    of_the_household["cst_state"] = json!("MA");
    of_the_household["cst_country"] = json!("USA");
    let alike = json!({
        "genericValues": { "names": ["Qanari Works"] }, "messages": [{ "CustSoldTo": of_the_household }]
    });
    let see = || Asking::new("GET", "/customers/{number}");
    vec![
        Route {
            id: "addCustomer",
            needs: Needs::Scope(&["customers"]),
            list: "customers",
            things: vec![
                thing(
                    "a number",
                    add(&json!({ "cst_cust_nbr": "{number}" })).names([number(&world.number)]),
                ),
                thing(
                    "a number in XML",
                    dry("POST", "/customers")
                        .text("application/xml", xml)
                        .names([number(&world.number)]),
                ),
                thing(
                    "an alternate number",
                    add(&json!({ "cst_interface_cust_nbr": "{alternate}" })).names([alternate()]),
                ),
                thing(
                    "a relate id",
                    add(&json!({ "cst_relate_id": "{relate}" })).names([relate()]),
                ),
                thing("a name", add(&household).names([last_name()])),
            ],
        },
        Route {
            id: "addCustomers",
            needs: Needs::Scope(&["customers"]),
            list: "customers",
            things: vec![
                thing(
                    "a number in a row",
                    rows(json!({ "cst_cust_nbr": "{number}" })).names([number(&world.number)]),
                ),
                thing(
                    "a relate id in a row",
                    rows(json!({ "cst_relate_id": "{relate}" })).names([relate()]),
                ),
            ],
        },
        Route {
            id: "findCustomers",
            needs: Needs::Scope(&["customers", "steward"]),
            list: "customers",
            things: vec![
                thing("a number", find("number", "number").names([number(&world.number)])),
                thing(
                    "an alternate number",
                    find("alternateNumber", "alternate").names([alternate()]),
                ),
                thing("a relate id", find("relateId", "relate").names([relate()])),
                thing("a DCN", find("dcn", "dcn").names([dcn])),
            ],
        },
        Route {
            id: "getCustomer",
            needs: Needs::Scope(&["customers", "steward"]),
            list: "customers/{number}",
            things: vec![
                thing("a dealer's customer", see().names([number(&world.number)])),
                thing("a customer by message", see().names([number(&world.messaged)])),
            ],
        },
        Route {
            id: "getHistory",
            needs: Needs::Scope(&["customers", "steward"]),
            list: "customers/{number}",
            things: vec![thing(
                "a number",
                Asking::new("GET", "/customers/{number}/history").names([number(&world.number)]),
            )],
        },
        Route {
            id: "pullChanges",
            needs: Needs::Scope(&["customers"]),
            list: "changes",
            things: vec![thing(
                "a place in the list",
                Asking::new("GET", "/changes").query("after", "{after}").names([place]),
            )],
        },
        Route {
            id: "tryRules",
            needs: STEWARD,
            list: "customers/{number}",
            things: vec![
                thing(
                    "a number",
                    dry("POST", "/rules/try").json(tried).names([number(&world.number)]),
                ),
                thing("a name", dry("POST", "/rules/try").json(alike).names([last_name()])),
            ],
        },
        Route {
            id: "mergeCustomers",
            needs: STEWARD,
            list: "customers/{number}",
            things: vec![thing(
                "a number",
                pair("merge", json!({ "loser": "999999998", "loserVersion": 1 })),
            )],
        },
        Route {
            id: "unmergeCustomers",
            needs: STEWARD,
            list: "customers/{number}",
            things: vec![thing("a number", pair("unmerge", json!({ "loser": "999999998" })))],
        },
        Route {
            id: "restoreCustomer",
            needs: STEWARD,
            list: "customers/{number}",
            things: vec![thing("a number", pair("restore", json!({ "version": 1 })))],
        },
        Route {
            id: "eraseCustomer",
            needs: Needs::Scope(&["privacy"]),
            list: "customers/{number}",
            things: vec![thing(
                "a number",
                dry("POST", "/customers/{number}/erase").names([number(&world.number)]),
            )],
        },
    ]
}

fn stewards(world: &World) -> Vec<Route> {
    let open = || Name::new("id", &world.open_error, ABSENT_ERROR);
    let deleted = || Name::new("id", &world.deleted_error, ABSENT_ERROR);
    let text = || Name::new("text", "Qanari", "Nobody");
    let code = || Name::new("code", "city-blank", "country-blank");
    let filtered =
        |path: &str, name: &str| Asking::new("GET", path).query(name, &format!("{{{name}}}"));
    let show = || Asking::new("GET", "/errors/{id}");
    let patch = json!({ "cst_city": "Boston" });
    let correct = || dry("PATCH", "/errors/{id}").header("if-match", "*").json(patch.clone());
    let delete = || dry("DELETE", "/errors/{id}").header("if-match", "*");
    let reprocess = || dry("POST", "/errors/{id}/reprocess");
    let remark = |path: &str| dry("POST", path).header("if-match", "*");
    let assign = || remark("/errors/{id}/assign").json(json!({ "to": "anna" }));
    let note = || remark("/errors/{id}/note").json(json!({ "text": "a note" }));
    let reopen = || remark("/errors/{id}/reopen");
    let many = |body: Value| dry("POST", "/errors/reprocess").json(body);
    let route = |id, things| Route { id, needs: STEWARD, list: "errors", things };
    let filters = |path: &str| {
        vec![
            thing("a text", filtered(path, "text").names([text()])),
            thing("a code", filtered(path, "code").names([code()])),
        ]
    };
    vec![
        route("listErrors", filters("/errors")),
        route("exportErrors", filters("/errors.csv")),
        route(
            "getError",
            vec![
                thing("an open one", show().names([open()])),
                thing("a deleted one", show().names([deleted()])),
            ],
        ),
        route(
            "correctError",
            vec![
                thing("an open one", correct().names([open()])),
                thing("a deleted one", correct().names([deleted()])),
            ],
        ),
        route(
            "deleteError",
            vec![
                thing("an open one", delete().names([open()])),
                thing("a deleted one", delete().names([deleted()])),
            ],
        ),
        route(
            "reprocessError",
            vec![
                thing("an open one", reprocess().names([open()])),
                thing("a deleted one", reprocess().names([deleted()])),
                thing("an open one, corrected", reprocess().json(patch.clone()).names([open()])),
            ],
        ),
        route(
            "reprocessErrors",
            vec![
                thing("an id", many(json!({ "ids": ["{id}"] })).names([open()])),
                thing("a code", many(json!({ "code": "{code}" })).names([code()])),
            ],
        ),
        route(
            "assignError",
            vec![
                thing("an open one", assign().names([open()])),
                thing("a deleted one", assign().names([deleted()])),
            ],
        ),
        route(
            "noteError",
            vec![
                thing("an open one", note().names([open()])),
                thing("a deleted one", note().names([deleted()])),
            ],
        ),
        route(
            "reopenError",
            vec![
                thing("an open one", reopen().names([open()])),
                thing("a deleted one", reopen().names([deleted()])),
            ],
        ),
    ]
}
