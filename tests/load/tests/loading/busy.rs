//! A customer master that has no time: what is sent again, and when it ends.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use load::load;
use load::options::Options;
use serde_json::{Value, json};

use crate::{Folder, export};

/// The rows of each call, in order.
type Calls = Arc<Mutex<Vec<Vec<Value>>>>;

/// A stand-in that answers the calls in turn, and says what it was sent.
fn stand_in(answer: impl Fn(usize, &[Value]) -> (u16, Value) + Send + 'static) -> (String, Calls) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    let calls = Calls::default();
    let heard = Arc::clone(&calls);
    std::thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            let mut stream = BufReader::new(stream);
            while let Some(rows) = request(&mut stream) {
                let mut heard = heard.lock().expect("no panic");
                let (status, body) = answer(heard.len(), &rows);
                heard.push(rows);
                let body = body.to_string();
                let length = body.len();
                let head = format!("HTTP/1.1 {status} Said\r\ncontent-length: {length}\r\n\r\n");
                if stream.get_mut().write_all((head + &body).as_bytes()).is_err() {
                    break;
                }
            }
        }
    });
    (url, calls)
}

/// The rows of the next request; none where the connection ended.
fn request(stream: &mut BufReader<TcpStream>) -> Option<Vec<Value>> {
    let mut length = 0;
    loop {
        let mut line = String::new();
        stream.read_line(&mut line).ok().filter(|read| *read > 0)?;
        let line = line.trim().to_ascii_lowercase();
        if let Some(given) = line.strip_prefix("content-length: ") {
            length = given.parse().ok()?;
        }
        if line.is_empty() {
            break;
        }
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body).ok()?;
    serde_json::from_slice(&body).ok()
}

/// The answer of a master that comes to so many rows of a call.
fn results(rows: &[Value], done: usize) -> Value {
    let mut left = done;
    let result = |(index, row): (usize, &Value)| {
        let (status, outcome) = match (row.is_null(), left) {
            (true, _) => (400, "refused"),
            (false, 0) => (503, "busy"),
            (false, _) => {
                left -= 1;
                (201, "success")
            }
        };
        json!({ "index": index, "status": status, "outcome": outcome })
    };
    json!({ "results": rows.iter().enumerate().map(result).collect::<Vec<_>>() })
}

fn options(folder: &Folder, url: String, rows: usize) -> Options {
    let header = "cst_interface_cust_nbr,cst_lname";
    let file = folder.write("rows.csv", &export(rows).replacen("KUNNR,cst_lname", header, 1));
    let results = folder.0.join("results.csv");
    Options { file, url, token: None, mapping: None, results, at_once: 1, dry_run: false }
}

#[tokio::test]
async fn only_the_rows_that_are_not_settled_are_sent_again_at_their_places() {
    let folder = Folder::new("busy");
    let (url, calls) = stand_in(|call, rows| match call {
        1 => (503, json!({})),
        _ => (200, results(rows, 2)),
    });
    let own = options(&folder, url, 5);
    let counts = load(&own, |_| {}).await.expect("it is loaded");
    assert_eq!(counts.outcomes, [("success".to_owned(), 5)].into());
    let calls = calls.lock().expect("no panic");
    let sent =
        |call: &Vec<Value>| call.iter().map(|row| u8::from(!row.is_null())).collect::<Vec<_>>();
    assert_eq!(
        calls.iter().map(sent).collect::<Vec<_>>(),
        [[1, 1, 1, 1, 1], [0, 0, 1, 1, 1], [0, 0, 1, 1, 1], [0, 0, 0, 0, 1]]
    );
}

#[tokio::test]
async fn in_a_dry_run_all_rows_are_sent_again_because_they_see_each_other() {
    let folder = Folder::new("busy-dry");
    let (url, calls) = stand_in(|call, rows| (200, results(rows, call + 2)));
    let own = Options { dry_run: true, ..options(&folder, url, 3) };
    let counts = load(&own, |_| {}).await.expect("it is foreseen");
    assert_eq!(counts.outcomes, [("success".to_owned(), 3)].into());
    let calls = calls.lock().expect("no panic");
    assert_eq!(calls.len(), 2);
    assert!(calls.iter().flatten().all(|row| !row.is_null()), "{calls:?}");
}

#[tokio::test]
async fn what_answers_in_another_way_is_no_customer_master() {
    let folder = Folder::new("another");
    for (status, answer, sentence) in [
        (200, json!({ "results": [] }), "What answers at this address is no customer master."),
        (200, json!("hello"), "What answers at this address is no customer master."),
        (404, json!({ "message": "Not Found" }), "The customer master refuses to load: 404"),
        (
            401,
            json!({ "message": "Unauthorized" }),
            "The customer master refuses to load: 401 Unauthorized. Unauthorized.",
        ),
    ] {
        let (url, _) = stand_in(move |_, _| (status, answer.clone()));
        let fault = load(&options(&folder, url, 3), |_| {}).await.expect_err("it is none");
        assert!(fault.starts_with(sentence), "{fault}");
    }
}
