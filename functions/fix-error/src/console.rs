//! The steward's console: static files, built into the function. The data that it shows come from the other routes, with the steward's token.

use api::answer::Answer;
use api::call::Call;
use api::page::Page;
use api::problem::Problem;
use lambda_http::http::header::{CONTENT_SECURITY_POLICY, REFERRER_POLICY};

use crate::prepared::prepared;

const CSS: &str = "text/css; charset=utf-8";
const HTML: &str = "text/html; charset=utf-8";
const JAVASCRIPT: &str = "text/javascript; charset=utf-8";

/// Nothing but the console's own files and its own origin: no inline script or style, no frame, no form that goes elsewhere, and no text that
/// becomes markup or script but where `received.js` reads XML.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; base-uri 'none'; \
                      form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types received";

const PAGE: &str = include_str!("../console/index.html");

/// The files beside the page: name, content type, content.
const FILES: &[(&str, &str, &str)] = &[
    ("api.js", JAVASCRIPT, include_str!("../console/api.js")),
    ("attributes.js", JAVASCRIPT, include_str!("../console/attributes.js")),
    ("bulk-dialog.js", JAVASCRIPT, include_str!("../console/bulk-dialog.js")),
    ("bulk.js", JAVASCRIPT, include_str!("../console/bulk.js")),
    ("compare.js", JAVASCRIPT, include_str!("../console/compare.js")),
    ("conflict.js", JAVASCRIPT, include_str!("../console/conflict.js")),
    ("console.css", CSS, include_str!("../console/console.css")),
    ("dom.js", JAVASCRIPT, include_str!("../console/dom.js")),
    ("draft.js", JAVASCRIPT, include_str!("../console/draft.js")),
    ("duplicates.js", JAVASCRIPT, include_str!("../console/duplicates.js")),
    ("filters.js", JAVASCRIPT, include_str!("../console/filters.js")),
    ("form.js", JAVASCRIPT, include_str!("../console/form.js")),
    ("history.js", JAVASCRIPT, include_str!("../console/history.js")),
    ("keys.js", JAVASCRIPT, include_str!("../console/keys.js")),
    ("list.js", JAVASCRIPT, include_str!("../console/list.js")),
    ("main.js", JAVASCRIPT, include_str!("../console/main.js")),
    ("outcome.js", JAVASCRIPT, include_str!("../console/outcome.js")),
    ("received.js", JAVASCRIPT, include_str!("../console/received.js")),
    ("request.js", JAVASCRIPT, include_str!("../console/request.js")),
    ("route.js", JAVASCRIPT, include_str!("../console/route.js")),
    ("rows.js", JAVASCRIPT, include_str!("../console/rows.js")),
    ("time.js", JAVASCRIPT, include_str!("../console/time.js")),
    ("token.js", JAVASCRIPT, include_str!("../console/token.js")),
];

/// The page.
pub(crate) fn page(call: &Call) -> Answer {
    answer(call, &Page::fixed(HTML, PAGE, prepared("index.html")))
}

/// A file beside the page.
pub(crate) fn file(call: &Call, name: &str) -> Result<Answer, Problem> {
    let (name, content_type, content) =
        FILES.iter().find(|(known, _, _)| *known == name).ok_or_else(Problem::not_found)?;
    Ok(answer(call, &Page::fixed(content_type, content, prepared(name))))
}

/// A browser that keeps a page is told its policy anew with each 304.
fn answer(call: &Call, page: &Page) -> Answer {
    page.answer(call).header(CONTENT_SECURITY_POLICY, POLICY).header(REFERRER_POLICY, "no-referrer")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_of_the_console_is_served() {
        let folder = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/console")).unwrap();
        let mut names: Vec<String> =
            folder.map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names.retain(|name| name != "index.html");
        let served: Vec<&str> = FILES.iter().map(|(name, _, _)| *name).collect();
        assert_eq!(names, served);
    }
}
