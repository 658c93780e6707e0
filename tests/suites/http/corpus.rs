//! The corpus of the fuzz targets (`tests/fuzz`), as it is and with bytes changed at random: what they hold of any bytes is held in every run of the tests, for these.

use std::collections::HashMap;
use std::fs;
use std::path::Path;

use api::caller::{Caller, Scope};

/// How often each file is changed.
const CHANGES: usize = 100;

/// Each file of one target's corpus, and so many changed copies of it.
fn bodies(target: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/corpus").join(target);
    let mut files: Vec<_> = fs::read_dir(folder)
        .expect("a corpus")
        .map(|entry| entry.expect("a file").path())
        .collect();
    files.sort();
    let files: Vec<Vec<u8>> = files.iter().map(|file| fs::read(file).expect("a file")).collect();
    assert!(files.len() > 5, "{target} has a corpus");
    let mut chance = fastrand::Rng::with_seed(7);
    let mut bodies = files.clone();
    for file in &files {
        for _ in 0..CHANGES {
            bodies.push(changed(file, &files, &mut chance));
        }
    }
    bodies
}

/// A body with a byte changed, some taken out, some put in from another, or the end cut off, up to three times.
fn changed(body: &[u8], others: &[Vec<u8>], chance: &mut fastrand::Rng) -> Vec<u8> {
    let mut body = body.to_vec();
    for _ in 0..chance.usize(1..4) {
        let from = chance.usize(0..=body.len());
        let to = chance.usize(from..=body.len().min(from + 16));
        match chance.u8(0..4) {
            0 if from < body.len() => body[from] = chance.u8(..),
            1 => drop(body.drain(from..to)),
            2 => body.truncate(from),
            _ => {
                let other = chance.choice(others).expect("files");
                let start = chance.usize(0..=other.len());
                let end = chance.usize(start..=other.len().min(start + 16));
                body.splice(from..to, other[start..end].iter().copied());
            }
        }
    }
    body
}

#[test]
fn any_bytes_as_a_message_in_xml_are_read_alike_each_time() {
    for body in bodies("xml") {
        let first = add_customer::xml::read(&body).ok();
        assert!(first == add_customer::xml::read(&body).ok(), "{body:?}");
    }
}

#[test]
fn any_bytes_as_a_message_in_json_are_read_alike_each_time() {
    for body in bodies("json") {
        let first = add_customer::json::read(&body).ok();
        assert!(first == add_customer::json::read(&body).ok(), "{body:?}");
    }
}

#[test]
fn any_claims_permit_nothing_that_they_do_not_name() {
    for body in bodies("claims") {
        let Ok(claims) = serde_json::from_slice::<HashMap<String, String>>(&body) else {
            continue;
        };
        let Some(caller) = Caller::from_claims(&claims) else {
            continue;
        };
        let named = claims.get("scope").map_or("", String::as_str);
        for scope in Scope::ALL.iter().copied() {
            assert!(!caller.has(scope) || named.contains(scope.as_str()), "{claims:?}");
        }
    }
}
