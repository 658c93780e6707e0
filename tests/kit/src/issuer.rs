//! Verifies tokens as API Gateway's JWT authorizer does: the issuer's published keys, RS256, issuer, audience, times. For tests that sign in at a real identity provider.
//!
//! Which scope a route asks for is left to the functions here, which refuse the same callers.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use data_encoding::BASE64URL_NOPAD;
use lambda_http::http::{HeaderMap, header::AUTHORIZATION};
use ring::signature::{RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents};
use serde_json::Value;

use local::claims::{self, Claims};

/// An issuer, with the keys that it had when it was asked.
pub struct Issuer {
    name: String,
    audience: String,
    keys: HashMap<String, RsaPublicKeyComponents<Vec<u8>>>,
    passed: AtomicU64,
}

impl Issuer {
    /// Learns an issuer's keys from its discovery document. Plain HTTP, for a provider on this machine.
    ///
    /// # Errors
    ///
    /// A sentence when they cannot be had.
    pub async fn discover(name: &str, audience: &str) -> Result<Self, String> {
        let document = format!("{}/.well-known/openid-configuration", name.trim_end_matches('/'));
        let document = read(&document).await?;
        let keys = document["jwks_uri"].as_str().ok_or("The issuer names no keys.")?;
        let keys = read(keys).await?;
        let keys = keys["keys"].as_array().into_iter().flatten().filter_map(key).collect();
        Ok(Self { name: name.to_owned(), audience: audience.to_owned(), keys, passed: 0.into() })
    }

    /// Lets time pass for the tokens, without anybody waiting.
    pub fn pass(&self, seconds: u64) {
        self.passed.fetch_add(seconds, Ordering::Relaxed);
    }

    /// The claims of a request with a good token, or `None` for one that is answered with 401.
    #[must_use]
    pub fn authorize(&self, headers: &HeaderMap) -> Option<Claims> {
        let mut values = headers.get_all(AUTHORIZATION).iter();
        let (Some(value), None) = (values.next(), values.next()) else {
            return None;
        };
        let (scheme, token) = value.to_str().ok()?.split_once(' ')?;
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        let now = now + self.passed.load(Ordering::Relaxed);
        let claims = scheme.eq_ignore_ascii_case("bearer").then(|| self.verified(token, now))??;
        claims::in_an_event(claims)
    }

    fn verified(&self, token: &str, now: u64) -> Option<Value> {
        let (signed, signature) = token.rsplit_once('.')?;
        let (header, payload) = signed.split_once('.')?;
        let header = decoded(header)?;
        if header["alg"] != "RS256" {
            return None;
        }
        let key = self.keys.get(header["kid"].as_str()?)?;
        let signature = BASE64URL_NOPAD.decode(signature.as_bytes()).ok()?;
        key.verify(&RSA_PKCS1_2048_8192_SHA256, signed.as_bytes(), &signature).ok()?;
        let claims = decoded(payload)?;
        let named = if claims["aud"].is_null() { &claims["client_id"] } else { &claims["aud"] };
        let is_ours = *named == self.audience.as_str()
            || named
                .as_array()
                .is_some_and(|all| all.iter().any(|one| *one == self.audience.as_str()));
        // Seconds may be written with a fraction; a claim that must be there and is not is refused.
        let at = |name: &str| claims[name].as_f64();
        let now = now as f64;
        let is_of_now = at("exp").is_some_and(|exp| exp > now)
            && ["nbf", "iat"].iter().all(|name| at(name).is_none_or(|since| since <= now));
        (claims["iss"] == self.name.as_str() && is_ours && is_of_now).then_some(claims)
    }
}

async fn read(address: &str) -> Result<Value, String> {
    let answer = reqwest::get(address).await.and_then(reqwest::Response::error_for_status);
    let answer = answer.map_err(|error| format!("{address} gives nothing: {error}."))?;
    answer.json().await.map_err(|error| format!("{address} is no JSON: {error}."))
}

fn key(jwk: &Value) -> Option<(String, RsaPublicKeyComponents<Vec<u8>>)> {
    let part = |name: &str| BASE64URL_NOPAD.decode(jwk[name].as_str()?.as_bytes()).ok();
    Some((jwk["kid"].as_str()?.to_owned(), RsaPublicKeyComponents { n: part("n")?, e: part("e")? }))
}

fn decoded(part: &str) -> Option<Value> {
    serde_json::from_slice(&BASE64URL_NOPAD.decode(part.as_bytes()).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// The public half of a key whose other half was thrown away when the tokens were signed.
    const MODULUS: &str = "1SHK3g4mSz4RqDfvOYgu7WUQbkSK7mnrhhe2OkkiTlP36sggtB-djn2xdIq7zVQiEf4a3R63-7Ad8Ym2E_eWz5UA-5nrB7dojJG4aNcrUeq7vGR2DSOil-Zd5S5DTEu-875D5iWGXke30XvjJWVf7ckJ5rI4VwtFV87RDsfjO9jVKpmLXZKhmoc4Lo4e1XxrcVU8rif-U8dOkTRCqHysWE7Ya-tyYvPlmWllbDSrnb2Kemk8wE-8lynwYovdUZgWu4mrTOWo8KGpdRGHiDSzCHhF1wA3oQgCvzhmz60qsgQnD8FPBnPKOr4iZY7oVNlG64ek9KKEDV95CALBMhOVwQ";

    // Tokens of https://login.example for anna, good from 1000 to 2000 where nothing else is said.

    /// `"aud": "api"`
    const AUDIENCE: &str = "eyJhbGciOiJSUzI1NiIsImtpZCI6ImsifQ.eyJpc3MiOiJodHRwczovL2xvZ2luLmV4YW1wbGUiLCJleHAiOjIwMDAsImlhdCI6MTAwMCwic3ViIjoiYW5uYSIsImF1ZCI6ImFwaSJ9.bQV_rnmvSsMkB-db20aiERz6ZDxe_0fTFaoj_aCwQlzQpSxp991y9runlfJ-hidhhcHoQlOYqGjTRbfdx1OSJH_7b_gzbjzkf_7AZ794VWs-GPUHQiIoyQOKA23APjd80c5EFXw6G1WYRrm3sXD6_IcWY_-xydaUyPxgx7efvUqwgeAbYrUowVbS60ZfXc8bSHxhMbrZj8RZkmT1jX1Zsl7EYM00UDmWwRyzSIKMuzDi4ygL7-_eej8uDSoXho9AZGb3RwmOSWjMmCkkiVzRq-yOmY7qCufsBVgeS_fqywQgJmo4O9Mqd7C7ANXo4-UENtZMvPaJzeP3-6XYRB_rKQ";
    /// `"aud": ["other", "api"]`
    const AUDIENCES: &str = "eyJhbGciOiJSUzI1NiIsImtpZCI6ImsifQ.eyJpc3MiOiJodHRwczovL2xvZ2luLmV4YW1wbGUiLCJleHAiOjIwMDAsImlhdCI6MTAwMCwic3ViIjoiYW5uYSIsImF1ZCI6WyJvdGhlciIsImFwaSJdfQ.wm6k0ji-ZR2uq1c8rB7n-gVUEnRGTaC14YPbPn6LseZ0nO78uTbzRlG61mdMLn37gP59jXNpyBJAw2kkYDhG9bKT7H-W4LRZklXC-w9JgdjfIbNa9UsJ_Q3gu0tMnk8Eg-WImQ5JwL5FVL81rrBLdV1-s04ZTEpNoLnnOCyKlbYNCQVetoqjEvaBUKjlABbM4mhSt3pQvTnBrNq6KhUrHgu8ndvlkG8L2dQmVMiJt-YON-mB_Y11wvCoajMQ1m_ijaaWjRpSFlT6BHRBE9rHwXrkDovH207WxawPkJeuCxFGGrZXo4wmqnJOzY2xPKJcEGmQLqWeNBPWgl3oGBUmOQ";
    /// `"client_id": "api"`
    const CLIENT: &str = "eyJhbGciOiJSUzI1NiIsImtpZCI6ImsifQ.eyJpc3MiOiJodHRwczovL2xvZ2luLmV4YW1wbGUiLCJleHAiOjIwMDAsImlhdCI6MTAwMCwic3ViIjoiYW5uYSIsImNsaWVudF9pZCI6ImFwaSJ9.q5vWOHGICqijWwguwcApJ7wH1s6-Fn3KaZER3uOTkQZOGiApwrVzuN_vmcXqZCILwcOzsKpOUe_0C0v-VhtahDoYQvw2ypnrHkaG4IJBQx0yJjcQ3S5m6c_GzCZsTClgHrFisOfQ_8H3m3twzefSxlO2CqN7S7GICLtlzZPg8Us929WhgsqSxtzqVrIOkceoRPbk_ihqqqS5ZiVnm53oSmf2TzibG67px39EQpu2H8UhDCP-bM2mjSzThOZ6ebSV5ycareLmW0HLbncgIWHvE7Ylpco2Y10MjgKQHq1wGWTlEW6pQkHkoasFMQFKsdYyJ9cQpy1qIy1KH95AZSE2hg";
    /// `"aud": "other", "client_id": "api"`
    const OTHER_AUDIENCE: &str = "eyJhbGciOiJSUzI1NiIsImtpZCI6ImsifQ.eyJpc3MiOiJodHRwczovL2xvZ2luLmV4YW1wbGUiLCJleHAiOjIwMDAsImlhdCI6MTAwMCwic3ViIjoiYW5uYSIsImF1ZCI6Im90aGVyIiwiY2xpZW50X2lkIjoiYXBpIn0.ZJwtozcjR3Mcjs-HoDJRvl-oQSxkcL2CqTwdynT4rmJg0ntY6FmV_aYmmvO8AMqdhE_klaNgvZ7CBzx3aDWLjEsguPaCMaOZWqucSJiyRTTjhZAMpPXRZCmNDW0LJA1lit4lYXT40rtByhpIa0DaYHtei23toedO95ARa34KI1ZGQvFaJDmazmDovtqnocLf-jbjLK_c8PiRGpsvJl3-cB9qod36KAm1SiODudX_rO7ftkNzsetXkTV3k_HJT0BAK__U68Pws1t2I08peRLrTzOKWesAIRvREh_Qs39okShNxytuut_K9t5dLozMd1ExDwMinB7LNncAAZz8ZMpG4g";
    /// `"aud": "api"`, without `exp`
    const WITHOUT_END: &str = "eyJhbGciOiJSUzI1NiIsImtpZCI6ImsifQ.eyJpc3MiOiJodHRwczovL2xvZ2luLmV4YW1wbGUiLCJhdWQiOiJhcGkiLCJzdWIiOiJhbm5hIn0.PJBC9b_5nXYpMxpBkYZws8cI8rTBotekkekN7SyKY4wMsdLhAyUgFxI1PVrHu8CfxmL6sjUfJNWa_ZSyHI-CJKnliXKPp7tafUWaaPLvcx1CY-behJDxap-BnN1zBJ2MaAJ6TXVI2u399w9SD8B0JB7OcW7O-wmaB7hRl5df72lJBTT8ldDa4Mpt3t1ma1P-ot8gi-b0V5ypOX_Try4fTIZ_zPMFwa0iPFUBvWwN87O2ECfXZF_3KEaQHdSvOu_uJifLinJqBXocCYJF0Rxj9G82DASqqwA6tAwDpRWlqdOxVHHhQUF651ZvbUEVuMEN7HD0qPS_OpIrozAoG0ufvQ";

    fn issuer(name: &str, audience: &str, id: &str) -> Issuer {
        let jwk = json!({ "kid": id, "n": MODULUS, "e": "AQAB" });
        let keys = [key(&jwk).expect("a key")].into();
        Issuer { name: name.to_owned(), audience: audience.to_owned(), keys, passed: 0.into() }
    }

    fn ours() -> Issuer {
        issuer("https://login.example", "api", "k")
    }

    #[test]
    fn a_good_token_is_taken_by_its_audience_or_where_there_is_none_by_its_client() {
        for token in [AUDIENCE, AUDIENCES, CLIENT] {
            assert_eq!(ours().verified(token, 1_500).expect(token)["sub"], "anna");
        }
    }

    #[test]
    fn what_the_real_authorizer_refuses_is_refused() {
        assert_eq!(ours().verified(OTHER_AUDIENCE, 1_500), None);
        assert_eq!(ours().verified(WITHOUT_END, 1_500), None);
        assert_eq!(ours().verified(AUDIENCE, 2_000), None, "expired");
        assert_eq!(ours().verified(AUDIENCE, 999), None, "of the future");
        for other in [
            issuer("https://login.example/", "api", "k"),
            issuer("https://login.example", "other", "k"),
            issuer("https://login.example", "api", "another"),
        ] {
            assert_eq!(other.verified(AUDIENCE, 1_500), None);
        }
    }

    #[test]
    fn a_token_that_is_not_signed_as_it_stands_is_refused() {
        let (signed, signature) = AUDIENCE.rsplit_once('.').expect("a signature");
        let (_, foreign) = CLIENT.rsplit_once('.').expect("a signature");
        let (_, payload) = signed.split_once('.').expect("a payload");
        let header = |header: Value| BASE64URL_NOPAD.encode(header.to_string().as_bytes());
        let unsigned = header(json!({ "alg": "none", "kid": "k" }));
        let symmetric = header(json!({ "alg": "HS256", "kid": "k" }));
        for token in [
            format!("{signed}.{foreign}"),
            format!("{signed}."),
            format!("{unsigned}.{payload}."),
            format!("{unsigned}.{payload}.{signature}"),
            format!("{symmetric}.{payload}.{signature}"),
            signed.to_owned(),
            "dev.e30".to_owned(),
            String::new(),
        ] {
            assert_eq!(ours().verified(&token, 1_500), None, "{token}");
        }
    }
}
