#!/bin/sh
# Writes locks/*.txt: universal, hashed, naming no host. Usage: sh locks/compile.sh path/to/uv
set -eu
uv=${1:-uv}
cd "$(dirname "$0")/.."
compile() {
    "$uv" pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-header \
        --no-emit-package commonplace --python-version 3.11 "$@"
}
compile --extra dev pyproject.toml -o locks/dev.txt
compile --extra demo --extra build -c locks/dev.txt pyproject.toml -o locks/demo.txt
compile --extra build -c locks/dev.txt pyproject.toml -o locks/run.txt
printf 'uv>=0.13,<0.14\n' | compile - -o locks/uv.txt
