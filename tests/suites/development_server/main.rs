//! `cargo local` as a process: what it prints, how it stops, and where it keeps its data.

mod audits;
mod events;
mod exports;
mod readmes;

use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Command;

use kit::fixture::acme;
use kit::process::{self, Process, run};
use local::embedded::Embedded;
use serde_json::{Value, json};

fn command(arguments: &[&str]) -> Command {
    process::command(env!("CARGO_BIN_EXE_server"), arguments)
}

fn server(arguments: &[&str]) -> Process {
    Process::start(env!("CARGO_BIN_EXE_server"), arguments)
}

async fn get(url: &str) -> (u16, Value) {
    let answer = reqwest::get(url).await.expect("an answer");
    (answer.status().as_u16(), answer.json().await.expect("JSON"))
}

async fn associate(url: &str, body: &Value) -> (u16, Value) {
    let request = reqwest::Client::new().post(format!("{url}/dealer-customers"));
    let answer = request.json(body).send().await.expect("an answer");
    (answer.status().as_u16(), answer.json().await.expect("JSON"))
}

/// A file of this test's, gone when the test is over.
struct DataFile(PathBuf);

impl DataFile {
    fn new(name: &str) -> Self {
        let file = format!("{name}-{}.db", std::process::id());
        let file = Self(Path::new(env!("CARGO_TARGET_TMPDIR")).join(file));
        file.remove();
        file
    }

    fn path(&self) -> &str {
        self.0.to_str().expect("its name is text")
    }

    /// The file, and what the database keeps beside it; none of them need be there.
    fn remove(&self) {
        for beside in ["", "-wal", "-shm", "-journal", "-lock", "-followed"] {
            let _ = fs::remove_file(format!("{}{beside}", self.path()));
        }
    }
}

impl Drop for DataFile {
    fn drop(&mut self) {
        self.remove();
    }
}

#[tokio::test]
async fn it_tells_where_it_listens_and_what_to_try_has_examples_and_stops_at_ctrl_c() {
    let local = server(&[]);
    let url = local.url.clone();
    let (status, list) = get(&format!("{url}/dealer-customers/TD68")).await;
    assert_eq!(status, 200);
    let examples = list["dealerCustomers"].as_array().map(Vec::len);
    assert!(examples >= Some(2), "{list}");
    let (status, stdout, _) = local.interrupt();
    assert_eq!(status.code(), Some(0), "{stdout}");
    assert!(stdout.starts_with(&format!("listening on {url}\n")), "{stdout}");
    assert!(stdout.ends_with("stopping\n"), "{stdout}");
    let commands = stdout.lines().filter(|line| line.trim_start().starts_with("curl "));
    assert!(commands.clone().count() >= 2, "{stdout}");
    assert!(commands.clone().all(|line| line.contains(&url)), "{stdout}");
    // It says that it is everybody's, and how to be somebody else.
    assert!(stdout.contains("Without an Authorization header"), "{stdout}");
}

#[tokio::test]
async fn the_commands_that_it_prints_work() {
    // What it prints is known when it has ended; the next run has the same table.
    let file = DataFile::new("commands");
    let local = server(&["--data", file.path()]);
    let url = local.url.clone();
    let (status, body) = associate(
        &url,
        &json!({ "dealerCode": "TD68", "dealerCustomerNumber": "245TRSSDG343456", "businessName": "Acme Mining",
            "address": { "line1": "100 Example St.", "city": "Westborough", "state": "MA", "postalCode": "01581", "country": "US" } }),
    )
    .await;
    assert_eq!((status, &body["customerOrganization"]), (201, &json!("matched")), "{body}");
    let (_, stdout, _) = local.interrupt();
    let again = server(&["--data", file.path()]);
    for line in stdout.lines().filter(|line| line.contains("curl ") && !line.contains(" -d ")) {
        let path = line.rsplit_once(&url).expect("the address").1;
        let (status, body) = get(&format!("{}{path}", again.url)).await;
        assert_eq!(status, 200, "{line}: {body}");
    }
    again.interrupt();
}

#[tokio::test]
async fn told_to_require_a_token_it_refuses_whoever_has_none_and_prints_commands_that_have_one() {
    let file = DataFile::new("commands-with-token");
    let local = server(&["--require-token", "--data", file.path()]);
    let url = local.url.clone();
    let (status, body) = get(&format!("{url}/dealer-customers/TD68")).await;
    assert_eq!((status, body), (401, json!({ "message": "Unauthorized" })));
    assert_eq!(reqwest::get(format!("{url}/console")).await.expect("an answer").status(), 200);
    let (_, stdout, _) = local.interrupt();
    let again = server(&["--require-token", "--data", file.path()]);
    let looks = stdout.lines().filter(|line| line.contains("curl ") && !line.contains(" -d "));
    let mut tried = 0;
    for line in looks {
        let (target, header) = line.split_once(" -H '").expect("a token");
        let path = target.rsplit_once(&url).expect("the address").1;
        let token = header.trim_end_matches('\'').split_once(": ").expect("a header").1;
        let request = reqwest::Client::new().get(format!("{}{path}", again.url));
        let answer = request.header("authorization", token).send().await;
        assert_eq!(answer.expect("an answer").status(), 200, "{line}");
        tried += 1;
    }
    assert!(tried >= 2, "{stdout}");
    again.interrupt();
}

#[tokio::test]
async fn empty_it_has_nothing() {
    let local = server(&["--empty"]);
    let (_, list) = get(&format!("{}/dealer-customers/TD68", local.url)).await;
    assert_eq!(list, json!({ "dealerCustomers": [], "next": null }));
    assert!(local.interrupt().0.success());
}

#[tokio::test]
async fn a_data_file_keeps_what_was_done_over_a_restart() {
    let file = DataFile::new("restart");
    let local = server(&["--data", file.path()]);
    let (status, first) = associate(&local.url, &acme()).await;
    assert_eq!(status, 201, "{first}");
    let before = get(&format!("{}/dealer-customers/TD68", local.url)).await;
    assert!(local.interrupt().0.success());

    let local = server(&["--data", file.path()]);
    let after = get(&format!("{}/dealer-customers/TD68", local.url)).await;
    assert_eq!(after, before);
    let (status, problem) = associate(&local.url, &acme()).await;
    assert_eq!((status, &problem["sameOrganization"]), (400, &json!(true)), "{problem}");
    assert!(local.interrupt().0.success());
}

#[tokio::test(flavor = "multi_thread")]
async fn another_dynamodb_can_stand_in_for_the_embedded_one() {
    let database = Embedded::start(None).await.expect("a database");
    for (status, same) in [(201, json!(null)), (400, json!(true))] {
        let local = server(&["--dynamodb", database.url(), "--empty"]);
        let (found, body) = associate(&local.url, &acme()).await;
        assert_eq!((found, &body["sameOrganization"]), (status, &same), "{body}");
        assert!(local.interrupt().0.success());
    }
}

#[test]
fn a_taken_port_is_named_with_what_to_do() {
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = taken.local_addr().expect("an address").port();
    let (code, stdout, stderr) = run(&mut command(&["--port", &port.to_string()]));
    assert_eq!((code, stdout.as_str()), (Some(1), ""));
    let sentence = format!("Port {port} is taken by another program.");
    assert!(stderr.starts_with(&sentence), "{stderr}");
    assert!(stderr.contains("cargo local --port "), "{stderr}");
    assert_eq!(stderr.lines().count(), 1, "{stderr}");
}

#[test]
fn help_and_version_are_printed_and_a_bad_option_is_named() {
    let (code, stdout, stderr) = run(&mut command(&["--help"]));
    assert_eq!((code, stderr.as_str()), (Some(0), ""));
    assert!(stdout.contains("Usage: cargo local"), "{stdout}");
    let (code, stdout, _) = run(&mut command(&["--version"]));
    assert_eq!(code, Some(0));
    assert!(stdout.starts_with("customer master "), "{stdout}");
    let (code, stdout, stderr) = run(&mut command(&["--prot", "1"]));
    assert_eq!((code, stdout.as_str()), (Some(2), ""));
    assert!(stderr.contains("--prot"), "{stderr}");
}

#[test]
fn a_bad_control_stops_it_at_start_with_a_sentence_that_names_it() {
    let mut bad = command(&["--port", "0"]);
    bad.env("EXACT_MATCH", "shoe_size").env("DEFAULT_COUNTRY", "Mars");
    let (code, stdout, stderr) = run(&mut bad);
    assert_eq!((code, stdout.as_str()), (Some(1), ""));
    assert!(stderr.contains("EXACT_MATCH is "), "{stderr}");
    assert!(stderr.contains("DEFAULT_COUNTRY is "), "{stderr}");
}

#[tokio::test]
async fn each_request_is_one_short_line_after_the_banner_and_names_nobody() {
    let local = server(&[]);
    let url = local.url.clone();
    let body = json!({ "dealerCode": "TD68", "dealerCustomerNumber": "Qanari-1", "businessName": "Qanari Mining",
        "address": { "line1": "1 Qanal Street", "city": "Westborough", "state": "MA", "postalCode": "01581", "country": "USA" } });
    assert_eq!(associate(&url, &body).await.0, 201);
    assert_eq!(associate(&url, &body).await.0, 400);
    assert_eq!(get(&format!("{url}/dealer-customers/TD68/Qanari-1")).await.0, 200);
    assert_eq!(get(&format!("{url}/nowhere/Qanari")).await.0, 404);
    let (_, _, stderr) = local.interrupt();
    // The examples were planted before: of them there is no line.
    let lines: Vec<String> = stderr
        .lines()
        .map(|line| {
            let (line, took) = line.rsplit_once("  ").expect("a line ends with its time");
            let took = took.strip_suffix(" ms").expect("a time in ms");
            assert!(took.parse::<u32>().is_ok(), "{took}");
            line.to_owned()
        })
        .collect();
    assert_eq!(
        lines,
        [
            "201 POST /dealer-customers",
            "400 POST /dealer-customers  dcn-already-associated",
            "200 GET /dealer-customers/{dealerCode}/{dealerCustomerNumber}",
            "404 GET (no such path)",
        ]
    );
}

#[tokio::test]
async fn told_to_log_json_it_writes_the_functions_own_lines_and_no_others() {
    let local = server(&["--empty", "--log", "json"]);
    assert_eq!(get(&format!("{}/dealer-customers/TD68", local.url)).await.0, 200);
    let (_, _, stderr) = local.interrupt();
    let lines: Vec<Value> = stderr
        .lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("{line:?} is no JSON")))
        .collect();
    let requests: Vec<_> = lines.iter().filter(|line| line["message"] == "request").collect();
    assert_eq!(requests.len(), 1, "{stderr}");
    assert_eq!(requests[0]["operation"], "list-dealer-customers");
}

#[tokio::test]
async fn its_address_leads_to_the_contract_and_the_console() {
    let local = server(&["--empty", "--require-token"]);
    let page = reqwest::get(&local.url).await.expect("an answer");
    assert_eq!(page.status(), 200);
    assert_eq!(page.headers()["content-type"], "text/html; charset=utf-8");
    let page = page.text().await.expect("text");
    let links: Vec<&str> =
        page.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    for link in ["/docs", "/console", "/openapi.yaml"] {
        assert!(links.contains(&link), "{page}");
        let answer = reqwest::get(format!("{}{link}", local.url)).await.expect("an answer");
        assert_eq!(answer.status(), 200, "{link}");
    }
    local.interrupt();
}

#[test]
fn an_address_where_nothing_answers_is_named() {
    let gone = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}", gone.local_addr().expect("an address"));
    drop(gone);
    let (code, stdout, stderr) = run(&mut command(&["--port", "0", "--dynamodb", &url]));
    assert_eq!((code, stdout.as_str()), (Some(1), ""));
    let sentence = format!("The DynamoDB at {url} cannot be used. Nothing answers there");
    assert!(stderr.starts_with(&sentence), "{stderr}");
    assert_eq!(stderr.lines().count(), 1, "{stderr}");
}

#[test]
fn an_address_where_something_else_answers_is_named() {
    let other = server(&["--empty"]);
    let arguments = ["--port", "0", "--dynamodb", &other.url];
    let (code, stdout, stderr) = run(&mut command(&arguments));
    assert_eq!((code, stdout.as_str()), (Some(1), ""));
    let sentence =
        format!("The DynamoDB at {} cannot be used. What answers there is no DynamoDB.", other.url);
    assert_eq!(stderr.trim_end(), sentence);
}

#[test]
fn a_data_file_that_cannot_be_is_named_with_the_reason() {
    let file = DataFile::new("no-database");
    fs::write(file.path(), "a letter and no database, longer than the head of one".repeat(10))
        .expect("a file");
    let missing = format!("{}/nobody/made/this.db", env!("CARGO_TARGET_TMPDIR"));
    for (path, reason) in [
        (env!("CARGO_TARGET_TMPDIR"), "it is a folder"),
        (missing.as_str(), "there is no folder"),
        (file.path(), "it is no database"),
    ] {
        let (code, stdout, stderr) = run(&mut command(&["--port", "0", "--data", path]));
        assert_eq!((code, stdout.as_str()), (Some(1), ""), "{stderr}");
        let sentence = format!("The data file {path} cannot be used: {reason}");
        assert!(stderr.starts_with(&sentence), "{stderr}");
        assert_eq!(stderr.lines().count(), 1, "{stderr}");
    }
}
