# Sourced by the scripts beside it. Holds one function, and nothing that acts by itself.
#
# cargo_tool NAME VERSION prints the path of the cargo subcommand NAME at exactly VERSION: the one on the PATH if it is that
# version, else one installed once under target/tools. These tools run for seconds, so they are built to be ready soon, not to be fast.
cargo_tool() {
    local name=$1 version=$2 target=${CARGO_TARGET_DIR:-target}
    local root="$target/tools/$name-$version" found
    found=$(command -v "$name" || true)
    if [[ -n $found && $("$found" --version 2>/dev/null) == *" $version" ]]; then
        echo "$found"
        return
    fi
    if [[ ! -x $root/bin/$name ]]; then
        echo "installing $name $version" >&2
        CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_OPT_LEVEL=1 CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 \
            nice -n 15 cargo install "$name" --quiet --locked --version "$version" --root "$root" --target-dir "$target/tools/build" >&2
        rm -rf "$target/tools/build"
    fi
    echo "$root/bin/$name"
}
