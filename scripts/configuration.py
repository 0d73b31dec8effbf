#!/usr/bin/env python3
"""Writes the tables of parameters, settings and retention from the templates and the code.

Usage: scripts/configuration.py [--check] [--help]

Fills what stands between the markers of docs/configuration.md, docs/security.md, README.md and
README.ko.md; --check only compares, and that docs/routes.md names every key of the routing
document, and exits 1 when one says something else.
"""

import json
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = ["docs/configuration.md", "docs/security.md", "README.md", "README.ko.md"]
TEMPLATES = ["collector", "custom", "forwarder", "forwarder-stackset", "images"]
FUNCTIONS = ["collector", "delibird", "custom"]

# What somebody who deploys for the first time must give, and what is worth a look before.
FIRST = [
    "CollectorImageUri", "ECRImageUri", "AlarmEmail", "OrgId", "GchatWebhookUrl", "Project",
    "AccountDirectory", "LogRetentionDays", "ArchiveRetentionDays",
]


class Unreadable(Exception):
    """A source has a form that this script does not know."""


def read(path):
    return (ROOT / path).read_text(encoding="utf-8")


def table(head, rows):
    def cell(text):
        # Of what stands between backticks nothing is decoded; there a bar is escaped.
        parts = text.split("`")
        parts[::2] = [part.replace("|", "&#124;").replace("<", "&lt;") for part in parts[::2]]
        return "`".join(part.replace("|", "\\|") for part in parts)

    lines = ["| " + " | ".join(head) + " |", "|" + " --- |" * len(head)]
    return "\n".join(lines + ["| " + " | ".join(map(cell, row)) + " |" for row in rows])


# Templates: the section of parameters, whose YAML is plain. Anything else is refused.


def parameters(template):
    path = f"cfn/{template}.yaml"
    lines = read(path).split("\n")
    found, name, key = {}, None, None
    for number, line in enumerate(lines[lines.index("Parameters:") + 1:], lines.index("Parameters:") + 2):
        if re.match(r"[A-Za-z]", line):
            return found
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        if match := re.fullmatch(r"  (\w+):", line):
            name, key = match[1], None
            found[name] = {}
        elif match := re.fullmatch(r"    (\w+): (.+)", line):
            key, value = match[1], match[2]
            found[name][key] = "" if value == ">-" else scalar(value)
            key = key if value == ">-" else None
        elif key and (match := re.fullmatch(r"      (\S.*)", line)):
            found[name][key] = f"{found[name][key]} {match[1]}".strip()
        else:
            raise Unreadable(f"{path}:{number}: {line.strip()}")
    return found


def scalar(text):
    if text.startswith("["):
        return [scalar(item) for item in text.strip("[]").split(", ")]
    return json.loads(text) if text.startswith('"') else text


def default(parameter):
    if "Default" not in parameter:
        return "**required**"
    return f"`{parameter['Default']}`" if parameter["Default"] != "" else "empty"


def allowed(parameter):
    if values := parameter.get("AllowedValues"):
        return ", ".join(f"`{value}`" for value in values)
    if "MinValue" in parameter:
        return f"{int(parameter['MinValue']):,} to {int(parameter['MaxValue']):,}"
    if words := parameter.get("ConstraintDescription"):
        return words
    if "MaxLength" in parameter:
        least = int(parameter.get("MinLength", 0))
        return f"{least} to {int(parameter['MaxLength']):,} characters"
    raise Unreadable(f"a parameter does not say what it takes: {parameter}")


def of_template(template):
    rows = [
        [f"`{name}`", default(one), allowed(one), one["Description"]]
        for name, one in parameters(template).items()
    ]
    return table(["parameter", "default", "takes", "what it is"], rows)


def first():
    known = parameters("collector")
    rows = [[f"`{name}`", default(known[name]), known[name]["Description"]] for name in FIRST]
    return table(["parameter", "default", "what it is"], rows)


# Functions: constants that name a setting, their doc comment, and how each is read.


def constants(path):
    """By their name: the setting, and what the doc comment above says."""
    found, doc = {}, []
    for line in read(path).split("\n"):
        if line.startswith("/// "):
            doc.append(line[4:])
        elif match := re.fullmatch(r'pub const (\w+): &str = "([A-Z][A-Z_]+)";', line):
            if not doc:
                raise Unreadable(f"{path}: {match[1]} has no doc comment")
            found[match[1]], doc = (match[2], " ".join(doc)), []
        else:
            doc = []
    return found


def takes(path, parse):
    known = {
        "text": "text", "url": "http or https URL", "settings::text": "text", "settings::url": "http or https URL",
        "secret_arn": "ARN of a secret", 'arn("secretsmanager")': "ARN of a secret", 'arn("sns")': "ARN of SNS",
        "": "secret text",
    }
    if parse in known:
        return known[parse]
    if match := re.fullmatch(r"whole\((\d+), (\d+)\)", parse):
        return f"{match[1]} to {match[2]}"
    if parse == "whole(*TIMEOUT.start(), *TIMEOUT.end())":
        return "{} to {}".format(*re.search(r"const TIMEOUT: .* = (\d+)\.\.=(\d+);", read(path)).groups())
    beginnings = {"|pem| ExtraRoots::": "PEM", "|url| Proxy::": "http or https URL"}
    return next((what for start, what in beginnings.items() if parse.startswith(start)), "text")


def settings(path):
    known, rows = constants(path), []
    reads = re.compile(r"\bfrom\s*\.(required|optional)(_secret)?\(\s*(\w+)(?:, (.*?))?\)(?:\.unwrap_or_default\(\))?;", re.S)
    text = read(path).split("#[cfg(test)]")[0]
    for need, _, name, parse in reads.findall(text):
        setting, words = known.pop(name)
        need = need if need == "optional" else "**required**"
        rows.append([f"`{setting}`", need, takes(path, parse.strip()), words])
    if known:
        raise Unreadable(f"{path}: nobody reads {', '.join(known)}")
    return rows


def of_function(function):
    return table(["setting", "", "takes", "what it is"], settings(f"crates/{function}/src/lambda/settings.rs"))


def of_every_function():
    rows = settings("crates/function/src/aws.rs") + settings("crates/function/src/http.rs")
    return table(["setting", "", "takes", "what it is"], rows)


# What is kept: periods from the templates and from the constants by which items expire.


def hours(path, constant):
    """A constant of so many hours, in words."""
    match = re.search(rf"const {constant}: SignedDuration = SignedDuration::from_hours\(([\d *]+)\);", read(path))
    if not match:
        raise Unreadable(f"{path} has no {constant} in hours")
    count = 1
    for factor in match[1].split("*"):
        count *= int(factor)
    return days(count / 24)


def days(count):
    if count % 365 == 0:
        years = int(count // 365)
        return "1 year" if years == 1 else f"{years} years"
    return "1 day" if count == 1 else f"{count:g} days"


def only(path, pattern, least):
    """The one number that a template says, however often it says it."""
    values = re.findall(pattern, read(path))
    if len(values) < least or len(set(values)) != 1:
        raise Unreadable(f"{path}: {pattern} is {values}")
    return int(values[0])


def must(path, text, least=1):
    if read(path).count(text) < least:
        raise Unreadable(f"{path} has no {text}")


def retention():
    keys, state = "crates/state/src/dynamodb/keys.rs", "crates/state/src"
    collector, custom, images = "cfn/collector.yaml", "cfn/custom.yaml", "cfn/images.yaml"
    # What the words below say of the templates.
    must(collector, "PointInTimeRecoveryEnabled: true")
    must(collector, "TimeToLiveSpecification: { AttributeName: expires, Enabled: true }")
    must(collector, "RetentionInDays: !Ref LogRetentionDays", 2)
    must(collector, "RetentionDays: !Ref ArchiveRetentionDays")
    must(custom, "RetentionInDays: !Ref LogRetentionDays", 2)
    must("cfn/forwarder.yaml", "SqsManagedSseEnabled: true")
    seconds = r"MessageRetentionPeriod: (\d+)"
    queues = {
        only(collector, seconds, 10), only(custom, seconds, 1), only("cfn/forwarder.yaml", seconds, 1),
        only("cfn/forwarder-stackset.yaml", seconds, 1),
    }
    if len(queues) != 1:
        raise Unreadable(f"queues keep messages for {queues}")
    queued = days(queues.pop() / 86_400)
    untagged = days(only(images, r'"countNumber":(\d+)', 3))
    logs = {int(parameters(template)["LogRetentionDays"]["Default"]) for template in ("collector", "custom")}
    if len(logs) != 1:
        raise Unreadable(f"logs are kept for {logs}")
    archive = int(parameters("collector")["ArchiveRetentionDays"]["Default"])
    recent = hours(f"{state}/board.rs", "KEEP_OVER")
    delivery = re.search(r"SignedDuration::from_hours\((\d+) \* 24\)", read("crates/delibird/src/deliver/ledger.rs"))
    two_years = hours(keys, "KEEP")
    item = "deleted by its time to live"
    rows = [
        ["state table: incidents, their names (claims), what a space was told (groups), texts, copies of PUBLIC events",
         f"{two_years} after the last change or alert, a group not before its deadline", f"`KEEP` in `{keys}`", "the hub's", item],
        ["state table: members, that is one account's record",
         f"{hours(keys, 'KEEP_MEMBER')} after the last time it names, at most {two_years}", "`KEEP_MEMBER`, there", "the hub's", item],
        ["state table: frozen alerts (outbox)", hours(keys, "KEEP_FROZEN"), "`KEEP_FROZEN`, there", "the hub's", item],
        ["state table: rows of a space's digest",
         f"open {hours(f'{state}/board.rs', 'KEEP_OPEN')}, resolved or silenced {recent}",
         "`KEEP_OPEN`, `KEEP_OVER` in `crates/state/src/board.rs`", "the hub's", item],
        ["state table: deliveries, with a fingerprint of the webhook, never the webhook", days(int(delivery[1])),
         "`Ledger::expires` in `crates/delibird/src/deliver/ledger.rs`", "the hub's", item],
        ["state table: who took what in hand, with name and time", f"{hours(f'{state}/ack.rs', 'KEEP')} after it, or after the snooze",
         "`KEEP` in `crates/state/src/ack.rs`", "the hub's", item],
        ["state table: undelivered messages, by id", hours(f"{state}/undelivered.rs", "KEEP"),
         "`KEEP` in `crates/state/src/undelivered.rs`", "the hub's", item],
        ["state table: directory of accounts: names, units, owners, tags", f"{hours(f'{state}/directory.rs', 'KEEP')} after it was written",
         "`KEEP` in `crates/state/src/directory.rs`", "the hub's", item],
        ["state table: heartbeats", f"{hours(f'{state}/coverage.rs', 'KEEP')} after the last one",
         "`KEEP` in `crates/state/src/coverage.rs`", "the hub's", item],
        ["state table: series of metrics under a threshold, with their last values",
         f"{hours('crates/custom/src/watch.rs', 'KEEP')} after the last change", "`KEEP` in `crates/custom/src/watch.rs`", "the hub's", item],
        ["state table: routing documents, with who published them and why", "for ever", "`crates/state/src/configuration.rs`",
         "the hub's", "with the table"],
        ["backups of the state table", "35 days, the period of DynamoDB", "`PointInTimeRecoverySpecification`", "the hub's",
         "end with it; AWS keeps a last backup of a deleted table for 35 days"],
        ["queues and dead letters of the hub and of `custom`", queued, "`MessageRetentionPeriod`", "the hub's",
         "`aws sqs purge-queue`, which loses what nobody was told"],
        ["dead letters of a forwarder, in its own account", queued, "`MessageRetentionPeriod`", "SQS's own (SSE-SQS)",
         "`aws sqs purge-queue`, or with the stack"],
        ["logs of the functions, access log of the metrics API", f"{logs.pop()} days", "`LogRetentionDays`", "the hub's",
         "`aws logs delete-log-group`; with the stack"],
        ["archive of the bus: AWS Health and custom events as they came",
         f"{archive} days; 0 keeps none", "`ArchiveRetentionDays`", "EventBridge's own", "`aws events delete-archive`; with the stack"],
        ["webhooks, and access keys of WhaTap", "until they are replaced", "`SpacesSecret`, `BootstrapSecret`, `CustomKeysSecret`",
         "the hub's", "`aws secretsmanager delete-secret`; the stack keeps them. A webhook is also deleted in its space"],
        ["images (ECR)", f"releases for ever, failed pushes {untagged}", "`LifecyclePolicy`", "`KmsKeyArn` of images.yaml, or ECR's own",
         "`aws ecr batch-delete-image`; the stack keeps them"],
        ["metrics in CloudWatch: figures by function; custom metrics with their tags", "15 months, the period of CloudWatch", "AWS",
         "CloudWatch's own", "they cannot be deleted, they run out"],
        ["the key", "until it is deleted", "`HubKey`", "", "`aws kms schedule-key-deletion`: whatever it encrypts is gone with it"],
        ["cards in Google Chat", "what Google Workspace says of the space", "its administrator", "Google's", "in the space"],
        ["custom metrics at WhaTap", "what its project says", "its administrator", "WhaTap's", "there"],
    ]
    return table(["what", "how long", "set by", "key", "how it goes"], rows)


def tables():
    found = {f"parameters-{template}": of_template(template) for template in TEMPLATES}
    found |= {f"settings-{function}": of_function(function) for function in FUNCTIONS}
    return found | {"settings-every": of_every_function(), "first": first(), "retention": retention()}


def filled(text, known, used):
    def fill(match):
        name = match[1]
        if name not in known:
            raise Unreadable(f"no table is called {name}")
        used.add(name)
        return f"<!-- configuration:begin {name} -->\n{known[name]}\n<!-- configuration:end -->"

    return re.sub(r"<!-- configuration:begin ([\w-]+) -->\n.*?<!-- configuration:end -->", fill, text, flags=re.S)


def unnamed_keys():
    """Keys that the reader of routing documents knows and docs/routes.md does not name."""
    document, keys = read("docs/routes.md"), set()
    for source in ["document.rs", *(f"document/{name}.rs" for name in ("routing", "operating", "expected"))]:
        text = read(f"crates/rules/src/{source}")
        lists = re.findall(r"const (?:TABLES|DEFAULTS|ROUTE|EVENT|DAYS): \[[^\]]*\] = \[(.*?)\];", text, re.S)
        for named in lists + re.findall(r"\.only\(faults, &\[(.*?)\]\)", text):
            keys.update(re.findall(r'"(\w+)"', named))
    for named in re.findall(r"const (?:SHORT|ENVELOPE|DETAIL|LISTS|METRIC): \[[^=]*\] = \[(.*?)\];", read("crates/rules/src/column.rs"), re.S):
        keys.update(re.findall(r'"([\w-]+)"', named))
    if len(keys) < 70:
        raise Unreadable(f"only {len(keys)} keys of the routing document were found")
    return sorted(key for key in keys if not re.search(rf"(?<![\w-]){re.escape(key)}(?![\w-])", document))


def main(arguments):
    if arguments and arguments != ["--check"]:
        print(__doc__)
        return 0 if arguments == ["--help"] else 2
    known, used, stale = tables(), set(), []
    for document in DOCUMENTS:
        there = read(document)
        wanted = filled(there, known, used)
        if there != wanted:
            stale.append(document)
        if not arguments:
            (ROOT / document).write_text(wanted, encoding="utf-8")
    if missing := known.keys() - used:
        raise Unreadable(f"no document has the markers of {', '.join(sorted(missing))}")
    unnamed = unnamed_keys()
    if unnamed:
        print(f"docs/routes.md does not name {', '.join(unnamed)}", file=sys.stderr)
    if arguments and stale:
        print(f"{', '.join(stale)}: not what templates and code say; run scripts/configuration.py", file=sys.stderr)
    return int(bool(unnamed or (arguments and stale)))


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except Unreadable as fault:
        sys.exit(f"scripts/configuration.py: {fault}")
