#!/usr/bin/env bash
# Installs the identity provider that the console's tests sign in with: npm's oidc-provider, under target/tools, in the versions and with the
# digests of tests/sign-in-provider/package-lock.json. A second run installs nothing.
#
# Where there is no npm, Debian's is installed; where Node.js is too old for the provider, a newer one is put beside it, out of
# the same file. The tests that sign in skip themselves where there is no provider, so a machine without npm and apt-get is no failure here; an
# installation that was tried and failed is one.
set -euo pipefail
cd "$(dirname "$0")/../.."

lock=tests/sign-in-provider/package-lock.json
folder=${CARGO_TARGET_DIR:-target}/tools/sign-in-provider
if cmp -s "$lock" "$folder/complete"; then
    exit
fi
if ! command -v npm >/dev/null; then
    if ! command -v apt-get >/dev/null || [[ $(id -u) != 0 ]]; then
        echo "oidc-provider: npm (of Node.js) is not installed, and apt-get cannot be used here; the tests that sign in will be SKIPPED" >&2
        exit
    fi
    export DEBIAN_FRONTEND=noninteractive
    apt-get -qq update
    apt-get -qq install --yes --no-install-recommends nodejs npm ca-certificates >/dev/null
fi
echo "installing oidc-provider" >&2
rm -rf "$folder"
mkdir -p "$folder"
cp tests/sign-in-provider/package.json "$lock" "$folder"
# The oldest Node.js that the provider supports is 22.
omit=()
node -e 'parseInt(process.versions.node) >= 22 || process.exit(1)' && omit=(--omit=optional)
npm ci --prefix "$folder" "${omit[@]}" --no-audit --no-fund --ignore-scripts --loglevel=error >&2
cp "$lock" "$folder/complete"
