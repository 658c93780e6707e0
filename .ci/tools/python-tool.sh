# Sourced by the scripts beside it. Holds one function, and nothing that acts by itself.
#
# python_tool PACKAGE==VERSION... prints the folder with the programs of a Python environment that has just these packages, made once under
# target/tools and named after them.
python_tool() {
    local folder
    folder="${CARGO_TARGET_DIR:-target}/tools/python-$(IFS=_; echo "$*")"
    if [[ ! -e $folder/complete ]]; then
        echo "installing $*" >&2
        # Each after the other succeeded: bash forgets `set -e` within $(...).
        python3 -m venv --clear "$folder" >&2 \
            && nice -n 15 "$folder/bin/pip" install --quiet --disable-pip-version-check "$@" >&2 \
            && touch "$folder/complete" || return
    fi
    (cd "$folder/bin" && pwd)
}
