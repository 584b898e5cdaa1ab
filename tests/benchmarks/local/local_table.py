"""Calls a second that the local stack's DynamoDB answers on one core, by how much it holds.

    python tests/benchmarks/local/local_table.py [--items 0 10000 100000] [--calls 2000] [--folder infra/local]

The mixture is that of an answer: reads, conditional puts and updates, and queries of a partition of eight. What counts
is the server's CPU time, so the figure is that of a core of its own. *folder* is where the server's code is.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[3]
PARTITION = 8


class Server:
    """The local AWS as a program, over one connection."""

    def __init__(self, folder: Path) -> None:
        command = [sys.executable, "-m", "stepwise_local.aws.server"]
        environ = {**os.environ, "PYTHONPATH": str(folder)}
        self.process = subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout
        self.http = http.client.HTTPConnection(self.process.stdout.readline().strip().removeprefix("http://"))

    def call(self, operation: str, **request: Any) -> None:
        headers = {
            "X-Amz-Target": f"DynamoDB_20120810.{operation}",
            "Content-Type": "application/x-amz-json-1.0",
            "Authorization": "AWS4-HMAC-SHA256 Credential=x/20260101/us-east-1/dynamodb/aws4_request, Signature=0",
        }
        self.http.request("POST", "/", json.dumps(request), headers)
        response = self.http.getresponse()
        body = response.read()
        assert response.status == 200, body[:300]

    def cpu_seconds(self) -> float:
        tasks = Path(f"/proc/{self.process.pid}/task").iterdir()
        return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks) / 1e9


def key(number: int) -> dict[str, Any]:
    return {"pk": {"S": f"run#{number // PARTITION}"}, "sk": {"S": f"part#{number % PARTITION}"}}


def item(number: int) -> dict[str, Any]:
    text = f"{number} " + "a line of a solution. " * 40
    return {**key(number), "status": {"S": "running"}, "fence": {"N": "1"}, "text": {"S": text}}


def fill(server: Server, count: int, there: int) -> None:
    for first in range(there, count, 25):
        puts = [{"PutRequest": {"Item": item(number)}} for number in range(first, min(first + 25, count))]
        server.call("BatchWriteItem", RequestItems={"t": puts})


def mixture(server: Server, held: int, calls: int, chance: random.Random) -> None:
    for _ in range(calls):
        number = chance.randrange(max(held, PARTITION))
        match chance.randrange(5):
            case 0 | 1:
                server.call("GetItem", TableName="t", Key=key(number), ConsistentRead=True)
            case 2:
                condition = "attribute_not_exists(pk) OR fence <= :fence"
                values = {":fence": {"N": "1"}}
                server.call(
                    "PutItem",
                    TableName="t",
                    Item=item(number),
                    ConditionExpression=condition,
                    ExpressionAttributeValues=values,
                )
            case 3:
                values = {":status": {"S": "running"}, ":one": {"N": "0"}}
                server.call(
                    "UpdateItem", TableName="t", Key=key(number), ReturnValues="ALL_NEW",
                    UpdateExpression="SET #s = :status ADD fence :one",
                    ExpressionAttributeNames={"#s": "status"}, ExpressionAttributeValues=values,
                )  # fmt: skip
            case 4:
                values = {":pk": key(number)["pk"]}
                server.call(
                    "Query",
                    TableName="t",
                    KeyConditionExpression="pk = :pk",
                    ExpressionAttributeValues=values,
                )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--items", type=int, nargs="+", default=[0, 10_000, 100_000])
    parser.add_argument("--calls", type=int, default=2000)
    parser.add_argument("--folder", type=Path, default=ROOT / "infra" / "local")
    arguments = parser.parse_args()
    server = Server(arguments.folder)
    try:
        names = [("pk", "HASH"), ("sk", "RANGE")]
        server.call(
            "CreateTable",
            TableName="t",
            KeySchema=[{"AttributeName": name, "KeyType": kind} for name, kind in names],
            AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name, _ in names],
            BillingMode="PAY_PER_REQUEST",
        )
        there = 0
        for held in sorted(arguments.items):
            fill(server, held, there)
            there = held
            mixture(server, held, 100, random.Random(0))
            before = server.cpu_seconds()
            mixture(server, held, arguments.calls, random.Random(1))
            spent = server.cpu_seconds() - before
            print(
                f"{held:7} items: {arguments.calls / spent:6.0f} calls a second of CPU, {spent / arguments.calls * 1000:.2f} ms each",
                flush=True,
            )
    finally:
        server.process.kill()
        server.process.communicate()
    return 0


if __name__ == "__main__":
    sys.exit(main())
