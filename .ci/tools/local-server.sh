# Sourced by the scripts beside it. Holds one function, and nothing that acts by itself.
#
# local_server FOLDER ARGUMENT... builds the development server and starts it on a free port, with what it prints in FOLDER. It leaves its address in
# $url and its process in $server, which the caller stops.
local_server() {
    local folder=$1
    shift
    cargo build --quiet --package local --bin local
    "${CARGO_TARGET_DIR:-target}/debug/local" --port 0 "$@" >"$folder/out" 2>"$folder/log" &
    server=$!
    for _ in $(seq 100); do
        url=$(sed -n 's/^listening on //p' "$folder/out")
        [[ -n $url ]] && return
        kill -0 "$server" || { cat "$folder/log" >&2; return 1; }
        sleep 0.1
    done
    echo "the server does not say where it listens" >&2
    return 1
}
