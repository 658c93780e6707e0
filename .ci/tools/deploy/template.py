"""The template as the emulated account can take it: template.yaml, without what LEFT_OUT names and with what PUT_IN names, each with its reason.

Nothing else is changed. Every entry of LEFT_OUT comes with a probe, which finds out whether the emulator has learned it since.
"""

import copy
import json
import logging
import os
import pathlib
import re

from account import REGION
from botocore.exceptions import ClientError, WaiterError

os.environ.setdefault("AWS_DEFAULT_REGION", REGION)

from samcli.yamlhelper import yaml_parse  # noqa: E402  (it wants a region when it is imported)
from samtranslator.translator.transform import transform  # noqa: E402

# It warns that nobody publishes its own metrics.
logging.getLogger("samtranslator.metrics.metrics").setLevel(logging.ERROR)

FUNCTION = "AWS::Serverless::Function"


def read():
    return yaml_parse(pathlib.Path("template.yaml").read_text())


def functions(template):
    """The functions that are ours: the logical name of each, with its package's."""
    named = {name: resource["Properties"]["CodeUri"] for name, resource in template["Resources"].items() if resource["Type"] == FUNCTION}
    return {name: pathlib.PurePath(uri).name for name, uri in named.items()}


# ---- What is left out ------------------------------------------------------------------------------------------------------------------


def without_code_deploy(template):
    for resource in template["Resources"].values():
        if resource["Type"] == FUNCTION:
            resource["Properties"].pop("DeploymentPreference", None)


def without_metric_math(template):
    resources = template["Resources"]
    for name in [name for name, resource in resources.items() if resource["Type"] == "AWS::CloudWatch::Alarm" and "Metrics" in resource["Properties"]]:
        del resources[name]


def without_archive(template):
    del template["Resources"]["Archive"]
    del template["Outputs"]["ArchiveArn"]


def accepts(account, resources, name="probe"):
    """Whether the account makes a stack of these resources; it is deleted again."""
    client = account.client("cloudformation")
    try:
        client.create_stack(StackName=name, TemplateBody=json.dumps({"Resources": resources}), OnFailure="DELETE")
        client.get_waiter("stack_create_complete").wait(StackName=name, WaiterConfig={"Delay": 1, "MaxAttempts": 30})
    except (ClientError, WaiterError):
        return False
    client.delete_stack(StackName=name)
    return True


def knows_code_deploy(account):
    return accepts(account, {"Application": {"Type": "AWS::CodeDeploy::Application", "Properties": {"ComputePlatform": "Lambda"}}}, "probe-code-deploy")


def knows_metric_math(account):
    stat = {"Metric": {"Namespace": "Probe", "MetricName": "Probe"}, "Stat": "Sum", "Period": 60}
    metrics = [{"Id": "a", "Expression": "b * 2", "ReturnData": True}, {"Id": "b", "ReturnData": False, "MetricStat": stat}]
    alarm = {"Metrics": metrics, "EvaluationPeriods": 1, "Threshold": 1, "ComparisonOperator": "GreaterThanThreshold"}
    return accepts(account, {"Alarm": {"Type": "AWS::CloudWatch::Alarm", "Properties": alarm}}, "probe-metric-math")


def knows_archives(account):
    bus = {"Type": "AWS::Events::EventBus", "Properties": {"Name": "probe"}}
    archive = {"Type": "AWS::Events::Archive", "Properties": {"SourceArn": {"Fn::GetAtt": ["Bus", "Arn"]}}}
    return accepts(account, {"Bus": bus, "Archive": archive}, "probe-archive")


# What is left out of the template: its name, the reason, how it is left out, and whether the emulator knows it after all.
LEFT_OUT = [
    ("CodeDeploy", "The emulator has no CodeDeploy, so every deployment goes out at once, as in dev.", without_code_deploy, knows_code_deploy),
    ("metric math", "An alarm there is about one metric.", without_metric_math, knows_metric_math),
    ("the archive", "Its CloudFormation knows no archive of a bus.", without_archive, knows_archives),
]


# ---- What is put in --------------------------------------------------------------------------------------------------------------------


def with_routes(template):
    """The routes, integrations and the authorizer of the API's OpenAPI body, which SAM writes, as resources of their own."""
    transformed = copy.deepcopy(template)
    for resource in transformed["Resources"].values():
        if resource["Type"] == FUNCTION:
            resource["Properties"]["CodeUri"] = "s3://packages/function.zip"
    values = {name: parameter.get("Default") for name, parameter in transformed["Parameters"].items()}
    body = transform(transformed, values, NoManagedPolicies())["Resources"]["Api"]["Properties"]["Body"]
    resources = template["Resources"]
    for name, scheme in body["components"]["securitySchemes"].items():
        told = scheme["x-amazon-apigateway-authorizer"]
        settings = told["jwtConfiguration"]
        resources[f"Authorizer{name}"] = {
            "Type": "AWS::ApiGatewayV2::Authorizer",
            "Properties": {
                "ApiId": {"Ref": "Api"},
                "Name": name,
                "AuthorizerType": told["type"].upper(),
                "IdentitySource": [told["identitySource"]],
                "JwtConfiguration": {"Issuer": settings["issuer"], "Audience": settings["audience"]},
            },
        }
    for path, operations in body["paths"].items():
        for method, operation in operations.items():
            told = operation["x-amazon-apigateway-integration"]
            name = "Route" + "".join(part.capitalize() for part in re.findall(r"\w+", f"{method} {path}"))
            resources[f"{name}Integration"] = {
                "Type": "AWS::ApiGatewayV2::Integration",
                "Properties": {
                    "ApiId": {"Ref": "Api"},
                    "IntegrationType": told["type"].upper(),
                    "IntegrationUri": told["uri"],
                    "IntegrationMethod": told["httpMethod"],
                    "PayloadFormatVersion": told["payloadFormatVersion"],
                    "TimeoutInMillis": told["timeoutInMillis"],
                },
            }
            route = {
                "ApiId": {"Ref": "Api"},
                "RouteKey": f"{method.upper()} {path}",
                "Target": {"Fn::Sub": f"integrations/${{{name}Integration}}"},
            }
            for requirement in operation.get("security", []):
                ((scheme, scopes),) = requirement.items()
                if scheme != "NONE":
                    route |= {"AuthorizationType": "JWT", "AuthorizerId": {"Ref": f"Authorizer{scheme}"}, "AuthorizationScopes": scopes}
            resources[name] = {"Type": "AWS::ApiGatewayV2::Route", "Properties": route}


def knows_openapi_body(account):
    operation = {"responses": {}, "x-amazon-apigateway-integration": {"type": "http_proxy", "uri": "http://127.0.0.1/", "httpMethod": "GET", "payloadFormatVersion": "1.0"}}
    body = {"openapi": "3.0.1", "info": {"title": "probe", "version": "1"}, "paths": {"/probe": {"get": operation}}}
    client = account.client("cloudformation")
    resources = {"Api": {"Type": "AWS::ApiGatewayV2::Api", "Properties": {"Body": body}}}
    try:
        client.create_stack(StackName="probe-body", TemplateBody=json.dumps({"Resources": resources}))
        client.get_waiter("stack_create_complete").wait(StackName="probe-body", WaiterConfig={"Delay": 1, "MaxAttempts": 30})
        api = client.describe_stack_resource(StackName="probe-body", LogicalResourceId="Api")["StackResourceDetail"]["PhysicalResourceId"]
        return bool(account.client("apigatewayv2").get_routes(ApiId=api)["Items"])
    except (ClientError, WaiterError):
        return False
    finally:
        client.delete_stack(StackName="probe-body")


def knows_leading_keys(account):
    """The condition keys that it reads of a call; `dynamodb:LeadingKeys` would be among them."""
    import_it = "__import__('ministack.core.iam_actions', fromlist=['x'])"
    keys = account.emulator_says(import_it + """.dynamodb_service_context(b'{"TableName": "t", "Key": {"pk": {"S": "a"}}}')""")
    return "leadingkeys" in keys.lower()


def brings_cfnresponse(account):
    return account.emulator_says("__import__('importlib.util').util.find_spec('cfnresponse') is not None") == "True"


# What this check does in the emulator's place: its name, the reason, and whether the emulator can do it by now.
PUT_IN = [
    ("routes as resources", "The emulator does not read the OpenAPI body of an HTTP API.", knows_openapi_body),
    ("rights judged at the gate", "The emulator's IAM does not know dynamodb:LeadingKeys.", knows_leading_keys),
    ("the module cfnresponse", "The emulator does not bring what Lambda gives to inline functions.", brings_cfnresponse),
]


class NoManagedPolicies:
    """The template's roles are its own, so no managed policy is asked for by name."""

    def load(self):
        return {}


def for_the_account(template, stack, gate):
    """A template, as the emulated account takes it for a stack of this name."""
    template = copy.deepcopy(template)
    for _, _, leave_out, _ in LEFT_OUT:
        leave_out(template)
    with_routes(template)
    for name in functions(template):
        # A function finds an emulated database by this variable alone, and the gate knows the function by it.
        variables = template["Resources"][name].setdefault("Properties", {}).setdefault("Environment", {}).setdefault("Variables", {})
        variables["AWS_ENDPOINT_URL_DYNAMODB"] = gate.database_of(stack, name)
        if "EVENT_BUS" in variables:
            variables["AWS_ENDPOINT_URL_EVENTBRIDGE"] = gate.account.url
    return template


def learned(account):
    """What the emulator knows by now, so that nothing need be left out or put in for it."""
    for name, _, _, knows in LEFT_OUT:
        if knows(account):
            yield name
    for name, _, knows in PUT_IN:
        if knows(account):
            yield name
