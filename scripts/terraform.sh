#!/usr/bin/env bash
# Checks the Terraform module and its examples: format, and validity where the AWS provider is to be had.
set -euo pipefail

usage() {
    cat <<'TXT'
Usage: scripts/terraform.sh [--plugins FOLDER] [--help]

Runs `terraform fmt -check` over the folder terraform, and `terraform validate` in a copy of each module and example. Without the
terraform command, and without the provider, what cannot be checked is a loud skip, also with CI=true.

The provider comes from wherever Terraform's own configuration says (a mirror, a plugin cache, its registry), once: it is kept
below target/terraform.

  --plugins FOLDER   take providers from this folder alone, laid out as a filesystem mirror; default: $TERRAFORM_PLUGINS
  --help             this text
TXT
}

fail() {
    printf 'terraform: %s\n' "$1" >&2
    exit 1
}

plugins=${TERRAFORM_PLUGINS:-}
while [ $# -gt 0 ]; do
    case "$1" in
        --plugins)
            [ $# -ge 2 ] || { usage >&2; exit 2; }
            plugins=$2
            shift ;;
        --help) usage; exit 0 ;;
        *) usage >&2; exit 2 ;;
    esac
    shift
done
[ -z "$plugins" ] || [ -d "$plugins" ] || fail "$plugins is not a folder"
# Terraform runs in other folders than this one.
[ -z "$plugins" ] || plugins=$(realpath "$plugins")

cd "$(dirname "$0")/.."
if ! command -v terraform >/dev/null; then
    echo "SKIPPED: terraform is not installed; the folder terraform is compared with the templates, but neither formatted nor validated" >&2
    exit 0
fi
export TF_IN_AUTOMATION=1 CHECKPOINT_DISABLE=1 TF_CLI_ARGS="-no-color"
# A file that is named and not there only brings a warning with every command.
[ -z "${TF_CLI_CONFIG_FILE:-}" ] || [ -r "$TF_CLI_CONFIG_FILE" ] || unset TF_CLI_CONFIG_FILE

terraform fmt -check -diff -recursive terraform || fail "terraform fmt -recursive terraform formats what is named above"

# In a copy, so that no lock file or provider is left among the sources.
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cp -r terraform cfn "$scratch"
find "$scratch" -name '.terraform*' -prune -exec rm -rf {} +
options=(-backend=false -input=false)
if [ -n "$plugins" ]; then
    options+=("-plugin-dir=$plugins")
elif [ -z "${TF_PLUGIN_CACHE_DIR:-}" ]; then
    export TF_PLUGIN_CACHE_DIR="$PWD/target/terraform"
    mkdir -p "$TF_PLUGIN_CACHE_DIR"
fi
mapfile -t folders < <(find terraform -name versions.tf -exec dirname {} + | sort)
[ ${#folders[@]} -gt 0 ] || fail "there is nothing to validate"
for folder in "${folders[@]}"; do
    if ! terraform -chdir="$scratch/$folder" init "${options[@]}" >"$scratch/why" 2>&1; then
        # No provider to be had is no fault of the sources; a folder that was named and a version that nobody has are.
        if [ -z "$plugins" ] && ! grep -q 'no available releases' "$scratch/why" &&
            grep -qE 'Failed to (query available provider packages|install provider)' "$scratch/why"; then
            sed 's/^/    /' "$scratch/why" >&2
            echo "SKIPPED: terraform validate of ${folders[*]}: no provider (--plugins or TERRAFORM_PLUGINS names a folder that has it)" >&2
            exit 0
        fi
        cat "$scratch/why" >&2
        fail "$folder cannot be initialised"
    fi
    terraform -chdir="$scratch/$folder" validate >"$scratch/why" 2>&1 || { cat "$scratch/why" >&2; fail "$folder is not valid"; }
    echo "valid: $folder"
done
