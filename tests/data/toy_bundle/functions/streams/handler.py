"""Streaming handlers under the bootstrap."""

import json
import os
import time
from pathlib import Path

from stepwise.runtime.streaming_response import StreamingResponse

HEADERS = {"content-type": "text/event-stream"}


def numbers(count, pause):
    for number in range(count):
        time.sleep(pause)
        yield f"data: {number}\n\n".encode()


def until_closed(path, pause, chunk):
    try:
        yield b"data: begin\n\n"
        while True:
            time.sleep(pause)
            yield chunk
    finally:
        Path(path).write_text(str(time.time()))


def breaks():
    yield b"data: begin\n\n"
    raise RuntimeError("broke in the middle")


def breaks_at_once():
    raise RuntimeError("broke before the first chunk")
    yield


def silent(path, pause):
    try:
        while True:
            yield b""
            time.sleep(pause)
    finally:
        Path(path).write_text(str(time.time()))


def named(name, count):
    for _ in range(count):
        time.sleep(0.01)
        yield name.encode() + b"\n"


def handler(event, context):
    what = event["pathParameters"]["what"]
    wanted = json.loads(event["body"] or "{}")
    if what == "numbers":
        return StreamingResponse(200, HEADERS, numbers(wanted["count"], wanted["pause"]))
    if what == "named":
        return StreamingResponse(200, HEADERS, named(wanted["name"], wanted["count"]))
    if what == "until-closed":
        chunk = wanted.get("chunk", "").encode()
        return StreamingResponse(200, HEADERS, until_closed(wanted["path"], wanted["pause"], chunk))
    if what == "silent":
        return StreamingResponse(200, HEADERS, silent(wanted["path"], wanted["pause"]))
    if what == "breaks":
        return StreamingResponse(200, HEADERS, breaks())
    if what == "breaks-at-once":
        return StreamingResponse(200, HEADERS, breaks_at_once())
    if what == "empty":
        return StreamingResponse(204, {}, iter(()))
    if what == "fail":
        raise ValueError("a secret of the handler")
    left = context.get_remaining_time_in_millis()
    body = {
        "pid": os.getpid(),
        "left": left,
        "function": context.function_name,
        "arn": context.invoked_function_arn,
    }
    return {"statusCode": 418, "multiValueHeaders": {"x-many": ["a", "b"]}, "body": json.dumps(body)}
