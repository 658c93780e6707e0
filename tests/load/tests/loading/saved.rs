//! Files as people and their programs save them.

use kit::fixture::Fixture;
use load::mapping::Mapping;
use load::options::Options;
use load::source::Source;

use crate::{Folder, loaded, options};

const HEADER: [&str; 7] = [
    "cst_lname",
    "cst_street_addr",
    "cst_city",
    "cst_state",
    "cst_zip",
    "cst_country",
    "cst_email_status",
];

const ROW: [&str; 7] = ["Müller 😀; \"Jr\"", "1 Quarry, Hill", "Barre", "VT", "05641", "USA", "O1"];

/// The header and one row, with this between the cells and behind each line.
fn csv(delimiter: &str, end: &str) -> String {
    let quoted = ROW.map(|cell| format!("\"{}\"", cell.replace('"', "\"\"")));
    format!("{}{end}{}{end}", HEADER.join(delimiter), quoted.join(delimiter))
}

fn utf16(text: &str, unit: fn(u16) -> [u8; 2]) -> Vec<u8> {
    text.encode_utf16().flat_map(unit).collect()
}

#[tokio::test]
async fn a_csv_says_the_same_however_it_was_saved() {
    let folder = Folder::new("saved");
    let marked = |delimiter: &str, end: &str| format!("\u{feff}{}", csv(delimiter, end));
    let quoted_header = format!("\u{feff}\"cst_lname\"{}", &csv(";", "\r\n")["cst_lname".len()..]);
    for (name, bytes) in [
        ("plain.csv", csv(",", "\n").into_bytes()),
        ("mark.csv", marked(",", "\n").into_bytes()),
        ("excel.csv", marked(";", "\r\n").into_bytes()),
        ("quoted-header.csv", quoted_header.into_bytes()),
        ("tabs.txt", csv("\t", "\r\n").into_bytes()),
        ("pipes.dat", csv("|", "\n").into_bytes()),
        ("trailing.csv", csv(";", ";\r\n").into_bytes()),
        ("no-last-end.csv", csv(",", "\n").trim_end().as_bytes().to_vec()),
        ("unicode-text.txt", utf16(&marked("\t", "\r\n"), u16::to_le_bytes)),
        ("big-endian.csv", utf16(&marked(",", "\n"), u16::to_be_bytes)),
        ("no-mark.csv", utf16(&csv(",", "\n"), u16::to_le_bytes)),
    ] {
        let master = Fixture::new().await;
        let file = folder.0.join(name);
        std::fs::write(&file, bytes).expect("a file");
        let counts = loaded(&options(&master, &file)).await;
        let counts = counts.unwrap_or_else(|sentence| panic!("{name}: {sentence}"));
        assert_eq!(counts.outcomes, [("success".to_owned(), 1)].into(), "{name}");
        let customers = master.customers().await;
        let kept: Vec<_> = customers[0].attributes.iter().map(|(_, value)| value).collect();
        for value in ROW {
            assert!(kept.contains(&value), "{name}: {kept:?} has no {value}");
        }
    }
}

#[tokio::test]
async fn json_lines_and_xml_say_the_same_with_a_mark_and_in_utf16() {
    let folder = Folder::new("saved-lines");
    let line = r#"{"type":"CWCustomerIn","CustSoldTo":{"cst_lname":"Müller 😀","cst_city":"Barre","cst_state":"VT","cst_zip":"05641","cst_country":"USA","cst_email_status":"O1"}}"#;
    let xml = "<?xml version=\"1.0\" encoding=\"UTF-16\"?>\r\n<Message type=\"CWCustomerIn\"><CustSoldTo cst_lname=\"Müller 😀\" cst_city=\"Barre\" cst_state=\"VT\" cst_zip=\"05641\" cst_country=\"USA\" cst_email_status=\"O1\"/></Message>";
    let marked = |text: &str| format!("\u{feff}{text}\r\n");
    for (name, bytes) in [
        ("mark.jsonl", marked(line).into_bytes()),
        ("wide.ndjson", utf16(&marked(line), u16::to_le_bytes)),
        ("lines.json", line.as_bytes().to_vec()),
        ("marked.xml", marked(&xml.replace("UTF-16", "UTF-8")).into_bytes()),
        ("units.xml", utf16(&marked(xml), u16::to_be_bytes)),
    ] {
        let master = Fixture::new().await;
        let file = folder.0.join(name);
        std::fs::write(&file, bytes).expect("a file");
        let counts = loaded(&options(&master, &file)).await;
        let counts = counts.unwrap_or_else(|sentence| panic!("{name}: {sentence}"));
        assert_eq!(counts.outcomes, [("success".to_owned(), 1)].into(), "{name}");
        assert_eq!(master.customers().await[0].business_name(), "Müller 😀", "{name}");
    }
}

#[test]
fn text_that_is_longer_than_what_is_read_at_once_is_converted_without_a_seam() {
    let folder = Folder::new("seams");
    // Each row has an odd number of units, and most are characters of two.
    let row = |number: usize| format!("{number:05}😀😀😀,Barre,VT,05641,USA,O1\n");
    let header = "cst_lname,cst_city,cst_state,cst_zip,cst_country,cst_email_status\n";
    let text: String = std::iter::once(header.to_owned()).chain((0..9_000).map(row)).collect();
    let file = folder.0.join("long.csv");
    std::fs::write(&file, utf16(&text, u16::to_le_bytes)).expect("a file");
    let mut source = Source::open(&file, &Mapping::default()).expect("a source");
    for number in 0..9_000 {
        let row = source.next_row().expect("a row").expect("a row").1;
        assert!(row.body.contains(&format!("\"{number:05}😀😀😀\"")), "{}", row.body);
    }
    assert_eq!(source.next_row(), Ok(None));
}

#[tokio::test]
async fn an_empty_file_has_no_rows_and_what_cannot_be_read_says_what_to_do() {
    let folder = Folder::new("unreadable");
    let master = Fixture::new().await;
    for name in ["empty.csv", "empty.jsonl", "empty.xml"] {
        let file = folder.write(name, "");
        let counts = loaded(&options(&master, &file)).await.expect("it has no rows");
        assert_eq!(counts.rows(), 0, "{name}");
    }
    let file = folder.write("header.csv", "cst_lname,cst_city\n");
    assert_eq!(loaded(&options(&master, &file)).await.expect("no rows").rows(), 0);
    for (name, bytes, sentence) in [
        ("latin.csv", &b"cst_lname\nM\xfcller\n"[..], "iconv -f WINDOWS-1252"),
        ("latin.jsonl", b"{\"a\":\"M\xfcller\"}\n", "Row 1 cannot be read"),
        ("array.json", b" [ {} ]", "is one JSON array; write one row a line"),
        ("odd.csv", b"\xff\xfec\0s\0t", "it is no whole UTF-16"),
        ("torn-quote.csv", b"cst_lname,cst_city\n\"A,Barre\nB,Barre\n", "The file is no CSV"),
    ] {
        let file = folder.0.join(name);
        std::fs::write(&file, bytes).expect("a file");
        let fault = loaded(&options(&master, &file)).await.expect_err(name);
        assert!(fault.contains(sentence), "{name}: {fault}");
    }
    assert_eq!(master.customers().await.len(), 0);
}

#[tokio::test]
async fn results_take_the_place_of_no_other_file_and_a_full_disk_ends_the_load() {
    let folder = Folder::new("results");
    let master = Fixture::new().await;
    let file = folder.write("customers.csv", &csv(",", "\n"));
    let own = Options { results: file.clone(), ..options(&master, &file) };
    let fault = loaded(&own).await.expect_err("they would take its place");
    assert!(fault.contains("it is no file of results"), "{fault}");
    assert_eq!(std::fs::read_to_string(&file).expect("a file"), csv(",", "\n"));
    assert_eq!(std::fs::read_dir(&folder.0).expect("a folder").count(), 1);
    let nowhere = Options { results: folder.0.join("no/folder.csv"), ..own.clone() };
    let fault = loaded(&nowhere).await.expect_err("there is no folder");
    assert!(fault.contains("no/folder.csv: "), "{fault}");
    // Where the new results are begun the disk is full.
    let results = folder.0.join("full.csv");
    std::os::unix::fs::symlink("/dev/full", folder.0.join("full.csv.new")).expect("a link");
    let full = Options { results, ..own };
    let fault = loaded(&full).await.expect_err("the disk is full");
    assert!(fault.contains("No space left"), "{fault}");
    assert_eq!(master.customers().await.len(), 0);
}
