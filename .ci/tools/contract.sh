#!/usr/bin/env bash
# Holds openapi.yaml against two tools that know nothing of us: Spectral lints the document, schemathesis sends what it allows, and what it
# does not allow, to a running customer master and compares every answer with it.
#
# Spectral comes from npm and schemathesis from PyPI, each at a pinned version, under target/tools; a second run installs nothing. The
# server listens on 127.0.0.1 with an empty table in memory, and is stopped at the end. What either tool is told to leave out stands with its
# reason in .ci/tools/contract/.
set -euo pipefail
cd "$(dirname "$0")/../.."

spectral_version=6.16.3 schemathesis_version=4.32.5
target=${CARGO_TARGET_DIR:-target}
tools=$target/tools
mkdir -p "$tools"

spectral=$tools/spectral-$spectral_version
if [[ ! -e $spectral/complete ]]; then
    echo "installing Spectral $spectral_version" >&2
    rm -rf "$spectral"
    nice -n 15 npm install --prefix "$spectral" --no-save --no-audit --no-fund --ignore-scripts --loglevel=error \
        "@stoplight/spectral-cli@$spectral_version" >&2
    touch "$spectral/complete"
fi

schemathesis=$tools/python-schemathesis==$schemathesis_version
if [[ ! -e $schemathesis/complete ]]; then
    echo "installing schemathesis $schemathesis_version" >&2
    python3 -m venv --clear "$schemathesis" >&2
    nice -n 15 "$schemathesis/bin/pip" install --quiet --disable-pip-version-check "schemathesis==$schemathesis_version" >&2
    touch "$schemathesis/complete"
fi

"$spectral/node_modules/.bin/spectral" lint --ruleset .ci/tools/contract/spectral.yaml --fail-severity hint openapi.yaml

cargo build --quiet --package tests --bin local
work=$(mktemp -d)
"$target/debug/local" --port 0 --empty >"$work/out" 2>"$work/log" &
server=$!
trap 'kill -INT "$server" 2>/dev/null || true; wait "$server" 2>/dev/null || true; rm -rf "$work"' EXIT
for _ in $(seq 100); do
    url=$(sed -n 's/^listening on //p' "$work/out")
    [[ -n $url ]] && break
    kill -0 "$server" || { cat "$work/log" >&2; exit 1; }
    sleep 0.1
done
[[ -n $url ]] || { echo "the server does not say where it listens" >&2; exit 1; }

"$schemathesis/bin/schemathesis" --config-file .ci/tools/contract/schemathesis.toml run openapi.yaml --url "$url"
echo "openapi.yaml: Spectral and schemathesis found nothing"
