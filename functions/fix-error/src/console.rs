//! The steward's console: static files, built into the function. The data that it shows come from the other routes, with the steward's token.

use api::answer::Answer;
use api::call::Call;
use api::page::Page;
use api::problem::Problem;
use lambda_http::http::header::{CONTENT_SECURITY_POLICY, REFERRER_POLICY};

use crate::prepared::prepared;
use crate::sign_in::{self, SignIn};

const CSS: &str = "text/css; charset=utf-8";
const HTML: &str = "text/html; charset=utf-8";
const JAVASCRIPT: &str = "text/javascript; charset=utf-8";

const JSON: &str = "application/json";
const TEXT: &str = "text/plain; charset=utf-8";

/// Nothing but the console's own files, its own origin and the identity provider's: no inline script or style, no frame, no form that goes
/// elsewhere, and no text that becomes markup or script but where `received.js` reads XML.
fn policy(sign_in: &SignIn) -> String {
    format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src {}; img-src 'self' data:; base-uri 'none'; \
         form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types received",
        sign_in.connect_sources()
    )
}

const PAGE: &str = include_str!("../console/index.html");

/// The files beside the page: name, content type, content.
const FILES: &[(&str, &str, &str)] = &[
    ("api.js", JAVASCRIPT, include_str!("../console/api.js")),
    ("attributes.js", JAVASCRIPT, include_str!("../console/attributes.js")),
    ("bulk-dialog.js", JAVASCRIPT, include_str!("../console/bulk-dialog.js")),
    ("bulk-pairs.js", JAVASCRIPT, include_str!("../console/bulk-pairs.js")),
    ("bulk-requests.js", JAVASCRIPT, include_str!("../console/bulk-requests.js")),
    ("bulk.js", JAVASCRIPT, include_str!("../console/bulk.js")),
    ("compare.js", JAVASCRIPT, include_str!("../console/compare.js")),
    ("conflict.js", JAVASCRIPT, include_str!("../console/conflict.js")),
    ("console.css", CSS, include_str!("../console/console.css")),
    ("customer.js", JAVASCRIPT, include_str!("../console/customer.js")),
    ("customers.js", JAVASCRIPT, include_str!("../console/customers.js")),
    ("decisions.js", JAVASCRIPT, include_str!("../console/decisions.js")),
    ("dom.js", JAVASCRIPT, include_str!("../console/dom.js")),
    ("draft.js", JAVASCRIPT, include_str!("../console/draft.js")),
    ("duplicates.js", JAVASCRIPT, include_str!("../console/duplicates.js")),
    ("filters.js", JAVASCRIPT, include_str!("../console/filters.js")),
    ("form.js", JAVASCRIPT, include_str!("../console/form.js")),
    ("history.js", JAVASCRIPT, include_str!("../console/history.js")),
    ("keys.js", JAVASCRIPT, include_str!("../console/keys.js")),
    ("list.js", JAVASCRIPT, include_str!("../console/list.js")),
    ("look-up.js", JAVASCRIPT, include_str!("../console/look-up.js")),
    ("main.js", JAVASCRIPT, include_str!("../console/main.js")),
    ("oauth4webapi-license.txt", TEXT, include_str!("../console/oauth4webapi/LICENSE.md")),
    ("oauth4webapi.js", JAVASCRIPT, include_str!("../console/oauth4webapi/index.js")),
    ("outcome.js", JAVASCRIPT, include_str!("../console/outcome.js")),
    ("pair-choices.js", JAVASCRIPT, include_str!("../console/pair-choices.js")),
    ("pair-reading.js", JAVASCRIPT, include_str!("../console/pair-reading.js")),
    ("pair-refusals.js", JAVASCRIPT, include_str!("../console/pair-refusals.js")),
    ("pair-rows.js", JAVASCRIPT, include_str!("../console/pair-rows.js")),
    ("pair-values.js", JAVASCRIPT, include_str!("../console/pair-values.js")),
    ("pair-view.js", JAVASCRIPT, include_str!("../console/pair-view.js")),
    ("pair.js", JAVASCRIPT, include_str!("../console/pair.js")),
    ("pairs.js", JAVASCRIPT, include_str!("../console/pairs.js")),
    ("received.js", JAVASCRIPT, include_str!("../console/received.js")),
    ("request-actions.js", JAVASCRIPT, include_str!("../console/request-actions.js")),
    ("request.js", JAVASCRIPT, include_str!("../console/request.js")),
    ("route.js", JAVASCRIPT, include_str!("../console/route.js")),
    ("rows.js", JAVASCRIPT, include_str!("../console/rows.js")),
    ("selection.js", JAVASCRIPT, include_str!("../console/selection.js")),
    ("session.js", JAVASCRIPT, include_str!("../console/session.js")),
    ("sign-in-dialog.js", JAVASCRIPT, include_str!("../console/sign-in-dialog.js")),
    ("sign-in.js", JAVASCRIPT, include_str!("../console/sign-in.js")),
    ("teamwork.js", JAVASCRIPT, include_str!("../console/teamwork.js")),
    ("time.js", JAVASCRIPT, include_str!("../console/time.js")),
    ("token.js", JAVASCRIPT, include_str!("../console/token.js")),
    ("undo.js", JAVASCRIPT, include_str!("../console/undo.js")),
];

/// The page.
pub(crate) fn page(call: &Call, sign_in: &SignIn) -> Answer {
    answer(call, &Page::fixed(HTML, PAGE, prepared("index.html")), sign_in)
}

/// A file beside the page; one of them says how a steward signs in.
pub(crate) fn file(call: &Call, name: &str, sign_in: &SignIn) -> Result<Answer, Problem> {
    if name == sign_in::FILE {
        return Ok(answer(call, &Page::made(JSON, sign_in.file()), sign_in));
    }
    let (name, content_type, content) =
        FILES.iter().find(|(known, _, _)| *known == name).ok_or_else(Problem::not_found)?;
    Ok(answer(call, &Page::fixed(content_type, content, prepared(name)), sign_in))
}

/// A browser that keeps a page is told its policy anew with each 304.
fn answer(call: &Call, page: &Page, sign_in: &SignIn) -> Answer {
    page.answer(call)
        .header(CONTENT_SECURITY_POLICY, &policy(sign_in))
        .header(REFERRER_POLICY, "no-referrer")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_of_the_console_is_served() {
        let folder = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/console")).unwrap();
        let mut names: Vec<String> =
            folder.map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
        names.retain(|name| name != "index.html" && name != "oauth4webapi");
        names.extend(["oauth4webapi.js", "oauth4webapi-license.txt"].map(str::to_owned));
        names.sort();
        let served: Vec<&str> = FILES.iter().map(|(name, _, _)| *name).collect();
        assert_eq!(names, served);
    }
}
