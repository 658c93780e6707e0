#!/usr/bin/env bash
# Writes what each function links, as CycloneDX 1.5 JSON, to target/sbom/<function>.cdx.json: one file for each package that is deployed.
set -euo pipefail
cd "$(dirname "$0")/../.."
source .ci/tools/cargo-tool.sh

cyclonedx=$(cargo_tool cargo-cyclonedx 0.5.9)
folder=${CARGO_TARGET_DIR:-target}/sbom
mkdir -p "$folder"
# The tool writes a file into every member of the workspace; what is not a function's is taken away again.
name=sbom-$$
trap 'find functions shared tests -maxdepth 3 -name "$name.json" -delete' EXIT
"$cyclonedx" cyclonedx --quiet --format json --spec-version 1.5 --target aarch64-unknown-linux-gnu --no-build-deps --override-filename "$name"
for function in functions/*/; do
    function=$(basename "$function")
    mv "functions/$function/$name.json" "$folder/$function.cdx.json"
    echo "$folder/$function.cdx.json"
done
