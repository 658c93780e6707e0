//! Pages for anyone: what a function serves that shows nobody's data, with an entity tag, a time to be kept, and a compressed form.
//!
//! Nothing is compressed here, and no page is here: the compressed form of a page that never changes is made with the build.

use std::borrow::Cow;

use data_encoding::BASE64URL_NOPAD;
use lambda_http::http::StatusCode;
use lambda_http::http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, ETAG, IF_NONE_MATCH, VARY,
};
use sha2::{Digest as _, Sha256};

use crate::answer::Answer;
use crate::call::Call;
use crate::media::thousandths;
use crate::precondition;

/// How long a page is shown without asking whether it is still the same. A release's files fit together and not those of the release before,
/// so no longer than a deployment takes; within it, a console that is opened again costs nothing.
const CACHE: &str = "public, max-age=300";

/// What the build has made of a page's content.
#[derive(Clone, Copy, Debug)]
pub struct Prepared {
    /// A digest of the content, for its entity tag: visible ASCII without quotes.
    pub digest: &'static str,
    /// The content compressed with gzip.
    pub gzip: &'static [u8],
}

/// A page.
#[derive(Clone, Debug)]
pub struct Page {
    content_type: &'static str,
    content: Cow<'static, str>,
    digest: Cow<'static, str>,
    gzip: Option<&'static [u8]>,
}

impl Page {
    /// A page that is part of the build.
    pub const fn fixed(
        content_type: &'static str,
        content: &'static str,
        prepared: Prepared,
    ) -> Page {
        let Prepared { digest, gzip } = prepared;
        Page {
            content_type,
            content: Cow::Borrowed(content),
            digest: Cow::Borrowed(digest),
            gzip: Some(gzip),
        }
    }

    /// A page that is made when the function starts, and the same for as long as it runs. It has no compressed form.
    pub fn made(content_type: &'static str, content: String) -> Page {
        let digest = BASE64URL_NOPAD.encode(&Sha256::digest(&content)[..16]);
        Page { content_type, content: Cow::Owned(content), digest: Cow::Owned(digest), gzip: None }
    }

    /// The page in the form that the caller takes, or 304 where the caller has that form already (RFC 9110, sections 8.8.3 and 13.1.2).
    pub fn answer(&self, call: &Call) -> Answer {
        let accepted = call.joined(&ACCEPT_ENCODING);
        let gzip = self.gzip.filter(|_| accepted.as_deref().is_some_and(prefers_gzip));
        // Two forms are two representations, and a strong tag is that of one.
        let form = if gzip.is_some() { "-gzip" } else { "" };
        let tag = format!("\"{}{form}\"", self.digest);
        let known = call.joined(&IF_NONE_MATCH);
        let answer = if known.is_some_and(|known| precondition::names(&known, &tag)) {
            Answer::empty(StatusCode::NOT_MODIFIED, "not-modified")
        } else {
            let served = |content: &[u8]| {
                Answer::bytes(StatusCode::OK, "served", self.content_type, content)
            };
            match gzip {
                Some(gzip) => served(gzip).header(CONTENT_ENCODING, "gzip"),
                None => served(self.content.as_bytes()),
            }
        };
        answer
            .header(ETAG, &tag)
            .header(CACHE_CONTROL, CACHE)
            .header(VARY, ACCEPT_ENCODING.as_str())
    }
}

/// Whether an `Accept-Encoding` prefers gzip to the content as it is (RFC 9110, section 12.5.3), or at least refuses the content as it is and not gzip.
/// Who refuses both gets the content as it is: nobody would be helped by no answer.
fn prefers_gzip(accepted: &str) -> bool {
    let codings: Vec<(&str, u16)> = accepted.split(',').filter_map(coding).collect();
    let quality = |names: &[&str]| {
        let of = |name: &str| {
            let mut found = codings.iter().filter(|(coding, _)| coding.eq_ignore_ascii_case(name));
            found.next().map(|(_, quality)| *quality)
        };
        names.iter().find_map(|name| of(name)).or_else(|| of("*"))
    };
    match (quality(&["gzip", "x-gzip"]), quality(&["identity"])) {
        (Some(0), _) => false,
        (Some(gzip), identity) => gzip >= identity.unwrap_or(0),
        (None, identity) => identity == Some(0),
    }
}

/// A coding and its weight in thousandths; nothing where it is malformed, which is as if it were not there.
fn coding(text: &str) -> Option<(&str, u16)> {
    let (name, parameter) = match text.split_once(';') {
        Some((name, parameter)) => (name, Some(parameter)),
        None => (text, None),
    };
    let quality = match parameter {
        None => 1000,
        Some(parameter) => {
            let (name, value) = parameter.split_once('=')?;
            let is_weight = name.trim().eq_ignore_ascii_case("q");
            is_weight.then(|| thousandths(value.trim())).flatten()?
        }
    };
    Some((name.trim(), quality))
}

#[cfg(test)]
mod tests {
    use super::*;
    use lambda_http::http::HeaderValue;
    use lambda_http::{Body, Request, Response};
    use store::meter::Cost;

    const PAGE: Page = Page::fixed(
        "text/css; charset=utf-8",
        "a { color: red }",
        Prepared { digest: "abc", gzip: &[0x1f, 0x8b, 8] },
    );

    fn answered(page: &Page, headers: &[(&'static str, &'static str)]) -> Response<Body> {
        let mut request = Request::new(Body::Empty);
        for (name, value) in headers {
            request.headers_mut().append(*name, HeaderValue::from_static(value));
        }
        let call = Call::open(request);
        let answer = page.answer(&call);
        call.close("page", Ok(answer), Cost::default())
    }

    #[test]
    fn a_page_comes_with_its_tag_its_time_and_what_it_varies_with() {
        for (accepted, tag, body, encoding) in [
            ("identity", "\"abc\"", &b"a { color: red }"[..], None),
            ("gzip", "\"abc-gzip\"", &[0x1f, 0x8b, 8], Some("gzip")),
        ] {
            let answer = answered(&PAGE, &[("accept-encoding", accepted)]);
            assert_eq!((answer.status(), &**answer.body()), (StatusCode::OK, body));
            let header =
                |name: &str| answer.headers().get(name).map(|value| value.to_str().expect("text"));
            assert_eq!(header("etag"), Some(tag));
            assert_eq!(header("content-encoding"), encoding);
            assert_eq!(header("cache-control"), Some("public, max-age=300"));
            assert_eq!(header("vary"), Some("accept-encoding"));
            assert_eq!(header("content-type"), Some("text/css; charset=utf-8"));
        }
    }

    #[test]
    fn who_has_the_form_already_gets_none() {
        let cases: &[(&str, bool)] = &[
            ("\"abc\"", true),
            ("W/\"abc\"", true),
            ("*", true),
            (" \"x,y\" ,\t\"abc\"", true),
            ("\"x\", W/\"abc\", \"z\"", true),
            ("\"abc-gzip\"", false),
            ("\"ABC\"", false),
            ("abc", false),
            ("\"x\"", false),
            ("\"x\" \"abc\"", false),
            ("w/\"abc\"", false),
            ("", false),
        ];
        for (known, has_it) in cases {
            let answer = answered(&PAGE, &[("if-none-match", known)]);
            let status = if *has_it { StatusCode::NOT_MODIFIED } else { StatusCode::OK };
            assert_eq!(answer.status(), status, "{known}");
            assert_eq!(answer.body().is_empty(), *has_it, "{known}");
            for name in ["etag", "cache-control", "vary"] {
                assert!(answer.headers().contains_key(name), "{known} {name}");
            }
            assert_eq!(answer.headers().contains_key("content-type"), !has_it, "{known}");
        }
        let gzip = [("accept-encoding", "gzip"), ("if-none-match", "\"abc\", \"abc-gzip\"")];
        assert_eq!(answered(&PAGE, &gzip).status(), StatusCode::NOT_MODIFIED);
        let lines = [("if-none-match", "\"x\""), ("if-none-match", "\"abc\"")];
        assert_eq!(answered(&PAGE, &lines).status(), StatusCode::NOT_MODIFIED);
    }

    #[test]
    fn a_page_that_is_made_has_a_tag_of_its_content_and_one_form() {
        let tag = |content: &str| {
            let page = Page::made("application/json", content.to_owned());
            let answer = answered(&page, &[("accept-encoding", "gzip, identity;q=0")]);
            assert_eq!(&**answer.body(), content.as_bytes());
            assert!(!answer.headers().contains_key("content-encoding"));
            answer.headers()["etag"].clone()
        };
        assert_eq!(tag("{}"), tag("{}"));
        assert_ne!(tag("{}"), tag("{ }"));
        assert_eq!(tag("{}").len(), 24);
    }

    #[test]
    fn gzip_is_taken_where_it_is_not_the_worse() {
        for accepted in [
            "gzip",
            "GZIP",
            "x-gzip",
            "gzip, deflate, br",
            "deflate, gzip;q=1.0, *;q=0.5",
            "gzip;q=0.001",
            "gzip; q=0.5, identity;q=0.5",
            "*",
            "*;q=0.3",
            "identity;q=0",
            "br, identity;q=0",
            "*;q=0, gzip",
            "gzip, identity",
        ] {
            assert!(prefers_gzip(accepted), "{accepted}");
        }
        for accepted in [
            "",
            "identity",
            "br",
            "br;q=1.0, deflate",
            "gzip;q=0",
            "gzip;q=0, *",
            "*;q=0",
            "*;q=0, identity",
            "identity;q=0, gzip;q=0",
            "gzip;q=0.5, identity",
            "gzip;q=0.5, identity;q=0.6",
            "gzip;q=2",
            "gzip;q=x",
            "gzip;level=9",
            "gzipped",
        ] {
            assert!(!prefers_gzip(accepted), "{accepted}");
        }
    }
}
