#!/usr/bin/env python3
"""Runs a function's image as Lambda would, for scripts/test-images.sh.

    scripts/test-image-run.py ROOT amd64|arm64 FUNCTION CERTIFICATE KEY

ROOT holds the image's files and becomes the root of the process, whose user is the image's. Around it stand a Runtime API
with one event, a name server that knows two names alone, and an HTTPS server behind them which answers as an empty AWS and as
Google Chat would. The function passes when it answers its event and was seen at that server; delibird also when its card has
Korean time in it.
"""

import http.server
import json
import os
import pathlib
import shutil
import socket
import ssl
import subprocess
import sys
import threading

NAME, CHAT = "aws.example.test", "chat.googleapis.com"
# Not everybody's loopback address: their ports are fixed.
NAMES, SERVER = "127.0.0.53", "127.0.0.54"
USER = 65532
PATIENCE = 120
# As in the templates: a function does not start with a time-out it cannot keep.
TIMEOUTS = {"collector": "30", "delibird": "60", "custom": "15"}

ALERT = {
    "version": 1, "alertId": "b7a1c0de-0000-5000-8000-000000000001", "thread": "t1", "seq": 1, "kind": "opened",
    "subject": "issue", "severity": "high", "maxSeverity": "high",
    "target": {"space": "ops", "locale": "ko", "zone": "Asia/Seoul"},
    "event": {"source": "aws.health", "service": "EC2", "typeCode": "AWS_EC2_OPERATIONAL_ISSUE", "category": "issue",
              "scope": "ACCOUNT_SPECIFIC", "status": "open", "regions": ["us-east-1"], "start": "2027-01-15T23:30:00Z",
              "updated": "2027-01-15T23:30:00Z"},
    "text": [{"language": "en_US", "text": "We are investigating."}],
    "accounts": {"total": 1, "shown": [{"id": "111122223333"}]},
    "receivedAt": "2027-01-15T23:30:05Z",
}
EVENTS = {
    "collector": {"task": "sweep"},
    "delibird": {"Records": [{"EventSource": "aws:sns", "EventVersion": "1.0", "EventSubscriptionArn": "arn:aws:sns:us-east-1:1:a:b",
                              "Sns": {"Type": "Notification", "MessageId": "1", "TopicArn": "arn:aws:sns:us-east-1:1:a",
                                      "Message": json.dumps(ALERT), "Timestamp": "2027-01-15T23:30:06.000Z",
                                      "MessageAttributes": {}}}]},
    "custom": {"version": "2.0", "requestContext": {"http": {"method": "POST", "path": "/custom"}, "requestId": "1",
                                                    "timeEpoch": 1800000000000},
               "headers": {"content-type": "application/json"}, "isBase64Encoded": False,
               "body": json.dumps({"datas": [{"key": "k", "value": 1}], "tags": [{"key": "t", "value": "v"}],
                                   "category": "c", "host": "h"})},
}


class Seen:
    """What the servers saw."""

    def __init__(self):
        self.aws, self.posts, self.answer, self.done = [], [], None, threading.Event()


def handler(seen, function):
    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_):
            pass

        def reply(self, body, status=200, headers=()):
            content = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            for name, value in headers:
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        def do_GET(self):
            if seen.answer is not None or not self.path.endswith("/invocation/next"):
                seen.done.wait(PATIENCE)
                return
            self.reply(EVENTS[function], headers=[
                ("Lambda-Runtime-Aws-Request-Id", "1"), ("Lambda-Runtime-Deadline-Ms", "4102444800000"),
                ("Lambda-Runtime-Invoked-Function-Arn", "arn:aws:lambda:us-east-1:1:function:f")])

        def do_POST(self):
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            target = self.headers.get("X-Amz-Target")
            if "/runtime/" in self.path:
                self.reply({}, 202)
                seen.answer = (self.path, body)
                seen.done.set()
            elif target:
                seen.aws.append((target, isinstance(self.connection, ssl.SSLSocket)))
                secret = {"SecretString": json.dumps({"ops": f"https://{CHAT}/v1/spaces/ops/messages?key=k&token=t"})}
                self.reply(secret if target.endswith("GetSecretValue") else {"Items": [], "Count": 0, "ScannedCount": 0})
            else:
                seen.posts.append(body.decode())
                self.reply({"name": "spaces/ops/messages/1", "thread": {"name": "spaces/ops/threads/1"}})

    return Handler


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_):
        """The function is killed in the middle of its calls, which is no fault."""


def serve(seen, function, address, context=None):
    server = Server(address, handler(seen, function))
    if context:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def name_server():
    """Answers for the two names, and that there is no other."""
    names = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    names.bind((NAMES, 53))
    asked = []

    def answer():
        while True:
            question, peer = names.recvfrom(512)
            end = question.index(0, 12) + 5
            labels, at = [], 12
            while question[at]:
                labels.append(question[at + 1:at + 1 + question[at]].decode())
                at += question[at] + 1
            asked.append(".".join(labels))
            known = asked[-1] in (NAME, CHAT)
            address = known and question[end - 3] == 1
            head = question[:2] + (b"\x81\x80" if known else b"\x81\x83") + b"\0\1" + (b"\0\1" if address else b"\0\0") + b"\0\0\0\0"
            record = b"\xc0\x0c\0\1\0\1\0\0\0\x3c\0\4" + socket.inet_aton(SERVER) if address else b""
            names.sendto(head + question[12:end] + record, peer)

    threading.Thread(target=answer, daemon=True).start()
    return asked


def main():
    if len(sys.argv) != 6:
        sys.exit(__doc__)
    root, cpu, function, certificate, key = sys.argv[1:]
    seen = Seen()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    runtime = serve(seen, function, ("127.0.0.1", 0))
    serve(seen, function, (SERVER, 443), context)
    asked = name_server()
    # Lambda gives every image a resolv.conf.
    etc = pathlib.Path(root, "etc")
    etc.mkdir(exist_ok=True)
    (etc / "resolv.conf").write_text(f"nameserver {NAMES}\n")
    command = ["/bootstrap"]
    if cpu == "arm64":
        shutil.copy("/usr/bin/qemu-aarch64-static", pathlib.Path(root, "qemu"))
        command = ["/qemu", "/bootstrap"]
    endpoint = f"https://{NAME}"
    arn = "arn:aws:{}:us-east-1:111122223333:{}".format
    environment = {
        "AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{runtime.server_address[1]}", "AWS_LAMBDA_FUNCTION_NAME": function,
        "AWS_LAMBDA_FUNCTION_VERSION": "1", "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "256", "AWS_LAMBDA_LOG_GROUP_NAME": "g",
        "AWS_LAMBDA_LOG_STREAM_NAME": "s", "AWS_REGION": "us-east-1", "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test", "AWS_ENDPOINT_URL": endpoint,
        "EGRESS_ROOTS_PEM": pathlib.Path(certificate).read_text(), "STATE_TABLE": "state", "FUNCTION_TIMEOUT_SECONDS": TIMEOUTS[function],
        "ALERTS_TOPIC_ARN": arn("sns", "alerts"), "ALARM_TOPIC_ARN": arn("sns", "alarms"),
        "SPACES_SECRET_ARN": arn("secretsmanager", "secret:spaces"), "EVENT_BUS_NAME": "bus", "METRIC_NAMESPACE": "n",
    }
    for queue in ("FLUSH", "DEAD_LETTERS", "URGENT", "NORMAL"):
        environment[f"{queue}_QUEUE_URL"] = f"{endpoint}/111122223333/{queue.lower()}"

    def become_nobody():
        os.chroot(root)
        os.chdir("/")
        os.setgroups([])
        os.setgid(USER)
        os.setuid(USER)

    process = subprocess.Popen(command, env=environment, preexec_fn=become_nobody, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    # The sooner it ends without an answer, the sooner it is known.
    threading.Thread(target=lambda: (process.wait(), seen.done.set()), daemon=True).start()
    seen.done.wait(PATIENCE)
    if seen.answer is None:
        process.kill()
        sys.exit(f"FAILED  {function} {cpu}: no answer: {process.communicate()[0].decode()}")
    user = [line for line in pathlib.Path(f"/proc/{process.pid}/status").read_text().splitlines() if line.startswith("Uid")]
    process.kill()
    said = process.communicate()[0].decode()
    assert seen.answer[0].endswith("/response"), f"{seen.answer} {said}"
    assert user[0].split()[1:] == [str(USER)] * 4, user
    assert seen.aws and all(encrypted for _, encrypted in seen.aws), f"{seen.aws} {said}"
    assert NAME in asked, asked
    if function == "delibird":
        # 23:30 UTC is the next morning in Seoul.
        assert seen.posts and "8:30" in seen.posts[0] and "KST" in seen.posts[0], f"{seen.posts} {said}"
    calls = ", ".join(sorted({target.split(".")[-1] for target, _ in seen.aws}))
    print(f"ok      {function} {cpu}: as user {USER} with nothing but its binary, by name over TLS: {calls}"
          + ("; Korean time in its card" if function == "delibird" else ""))


main()
