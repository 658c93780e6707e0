# Sourced by the scripts beside it: puts cargo-lambda, at the version that is tried, before all others on PATH. It comes from PyPI, and
# brings zig, which links for Lambda's image.
source .ci/tools/python-tool.sh
cargo_lambda=$(python_tool cargo-lambda==1.9.2)
PATH="$cargo_lambda:$PATH"
