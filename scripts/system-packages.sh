#!/usr/bin/env bash
# Makes sure of what pip cannot bring: usage: scripts/system-packages.sh demo|test
#   demo  Pango and a Chinese font, for PDF statements; without them the demo goes on and skips PDF with a said reason
#   test  the same and a Chromium, for the tests that look at the board
# On Debian or Ubuntu as root it installs what is missing and nothing else; elsewhere it prints the one line to run.
# With REQUIRE_SERVERS=1 (as CI sets it) `test` fails when something is missing; else those tests are skipped.
set -euo pipefail

purpose=${1:-}
case $purpose in
demo | test) ;;
*)
    echo "usage: $0 demo|test" >&2
    exit 2
    ;;
esac

missing=()

has_library() { # file name of a shared library, found by the loader that Python will use
    "$python" -c 'import ctypes, sys; ctypes.CDLL(sys.argv[1])' "$1" 2>/dev/null
}

has_chromium() {
    local name
    for name in "${SCORELINE_CHROMIUM:-}" chromium chromium-browser google-chrome; do
        [ -n "$name" ] && command -v "$name" >/dev/null && return 0
    done
    return 1
}

find_missing() {
    missing=()
    has_library libpango-1.0.so.0 || missing+=(libpango-1.0-0)
    has_library libpangoft2-1.0.so.0 || missing+=(libpangoft2-1.0-0)
    has_library libharfbuzz-subset.so.0 || missing+=(libharfbuzz-subset0)
    command -v fc-list >/dev/null || missing+=(fontconfig)
    [ -n "$(fc-list :lang=zh-cn 2>/dev/null || true)" ] || missing+=(fonts-wqy-microhei)
    if [ "$purpose" = test ]; then
        has_chromium || missing+=(chromium)
    fi
}

apt_install() { # quiet unless it fails
    local log install
    log=$(mktemp)
    install=(apt-get install --yes -qq --no-install-recommends -o DPkg::Lock::Timeout=120 "${missing[@]}")
    export DEBIAN_FRONTEND=noninteractive
    echo "installing system packages: ${missing[*]} ..."
    # When it fails at first, the package lists may be absent (a fresh container) or old.
    if ! "${install[@]}" >"$log" 2>&1; then
        { apt-get update -qq && "${install[@]}"; } >"$log" 2>&1 || tail -n 20 "$log" >&2
    fi
    rm -f "$log"
}

python=.venv/bin/python
[ -x "$python" ] || python=python3

find_missing
[ ${#missing[@]} -gt 0 ] || exit 0

if command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
    apt_install
    find_missing
    [ ${#missing[@]} -gt 0 ] || exit 0
fi

if command -v apt-get >/dev/null; then
    hint="sudo apt-get install --no-install-recommends ${missing[*]}"
else
    hint="install with your system's own tool what Debian calls: ${missing[*]}"
fi
echo "missing for $purpose: ${missing[*]}" >&2
echo "to get it: $hint" >&2
if [ "$purpose" = test ] && [ "${REQUIRE_SERVERS:-0}" = 1 ]; then
    echo "REQUIRE_SERVERS=1, so the tests cannot go on without it" >&2
    exit 3
fi
if [ "$purpose" = demo ]; then
    echo "going on without it: PDF statements may be skipped or lack Chinese glyphs" >&2
fi
