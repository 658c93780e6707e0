#!/usr/bin/env bash
# Holds openapi.yaml against three tools that know nothing of us: Spectral and Redocly's linter lint the document, schemathesis sends what it
# allows, and what it does not allow, to a running customer master and compares every answer with it. The contract of the events is read by AsyncAPI's own parser.
#
# The linters and that parser come from npm and schemathesis from PyPI, each at a pinned version, under target/tools; a second run installs nothing. Where there
# is no npm or no curl, Debian's is installed. The server listens on 127.0.0.1, asks for a token as a deployment does, and is stopped at the
# end; its table, in memory, is filled by the walkthrough of tests/http. What a tool is told to leave out stands with its reason in
# .ci/tools/contract/.
set -euo pipefail
cd "$(dirname "$0")/../.."
. .ci/tools/local-server.sh

spectral_version=6.16.3 redocly_version=2.77.0 asyncapi_version=3.6.6 requirements=.ci/tools/contract/requirements.txt
target=${CARGO_TARGET_DIR:-target}
tools=$target/tools
mkdir -p "$tools"

if ! command -v npm >/dev/null || ! command -v curl >/dev/null; then
    [[ $(id -u) == 0 ]] && command -v apt-get >/dev/null || { echo "npm (of Node.js) and curl are needed; install them" >&2; exit 1; }
    export DEBIAN_FRONTEND=noninteractive
    apt-get -qq update
    apt-get -qq install --yes --no-install-recommends nodejs npm curl ca-certificates >/dev/null
fi
# npm_tool NAME PACKAGE VERSION leaves the folder with the programs of a package in the variable NAME.
npm_tool() {
    local folder=$tools/$1-$3
    if [[ ! -e $folder/complete ]]; then
        echo "installing $2 $3" >&2
        rm -rf "$folder"
        nice -n 15 npm install --prefix "$folder" --no-save --no-audit --no-fund --ignore-scripts --loglevel=error "$2@$3" >&2
        touch "$folder/complete"
    fi
    printf -v "$1" %s "$folder/node_modules/.bin"
}
npm_tool spectral @stoplight/spectral-cli "$spectral_version"
npm_tool redocly @redocly/cli "$redocly_version"

asyncapi=$tools/asyncapi-parser-$asyncapi_version
if [[ ! -e $asyncapi/complete ]]; then
    echo "installing the AsyncAPI parser $asyncapi_version" >&2
    rm -rf "$asyncapi"
    nice -n 15 npm install --prefix "$asyncapi" --no-save --no-audit --no-fund --ignore-scripts --loglevel=error \
        "@asyncapi/parser@$asyncapi_version" >&2
    touch "$asyncapi/complete"
fi
node .ci/tools/contract/asyncapi.mjs "$(cd "$asyncapi" && pwd)" functions/follow-changes/asyncapi.yaml

schemathesis=$tools/python-schemathesis
if ! cmp -s "$requirements" "$schemathesis/complete"; then
    echo "installing schemathesis" >&2
    python3 -m venv --clear "$schemathesis" >&2
    nice -n 15 "$schemathesis/bin/pip" install --quiet --disable-pip-version-check --requirement "$requirements" >&2
    cp "$requirements" "$schemathesis/complete"
fi

"$spectral/spectral" lint --ruleset .ci/tools/contract/spectral.yaml --fail-severity hint openapi.yaml
REDOCLY_TELEMETRY=off REDOCLY_SUPPRESS_UPDATE_NOTICE=true "$redocly/redocly" lint --config .ci/tools/contract/redocly.yaml openapi.yaml

work=$(mktemp -d)
trap 'kill -INT "${server:-}" 2>/dev/null || true; wait "${server:-}" 2>/dev/null || true; rm -rf "$work"' EXIT
local_server "$work" --empty --require-token

# The curl lines of the walkthrough: each is answered with the status that stands beside it, and leaves what the examples of the document name.
for chapter in tests/http/*.sh; do
    sed -n 's/^# .* (\([0-9]*\)).*$/\1/p' "$chapter" >"$work/said"
    sh "$chapter" "$url" | sed -n 's/^HTTP\/1.1 \([0-9]*\).*$/\1/p' >"$work/answered"
    diff "$work/said" "$work/answered" || { echo "$chapter is answered otherwise than it says" >&2; exit 1; }
done

"$schemathesis/bin/schemathesis" --config-file .ci/tools/contract/schemathesis.toml run openapi.yaml --url "$url"
echo "openapi.yaml: Spectral, Redocly and schemathesis found nothing"
