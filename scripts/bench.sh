#!/usr/bin/env bash
# What the product costs in time and memory, as docs/performance.md tells it.
set -euo pipefail

usage() {
    cat <<'TXT'
Usage: scripts/bench.sh [--binaries FOLDER] [--events N] [--help]

Measures, on this machine, which should do nothing else:

    cold        exec to the first /next and the first HTTPS request of each binary, in turns with a function that does nothing
                and, where target/tools/aws has boto3, with Python; writes its table into docs/performance.md
    functions   each binary behind Lambda's Runtime API, on the emulator that scripts/tools.sh installs: warm events, in turns
                with the same two (CPU and wall for each, most memory), and a storm of 1,500 records through the collector
                (besides, what it writes and publishes); writes both tables into docs/performance.md
    libraries   reading, deciding, routing, rendering, metrics, SQL: the benches of the crates
    simulate    20,000 distinct events of 5 KB through the whole pipeline on one core
    query       a WHERE over the same events

  --binaries FOLDER  what scripts/image-binaries.sh made for this processor; made first when not given, which takes minutes
  --events N         for each row of warm events; default: 1,000
  --help             this text
TXT
}

cd "$(dirname "$0")/.."
binaries="" events=1000
while [ $# -gt 0 ]; do
    case "$1" in
        --help) usage; exit 0 ;;
        --binaries | --events)
            [ $# -ge 2 ] || { usage >&2; exit 2; }
            if [ "$1" = --binaries ]; then binaries=$2; else events=$2; fi
            shift ;;
        *) usage >&2; exit 2 ;;
    esac
    shift
done

step() { printf '\n== %s\n' "$1"; }

if [ -z "$binaries" ]; then
    case "$(uname -m)" in
        x86_64) cpu=amd64 ;;
        aarch64) cpu=arm64 ;;
        *) echo "bench: no image for $(uname -m)" >&2; exit 1 ;;
    esac
    scripts/image-binaries.sh --platform "linux/$cpu" --output target/image
    binaries=target/image/$cpu
fi

step "cold"
env "RUSTFLAGS=-C target-feature=+crt-static" cargo build --quiet --locked --release -p custom --example noop \
    --target "$(uname -m)-unknown-linux-gnu"
noop=${CARGO_TARGET_DIR:-target}/$(uname -m)-unknown-linux-gnu/release/examples/noop
beside=(--noop "$noop")
if target/tools/aws/bin/python -c 'import boto3' 2>/dev/null; then beside+=(--python target/tools/aws/bin/python); fi
scripts/bench-cold.py --binaries "$binaries" --write "${beside[@]}"

step "functions"
cargo run --quiet --locked -p system-tests --bin functions -- --binaries "$binaries" --write "${beside[@]}" --events "$events"

step "libraries"
for bench in model:parse collector:decide rules:judge delibird:render custom:request json-sql:speed; do
    cargo bench --quiet --locked -p "${bench%:*}" --bench "${bench#*:}"
done

step "simulate"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cargo run --quiet --locked -p healthctl --example events -- 20000 >"$work/events.ndjson"
cargo build --quiet --locked --release -p healthctl
built=${CARGO_TARGET_DIR:-target}/release/healthctl
time taskset -c 0 "$built" simulate "$work/events.ndjson" >"$work/messages.ndjson"

step "query"
time "$built" query "SELECT COUNT(*) AS n FROM h WHERE h.detail.statusCode = 'open' AND region = 'us-east-1'" --from "h=$work/events.ndjson"
