//! What `cargo local --export` writes, `cargo load` takes back: the same customers and dealer customers, under other numbers.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::write::GzEncoder;
use kit::fixture::{Fixture, acme, acme_as, changed, controls, given, person, with, without};
use load::options::Options;
use load::source::EXPORTED;
use local::export::{self, Exported, FILES, LEFT_OUT, Source, TableExport};
use serde_json::{Value, json};

use crate::{Folder, loaded, options};

async fn added(master: &Fixture, attributes: &Value) -> (String, String) {
    let asked = with(attributes.clone(), &json!({ "cst_send_response": "Y" }));
    let message = json!({ "type": "CWCustomerIn", "CustSoldTo": asked });
    let answer = master.post("/customers").json(&message).send().await.json();
    let number = answer["CustSoldTo"]["cst_cust_nbr"].as_str().expect("a number");
    let identifier = answer["customerOrganizationIdentifier"].as_str().expect("an identifier");
    (number.to_owned(), identifier.to_owned())
}

async fn associated(master: &Fixture, body: &Value) -> (String, String) {
    let answer = master.associate(body).await.is(201);
    let text = |name: &str| answer[name].as_str().expect("a text").to_owned();
    (text("customerNumber"), text("customerOrganizationIdentifier"))
}

/// Another business of a dealer's than the one of the contract.
fn business(number: &str, name: &str) -> Value {
    changed(acme_as("TD68", number), "businessName", json!(name))
}

/// Customers and dealer customers of every kind.
async fn everybody(master: &Fixture) {
    let every = json!({
        "cst_company_name": "Größe & Söhne \"Ø\"", "cst_interface_cust_nbr": "K-1", "cst_relate_id": "R-1", "cst_language": "DE",
        "cst_day_phone": "508-555-0100", "cst_day_ext": "7", "cst_pop_window_1": "calls, late", "cst_inactive": "Y",
        "cst_addr_line_3": "Hinterhaus", "cst_currency": "EUR", "cst_email": "a@b.example"
    });
    added(master, &with(person("Every"), &every)).await;
    // Two that the rules call one.
    let twin = with(person("Twin"), &json!({ "cst_duplicate": "N" }));
    let (_, one_twin) = added(master, &twin).await;
    added(master, &twin).await;
    associated(master, &given("TD68", "TWIN", &one_twin)).await;
    // Of dealers: as it was made; with what a message said afterwards; and for each what a second dealer says of it.
    let (_, made) = associated(master, &acme()).await;
    let own = json!({ "businessName": "ACME (old)", "alternateName": "Old", "email": "own@dealer.example", "phones": ["555 0199"] });
    associated(master, &with(given("TD70", "Own.1", &made), &own)).await;
    let (number, said) = associated(master, &business("S", "Said Later")).await;
    let later = json!({ "cst_cust_nbr": number, "cst_city": "Worcester", "cst_language": "EN" });
    added(master, &later).await;
    associated(master, &given("TD70", "Said", &said)).await;
    // Its dealer gave no more than any message says.
    associated(master, &without(without(business("P", "Plain"), "phones"), "alternateName")).await;
    // A dealer made it and let it go; another has it.
    let (_, left) = associated(master, &business("LEFT", "Left Behind")).await;
    associated(master, &given("TD70", "LEFT", &left)).await;
    master.release("TD68", "LEFT").await.is_empty(204);
    // Merged, with what hangs on the loser; and erased.
    let (winner, _) = added(master, &person("Winner")).await;
    let (loser, identifier) = added(master, &person("Loser")).await;
    associated(master, &given("TD68", "LOSER", &identifier)).await;
    let path = format!("/customers/{winner}/merge");
    let merge = json!({ "loser": loser, "loserVersion": 1 });
    master.post(&path).if_match("\"1\"").json(&merge).send().await.is(200);
    let (gone, identifier) = added(master, &person("Gone")).await;
    associated(master, &given("TD68", "GONE", &identifier)).await;
    master.post(&format!("/customers/{gone}/erase")).send().await.is_empty(204);
}

async fn exported(source: &Source, to: &Path) -> Result<Exported, String> {
    export::export(source, &controls(&[]), to, |_| {}).await
}

fn table(master: &Fixture) -> Source {
    Source::Table(master.master().table().clone())
}

fn rows(file: &Path) -> Vec<Value> {
    let text = std::fs::read_to_string(file).expect("a file");
    text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
}

/// The rows of an export with the customers themselves in place of their numbers.
fn told(folder: &Path) -> BTreeMap<&'static str, Vec<String>> {
    let taken = |mut row: Value| {
        let object = row.as_object_mut().expect("an object");
        let number = [object.remove("was"), object.remove("of")].into_iter().flatten().next();
        let number = number.and_then(|number| number.as_str().map(str::to_owned));
        (number.expect("a number"), row)
    };
    let mut customers: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for file in &EXPORTED[..2] {
        for (number, row) in rows(&folder.join(file)).into_iter().map(taken) {
            customers.entry(number).or_default().push(row.to_string());
        }
    }
    let told = EXPORTED.map(|file| {
        let rows = rows(&folder.join(file)).into_iter().map(taken);
        let mut rows: Vec<_> =
            rows.map(|(of, row)| format!("{row} {:?}", customers[&of])).collect();
        rows.sort();
        (file, rows)
    });
    BTreeMap::from(told)
}

/// Who there is and acts, with all that the master keeps of a customer.
async fn acting(master: &Fixture) -> Vec<String> {
    let acts = master.customers().await.into_iter();
    let acts = acts.filter(|one| one.merged_into.is_none() && one.erased.is_none());
    let told = acts.map(|one| {
        let attributes: Vec<_> = one.attributes.iter().map(|(_, value)| value.to_owned()).collect();
        let phones: Vec<_> = one.phones.iter().map(|one| one.number().to_owned()).collect();
        format!("{attributes:?} {:?} {phones:?}", one.alternate_name)
    });
    let mut told: Vec<_> = told.collect();
    told.sort();
    told
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_export_loaded_into_an_empty_master_gives_the_same_customers_and_dealer_customers() {
    assert_eq!(EXPORTED, FILES);
    let folder = Folder::new("round");
    let (one, other) = (Fixture::new().await, Fixture::new().await);
    everybody(&one).await;
    let before = one.everything().await;
    let (first, second) = (folder.0.join("first"), folder.0.join("second"));
    let told_of_first = exported(&table(&one), &first).await.expect("it is exported");
    assert!(one.everything().await == before, "nothing is written");
    assert_eq!(told_of_first.rows, BTreeMap::from([(FILES[0], 2), (FILES[1], 7), (FILES[2], 6)]));
    let left_out = ["alternate-name-and-phones", "erased", "merged", "released"];
    let expected: BTreeMap<_, _> = left_out.into_iter().zip([1, 2, 1, 1]).collect();
    assert_eq!(told_of_first.left_out, expected);

    let into = options(&other, &first);
    let counts = loaded(&into).await.expect("it is loaded");
    assert_eq!(counts.outcomes, [("success".to_owned(), 15)].into(), "{counts:?}");
    exported(&table(&other), &second).await.expect("it is exported");
    assert_eq!(told(&second), told(&first));
    assert_eq!(rows(&second.join(LEFT_OUT)), Vec::<Value>::new());
    // All but the one whose telephones no message can say.
    let (mut from, now) = (acting(&one).await, acting(&other).await);
    from.retain(|one| !now.contains(one));
    assert!(from.len() == 1 && from[0].contains("Left Behind"), "{from:?}");
    for dealer in ["TD68", "TD70"] {
        let path = format!("/dealer-customers/{dealer}");
        let names = async |master: &Fixture| {
            let page = master.get(&path).send().await.is(200);
            let all = page["dealerCustomers"].as_array().expect("a page").clone();
            let held = |one: &Value| !one["customerOrganizationIdentifier"].is_null();
            let told = |one: Value| with(one, &json!({ "customerOrganizationIdentifier": null }));
            let told = all.into_iter().filter(held).map(told).map(|one| one.to_string());
            let is_left_out = |one: &String| one.contains("GONE") || one.contains("LEFT");
            told.filter(|one| !is_left_out(one)).collect::<Vec<_>>()
        };
        assert_eq!(names(&other).await, names(&one).await);
    }
    // Once more there is nothing left to do.
    let before = other.everything().await;
    assert_eq!(loaded(&into).await.expect("it is loaded"), counts);
    assert!(other.everything().await == before);
}

#[tokio::test]
async fn what_belongs_to_a_customer_that_was_not_loaded_is_not_sent() {
    let folder = Folder::new("held-back");
    let master = Fixture::new().await;
    // The number of somebody else here.
    let (number, identifier) = added(&master, &person("Somebody Else")).await;
    let row = |of: &str, row: Value| with(row, &json!({ "of": of }));
    let change =
        |of: &str| row(of, json!({ "type": "CWCustomerIn", "CustSoldTo": { "cst_city": "X" } }));
    let bad = with(person("Bad"), &json!({ "cst_zip": null }));
    let bad = json!({ "was": "000000007", "type": "CWCustomerIn", "CustSoldTo": bad });
    let good = json!({ "was": "000000008", "type": "CWCustomerIn", "CustSoldTo": person("Good") });
    let associate = |of: &str, number: &str| {
        row(of, json!({ "dealerCode": "TD68", "dealerCustomerNumber": number }))
    };
    let text = |rows: &[Value]| rows.iter().map(|row| format!("{row}\n")).collect::<String>();
    std::fs::create_dir(folder.0.join("export")).expect("a folder");
    folder.write("export/customers-of-dealers.jsonl", "");
    folder.write("export/customers.jsonl", &text(&[bad, change(&number), good]));
    let dealers = text(&[associate("000000007", "1"), associate("000000008", "2")]);
    folder.write("export/dealer-customers.jsonl", &dealers);
    let own = options(&master, &folder.0.join("export"));
    let foreseen = Options { dry_run: true, ..own.clone() };
    let before = master.everything().await;
    let counts = loaded(&foreseen).await.expect("it is foreseen");
    let outcomes = |given: &[(&str, u64)]| {
        given.iter().map(|(name, rows)| ((*name).to_owned(), *rows)).collect::<BTreeMap<_, _>>()
    };
    assert_eq!(
        counts.outcomes,
        outcomes(&[("failure", 1), ("success", 1), ("unforeseen", 3)]),
        "{counts:?}"
    );
    assert!(master.everything().await == before, "nothing is written");
    let counts = loaded(&own).await.expect("it is loaded");
    assert_eq!(counts.outcomes, outcomes(&[("failure", 1), ("refused", 2), ("success", 2)]));
    assert_eq!(counts.causes, outcomes(&[("customer-not-loaded", 2), ("zip-blank", 1)]));
    assert_eq!(master.customer(&identifier).await.version, 1);
    assert_eq!(master.dealer_customers().await, 1);
    let answer = master.get("/dealer-customers/TD68/2").send().await.is(200);
    assert_eq!(answer["businessName"], "Julie Good");
    // A file of an export by itself.
    let alone = folder.write("alone.jsonl", &dealers);
    let counts = loaded(&options(&master, &alone)).await.expect("it is loaded");
    assert_eq!(counts.causes, outcomes(&[("customer-not-loaded", 2)]));
    let fault = loaded(&options(&master, &folder.0)).await.expect_err("it is no export");
    assert!(fault.starts_with("The folder is no export: there is no "), "{fault}");
}

/// The table as DynamoDB exports it to S3: in two files, named by a manifest.
async fn table_export(master: &Fixture, folder: &Path) -> PathBuf {
    let scan = reqwest::Client::new()
        .post(&master.database)
        .header("content-type", "application/x-amz-json-1.0")
        .header("x-amz-target", "DynamoDB_20120810.Scan")
        .header("authorization", "AWS4-HMAC-SHA256 Credential=local/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0")
        .header("x-amz-date", "20260101T000000Z")
        .body(json!({ "TableName": master.table, "ConsistentRead": true }).to_string());
    let answer = scan.send().await.expect("an answer").text().await.expect("a text");
    let answer: Value = serde_json::from_str(&answer).expect("JSON");
    let items = answer["Items"].as_array().expect("items").clone();
    let export = folder.join("prefix/AWSDynamoDB/01745-abc");
    std::fs::create_dir_all(export.join("data")).expect("a folder");
    let mut manifest = String::new();
    for (name, items) in ["one", "two"].into_iter().zip(items.chunks(items.len().div_ceil(2))) {
        let file = std::fs::File::create(export.join(format!("data/{name}.json.gz")));
        let mut file = GzEncoder::new(file.expect("a file"), Compression::default());
        for item in items {
            writeln!(file, "{}", json!({ "Item": item })).expect("it is written");
        }
        file.finish().expect("it is written");
        let key = format!("prefix/AWSDynamoDB/01745-abc/data/{name}.json.gz");
        let line = json!({ "itemCount": items.len(), "md5Checksum": "", "dataFileS3Key": key });
        manifest.push_str(&format!("{line}\n"));
    }
    std::fs::write(export.join("manifest-files.json"), manifest).expect("a file");
    export
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_dynamodb_exports_to_s3_says_the_same_as_the_table() {
    let folder = Folder::new("s3");
    let master = Fixture::new().await;
    everybody(&master).await;
    let s3 = table_export(&master, &folder.0.join("s3")).await;
    let (ours, theirs) = (folder.0.join("ours"), folder.0.join("theirs"));
    let told = exported(&table(&master), &ours).await.expect("it is exported");
    let source = Source::TableExport(TableExport::open(&folder.0.join("s3")).expect("an export"));
    assert_eq!(exported(&source, &theirs).await, Ok(told));
    for file in FILES.into_iter().chain([LEFT_OUT]) {
        let text = |folder: &Path| std::fs::read_to_string(folder.join(file)).expect("a file");
        assert_eq!(text(&theirs), text(&ours), "{file}");
    }
    // What was copied in part is not taken for all.
    let two = s3.join("data/two.json.gz");
    let whole = std::fs::read(&two).expect("a file");
    std::fs::write(&two, &whole[..whole.len() / 2]).expect("a file");
    let fault = exported(&source, &folder.0.join("torn")).await.expect_err("it is torn");
    assert!(fault.contains("two.json.gz cannot be read"), "{fault}");
    assert!(!folder.0.join("torn").exists(), "what is not whole has not its name");
    let fewer = GzEncoder::new(Vec::new(), Compression::default()).finish().expect("bytes");
    std::fs::write(&two, fewer).expect("a file");
    let fault = exported(&source, &folder.0.join("torn")).await.expect_err("items are missing");
    assert!(fault.contains("it has 0 items and should have"), "{fault}");
    std::fs::remove_file(&two).expect("it was there");
    let open = |folder: &Path| TableExport::open(folder).expect_err("it is no export");
    assert!(open(&s3).contains("two.json.gz is not there; copy all of it"), "{}", open(&s3));
    assert!(open(&ours).contains("there is no manifest-files.json"), "{}", open(&ours));
    // Broken off before, it is made anew.
    std::fs::write(&two, whole).expect("a file");
    exported(&source, &folder.0.join("torn")).await.expect("it is exported");
    let fault = exported(&source, &folder.0.join("torn")).await.expect_err("it is there");
    assert!(fault.ends_with("is there already; name another folder."), "{fault}");
    let fault = exported(&source, &two.join("below")).await.expect_err("there is no folder");
    assert!(fault.contains("below.partial cannot be written"), "{fault}");
}
