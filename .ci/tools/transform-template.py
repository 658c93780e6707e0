"""Turns template.yaml into what CloudFormation gets, once for each stage of samconfig.toml, so that it can be linted as well.

cfn-lint on the template itself does not see what SAM makes of it: a circle through an alias, a role or a deployment group shows only
here. It also holds each stage's overrides against the parameters that they name. It asks no AWS account. Run by lint-template.sh.

usage: transform-template.py FOLDER    writes FOLDER/<stage>.json and prints each name
"""

import json
import os
import pathlib
import re
import sys
import tomllib

from samcli.yamlhelper import yaml_parse
from samtranslator.translator.transform import transform


class NoManagedPolicies:
    """The template's roles are its own, so no managed policy is asked for by name."""

    def load(self):
        return {}


def overrides(stage):
    return dict(one.split("=", 1) for one in stage["deploy"]["parameters"]["parameter_overrides"])


def faults(parameters, given):
    for name, value in given.items():
        parameter = parameters.get(name)
        if parameter is None:
            yield f"{name} is no parameter of the template"
        elif not re.fullmatch(parameter.get("AllowedPattern", ".*"), value):
            yield f"{name}={value} does not match {parameter['AllowedPattern']}"
        elif value not in map(str, parameter.get("AllowedValues", [value])):
            yield f"{name}={value} is none of {parameter['AllowedValues']}"
    for name, parameter in parameters.items():
        if "Default" not in parameter and name not in given:
            yield f"{name} has neither a default nor a value"


def main():
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    os.environ.setdefault("AWS_DEFAULT_REGION", "eu-west-1")
    stages = {name: table for name, table in tomllib.loads(pathlib.Path("samconfig.toml").read_text()).items() if isinstance(table, dict)}
    for name, stage in stages.items():
        template = yaml_parse(pathlib.Path("template.yaml").read_text())
        given = overrides(stage)
        if found := list(faults(template["Parameters"], given)):
            sys.exit(f"samconfig.toml, {name}: " + "; ".join(found))
        for resource in template["Resources"].values():
            if resource["Type"] == "AWS::Serverless::Function":
                # `sam deploy` uploads the folder and puts such an address in its place.
                resource["Properties"]["CodeUri"] = "s3://packages/function.zip"
        values = {parameter: given.get(parameter, told.get("Default")) for parameter, told in template["Parameters"].items()}
        path = folder / f"{name}.json"
        path.write_text(json.dumps(transform(template, values, NoManagedPolicies()), indent=1, default=str))
        print(path)


if __name__ == "__main__":
    main()
