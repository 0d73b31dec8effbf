#!/usr/bin/env bash
# What only a real organization can show: permissions, keys, bus policies, StackSets.
# Checks are handed to `holds` by their names.
# shellcheck disable=SC2329
set -euo pipefail

usage() {
    cat <<'TXT'
Usage: scripts/acceptance.sh --hub-profile P --member-profile P --outside-profile P [--project P] [--region R]
                             [--member-region R] [--yes] [--help]

Runs against a deployed system in a real organization of two accounts, and a third account outside of it, where no emulator can
speak for AWS. It sends test events, one of which becomes a card, and changes nothing else:

  1  the hub's stack is complete, and no alarm is raised
  2  an event of the hub itself becomes a card
  3  the member's forwarder is there in its Region, with its heartbeat, and has no dead letters
  4  the member cannot put aws.health on the bus, nor custom.health as long as it is not listed
  5  an account outside of the organization cannot put anything on the bus
  6  the functions run from the images that the stack names, and can decrypt: a sweep by hand succeeds

Prints one line for each, and exits with 1 when one of them is not so. Needs the aws command.

  --hub-profile P       AWS profile of the hub account
  --member-profile P    AWS profile of a member account with a forwarder
  --outside-profile P   AWS profile of an account outside of the organization
  --project P           default: health
  --region R            Region of the hub; default: us-east-1
  --member-region R     Region of the member's forwarder; default: us-east-1
  --yes                 do not ask
  --help                this text
TXT
}

cd "$(dirname "$0")/.."
hub="" member="" outside="" project=health region=us-east-1 member_region=us-east-1 sure=false
while [ $# -gt 0 ]; do
    case "$1" in
        --yes) sure=true; shift ;;
        --help) usage; exit 0 ;;
        --hub-profile | --member-profile | --outside-profile | --project | --region | --member-region)
            [ $# -ge 2 ] || { usage >&2; exit 2; }
            case "$1" in
                --hub-profile) hub=$2 ;;
                --member-profile) member=$2 ;;
                --outside-profile) outside=$2 ;;
                --project) project=$2 ;;
                --region) region=$2 ;;
                --member-region) member_region=$2 ;;
            esac
            shift 2 ;;
        *) usage >&2; exit 2 ;;
    esac
done
[ -n "$hub" ] && [ -n "$member" ] && [ -n "$outside" ] || { usage >&2; exit 2; }

if [ "$sure" = false ]; then
    printf 'This sends test events in three accounts, one of which becomes a card. Go on? [y/N] ' >&2
    read -r answer
    [ "$answer" = y ] || exit 1
fi

failed=0
as() {
    local profile=$1
    shift
    aws --profile "$profile" --region "$region" "$@"
}
forwarder() {
    aws --profile "$member" --region "$member_region" "$@"
}

holds() {
    local what=$1
    shift
    if "$@" >/dev/null 2>&1; then
        echo "ok      $what"
    else
        echo "FAILED  $what"
        failed=1
    fi
}

stack="$project-health-collector"
output() {
    as "$hub" cloudformation describe-stacks --stack-name "$stack" --query "Stacks[0].Outputs[?OutputKey=='$1'].OutputValue" --output text
}

complete() {
    as "$hub" cloudformation describe-stacks --stack-name "$stack" --query 'Stacks[0].StackStatus' --output text | grep -q '_COMPLETE$'
}
quiet() {
    [ "$(as "$hub" cloudwatch describe-alarms --alarm-name-prefix "$project-" --state-value ALARM --query 'length(MetricAlarms)' --output text)" = 0 ]
}
forwards() {
    forwarder events describe-rule --name "$project-health-forwarder" --query State --output text | grep -qx ENABLED
}
beats() {
    forwarder scheduler get-schedule --name "$project-health-heartbeat" --query State --output text | grep -qx ENABLED
}
undelivered() {
    local url
    url=$(forwarder sqs get-queue-url --queue-name "$project-health-forwarder-dead-letters" --query QueueUrl --output text)
    [ "$(forwarder sqs get-queue-attributes --queue-url "$url" --attribute-names ApproximateNumberOfMessages --query Attributes.ApproximateNumberOfMessages --output text)" = 0 ]
}

bus=$(output EventBusArn)
# Succeeds when AWS says that this may not be: any other failure would prove nothing.
refused() {
    local profile=$1 source=$2
    { as "$profile" events put-events --output json \
        --entries "[{\"EventBusName\":\"$bus\",\"Source\":\"$source\",\"DetailType\":\"Acceptance\",\"Detail\":\"{}\"}]" 2>&1 || true; } |
        grep -qE 'AccessDenied|NotAuthorized|not authorized'
}
sweeps() {
    as "$hub" lambda invoke --function-name "$project-collector" --cli-binary-format raw-in-base64-out \
        --payload '{"task":"sweep"}' /dev/null --query FunctionError --output text | grep -qx None
}

holds "1 the hub's stack is complete" complete
holds "1 no alarm is raised" quiet
holds "2 an event of the hub becomes a card" scripts/deploy.sh --project "$project" --region "$region" --profile "$hub" --skip images,collector,spaces,forwarders,custom
holds "3 the member forwards" forwards
holds "3 the member has a heartbeat" beats
holds "3 the member has no dead letters" undelivered
holds "4 the member cannot speak for AWS" refused "$member" aws.health
holds "4 the member cannot send custom.health" refused "$member" custom.health
holds "4 the member cannot send a heartbeat past its rule" refused "$member" custom.heartbeat
holds "5 a stranger cannot send custom.health" refused "$outside" custom.health
holds "5 a stranger cannot send a heartbeat" refused "$outside" custom.heartbeat
holds "6 the collector runs, reads its state and can decrypt it" sweeps
exit $failed
