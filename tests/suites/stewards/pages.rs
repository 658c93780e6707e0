//! Pages for anyone: entity tags, what a browser may keep, and the compressed form; everything else is kept by nobody.

use std::io::Read as _;

use flate2::read::GzDecoder;
use reqwest::header::{ACCEPT_ENCODING, HeaderMap, IF_NONE_MATCH};
use reqwest::{Method, StatusCode};

use kit::fixture::Fixture;

/// The paths of all pages, with what is served there.
fn pages() -> Vec<(String, Vec<u8>)> {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");
    let console = format!("{root}/functions/fix-error/console");
    let mut pages: Vec<(String, Vec<u8>)> = std::fs::read_dir(console)
        .expect("the console's folder")
        .map(|entry| entry.expect("an entry").path())
        .filter(|file| file.is_file())
        .map(|file| {
            let name = file.file_name().and_then(|name| name.to_str()).expect("a name");
            let path = match name {
                "index.html" => "/console".to_owned(),
                name => format!("/console/{name}"),
            };
            (path, std::fs::read(&file).expect("a file"))
        })
        .collect();
    let contract = std::fs::read(format!("{root}/openapi.yaml")).expect("the contract");
    pages.push(("/openapi.yaml".to_owned(), contract));
    for (path, file) in [
        ("/console/oauth4webapi.js", "index.js"),
        ("/console/oauth4webapi-license.txt", "LICENSE.md"),
    ] {
        let file = format!("{root}/functions/fix-error/console/oauth4webapi/{file}");
        pages.push((path.to_owned(), std::fs::read(file).expect("a file")));
    }
    pages
}

struct Got {
    status: StatusCode,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl Got {
    fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().expect("headers are text"))
    }
}

/// `GET` as the bytes on the wire, with these headers where they are not empty.
async fn get(master: &Fixture, path: &str, accept_encoding: &str, if_none_match: &str) -> Got {
    let url = format!("{}{path}", master.stand.url);
    let mut request = reqwest::Client::new().get(url);
    for (name, value) in [(ACCEPT_ENCODING, accept_encoding), (IF_NONE_MATCH, if_none_match)] {
        if !value.is_empty() {
            request = request.header(name, value);
        }
    }
    let answer = request.send().await.expect("an answer");
    Got {
        status: answer.status(),
        headers: answer.headers().clone(),
        body: answer.bytes().await.expect("a body").to_vec(),
    }
}

#[tokio::test]
async fn each_page_comes_plain_or_compressed_and_not_again_to_who_has_it() {
    let master = Fixture::new().await;
    let pages = pages();
    assert!(pages.len() > 20);
    let (mut plain_bytes, mut compressed_bytes) = (0, 0);
    for (path, content) in pages {
        let plain = get(&master, &path, "", "").await;
        assert_eq!((plain.status, plain.header("content-encoding")), (StatusCode::OK, None));
        assert!(plain.body == content, "{path}");
        let gzip = get(&master, &path, "gzip, deflate, br", "").await;
        assert_eq!(gzip.header("content-encoding"), Some("gzip"), "{path}");
        assert_eq!(gzip.header("content-type"), plain.header("content-type"), "{path}");
        let mut read = Vec::new();
        GzDecoder::new(&gzip.body[..]).read_to_end(&mut read).expect("gzip");
        assert!(read == content, "{path}");
        plain_bytes += plain.body.len();
        compressed_bytes += gzip.body.len();
        let tag = |got: &Got| got.header("etag").expect("a tag").to_owned();
        assert_ne!(tag(&plain), tag(&gzip), "{path}: two forms have two strong tags");
        for (accepted, form, other) in [("identity", &plain, &gzip), ("gzip", &gzip, &plain)] {
            let own = tag(form);
            assert!(own.starts_with('"') && own.ends_with('"'), "{own}");
            for known in [&own, &format!("\"x\", W/{own}"), "*"] {
                let again = get(&master, &path, accepted, known).await;
                assert_eq!(again.status, StatusCode::NOT_MODIFIED, "{path} {known}");
                assert!(again.body.is_empty());
                for name in ["content-encoding", "content-type"] {
                    assert_eq!(again.header(name), None, "{path} {name}");
                }
                for name in ["etag", "cache-control", "vary", "content-security-policy"] {
                    assert_eq!(again.header(name), form.header(name), "{path} {name}");
                }
            }
            let fresh = get(&master, &path, accepted, &tag(other)).await;
            assert_eq!(fresh.status, StatusCode::OK, "{path}: the other form is not this one");
            assert_eq!(form.header("vary"), Some("accept-encoding"));
            assert_eq!(form.header("cache-control"), Some("public, max-age=300"));
        }
    }
    assert!(compressed_bytes * 3 < plain_bytes, "{compressed_bytes} of {plain_bytes} bytes");
}

#[tokio::test]
async fn what_is_no_page_is_kept_by_nobody_and_head_is_no_method_of_a_page() {
    let master = Fixture::new().await;
    for path in ["/errors", "/errors.csv", "/console/nothing.js", "/customers/1"] {
        for known in ["", "*"] {
            let got = get(&master, path, "gzip", known).await;
            assert_eq!(got.header("cache-control"), Some("no-store"), "{path}");
            assert_eq!(got.header("content-encoding"), None, "{path}");
            assert_eq!(got.header("vary"), None, "{path}");
            assert_ne!(got.status, StatusCode::NOT_MODIFIED, "{path}");
        }
    }
    for path in ["/console", "/console/main.js", "/openapi.yaml"] {
        let answer = master.request(Method::HEAD, path).send().await;
        assert_eq!((answer.status, answer.header("allow")), (405, Some("GET")), "{answer}");
        assert_eq!(answer.header("cache-control"), Some("no-store"), "{answer}");
    }
}
