#!/usr/bin/env bash
# Builds the packages that SAM deploys, one for each function, and tries them: each is a program for the processor that it is deployed on, asks
# for no newer C library than Lambda's image has, and all of them together answer a few hundred mixed requests as the rules say.
#
# They are for arm64. On another processor they run under qemu's emulation, which Debian has; where it is missing and apt-get cannot be used,
# the last line says that they were not started. PACKAGES=host builds for this machine in place of arm64.
set -euo pipefail
cd "$(dirname "$0")/../.."
source .ci/tools/cargo-lambda.sh

# The C library of Amazon Linux 2023, which provided.al2023 is.
newest_libc=2.34
functions=(associate-dealer add-customer fix-error find-customer merge-customers follow-changes audit-customers)
target=${CARGO_TARGET_DIR:-target}

here=$(uname -m)
case ${PACKAGES:-arm64} in
    arm64)
        processor=aarch64
        options=(--arm64)
        if [[ ! -d $(rustc --print target-libdir --target aarch64-unknown-linux-gnu) ]]; then
            rustup target add aarch64-unknown-linux-gnu
        fi
        ;;
    host)
        processor=$here
        options=()
        ;;
    *)
        echo "PACKAGES is arm64 or host" >&2
        exit 2
        ;;
esac
cargo lambda build --release "${options[@]}"

for function in "${functions[@]}"; do
    package=$target/lambda/$function/bootstrap
    machine=$(readelf --file-header "$package" | sed -n 's/^ *Machine: *//p')
    case $processor/$machine in
        aarch64/AArch64 | x86_64/*X86-64) ;;
        *) echo "$package is for $machine and not for $processor" >&2; exit 1 ;;
    esac
    libc=$(readelf --version-info "$package" | grep --only-matching 'GLIBC_[0-9.]*' | sed 's/GLIBC_//' | sort --version-sort | tail -n 1)
    if [[ $(printf '%s\n' "$libc" "$newest_libc" | sort --version-sort | tail -n 1) != "$newest_libc" ]]; then
        echo "$package needs the C library $libc, and Lambda's image has $newest_libc" >&2
        exit 1
    fi
    echo "$package: $(stat --format %s "$package") bytes for $machine, needs the C library $libc"
done

# What starts a package here, in front of its name.
start=()
if [[ $processor != "$here" ]]; then
    if ! command -v qemu-aarch64-static >/dev/null || [[ ! -d /usr/aarch64-linux-gnu ]]; then
        if ! command -v apt-get >/dev/null || [[ $(id -u) != 0 ]]; then
            echo "packages: built; SKIPPED to start them, qemu-user-static and libc6-arm64-cross are not here and apt-get cannot be used" >&2
            exit
        fi
        export DEBIAN_FRONTEND=noninteractive
        apt-get -qq update
        apt-get -qq install --yes --no-install-recommends qemu-user-static libc6-arm64-cross >/dev/null
    fi
    start=(qemu-aarch64-static -L /usr/aarch64-linux-gnu)
fi
programs=$(mktemp -d)
trap 'rm -rf "$programs"' EXIT
for function in "${functions[@]}"; do
    printf '#!/bin/sh\nexec %s\n' "${start[*]} $(realpath "$target/lambda/$function/bootstrap")" > "$programs/$function"
    chmod +x "$programs/$function"
done
cargo run --quiet --package chaos --bin chaos -- --calm --requests 300 --clients 2 --instances 1 --binaries "$programs"
