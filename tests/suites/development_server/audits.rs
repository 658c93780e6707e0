//! `cargo local --audit` as a process: what it prints, and how it ends.

use std::path::Path;

use aws_sdk_dynamodb::types::AttributeValue;
use kit::fixture::acme;
use kit::process::run;
use local::stand::Storage;
use store::client::Connection;
use store::item;

use crate::{DataFile, associate, command, server};

/// Loses the one customer of the file, and with it what its dealer customer belongs to.
async fn lose_the_customer(file: &DataFile) {
    let embedded = local::embedded::Embedded::start(Some(Path::new(file.path()))).await;
    let embedded = embedded.expect("a database");
    let table = "customer-master";
    let storage = Storage::at(embedded.url(), table).await.expect("a table");
    let client = Connection::to_emulator(embedded.url()).client();
    for item in storage.everything().await.expect("items") {
        let key = item::key_of(&item);
        if key.pk.starts_with("BLOCK#") {
            let delete = client.delete_item().table_name(table);
            let delete = delete.key("pk", AttributeValue::S(key.pk));
            delete.key("sk", AttributeValue::S(key.sk)).send().await.expect("it is lost");
        }
    }
    embedded.stop().await.expect("the database stops");
}

#[tokio::test]
async fn an_audit_tells_what_is_lost_mends_it_and_ends_well_where_nothing_is_damaged() {
    let file = DataFile::new("audit");
    let audit = |mend: &[&str]| {
        let arguments = ["--data", file.path(), "--audit"];
        run(&mut command(&[&arguments[..], mend].concat()))
    };
    let local = server(&["--empty", "--data", file.path()]);
    let (status, _) = associate(&local.url, &acme()).await;
    assert_eq!(status, 201);
    local.interrupt();
    // What it was to be followed by it may have been stopped before.
    audit(&["--mend"]);
    let (code, stdout, stderr) = audit(&[]);
    assert_eq!((code, stderr.as_str()), (Some(0), ""), "{stdout}");
    assert!(stdout.ends_with("nothing is damaged\n"), "{stdout}");

    lose_the_customer(&file).await;
    let (code, stdout, _) = audit(&[]);
    assert_eq!(code, Some(1), "{stdout}");
    assert!(
        stdout.contains("dealer-customer-of-nobody: 1 found, 0 mended; at DEALER#"),
        "{stdout}"
    );
    assert!(stdout.ends_with("damaged; --mend mends it\n"), "{stdout}");
    let (code, stdout, _) = audit(&["--mend"]);
    assert_eq!(code, Some(0), "{stdout}");
    assert!(stdout.contains("dealer-customer-of-nobody: 1 found, 1 mended"), "{stdout}");
    assert!(stdout.ends_with("nothing is damaged any more\n"), "{stdout}");
    let (code, stdout, _) = audit(&[]);
    assert_eq!(code, Some(0), "{stdout}");
}
