#!/usr/bin/env bash
# Builds or mirrors the functions' images and pushes them to ECR, once for each tag.
set -euo pipefail

usage() {
    cat <<'TXT'
Usage: scripts/ecr-push.sh [OPTIONS] [FUNCTION..]

Makes sure that an image of each FUNCTION (collector, delibird, custom; all three when none is named) is in ECR under
the tag, and prints it as the parameter of the template that takes it:

    CollectorImageUri=111122223333.dkr.ecr.eu-west-1.amazonaws.com/health-alerts/collector@sha256:..

Safe to run again: a repository that is missing is made, a tag that is there is never overwritten, and nothing is built for it.
Needs the aws command, curl, and docker, podman, buildah or finch. The login lasts as long as the script does.

What is built gets a bill of materials (CycloneDX) that names the digest of its image, as FOLDER/FUNCTION-TAG-<amd64|arm64>.cdx.json;
it needs cargo and python3 and is left out, aloud, without them. --prebuilt copies the one beside the binary.

  --tag TAG                what to call the image; default: version and commit of this source, 0.1.0-1a2b3c4d5e6f
  --repository-prefix P    repositories are P/collector and so on; default: health-alerts
  --platform P             linux/arm64 (default) or linux/amd64
  --engine NAME            docker, podman, buildah or finch; default: the first one found
  --from PREFIX            mirror PREFIX/FUNCTION:TAG in place of building
  --prebuilt FOLDER        pack FOLDER/<amd64|arm64>/FUNCTION, a static binary, in place of compiling
  --sbom FOLDER            for bills of materials; default: target/sbom
  --region R               AWS Region; default: AWS_REGION, AWS_DEFAULT_REGION, or the one of the profile
  --profile P              AWS profile
  --registry HOST          another registry than the account's own
  --endpoint-url URL       another ECR API than AWS, for emulators
  --dry-run                say what would be done, and do nothing
  --help                   this text
TXT
}

fail() {
    printf 'ecr-push: %s\n' "$1" >&2
    exit 1
}

say() { printf '%s\n' "$1" >&2; }

cd "$(dirname "$0")/.."
tag="" prefix=health-alerts platform=linux/arm64 engine="" from="" prebuilt="" sbom=target/sbom registry="" region="" dry=false
aws=(aws)
functions=()
while [ $# -gt 0 ]; do
    case "$1" in
        --tag | --repository-prefix | --platform | --engine | --from | --prebuilt | --sbom | --region | --profile | --registry | --endpoint-url)
            [ $# -ge 2 ] || { usage >&2; exit 2; } ;;
    esac
    case "$1" in
        --tag) tag=$2; shift ;;
        --repository-prefix) prefix=$2; shift ;;
        --platform) platform=$2; shift ;;
        --engine) engine=$2; shift ;;
        --from) from=$2; shift ;;
        --prebuilt) prebuilt=$2; shift ;;
        --sbom) sbom=$2; shift ;;
        --registry) registry=$2; shift ;;
        --region) region=$2; aws+=("$1" "$2"); shift ;;
        --profile | --endpoint-url) aws+=("$1" "$2"); shift ;;
        --dry-run) dry=true ;;
        --help) usage; exit 0 ;;
        collector | delibird | custom) functions+=("$1") ;;
        *) usage >&2; exit 2 ;;
    esac
    shift
done
[ ${#functions[@]} -gt 0 ] || functions=(collector delibird custom)
case "$platform" in
    linux/arm64 | linux/amd64) ;;
    *) fail "no image for the platform $platform: Lambda runs linux/arm64 and linux/amd64" ;;
esac

version=$(sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -n 1)
revision=$(git rev-parse --short=12 HEAD 2>/dev/null || echo unknown)
if [ -z "$tag" ]; then
    tag="$version-$revision"
    [ -z "$(git status --porcelain 2>/dev/null)" ] || fail "the source has changes that are in no commit: commit them, or name a --tag"
fi

if [ -z "$engine" ]; then
    for candidate in docker podman buildah finch; do
        if command -v "$candidate" >/dev/null; then engine=$candidate; break; fi
    done
    # A plan needs none.
    [ -n "$engine" ] || [ "$dry" = false ] || engine=docker
    [ -n "$engine" ] || fail "none of docker, podman, buildah and finch is installed"
fi
case "$engine" in
    docker | podman | buildah | finch) ;;
    *) fail "no such engine: $engine" ;;
esac

if [ -z "$registry" ]; then
    # The registry's Region is the one that every call goes to.
    region=${region:-${AWS_REGION:-${AWS_DEFAULT_REGION:-}}}
    region=${region:-$("${aws[@]}" configure get region || true)}
    [ -n "$region" ] || fail "no Region: give --region"
    aws+=(--region "$region")
    account=$("${aws[@]}" sts get-caller-identity --query Account --output text) || fail "AWS does not say who you are: check the profile"
    case "$region" in cn-*) suffix=amazonaws.com.cn ;; *) suffix=amazonaws.com ;; esac
    registry="$account.dkr.ecr.$region.$suffix"
fi

# Nothing is left behind: neither a login nor a password in the list of processes.
private=$(mktemp -d)
trap 'rm -rf "$private"' EXIT
export REGISTRY_AUTH_FILE="$private/auth.json" DOCKER_CONFIG="$private"

parameter_of() {
    case "$1" in
        collector) echo CollectorImageUri ;;
        delibird) echo ECRImageUri ;;
        custom) echo CustomImageUri ;;
    esac
}

login() {
    local password
    password=$("${aws[@]}" ecr get-login-password) || fail "AWS gives no password for ECR: the caller needs ecr:GetAuthorizationToken"
    printf 'header = "Authorization: Basic %s"\n' "$(printf 'AWS:%s' "$password" | base64 | tr -d '\n')" >"$private/curl"
    if ! printf '%s' "$password" | "$engine" login --username AWS --password-stdin "$registry" >"$private/login" 2>&1; then
        fail "$registry does not take the password: $(tail -n 1 "$private/login")"
    fi
}

# The digest of a tag; nothing when there is none.
digest() {
    local status
    status=$(curl --silent --show-error --config "$private/curl" --head --output "$private/head" --write-out '%{http_code}' \
        --header 'Accept: application/vnd.oci.image.manifest.v1+json, application/vnd.docker.distribution.manifest.v2+json' \
        "https://$registry/v2/$1/manifests/$tag") || fail "$registry does not answer"
    case "$status" in
        200) tr -d '\r' <"$private/head" | sed -n 's/^[Dd]ocker-[Cc]ontent-[Dd]igest: //p' ;;
        404) ;;
        *) fail "$registry answers $status for $1:$tag" ;;
    esac
}

repository() {
    local settings
    if "${aws[@]}" ecr describe-repositories --repository-names "$1" >/dev/null 2>"$private/why"; then
        return
    fi
    grep -q RepositoryNotFound "$private/why" || fail "ECR does not show $1: $(tail -n 1 "$private/why")"
    say "making the repository $1"
    settings=$("${aws[@]}" ecr create-repository --repository-name "$1" --image-tag-mutability IMMUTABLE \
        --image-scanning-configuration scanOnPush=true --encryption-configuration encryptionType=KMS \
        --query repository.repositoryArn --output text) || fail "the repository $1 cannot be made"
    # As in cfn/images.yaml: functions of this account may pull, and no release ever expires.
    local account region partition
    IFS=: read -r _ partition _ region account _ <<<"$settings"
    cat >"$private/policy" <<JSON
{"Version":"2012-10-17","Statement":[{"Sid":"FunctionsOfThisAccount","Effect":"Allow",
"Principal":{"Service":"lambda.amazonaws.com"},"Action":["ecr:BatchGetImage","ecr:GetDownloadUrlForLayer"],
"Condition":{"StringEquals":{"aws:SourceAccount":"$account"},
"ArnLike":{"aws:SourceArn":"arn:$partition:lambda:$region:$account:function:*"}}}]}
JSON
    cat >"$private/lifecycle" <<'JSON'
{"rules":[{"rulePriority":1,"description":"failed pushes","selection":{"tagStatus":"untagged",
"countType":"sinceImagePushed","countUnit":"days","countNumber":14},"action":{"type":"expire"}}]}
JSON
    "${aws[@]}" ecr set-repository-policy --repository-name "$1" --policy-text "file://$private/policy" >/dev/null
    "${aws[@]}" ecr put-lifecycle-policy --repository-name "$1" --lifecycle-policy-text "file://$private/lifecycle" >/dev/null
}

build() {
    local function=$1 image=$2 context=. options
    if [ -n "$from" ]; then
        "$engine" pull --platform "$platform" "$from/$function:$tag" >&2 || fail "$from/$function:$tag cannot be pulled"
        "$engine" tag "$from/$function:$tag" "$image"
        return
    fi
    options=(--platform "$platform" --file docker/Dockerfile --tag "$image"
        --build-arg "FUNCTION=$function" --build-arg "VERSION=$version" --build-arg "REVISION=$revision")
    if [ -n "$prebuilt" ]; then
        [ -x "$prebuilt/${platform#linux/}/$function" ] || fail "$prebuilt/${platform#linux/}/$function is not a binary"
        options+=(--build-arg BUILDER=prebuilt)
        context=$prebuilt
    fi
    case "$engine" in
        # Lambda refuses an index, which provenance and SBOM would make of it.
        docker) docker buildx build --provenance=false --sbom=false --load "${options[@]}" "$context" >&2 ;;
        buildah) buildah build "${options[@]}" "$context" >&2 ;;
        *) "$engine" build "${options[@]}" "$context" >&2 ;;
    esac || fail "the image of $function cannot be built"
}

# A file beside the image, which is pushed by now: without it nothing fails.
materials() {
    local function=$1 image=$2 cpu=${platform#linux/}
    local file="$sbom/$function-$tag-$cpu.cdx.json"
    [ -z "$from" ] || return 0
    mkdir -p "$sbom"
    if [ -n "$prebuilt" ]; then
        cp "$prebuilt/$cpu/$function.cdx.json" "$file" 2>/dev/null || { say "no bill of materials: none is beside $prebuilt/$cpu/$function"; return 0; }
    elif ! scripts/sbom.py --platform "$platform" --image "$image" "$function" >"$private/sbom" 2>"$private/why"; then
        say "no bill of materials for $function: $(tail -n 1 "$private/why")"
        return 0
    else
        cp "$private/sbom" "$file"
    fi
    say "bill of materials: $file"
}

if [ "$dry" = true ]; then
    for function in "${functions[@]}"; do
        source="build docker/Dockerfile for $platform"
        [ -z "$prebuilt" ] || source="pack $prebuilt/${platform#linux/}/$function"
        [ -z "$from" ] || source="mirror $from/$function:$tag"
        echo "unless it is there: $source with $engine, push $registry/$prefix/$function:$tag"
    done
    exit 0
fi

login
for function in "${functions[@]}"; do
    name="$prefix/$function"
    image="$registry/$name:$tag"
    repository "$name"
    found=$(digest "$name")
    if [ -n "$found" ]; then
        say "$name:$tag is there already"
    else
        build "$function" "$image"
        "$engine" push "$image" >"$private/push" 2>&1 || fail "$image cannot be pushed: $(tail -n 1 "$private/push")"
        found=$(digest "$name")
        [ -n "$found" ] || fail "$image was pushed and is not there"
        say "$name:$tag is pushed"
        materials "$function" "$registry/$name@$found"
    fi
    echo "$(parameter_of "$function")=$registry/$name@$found"
done
