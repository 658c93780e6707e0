//! The tables of cases, through both doors and both ways round. Their origin stands in `cases/README.md`.

use serde_json::{Value, json};

use crate::fixture::{Fixture, acme_as, changed};
use crate::message::{FORMS, Message, julie};

/// The rows of a table without its heading.
fn rows(table: &'static str) -> Vec<Vec<&'static str>> {
    let rows: Vec<Vec<_>> = table.lines().skip(1).map(|row| row.split('\t').collect()).collect();
    assert!(rows.len() > 20 && rows.iter().all(|row| row.len() == 5), "{rows:?}");
    rows
}

/// A row of `matching.tsv`.
struct Pair {
    kind: &'static str,
    attribute: &'static str,
    one: &'static str,
    other: &'static str,
    same: bool,
}

impl Pair {
    fn all() -> impl Iterator<Item = Self> {
        rows(include_str!("cases/matching.tsv")).into_iter().map(|row| {
            let same = match row[4] {
                "same" => true,
                "different" => false,
                other => panic!("{other:?} is no judgement"),
            };
            Self { kind: row[0], attribute: row[1], one: row[2], other: row[3], same }
        })
    }

    /// Both orders.
    fn orders(&self) -> [(&'static str, &'static str); 2] {
        [(self.one, self.other), (self.other, self.one)]
    }

    fn is_wrong(&self, (first, second): (&str, &str), found: bool) -> Option<String> {
        let Self { kind, attribute, same, .. } = self;
        (found != *same).then(|| {
            format!("{kind}: {attribute} {first:?} then {second:?}, {found} in place of {same}")
        })
    }
}

/// A business at the worked address.
fn business() -> Message {
    julie().without("cst_fname").without("cst_lname").with("cst_company_name", "Acme Mining")
}

#[tokio::test]
async fn a_message_finds_the_customer_of_another_message_as_the_table_says() {
    let pairs: Vec<_> = Pair::all().collect();
    let companies: Vec<String> = (0..2 * pairs.len()).map(|company| company.to_string()).collect();
    let companies = companies.join(",");
    let all = "last_name,company,street,address_line_2,apartment,city,state,email";
    let stand = Fixture::with(&[("COMPANIES", &companies)]).await;
    let by_email = Fixture::with(&[("COMPANIES", &companies), ("EXACT_MATCH", all)]).await;
    let mut wrong = Vec::new();
    for (index, pair) in pairs.iter().enumerate() {
        let stand = if pair.attribute == "cst_email" { &by_email } else { &stand };
        for (order, (first, second)) in pair.orders().into_iter().enumerate() {
            // Companies share no customers, so that all pairs fit one table.
            let company = (2 * index + order).to_string();
            let base = if pair.attribute == "cst_company_name" { business() } else { julie() };
            let base = base.with("cst_company", &company);
            let form = FORMS[order];
            stand.tell(form, &base.clone().with(pair.attribute, first)).await.created();
            let asked = base.with(pair.attribute, second).with("cst_duplicate", "Y");
            let told = stand.tell(form, &asked).await;
            assert!([201, 409].contains(&told.status), "{}", told.answer);
            wrong.extend(pair.is_wrong((first, second), told.status == 409));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// Where a dealer's request has what a message calls this; nothing for what only a person has.
fn place(attribute: &str) -> Option<&'static str> {
    match attribute {
        "cst_company_name" => Some("businessName"),
        "cst_street_addr" => Some("address/line1"),
        "cst_city" => Some("address/city"),
        "cst_zip" => Some("address/postalCode"),
        _ => None,
    }
}

#[tokio::test]
async fn a_dealer_finds_a_business_of_either_door_and_a_message_that_of_a_dealer() {
    let stand = Fixture::new().await;
    let mut wrong = Vec::new();
    let mut dealers = 0;
    for (index, pair) in Pair::all().enumerate() {
        let Some(place) = place(pair.attribute) else { continue };
        for (order, texts) in pair.orders().into_iter().enumerate() {
            for door in ["message then dealer", "dealer then message", "dealer then dealer"] {
                // Each in a place or under a name of its own, so that all fit one table.
                let (unique, value) = match pair.attribute {
                    "cst_company_name" => ("cst_city", format!("Town {index} {order} {door}")),
                    _ => ("cst_company_name", format!("Acme {index} {order} {door}")),
                };
                let message = |text: &str| {
                    business()
                        .with(unique, &value)
                        .with(pair.attribute, text)
                        .with("cst_duplicate", "Y")
                };
                let mut request = |text: &str| {
                    dealers += 1;
                    let own = self::place(unique).expect("a dealer has it too");
                    let address = json!({ "line1": "100 Example Street", "city": "Westborough", "state": "MA", "postalCode": "01581", "country": "USA" });
                    let body = changed(acme_as("TD68", &dealers.to_string()), "address", address);
                    changed(changed(body, own, json!(value)), place, json!(text))
                };
                let (first, second) = texts;
                let matched = |answer: &Value| answer["customerOrganization"] == "matched";
                let found = match door {
                    "message then dealer" => {
                        stand.add(&message(first)).await.created();
                        matched(&stand.associate(&request(second)).await.is(201))
                    }
                    "dealer then message" => {
                        assert!(!matched(&stand.associate(&request(first)).await.is(201)));
                        stand.add(&message(second)).await.status == 409
                    }
                    _ => {
                        assert!(!matched(&stand.associate(&request(first)).await.is(201)));
                        matched(&stand.associate(&request(second)).await.is(201))
                    }
                };
                wrong.extend(pair.is_wrong(texts, found).map(|wrong| format!("{door}: {wrong}")));
            }
        }
    }
    assert!(dealers > 80, "{dealers}");
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[tokio::test]
async fn an_address_is_accepted_at_both_doors_as_the_table_says_and_found_again_as_it_is_shown() {
    let stand = Fixture::new().await;
    let mut wrong = Vec::new();
    for (index, row) in rows(include_str!("cases/addresses.tsv")).into_iter().enumerate() {
        let [kind, country, state, postal_code, accepted] = row[..] else { panic!("{row:?}") };
        let name = format!("Acme {index}");
        let address = [("cst_country", country), ("cst_state", state), ("cst_zip", postal_code)];
        let message = business().with("cst_company_name", &name).with_all(&address);
        let told = stand.add(&message).await;
        if (told.status == 201) != (accepted == "yes") {
            wrong.push(format!("{kind}: {address:?} is answered {}", told.answer));
        } else if told.status == 201 {
            let shown = told.body["CustSoldTo"].clone();
            let again = address
                .map(|(name, _)| (name, shown[name].as_str().unwrap_or_default().to_owned()));
            let again = again
                .iter()
                .fold(message.clone(), |message, (name, value)| message.with(name, value));
            for same in [message, again] {
                assert_eq!(
                    stand.add(&same.with("cst_duplicate", "Y")).await.status,
                    409,
                    "{kind}: {address:?}"
                );
            }
        }
        let address = json!({ "line1": "100 Example Street", "city": "Westborough", "state": state, "postalCode": postal_code, "country": country });
        let body = changed(
            changed(acme_as("TD68", &index.to_string()), "address", address.clone()),
            "businessName",
            json!(name),
        );
        let answer = stand.associate(&body).await;
        if answer.status != if accepted == "yes" { 201 } else { 400 } {
            wrong.push(format!("{kind}: {address} is answered {answer}"));
        } else if answer.status == 201 {
            assert_eq!(answer.json()["customerOrganization"], "matched", "{kind}: {address}");
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
