"""A function in Python for `functions` and scripts/bench-cold.py: what every figure of ours is held beside.

It has one client of SNS, reads an event and what its records hold, publishes that where ALERTS_TOPIC_ARN
names a topic, and answers that all is done. A loop of its own over one connection, which is less than
the runtime that AWS brings: what it costs is the least that Python costs.
"""

import http.client
import json
import os

import boto3

sns = boto3.client("sns")
topic = os.environ.get("ALERTS_TOPIC_ARN")
api = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])
while True:
    api.request("GET", "/2018-06-01/runtime/invocation/next")
    asked = api.getresponse()
    event = json.load(asked)
    for record in event["Records"]:
        body = json.loads(record["body"])
        if topic:
            sns.publish(TopicArn=topic, Message=json.dumps(body))
    done = json.dumps({"batchItemFailures": []})
    name = asked.headers["Lambda-Runtime-Aws-Request-Id"]
    api.request("POST", f"/2018-06-01/runtime/invocation/{name}/response", body=done)
    api.getresponse().read()
