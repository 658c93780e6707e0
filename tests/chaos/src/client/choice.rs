//! What a client asks next: a mixture in which everything is fought for, and nothing for ever.
//!
//! Nothing is sent here.

use reqwest::Method;
use serde_json::{Value, json};

use super::super::log::Intent;
use super::{Client, Sending};

/// A business by its place in the list of all: three neighbours of one block that differ in the apartment.
struct Business(u64);

impl Business {
    fn name(&self) -> String {
        let mut rest = self.0 / 3;
        let letters: String = (0..4)
            .map(|_| {
                let letter = char::from(b'A' + u8::try_from(rest % 26).expect("a letter"));
                rest /= 26;
                letter
            })
            .collect();
        format!("{letters} Mining")
    }

    fn apartment(&self) -> String {
        format!("{}", self.0 % 3 + 1)
    }

    /// Of each block one is left alone by whatever is no checked Add and no association.
    fn is_quiet(&self) -> bool {
        self.0.is_multiple_of(3)
    }

    fn identity(&self) -> String {
        format!("{} {}", self.name(), self.apartment())
    }

    fn address(&self) -> Value {
        json!({ "line1": "100 Example Street", "apartment": self.apartment(), "city": "Westborough", "state": "MA", "postalCode": "01581", "country": "USA" })
    }

    fn message(&self) -> Value {
        json!({ "cst_company_name": self.name(), "cst_street_addr": "100 Example Street", "cst_apt": self.apartment(), "cst_city": "Westborough",
            "cst_state": "MA", "cst_zip": "01581", "cst_country": "USA", "cst_email_status": "O1", "cst_send_response": "Y" })
    }
}

impl Client<'_> {
    pub(super) fn choose(&mut self, turn: u64) -> Sending {
        // What is worked on moves on slowly, so that everything is fought for, and nothing for ever.
        let era = turn / 60;
        let business = Business(era * 4 + self.chance.u64(0..12));
        let loud = {
            let index = era * 4 + self.chance.u64(0..12);
            Business(if Business(index).is_quiet() { index + 1 } else { index })
        };
        let dealer = format!("TD{}", self.chance.u8(68..70));
        let number = format!("C{}", era * 3 + self.chance.u64(0..8));
        let dcn = format!("{dealer}|{number}");
        match self.chance.u32(0..100) {
            0..14 => Sending::new(
                Method::POST,
                "/dealer-customers",
                json!({ "dealerCode": dealer, "dealerCustomerNumber": number, "businessName": business.name(), "address": business.address() }),
                Intent::Associate { dcn, given: None },
            ),
            14..26 => match self.customer() {
                Some((_, Some(identifier))) => Sending::new(
                    Method::POST,
                    "/dealer-customers",
                    json!({ "dealerCode": dealer, "dealerCustomerNumber": number, "customerOrganizationIdentifier": identifier, "businessName": "As the dealer says" }),
                    Intent::Associate { dcn, given: Some(identifier) },
                ),
                Some((_, None)) | None => self.add(&business, 'Y'),
            },
            26..38 => Sending::new(
                Method::DELETE,
                format!("/dealer-customers/{dealer}/{number}/association"),
                Value::Null,
                Intent::Release { dcn },
            ),
            38..48 => self.add(&business, 'Y'),
            48..54 => self.add(&business, 'S'),
            54..58 => self.add(&business, 'A'),
            58..62 => self.add(&loud, 'N'),
            62..68 => {
                let mut message = loud.message();
                message["cst_duplicate"] = json!(self.chance.choice(["Y", "N", "S"]));
                message["cst_city"] = json!("");
                customers(&message, Intent::AddInVain)
            }
            68..79 => self.change(&loud, era),
            79..82 => self.error(Method::PATCH, "", &json!({ "cst_city": "Westborough" })),
            82..89 => {
                let patch = match self.chance.u8(0..3) {
                    0 => Value::Null,
                    1 => json!({ "cst_city": "Westborough" }),
                    _ => {
                        json!({ "cst_city": "Westborough", "cst_company_name": loud.name(), "cst_apt": loud.apartment() })
                    }
                };
                self.error(Method::POST, "/reprocess", &patch)
            }
            89..91 => self.error(Method::DELETE, "", &Value::Null),
            91..93 => self.bulk(),
            93..99 => match self.chance.choice(&self.sent) {
                Some(earlier) => earlier.clone(),
                None => self.add(&business, 'Y'),
            },
            _ => match self.chance.choice(&self.sent) {
                // The same key with another body, on the same route.
                Some(earlier) if earlier.body.is_object() => {
                    let mut other = earlier.clone();
                    other.intent = Intent::Reuse;
                    if earlier.path == "/customers" {
                        other.body["CustSoldTo"]["cst_fname"] = json!("Other");
                    } else if earlier.path == "/dealer-customers" {
                        other.body["email"] = json!("other@acme.example");
                    } else {
                        return self.add(&business, 'Y');
                    }
                    other
                }
                Some(_) | None => self.add(&business, 'Y'),
            },
        }
    }

    fn customer(&mut self) -> Option<(String, Option<String>)> {
        let known = self.field.known();
        let lately = known.customers.len().saturating_sub(12);
        self.chance.choice(&known.customers[lately..]).cloned()
    }

    fn add(&mut self, business: &Business, check: char) -> Sending {
        let mut message = business.message();
        message["cst_duplicate"] = json!(check.to_string());
        if check != 'Y' {
            message["cst_job_title"] = json!(format!("title {}", self.chance.u16(..)));
        }
        customers(
            &message,
            Intent::Add { check, identity: business.identity(), quiet: business.is_quiet() },
        )
    }

    /// A Change: of a plain value, of the numbers that name a customer, or of the identity, which moves it.
    fn change(&mut self, loud: &Business, era: u64) -> Sending {
        let relate_id = format!("R{}", era * 2 + self.chance.u64(0..6));
        let alternate = format!("A{}", era * 2 + self.chance.u64(0..6));
        let mut message = match self.customer() {
            Some((number, _)) if self.chance.u8(0..4) > 0 => json!({ "cst_cust_nbr": number }),
            // By a relate id: of somebody, or of nobody yet, and then it is an Add.
            Some(_) | None => {
                let mut message = loud.message();
                message["cst_duplicate"] = json!("N");
                message["cst_relate_id"] = json!(relate_id.clone());
                message
            }
        };
        match self.chance.u8(0..4) {
            0 => message["cst_job_title"] = json!(format!("title {}", self.chance.u16(..))),
            1 => message["cst_relate_id"] = json!(relate_id),
            2 => message["cst_interface_cust_nbr"] = json!(alternate),
            _ => {
                message["cst_company_name"] = json!(loud.name());
                message["cst_apt"] = json!(loud.apartment());
            }
        }
        message["cst_send_response"] = json!("Y");
        customers(&message, Intent::Change)
    }

    fn error(&mut self, method: Method, what: &str, patch: &Value) -> Sending {
        let id = {
            let known = self.field.known();
            let lately = known.errors.len().saturating_sub(6);
            self.chance.choice(&known.errors[lately..]).cloned()
        };
        // An id that nobody has, where there is none yet.
        let id = id.unwrap_or_else(|| "0000000000000000".to_owned());
        let path = format!("/errors/{id}{what}");
        let intent = if method == Method::DELETE {
            Intent::Delete { id }
        } else if what.is_empty() {
            Intent::Correct
        } else {
            Intent::Reprocess { id }
        };
        Sending {
            if_match: method != Method::POST,
            ..Sending::new(method, path, patch.clone(), intent)
        }
    }

    fn bulk(&mut self) -> Sending {
        let ids: Vec<String> = {
            let known = self.field.known();
            known.errors.iter().rev().take(3).cloned().collect()
        };
        let body = if ids.is_empty() || self.chance.bool() {
            json!({ "code": "city-blank", "limit": 3 })
        } else {
            json!({ "ids": ids })
        };
        Sending::new(Method::POST, "/errors/reprocess", body, Intent::Bulk)
    }
}

fn customers(message: &Value, intent: Intent) -> Sending {
    let body = json!({ "type": "CWCustomerIn", "CustSoldTo": message });
    Sending::new(Method::POST, "/customers", body, intent)
}
