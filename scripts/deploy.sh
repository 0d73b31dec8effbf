#!/usr/bin/env bash
# From nothing to a delivered test message: repositories, images, data collector, forwarders.
set -euo pipefail

usage() {
    cat <<'TXT'
Usage: scripts/deploy.sh --alarm-email ADDRESS [OPTIONS]
       scripts/deploy.sh --to VERSION [OPTIONS]
       scripts/deploy.sh --destroy [OPTIONS]

Deploys AWS Health alerts in six steps, each of which may be skipped and none of which harms when run again:

    images       repositories (cfn/images.yaml), then scripts/ecr-push.sh
    collector    the data collector (cfn/collector.yaml) in the hub account
    spaces       webhooks from --spaces into the secret, when the secret has no value yet
    forwarders   the StackSet (cfn/forwarder-stackset.yaml) and the management account's own forwarders, when --units is given
    custom       custom metrics (cfn/custom.yaml), when --custom is given
    test         an event through the deployed chain, until delibird says that it is posted

At its end it prints what healthctl wants to know of the hub, to be pasted into a shell: export STATE_TABLE=.. SPACES_SECRET_ARN=..

It calls the aws command, with a profile for the hub account, the management account and the one that administers StackSets.
What is not named keeps its value when a stack is updated. No secret is an argument: --webhook reads it from standard input.

What is deployed:
  --project P              begins every name; default: health
  --region R               Region of the hub; default: AWS_REGION, AWS_DEFAULT_REGION, or the one of the profile
  --alarm-email ADDRESS    who hears of faults of the alerting (first deploy: this or --alarm-topic)
  --alarm-topic ARN        an existing topic instead
  --organization ID[,ID]   organizations whose accounts may send events; needed once before --units
  --webhook                read one webhook URL from standard input, for the space default
  --spaces FILE            JSON, {"ops":"https://chat.googleapis.com/.."}
  --units OU[,OU]          organizational units, or the root, whose accounts forward
  --regions R[,R]          Regions that forward; default: us-east-1,us-west-2
  --call-as WHO            SELF (default), or DELEGATED_ADMIN: the StackSet is made by an administrator of StackSets
  --custom                 custom metrics too. In an account without a CloudWatch role of API Gateway give
                           --set custom:AccessLogs=make-role, or none
  --set [TEMPLATE:]NAME=VALUE
                           any parameter of cfn/collector.yaml; with images:, forwarders: (the StackSet), forwarder: (the
                           management account's own) or custom: before it, of that template. May be repeated
  --tag TAG, --prebuilt FOLDER, --repository-prefix P
                           as in scripts/ecr-push.sh
  --platform P             likewise; the functions' Architecture follows it

How:
  --profile P              AWS profile of the hub account
  --management-profile P   AWS profile of the management account; default: the hub's
  --stacksets-profile P    AWS profile of the administrator of StackSets; default: the management account's
  --skip STEP[,STEP]       leave steps out
  --to VERSION             deploy images that were pushed before, newer or older, and nothing else but what --set says
  --destroy                delete the stacks, forwarders first; asks first. Table, key, secrets, images and the bucket of
                           templates stay. Give --regions if forwarders were made in other Regions than the default
  --yes                    do not ask
  --dry-run                print the plan, and do nothing
  --endpoint-url URL       another API than AWS, for emulators
  --help                   this text
TXT
}

fail() {
    printf 'deploy: %s\n' "$1" >&2
    exit 1
}

say() { printf '%s\n' "$*" >&2; }

cd "$(dirname "$0")/.."
project=health region="" alarm_email="" alarm_topic="" organization="" spaces="" units="" regions=us-east-1,us-west-2
call_as=SELF tag="" platform=linux/arm64 prebuilt="" prefix=health-alerts profile="" management="" stacksets="" skip="" to="" endpoint=""
webhook="" read_webhook=false custom=false destroy=false dry=false sure=false
settings=()
while [ $# -gt 0 ]; do
    case "$1" in
        --webhook) read_webhook=true ;;
        --custom) custom=true ;;
        --destroy) destroy=true ;;
        --dry-run) dry=true ;;
        --yes) sure=true ;;
        --help) usage; exit 0 ;;
        --*)
            [ $# -ge 2 ] || { usage >&2; exit 2; }
            case "$1" in
                --project) project=$2 ;;
                --region) region=$2 ;;
                --alarm-email) alarm_email=$2 ;;
                --alarm-topic) alarm_topic=$2 ;;
                --organization) organization=$2 ;;
                --spaces) spaces=$2 ;;
                --units) units=$2 ;;
                --regions) regions=$2 ;;
                --call-as) call_as=$2 ;;
                --set)
                    case "${2%%=*}" in
                        *:*) settings+=("$2") ;;
                        *) settings+=("collector:$2") ;;
                    esac ;;
                --tag) tag=$2 ;;
                --platform) platform=$2 ;;
                --prebuilt) prebuilt=$2 ;;
                --repository-prefix) prefix=$2 ;;
                --profile) profile=$2 ;;
                --management-profile) management=$2 ;;
                --stacksets-profile) stacksets=$2 ;;
                --skip) skip=$2 ;;
                --to) to=$2 ;;
                --endpoint-url) endpoint=$2 ;;
                *) usage >&2; exit 2 ;;
            esac
            shift ;;
        *) usage >&2; exit 2 ;;
    esac
    shift
done
[ -z "$spaces" ] || [ -r "$spaces" ] || fail "$spaces cannot be read"
for step in ${skip//,/ }; do
    case "$step" in
        images | collector | spaces | forwarders | custom | test) ;;
        *) fail "no such step: $step" ;;
    esac
done

case "$platform" in
    linux/arm64) architecture=arm64 ;;
    linux/amd64) architecture=x86_64 ;;
    *) fail "no image for the platform $platform: Lambda runs linux/arm64 and linux/amd64" ;;
esac
case "$call_as" in
    SELF | DELEGATED_ADMIN) ;;
    *) fail "--call-as is SELF or DELEGATED_ADMIN" ;;
esac

file_of() {
    case "$1" in
        images | collector | forwarder | custom) echo "cfn/$1.yaml" ;;
        forwarders) echo cfn/forwarder-stackset.yaml ;;
        *) fail "--set: no such template: $1" ;;
    esac
}

# Whether a template has a parameter.
takes() {
    local file
    file=$(file_of "$1") || exit 1
    case " $(sed -n '/^Parameters:/,/^[A-Z]/s/^  \([A-Za-z0-9]*\):.*/\1/p' "$file" | tr '\n' ' ')" in
        *" $2 "*) return 0 ;;
        *) return 1 ;;
    esac
}

# What --set says of a parameter, when it does.
setting() {
    local one said=""
    for one in "${settings[@]+"${settings[@]}"}"; do
        case "$one" in "$1:$2="*) said=${one#*=} ;; esac
    done
    printf '%s' "$said"
}

for one in "${settings[@]+"${settings[@]}"}"; do
    # A value may be a secret: it is in no message.
    case "$one" in
        *=*) ;;
        *) fail "--set takes [TEMPLATE:]NAME=VALUE" ;;
    esac
    name=${one%%=*}
    takes "${name%%:*}" "${name#*:}" || fail "--set: $(file_of "${name%%:*}") has no parameter ${name#*:}"
    case "${name%%:*}" in
        custom) [ "$custom" = true ] || [ -n "$to" ] || fail "--set $name is for --custom" ;;
        forwarder | forwarders) [ -n "$units" ] || fail "--set $name is for --units" ;;
    esac
done

# Before any step, so that nothing is made without it. The last line may lack its end.
if [ "$read_webhook" = true ] && [ "$dry$destroy" = falsefalse ] && [ -z "$to" ]; then
    IFS= read -r webhook || true
    [ -n "$webhook" ] || fail "no webhook on standard input"
fi

# One Region for every call and every script, as the aws command itself finds it. A plan needs none.
region=${region:-${AWS_REGION:-${AWS_DEFAULT_REGION:-}}}
if [ -z "$region" ] && [ "$dry" = false ]; then
    region=$(aws ${profile:+--profile "$profile"} configure get region || true)
    [ -n "$region" ] || fail "no Region: give --region"
fi
common=()
[ -z "$endpoint" ] || common+=(--endpoint-url "$endpoint")
[ -z "$region" ] || common+=(--region "$region")
hub=(aws "${common[@]+"${common[@]}"}")
[ -z "$profile" ] || hub+=(--profile "$profile")
root=(aws "${common[@]+"${common[@]}"}")
management=${management:-$profile}
[ -z "$management" ] || root+=(--profile "$management")
sets=(aws "${common[@]+"${common[@]}"}")
stacksets=${stacksets:-$management}
[ -z "$stacksets" ] || sets+=(--profile "$stacksets")

private=$(mktemp -d)
trap 'rm -rf "$private"' EXIT

skipped() {
    case ",$skip," in *",$1,"*) return 0 ;; *) return 1 ;; esac
}

# Calls AWS, or says what it would call.
planned() {
    if [ "$dry" = true ]; then
        echo "  $*"
    else
        "$@"
    fi
}

# An output of the data collector.
output() {
    "${hub[@]}" cloudformation describe-stacks --stack-name "$collector" --query "Stacks[0].Outputs[?OutputKey=='$1'].OutputValue" --output text ||
        fail "the stack $collector has no outputs"
}

# Leaves in state what a stack is in.
exists() {
    local who=$1
    state=$(calls "$who" cloudformation describe-stacks --stack-name "$2" --query 'Stacks[0].StackStatus' --output text 2>"$private/why") || {
        grep -q 'does not exist' "$private/why" || fail "$(tail -n 1 "$private/why")"
        return 1
    }
}

# The aws command of the hub, of the management account or of the administrator of StackSets, with further options.
calls() {
    local who=$1
    shift
    case "$who" in
        hub) "${hub[@]}" "$@" ;;
        root) "${root[@]}" "$@" ;;
        sets) "${sets[@]}" "$@" ;;
    esac
}

# Whether the management account is one that is called: without a profile of its own it is taken for the delegated administrator,
# a member in which a stack would stand in the way of the StackSet.
reaches_management() {
    [ "$call_as" = SELF ] || [ "$stacksets" != "$management" ]
}

# Makes or updates a stack and waits. Parameters that are not given keep their value.
stack() {
    local who=$1 name=$2 of=$3 template action=create
    template=$(file_of "$of")
    shift 3
    local options=() given=" " parameter later one keys source=(--template-body "file://$template")
    for one in "${settings[@]+"${settings[@]}"}"; do
        case "$one" in "$of:"*) set -- "$@" "${one#*:}" ;; esac
    done
    rm -f "$private/parameters.$name"
    while [ $# -gt 0 ]; do
        parameter=$1
        shift
        # The last word on a name holds.
        for later in "$@"; do [ "${later%%=*}" != "${parameter%%=*}" ] || continue 2; done
        given+="${parameter%%=*} "
        printf '%s' "${parameter#*=}" >"$private/value"
        json_parameter "${parameter%%=*}" <"$private/value" >>"$private/parameters.$name"
    done
    if [ "$dry" = true ]; then
        given=${given# }
        echo "  make or update the stack $name from $template with: ${given% }"
        return
    fi
    if exists "$who" "$name"; then
        action=update
        [ "$state" != ROLLBACK_COMPLETE ] || fail "the stack $name failed when it was made: delete it, and run this again"
    fi
    if [ "$action" = update ]; then
        # Without them all would fall back to the template's defaults.
        keys=$(calls "$who" cloudformation describe-stacks --stack-name "$name" --query 'Stacks[0].Parameters[].ParameterKey' --output text) ||
            fail "the parameters of the stack $name cannot be read"
        for parameter in $keys; do
            takes "$of" "$parameter" || continue
            case "$given" in *" $parameter "*) continue ;; esac
            printf '{"ParameterKey":"%s","UsePreviousValue":true},\n' "$parameter" >>"$private/parameters.$name"
        done
    fi
    { printf '['; sed '$ s/,$//' "$private/parameters.$name" 2>/dev/null || true; printf ']'; } >"$private/given.$name"
    # A call carries 51,200 bytes; more comes from a bucket of ours.
    if [ "$(wc -c <"$template")" -gt 51200 ]; then
        parameter=$(uploaded "$template")
        source=(--template-url "$parameter")
    fi
    options=(--stack-name "$name" "${source[@]}" --parameters "file://$private/given.$name" --capabilities CAPABILITY_IAM)
    if ! calls "$who" cloudformation "$action-stack" "${options[@]}" >/dev/null 2>"$private/why"; then
        grep -q 'No updates are to be performed' "$private/why" || fail "the stack $name: $(tail -n 1 "$private/why")"
        say "the stack $name is as it should be"
        return
    fi
    say "the stack $name: $action"
    calls "$who" cloudformation wait "stack-$action-complete" --stack-name "$name" || {
        calls "$who" cloudformation describe-stack-events --stack-name "$name" \
            --query "StackEvents[?contains(ResourceStatus,'FAILED')].[LogicalResourceId,ResourceStatusReason]" --output text >&2
        fail "the stack $name failed; nothing else was changed"
    }
}

# One parameter as JSON, its value from standard input, so that it is in no list of processes.
json_parameter() {
    printf '{"ParameterKey":"%s","ParameterValue":"%s"},\n' "$1" "$(sed -e 's/\\/\\\\/g' -e 's/"/\\"/g' | awk 'NR > 1 { printf "\\n" } { printf "%s", $0 }')"
}

uploaded() {
    local account bucket
    account=$("${hub[@]}" sts get-caller-identity --query Account --output text) || fail "AWS does not say who you are: check the profile"
    bucket="$project-health-templates-$account-$region"
    if ! "${hub[@]}" s3api head-bucket --bucket "$bucket" >/dev/null 2>&1; then
        "${hub[@]}" s3 mb "s3://$bucket" >&2 || fail "the bucket $bucket cannot be made"
        "${hub[@]}" s3api put-public-access-block --bucket "$bucket" \
            --public-access-block-configuration BlockPublicAcls=true,IgnorePublicAcls=true,BlockPublicPolicy=true,RestrictPublicBuckets=true >&2 ||
            fail "the bucket $bucket cannot be closed to the public"
    fi
    "${hub[@]}" s3 cp --only-show-errors "$1" "s3://$bucket/$(basename "$1")" >&2 || fail "$1 cannot be put into $bucket"
    if [ -n "$endpoint" ]; then
        echo "$endpoint/$bucket/$(basename "$1")"
    else
        case "$region" in
            cn-*) echo "https://$bucket.s3.$region.amazonaws.com.cn/$(basename "$1")" ;;
            *) echo "https://$bucket.s3.$region.amazonaws.com/$(basename "$1")" ;;
        esac
    fi
}

# Parameters that name images, one a line.
images() {
    local functions=(collector delibird) options=(--repository-prefix "$prefix" --platform "$platform")
    [ "$custom" = false ] || functions+=(custom)
    [ -z "$tag" ] || options+=(--tag "$tag")
    [ -z "$prebuilt" ] || options+=(--prebuilt "$prebuilt")
    [ -z "$profile" ] || options+=(--profile "$profile")
    if [ "$dry" = true ]; then
        scripts/ecr-push.sh --dry-run --registry "ECR" "${options[@]}" "${common[@]+"${common[@]}"}" "${functions[@]}" | sed 's/^/  /' >&2
        return
    fi
    scripts/ecr-push.sh "${options[@]}" "${common[@]+"${common[@]}"}" "${functions[@]}"
}

# What was pushed before of these functions under a version, as parameters.
pushed() {
    local function uri digest
    for function in "$@"; do
        uri=$("${hub[@]}" ecr describe-repositories --repository-names "$prefix/$function" --query 'repositories[0].repositoryUri' --output text) ||
            fail "there is no repository $prefix/$function"
        digest=$("${hub[@]}" ecr describe-images --repository-name "$prefix/$function" --image-ids "imageTag=$to" \
            --query 'imageDetails[0].imageDigest' --output text 2>"$private/why") || digest=""
        case "$digest" in
            sha256:*) ;;
            # An emulator says None where AWS says that there is no such image.
            *) fail "no image $prefix/$function:$to: push it with scripts/ecr-push.sh --tag$(tail -n 1 "$private/why" | sed 's/.*/ (&)/')" ;;
        esac
        case "$function" in
            collector) echo "CollectorImageUri=$uri@$digest" ;;
            delibird) echo "ECRImageUri=$uri@$digest" ;;
            custom) echo "CustomImageUri=$uri@$digest" ;;
        esac
    done
}

# Whether repositories are there that a stack of images would make, and none did: ecr-push.sh, or another project.
repositories_stand() {
    local function
    ! exists hub "$project-health-images" || return 1
    for function in collector delibird custom; do
        if "${hub[@]}" ecr describe-repositories --repository-names "$prefix/$function" >/dev/null 2>"$private/why"; then return 0; fi
        grep -q RepositoryNotFound "$private/why" || fail "ECR does not show $prefix/$function: $(tail -n 1 "$private/why")"
    done
    return 1
}

# Whether this run tells the hub whose events its bus takes.
names_members() {
    ! skipped collector && [ -n "$organization$(setting collector OrgId)$(setting collector ExistingEventBusArn)" ]
}

# Whether the hub's bus takes events of other accounts: by the organization, or by the policy of a bus that is there.
takes_members() {
    local name value
    ! names_members || return 0
    exists hub "$collector" || return 1
    for name in OrgId ExistingEventBusArn; do
        value=$("${hub[@]}" cloudformation describe-stacks --stack-name "$collector" \
            --query "Stacks[0].Parameters[?ParameterKey=='$name'].ParameterValue" --output text) || fail "the parameters of the stack $collector cannot be read"
        case "$value" in "" | None) ;; *) return 0 ;; esac
    done
    return 1
}

confirm() {
    [ "$sure" = true ] && return
    printf '%s Type the project (%s) to go on: ' "$1" "$project" >&2
    read -r answer
    [ "$answer" = "$project" ] || fail "nothing was changed"
}

remove() {
    local who=$1 name=$2
    if [ "$dry" = true ]; then
        echo "  delete the stack $name"
        return
    fi
    exists "$who" "$name" || { say "there is no stack $name"; return; }
    calls "$who" cloudformation delete-stack --stack-name "$name"
    calls "$who" cloudformation wait stack-delete-complete --stack-name "$name" || fail "the stack $name is not deleted"
    say "the stack $name is deleted"
}

# In every Region of the management account, which no StackSet reaches.
each_region() {
    local saved=("${root[@]}") at
    for at in ${regions//,/ }; do
        root=(aws --region "$at")
        [ -z "$endpoint" ] || root+=(--endpoint-url "$endpoint")
        [ -z "$management" ] || root+=(--profile "$management")
        "$@"
    done
    root=("${saved[@]}")
}

collector="$project-health-collector"
forwarders="$project-health-forwarders"
forwarder="$project-health-forwarder"
metrics="$project-health-custom"

if [ "$destroy" = true ]; then
    [ "$dry" = true ] || confirm "Alerting stops. Table, key, secrets and images stay."
    # Whatever the run that made them was told: forwarders without a collector would fill their dead letters.
    remove sets "$forwarders"
    if reaches_management; then
        each_region remove root "$forwarder"
    else
        say "left to do: delete the stack $forwarder in the management account, in $regions"
    fi
    remove hub "$metrics"
    remove hub "$collector"
    exit 0
fi

if [ -n "$to" ]; then
    if [ "$dry" = true ]; then
        echo "update the stack $collector, and $metrics if there is one, to the images $to"
        exit 0
    fi
    uris=$(pushed collector delibird)
    mapped=()
    while IFS= read -r line; do mapped+=("$line"); done <<<"$uris"
    custom_image=""
    # One that failed when it was made has nothing to move.
    ! exists hub "$metrics" || [ "$state" = ROLLBACK_COMPLETE ] || custom_image=$(pushed custom)
    stack hub "$collector" collector "${mapped[@]}"
    [ -z "$custom_image" ] || stack hub "$metrics" custom "$custom_image"
    exit 0
fi

if ! skipped forwarders && [ -n "$units" ] && [ "$dry" = false ]; then
    takes_members || fail "--units needs --organization: without it the hub's bus takes no event of another account"
fi

parameters=("Project=$project")
custom_parameters=()
if ! skipped images; then
    [ "$dry" = false ] || printf 'images:\n  unless repositories of %s/ are there without it:\n' "$prefix"
    if [ "$dry" = false ] && repositories_stand; then
        say "the stack $project-health-images is not made: repositories of $prefix/ are there without it"
    else
        stack hub "$project-health-images" images "Project=$project" "RepositoryPrefix=$prefix"
    fi
    uris=$(images)
    parameters+=("Architecture=$architecture")
    custom_parameters=("Architecture=$architecture")
    while IFS= read -r line; do
        case "$line" in
            CustomImageUri=*) custom_parameters+=("$line") ;;
            ?*) parameters+=("$line") ;;
        esac
    done <<<"$uris"
fi

if ! skipped collector; then
    [ "$dry" = false ] || echo "collector:"
    [ -z "$alarm_email" ] || parameters+=("AlarmEmail=$alarm_email" "AlarmTopicArn=")
    [ -z "$alarm_topic" ] || parameters+=("AlarmTopicArn=$alarm_topic" "AlarmEmail=")
    [ -z "$organization" ] || parameters+=("OrgId=$organization")
    if [ "$read_webhook" = true ]; then
        parameters+=("GchatWebhookUrl=$webhook")
    fi
    stack hub "$collector" collector "${parameters[@]}"
fi

if ! skipped spaces && [ -n "$spaces" ]; then
    [ "$dry" = false ] || echo "spaces:"
    if [ "$dry" = true ]; then
        echo "  write $spaces into the secret of spaces, unless it has a value"
    else
        secret=$(output SpacesSecretArn)
        length=$("${hub[@]}" secretsmanager get-secret-value --secret-id "$secret" --query "length(not_null(SecretString, ''))" \
            --output text 2>"$private/why") || {
            grep -q ResourceNotFoundException "$private/why" || fail "$(tail -n 1 "$private/why")"
            length=0
        }
        if [ "$length" -gt 0 ]; then
            say "the secret of spaces has a value, which stays"
        else
            "${hub[@]}" secretsmanager put-secret-value --secret-id "$secret" --secret-string "file://$spaces" >/dev/null
            say "the secret of spaces is written"
        fi
    fi
fi

if ! skipped forwarders && [ -n "$units" ]; then
    if [ "$dry" = true ]; then
        echo "forwarders:"
        names_members || echo "  refused, unless the hub's stack knows the organization"
    fi
    bus=""
    [ "$dry" = true ] || bus=$(output EventBusArn)
    stack sets "$forwarders" forwarders "Project=$project" "CollectorEventBusArn=$bus" \
        "OrganizationalUnitIds=$units" "Regions=$regions" "CallAs=$call_as"
    if reaches_management; then
        each_region stack root "$forwarder" forwarder "Project=$project" "CollectorEventBusArn=$bus"
    else
        say "left to do: the management account, which no StackSet reaches, does not forward. Run this again with its profile as" \
            "--management-profile and the administrator's as --stacksets-profile, or make the stack $forwarder of" \
            "cfn/forwarder.yaml there, in $regions${bus:+, with CollectorEventBusArn=$bus}"
    fi
fi

if ! skipped custom && [ "$custom" = true ]; then
    [ "$dry" = false ] || echo "custom:"
    options=("Project=$project" "${custom_parameters[@]+"${custom_parameters[@]}"}")
    if [ "$dry" = false ]; then
        for name in StateTableName EventBusName AlarmTopicArn KmsKeyArn; do
            value=$(output "$name")
            options+=("$name=$value")
        done
    fi
    stack hub "$metrics" custom "${options[@]}"
fi

if ! skipped test; then
    if [ "$dry" = true ]; then
        echo "test:"
        echo "  put an event of source custom.health on the bus, and wait for delibird to say that it is posted"
        exit 0
    fi
    name="deploy-test-$(date -u +%Y%m%dT%H%M%SZ)"
    at=$(date -u +%Y-%m-%dT%H:%M:%SZ)
    bus=$(output EventBusName)
    cat >"$private/entries" <<JSON
[{"EventBusName":"$bus","Source":"custom.health","DetailType":"AWS Health Event","Detail":
"{\"eventArn\":\"arn:aws:health:global::event/TEST/HEALTH_ALERTS_TEST/$name\",\"service\":\"TEST\",\"severity\":\"info\",\"eventTypeCode\":\"HEALTH_ALERTS_TEST\",\"eventTypeCategory\":\"issue\",\"eventScopeCode\":\"ACCOUNT_SPECIFIC\",\"statusCode\":\"closed\",\"startTime\":\"$at\",\"endTime\":\"$at\",\"eventDescription\":[{\"language\":\"en_US\",\"latestDescription\":\"A test of the alerting after a deploy. Nothing happened.\"}]}"}]
JSON
    "${hub[@]}" events put-events --entries "file://$private/entries" --query FailedEntryCount --output text | grep -qx 0 || fail "the bus does not take the test event"
    function=$(output DelibirdFunctionName)
    group="/aws/lambda/$function"
    for _ in $(seq 1 60); do
        found=$("${hub[@]}" logs filter-log-events --log-group-name "$group" --filter-pattern "\"$name\"" --query 'events[].message' --output text 2>/dev/null || true)
        case "$found" in
            *'"decision":"posted"'*) echo "delivered"; break ;;
        esac
        found=""
        sleep 3
    done
    [ -n "$found" ] || fail "the test event was not posted within three minutes: look into $group, and see docs/runbook.md"
fi

# What the verbs of healthctl ask for.
if [ "$dry" = false ] && exists hub "$collector"; then
    table=$(output StateTableName)
    secret=$(output SpacesSecretArn)
    echo "export STATE_TABLE=$table SPACES_SECRET_ARN=$secret"
fi
