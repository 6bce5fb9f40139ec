#!/usr/bin/env bash
# Makes sure of what pip cannot bring: usage: scripts/system-packages.sh demo|test
#   demo  Pango and a Chinese font, for PDF statements; without them the demo goes on and skips PDF with a said reason
#   test  the same, a Chromium for the tests that look at the board, and the servers that tests and `make stack` start
#         on ports and folders of their own: PostgreSQL, Redis, Prometheus, Alertmanager, and Kafka's jars (from Maven
#         Central, into .servers/, which git ignores) with a Java to run them. No system service is started or needed.
# On Debian or Ubuntu as root it installs what is missing and nothing else; elsewhere it prints the one line to run.
# With REQUIRE_SERVERS=1 (as CI sets it) `test` fails when something is missing; else those tests are skipped.
set -euo pipefail
cd "$(dirname "$0")/.."

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

has() { # any of these programs
    local name
    for name in "$@"; do
        command -v "$name" >/dev/null && return 0
    done
    return 1
}

has_postgresql() { # Debian keeps its programs off the path
    has postgres || compgen -G '/usr/lib/postgresql/*/bin/postgres' >/dev/null
}

has_java() { # Kafka 4 needs 17
    has java && [ "$(java -version 2>&1 | sed -nE 's/.*version "([0-9]+).*/\1/p;q')" -ge 17 ] 2>/dev/null
}

kafka_version=$(sed -nE '/<artifactId>kafka_2/,/<version>/s/.*<version>(.*)<\/version>.*/\1/p' scripts/kafka/pom.xml)
kafka_jars=.servers/kafka-$kafka_version/libs

find_missing_servers() {
    has_postgresql || missing+=(postgresql)
    has redis-server || missing+=(redis-server)
    has prometheus && has promtool || missing+=(prometheus)
    has alertmanager prometheus-alertmanager || missing+=(prometheus-alertmanager)
    has_java || missing+=(default-jre-headless)
    [ -d "$kafka_jars" ] || has mvn || missing+=(maven)
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
        find_missing_servers
    fi
}

policy=/usr/sbin/policy-rc.d
keep_services_down() { # Debian starts a server when it installs it, unless this file says no
    [ -e "$policy" ] && return 0
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod +x "$policy"
    trap 'rm -f "$policy"' EXIT
}

apt_install() { # quiet unless it fails
    local log install
    log=$(mktemp)
    install=(apt-get install --yes -qq --no-install-recommends -o DPkg::Lock::Timeout=120 "${missing[@]}")
    export DEBIAN_FRONTEND=noninteractive
    echo "installing system packages: ${missing[*]} ..."
    keep_services_down
    # When it fails at first, the package lists may be absent (a fresh container) or old.
    if ! "${install[@]}" >"$log" 2>&1; then
        { apt-get update -qq && "${install[@]}"; } >"$log" 2>&1 || tail -n 20 "$log" >&2
    fi
    rm -f "$log"
}

fetch_kafka() { # whole or not at all: the folder gets its name when every jar is in it
    [ -d "$kafka_jars" ] && return 0
    local part log
    mkdir -p "$(dirname "$kafka_jars")"
    echo '*' >.servers/.gitignore
    part=$(mktemp -d ".servers/kafka-$kafka_version/part.XXXXXX")
    log=$(mktemp)
    echo "fetching Apache Kafka $kafka_version from Maven Central into $kafka_jars ..."
    if mvn --quiet --batch-mode --strict-checksums --file scripts/kafka/pom.xml dependency:copy-dependencies \
        -DoutputDirectory="$PWD/$part" >"$log" 2>&1; then
        chmod 755 "$part"
        mv -T "$part" "$kafka_jars" 2>/dev/null || [ -d "$kafka_jars" ] # another call may have been quicker
    else
        tail -n 20 "$log" >&2
    fi
    rm -rf "$part" "$log"
}

give_up() { # what is missing, how to get it
    echo "missing for $purpose: $1" >&2
    echo "to get it: $2" >&2
    if [ "$purpose" = test ] && [ "${REQUIRE_SERVERS:-0}" = 1 ]; then
        echo "REQUIRE_SERVERS=1, so the tests cannot go on without it" >&2
        exit 3
    fi
    if [ "$purpose" = demo ]; then
        echo "going on without it: PDF statements may be skipped or lack Chinese glyphs" >&2
    fi
    exit 0
}

python=.venv/bin/python
[ -x "$python" ] || python=python3

find_missing
if [ ${#missing[@]} -gt 0 ] && command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
    apt_install
    find_missing
fi
# Kafka does not wait for the rest: it needs maven only.
if [ "$purpose" = test ] && has mvn; then
    fetch_kafka
fi

if [ ${#missing[@]} -gt 0 ]; then
    if command -v apt-get >/dev/null; then
        give_up "${missing[*]}" "sudo apt-get install --no-install-recommends ${missing[*]}"
    else
        give_up "${missing[*]}" "install with your system's own tool what Debian calls: ${missing[*]}"
    fi
fi
if [ "$purpose" = test ] && [ ! -d "$kafka_jars" ]; then
    give_up "Apache Kafka $kafka_version" "$0 test, where Maven reaches Maven Central (directly or by its settings.xml)"
fi
