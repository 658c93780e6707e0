//! The contract as a page that a person can read and try, at `/docs`, and at `/` the page that leads there and to the console. Only the
//! development server and the tests serve them; no function does.
//!
//! The files and their origin are in `tests/local/viewer`. What the page shows it fetches from `/openapi.yaml`, as anybody may.

use std::collections::BTreeMap;

use lambda_http::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use lambda_http::http::{Method, StatusCode};
use lambda_http::{Body, Request, RequestExt as _, Response};

use crate::gateway::{self, Access, Function, Route};

/// Where the page is.
pub const PATH: &str = "/docs";

/// The name of what answers for the page and its files.
pub const FUNCTION: &str = "viewer";

/// The pages and their files.
#[must_use]
pub fn routes() -> [Route; 3] {
    ["/", PATH, "/docs/{file}"].map(|path| Route {
        path: path.to_owned(),
        function: FUNCTION.to_owned(),
        methods: BTreeMap::new(),
        access: Access::Anyone,
    })
}

/// Nothing but this server's own files. Swagger UI sets styles on elements as it draws, and its style sheet has pictures as data.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; \
                      base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const HTML: &str = "text/html; charset=utf-8";
const JAVASCRIPT: &str = "text/javascript; charset=utf-8";

/// The files: path, content type, content.
const FILES: [(&str, &str, &str); 5] = [
    ("/", HTML, include_str!("../viewer/home.html")),
    (PATH, HTML, include_str!("../viewer/index.html")),
    ("/docs/page.js", JAVASCRIPT, include_str!("../viewer/page.js")),
    (
        "/docs/swagger-ui-bundle.js",
        JAVASCRIPT,
        include_str!("../viewer/swagger-ui/swagger-ui-bundle.js"),
    ),
    (
        "/docs/swagger-ui.css",
        "text/css; charset=utf-8",
        include_str!("../viewer/swagger-ui/swagger-ui.css"),
    ),
];

/// The page and its files, as a function of the gateway.
#[must_use]
pub fn function() -> Function {
    gateway::function(|request: Request| async move { answer(&request) })
}

fn answer(request: &Request) -> Response<Body> {
    let path = request.raw_http_path();
    let found = FILES.iter().find(|(known, _, _)| *known == path);
    let (status, content_type, content) = match found {
        Some((_, content_type, content)) if *request.method() == Method::GET => {
            (StatusCode::OK, *content_type, *content)
        }
        Some(_) => (StatusCode::METHOD_NOT_ALLOWED, HTML, ""),
        None => (StatusCode::NOT_FOUND, HTML, ""),
    };
    Response::builder()
        .status(status)
        .header(CONTENT_TYPE, content_type)
        .header(CONTENT_SECURITY_POLICY, POLICY)
        .header(CACHE_CONTROL, "no-store")
        .body(Body::from(content))
        .expect("the parts are fixed and fit a response")
}
