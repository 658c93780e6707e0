//! Prepares the pages that the function serves: compresses each once, here and not with every request, and makes the digest of its entity tag.
//!
//! What a page is, and its content type, stands where it is served (`src/console.rs`, `src/lib.rs`).

use std::error::Error;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

use data_encoding::BASE64URL_NOPAD;
use flate2::{Compression, GzBuilder};
use sha2::{Digest as _, Sha256};

const CONSOLE: &str = "console";
/// What is kept in a folder of its own, as it came, and the names that it is served under.
const FOREIGN: [(&str, &str); 2] = [
    ("oauth4webapi-license.txt", "oauth4webapi/LICENSE.md"),
    ("oauth4webapi.js", "oauth4webapi/index.js"),
];

const CONTRACT: &str = "../../openapi.yaml";

fn main() -> Result<(), Box<dyn Error>> {
    let out = PathBuf::from(env::var("OUT_DIR")?);
    let mut files: Vec<(String, PathBuf)> = Vec::new();
    for entry in fs::read_dir(CONSOLE)? {
        let file = entry?.path();
        if file.is_file() {
            let name =
                file.file_name().and_then(|name| name.to_str()).ok_or("a name in Unicode")?;
            files.push((name.to_owned(), file));
        }
    }
    files.extend(FOREIGN.map(|(name, file)| (name.to_owned(), Path::new(CONSOLE).join(file))));
    files.push(("openapi.yaml".to_owned(), CONTRACT.into()));
    files.sort();
    let mut table = String::from("const PREPARED: &[(&str, Prepared)] = &[\n");
    for (name, file) in &files {
        let content = fs::read(file)?;
        let gzip = out.join(format!("{name}.gz"));
        compress(&content, &gzip)?;
        let digest = BASE64URL_NOPAD.encode(&Sha256::digest(&content)[..16]);
        writeln!(
            table,
            "({name:?}, Prepared {{ digest: {digest:?}, gzip: include_bytes!({gzip:?}) }}),"
        )?;
    }
    table.push_str("];\n");
    fs::write(out.join("prepared.rs"), table)?;
    println!("cargo::rerun-if-changed={CONSOLE}");
    println!("cargo::rerun-if-changed={CONTRACT}");
    Ok(())
}

/// Without a name and a time in it, so that the same content makes the same build.
fn compress(content: &[u8], into: &Path) -> std::io::Result<()> {
    let mut gzip = GzBuilder::new().read(content, Compression::best());
    std::io::copy(&mut gzip, &mut fs::File::create(into)?)?;
    Ok(())
}
