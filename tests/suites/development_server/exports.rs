//! `cargo local --export` as a process: what it writes and prints, and how it ends.

use std::path::{Path, PathBuf};

use kit::fixture::{acme, person};
use kit::process::run;
use serde_json::{Value, json};

use crate::{DataFile, associate, command, server};

/// A name for a folder of this test's, which is gone when the test is over.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let folder = format!("{name}-{}", std::process::id());
        let folder = Self(Path::new(env!("CARGO_TARGET_TMPDIR")).join(folder));
        let _gone = std::fs::remove_dir_all(&folder.0);
        folder
    }

    fn path(&self) -> &str {
        self.0.to_str().expect("its name is text")
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _gone = std::fs::remove_dir_all(&self.0);
    }
}

#[tokio::test]
async fn an_export_writes_rows_into_a_new_folder_and_says_how_many() {
    let (file, folder) = (DataFile::new("export"), Folder::new("export"));
    let local = server(&["--empty", "--data", file.path()]);
    assert_eq!(associate(&local.url, &acme()).await.0, 201);
    let message = json!({ "type": "CWCustomerIn", "CustSoldTo": person("Robinson") });
    let asked = reqwest::Client::new().post(format!("{}/customers", local.url)).json(&message);
    assert_eq!(asked.send().await.expect("an answer").status(), 201);
    local.interrupt();
    let export = ["--data", file.path(), "--export", folder.path()];
    let (code, stdout, stderr) = run(&mut command(&export));
    assert_eq!((code, stderr.as_str()), (Some(0), ""), "{stdout}");
    let told: Vec<_> = stdout.lines().map(|line| line.split_whitespace().next()).collect();
    assert_eq!(told, [Some("1"), Some("1"), Some("0")], "{stdout}");
    let rows = std::fs::read_to_string(folder.0.join("customers.jsonl")).expect("a file");
    let row: Value = serde_json::from_str(&rows).expect("one row");
    assert_eq!(row["CustSoldTo"]["cst_lname"], "Robinson");
    // What is there is not written over.
    let (code, stdout, stderr) = run(&mut command(&export));
    assert_eq!((code, stdout.as_str()), (Some(1), ""));
    let sentence = format!("{} is there already; name another folder.\n", folder.path());
    assert_eq!(stderr, sentence);
}

#[test]
fn what_cannot_be_exported_is_said_in_a_sentence_and_nothing_is_made() {
    let (folder, absent) = (Folder::new("no-export"), DataFile::new("no-export"));
    let nothing = format!("There is nothing to export at {}.\n", absent.path());
    let no_export = format!("{} is no export of a table: ", env!("CARGO_MANIFEST_DIR"));
    for (from, sentence) in [
        (["--data", absent.path()], nothing.as_str()),
        (["--table-export", env!("CARGO_MANIFEST_DIR")], &no_export),
        (["--table-export", absent.path()], "is no export of a table: No such file"),
    ] {
        let arguments = [&from[..], &["--export", folder.path()]].concat();
        let (code, stdout, stderr) = run(&mut command(&arguments));
        assert_eq!((code, stdout.as_str()), (Some(1), ""), "{stderr}");
        assert!(stderr.contains(sentence) && stderr.lines().count() == 1, "{stderr}");
    }
    assert!(!folder.0.exists() && !Path::new(absent.path()).exists());
}
