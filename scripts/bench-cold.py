#!/usr/bin/env python3
"""What a cold start costs: our binaries, one that does nothing, and Python with boto3, in turns.

Usage: scripts/bench-cold.py --binaries FOLDER [--noop FILE] [--python FILE] [--rounds N] [--write]

Each round starts each program once behind a Runtime API and an HTTPS endpoint of AWS on loopback:
exec to the first GET /next, then an event, to the first HTTPS request (of Python: sns.publish).
CPU is of all threads, read when the process has gone idle; memory is VmHWM after that request.
--python is an interpreter that has boto3, for tests/src/bin/functions/peer.py; without it the row is left out,
which is said. N is 21.
--write puts the table between the markers of docs/performance.md.
"""

import argparse
import json
import platform
import socket
import ssl
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DOCUMENT = ROOT / "docs" / "performance.md"
PEER = ROOT / "tests" / "src" / "bin" / "functions" / "peer.py"
BEGIN, END = "<!-- cold -->", "<!-- end of cold -->"
IDLE = 0.02
# Clients of AWS that each makes at start; docs/performance.md has the budget.
CLIENTS = {"collector": 3, "delibird": 4, "custom": 2}
MEBI = 1024


def arn(service, name):
    return f"arn:aws:{service}:us-east-1:000000000000:{name}"


def record(queue):
    body = {
        "version": "0", "id": "1", "detail-type": "AWS Health Event", "source": "custom.health",
        "account": "111122223333", "time": "2026-11-21T00:10:00Z", "region": "us-east-1",
        "detail": {
            "eventArn": "arn:aws:health:us-east-1::event/EC2/MEASURED/1", "service": "EC2",
            "eventTypeCode": "AWS_EC2_OPERATIONAL_ISSUE", "eventTypeCategory": "issue", "statusCode": "open",
            "eventDescription": [{"language": "en_US", "latestDescription": "Increased API error rates. " * 180}],
        },
    }
    return {"Records": [{
        "messageId": "1", "receiptHandle": "none", "body": json.dumps(body), "eventSource": "aws:sqs",
        "attributes": {"ApproximateReceiveCount": "1", "SentTimestamp": str(int(time.time() * 1000))},
        "eventSourceARN": arn("sqs", queue),
    }]}


def request():
    body = {"datas": [{"key": "value", "value": 1.5}], "pcode": 1234567, "category": "measured", "host": "billing"}
    return {
        "version": "2.0", "routeKey": "POST /custom", "rawPath": "/custom", "body": json.dumps(body),
        "headers": {"content-type": "application/json"}, "isBase64Encoded": False,
        "requestContext": {"requestId": "r-1", "http": {"method": "POST", "path": "/custom"}},
    }


def cpu(process):
    """Milliseconds, of all threads."""
    threads = Path(f"/proc/{process}/task").glob("*/schedstat")
    return sum(int(thread.read_text().split()[0]) for thread in threads) / 1e6


def peak(process):
    status = Path(f"/proc/{process}/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) / MEBI


def listener():
    listening = socket.create_server(("127.0.0.1", 0))
    listening.settimeout(30)
    return listening, listening.getsockname()[1]


def head(stream):
    """Reads up to the end of a request's head."""
    got = b""
    while b"\r\n\r\n" not in got:
        piece = stream.recv(65536)
        if not piece:
            raise ConnectionError("closed before a request was whole")
        got += piece
    return got


def start(command, settings, event, tls, talks):
    """One cold start; without a first request where the program makes none."""
    api, port = listener()
    aws, aws_port = listener()
    environment = settings | {
        "AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{port}",
        "AWS_ENDPOINT_URL": f"https://localhost:{aws_port}",
        "FLUSH_QUEUE_URL": f"https://localhost:{aws_port}/0/flush",
        "DEAD_LETTERS_QUEUE_URL": f"https://localhost:{aws_port}/0/dead",
        "URGENT_QUEUE_URL": f"https://localhost:{aws_port}/0/urgent",
        "NORMAL_QUEUE_URL": f"https://localhost:{aws_port}/0/normal",
    }
    began = time.perf_counter()
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
    try:
        asking, _ = api.accept()
        head(asking)
        wall = (time.perf_counter() - began) * 1e3
        time.sleep(IDLE)
        ready = cpu(process.pid)
        figures = {"wall": wall, "cpu": ready, "peak": peak(process.pid)}
        if talks:
            payload = json.dumps(event).encode()
            deadline = int(time.time() * 1000) + 20_000
            asking.sendall(
                f"HTTP/1.1 200 OK\r\nLambda-Runtime-Aws-Request-Id: 1\r\nLambda-Runtime-Deadline-Ms: {deadline}\r\n"
                f"Lambda-Runtime-Invoked-Function-Arn: {arn('lambda', 'function:f')}\r\n"
                f"Content-Type: application/json\r\nContent-Length: {len(payload)}\r\n\r\n".encode() + payload
            )
            stream, _ = aws.accept()
            with tls.wrap_socket(stream, server_side=True) as stream:
                head(stream)
                time.sleep(IDLE)
                figures |= {"https": cpu(process.pid) - ready, "peak": peak(process.pid)}
        return figures
    finally:
        process.kill()
        process.wait()
        api.close()
        aws.close()


def certificate(folder):
    key, cert = f"{folder}/key.pem", f"{folder}/cert.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
         "-subj", "/CN=test", "-addext", "subjectAltName=DNS:localhost", "-addext", "basicConstraints=critical,CA:FALSE",
         "-keyout", key, "-out", cert], check=True, capture_output=True)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(cert, key)
    return tls, cert


def measure(asked):
    with tempfile.TemporaryDirectory() as folder:
        tls, cert = certificate(folder)
        settings = {
            "AWS_REGION": "us-east-1", "AWS_DEFAULT_REGION": "us-east-1", "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test", "AWS_LAMBDA_FUNCTION_NAME": "f", "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "128",
            "AWS_LAMBDA_FUNCTION_VERSION": "1", "AWS_LAMBDA_LOG_STREAM_NAME": "s", "AWS_LAMBDA_LOG_GROUP_NAME": "g",
            "STATE_TABLE": "state", "FUNCTION_TIMEOUT_SECONDS": "20", "ALERTS_TOPIC_ARN": arn("sns", "alerts"),
            "ALARM_TOPIC_ARN": arn("sns", "alarms"), "SPACES_SECRET_ARN": arn("secretsmanager", "secret:s-a"),
            "EVENT_BUS_NAME": "health", "METRIC_NAMESPACE": "Custom",
            "EGRESS_ROOTS_PEM": Path(cert).read_text(), "AWS_CA_BUNDLE": cert,
        }
        events = {"collector": record("events"), "delibird": record("normal"), "custom": request()}
        programs = [(name, [f"{asked.binaries}/{name}"], events[name]) for name in CLIENTS]
        if asked.noop:
            programs.insert(0, ("no-op", [asked.noop], None))
        if asked.python:
            programs.append(("Python, boto3", [asked.python, PEER], events["collector"]))
        else:
            print("bench-cold: no interpreter with boto3: its row is left out", file=sys.stderr)
        seen = {name: [] for name, _, _ in programs}
        # The first round is not counted: it fills the cache of files.
        for counted in range(asked.rounds + 1):
            for name, command, event in programs:
                figures = start(command, settings, event, tls, event is not None)
                if counted:
                    seen[name].append(figures)
        sizes = {name: Path(command[0]).stat().st_size for name, command, _ in programs if name != "Python, boto3"}
        return seen, sizes


def table(seen, sizes):
    def middle(name, figure):
        values = [figures[figure] for figures in seen[name] if figure in figures]
        return (statistics.median(values), min(values)) if values else None

    floor = middle("no-op", "cpu") if "no-op" in seen else None
    rows = ["| program | bytes | CPU to the first `/next`: median, least | to no-op | budget | wall: median, least | CPU of the first HTTPS request: median, least | most memory |",
            "|" + " --- |" * 8]
    for name in seen:
        ready, wall, https = middle(name, "cpu"), middle(name, "wall"), middle(name, "https")
        budget = f"{floor[0] + 0.3 + 0.4 * CLIENTS[name]:.1f} ms" if floor and name in CLIENTS else ""
        rows.append("| " + " | ".join([
            name,
            f"{sizes[name]:,}" if name in sizes else "",
            f"{ready[0]:.2f}, {ready[1]:.2f} ms",
            f"{ready[0] / floor[0]:.1f}" if floor else "",
            budget,
            f"{wall[0]:.1f}, {wall[1]:.1f} ms",
            f"{https[0]:.2f}, {https[1]:.2f} ms" if https else "",
            f"{middle(name, 'peak')[0]:.1f} MB",
        ]) + " |")
    rounds = len(next(iter(seen.values())))
    load = Path("/proc/loadavg").read_text().split()[0]
    return f"{rounds} rounds on {platform.machine()}, load average {load} at their end.\n\n" + "\n".join(rows)


def main():
    known = argparse.ArgumentParser(usage=__doc__)
    known.add_argument("--binaries", required=True)
    known.add_argument("--noop")
    known.add_argument("--python")
    known.add_argument("--rounds", type=int, default=21)
    known.add_argument("--write", action="store_true")
    asked = known.parse_args()
    made = table(*measure(asked))
    print(made)
    if asked.write:
        text = DOCUMENT.read_text(encoding="utf-8")
        before, rest = text.split(BEGIN)
        _, after = rest.split(END)
        DOCUMENT.write_text(f"{before}{BEGIN}\n{made}\n{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
