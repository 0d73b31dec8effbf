#!/usr/bin/env bash
# The images, for real: built without an engine's daemon, pushed to a registry with TLS and a password, run from nothing.
set -euo pipefail

usage() {
    cat <<'TXT'
Usage: scripts/test-images.sh --binaries FOLDER [--function NAME].. [--platform P].. [--help]

FOLDER holds <amd64|arm64>/<function>, static binaries; scripts/image-binaries.sh makes them. Needs root, buildah, skopeo,
docker-registry, htpasswd, openssl, python3 and, for linux/arm64, qemu-user-static, and what scripts/tools.sh installs;
`scripts/tools.sh --images` installs them. Checks for each function and platform that

  - a wrong password stops scripts/ecr-push.sh with the reason
  - the image is pushed, is at most 10 MB, and a second run pushes nothing and prints the same digest
  - its bill of materials, as scripts/image-binaries.sh made it, is kept under the tag
  - the image has one layer, no index, labels and a user that is not root
  - its root holds nothing but the binary, which runs in it as that user, finds a name by DNS, makes a TLS connection
    to it and knows the zone Asia/Seoul

  --binaries FOLDER  static binaries
  --function NAME    collector, delibird or custom; default: those that are in FOLDER
  --platform P       linux/amd64 or linux/arm64; default: those that are in FOLDER
  --help             this text
TXT
}

cd "$(dirname "$0")/.."
binaries="" functions=() platforms=()
while [ $# -gt 0 ]; do
    case "$1" in
        --help) usage; exit 0 ;;
        --binaries | --function | --platform) [ $# -ge 2 ] || { usage >&2; exit 2; } ;;&
        --binaries) binaries=$2 ;;
        --function) functions+=("$2") ;;
        --platform) platforms+=("$2") ;;
        *) usage >&2; exit 2 ;;
    esac
    shift 2
done
[ -n "$binaries" ] || { usage >&2; exit 2; }
[ ${#platforms[@]} -gt 0 ] || for cpu in amd64 arm64; do [ -d "$binaries/$cpu" ] && platforms+=("linux/$cpu"); done

fail() { printf 'FAILED  %s\n' "$1" >&2; exit 1; }
ok() { printf 'ok      %s\n' "$1"; }

PATH="$PATH:$PWD/target/tools/aws/bin"
missing=()
for tool in buildah skopeo docker-registry htpasswd openssl curl python3 aws moto_server; do command -v "$tool" >/dev/null || missing+=("$tool"); done
case " ${platforms[*]} " in *arm64*) command -v qemu-aarch64-static >/dev/null || missing+=(qemu-aarch64-static) ;; esac
[ ${#missing[@]} -eq 0 ] || fail "missing: ${missing[*]}; \`scripts/tools.sh --images\` installs them"
[ "$(id -u)" = 0 ] || fail "only root may give a process another root"
export BUILDAH_ISOLATION=chroot STORAGE_DRIVER=vfs AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test AWS_DEFAULT_REGION=us-east-1
work=$(mktemp -d)
started=()
finish() {
    for process in "${started[@]}"; do kill "$process" 2>/dev/null || true; done
    rm -rf "$work"
}
trap finish EXIT

free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }

# A registry with a certificate and a password, and the emulator that knows the password.
port=$(free_port) api=$(free_port)
registry="127.0.0.1:$port"
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=test \
    -addext 'subjectAltName=IP:127.0.0.1,DNS:aws.example.test,DNS:chat.googleapis.com' -addext basicConstraints=critical,CA:FALSE -keyout "$work/key.pem" -out "$work/cert.pem" 2>/dev/null
moto_server -H 127.0.0.1 -p "$api" >"$work/moto.log" 2>&1 &
started+=($!)
for _ in $(seq 1 100); do
    password=$(aws --endpoint-url "http://127.0.0.1:$api" ecr get-login-password 2>/dev/null) && break
    sleep 0.2
done
htpasswd -Bbn AWS "$password" >"$work/users"
cat >"$work/registry.yaml" <<YAML
version: 0.1
log: { level: error }
storage: { filesystem: { rootdirectory: $work/storage } }
http: { addr: $registry, tls: { certificate: $work/cert.pem, key: $work/key.pem } }
auth: { htpasswd: { realm: test, path: $work/users } }
YAML
docker-registry serve "$work/registry.yaml" >"$work/registry.log" 2>&1 &
started+=($!)
export SSL_CERT_FILE="$work/cert.pem" CURL_CA_BUNDLE="$work/cert.pem"
for _ in $(seq 1 100); do
    curl --silent --output /dev/null "https://$registry/v2/" && break
    sleep 0.2
done

push() {
    scripts/ecr-push.sh --engine buildah --registry "$registry" --endpoint-url "http://127.0.0.1:$api" --tag "$tag" \
        --platform "$platform" --prebuilt "$binaries" --sbom "$work/sbom" --repository-prefix "test/${platform#linux/}" "$function"
}

for platform in "${platforms[@]}"; do
    cpu=${platform#linux/}
    names=("${functions[@]}")
    [ ${#names[@]} -gt 0 ] || mapfile -t names < <(find "$binaries/$cpu" -type f ! -name "*.*" -printf "%f\n" | sort)
    for function in "${names[@]}"; do
        tag=1.0.0
        cp "$work/users" "$work/right"
        htpasswd -Bbn AWS another >"$work/users"
        if push >"$work/out" 2>&1; then fail "a wrong password is taken"; fi
        grep -q 'does not take the password' "$work/out" || fail "a wrong password is not named: $(cat "$work/out")"
        cp "$work/right" "$work/users"
        ok "$function $cpu: a wrong password: $(tail -n 1 "$work/out")"

        first=$(push 2>"$work/first") || fail "$(cat "$work/first")"
        second=$(push 2>"$work/second") || fail "$(cat "$work/second")"
        [ "$first" = "$second" ] || fail "a second run prints $second"
        grep -q 'is there already' "$work/second" || fail "a second run pushes again"
        ! grep -q 'STEP\|making' "$work/second" || fail "a second run builds again"
        ok "$function $cpu: pushed once: $first"
        cmp "$binaries/$cpu/$function.cdx.json" "$work/sbom/$function-$tag-$cpu.cdx.json" || fail "no bill of materials"
        ok "$function $cpu: its bill of materials is there"

        image="$registry/test/$cpu/$function"
        digest=${first#*@}
        skopeo inspect --raw --creds "AWS:$password" "docker://$image@$digest" >"$work/manifest"
        size=$(python3 -c 'import json, sys
manifest = json.load(open(sys.argv[1]))
assert "manifests" not in manifest, "an index, which Lambda refuses"
assert len(manifest["layers"]) == 1, manifest
print(manifest["layers"][0]["size"])' "$work/manifest") || fail "the manifest of $image"
        skopeo inspect --config --creds "AWS:$password" "docker://$image@$digest" >"$work/config"
        python3 -c 'import json, sys
image = json.load(open(sys.argv[1]))
assert image["architecture"] == sys.argv[2], image["architecture"]
assert image["config"]["User"] == "65532:65532", image["config"]
assert image["config"]["Entrypoint"] == ["/bootstrap"], image["config"]
assert image["config"]["Labels"]["org.opencontainers.image.title"] == sys.argv[3], image["config"]' "$work/config" "$cpu" "$function" ||
            fail "the configuration of $image"
        binary=$(stat -c %s "$binaries/$cpu/$function")
        [ "$binary" -le 10000000 ] || fail "$function $cpu has $binary bytes"
        ok "$function $cpu: $binary bytes, $size compressed; one layer, not root"

        # As Lambda would: the image's files, the image's user, nothing else.
        container=$(buildah from --creds "AWS:$password" --platform "$platform" "$image:$tag")
        root=$(buildah mount "$container")
        [ "$(find "$root" -type f)" = "$root/bootstrap" ] || fail "the image holds $(find "$root" -type f)"
        scripts/test-image-run.py "$root" "$cpu" "$function" "$work/cert.pem" "$work/key.pem" || fail "$function $cpu does not run"
        buildah umount "$container" >/dev/null
        buildah rm "$container" >/dev/null
    done
done
