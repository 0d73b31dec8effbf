#!/usr/bin/env bash
# Everything that must hold before a change lands: format, lints, tests, dependency rules.
set -euo pipefail

usage() {
    cat <<'TXT'
Usage: scripts/test.sh [--quick] [--help]

Runs the formatter's check, clippy, all tests and, where their tools are present, the dependency
rules and the checks of scripts and templates. With CI=true a missing tool or browser is a failure;
elsewhere it is a loud skip.

  --quick   no lints and no checkers, only the tests
  --help    this text
TXT
}

quick=false
for argument in "$@"; do
    case "$argument" in
        --quick) quick=true ;;
        --help) usage; exit 0 ;;
        *) usage >&2; exit 2 ;;
    esac
done

cd "$(dirname "$0")/.."
tools=target/tools
for folder in aws/bin checkov/bin cfn/bin bin; do PATH="$PWD/$tools/$folder:$PATH"; done

step() { printf '\n== %s\n' "$1"; }

# Runs a checker, or says loudly that it did not.
checker() {
    local name=$1
    shift
    if command -v "$name" >/dev/null; then
        "$name" "$@"
    elif [ "${CI:-}" = true ]; then
        echo "missing: $name (scripts/tools.sh installs it)" >&2
        exit 1
    else
        echo "SKIPPED: $name is not installed (scripts/tools.sh installs it)" >&2
    fi
}

if [ "$quick" = false ]; then
    step "format"
    cargo fmt --all --check
    step "lints"
    cargo clippy --workspace --all-targets --locked -- -D warnings
    step "dependency rules"
    checker cargo-deny --log-level error check bans licenses sources
    step "shell"
    checker shellcheck scripts/*.sh .ci/run
    step "templates"
    checker cfn-lint
    checker checkov --config-file .checkov.yaml
    checker hadolint docker/Dockerfile
    step "terraform"
    scripts/terraform.sh
    step "cost"
    python3 scripts/cost.py --check
    step "configuration"
    python3 scripts/configuration.py --check
fi

step "tests"
cargo test --workspace --lib --bins --tests --locked --no-fail-fast
step "documentation examples"
cargo test --workspace --doc --locked
