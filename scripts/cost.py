#!/usr/bin/env python3
"""What the hub costs a month, from operations counted per record and AWS's list prices.

Usage: scripts/cost.py [--check] [--help]

Writes the tables between the markers of docs/cost.md, and the price of custom's alarms and metrics
in its text; --check only compares and exits 1 when the document says something else. Alarms are
counted in the templates and metrics in the functions. Change an assumption below and run it again
for your organization.
"""

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DOCUMENT = ROOT / "docs" / "cost.md"

# US dollars, us-east-1, without free tiers. Sources are in docs/cost.md.
PRICE = {
    "event": 1.00 / 1e6,  # PutEvents to a bus of another account, per 64 KB
    "sqs": 0.40 / 1e6,  # request, per 64 KB
    "sns": 0.50 / 1e6,  # publish; deliveries to SQS are free
    "invocation": 0.20 / 1e6,
    "gb_second": 0.0000133334,  # arm64
    "write": 0.625 / 1e6,  # DynamoDB on demand, 1 KB
    "read": 0.125 / 1e6,  # on demand, 4 KB, strongly consistent
    "stored_gb": 0.25 + 0.20,  # table and its backup
    "log_gb": 0.50,
    "secret": 0.40,
    "secret_call": 0.05 / 1e4,
    "key": 1.00,
    "key_call": 0.03 / 1e4,
    "alarm": 0.10,
    "metric": 0.30,
    "dashboard": 3.00,
    "schedule": 1.00 / 1e6,
    "archive_gb": 0.10,
    "image_gb": 0.10,
    "api_call": 3.50 / 1e6,
}

# What AWS Health says in a month. Yours differ: look at `healthctl query` over your archive.
PUBLIC = 60  # communications of PUBLIC events in the Regions in use
OWN = 15  # account-specific records an account gets
COPIES = 2  # the Region's own and the backup Region's
ACCOUNTS_PER_INCIDENT = 10
SPACES = 2  # that hear of an incident
REGIONS = 4  # with a forwarder, for heartbeats

# Counted on the emulator: docs/decisions/0002-state-table.md. Delivery is read off the code.
NEW_MEMBER = {"write": 2.14, "read": 2.01}
COPY = {"write": 1, "read": 1}  # of a PUBLIC event, first time an account is named
REPEAT = {"write": 1, "read": 1}
FLUSH = {"write": 25, "read": 28}
DELIVERY = {"write": 4, "read": 4}  # pace, claim, record
RECORD_KB = 1.0
BATCH = 10  # records an invocation holds on an ordinary day
COLLECTOR_SECONDS = 0.10  # billed for such a batch
DELIBIRD_SECONDS = 1.0  # a post to Chat, with its wait for a slot
MEMORY_GB = 0.25

# What runs when nothing happens.
MINUTES = 60 * 24 * 30
SWEEP_SECONDS = 0.02
CANARIES = 4 * 24 * 30
SECRETS = 2
# Five long polls of 20 seconds for each event source: MaximumConcurrency keeps them from being
# scaled down.
POLLS = 4 * 5 * 3 * MINUTES


def alarms(template):
    """How many alarms a stack of a template has."""
    text = (ROOT / "cfn" / template).read_text(encoding="utf-8")
    return len(re.findall(r"^    Type: AWS::CloudWatch::Alarm$", text, re.MULTILINE))


def metrics(function):
    """How many metrics a function can write: the figures that it counts up anywhere."""
    text = "".join(file.read_text(encoding="utf-8") for file in (ROOT / "crates" / function / "src").rglob("*.rs"))
    return len(set(re.findall(r"\bfigures\.(\w+)(?: \+=|\.extend\(|\.push\()", text)))


def counted(accounts):
    """Operations a month that events cause."""
    own_new = accounts * OWN
    own_repeats = own_new * (COPIES - 1)
    public_copies = accounts * PUBLIC
    public_repeats = public_copies * (COPIES - 1)
    records = own_new + own_repeats + public_copies + public_repeats
    incidents = own_new / ACCOUNTS_PER_INCIDENT + PUBLIC
    alerts = incidents * SPACES
    heartbeats = accounts * REGIONS * 30
    return {
        "records": records,
        "alerts": alerts,
        "heartbeats": heartbeats,
        "write": own_new * NEW_MEMBER["write"] + public_copies * COPY["write"]
        + (own_repeats + public_repeats) * REPEAT["write"]
        + incidents * FLUSH["write"] + alerts * DELIVERY["write"] + heartbeats,
        "read": own_new * NEW_MEMBER["read"] + public_copies * COPY["read"]
        + (own_repeats + public_repeats) * REPEAT["read"]
        + incidents * FLUSH["read"] + alerts * DELIVERY["read"] + heartbeats,
    }


def idle():
    """Dollars a month of a hub that hears of nothing."""
    gb_seconds = (MINUTES * SWEEP_SECONDS + CANARIES * (COLLECTOR_SECONDS + DELIBIRD_SECONDS)) * MEMORY_GB
    return {
        "long polls of four queues": POLLS * PRICE["sqs"],
        "sweep and canary: Lambda, schedules, table": MINUTES * (PRICE["invocation"] + PRICE["schedule"] + 4 * PRICE["read"])
        + CANARIES * (2 * PRICE["invocation"] + 40 * PRICE["write"] + 40 * PRICE["read"])
        + gb_seconds * PRICE["gb_second"],
        "alarms": alarms("collector.yaml") * PRICE["alarm"],
        "dashboard": PRICE["dashboard"],
        "custom metrics": (metrics("collector") + metrics("delibird")) * PRICE["metric"],
        "key, secrets": PRICE["key"] + SECRETS * PRICE["secret"] + 9_000 * PRICE["secret_call"] + POLLS / 50 * PRICE["key_call"],
        "images": 0.03 * PRICE["image_gb"],
    }


def moving(accounts):
    """Dollars a month that events cause, by part."""
    n = counted(accounts)
    arriving = n["records"] + n["heartbeats"]
    batches = arriving / BATCH
    return {
        "EventBridge (billed to the members)": arriving * PRICE["event"],
        "SQS": (arriving * (1 + 2 / BATCH) + n["alerts"] * 4) * PRICE["sqs"],
        "Lambda": batches * (PRICE["invocation"] + COLLECTOR_SECONDS * MEMORY_GB * PRICE["gb_second"])
        + n["alerts"] * (PRICE["invocation"] + DELIBIRD_SECONDS * MEMORY_GB * PRICE["gb_second"]),
        "DynamoDB": n["write"] * PRICE["write"] + n["read"] * PRICE["read"]
        + n["records"] * 6 * RECORD_KB / 1e6 * PRICE["stored_gb"],
        "SNS": n["alerts"] * PRICE["sns"],
        "logs, archive": arriving * 2 / 1e6 * (PRICE["log_gb"] + PRICE["archive_gb"]),
    }


def table(head, rows):
    lines = ["| " + " | ".join(head) + " |", "|" + " --- |" * len(head)]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows])


def money(value):
    return f"{value:,.2f}"


def tables():
    sizes = [10, 100, 500, 5_000]
    parts = list(moving(1))
    rows = [[part] + [money(moving(size)[part]) for size in sizes] for part in parts]
    still = sum(idle().values())
    rows.append(["nothing happens"] + [money(still)] * len(sizes))
    rows.append(["**in all**"] + [f"**{money(sum(moving(size).values()) + still)}**" for size in sizes])
    rows.append(["records"] + [f"{counted(size)['records']:,.0f}" for size in sizes])
    rows.append(["messages"] + [f"{counted(size)['alerts']:,.0f}" for size in sizes])
    head = ["US$ a month"] + [f"{size:,} accounts" for size in sizes]
    rows_idle = [[name, money(value)] for name, value in idle().items()]
    rows_idle.append(["**in all**", f"**{money(still)}**"])
    return {"month": table(head, rows), "idle": table(["while nothing happens", "US$ a month"], rows_idle)}


def filled(text):
    for name, content in tables().items():
        begin, end = f"<!-- {name} -->", f"<!-- end of {name} -->"
        before, rest = text.split(begin)
        _, after = rest.split(end)
        text = f"{before}{begin}\n{content}\n{end}{after}"
    custom = alarms("custom.yaml") * PRICE["alarm"] + metrics("custom") * PRICE["metric"]
    text, found = re.subn(r"[\d.]+( for its alarms and metrics)", rf"{money(custom)}\1", text)
    assert found == 1, "docs/cost.md no longer says what custom costs"
    return text


def main(arguments):
    if arguments and arguments != ["--check"]:
        print(__doc__)
        return 0 if arguments == ["--help"] else 2
    there = DOCUMENT.read_text(encoding="utf-8")
    wanted = filled(there)
    if arguments:
        if there != wanted:
            print("docs/cost.md is not what scripts/cost.py computes: run it", file=sys.stderr)
        return int(there != wanted)
    DOCUMENT.write_text(wanted, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
