//! `cargo local --audit` as a process: what it prints, and how it ends.

use std::fs;
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
    let (file, events) = (DataFile::new("audit"), DataFile::new("audit-events"));
    let audit = |mend: &[&str]| {
        let arguments = ["--data", file.path(), "--events", events.path(), "--audit"];
        run(&mut command(&[&arguments[..], mend].concat()))
    };
    let told = || fs::read_to_string(events.path()).expect("events");
    let local = server(&["--empty", "--data", file.path(), "--events", events.path()]);
    let (status, _) = associate(&local.url, &acme()).await;
    assert_eq!(status, 201);
    // At rest it is not.
    let (code, _, stderr) = audit(&[]);
    assert_eq!(code, Some(1), "{stderr}");
    assert!(stderr.contains("is in use: stop the `cargo local` that has it"), "{stderr}");
    local.interrupt();
    // What was to follow from it the server may not have come to; that is no damage.
    let (code, stdout, stderr) = audit(&[]);
    assert_eq!((code, stderr.as_str()), (Some(0), ""), "{stdout}");
    let absent = DataFile::new("audit-of-nothing");
    let (code, _, stderr) = run(&mut command(&["--data", absent.path(), "--audit"]));
    let nothing = format!("There is nothing to audit at {}.\n", absent.path());
    assert_eq!((code, stderr), (Some(1), nothing));
    assert!(!Path::new(absent.path()).exists());
    assert!(stdout.ends_with("nothing is damaged\n"), "{stdout}");
    let of_all = told();
    let (code, ..) = audit(&[]);
    assert_eq!(
        (code, told()),
        (Some(0), of_all.clone()),
        "what was followed is not followed again"
    );
    assert!(of_all.contains("customer.created"), "{of_all}");

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
