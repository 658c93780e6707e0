//! A file of rows that come in any order and stand in the order of customer numbers, so that two exports of the same can be compared line by line. Only places are kept in
//! memory. What is in it are persons, so that nobody but its owner may read it.

use std::fmt::Display;
use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{BufReader, BufWriter, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use serde_json::Value;

pub(super) fn cannot(path: &Path, why: &dyn Display) -> String {
    format!("{} cannot be written: {why}.", path.display())
}

/// Makes the folder, where it is not there from a start that was broken off.
pub(super) fn make_folder(path: &Path) -> Result<(), String> {
    if path.is_dir() {
        return Ok(());
    }
    DirBuilder::new().mode(0o700).create(path).map_err(|error| cannot(path, &error))
}

/// Where a row stands.
struct Place {
    number: u32,
    /// What decides among the rows of one number.
    tie: String,
    from: u64,
    bytes: usize,
}

pub(super) struct Spool {
    to: PathBuf,
    unsorted: PathBuf,
    file: BufWriter<File>,
    places: Vec<Place>,
    end: u64,
}

impl Spool {
    pub(super) fn in_folder(folder: &Path, name: &str) -> Result<Self, String> {
        let unsorted = folder.join(format!("{name}.unsorted"));
        let file = BufWriter::new(create(&unsorted)?);
        Ok(Self { to: folder.join(name), unsorted, file, places: Vec::new(), end: 0 })
    }

    pub(super) fn push(&mut self, number: u32, tie: String, row: &Value) -> Result<(), String> {
        let line = format!("{row}\n");
        self.file.write_all(line.as_bytes()).map_err(|error| cannot(&self.unsorted, &error))?;
        self.places.push(Place { number, tie, from: self.end, bytes: line.len() });
        self.end += line.len() as u64;
        Ok(())
    }

    /// Writes the rows in their order, and says how many there are.
    pub(super) fn finish(self) -> Result<u64, String> {
        let Self { to, unsorted, file, mut places, end: _ } = self;
        file.into_inner().map_err(|error| cannot(&unsorted, error.error()))?;
        places.sort_by(|one, other| (one.number, &one.tie).cmp(&(other.number, &other.tie)));
        let failed = |error: std::io::Error| cannot(&to, &error);
        let mut from = BufReader::new(File::open(&unsorted).map_err(failed)?);
        let mut sorted = BufWriter::new(create(&to)?);
        let mut line = Vec::new();
        for place in &places {
            line.resize(place.bytes, 0);
            from.seek(SeekFrom::Start(place.from)).map_err(failed)?;
            from.read_exact(&mut line).map_err(failed)?;
            sorted.write_all(&line).map_err(failed)?;
        }
        let sorted = sorted.into_inner().map_err(|error| cannot(&to, error.error()))?;
        sorted.sync_all().map_err(failed)?;
        std::fs::remove_file(&unsorted).map_err(failed)?;
        Ok(places.len() as u64)
    }
}

fn create(path: &Path) -> Result<File, String> {
    let options = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path);
    options.map_err(|error| cannot(path, &error))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// A folder of this test's own, gone when the test is over.
    struct Folder(PathBuf);

    impl Folder {
        fn new(name: &str) -> Self {
            let name = format!("spool-{name}-{}", std::process::id());
            let folder = Self(std::env::temp_dir().join(name));
            make_folder(&folder.0).expect("a folder");
            folder
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            let _gone = std::fs::remove_dir_all(&self.0);
        }
    }

    #[test]
    fn rows_stand_in_the_order_of_numbers_and_nobody_else_may_read_them() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = Folder::new("order");
        let mut spool = Spool::in_folder(&folder.0, "rows").expect("a spool");
        for (number, tie) in [(7, "b"), (10, ""), (7, "a"), (1, "")] {
            spool.push(number, tie.to_owned(), &json!([number, tie])).expect("it is written");
        }
        assert_eq!(spool.finish(), Ok(4));
        let file = folder.0.join("rows");
        let text = std::fs::read_to_string(&file).expect("a file");
        assert_eq!(text, "[1,\"\"]\n[7,\"a\"]\n[7,\"b\"]\n[10,\"\"]\n");
        let mode = std::fs::metadata(&file).expect("a file").permissions().mode();
        assert_eq!(mode & 0o077, 0);
        assert_eq!(std::fs::read_dir(&folder.0).expect("a folder").count(), 1);
    }

    #[test]
    fn a_full_disk_is_said() {
        let folder = Folder::new("full");
        let full = folder.0.join("rows.unsorted");
        std::os::unix::fs::symlink("/dev/full", &full).expect("a link");
        let mut spool = Spool::in_folder(&folder.0, "rows").expect("a spool");
        spool.push(1, String::new(), &json!({})).expect("it is not written yet");
        let sentence = spool.finish().expect_err("the disk is full");
        assert!(sentence.contains("rows.unsorted cannot be written: No space left"), "{sentence}");
    }
}
