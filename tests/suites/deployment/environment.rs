//! The variables that the template sets are those that the functions read, and its defaults are the code's.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;

use fix_error::SignIn;
use local::controls;
use operations::kit::Master;
use runtime::metrics::{METRICS, NAMESPACE};
use serde_json::{Value, json};

use crate::template::{part, read, text};
use crate::user_pool::run;

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

/// Whatever a value refers to, in a condition too.
fn referred(value: &Value, conditions: &Value, into: &mut BTreeSet<String>) {
    match value {
        Value::Object(object) => {
            into.extend(object.get("Ref").and_then(Value::as_str).map(str::to_owned));
            let condition = object.get("Condition").and_then(Value::as_str);
            let chosen = object.get("Fn::If").and_then(|chosen| chosen[0].as_str());
            for name in condition.into_iter().chain(chosen) {
                referred(&conditions[name], conditions, into);
            }
            object.values().for_each(|value| referred(value, conditions, into));
        }
        Value::Array(array) => array.iter().for_each(|value| referred(value, conditions, into)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[test]
fn every_parameter_of_a_functions_version_is_in_the_digest_that_publishes_it() {
    let template = read();
    let conditions = part(&template, "/Conditions");
    let mut of_versions = BTreeSet::new();
    for pointer in [
        "/Globals/Function/Environment",
        "/Globals/Function/MemorySize",
        "/Globals/Function/Timeout",
        "/Resources/FixError/Properties/Environment",
    ] {
        referred(part(&template, pointer), conditions, &mut of_versions);
    }
    let parameters = part(&template, "/Parameters").as_object().expect("parameters have names");
    of_versions.retain(|name| parameters.contains_key(name));

    let settings = part(&template, "/Resources/Settings/Properties").as_object();
    let settings = settings.expect("settings have names").iter();
    let digested: BTreeSet<String> = settings
        .filter(|(name, _)| !["ServiceToken", "ServiceTimeout"].contains(&name.as_str()))
        .map(|(name, value)| {
            assert_eq!(value["Ref"], name.as_str(), "a setting is called as its parameter");
            name.clone()
        })
        .collect();
    assert_eq!(digested, of_versions);
    for function in ["AssociateDealer", "AddCustomer", "FixError"] {
        let description = format!("/Resources/{function}/Properties/VersionDescription/Fn::Sub");
        assert_eq!(text(&template, &description), "Settings ${Settings.Digest}");
    }
}

#[test]
fn the_digest_changes_with_a_setting_and_with_nothing_else() {
    let digest = |settings: Value| {
        // Lambda's own module, as far as the function uses it.
        let before = "import sys, types\nmodule = types.ModuleType('cfnresponse')\nmodule.SUCCESS = 'SUCCESS'\n\
            sent = []\nmodule.send = lambda *told: sent.append(told[2:])\nsys.modules['cfnresponse'] = module";
        let event = json!({ "RequestType": "Update", "ResourceProperties": settings });
        run("SettingsDigest", before, "[handler(event, None), sent][1]", &event)
    };
    let settings = json!({ "ServiceToken": "arn", "Companies": "1", "DefaultCountry": "" });
    let Some(sent) = digest(settings.clone()) else {
        return;
    };
    assert_eq!((&sent[0][0], &sent[0][2]), (&json!("SUCCESS"), &json!("settings")));
    assert_eq!(sent[0][1]["Digest"].as_str().map(str::len), Some(16), "{sent}");
    let with = |name: &str, value: &str| {
        let mut changed = settings.clone();
        changed[name] = json!(value);
        digest(changed).expect("the first one ran")
    };
    assert_ne!(with("DefaultCountry", "USA"), sent);
    assert_eq!(with("ServiceToken", "another arn"), sent);
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
