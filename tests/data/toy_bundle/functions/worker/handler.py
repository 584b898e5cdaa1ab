"""Writes down what it received, and fails where the message says so."""

import json
import os
import time

import boto3


def handler(event, context):
    table = boto3.resource("dynamodb").Table(os.environ["TABLE_NAME"])
    if event.get("tick"):
        table.put_item(Item={"pk": "tick"})
        return None
    failures = []
    for record in event["Records"]:
        message = json.loads(record["body"])
        queue = record["eventSourceARN"].rsplit(":", 1)[1]
        count = int(record["attributes"]["ApproximateReceiveCount"])
        name = f"{queue}#{message['name']}"
        table.put_item(Item={"pk": name, "at": str(time.time()), "count": count, "group": message["group"]})
        time.sleep(message.get("seconds", 0))
        if message.get("fails") and queue != "Dead":
            failures.append({"itemIdentifier": record["messageId"]})
    return {"batchItemFailures": failures}
