#!/usr/bin/env bash
# Lints template.yaml and samconfig.toml as they are deployed: sam's own validation, cfn-lint, and checkov's security rules.
#
# An exception stands in the template beside what it excepts, with its reason; none is made here. The three come from PyPI, each at a
# pinned version, in two environments under target/tools (they need different versions of the same libraries). Nothing here asks an
# AWS account or any other service.
set -euo pipefail
cd "$(dirname "$0")/../.."
source .ci/tools/python-tool.sh

sam_version=1.170.0 cfn_lint_version=1.58.0 checkov_version=3.3.30
sam=$(python_tool "aws-sam-cli==$sam_version" "cfn-lint==$cfn_lint_version")
checkov=$(python_tool "checkov==$checkov_version")

export SAM_CLI_TELEMETRY=0 AWS_DEFAULT_REGION=eu-west-1
for stage in dev stage prod; do
    "$sam/sam" validate --lint --template template.yaml --config-env "$stage"
done
"$sam/cfn-lint" template.yaml
transformed=$("$sam/python" .ci/tools/transform-template.py "${CARGO_TARGET_DIR:-target}/tools/transformed")
# W2001: SAM puts some parameters' values in, and then nothing refers to them.
# shellcheck disable=SC2086
"$sam/cfn-lint" --ignore-checks W2001 -- $transformed
"$checkov/checkov" --file template.yaml --framework cloudformation --compact --quiet --skip-download
echo "template.yaml: sam validate --lint, cfn-lint and checkov found nothing"
