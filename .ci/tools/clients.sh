#!/usr/bin/env bash
# Makes clients from openapi.yaml as an integrator would, in five ways, compiles or type-checks each, and walks with each through a running
# customer master: associate, read, a page, add with and without an answer, and what 400, 401, 409 and 422 say, all by the client's own types.
#
#   openapi-generator       Java (the libraries native and okhttp-gson), Go, Python; C# is made and no more, for want of a compiler
#   openapi-typescript      the types of openapi-fetch, in TypeScript at its strictest
#   openapi-python-client   Python, type-checked as a whole
#
# The walks are in tests/clients. `clients.sh java-native go` does only those that it names. The tools come from Maven Central, npm, PyPI and the Go
# module proxy, at pinned versions, under target/tools; a second run installs nothing. Where Java, Maven, Go or npm is missing, Debian's is
# installed. The server listens on 127.0.0.1, asks for a token as a deployment does, keeps its table in memory and is stopped at the end.
set -euo pipefail
cd "$(dirname "$0")/../.."
. .ci/tools/local-server.sh

all=(java-native java-okhttp-gson go python openapi-fetch openapi-python-client)
wanted=("$@")
[[ $# -gt 0 ]] || wanted=("${all[@]}")
walks=$PWD/tests/clients
mkdir -p "${CARGO_TARGET_DIR:-target}"
target=$(cd "${CARGO_TARGET_DIR:-target}" && pwd)
tools=$target/tools/clients made=$target/clients
mkdir -p "$tools"
rm -rf "$made"
mkdir -p "$made"

missing=()
command -v javac >/dev/null || missing+=(default-jdk-headless)
command -v mvn >/dev/null || missing+=(maven)
command -v go >/dev/null || missing+=(golang-go)
command -v npm >/dev/null || missing+=(nodejs npm)
if [[ ${#missing[@]} -gt 0 ]]; then
    [[ $(id -u) == 0 ]] && command -v apt-get >/dev/null || { echo "${missing[*]} are needed; install them" >&2; exit 1; }
    export DEBIAN_FRONTEND=noninteractive
    apt-get -qq update
    apt-get -qq install --yes --no-install-recommends "${missing[@]}" ca-certificates >/dev/null
fi

pom=.ci/tools/clients/pom.xml
if ! cmp -s "$pom" "$tools/jars/complete"; then
    echo "installing openapi-generator" >&2
    rm -rf "$tools/jars" "$tools/generator"
    copy=(nice -n 15 mvn --quiet --batch-mode -Dstyle.color=never --file "$pom" dependency:copy-dependencies)
    "${copy[@]}" -DincludeArtifactIds=openapi-generator-cli -DoutputDirectory="$tools/generator" >&2
    "${copy[@]}" -DexcludeArtifactIds=openapi-generator-cli -DoutputDirectory="$tools/jars" >&2
    cp "$pom" "$tools/jars/complete"
fi
lock=$walks/openapi-fetch/package-lock.json
if ! cmp -s "$lock" "$tools/npm/complete"; then
    echo "installing openapi-typescript" >&2
    rm -rf "$tools/npm"
    mkdir "$tools/npm"
    cp "$walks/openapi-fetch/package.json" "$lock" "$tools/npm"
    nice -n 15 npm ci --prefix "$tools/npm" --no-audit --no-fund --ignore-scripts --loglevel=error >&2
    cp "$lock" "$tools/npm/complete"
fi
requirements=.ci/tools/clients/requirements.txt
if ! cmp -s "$requirements" "$tools/python/complete"; then
    echo "installing openapi-python-client" >&2
    python3 -m venv --clear "$tools/python" >&2
    nice -n 15 "$tools/python/bin/pip" install --quiet --disable-pip-version-check --requirement "$requirements" >&2
    cp "$requirements" "$tools/python/complete"
fi

# openapi_generator NAME GENERATOR PROPERTIES LIBRARY notes how a client is made; all are made in one go.
configurations=()
openapi_generator() {
    local configuration=$made/$1.yaml
    cat >"$configuration" <<EOF
inputSpec: $PWD/openapi.yaml
outputDir: $made/$1
generatorName: $2
additionalProperties: { $3 }
globalProperties: { apiTests: "false", modelTests: "false", apiDocs: "false", modelDocs: "false" }
${4:+library: $4}
EOF
    configurations+=("$configuration")
}
# Answers may get further properties; by default some of the generator's clients would refuse them.
grows="disallowAdditionalPropertiesIfNotPresent: false"
openapi_generator java-native java "$grows" native
openapi_generator java-okhttp-gson java "$grows" okhttp-gson
openapi_generator go go "$grows, packageName: master, withGoMod: false"
openapi_generator python python "$grows, packageName: customer_master"
openapi_generator csharp csharp "$grows"
if ! java -jar "$tools"/generator/openapi-generator-cli-*.jar batch --fail-fast --threads 2 -- "${configurations[@]}" >"$made/log" 2>&1; then
    cat "$made/log" >&2
    exit 1
fi

work=$(mktemp -d)
trap 'kill -INT "${server:-}" 2>/dev/null || true; wait "${server:-}" 2>/dev/null || true; rm -rf "$work"' EXIT
local_server "$work" --empty --require-token
# A caller who may do everything; the part after `dev.` is its claims.
token=dev.eyJzdWIiOiJjbGllbnRzIiwic2NvcGUiOiJkZWFsZXIgY3VzdG9tZXJzIHN0ZXdhcmQiLCJkZWFsZXJfY29kZXMiOiIqIn0

# java_client LIBRARY
java_client() {
    local client=$made/java-$1
    find "$client/src/main/java" -name '*.java' >"$client/sources"
    javac -nowarn -Xlint:none -XDsuppressNotes -proc:none -d "$client/classes" -cp "$tools/jars/*" "@$client/sources" "$walks/java/Walk.java" "$walks/java/$1/Client.java"
    java -cp "$client/classes:$tools/jars/*" Walk "$url" "$token"
}
java-native() { java_client native; }
java-okhttp-gson() { java_client okhttp-gson; }

go-client() {
    mkdir "$made/go/master"
    mv "$made"/go/*.go "$made/go/master"
    cp "$walks/go/"* "$made/go"
    (cd "$made/go" && GOFLAGS=-mod=readonly go build -o walk .)
    "$made/go/walk" "$url" "$token"
}

# type_checked FOLDER WHAT
type_checked() { (cd "$1" && "$tools/npm/node_modules/.bin/pyright" --pythonpath "$tools/python/bin/python" "$2" >pyright.log) || { cat "$1/pyright.log" >&2; return 1; }; }
# The package is as the generator's templates have it, not without faults to a type checker; what is checked is what the walk sees of it.
python() {
    cp "$walks/python/walk.py" "$made/python"
    type_checked "$made/python" walk.py
    "$tools/python/bin/python" "$made/python/walk.py" "$url" "$token"
}

openapi-fetch() {
    local client=$tools/npm/walk
    rm -rf "$client"
    mkdir "$client"
    cp "$walks/openapi-fetch/"{walk.ts,tsconfig.json} "$client"
    "$tools/npm/node_modules/.bin/openapi-typescript" openapi.yaml --output "$client/schema.ts" >/dev/null 2>&1
    "$tools/npm/node_modules/.bin/tsc" --project "$client"
    node "$client/walk.js" "$url" "$token"
}

openapi-python-client() {
    local client=$made/openapi-python-client said
    mkdir "$client"
    cp "$walks/openapi-python-client/walk.py" "$client"
    said=$("$tools/python/bin/openapi-python-client" generate --path openapi.yaml --config "$walks/openapi-python-client/config.yaml" --meta none \
        --output-path "$client/customer_master_client" 2>&1)
    # It leaves out bodies in XML and YAML, and says so; an operation that it leaves out is a fault.
    if grep -i 'will not be generated\|unable to' <<<"$said"; then return 1; fi
    type_checked "$client" .
    "$tools/python/bin/python" "$client/walk.py" "$url" "$token"
}

for client in "${wanted[@]}"; do
    began=$SECONDS
    case $client in
        go) go-client ;;
        java-native | java-okhttp-gson | python | openapi-fetch | openapi-python-client) "$client" ;;
        *) echo "$client is none of ${all[*]}" >&2; exit 1 ;;
    esac
    echo "clients: $client compiles and walks, in $((SECONDS - began)) s"
done
