//! The console's files, as they are served to anybody.

use std::path::PathBuf;

use kit::fixture::Fixture;

#[tokio::test]
async fn the_console_is_served_to_anyone_with_a_strict_policy_and_the_right_types() {
    let master = Fixture::new().await;
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../functions/fix-error/console");
    let mut files = 0;
    let foreign = ["index.js", "LICENSE.md"]
        .map(|name| PathBuf::from(folder).join("oauth4webapi").join(name));
    let own = std::fs::read_dir(folder).expect("the console's folder");
    let own = own.map(|entry| entry.expect("an entry").path()).filter(|path| path.is_file());
    for file in own.chain(foreign) {
        let name = file.file_name().and_then(|name| name.to_str()).expect("a name").to_owned();
        let (path, content_type) = match name.rsplit_once('.') {
            Some(("index", "js")) => {
                ("/console/oauth4webapi.js".to_owned(), "text/javascript; charset=utf-8")
            }
            Some(("LICENSE", "md")) => {
                ("/console/oauth4webapi-license.txt".to_owned(), "text/plain; charset=utf-8")
            }
            Some(("index", "html")) => ("/console".to_owned(), "text/html; charset=utf-8"),
            Some((_, "css")) => (format!("/console/{name}"), "text/css; charset=utf-8"),
            Some((_, "js")) => (format!("/console/{name}"), "text/javascript; charset=utf-8"),
            _ => panic!("{name} is none of the console's kinds"),
        };
        let answer = master
            .get(&path)
            .header(reqwest::header::AUTHORIZATION, "Bearer nonsense")
            .send()
            .await;
        assert_eq!(answer.status, 200, "{answer}");
        assert!(answer.text == std::fs::read_to_string(&file).expect("text"), "{name}");
        assert_eq!(answer.header("content-type"), Some(content_type), "{name}");
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"), "{name}");
        assert_eq!(answer.header("referrer-policy"), Some("no-referrer"), "{name}");
        let policy = answer.header("content-security-policy").expect("a policy");
        for part in [
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "connect-src 'self'",
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'none'",
            "require-trusted-types-for 'script'",
        ] {
            assert!(policy.split("; ").any(|one| one == part), "{part}: {policy}");
        }
        assert!(
            !policy.contains("unsafe") && !policy.contains('*') && !policy.contains("http"),
            "{policy}"
        );
        files += 1;
    }
    assert!(files > 20, "{files}");
    for unknown in ["/console/nothing.js", "/console/..%5Csrc", "/console/index.html"] {
        master.get(unknown).send().await.is_problem(404, "not-found");
    }
}
