"""A stage in the emulated account: deployed by `sam deploy` with samconfig.toml as it stands, but for the issuer; asked, changed, and deleted again."""

import json
import subprocess

import template as templates
from account import REGION
from botocore.exceptions import WaiterError
from rights import Role

DEPLOYED_WITHIN = 180
# The partition of the counter of customer numbers: functions that are warm have taken numbers from it.
COUNTER = "COUNTER#CUSTOMER"


class Failed(Exception):
    """Something of the deployment is not as it must be."""


class Stage:
    """A stack of this name in the account."""

    def __init__(self, account, gate, issuer, folder, stack="customer-master-dev"):
        self.account, self.gate, self.issuer, self.folder, self.stack = account, gate, issuer, folder, stack
        self.cloudformation = account.client("cloudformation")
        self.outputs = {}
        self.resources = {}

    def run(self, *command):
        done = subprocess.run(command, cwd=self.folder, env=self.account.asked_by(), capture_output=True, text=True, timeout=DEPLOYED_WITHIN)
        if done.returncode != 0:
            raise Failed(f"{command[1]} {command[2]}:\n{done.stdout[-6000:]}\n{done.stderr[-3000:]}")

    def deploy(self, sam, template, **overrides):
        """`sam deploy --config-env dev`, with these parameters beside the stage's own."""
        with open("samconfig.toml", encoding="utf-8") as file:
            settings = file.read()
        # What is empty needs quotes to be taken.
        given = [f"Issuer={self.issuer.name}"] + [f"{name}=" + (value or "''") for name, value in overrides.items()]
        settings = settings.replace('"Issuer=https://login.example.com/dev/",', "".join(f'"{one}",' for one in given), 1)
        (self.folder / "samconfig.toml").write_text(settings)
        (self.folder / "template.json").write_text(json.dumps(templates.for_the_account(template, self.stack, self.gate), default=str, indent=1))
        self.run(sam, "deploy", "--config-env", "dev", "--template-file", "template.json")
        self.refresh()

    def deploy_packages_of(self, other, template, **parameters):
        """This stack from another template, with the packages that a stack has: what `sam deploy` does, without its packing. A stack that is there
        keeps its parameters."""
        packaged = self.cloudformation.get_template(StackName=other.stack, TemplateStage="Original")["TemplateBody"]
        packaged = packaged if isinstance(packaged, dict) else templates.yaml_parse(packaged)
        changed = templates.for_the_account(template, self.stack, self.gate)
        for name in templates.functions(template):
            changed["Resources"][name]["Properties"]["CodeUri"] = packaged["Resources"][name]["Properties"]["CodeUri"]
        s3 = self.account.client("s3")
        bucket = next(one["Name"] for one in s3.list_buckets()["Buckets"] if one["Name"].startswith("aws-sam-cli-managed"))
        s3.put_object(Bucket=bucket, Key=f"{self.stack}/changed.template", Body=json.dumps(changed, default=str).encode())
        asked = {
            "StackName": self.stack,
            "TemplateURL": f"{self.account.url}/{bucket}/{self.stack}/changed.template",
            "Capabilities": ["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"],
        }
        if self.resources:
            asked["Parameters"] = [{"ParameterKey": name, "UsePreviousValue": True} for name in template["Parameters"]]
            self.cloudformation.update_stack(**asked)
            done = "stack_update_complete"
        else:
            asked["Parameters"] = [{"ParameterKey": name, "ParameterValue": value} for name, value in parameters.items()]
            self.cloudformation.create_stack(**asked)
            done = "stack_create_complete"
        try:
            self.cloudformation.get_waiter(done).wait(StackName=self.stack, WaiterConfig={"Delay": 1, "MaxAttempts": DEPLOYED_WITHIN})
        except WaiterError as error:
            raise Failed(f"{self.stack} is not deployed: {error}") from error
        self.refresh()

    def refresh(self):
        """Learns what there is now, and opens the gate for the functions' calls by their roles."""
        stack = self.cloudformation.describe_stacks(StackName=self.stack)["Stacks"][0]
        self.outputs = {one["OutputKey"]: one["OutputValue"] for one in stack.get("Outputs", [])}
        pages = self.cloudformation.get_paginator("list_stack_resources").paginate(StackName=self.stack)
        self.resources = {one["LogicalResourceId"]: one["PhysicalResourceId"] for page in pages for one in page["StackResourceSummaries"]}
        lambda_client, iam = self.account.client("lambda"), self.account.client("iam")
        for name, package in templates.functions(templates.read()).items():
            settings = lambda_client.get_function_configuration(FunctionName=self.resources[name], Qualifier="live")
            role = settings["Role"].rsplit("/", 1)[-1]
            account = settings["Role"].split(":")[4]
            policies = [iam.get_role_policy(RoleName=role, PolicyName=policy)["PolicyDocument"] for policy in iam.list_role_policies(RoleName=role)["PolicyNames"]]
            if iam.list_attached_role_policies(RoleName=role)["AttachedPolicies"]:
                raise Failed(f"{name} has a policy that is not in the template.")
            self.gate.open(self.stack, name, Role(f"{name}Role", policies, f"arn:aws:dynamodb:{REGION}:{account}:table/"))
            self.gate.functions[self.stack, package] = self.resources[name]

    @property
    def url(self):
        """Where the API answers: the emulator's own address for it."""
        return f"{self.account.url}/_aws/execute-api/{self.resources['Api']}/$default"

    @property
    def table(self):
        return self.outputs["TableName"]

    def variables(self, function):
        """The variables of the version of a function that is live."""
        settings = self.account.client("lambda").get_function_configuration(FunctionName=self.resources[function], Qualifier="live")
        return settings["Environment"]["Variables"]

    def empty(self, but=()):
        """Takes every item out of the table, but for those of these partitions. The customer numbers begin anew: whoever follows the changes may write late of what was there,
        and a table that was used and has no counter is one that lost it."""
        database = self.account.client("dynamodb")
        for page in database.get_paginator("scan").paginate(TableName=self.table, ProjectionExpression="pk, sk"):
            for key in page["Items"]:
                if key["pk"]["S"] not in but:
                    database.delete_item(TableName=self.table, Key=key)
        if COUNTER not in but:
            for sort_key, numbers in (("COUNTER", {"count": "0", "ceiling": "100000"}), ("COPY", {"ceiling": "100000"})):
                item = {"pk": {"S": COUNTER}, "sk": {"S": sort_key}, **{name: {"N": number} for name, number in numbers.items()}}
                database.put_item(TableName=self.table, Item=item)

    def items(self):
        database = self.account.client("dynamodb")
        return sum(page["Count"] for page in database.get_paginator("scan").paginate(TableName=self.table, Select="COUNT"))

    def delete(self, sam):
        """`sam delete`."""
        self.run(sam, "delete", "--stack-name", self.stack, "--region", REGION, "--no-prompts")
