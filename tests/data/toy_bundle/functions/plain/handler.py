"""Ordinary handlers under AWS's own Python runtime."""

import json
import os
import sys
import time


def handler(event, context):
    what = (event.get("pathParameters") or {}).get("what") or "open"
    if what == "fail":
        raise ValueError("a secret of the handler")
    if what == "sleep":
        time.sleep(60)
    if what == "nap" or (what == "open" and event["body"]):
        time.sleep(float(event["body"]))
    if what == "exit":
        os._exit(3)
    if what == "nonsense":
        return {"body": 17}
    if what == "print":
        print(json.dumps({"message": event["body"]}))
        print("to standard error", file=sys.stderr)
    if what == "send":
        import boto3

        sqs = boto3.client("sqs")
        for message in json.loads(event["body"]):
            sqs.send_message(
                QueueUrl=os.environ["QUEUE_URL"],
                MessageBody=json.dumps(message),
                MessageGroupId=message["group"],
            )
    if what == "done":
        import boto3

        table = boto3.resource("dynamodb").Table(os.environ["TABLE_NAME"])
        items = sorted(table.scan()["Items"], key=lambda item: item["pk"])
        return {"statusCode": 200, "headers": {}, "body": json.dumps(items, default=str)}
    body = {
        "event": event,
        "pid": os.getpid(),
        "environment": dict(os.environ),
        "arn": context.invoked_function_arn,
    }
    headers = {"content-type": "application/json", "x-request-id": event["requestContext"]["requestId"]}
    return {
        "statusCode": 200,
        "headers": headers,
        "body": json.dumps(body),
        "multiValueHeaders": {"x-many": ["a", "b"]},
    }
