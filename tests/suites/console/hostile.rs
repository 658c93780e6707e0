//! Names from outside are text everywhere, whatever is in them.

use reqwest::Method;
use serde_json::{Value, json};

use crate::browser::with_page;
use crate::world::{World, person};

/// Thirty last names that somebody might send.
fn names() -> Vec<String> {
    let names = [
        "<script>globalThis.ran = true</script>",
        "</script><script>globalThis.ran = true</script>",
        "<img src=x onerror=\"globalThis.ran = true\">",
        "<svg onload=globalThis.ran=true>",
        "<svg><animate onbegin=alert(1) attributeName=x></svg>",
        "\"><b onmouseover=alert(1)>bold</b>",
        "' onfocus='alert(1)' autofocus='",
        "javascript:alert(1)",
        "<a href=\"javascript:alert(1)\">x</a>",
        "<iframe srcdoc=\"<script>alert(1)</script>\"></iframe>",
        "<style>*{display:none}</style>",
        "<!-- comment",
        "]]><x/><![CDATA[",
        "&lt;b&gt;&amp;&#x3c;",
        "{{constructor.constructor('alert(1)')()}}",
        "${alert(1)}`${7*7}`",
        "<%= 7 * 7 %>",
        "#{7*7} %{7*7} $(reboot) `id`",
        "Robert'); DROP TABLE customers;--",
        "\u{202e}nosnibor",
        "a\u{200b}b\u{feff}c\u{2066}d",
        "عبد الله <b>ב</b>",
        "👩\u{200d}👩\u{200d}👧\u{200d}👦 🏴‍☠️",
        "Z̴̡̛a̷͠l̸͝g̶̛o̸͘",
        "__proto__",
        "constructor",
        "null",
        "../../etc/passwd",
        "=HYPERLINK(\"http://x.example\",\"y\")",
    ];
    let long = "W".repeat(100);
    names.iter().map(|name| (*name).to_owned()).chain([long]).collect()
}

/// What markup from outside could have left in the page.
const MARKUP: &str = "main img, main script, main iframe, main svg, main style, main b, main object, main x, main animate, main a[href^=javascript], [onerror], [onload], [onfocus], [onmouseover]";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn thirty_hostile_names_are_shown_as_text_in_list_form_comparison_and_history() {
    with_page("hostile names", async |page| {
        let world = World::new().await;
        let mut ids = Vec::new();
        for name in names() {
            let others = json!({ "cst_fname": null, "cst_lname": name, "cst_city": null });
            let id = world.refused(&person(&others)).await;
            // What a steward wrote is no better than what came.
            let patch = json!({ "cst_job_title": name });
            let (status, answer) = world.ask(Method::PATCH, &format!("/errors/{id}"), &patch).await;
            assert_eq!(status, 200, "{answer}");
            ids.push(id);
        }
        assert_eq!(ids.len(), 30);
        page.open_list(&world.console(), 30).await;
        page.looks((1280, 900), "light").await;
        page.picture("hostile-list").await;
        for (id, name) in ids.iter().zip(names()) {
            let listed = page.text(&format!("#errors .row[data-id=\"{id}\"] a.open")).await;
            assert_eq!(listed, name);
            page.open_request(id).await;
            let seen = page.run(
                "const text = (selector) => document.querySelector(selector).textContent; \
                 return [text('#request-heading bdi'), document.querySelector('#cst_lname').value, document.querySelector('#cst_job_title').value, \
                 text('#compare-table tr[data-attribute=\"cst_lname\"] td'), text('#compare-table tr[data-attribute=\"cst_job_title\"] ins'), \
                 text('#history > li[data-what=\"corrected\"] ins')]",
            )
            .await;
            assert_eq!(seen, Value::from(vec![name.clone(); 6]), "{name}");
            let raw = page.text("#raw-body").await;
            assert_eq!(Value::from(raw), world.shown(id).await["received"]["body"]);
            assert_eq!(page.count(MARKUP).await, 0, "{name}");
        }
        assert_eq!(page.value("globalThis.ran === undefined && document.querySelectorAll('script').length === 1").await, true);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hostile_xml_message_and_hostile_duplicates_are_text_as_well() {
    with_page("hostile XML", async |page| {
        let world = World::new().await;
        let name = "<img src=x onerror=alert(1)>";
        world.accepted(&person(&json!({ "cst_lname": name }))).await;
        let body = "<?xml version=\"1.0\"?><Message type=\"CWCustomerIn\"><CustSoldTo cst_send_response=\"Y\" cst_duplicate=\"Y\" cst_fname=\"Julie\" \
                    cst_lname=\"&lt;img src=x onerror=alert(1)&gt;\" cst_street_addr=\"100 Example Street\" cst_state=\"MA\" cst_zip=\"01581\" cst_country=\"USA\" \
                    cst_email_status=\"O1\"/></Message>";
        let id = world.refused_xml(body).await;
        page.open_list(&world.console(), 1).await;
        page.open_request(&id).await;
        assert_eq!(page.text("#compare-table tr[data-attribute=\"cst_lname\"] td").await, name);
        assert_eq!(page.text("#raw-body").await, body);
        page.enter("#cst_city", "Westborough").await;
        page.click("#reprocess").await;
        page.sees("#duplicates").await;
        let shown = page.text("#duplicates tr[data-attribute=\"cst_lname\"]").await;
        assert_eq!(shown.matches(name).count(), 2, "{shown}");
        assert_eq!(page.count(MARKUP).await, 0);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hostile_pair_is_text_in_the_worklist_and_side_by_side() {
    with_page("hostile pair", async |page| {
        let world = World::new().await;
        let mut following = world.following().await;
        let name = "<img src=x onerror=\"globalThis.ran = true\">";
        for first_name in ["Julie", "Juliet"] {
            let others = json!({ "cst_fname": first_name, "cst_lname": name, "cst_job_title": name, "cst_language": first_name, "cst_duplicate": "N" });
            world.accepted(&person(&others)).await;
        }
        following.drain().await.expect("the stream is read");
        page.visit(&format!("{}#/possible-duplicates", world.console())).await;
        page.reads("#pairs > .row a.open", &format!("Julie {name}")).await;
        assert_eq!(page.count(MARKUP).await, 0);
        page.click("#pairs > .row a.open").await;
        page.sees("#pair-view[data-ready] .value-row[data-name=\"cst_language\"]").await;
        assert_eq!(page.text("#pair-heading").await, format!("Julie {name} and Juliet {name}"));
        page.press(&['m']).await;
        page.sees("#last-decision .decision").await;
        assert_eq!(page.count(MARKUP).await, 0);
        assert_eq!(page.value("globalThis.ran === undefined && document.querySelectorAll('script').length === 1").await, true);
    })
    .await;
}
