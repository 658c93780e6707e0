//! The variables that the template sets are those that the functions read, and its defaults are the code's.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;

use fix_error::SignIn;
use local::controls;
use operations::kit::Master;
use runtime::metrics::{METRICS, NAMESPACE};
use serde_json::Value;

use crate::template::{part, read, text};

/// The variables that the template sets, each with the default of the parameter that it shows, where it shows one.
fn deployed() -> BTreeMap<String, Option<String>> {
    let template = read();
    let variables = part(&template, "/Globals/Function/Environment/Variables");
    let variables = variables.as_object().expect("variables have names");
    variables
        .iter()
        .map(|(name, value)| {
            let parameter = value["Ref"].as_str();
            let default = parameter.map(|parameter| {
                let default = part(&template, &format!("/Parameters/{parameter}/Default"));
                default.as_str().expect("a default is a text").to_owned()
            });
            (name.clone(), default)
        })
        .collect()
}

#[tokio::test]
async fn the_template_sets_the_variables_that_the_functions_read() {
    let asked = Mutex::new(BTreeSet::new());
    let variable = |name: &str| {
        asked.lock().expect("no panic before").insert(name.to_owned());
        None
    };
    let sentence = Master::open(variable).await.expect_err("without a secret there is no master");
    assert!(sentence.starts_with("KEY_SECRET"), "{sentence}");
    let opened = Master::open(controls::with_secret(variable));
    let sentence = opened.await.expect_err("without a table there is no master");
    assert!(sentence.starts_with("TABLE_NAME"), "{sentence}");
    let asked = asked.into_inner().expect("no panic before");
    let deployed: BTreeSet<String> = deployed().into_keys().collect();
    assert_eq!(deployed, asked);
}

#[test]
fn the_templates_defaults_are_the_controls_own() {
    let deployed = deployed();
    let controls = controls::read(|name| deployed.get(name).cloned().flatten());
    let controls = controls.expect("the defaults are good controls");
    assert_eq!(format!("{controls:?}"), format!("{:?}", controls::default()));
}

#[test]
fn the_template_tells_the_console_how_to_sign_in_by_the_variables_that_it_reads() {
    let template = read();
    let variables = part(&template, "/Resources/FixError/Properties/Environment/Variables");
    let deployed: BTreeSet<&str> =
        variables.as_object().expect("variables have names").keys().map(String::as_str).collect();
    let asked = Mutex::new(BTreeSet::new());
    let none = SignIn::read(|name| {
        asked.lock().expect("no panic before").insert(name.to_owned());
        None
    });
    none.expect("nothing set is nothing bad");
    let asked = asked.into_inner().expect("no panic before");
    assert_eq!(deployed, asked.iter().map(String::as_str).collect());

    // The template's own scopes are those that are asked for where none are set.
    let with = |scopes: Option<&str>| {
        let sign_in = SignIn::read(|name| match name {
            "CONSOLE_CLIENT_ID" => Some("console".to_owned()),
            "CONSOLE_ISSUER" => Some("https://login.example.com".to_owned()),
            "CONSOLE_SCOPES" => scopes.map(str::to_owned),
            _ => None,
        });
        format!("{:?}", sign_in.expect("good settings"))
    };
    let default = text(&template, "/Parameters/ConsoleScopes/Default");
    assert_eq!(with(Some(default)), with(None));
}

#[test]
fn each_control_has_a_parameter_with_a_help_text() {
    let template = read();
    let variables = part(&template, "/Globals/Function/Environment/Variables");
    for (name, value) in variables.as_object().expect("variables have names") {
        if ["TABLE_NAME", "KEY_SECRET"].contains(&name.as_str()) {
            continue;
        }
        let parameter = value["Ref"].as_str().expect("a control is a parameter");
        let help = part(&template, &format!("/Parameters/{parameter}/Description"));
        assert!(help.as_str().is_some_and(|text| !text.is_empty()), "{parameter}");
    }
}

#[test]
fn the_secret_is_generated_outlives_the_stack_and_reaches_the_functions() {
    let template = read();
    let variable = part(&template, "/Globals/Function/Environment/Variables/KEY_SECRET/Fn::Sub");
    assert_eq!(variable, "{{resolve:secretsmanager:${KeySecret}:SecretString}}");
    let secret = part(&template, "/Resources/KeySecret");
    assert_eq!(
        (&secret["DeletionPolicy"], &secret["UpdateReplacePolicy"]),
        (&"Retain".into(), &"Retain".into())
    );
    let length = part(secret, "/Properties/GenerateSecretString/PasswordLength").as_u64();
    assert!(length >= Some(domain::secret::MIN_SECRET_BYTES as u64), "{length:?}");
}

/// The names of the metrics that alarms and dashboard watch in the functions' own namespace.
#[test]
fn the_metrics_that_are_watched_are_written_by_the_functions() {
    fn watched(of: &Value, names: &mut BTreeSet<String>) {
        match of {
            Value::Object(object) => {
                if object.get("Namespace") == Some(&Value::from(NAMESPACE)) {
                    names.extend(object["MetricName"].as_str().map(str::to_owned));
                }
                object.values().for_each(|value| watched(value, names));
            }
            Value::Array(array) => array.iter().for_each(|value| watched(value, names)),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
    let mut names = BTreeSet::new();
    watched(part(&read(), "/Resources"), &mut names);
    assert!(names.contains("Busy"), "{names:?}");
    for name in names {
        assert!(
            METRICS.iter().any(|metric| metric.name == name),
            "{name} is watched and not written"
        );
    }
}
