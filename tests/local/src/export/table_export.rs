//! A table that DynamoDB exported to S3, as it was copied from there: the manifest, and the files that it names, of items in DynamoDB's JSON.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};

use flate2::read::MultiGzDecoder;
use serde_json::Value;
use store::item::Item;

/// The list of the files, which each export has beside its folder `data`.
const MANIFEST: &str = "manifest-files.json";

/// How deep the manifest may stand: a prefix, `AWSDynamoDB`, the export's name.
const MAX_DEPTH: usize = 6;

/// An export, whose files are all there.
#[derive(Debug)]
pub struct TableExport {
    /// Each file, and how many items it has.
    files: Vec<(PathBuf, u64)>,
}

impl TableExport {
    /// The export in this folder, or below it.
    ///
    /// # Errors
    ///
    /// A sentence: there is none, or more than one, or one of its files is not there.
    pub fn open(folder: &Path) -> Result<Self, String> {
        let wrong = |what: &str| format!("{} is no export of a table: {what}.", folder.display());
        let mut manifests = Vec::new();
        find(folder, 0, &mut manifests).map_err(|error| wrong(&error.to_string()))?;
        let manifest = match &manifests[..] {
            [manifest] => manifest,
            [] => return Err(wrong(&format!("there is no {MANIFEST} in it; copy all of it"))),
            [..] => return Err(wrong("there are several in it; name one of them")),
        };
        let data = manifest.with_file_name("data");
        let text = std::fs::read_to_string(manifest).map_err(|error| wrong(&error.to_string()))?;
        let mut files = Vec::new();
        for line in text.lines().filter(|line| !line.trim().is_empty()) {
            let json: Value = serde_json::from_str(line).unwrap_or_default();
            let key = json["dataFileS3Key"].as_str();
            let (Some(name), Some(items)) =
                (key.and_then(|key| key.rsplit('/').next()), json["itemCount"].as_u64())
            else {
                return Err(wrong(&format!("{MANIFEST} does not say which files it has")));
            };
            if !name.ends_with(".json.gz") {
                return Err(wrong(&format!("{name} is no JSON; export it as DYNAMODB_JSON")));
            }
            let file = data.join(name);
            if !file.is_file() {
                return Err(wrong(&format!("{} is not there; copy all of it", file.display())));
            }
            files.push((file, items));
        }
        Ok(Self { files })
    }

    /// Shows each item.
    ///
    /// # Errors
    ///
    /// A sentence that names the file that cannot be read, or has not all of its items.
    pub(super) fn each(
        &self,
        mut visit: impl FnMut(Item) -> Result<(), String>,
    ) -> Result<(), String> {
        for (path, items) in &self.files {
            let wrong = |what: &str| format!("{} cannot be read: {what}.", path.display());
            let file = File::open(path).map_err(|error| wrong(&error.to_string()))?;
            let lines = BufReader::new(MultiGzDecoder::new(BufReader::new(file))).lines();
            let mut count = 0;
            for line in lines {
                let line = line.map_err(|error| wrong(&error.to_string()))?;
                let json: Value = serde_json::from_str(&line).unwrap_or_default();
                let item = json["Item"].as_object();
                let item = item.and_then(|item| follow_changes::item(item).ok());
                let item = item.ok_or_else(|| {
                    wrong(&format!("line {} is no item of a full export", count + 1))
                })?;
                visit(item)?;
                count += 1;
            }
            if count != *items {
                return Err(wrong(&format!("it has {count} items and should have {items}")));
            }
        }
        Ok(())
    }
}

fn find(folder: &Path, depth: usize, found: &mut Vec<PathBuf>) -> std::io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() && depth < MAX_DEPTH {
            find(&path, depth + 1, found)?;
        } else if path.file_name().is_some_and(|name| name == MANIFEST) {
            found.push(path);
        }
    }
    Ok(())
}
