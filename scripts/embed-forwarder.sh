#!/usr/bin/env bash
# Copies cfn/forwarder.yaml into cfn/forwarder-stackset.yaml, whose StackSet has to hold its template as text.
set -euo pipefail

usage() {
    cat <<'TXT'
Usage: scripts/embed-forwarder.sh [--help]

Renews the TemplateBody of cfn/forwarder-stackset.yaml, the last property in it, from cfn/forwarder.yaml.
TXT
}

case "${1:-}" in
    "") ;;
    --help) usage; exit 0 ;;
    *) usage >&2; exit 2 ;;
esac

cd "$(dirname "$0")/../cfn"
renewed=$(mktemp)
trap 'rm -f "$renewed"' EXIT
sed '/^      TemplateBody: |$/q' forwarder-stackset.yaml >"$renewed"
sed 's/^\(.\)/        \1/' forwarder.yaml >>"$renewed"
cat "$renewed" >forwarder-stackset.yaml
