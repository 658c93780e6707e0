//! Signing in at a real identity provider: from nothing to the list, over the end of a token in the middle of a form, out again, and what is
//! said when it does not work. The gateway verifies the provider's tokens as API Gateway does.

use reqwest::Method;
use serde_json::{Value, json};

use crate::accessibility::is_accessible;
use crate::browser::with_page;
use crate::page::{ENTER, Page};
use crate::pictures::{DESK, PHONE, can_be_read};
use crate::provider::{self, Provider};
use crate::world::{World, person};

/// What the provider writes into its tokens.
const AUDIENCE: &str = "customer-master";

/// Signs in at the provider's page by this name, and waits for the console.
async fn as_whom(page: &Page, name: &str) {
    page.arrives("input[name=login]").await;
    page.enter("input[name=login]", name).await;
    page.click("#go").await;
    page.arrives("#page-header").await;
}

/// Opens the console and signs in there, and waits for this many rows.
async fn sign_in(page: &Page, world: &World, rows: usize) {
    page.open(&world.console()).await;
    page.click("#sign-in-start").await;
    as_whom(page, "anna").await;
    page.until(&format!("document.querySelectorAll('#errors > li.row').length === {rows}")).await;
}

/// How many calls of the API were answered with 401 since the page was loaded.
async fn refusals(page: &Page) -> u64 {
    let refused =
        "performance.getEntriesByType('resource').filter(one => one.responseStatus === 401).length";
    page.value(refused).await.as_u64().expect("a number")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_steward_signs_in_from_nothing_to_the_list_works_under_that_name_and_signs_out() {
    let Some(installed) = provider::installed("sign-in") else { return };
    with_page("sign-in", async move |page| {
        let world = World::new().await;
        let id = world.refused(&person(&json!({ "cst_city": null }))).await;
        let (deployed, _provider) = world.signing_in(&installed, AUDIENCE).await;
        page.open(&deployed.console()).await;
        page.sees("#sign-in-dialog").await;
        assert_eq!(page.value("document.activeElement.id").await, "sign-in-start");
        assert_eq!(page.count("#errors > li.row").await, 0);
        page.press(&[ENTER]).await;
        as_whom(&page, "anna").await;
        page.until("document.querySelectorAll('#errors > li.row').length === 1").await;
        page.reads("#signed-in-as", "Anna Okafor").await;
        assert_eq!(page.value("location.href").await, deployed.console());
        let kept =
            page.value("[localStorage.length, document.cookie, Object.keys(sessionStorage)]");
        assert_eq!(kept.await, json!([0, "", ["signed-in"]]));

        page.open_request(&id).await;
        page.enter("#cst_city", "Westborough").await;
        page.click("#save").await;
        page.reads("#fault-heading", "No edit fails").await;
        assert_eq!(world.shown(&id).await["history"][1]["who"], "anna");

        page.enter("#cst_city", "Worcester").await;
        page.click("#sign-out").await;
        page.reads("#sign-out-text", "Your 1 unsaved change will be lost.").await;
        page.click("#sign-out-confirm").await;
        page.arrives("button[value=yes]").await;
        page.click("button[value=yes]").await;
        page.arrives("#sign-in-dialog").await;
        assert_eq!(page.value("Object.keys(sessionStorage)").await, json!([]));
        // The provider's own session is over as well: it asks who is there.
        page.click("#sign-in-start").await;
        page.arrives("input[name=login]").await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_that_ends_in_the_middle_of_a_form_is_renewed_and_nobody_notices() {
    let Some(installed) = provider::installed("refresh") else { return };
    with_page("refresh", async move |page| {
        let world = World::new().await;
        let id = world.refused(&person(&json!({ "cst_city": null, "cst_zip": "ABC" }))).await;
        let (deployed, mut provider) = world.signing_in(&installed, AUDIENCE).await;
        sign_in(&page, &deployed, 1).await;
        page.open_request(&id).await;
        page.enter("#cst_city", "Westborough").await;

        provider.pass(1).await;
        page.click("#save").await;
        page.reads("#fault-heading", "1 edit fails").await;
        assert_eq!(page.count("dialog[open]").await, 0);
        assert_eq!(refusals(&page).await, 1);
        assert_eq!(world.shown(&id).await["history"][1]["who"], "anna");

        // Where the browser knows as well that the time is over, the old token is not even tried.
        page.enter("#cst_zip", "01581").await;
        provider.pass(1).await;
        page.run("const now = Date.now; Date.now = () => now() + 3_600_000").await;
        page.click("#reprocess").await;
        page.reads("#outcome .panel[data-kind=\"good\"] .customer-number", "000000001").await;
        assert_eq!(refusals(&page).await, 1);
    })
    .await;
}

/// Leaves a form with unsaved edits behind a sign-in that has ended for good.
async fn ended(page: &Page, provider: &mut Provider, id: &str) {
    page.open_request(id).await;
    page.enter("#cst_city", "Westborough").await;
    page.enter("#cst_fname", "Juliette").await;
    provider.pass(24).await;
    // The provider says so to the page, which the browser writes down.
    page.expects("/token - Failed to load resource: the server responded with a status of 400");
    page.click("#save").await;
    page.sees("#sign-in-dialog").await;
    page.reads("#sign-in-reason", "Your sign-in has ended.").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn where_renewing_is_refused_the_steward_signs_in_again_and_the_unsaved_form_is_still_there()
{
    let Some(installed) = provider::installed("sign-in again") else { return };
    with_page("sign-in again", async move |page| {
        let world = World::new().await;
        let other = world.refused(&person(&json!({ "cst_zip": "ABC" }))).await;
        let id = world.refused(&person(&json!({ "cst_city": null }))).await;
        let (deployed, mut provider) = world.signing_in(&installed, AUDIENCE).await;
        sign_in(&page, &deployed, 2).await;
        page.open_request(&other).await;
        page.enter("#cst_zip", "01581").await;
        ended(&page, &mut provider, &id).await;
        page.reads("#sign-in-note", "Your 3 unsaved changes will still be here afterwards.").await;
        for (size, width) in [(DESK, "desk"), (PHONE, "phone")] {
            for scheme in ["light", "dark"] {
                page.looks(size, scheme).await;
                page.picture(&format!("sign-in-{width}-{scheme}")).await;
                can_be_read(&page, &format!("sign-in, {width}, {scheme}")).await;
                is_accessible(&page, &format!("sign-in, {width}, {scheme}")).await;
            }
        }
        page.looks(DESK, "light").await;
        assert_eq!(world.shown(&id).await["version"], 1);

        page.click("#sign-in-start").await;
        as_whom(&page, "anna").await;
        page.until(&format!("document.querySelector('#request-view').dataset.id === '{id}'")).await;
        page.reads("#unsaved", "2 unsaved changes").await;
        page.picture("signed-in").await;
        let values =
            page.value("['cst_city', 'cst_fname'].map(id => document.getElementById(id).value)");
        assert_eq!(values.await, json!(["Westborough", "Juliette"]));
        assert_eq!(page.value("Object.keys(sessionStorage)").await, json!(["signed-in"]));
        page.click("#save").await;
        page.reads("#fault-heading", "No edit fails").await;
        let saved = &world.shown(&id).await["message"]["CustSoldTo"];
        assert_eq!(
            (&saved["cst_city"], &saved["cst_fname"]),
            (&json!("Westborough"), &json!("Juliette"))
        );
        page.open_request(&other).await;
        page.reads("#unsaved", "1 unsaved change").await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_unsaved_form_survives_a_sign_in_that_is_put_off_and_one_that_is_broken_off() {
    let Some(installed) = provider::installed("broken off") else { return };
    with_page("broken off", async move |page| {
        let world = World::new().await;
        let id = world.refused(&person(&json!({ "cst_city": null }))).await;
        let (deployed, mut provider) = world.signing_in(&installed, AUDIENCE).await;
        sign_in(&page, &deployed, 1).await;
        ended(&page, &mut provider, &id).await;
        page.click("#sign-in-cancel").await;
        page.sees("#outcome .panel[data-kind=\"bad\"]").await;
        assert_eq!(page.value("document.querySelector('#cst_city').value").await, "Westborough");
        page.click("#save").await;
        page.click("#sign-in-start").await;
        page.arrives("#deny").await;
        page.click("#deny").await;
        page.arrives("#sign-in-dialog").await;
        let reason = page.text("#sign-in-reason").await;
        assert!(reason.contains("refused or broken off"), "{reason}");
        page.reads("#sign-in-note", "Your 2 unsaved changes will still be here afterwards.").await;
        page.click("#sign-in-start").await;
        as_whom(&page, "anna").await;
        page.until(&format!("document.querySelector('#request-view').dataset.id === '{id}'")).await;
        assert_eq!(page.value("document.querySelector('#cst_city').value").await, "Westborough");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_that_belongs_to_no_sign_in_or_cannot_be_had_is_said_in_a_sentence() {
    let Some(installed) = provider::installed("answers") else { return };
    with_page("answers", async move |page| {
        let world = World::new().await;
        let (deployed, mut provider) = world.signing_in(&installed, AUDIENCE).await;
        let forged = format!("{}?code=stolen&state=forged", deployed.console());
        page.open(&forged).await;
        page.sees("#sign-in-dialog").await;
        let reason = page.text("#sign-in-reason").await;
        assert!(reason.contains("belongs to no sign-in of this tab"), "{reason}");
        assert_eq!(page.value("location.href").await, deployed.console());

        page.click("#sign-in-start").await;
        page.arrives("input[name=login]").await;
        page.open(&forged).await;
        page.sees("#sign-in-dialog").await;
        let reason = page.text("#sign-in-reason").await;
        assert!(reason.contains("its state is not the one that was sent"), "{reason}");
        assert_eq!(page.value("Object.keys(sessionStorage)").await, json!([]));

        page.open(&format!("{}?error=server_error&state=x", deployed.console())).await;
        page.sees("#sign-in-dialog").await;
        page.click("#sign-in-cancel").await;
        page.until("document.querySelector('#list-problem').textContent.includes('Nobody is signed in.')").await;

        provider.end().await;
        page.expects("net::ERR_CONNECTION_REFUSED");
        page.reload().await;
        page.click("#sign-in-start").await;
        page.until("document.querySelector('#sign-in-reason').textContent.endsWith('could not be reached.')").await;
        page.reads("#sign-in-start", "Sign in").await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_lacks_the_scope_is_told_so_and_can_sign_out() {
    let Some(installed) = provider::installed("without the scope") else { return };
    with_page("without the scope", async move |page| {
        let world = World::new().await;
        let (deployed, _provider) = world.signing_in(&installed, AUDIENCE).await;
        page.open(&deployed.console()).await;
        page.click("#sign-in-start").await;
        as_whom(&page, "carl").await;
        page.until("document.querySelector('#list-problem').textContent.includes('needs the scope “steward”')").await;
        page.reads("#signed-in-as", "Carl Dryer").await;
        page.sees("#sign-out").await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_deployment_that_refuses_its_own_providers_tokens_says_so_and_goes_in_no_circle() {
    let Some(installed) = provider::installed("another audience") else { return };
    with_page("another audience", async move |page| {
        let world = World::new().await;
        let (deployed, _provider) = world.signing_in(&installed, "another").await;
        page.open(&deployed.console()).await;
        page.click("#sign-in-start").await;
        as_whom(&page, "anna").await;
        page.arrives("#sign-in-dialog").await;
        let reason = page.text("#sign-in-reason").await;
        assert!(reason.contains("another issuer or audience"), "{reason}");
        assert_eq!(refusals(&page).await, 2);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_page_may_call_its_own_origin_and_the_providers_and_nothing_else() {
    let Some(installed) = provider::installed("policy") else { return };
    with_page("policy", async move |page| {
        let world = World::new().await;
        let (deployed, provider) = world.signing_in(&installed, AUDIENCE).await;
        let answer = reqwest::get(deployed.console()).await.expect("the stand answers");
        let policy = answer.headers()["content-security-policy"].to_str().expect("a policy");
        let sources = format!("; connect-src 'self' {};", provider.url);
        assert!(policy.contains(&sources), "{policy}");
        let plain = reqwest::get(world.console()).await.expect("the stand answers");
        let plain = plain.headers()["content-security-policy"].to_str().expect("a policy");
        assert!(plain.contains("; connect-src 'self';"), "{plain}");

        sign_in(&page, &deployed, 0).await;
        // Another origin, of which only the policy keeps the page: it would be answered there.
        page.expects("violates the following Content Security Policy directive");
        page.expects("Fetch API cannot load");
        let script = format!(
            "const asked = (address) => fetch(address, {{ mode: 'no-cors' }}).then(() => 'answered', () => 'refused'); \
             return Promise.all([asked('{}/jwks'), asked('{}')])",
            provider.url,
            world.console()
        );
        assert_eq!(page.run(&script).await, json!(["answered", "refused"]));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sign_in_that_ends_before_two_are_merged_brings_the_steward_back_to_what_was_chosen() {
    let Some(installed) = provider::installed("merge after a sign-in") else { return };
    with_page("merge after a sign-in", async move |page| {
        let world = World::new().await;
        for last_name in ["Robinson", "Robinsen"] {
            world.accepted(&person(&json!({ "cst_lname": last_name, "cst_duplicate": "N" }))).await;
        }
        let (deployed, mut provider) = world.signing_in(&installed, AUDIENCE).await;
        sign_in(&page, &deployed, 0).await;
        page.reads("#signed-in-as", "Anna Okafor").await;
        page.run("location.hash = '#/possible-duplicates/1/2'").await;
        page.sees("#pair-view[data-ready] .value-row[data-name=\"cst_lname\"]").await;
        page.click(".value-row[data-name=\"cst_lname\"] [data-side=\"loser\"]").await;
        page.reads(".value-row[data-name=\"cst_lname\"] .after ins", "Robinsen").await;
        page.until("!document.querySelector('#pair-actions').hasAttribute('aria-busy')").await;
        provider.pass(24).await;
        page.expects("/token - Failed to load resource: the server responded with a status of 400");
        page.expects("/merge - Failed to load resource: the server responded with a status of 401");
        page.press(&['m']).await;
        page.reads("#sign-in-reason", "Your sign-in has ended.").await;
        // The key is not for the page behind the dialog.
        page.press(&['m']).await;
        page.click("#sign-in-start").await;
        as_whom(&page, "anna").await;
        page.sees("#pair-view[data-ready]").await;
        page.reads(".value-row[data-name=\"cst_lname\"] .after ins", "Robinsen").await;
        page.press(&['m']).await;
        page.until(
            "document.querySelector('#last-decision').textContent.includes('was merged into')",
        )
        .await;
        let (_, merged) = world.ask(Method::GET, "/customers/1", &Value::Null).await;
        assert_eq!(merged["CustSoldTo"]["cst_lname"], "Robinsen");
        assert_eq!(merged["absorbed"], json!(["000000002"]));
    })
    .await;
}
