//! The files that a person sends from are those of the document's examples.

use std::path::Path;

use kit::contract::{Contract, files};

#[test]
fn the_files_are_up_to_date() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../http");
    let made = files::all(&Contract::read().unwrap()).unwrap();
    for (name, content) in &made {
        let found = std::fs::read_to_string(folder.join(name)).unwrap_or_default();
        assert!(found == *content, "{name} is out of date: cargo run -p kit --bin http-files");
    }
    let there = std::fs::read_dir(&folder).unwrap().count();
    assert_eq!(there, made.len(), "{} has files that nobody made", folder.display());
}
