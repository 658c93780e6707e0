#!/usr/bin/env bash
# Holds openapi.yaml against two tools that know nothing of us: Spectral lints the document, schemathesis sends what it allows, and what it
# does not allow, to a running customer master and compares every answer with it.
#
# Spectral comes from npm and schemathesis from PyPI, each at a pinned version, under target/tools; a second run installs nothing. Where there
# is no npm or no curl, Debian's is installed. The server listens on 127.0.0.1, asks for a token as a deployment does, and is stopped at the
# end; its table, in memory, is filled by the walkthrough of tests/http. What either tool is told to leave out stands with its reason in
# .ci/tools/contract/.
set -euo pipefail
cd "$(dirname "$0")/../.."

spectral_version=6.16.3 requirements=.ci/tools/contract/requirements.txt
target=${CARGO_TARGET_DIR:-target}
tools=$target/tools
mkdir -p "$tools"

if ! command -v npm >/dev/null || ! command -v curl >/dev/null; then
    [[ $(id -u) == 0 ]] && command -v apt-get >/dev/null || { echo "npm (of Node.js) and curl are needed; install them" >&2; exit 1; }
    export DEBIAN_FRONTEND=noninteractive
    apt-get -qq update
    apt-get -qq install --yes --no-install-recommends nodejs npm curl ca-certificates >/dev/null
fi
spectral=$tools/spectral-$spectral_version
if [[ ! -e $spectral/complete ]]; then
    echo "installing Spectral $spectral_version" >&2
    rm -rf "$spectral"
    nice -n 15 npm install --prefix "$spectral" --no-save --no-audit --no-fund --ignore-scripts --loglevel=error \
        "@stoplight/spectral-cli@$spectral_version" >&2
    touch "$spectral/complete"
fi

schemathesis=$tools/python-schemathesis
if ! cmp -s "$requirements" "$schemathesis/complete"; then
    echo "installing schemathesis" >&2
    python3 -m venv --clear "$schemathesis" >&2
    nice -n 15 "$schemathesis/bin/pip" install --quiet --disable-pip-version-check --requirement "$requirements" >&2
    cp "$requirements" "$schemathesis/complete"
fi

"$spectral/node_modules/.bin/spectral" lint --ruleset .ci/tools/contract/spectral.yaml --fail-severity hint openapi.yaml

cargo build --quiet --package local --bin local
work=$(mktemp -d)
"$target/debug/local" --port 0 --empty --require-token >"$work/out" 2>"$work/log" &
server=$!
trap 'kill -INT "$server" 2>/dev/null || true; wait "$server" 2>/dev/null || true; rm -rf "$work"' EXIT
for _ in $(seq 100); do
    url=$(sed -n 's/^listening on //p' "$work/out")
    [[ -n $url ]] && break
    kill -0 "$server" || { cat "$work/log" >&2; exit 1; }
    sleep 0.1
done
[[ -n $url ]] || { echo "the server does not say where it listens" >&2; exit 1; }

# The curl lines of the walkthrough: each is answered with the status that stands beside it, and leaves what the examples of the document name.
for chapter in tests/http/*.sh; do
    sed -n 's/^# .* (\([0-9]*\)).*$/\1/p' "$chapter" >"$work/said"
    sh "$chapter" "$url" | sed -n 's/^HTTP\/1.1 \([0-9]*\).*$/\1/p' >"$work/answered"
    diff "$work/said" "$work/answered" || { echo "$chapter is answered otherwise than it says" >&2; exit 1; }
done

"$schemathesis/bin/schemathesis" --config-file .ci/tools/contract/schemathesis.toml run openapi.yaml --url "$url"
echo "openapi.yaml: Spectral and schemathesis found nothing"
