# Sourced by the scripts beside it. Holds one function, and nothing that acts by itself.
#
# cargo_tool NAME VERSION prints the path of the cargo subcommand NAME at exactly VERSION, installed once under target/tools. These
# tools run for seconds, so they are built to be ready soon, not to be fast.
cargo_tool() {
    local name=$1 version=$2 target=${CARGO_TARGET_DIR:-target}
    local root="$target/tools/$name-$version"
    if [[ ! -x $root/bin/$name ]]; then
        echo "installing $name $version" >&2
        CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_OPT_LEVEL=1 CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 \
            nice -n 15 cargo install "$name" --quiet --locked --version "$version" --root "$root" --target-dir "$root/build" >&2
        rm -rf "$root/build"
    fi
    echo "$root/bin/$name"
}
