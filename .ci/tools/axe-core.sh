#!/usr/bin/env bash
# Installs what looks for faults of accessibility in the console's tests: npm's axe-core, under target/tools, in the version and with the digest of
# tests/axe-core/package-lock.json. A second run installs nothing. It needs npm, which oidc-provider.sh installs where it can.
set -euo pipefail
cd "$(dirname "$0")/../.."

lock=tests/axe-core/package-lock.json
folder=${CARGO_TARGET_DIR:-target}/tools/axe-core
if cmp -s "$lock" "$folder/complete"; then
    exit
fi
if ! command -v npm >/dev/null; then
    echo "axe-core: npm (of Node.js) is not installed; nothing will look for faults of accessibility" >&2
    exit
fi
echo "installing axe-core" >&2
rm -rf "$folder"
mkdir -p "$folder"
cp tests/axe-core/package.json "$lock" "$folder"
npm ci --prefix "$folder" --no-audit --no-fund --ignore-scripts --loglevel=error >&2
cp "$lock" "$folder/complete"
