//! The list as CSV.

use domain::message::Attribute;
use domain::message::edits::EditCode;
use domain::time::Timestamp;
use serde_json::json;

use crate::crowd;
use crate::fixture::{Fixture, person, request_in_error, with};

#[tokio::test]
async fn the_export_has_a_row_for_each_request_and_no_cell_is_a_formula() {
    let master = Fixture::new().await;
    let names = [
        "=HYPERLINK(\"http://x\")",
        "+1",
        "-1",
        "@SUM(A1)",
        "a \"b\", c",
        "Böhm\r\n=1",
        "\t=1",
        "Robinson;=1",
        "plain",
    ];
    for (number, name) in (0..).zip(names) {
        let attributes = with(
            person("x"),
            &json!({
                "cst_company_name": name, "cst_email": "plain@example.com", "cst_day_phone": "508-555-0177",
                "cst_original_source": "WEB"
            }),
        );
        let at = Timestamp::from_millis(1_790_000_000_000 + number);
        let failed = (Attribute::CITY, EditCode::CityBlank);
        master.plant(&request_in_error(&attributes, failed, at)).await;
    }
    let answer = master.get("/errors.csv").send().await;
    assert_eq!(answer.status, 200, "{answer}");
    assert_eq!(answer.header("content-type"), Some("text/csv; charset=utf-8"));
    assert_eq!(answer.header("content-disposition"), Some("attachment; filename=\"errors.csv\""));
    assert_eq!(answer.header("link"), None);
    let lines: Vec<_> = answer.text.split("\r\n").collect();
    // Without the mark, a spreadsheet takes it for another encoding.
    let columns = lines[0].strip_prefix('\u{feff}').expect("a byte order mark");
    assert_eq!(
        columns,
        "\"id\",\"state\",\"receivedAt\",\"action\",\"company\",\"name\",\"city\",\"email\",\"phone\",\"customerNumber\",\"alternateNumber\",\
         \"source\",\"originalSource\",\"codes\",\"assignedTo\",\"closedAt\",\"closedBy\",\"version\""
    );
    assert!(
        lines[1].contains(
            "\",\"open\",\"2026-09-21T14:13:20.008Z\",\"A\",\"\",\"plain\",\"Westborough\",\"plain@example.com\",\"508-555-0177\",\"\",\"\",\
             \"\",\"WEB\",\"city-blank\",\"\",\"\",\"\",\"1\""
        ),
        "{answer}"
    );
    for cell in [
        "\"'=HYPERLINK(\"\"http://x\"\")\"",
        "\"'+1\"",
        "\"'-1\"",
        "\"'@SUM(A1)\"",
        "\"a \"\"b\"\", c\"",
        "\"Robinson;'=1\"",
    ] {
        assert!(answer.text.contains(cell), "{cell}: {answer}");
    }
    let risky = answer
        .text
        .split(['"', ',', ';', '\t', '\r', '\n'])
        .filter(|cell| cell.starts_with(['=', '+', '-', '@']));
    assert_eq!(risky.count(), 0, "{answer}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_long_export_goes_on_where_link_says_with_the_same_filter() {
    let master = Fixture::new().await;
    crowd::gather(&master, 0..2_300).await;
    let deleted = crowd::id(2_299);
    master.delete_request(&deleted, "*").send().await.is_empty(204);
    let mut path = "/errors.csv?state=open&text=julie%20crowd".to_owned();
    let mut rows = Vec::new();
    let mut sizes = Vec::new();
    loop {
        let answer = master.get(&path).send().await;
        assert_eq!(answer.status, 200, "{answer}");
        let page: Vec<_> = answer.text.lines().skip(1).map(|line| line[1..17].to_owned()).collect();
        sizes.push(page.len());
        rows.extend(page);
        let name = answer.header("content-disposition").expect("a file name").to_owned();
        assert_eq!(name.contains("errors-part.csv"), answer.header("link").is_some(), "{name}");
        match answer.header("link") {
            Some(link) => {
                let query =
                    link.strip_prefix("<?").and_then(|link| link.strip_suffix(">; rel=\"next\""));
                path = format!("/errors.csv?{}", query.unwrap_or_else(|| panic!("{link}")));
            }
            None => break,
        }
    }
    assert_eq!(sizes, [1_000, 1_000, 299]);
    let expected: Vec<_> = (0..2_299).rev().map(crowd::id).collect();
    assert!(rows == expected);
}
