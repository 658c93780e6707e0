//! How the console signs a steward in: which identity provider the deployment has, as the page reads it, and the origins that the page may
//! call for it. The page does the signing in; no token and no secret is seen here.

use std::sync::Arc;

use serde::Serialize;

/// The file beside the page that holds the settings.
pub(crate) const FILE: &str = "sign-in.json";

/// The scopes that are asked for unless the deployment says otherwise. `offline_access` has many providers give a refresh token.
const SCOPES: &str = "openid offline_access steward";

/// What the page itself puts into the request for an authorization, so that no setting may.
const OWN_PARAMETERS: [&str; 11] = [
    "client_id",
    "code_challenge",
    "code_challenge_method",
    "nonce",
    "redirect_uri",
    "request",
    "request_uri",
    "response_mode",
    "response_type",
    "scope",
    "state",
];

/// Hosts of this machine: the only ones that may be spoken to without TLS.
const LOOPBACK: [&str; 3] = ["127.0.0.1", "localhost", "[::1]"];

/// The console's sign-in. The default is none: then the page asks for a token to be pasted where the API wants one.
#[derive(Debug, Clone, Default)]
pub struct SignIn(Option<Arc<Settings>>);

/// What the page needs to know, all of it public.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
struct Settings {
    issuer: String,
    client_id: String,
    scopes: String,
    parameters: String,
    /// The issuer's and those of its endpoints.
    origins: Vec<String>,
}

/// The content of [`FILE`].
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct File<'a> {
    sign_in: Option<&'a Settings>,
}

impl SignIn {
    /// Reads the settings from `variable`, which answers an environment variable by its name. An empty one is as good as none.
    ///
    /// # Errors
    /// One sentence for each bad value; each names its variable.
    pub fn read(variable: impl Fn(&str) -> Option<String>) -> Result<Self, String> {
        let value = |name: &str| {
            variable(name).map(|value| value.trim().to_owned()).filter(|value| !value.is_empty())
        };
        let client_id = value("CONSOLE_CLIENT_ID");
        let issuer = value("CONSOLE_ISSUER");
        let scopes = value("CONSOLE_SCOPES").unwrap_or_else(|| SCOPES.to_owned());
        let parameters = value("CONSOLE_PARAMETERS").unwrap_or_default();
        let further = value("CONSOLE_ORIGINS").unwrap_or_default();

        let mut bad = Vec::new();
        if !client_id.as_deref().is_none_or(is_visible) {
            bad.push("CONSOLE_CLIENT_ID is the id of the console's client: visible ASCII without blanks.");
        }
        let own_origin = issuer.as_deref().and_then(origin_of_issuer);
        if issuer.is_some() && own_origin.is_none() {
            bad.push("CONSOLE_ISSUER is the issuer's https:// address, without query and fragment (http:// on this machine only).");
        }
        let words: Vec<&str> = scopes.split_whitespace().collect();
        if !words.contains(&"openid") || !words.iter().all(|word| is_scope(word)) {
            bad.push("CONSOLE_SCOPES is a list of scopes with a blank between each two, openid among them.");
        }
        if !are_parameters(&parameters) {
            bad.push("CONSOLE_PARAMETERS is like audience=customer-master&prompt=login, percent-encoded, without a parameter of the sign-in's own.");
        }
        let mut origins: Vec<String> = own_origin.into_iter().collect();
        for origin in further.split([' ', ',']).filter(|origin| !origin.is_empty()) {
            if !is_origin(origin) {
                bad.push("CONSOLE_ORIGINS is a list of origins like https://login.example.com with a comma between each two, without path or wildcard.");
                break;
            }
            if !origins.iter().any(|known| known == origin) {
                origins.push(origin.to_owned());
            }
        }
        match (client_id, issuer) {
            _ if !bad.is_empty() => Err(bad.join(" ")),
            (None, None) => Ok(Self(None)),
            (Some(client_id), Some(issuer)) => {
                let scopes = words.join(" ");
                let settings = Settings { issuer, client_id, scopes, parameters, origins };
                Ok(Self(Some(Arc::new(settings))))
            }
            (Some(_), None) => {
                Err("CONSOLE_CLIENT_ID needs CONSOLE_ISSUER, whose client it is.".to_owned())
            }
            (None, Some(_)) => {
                Err("CONSOLE_ISSUER needs CONSOLE_CLIENT_ID, the console's client there."
                    .to_owned())
            }
        }
    }

    /// The content of [`FILE`].
    pub(crate) fn file(&self) -> String {
        let file = File { sign_in: self.0.as_deref() };
        serde_json::to_string(&file).expect("texts are JSON")
    }

    /// What the page may call, as a content security policy writes it: its own origin, and the provider's.
    pub(crate) fn connect_sources(&self) -> String {
        let provider = self.0.iter().flat_map(|settings| &settings.origins);
        std::iter::once("'self'").chain(provider.map(String::as_str)).collect::<Vec<_>>().join(" ")
    }
}

fn is_visible(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_graphic())
}

/// A scope token of RFC 6749.
fn is_scope(word: &str) -> bool {
    is_visible(word) && !word.contains(['"', '\\'])
}

/// The origin of an issuer: scheme, host and port of an address that has neither query nor fragment.
fn origin_of_issuer(issuer: &str) -> Option<String> {
    if !is_visible(issuer) || issuer.contains(['?', '#', '\\', '"', '<', '>']) {
        return None;
    }
    let (scheme, rest) = issuer.split_once("://")?;
    let authority = rest.split('/').next()?;
    let origin = format!("{scheme}://{authority}");
    is_origin(&origin).then_some(origin)
}

/// Scheme, host and perhaps port, in the form that a browser compares: in small letters, and nothing that a policy would take for a wildcard.
fn is_origin(text: &str) -> bool {
    let (host, secure) = match (text.strip_prefix("https://"), text.strip_prefix("http://")) {
        (Some(host), _) => (host, true),
        (None, Some(host)) => (host, false),
        (None, None) => return false,
    };
    let (host, port) = match host.rsplit_once(':') {
        Some((name, port)) if !port.ends_with(']') => (name, Some(port)),
        Some(_) | None => (host, None),
    };
    let is_name = |label: &str| {
        !label.is_empty()
            && label
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
    };
    let is_port = |port: &str| {
        port.bytes().all(|byte| byte.is_ascii_digit())
            && port.parse::<u16>().is_ok_and(|port| port > 0)
    };
    let is_local = LOOPBACK.contains(&host);
    (is_local || (secure && host.split('.').all(is_name))) && port.is_none_or(is_port)
}

/// A query without the sign-in's own parameters.
fn are_parameters(text: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~%+:/@!$'()*,;".contains(&byte);
    text.is_empty()
        || text.split('&').all(|pair| {
            pair.split_once('=').is_some_and(|(name, value)| {
                let is_name = |byte: u8| byte.is_ascii_alphanumeric() || b"-._".contains(&byte);
                !name.is_empty()
                    && name.bytes().all(is_name)
                    && !OWN_PARAMETERS.contains(&name)
                    && value.bytes().all(is_plain)
            })
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pairs: &[(&str, &str)]) -> Result<SignIn, String> {
        SignIn::read(|name| {
            pairs.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
        })
    }

    const CLIENT: (&str, &str) = ("CONSOLE_CLIENT_ID", "console");
    const ISSUER: (&str, &str) = ("CONSOLE_ISSUER", "https://login.example.com/tenant/");

    #[test]
    fn without_a_client_the_page_is_told_so_and_calls_nothing_but_its_own_origin() {
        let none = read(&[("CONSOLE_CLIENT_ID", " "), ("CONSOLE_ORIGINS", "")]).unwrap();
        assert_eq!(none.file(), r#"{"signIn":null}"#);
        assert_eq!(none.connect_sources(), "'self'");
    }

    #[test]
    fn the_page_is_told_the_provider_and_may_call_its_origins_alone() {
        let origins = (
            "CONSOLE_ORIGINS",
            "https://a.auth.eu-west-1.amazoncognito.com, https://login.example.com",
        );
        let sign_in = read(&[CLIENT, ISSUER, origins]).unwrap();
        assert_eq!(
            sign_in.file(),
            r#"{"signIn":{"issuer":"https://login.example.com/tenant/","clientId":"console","scopes":"openid offline_access steward","parameters":"","origins":["https://login.example.com","https://a.auth.eu-west-1.amazoncognito.com"]}}"#
        );
        assert_eq!(
            sign_in.connect_sources(),
            "'self' https://login.example.com https://a.auth.eu-west-1.amazoncognito.com"
        );
        let own = [
            ("CONSOLE_SCOPES", "openid  api://customer-master/steward"),
            ("CONSOLE_PARAMETERS", "audience=customer-master&resource=https%3A%2F%2Fa.example"),
        ];
        let file = read(&[&[CLIENT, ISSUER], &own[..]].concat()).unwrap().file();
        assert!(file.contains(r#""scopes":"openid api://customer-master/steward""#), "{file}");
        assert!(file.contains(r#""parameters":"audience=customer-master&resource="#), "{file}");
    }

    #[test]
    fn on_this_machine_the_provider_may_do_without_tls() {
        for issuer in ["http://127.0.0.1:4000", "http://localhost:4000/x", "http://[::1]:4000"] {
            assert!(read(&[CLIENT, ("CONSOLE_ISSUER", issuer)]).is_ok(), "{issuer}");
        }
    }

    #[test]
    fn every_bad_value_is_named_in_a_sentence() {
        let bad = [
            ("CONSOLE_CLIENT_ID", "two words"),
            ("CONSOLE_CLIENT_ID", "ü"),
            ("CONSOLE_ISSUER", "login.example.com"),
            ("CONSOLE_ISSUER", "http://login.example.com"),
            ("CONSOLE_ISSUER", "https://"),
            ("CONSOLE_ISSUER", "https://*.example.com"),
            ("CONSOLE_ISSUER", "https://user@login.example.com"),
            ("CONSOLE_ISSUER", "https://login.example.com/?a=b"),
            ("CONSOLE_ISSUER", "https://login.example.com; script-src *"),
            ("CONSOLE_SCOPES", "steward"),
            ("CONSOLE_SCOPES", "openid \"steward\""),
            ("CONSOLE_PARAMETERS", "audience"),
            ("CONSOLE_PARAMETERS", "audience=a b"),
            ("CONSOLE_PARAMETERS", "state=mine"),
            ("CONSOLE_PARAMETERS", "audience=a&redirect_uri=https://evil.example"),
            ("CONSOLE_ORIGINS", "https://*.amazoncognito.com"),
            ("CONSOLE_ORIGINS", "*"),
            ("CONSOLE_ORIGINS", "https:"),
            ("CONSOLE_ORIGINS", "https://login.example.com/"),
            ("CONSOLE_ORIGINS", "https://login.example.com:0"),
            ("CONSOLE_ORIGINS", "https://Login.example.com"),
            ("CONSOLE_ORIGINS", "http://login.example.com"),
            ("CONSOLE_ORIGINS", "https://a.example;script-src"),
        ];
        for (name, value) in bad {
            let good = [CLIENT, ISSUER].into_iter().filter(|(known, _)| *known != name);
            let pairs: Vec<_> = good.chain([(name, value)]).collect();
            let sentence = read(&pairs).expect_err(value);
            assert!(sentence.starts_with(name), "{value}: {sentence}");
        }
        assert!(read(&[CLIENT]).unwrap_err().contains("CONSOLE_ISSUER"));
        assert!(read(&[ISSUER]).unwrap_err().contains("CONSOLE_CLIENT_ID"));
    }
}
