//! Hostile methods, paths, queries and headers at every function: answered as a fault of the caller, with nothing of it in the answer's headers.

use serde_json::json;

use crate::door::{Answer, Door, Event};

/// No refusal is longer, in bytes.
const LONGEST_REFUSAL: usize = 40 * 1024;

#[track_caller]
fn is_a_refusal(answer: &Answer, what: &str) {
    assert!((400..500).contains(&answer.status), "{what}: {answer:?}");
    assert!(answer.body.len() <= LONGEST_REFUSAL, "{what}: {} bytes", answer.body.len());
    answer.problem();
    for (name, value) in &answer.headers {
        assert!(value.as_bytes().iter().all(|byte| (0x20..0x7f).contains(byte)), "{what}: {name}");
    }
}

/// What can stand where a path has a name, as the gateway decodes it, and as it came where it was encoded twice.
fn segments() -> Vec<String> {
    let mut segments: Vec<String> = [
        "|",
        "TD68|OWN",
        "#",
        "BLOCK#0123456789ABCDEF",
        "DEALER#TD68",
        "..",
        ".",
        "%2e%2e",
        "%2F",
        "a%2Fb",
        "%252F",
        "%7C",
        "%23",
        "%00",
        "%",
        "%4",
        "%zz",
        "%c0%af",
        "%ff",
        "%ed%a0%80",
        "%0d%0aSet-Cookie:%20a=b",
        " ",
        "%20",
        "+",
        "ＴＤ68",
        "ТD68",
        "TD68\u{200b}",
        "\u{202e}86DT",
        "é",
        "e\u{301}",
        "\u{0}",
        "\r\nx-injected: y",
        "*",
        "null",
        "undefined",
        "-1",
        "0",
        "00000000000",
        "1e9",
        "999999999999999999999999",
        "١٢٣",
        "0123456789ABCDEF-000000-01234567",
        "0123456789ABCDEF-1000000-01234567",
        "0123456789abcdef-000001",
        "0123456789ABCDEF-000001-01234567#",
        "0123456789ABCDEF-000001-01234567|0123456789ABCDEF-000001-01234567",
        "OIUL456789ABCDEF",
        "${jndi:ldap://x}",
        "'; DROP TABLE",
        "<script>",
        "{{7*7}}",
        "../../etc/passwd",
        "..\\..\\",
    ]
    .map(str::to_owned)
    .into();
    segments.extend(["x".repeat(8 * 1024), "%41".repeat(2_700), "é".repeat(4_000)]);
    segments
}

#[tokio::test]
async fn no_path_is_taken_for_another_thing_or_does_harm() {
    let door = Door::open().await;
    let patterns = [
        ("GET", "/dealer-customers/{}"),
        ("GET", "/dealer-customers/{}/OWN"),
        ("GET", "/dealer-customers/TD68/{}"),
        ("DELETE", "/dealer-customers/{}/OWN/association"),
        ("DELETE", "/dealer-customers/TD68/{}/association"),
        ("GET", "/customer-organizations/{}"),
        ("GET", "/customers/{}"),
        ("POST", "/customers/{}/erase"),
        ("POST", "/customers/{}/merge"),
        ("POST", "/customers/{}/unmerge"),
        ("POST", "/customers/{}/restore"),
        ("GET", "/errors/{}"),
        ("PATCH", "/errors/{}"),
        ("DELETE", "/errors/{}"),
        ("POST", "/errors/{}/reprocess"),
        ("GET", "/console/{}"),
        ("GET", "/{}"),
    ];
    for (method, pattern) in patterns {
        for segment in segments() {
            let target = pattern.replace("{}", &segment.replace('?', ""));
            let event = Event::new(method, &target).header("if-match", "*");
            let event = if method == "PATCH" {
                event.json(&json!({ "cst_city": "Boston" }))
            } else {
                event
            };
            let answer = door.send(&event).await;
            let lists_nobodys =
                method == "GET" && pattern == "/dealer-customers/{}" && answer.status == 200;
            if lists_nobodys {
                // A word that can be a dealer code: it has no customers.
                assert_eq!(answer.json()["dealerCustomers"], json!([]), "{target}");
                continue;
            }
            is_a_refusal(&answer, &target);
            assert!([400, 404, 405].contains(&answer.status), "{target}: {answer:?}");
        }
    }
}

#[tokio::test]
async fn a_path_or_method_that_no_route_has_asks_the_table_nothing() {
    let door = Door::open().await;
    let long = format!("/{}", "a/".repeat(4_000));
    for path in [
        "/dealer-customer",
        "/dealer-customers/",
        "/dealer-customers//1",
        "/dealer-customers/TD68/1/associations",
        "/dealer-customers/TD68/1/association/x",
        "/customer-organizations",
        "/Dealer-Customers/TD68",
    ] {
        // The gateway knows no such path, and a function that is asked all the same neither.
        assert_eq!(door.fixture.get(path).send().await.status, 404, "{path}");
        let answer = door.send(&Event::new("GET", path)).await;
        assert_eq!((answer.status, answer.steps()), (404, 0), "{path}");
    }
    for function in ["associate-dealer", "add-customer", "fix-error"] {
        for path in [
            "/",
            "",
            "//",
            "/customers/",
            "/customers//",
            "//customers",
            "/errors/a/b/c",
            "/dealer-customers/a/b/c/d",
            "/errors.csv/x",
            "/Customers",
            "/customers/7/",
            &long,
        ] {
            let answer = door.send_to(function, &Event::new("GET", path)).await;
            is_a_refusal(&answer, path);
            assert_eq!(answer.steps(), 0, "{path}");
        }
        for method in
            ["PUT", "HEAD", "OPTIONS", "TRACE", "CONNECT", "PROPFIND", "get", "DELETE", "X"]
        {
            for path in ["/customers", "/dealer-customers", "/errors.csv", "/console"] {
                let answer = door.send_to(function, &Event::new(method, path)).await;
                assert!([404, 405].contains(&answer.status), "{method} {path}: {answer:?}");
                assert_eq!(
                    (answer.steps(), answer.header("allow").is_some()),
                    (0, answer.status == 405),
                    "{method} {path}"
                );
            }
        }
    }
}

#[tokio::test]
async fn a_query_that_is_not_understood_is_refused_before_the_table_is_asked() {
    let door = Door::open().await;
    let wide = (0..1_000).map(|at| format!("p{at}={at}")).collect::<Vec<_>>().join("&");
    let huge = format!("limit={}", "9".repeat(8_000));
    let name = format!("{}=1", "n".repeat(8_000));
    let queries = [
        "dryRun=maybe",
        "dryRun=true&dryRun=true",
        "dryRun=true&dryRun=false",
        "dryRun=%ff",
        "dryRun=true%00",
        "DRYRUN=true",
        "unknown=1",
        "%00=1",
        "%ff=%ff",
        "=",
        "=1",
        "a[]=1",
        "dryRun=true;dryRun=false",
        "limit=0",
        "limit=-1",
        "limit=1.5",
        "limit=1e2",
        "limit=%F0%9D%9F%97",
        "limit=50&limit=50",
        "limit=999999999999999999999",
        "cursor=",
        "cursor=AAAA",
        "cursor=%00",
        "cursor=../../x",
        "__proto__=1",
        &wide,
        &huge,
        &name,
    ];
    let routes = [
        ("POST", "/dealer-customers"),
        ("GET", "/dealer-customers/TD68"),
        ("GET", "/dealer-customers/TD68/OWN"),
        ("DELETE", "/dealer-customers/TD68/OWN/association"),
        ("GET", "/customer-organizations/0123456789ABCDEF-000001-01234567"),
        ("POST", "/customers"),
        ("POST", "/customers/batch"),
        ("POST", "/dealer-customers/batch"),
        ("GET", "/customers"),
        ("GET", "/customers/7"),
        ("GET", "/customers/7/history"),
        ("GET", "/changes"),
        ("GET", "/errors"),
        ("GET", "/errors.csv"),
        ("GET", "/errors/0123456789ABCDEF"),
        ("PATCH", "/errors/0123456789ABCDEF"),
        ("DELETE", "/errors/0123456789ABCDEF"),
        ("POST", "/errors/0123456789ABCDEF/reprocess"),
        ("POST", "/errors/reprocess"),
        ("POST", "/customers/7/erase"),
        ("POST", "/customers/7/merge"),
        ("POST", "/customers/7/unmerge"),
        ("POST", "/customers/7/restore"),
    ];
    for (method, path) in routes {
        for query in queries {
            // A page's cursor that is empty is none, and begins at the beginning.
            if query == "cursor=" {
                continue;
            }
            let event = Event::new(method, &format!("{path}?{query}")).header("if-match", "*");
            let event =
                if matches!(method, "POST" | "PATCH") { event.json(&json!({})) } else { event };
            let answer = door.send(&event).await;
            let what = format!("{method} {path}?{}", &query[..query.len().min(60)]);
            is_a_refusal(&answer, &what);
            assert_eq!((answer.status, answer.steps()), (400, 0), "{what}: {answer:?}");
        }
    }
}

#[tokio::test]
async fn hostile_headers_are_refused_or_ignored_and_never_echoed() {
    let door = Door::open().await;
    let long = "x".repeat(9_000);
    let values = [
        "",
        " ",
        "a,b",
        "\"",
        "\"a",
        "*, *",
        "W/\"1\"",
        "\"1\", \"2\"",
        "\"99999999999999999999\"",
        "0",
        "-1",
        "é",
        "\u{1f4a9}",
        "a\tb",
        "a b",
        "${x}",
        "%0d%0aSet-Cookie: a=b",
        "q=;;;=,,,",
        "*/*;q=99",
        "application/xml;q=nan",
        &long,
    ];
    let names = [
        "if-match",
        "idempotency-key",
        "accept",
        "x-correlation-id",
        "content-encoding",
        "content-length",
        "cookie",
        "x-forwarded-for",
        "x-http-method-override",
        "range",
        "expect",
    ];
    let routes = [
        ("POST", "/dealer-customers?dryRun=true"),
        ("POST", "/customers?dryRun=true"),
        ("GET", "/errors"),
        ("PATCH", "/errors/0123456789ABCDEF?dryRun=true"),
        ("DELETE", "/errors/0123456789ABCDEF"),
        ("POST", "/errors/0123456789ABCDEF/reprocess"),
        ("POST", "/errors/reprocess"),
        ("GET", "/dealer-customers/TD68"),
    ];
    for (method, target) in routes {
        for name in names {
            for value in values {
                let event = Event::new(method, target);
                let event =
                    if matches!(method, "POST" | "PATCH") { event.json(&json!({})) } else { event };
                let answer = door.send(&event.header(name, value)).await;
                let what = format!(
                    "{method} {target} with {name}: {}",
                    value.chars().take(30).collect::<String>()
                );
                assert!(answer.status < 500, "{what}: {answer:?}");
                assert!(
                    !answer.headers.contains_key("set-cookie")
                        && answer.body.len() <= LONGEST_REFUSAL,
                    "{what}: {answer:?}"
                );
                let echoed = answer.header("x-correlation-id");
                let harmless =
                    |id: &str| id.len() <= 128 && id.bytes().all(|byte| byte.is_ascii_graphic());
                assert!(echoed.is_none_or(harmless), "{what}: {echoed:?}");
                assert!(
                    answer
                        .line
                        .get("correlation_id")
                        .and_then(|id| id.as_str())
                        .is_none_or(harmless),
                    "{what}"
                );
            }
        }
    }
}

#[tokio::test]
async fn over_http_the_same_doors_hold_and_the_server_goes_on() {
    let door = Door::open().await;
    let http = reqwest::Client::new();
    for segment in segments() {
        let encoded =
            percent_encoding::utf8_percent_encode(&segment, percent_encoding::NON_ALPHANUMERIC)
                .to_string();
        for path in [
            format!("/customers/{encoded}"),
            format!("/dealer-customers/{encoded}/{encoded}"),
            format!("/errors/{encoded}"),
            format!("/console/{encoded}"),
        ] {
            let url = format!("{}{path}", door.fixture.stand.url);
            let url = reqwest::Url::parse(&url).expect("an address");
            // Dots are the client's to resolve: it asks for the page at the root.
            let is_root = url.path() == "/";
            let status = http.get(url).send().await.expect("an answer").status().as_u16();
            let shown: String = path.chars().take(100).collect();
            let expected = if is_root { 200..201 } else { 400..500 };
            assert!(expected.contains(&status), "{shown}: {status}");
        }
    }
    // Sent as bytes, since no client sends it.
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let address = door.fixture.stand.url.strip_prefix("http://").expect("an address");
    for head in [
        "GET /customers/%00 HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n".to_owned(),
        "GET /customers/7 HTTP/1.1\r\nhost: localhost\r\nx-correlation-id: a\u{1}b\r\nconnection: close\r\n\r\n".to_owned(),
        "GET /customers/7 HTTP/1.1\r\nhost: localhost\r\nx-correlation-id: a\r\n injected: b\r\nconnection: close\r\n\r\n".to_owned(),
        "GET /customers/7 HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer dev.e30\r\nauthorization: Bearer dev.e30\r\nconnection: close\r\n\r\n".to_owned(),
        format!("GET /{} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n", "a".repeat(9_000)),
        "POST /customers HTTP/1.1\r\nhost: localhost\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\nconnection: close\r\n\r\n0\r\n\r\n".to_owned(),
    ] {
        let mut connection = tokio::net::TcpStream::connect(address).await.expect("a connection");
        connection.write_all(head.as_bytes()).await.expect("it takes bytes");
        let mut answer = Vec::new();
        // The server may break off what is no HTTP.
        let _ = connection.read_to_end(&mut answer).await;
        let answer = String::from_utf8_lossy(&answer);
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 4"), "{}: {answer}", head.chars().take(60).collect::<String>());
    }
    assert_eq!(
        http.get(format!("{}/errors", door.fixture.stand.url))
            .send()
            .await
            .expect("an answer")
            .status(),
        200
    );
}
