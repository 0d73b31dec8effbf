#!/usr/bin/env bash
# The static binaries of the images, without an engine: for tests, and for machines that have none.
set -euo pipefail

usage() {
    cat <<'TXT'
Usage: scripts/image-binaries.sh [--platform P].. [--output FOLDER] [FUNCTION..]

Compiles each FUNCTION (collector, delibird, custom; all three when none is named) as docker/Dockerfile does, into
FOLDER/<amd64|arm64>/FUNCTION, and its bill of materials (CycloneDX, by scripts/sbom.py, which needs python3) into
FUNCTION.cdx.json beside it. Takes minutes for each. For another processor than this machine's it needs the target of
rustup and its gcc (gcc-aarch64-linux-gnu or gcc-x86-64-linux-gnu); RUSTC and CARGO may name another toolchain.

  --platform P      linux/amd64 or linux/arm64; default: linux/arm64
  --output FOLDER   default: target/image
  --help            this text
TXT
}

cd "$(dirname "$0")/.."
platforms=() functions=() output=target/image
while [ $# -gt 0 ]; do
    case "$1" in
        --help) usage; exit 0 ;;
        --platform | --output)
            [ $# -ge 2 ] || { usage >&2; exit 2; }
            if [ "$1" = --output ]; then output=$2; else platforms+=("$2"); fi
            shift ;;
        collector | delibird | custom) functions+=("$1") ;;
        *) usage >&2; exit 2 ;;
    esac
    shift
done
[ ${#platforms[@]} -gt 0 ] || platforms=(linux/arm64)
[ ${#functions[@]} -gt 0 ] || functions=(collector delibird custom)

for platform in "${platforms[@]}"; do
    case "$platform" in
        linux/amd64) cpu=x86_64 linker=CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_LINKER ;;
        linux/arm64) cpu=aarch64 linker=CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_LINKER ;;
        *) usage >&2; exit 2 ;;
    esac
    settings=("RUSTFLAGS=-C target-feature=+crt-static")
    [ "$(uname -m)" = "$cpu" ] || settings+=("$linker=$cpu-linux-gnu-gcc")
    for function in "${functions[@]}"; do
        env "${settings[@]}" "${CARGO:-cargo}" build --locked --release --package "$function" --bin "$function" \
            --target "$cpu-unknown-linux-gnu"
        made="$output/${platform#linux/}/$function"
        install -D "${CARGO_TARGET_DIR:-target}/$cpu-unknown-linux-gnu/release/$function" "$made"
        scripts/sbom.py --platform "$platform" --binary "$made" "$function" >"$made.cdx.json"
    done
done
