//! What CreateUserPool makes: the trigger that writes scopes and dealer codes into access tokens, and the settings of the console's client,
//! each run as it stands in the template. The runtime on AWS is Python; without `python3` here these tests say that they were skipped, and
//! `PYTHON=required` makes that a failure.

use std::collections::HashMap;
use std::env;
use std::io::Write as _;
use std::process::{Command, Stdio};

use api::caller::{Caller, Scope};
use domain::dealer::DealerCode;
use serde_json::{Value, json};

use crate::template::{part, read, text};

/// Runs a function of the template after `before`, and returns what the expression then comes to.
pub(crate) fn run(function: &str, before: &str, expression: &str, event: &Value) -> Option<Value> {
    let code = text(&read(), &format!("/Resources/{function}/Properties/Code/ZipFile")).to_owned();
    let script = format!(
        "import json, sys\n{before}\n{code}\nevent = json.load(sys.stdin)\nprint(json.dumps({expression}))\n"
    );
    let child = Command::new("python3")
        .args(["-c", &script])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn();
    let Ok(mut child) = child else {
        assert!(env::var("PYTHON").as_deref() != Ok("required"), "python3 cannot be run");
        writeln!(std::io::stderr(), "SKIPPED {function}: python3 is not installed").expect("there");
        return None;
    };
    child.stdin.take().expect("a pipe").write_all(event.to_string().as_bytes()).expect("written");
    let output = child.wait_with_output().expect("an end");
    assert!(output.status.success(), "{function} failed");
    Some(serde_json::from_slice(&output.stdout).expect("JSON"))
}

/// The event that Cognito sends before it makes a token.
fn signing_in(groups: &Value, attributes: &Value) -> Value {
    json!({
        "version": "2", "triggerSource": "TokenGeneration_HostedAuth", "region": "eu-west-1", "userPoolId": "eu-west-1_A", "userName": "u",
        "callerContext": { "awsSdkVersion": "x", "clientId": "console" },
        "request": {
            "userAttributes": attributes, "scopes": ["openid", "email"],
            "groupConfiguration": { "groupsToOverride": groups, "iamRolesToOverride": [], "preferredRole": null }
        },
        "response": { "claimsAndScopeOverrideDetails": null }
    })
}

/// What the access token gets, of scopes and of claims.
fn access(groups: &Value, attributes: &Value) -> Option<Value> {
    let event = signing_in(groups, attributes);
    let answer = run("TokenTrigger", "", "handler(event, None)", &event)?;
    assert_eq!(answer["request"], event["request"]);
    Some(answer["response"]["claimsAndScopeOverrideDetails"]["accessTokenGeneration"].clone())
}

#[test]
fn groups_become_scopes_and_the_attribute_becomes_the_claim() {
    let attributes = json!({ "sub": "u", "custom:dealer_codes": "TD68 TD69" });
    let groups = json!(["everybody", "steward", "dealer", "eu-west-1_A_Google"]);
    let Some(access) = access(&groups, &attributes) else { return };
    assert_eq!(
        access,
        json!({ "scopesToAdd": ["dealer", "steward"], "claimsToAddOrOverride": { "dealer_codes": "TD68 TD69" } })
    );
    // As Cognito then writes the token, and the functions read it.
    let scopes = "aws.cognito.signin.user.admin openid email dealer steward".to_owned();
    let codes = access["claimsToAddOrOverride"]["dealer_codes"].as_str().expect("codes").to_owned();
    let claims = [("sub", "u".to_owned()), ("scope", scopes), ("dealer_codes", codes)];
    let claims: HashMap<String, String> =
        claims.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    let caller = Caller::from_claims(&claims).expect("a caller");
    let has = Scope::ALL.iter().copied().filter(|scope| caller.has(*scope));
    assert_eq!(has.collect::<Vec<_>>(), [Scope::Dealer, Scope::Steward]);
    for (code, acts) in [("TD68", true), ("TD69", true), ("TD70", false)] {
        assert_eq!(caller.acts_for(&DealerCode::parse(code).expect("a code")), acts, "{code}");
    }
}

#[test]
fn who_is_in_no_group_gets_no_scope_and_who_has_no_codes_gets_no_claim() {
    for (groups, attributes) in [
        (json!([]), json!({ "sub": "u" })),
        (json!(null), json!({ "sub": "u", "custom:dealer_codes": "" })),
        (json!(["stewards", "Steward", "openid"]), json!(null)),
    ] {
        let Some(access) = access(&groups, &attributes) else { return };
        assert_eq!(access, json!({ "scopesToAdd": [] }), "{groups}");
    }
}

#[test]
fn each_group_is_a_scope_that_the_trigger_knows() {
    let template = read();
    let resources = part(&template, "/Resources").as_object().expect("resources have names");
    let groups: Vec<&str> = resources
        .values()
        .filter(|resource| resource["Type"] == "AWS::Cognito::UserPoolGroup")
        .map(|group| group["Properties"]["GroupName"].as_str().expect("a name"))
        .collect();
    assert_eq!(groups.len(), 4);
    let Some(access) = access(&json!(groups), &json!({})) else { return };
    let mut scopes: Vec<&str> = access["scopesToAdd"]
        .as_array()
        .expect("scopes")
        .iter()
        .filter_map(Value::as_str)
        .collect();
    let mut groups = groups;
    scopes.sort_unstable();
    groups.sort_unstable();
    assert_eq!(scopes, groups);
}

/// Stand-ins for what Lambda's runtime has beside the code: they note what they are told.
const RUNTIME: &str = "
import types
told = []
class Cognito:
    def update_user_pool_client(self, **settings):
        if settings['ClientId'] == 'gone':
            raise ValueError('no such client')
        told.append(settings)
sys.modules['boto3'] = types.SimpleNamespace(client=lambda name: Cognito())
def send(event, context, status, data, name=None, noEcho=False, reason=None):
    told.append([status, name, reason])
sys.modules['cfnresponse'] = types.SimpleNamespace(send=send, SUCCESS='SUCCESS', FAILED='FAILED')
";

fn set(kind: &str, client: &str) -> Option<Value> {
    let event = json!({ "RequestType": kind, "ResourceProperties": {
        "ServiceToken": "arn", "UserPoolId": "eu-west-1_A", "ClientId": client, "ConsoleUrl": "https://a.example/console"
    } });
    run("ClientSettings", RUNTIME, "(handler(event, None), told)[1]", &event)
}

#[test]
fn the_consoles_client_comes_back_to_the_console_and_cannot_write_dealer_codes() {
    for kind in ["Create", "Update"] {
        let Some(told) = set(kind, "c") else { return };
        assert_eq!(told[1], json!(["SUCCESS", "c-settings", null]));
        let settings = &told[0];
        assert_eq!(settings["CallbackURLs"], json!(["https://a.example/console"]));
        assert_eq!(settings["LogoutURLs"], settings["CallbackURLs"]);
        assert_eq!(settings["AllowedOAuthFlows"], json!(["code"]));
        assert_eq!(settings["WriteAttributes"], json!(["email"]));
        // The console asks for just these, and the client admits them.
        let asked = read();
        let asked = &part(&asked, "/Resources/FixError/Properties/Environment/Variables")["CONSOLE_SCOPES"]
            ["Fn::If"][1];
        let allowed: Vec<&str> = settings["AllowedOAuthScopes"]
            .as_array()
            .expect("scopes")
            .iter()
            .filter_map(Value::as_str)
            .collect();
        assert_eq!(*asked, json!(allowed.join(" ")));
    }
}

#[test]
fn cloudformation_hears_of_a_failure_and_a_deletion_needs_nothing() {
    let Some(failed) = set("Update", "gone") else { return };
    assert_eq!(failed, json!([["FAILED", "gone-settings", "no such client"]]));
    assert_eq!(set("Delete", "gone"), Some(json!([["SUCCESS", "gone-settings", null]])));
}
