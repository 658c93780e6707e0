//! Loading files into a customer master that runs in this process.

mod busy;
mod exports;
mod saved;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use kit::fixture::Fixture;
use load::load;
use load::options::Options;
use load::results::Counts;

/// A folder of this test's own, which is gone when the test is over.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let folder = format!("load-{name}-{}", std::process::id());
        let folder = std::env::temp_dir().join(folder);
        std::fs::create_dir_all(&folder).expect("a folder");
        Self(folder)
    }

    fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.0.join(name);
        std::fs::write(&path, text).expect("a file");
        path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _gone = std::fs::remove_dir_all(&self.0);
    }
}

fn options(master: &Fixture, file: &Path) -> Options {
    Options {
        file: file.to_owned(),
        url: master.stand.url.clone(),
        token: None,
        mapping: None,
        results: file.with_extension("results"),
        at_once: 2,
        dry_run: false,
    }
}

async fn loaded(options: &Options) -> Result<Counts, String> {
    load(options, |_| {}).await
}

/// A generated export: of ten rows one is a duplicate of another, and of thirty one has no postal code.
fn export(rows: usize) -> String {
    let mut csv = String::from(
        "KUNNR,cst_lname,cst_street_addr,cst_city,cst_state,cst_zip,cst_country,cst_email_status\n",
    );
    for row in 0..rows {
        let person = if row % 10 == 9 { row - 3 } else { row };
        let zip = if row % 30 == 7 { "" } else { "05641" };
        csv.push_str(&format!(
            "K{row},Person {person},{person} Quarry Hill,Barre,VT,{zip},USA,O1\n"
        ));
    }
    csv
}

const MAPPING: &str = r#"{ "columns": { "KUNNR": null }, "constants": { "cst_duplicate": "Y" } }"#;

/// What a table holds, but for what differs from run to run: who there is, and what waits for a steward.
async fn held(master: &Fixture) -> (BTreeMap<String, usize>, usize) {
    let mut customers = BTreeMap::new();
    for customer in master.customers().await {
        let attributes: Vec<_> = customer.attributes.iter().collect();
        *customers.entry(format!("{attributes:?}")).or_default() += 1;
    }
    (customers, master.items("ERROR#").await.len())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_at_ten_moments_and_started_again_the_table_is_that_of_one_run() {
    const ROWS: usize = 600;
    let folder = Folder::new("killed");
    let (one, other) =
        (folder.write("one.csv", &export(ROWS)), folder.write("other.csv", &export(ROWS)));
    let mapping = Some(folder.write("mapping.json", MAPPING));
    let undisturbed = Fixture::new().await;
    let whole = Options { mapping: mapping.clone(), ..options(&undisturbed, &one) };
    let counts = loaded(&whole).await.expect("it is loaded");
    assert_eq!(counts.rows(), ROWS as u64);
    let master = Fixture::new().await;
    let options = Options { mapping, ..options(&master, &other) };
    let mut killed = 0;
    for moment in 1..=10 {
        let own = options.clone();
        let run = tokio::spawn(async move { loaded(&own).await });
        while master.items("KEY#").await.len() < moment * ROWS / 12 && !run.is_finished() {
            tokio::task::yield_now().await;
        }
        killed += usize::from(!run.is_finished());
        run.abort();
        let _ended = run.await;
        // What was being written when the power went is torn.
        if let Ok(text) = std::fs::read(&options.results) {
            std::fs::write(&options.results, &text[..text.len() - text.len() % 7]).expect("a file");
        }
    }
    assert!(killed >= 5, "it was killed at {killed} moments only");
    let again = loaded(&options).await.expect("it is loaded");
    assert_eq!(again, counts);
    assert_eq!(held(&master).await, held(&undisturbed).await);
    let results = std::fs::read_to_string(&options.results).expect("results");
    let mut rows: Vec<usize> = results
        .lines()
        .skip(1)
        .map(|line| line.split(',').nth(2).and_then(|row| row.parse().ok()).expect("a row"))
        .collect();
    rows.sort_unstable();
    assert!(rows.into_iter().eq(1..=ROWS), "each row has one line");
    // Once more there is nothing left to do.
    let before = master.everything().await;
    assert_eq!(loaded(&options).await.expect("it is loaded"), counts);
    assert!(master.everything().await == before);
}

#[tokio::test]
async fn a_dry_run_counts_what_would_come_of_all_rows_with_the_causes() {
    let folder = Folder::new("dry");
    let file = folder.write("export.csv", &export(60));
    let mapping = Some(folder.write("mapping.json", MAPPING));
    let master = Fixture::new().await;
    let before = master.everything().await;
    let options = Options { mapping, dry_run: true, ..options(&master, &file) };
    let counts = loaded(&options).await.expect("it is foreseen");
    let outcomes = [("duplicate", 6), ("failure", 2), ("success", 52)];
    assert_eq!(counts.outcomes, outcomes.map(|(name, rows)| (name.to_owned(), rows)).into());
    assert_eq!(counts.causes, [("zip-blank".to_owned(), 2)].into());
    assert!(master.everything().await == before, "nothing is written");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_commands_of_the_readme_foresee_what_comes_of_a_file_and_load_it() {
    let folder = Folder::new("readme");
    folder.write("customers.csv", &export(60));
    folder.write("mapping.json", MAPPING);
    let master = Fixture::new().await;
    for (option, told) in [
        (Some("--dry-run"), "60 rows; this would come of them:"),
        (None, "60 rows; this came of them:"),
        (Some("--help"), "Usage"),
        (Some("--at-twice"), ""),
    ] {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_load"));
        command.current_dir(&folder.0);
        command.args(["customers.csv", "--url", &master.stand.url, "--mapping", "mapping.json"]);
        command.args(option);
        let done = tokio::task::spawn_blocking(move || command.output()).await;
        let done = done.expect("no panic").expect("it runs");
        let (out, error) =
            (String::from_utf8_lossy(&done.stdout), String::from_utf8_lossy(&done.stderr));
        assert_eq!(done.status.success(), !told.is_empty(), "{option:?}: {error}");
        assert!(out.contains(told), "{option:?}: {out}");
        assert!(!told.is_empty() || error.contains("--at-twice"), "{error}");
        let customers = if option == Some("--dry-run") { 0 } else { 52 };
        assert_eq!(master.customers().await.len(), customers, "{option:?}: {out}");
    }
}

#[tokio::test]
async fn json_lines_and_xml_are_loaded_and_one_bad_row_harms_no_other() {
    let folder = Folder::new("forms");
    let master = Fixture::new().await;
    let address = r#"{"line1":"3 Lake Road","city":"Barre","state":"VT","postalCode":"05641","country":"USA"}"#;
    let row = |number: u32| {
        format!(
            r#"{{"dealerCode":"TD68","dealerCustomerNumber":"{number}","businessName":"Lakeside Gravel","address":{address}}}"#
        )
    };
    let lines = format!("{}\n\n{}\n{}\n", row(1), row(2), row(1));
    let file = folder.write("dealers.jsonl", &lines);
    let counts = loaded(&options(&master, &file)).await.expect("it is loaded");
    assert_eq!(counts.outcomes, [("refused".to_owned(), 1), ("success".to_owned(), 2)].into());
    assert_eq!(counts.causes, [("dcn-already-associated".to_owned(), 1)].into());
    assert_eq!((master.customers().await.len(), master.dealer_customers().await), (1, 2));
    let message = |name: &str| {
        format!(
            "<?xml version=\"1.0\"?>\n<Message type=\"CWCustomerIn\"><CustSoldTo cst_lname=\"{name}\" cst_city=\"Barre\" cst_state=\"VT\" cst_zip=\"05641\" cst_country=\"USA\" cst_email_status=\"O1\"/></Message>\n"
        )
    };
    let text = ["Quarry &amp; Hill", "Two", ""].map(message).concat();
    let file = folder.write("messages.xml", &text);
    let counts = loaded(&options(&master, &file)).await.expect("it is loaded");
    assert_eq!(counts.outcomes, [("failure".to_owned(), 1), ("success".to_owned(), 2)].into());
    let names: Vec<_> = master.customers().await.iter().map(|one| one.business_name()).collect();
    assert!(names.contains(&"Quarry & Hill".to_owned()), "{names:?}");
}

#[tokio::test]
async fn what_is_wrong_with_a_file_is_said_in_a_sentence() {
    let folder = Folder::new("wrong");
    let master = Fixture::new().await;
    for (name, text, sentence) in [
        ("a.csv", "KUNNR,cst_lname\n1,A\n", "The column KUNNR is nothing that can be sent"),
        ("b.csv", "cst_lname\nA,B\n", "The file is no CSV"),
        ("c.xml", "<Message></Wrong>", "Message 1 cannot be read"),
        ("d.xml", "<Message/>", "Message 1 cannot be read: it has no CustSoldTo"),
    ] {
        let file = folder.write(name, text);
        let fault = loaded(&options(&master, &file)).await.expect_err(name);
        assert!(fault.starts_with(sentence), "{fault}");
    }
    let absent = options(&master, &folder.0.join("absent.csv"));
    let fault = loaded(&absent).await.expect_err("there is no file");
    assert!(fault.contains("cannot be opened"), "{fault}");
    // The results of another file are not taken for this one's.
    let file = folder.write("e.jsonl", "{}\n");
    let own = options(&master, &file);
    loaded(&own).await.expect("it is loaded");
    folder.write("e.jsonl", "[]\n");
    let fault = loaded(&own).await.expect_err("it is another file");
    assert!(fault.contains("the results of another file"), "{fault}");
    let file = folder.write("f.jsonl", "{}\n");
    let refused = Options { token: Some("nobody".into()), ..options(&master, &file) };
    let fault = loaded(&refused).await.expect_err("nobody may");
    assert!(fault.starts_with("The customer master refuses to load: 401"), "{fault}");
}
