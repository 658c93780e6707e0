#!/usr/bin/env bash
# Installs Debian's chromium and chromium-driver where they are missing and this machine has apt-get and the right to use it.
#
# The console's tests skip themselves where there is no browser, so a machine without apt-get is no failure here; an installation that
# was tried and failed is one.
set -euo pipefail

if command -v chromium >/dev/null && command -v chromedriver >/dev/null; then
    exit
fi
if ! command -v apt-get >/dev/null || [[ $(id -u) != 0 ]]; then
    echo "chromium: not installed, and apt-get cannot be used here; the console's tests will be SKIPPED" >&2
    exit
fi
export DEBIAN_FRONTEND=noninteractive
apt-get -qq update
apt-get -qq install --yes --no-install-recommends chromium chromium-driver fonts-dejavu-core >/dev/null
