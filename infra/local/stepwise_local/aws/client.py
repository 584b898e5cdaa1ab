"""The bundle's tables and queues in the AWS of this machine, and the few calls that the stack itself makes."""

from __future__ import annotations

import json
from typing import Any

import httpx

from stepwise_local.template.model import Queue, Table
from stepwise_local.template.yaml_values import REGION

__all__ = ["Aws"]


class Aws:
    """SQS at *url* and DynamoDB at *table_url*, or at *url* too, over their JSON protocols.

    Signatures are not checked there.
    """

    def __init__(self, url: str, table_url: str = "") -> None:
        self._urls = {"sqs": url, "dynamodb": table_url or url}
        self._http = httpx.AsyncClient(timeout=30.0, trust_env=False)

    async def close(self) -> None:
        await self._http.aclose()

    async def sqs(self, action: str, **arguments: Any) -> dict[str, Any]:
        return await self._call("sqs", "AmazonSQS", "1.0", action, arguments)

    async def dynamodb(self, action: str, **arguments: Any) -> dict[str, Any]:
        return await self._call("dynamodb", "DynamoDB_20120810", "1.0", action, arguments)

    async def create(self, tables: tuple[Table, ...], queues: tuple[Queue, ...]) -> None:
        """Make the tables and queues, dead-letter queues first."""
        there = (await self.dynamodb("ListTables"))["TableNames"]
        for table in tables:
            if table.name not in there:  # from an earlier run, kept in a file
                await self._create_table(table)
        for queue in sorted(queues, key=lambda queue: queue.redrive is not None):
            attributes = dict(queue.attributes)
            if queue.redrive:
                attributes["RedrivePolicy"] = json.dumps(
                    {"deadLetterTargetArn": queue.redrive.queue_arn, "maxReceiveCount": queue.redrive.most}
                )
            await self.sqs("CreateQueue", QueueName=queue.name, Attributes=attributes)

    async def _create_table(self, table: Table) -> None:
        wanted = ("AttributeDefinitions", "KeySchema", "BillingMode", "GlobalSecondaryIndexes")
        properties = {name: table.properties[name] for name in wanted if name in table.properties}
        await self.dynamodb("CreateTable", TableName=table.name, **properties)
        expiry = table.properties.get("TimeToLiveSpecification")
        if expiry:
            await self.dynamodb("UpdateTimeToLive", TableName=table.name, TimeToLiveSpecification=expiry)

    async def _call(
        self, service: str, prefix: str, version: str, action: str, arguments: dict[str, Any]
    ) -> dict[str, Any]:
        credential = f"local/20260101/{REGION}/{service}/aws4_request"
        response = await self._http.post(
            self._urls[service],
            content=json.dumps(arguments),
            headers={
                "Content-Type": f"application/x-amz-json-{version}",
                "X-Amz-Target": f"{prefix}.{action}",
                "Authorization": f"AWS4-HMAC-SHA256 Credential={credential}, SignedHeaders=host, Signature=0",
            },
        )
        response.raise_for_status()
        answer: dict[str, Any] = response.json() if response.content else {}
        return answer
