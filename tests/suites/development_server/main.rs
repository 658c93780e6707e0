//! `cargo local` as a process: what it prints, how it stops, and where it keeps its data.

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
        for beside in ["", "-wal", "-shm", "-journal"] {
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
    let local = server(&[]);
    let url = local.url.clone();
    let (status, body) = associate(
        &url,
        &json!({ "dealerCode": "TD68", "dealerCustomerNumber": "245TRSSDG343456", "businessName": "Acme Mining",
            "address": { "line1": "100 Example St.", "city": "Westborough", "state": "MA", "postalCode": "01581", "country": "US" } }),
    )
    .await;
    assert_eq!((status, &body["customerOrganization"]), (201, &json!("matched")), "{body}");
    let (_, stdout, _) = local.interrupt();
    let again = server(&[]);
    for line in stdout.lines().filter(|line| line.contains("curl ") && !line.contains(" -d ")) {
        let path = line.rsplit_once(&url).expect("the address").1;
        let (status, body) = get(&format!("{}{path}", again.url)).await;
        assert_eq!(status, 200, "{line}: {body}");
    }
    again.interrupt();
}

#[tokio::test]
async fn told_to_require_a_token_it_refuses_whoever_has_none_and_prints_commands_that_have_one() {
    let local = server(&["--require-token"]);
    let url = local.url.clone();
    let (status, body) = get(&format!("{url}/dealer-customers/TD68")).await;
    assert_eq!((status, body), (401, json!({ "message": "Unauthorized" })));
    assert_eq!(reqwest::get(format!("{url}/console")).await.expect("an answer").status(), 200);
    let (_, stdout, _) = local.interrupt();
    let again = server(&["--require-token"]);
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
