//! What was decided once stays decided when the world changes before the next try: the address service answers otherwise, the controls are others, another process is asked.

use serde_json::{Value, json};

use crate::address_service::{AddressService, Manner};
use crate::fixture::{Answer, Fixture, acme, with, without};
use crate::message::{Form, Message, MessageAnswer, change, checked};

/// Deployments over one table that differ in something, and what keeps them going.
struct Deployments {
    all: Vec<Fixture>,
    _services: Vec<AddressService>,
}

impl Deployments {
    /// Of these controls, the first of a new table.
    async fn of(controls: &[&[(&str, &str)]]) -> Self {
        let (first, others) = controls.split_first().expect("a deployment");
        let mut all = vec![Fixture::with(first).await];
        for other in others {
            let deployed = all[0].deployed_with(other).await;
            all.push(deployed);
        }
        Self { all, _services: Vec::new() }
    }

    /// With an address service that answers, one that is gone, and one that never answers.
    async fn of_services() -> Self {
        let verified = json!({
            "line1": "100 EXAMPLE ST", "line2": "REAR", "city": "WESTBOROUGH", "state": "MA", "postalCode": "01581-1234", "country": "USA"
        });
        let up = AddressService::matching(json!([verified])).await;
        let slow = AddressService::start(Manner::Hangs).await;
        let gone = AddressService::gone().await;
        let url = |url: &str| url.to_owned();
        let urls = [url(&up.url), gone, url(&slow.url)];
        let controls: Vec<_> =
            urls.iter().map(|url| [("ADDRESS_STANDARDIZATION_URL", url.as_str())]).collect();
        let controls: Vec<&[(&str, &str)]> = controls.iter().map(|one| &one[..]).collect();
        Self { _services: vec![up, slow], ..Self::of(&controls).await }
    }

    /// All orders of three of them.
    fn orders(&self) -> Vec<Vec<&Fixture>> {
        let all: Vec<&Fixture> = self.all.iter().collect();
        let [a, b, c] = all[..] else { panic!("three deployments") };
        [[a, b, c], [a, c, b], [b, a, c], [b, c, a], [c, a, b], [c, b, a]]
            .map(|order| order.to_vec())
            .to_vec()
    }
}

/// A request that is made with a key.
#[derive(Clone, Copy, Debug)]
enum Asked<'a> {
    Add(&'a Message),
    Associate(&'a Value),
    /// A request in error, with this patch.
    Reprocess(&'a str, &'a Value),
}

impl Asked<'_> {
    async fn of(self, master: &Fixture, key: &str) -> Answer {
        match self {
            Self::Add(message) => master.message(Form::Json, message).key(key).send().await,
            Self::Associate(body) => {
                master.post("/dealer-customers").json(body).key(key).send().await
            }
            Self::Reprocess(id, patch) => master.reprocess(id).json(patch).key(key).send().await,
        }
    }
}

/// Holds that each of these gives the first one's answer, and that one effect came of it.
async fn one_effect(order: &[&Fixture], asked: Asked<'_>, key: &str) {
    let before = order[0].customers().await.len();
    let mut first: Option<Answer> = None;
    for master in order {
        let answer = asked.of(master, key).await;
        match &first {
            None => {
                assert_eq!(answer.status, 201, "{asked:?}: {answer}");
                first = Some(answer);
            }
            Some(first) => {
                assert!(answer.is_replayed(), "{asked:?}: {answer}");
                assert_eq!((answer.status, answer.json()), (201, first.json()), "{asked:?}");
            }
        }
    }
    assert_eq!(order[0].customers().await.len(), before + 1, "{asked:?}");
}

/// Somebody of this name, as a customer says the address.
fn as_said(name: &str, check: &str) -> Message {
    let others = [("cst_lname", name), ("cst_street_addr", "100 exampel st"), ("cst_apt", "5")];
    checked(check).with_all(&others)
}

#[tokio::test]
async fn one_key_has_one_effect_whatever_the_address_service_says_in_any_order() {
    let deployments = Deployments::of_services().await;
    for (number, order) in deployments.orders().iter().enumerate() {
        for check in ["Y", "S", "N"] {
            let message = as_said(&format!("Robin{check}{number}"), check);
            one_effect(order, Asked::Add(&message), &format!("{check}-{number}")).await;
        }
        let business = with(
            acme(),
            &json!({ "businessName": format!("Acme {number}"), "dealerCustomerNumber": format!("A-{number}") }),
        );
        one_effect(order, Asked::Associate(&business), &format!("associate-{number}")).await;
        let queued = as_said(&format!("Queued{number}"), "Y").without("cst_email_status");
        let id = order[0].add(&queued).await.request_in_error();
        let patch = json!({ "cst_email_status": "O1" });
        one_effect(order, Asked::Reprocess(&id, &patch), &format!("reprocess-{number}")).await;
    }
}

#[tokio::test]
async fn a_second_message_finds_the_first_whatever_the_address_service_said_to_either() {
    let deployments = Deployments::of_services().await;
    for (number, order) in deployments.orders().iter().enumerate() {
        let message = as_said(&format!("Robin{number}"), "Y");
        let made = order[0].add(&message).await.created().number();
        for master in order {
            assert_eq!(master.add(&message).await.duplicates(), [&*made], "order {number}");
        }
    }
}

/// Each kind of request, told apart by this word.
async fn each_kind_has_one_effect(order: &[&Fixture], word: &str) {
    for check in ["Y", "S", "N"] {
        let message = as_said(&format!("{word}{check}"), check);
        one_effect(order, Asked::Add(&message), &format!("{word}-{check}")).await;
    }
    let business = json!({ "businessName": format!("{word} Acme"), "dealerCustomerNumber": word });
    let business = with(acme(), &business);
    one_effect(order, Asked::Associate(&business), &format!("{word}-associate")).await;
    let queued = as_said(&format!("{word}Queued"), "Y").without("cst_email_status");
    let id = order[0].add(&queued).await.request_in_error();
    let patch = json!({ "cst_email_status": "O1" });
    one_effect(order, Asked::Reprocess(&id, &patch), &format!("{word}-reprocess")).await;
}

#[tokio::test]
async fn one_key_has_one_effect_though_the_companies_are_listed_in_another_order() {
    let deployments = Deployments::of(&[&[("COMPANIES", "1,2")], &[("COMPANIES", "2,1")]]).await;
    let [one, other] = &deployments.all[..] else { panic!("two") };
    each_kind_has_one_effect(&[one, other, one], "Ahead").await;
    each_kind_has_one_effect(&[other, one, other], "Back").await;
}

#[tokio::test]
async fn one_key_has_one_effect_though_the_default_country_is_no_more() {
    let deployments = Deployments::of(&[&[("DEFAULT_COUNTRY", "USA")], &[]]).await;
    let [one, other] = &deployments.all[..] else { panic!("two") };
    let order = [one, other, one];
    for check in ["Y", "S", "N"] {
        let message = as_said(&format!("Robin{check}"), check).without("cst_country");
        one_effect(&order, Asked::Add(&message), check).await;
    }
    let queued = as_said("Queued", "Y").without("cst_email_status").without("cst_country");
    let id = one.add(&queued).await.request_in_error();
    let patch = json!({ "cst_email_status": "O1" });
    one_effect(&order, Asked::Reprocess(&id, &patch), "reprocess").await;
    let address = without(acme()["address"].clone(), "country");
    let business = with(acme(), &json!({ "address": address }));
    let made = Asked::Associate(&business).of(one, "associate").await;
    assert_eq!(made.status, 201, "{made}");
}

#[tokio::test]
async fn one_key_has_one_effect_though_the_rules_are_others() {
    const OTHER: &str = "postal_code:5,name:4,street:7";
    const FIELDS: &str = "last_name,company,street,address_line_2,apartment,city,state";
    let also = |layout: &str| format!("{layout}/{FIELDS}");
    let (first, second) = (also("postal_code:5,name:4,street:6"), also(OTHER));
    let deployments = Deployments::of(&[
        &[("ALSO_MATCH", &second)],
        &[("MATCH_CODE_LAYOUT", OTHER), ("ALSO_MATCH", &first)],
        // A new table asks every writer for its first rule.
        &[],
    ])
    .await;
    let [both, turned, old] = &deployments.all[..] else { panic!("three") };
    each_kind_has_one_effect(&[both, turned, both], "Ahead").await;
    each_kind_has_one_effect(&[turned, old, turned], "Further").await;
    each_kind_has_one_effect(&[old, turned, both], "Back").await;
}

#[tokio::test]
async fn a_key_that_came_to_nothing_is_tried_again_under_other_rules_on_what_is_there() {
    const OTHER: &str = "postal_code:5,name:4,street:7";
    let first = "postal_code:5,name:4,street:6/last_name,company,street,address_line_2,apartment,city,state";
    let second = format!("{OTHER}/last_name,company,street,address_line_2,apartment,city,state");
    let deployments = Deployments::of(&[
        &[("ALSO_MATCH", &second)],
        &[("MATCH_CODE_LAYOUT", OTHER), ("ALSO_MATCH", first)],
    ])
    .await;
    let [both, turned] = &deployments.all[..] else { panic!("two") };
    let number = both.add(&checked("Y")).await.created().number();
    let again = Asked::Add(&checked("Y")).of(both, "key").await;
    assert_eq!(MessageAnswer::of(again).duplicates(), [&*number]);
    let again = Asked::Add(&checked("Y")).of(turned, "key").await;
    assert_eq!(MessageAnswer::of(again).duplicates(), [&*number]);
    // It moves away, so that the next try makes another.
    let moved = change("cst_cust_nbr", &number).with("cst_street_addr", "7 Mill Road");
    both.add(&moved).await.updated();
    one_effect(&[turned, both, turned], Asked::Add(&checked("Y")), "key").await;
}

#[tokio::test]
async fn after_two_hundred_keyed_updates_the_first_key_is_refused_and_the_value_stays() {
    let master = Fixture::new().await;
    let number = master.add(&checked("Y")).await.created().number();
    let update =
        |value: usize| change("cst_cust_nbr", &number).with("cst_mail_code", &format!("M{value}"));
    for value in 0..=200 {
        let message = update(value);
        let answer = Asked::Add(&message).of(&master, &format!("key-{value}")).await;
        MessageAnswer::of(answer).updated();
    }
    let before = master.records().await;
    for forgotten in [0, 100] {
        let message = update(forgotten);
        let again = Asked::Add(&message).of(&master, &format!("key-{forgotten}")).await;
        again.is_problem(409, "already-processed");
    }
    let message = update(200);
    let last = Asked::Add(&message).of(&master, "key-200").await;
    assert!(last.is_replayed(), "{last}");
    assert_eq!(master.records().await, before);
    assert_eq!(master.stored_attributes(&number).await["cst_mail_code"], "M200");
}

#[tokio::test]
async fn an_update_that_changed_nothing_is_remembered_though_others_change_it_meanwhile() {
    let master = Fixture::new().await;
    let number = master.add(&checked("Y")).await.created().number();
    let update = |value: &str| change("cst_cust_nbr", &number).with("cst_mail_code", value);
    master.add(&update("A")).await.updated();
    let unchanged = update("A");
    let first = Asked::Add(&unchanged).of(&master, "key").await;
    MessageAnswer::of(first).updated();
    master.add(&update("B")).await.updated();
    let again = Asked::Add(&unchanged).of(&master, "key").await;
    assert!(again.is_replayed(), "{again}");
    assert_eq!(master.stored_attributes(&number).await["cst_mail_code"], "B");
}
