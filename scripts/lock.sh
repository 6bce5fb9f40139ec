#!/usr/bin/env bash
# Resolves the dependencies of pyproject.toml again and writes the lock files: exact versions and hashes, no host names.
set -euo pipefail
cd "$(dirname "$0")/.."

tool=$(mktemp -d)
trap 'rm -rf "$tool"' EXIT
"${PYTHON:-python3}" -m venv "$tool"
"$tool/bin/python" -m pip --disable-pip-version-check --quiet install 'uv>=0.5'

resolve() { # output, then extras and constraints
    local output=$1
    shift
    "$tool/bin/uv" pip compile pyproject.toml --quiet --python-version 3.11 --universal --generate-hashes \
        --no-annotate --no-header --no-emit-index-url --no-emit-find-links --group install \
        ${UPGRADE:+--upgrade} --output-file "$output" "$@"
}

# Everything in one resolution first, so that the three locks never disagree about a version.
resolve requirements-all.lock --all-extras
resolve requirements.lock --extra pdf --extra dev --extra kafka --extra postgres --constraint requirements-all.lock
resolve requirements-demo.lock --extra pdf --constraint requirements-all.lock
resolve deploy/requirements.lock --extra pdf --extra kafka --extra postgres --constraint requirements-all.lock
grep --count '==' requirements-all.lock requirements.lock requirements-demo.lock deploy/requirements.lock
