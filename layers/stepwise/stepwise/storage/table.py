"""Typed port to one DynamoDB table.

Keys are ``pk`` and ``sk`` (text), the TTL attribute is ``expires_at``.

TTL deletes items up to two days late, so readers of an item that can expire must check ``expires_at`` (epoch seconds).
After an error boto3 retries by itself; if the first attempt took effect, the condition of the second one fails. So a
caller must compare :attr:`ConditionFailed.item` with what it wrote before it takes the write for lost. In the same
way an ``add`` can be applied twice; use a condition where that matters. A transaction has a token, by which the table
knows a retry of what it has done already.
"""

from __future__ import annotations

import functools
import json
import random
import secrets
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionClosedError,
    IncompleteReadError,
    ParamValidationError,
)

from stepwise.storage import aws_client
from stepwise.storage.attribute_values import InvalidCall, Item, ItemTooLarge, TableError, from_item, key_of
from stepwise.storage.conditions import (
    Condition,
    Expression,
    absent,
    all_of,
    any_of,
    at_most,
    equals,
    is_in,
    less,
)
from stepwise.storage.writes import Delete, Key, Put, Update, Write, check_writes, parameters_of

__all__ = [
    "Condition",
    "ConditionFailed",
    "Delete",
    "InvalidCall",
    "Item",
    "ItemTooLarge",
    "Key",
    "Put",
    "Table",
    "TableError",
    "TableUnavailable",
    "TransactionFailed",
    "Update",
    "Write",
    "absent",
    "all_of",
    "any_of",
    "at_most",
    "dynamodb_client",
    "equals",
    "is_in",
    "less",
]

_ATTEMPTS = 5
_PAUSE = 0.02
"""Longest first pause in seconds after a conflict, or an answer with only some of the items; it doubles with each."""
_MOST_KEYS = 100
_WORTH_A_RETRY = {"TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"}
"""Reasons of a cancelled transaction."""


class TableUnavailable(TableError):
    """The table gave no answer: it is slow, throttled or missing, or access is denied."""


class ConditionFailed(TableError):
    """The condition of a write did not hold, so nothing was written.

    ``item`` is the item as it was (None if there was none, or the table did not return it).
    """

    def __init__(self, item: Item | None = None) -> None:
        self.item = item
        super().__init__("the condition of a write did not hold")


class TransactionFailed(TableError):
    """Conditions of a transaction did not hold, so nothing was written.

    ``items`` has the number of each write whose condition did not hold, with the item as it was (None: there was none).
    """

    def __init__(self, items: Mapping[int, Item | None]) -> None:
        self.items = dict(items)
        super().__init__(f"conditions of a transaction did not hold: {sorted(self.items)}")


class Table:
    """A thin typed port over the low-level DynamoDB client of botocore (boto3 has the same).

    Every method raises :class:`TableUnavailable` if the table gives no answer and :class:`InvalidCall` for an invalid
    call; a write with a condition also raises :class:`ConditionFailed`.
    """

    def __init__(
        self,
        client: Any,
        name: str,
        *,
        sleep: Callable[[float], None] = time.sleep,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self._client = client
        self._name = name
        self._sleep = sleep
        self._jitter = jitter

    def get(self, pk: str, sk: str, *, consistent: bool = False) -> Item | None:
        """The item with this key, or None."""
        response = self._read("get_item", Key=key_of(pk, sk), ConsistentRead=consistent)
        return from_item(response["Item"]) if "Item" in response else None

    def batch_get(self, keys: Sequence[Key], *, consistent: bool = False) -> dict[Key, Item]:
        """The items under *keys*, as many as there are; what the table leaves out at first is asked for again."""
        if not 1 <= len(keys) <= _MOST_KEYS or len(set(keys)) != len(keys):
            raise InvalidCall(f"a batch takes 1 to {_MOST_KEYS} keys, each once")
        left = [key_of(*key) for key in keys]
        found: dict[Key, Item] = {}
        for attempt in range(_ATTEMPTS):
            request = {self._name: {"Keys": left, "ConsistentRead": consistent}}
            response = self._retried("batch_get_item", RequestItems=request)
            items = map(from_item, response.get("Responses", {}).get(self._name, []))
            found |= {(item["pk"], item["sk"]): item for item in items}
            left = response.get("UnprocessedKeys", {}).get(self._name, {}).get("Keys", [])
            if not left:
                return found
            self._pause(attempt)
        raise TableUnavailable("keys of a batch stay unprocessed")

    def put(self, item: Mapping[str, Any], *, condition: Condition | None = None) -> None:
        """Write a whole *item*, replacing an existing one."""
        self._write("put_item", parameters_of(Put(item, condition)))

    def update(
        self,
        pk: str,
        sk: str,
        *,
        set: Mapping[str, Any] | None = None,  # noqa: A002 - DynamoDB's own word
        add: Mapping[str, Any] | None = None,
        remove: Iterable[str] = (),
        delete: Mapping[str, Any] | None = None,
        condition: Condition | None = None,
    ) -> Item:
        """Change attributes of an item as :class:`Update` says; returns the whole item as it is afterwards."""
        write = Update(pk, sk, set or {}, add or {}, remove, delete or {}, condition)
        response = self._write("update_item", parameters_of(write) | {"ReturnValues": "ALL_NEW"})
        return from_item(response["Attributes"])

    def delete(self, pk: str, sk: str, *, condition: Condition | None = None) -> None:
        """Delete an item; a missing one is no error."""
        self._write("delete_item", parameters_of(Delete(pk, sk, condition)))

    def transact(self, writes: Sequence[Write]) -> None:
        """Do all *writes* or none of them; a conflict with another transaction is tried again a few times.

        Raises:
            TransactionFailed: conditions did not hold.
        """
        check_writes(writes)
        entries = [
            {type(write).__name__: {"TableName": self._name, **parameters_of(write)}} for write in writes
        ]
        token = secrets.token_hex(16)
        self._conflicts_retried(
            lambda: self._call("transact_write_items", TransactItems=entries, ClientRequestToken=token)
        )

    def query(
        self, pk: str, *, begins_with: str | None = None, consistent: bool = True, limit: int | None = None
    ) -> list[Item]:
        """The items of one ``pk`` in the order of their ``sk``, at most *limit*."""
        if limit is not None and limit < 1:
            raise InvalidCall("limit must be at least 1")
        key_of(pk, begins_with or "x")
        expression = Expression()
        text = f"{expression.name('pk')} = {expression.value(pk)}"
        if begins_with:
            text += f" AND begins_with({expression.name('sk')}, {expression.value(begins_with)})"
        parameters = {
            "KeyConditionExpression": text,
            "ConsistentRead": consistent,
            **expression.parameters(),
        }
        items: list[Item] = []
        while True:
            if limit is not None:
                parameters["Limit"] = limit - len(items)
            response = self._read("query", **parameters)
            items += [from_item(attributes) for attributes in response["Items"]]
            if "LastEvaluatedKey" not in response or (limit is not None and len(items) >= limit):
                return items
            parameters["ExclusiveStartKey"] = response["LastEvaluatedKey"]

    def _read(self, operation: str, **parameters: Any) -> dict[str, Any]:
        return self._retried(operation, TableName=self._name, **parameters)

    def _retried(self, operation: str, **parameters: Any) -> dict[str, Any]:
        """Read; retry once, as a pooled connection may be dead after the environment was frozen."""
        try:
            return self._call(operation, **parameters)
        except TableUnavailable as error:
            if not isinstance(error.__cause__, ConnectionClosedError):
                raise
            return self._call(operation, **parameters)

    def _write(self, operation: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
        return self._conflicts_retried(
            lambda: self._call(operation, TableName=self._name, **parameters),
        )

    def _conflicts_retried(self, call: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        for attempt in range(_ATTEMPTS - 1):
            try:
                return call()
            except _Conflict:
                self._pause(attempt)
        return call()

    def _pause(self, attempt: int) -> None:
        self._sleep(self._jitter() * _PAUSE * 2**attempt)

    def _call(self, operation: str, **parameters: Any) -> dict[str, Any]:
        try:
            response: dict[str, Any] = getattr(self._client, operation)(**parameters)
        except ClientError as error:
            raise _translated(error) from error
        except ParamValidationError as error:
            raise InvalidCall("the parameters of the call do not fit") from error
        except BotoCoreError as error:
            raise TableUnavailable(type(error).__name__) from error
        return response


class _Conflict(TableUnavailable):
    """Nothing was written, as another transaction was writing the same item or the table was throttled: worth a retry."""


def _translated(error: ClientError) -> TableError:
    response: Mapping[str, Any] = error.response
    code = response.get("Error", {}).get("Code", "unknown")
    match code:
        case "ConditionalCheckFailedException":
            return ConditionFailed(_old_item(response))
        case "TransactionConflictException" | "TransactionInProgressException":
            return _Conflict(code)
        case "TransactionCanceledException":
            return _cancelled(response.get("CancellationReasons", []))
        case "ValidationException" | "SerializationException":
            return InvalidCall(f"the table refuses the call ({code})")
    return TableUnavailable(code)


def _cancelled(reasons: Sequence[Mapping[str, Any]]) -> TableError:
    codes = [reason.get("Code", "None") for reason in reasons]
    if "ValidationError" in codes or "ItemCollectionSizeLimitExceeded" in codes:
        return InvalidCall("the table refuses a write of the transaction")
    if "ConditionalCheckFailed" in codes:
        failed = (number for number, code in enumerate(codes) if code == "ConditionalCheckFailed")
        return TransactionFailed({number: _old_item(reasons[number]) for number in failed})
    code = next((code for code in codes if code != "None"), "TransactionCanceled")
    return _Conflict(code) if code in _WORTH_A_RETRY else TableUnavailable(code)


def _old_item(holder: Mapping[str, Any]) -> Item | None:
    attributes = holder.get("Item")
    return from_item(attributes) if attributes else None


@functools.cache
def dynamodb_client(
    timeout: float, *, attempts: int = 3, endpoint: str | None = None, region: str | None = None
) -> Any:
    """The environment's DynamoDB client, made at the first call and kept.

    *timeout* (seconds) limits the connecting and the wait for an answer of each attempt; *attempts* includes the
    first one. Retries are those of boto3's ``standard`` mode with pauses of up to 1 s, 2 s, …, so a caller with a
    hard limit should use ``attempts=1``. *region* defaults to that of the environment (Lambda sets ``AWS_REGION``).
    """
    client = aws_client.client(
        "dynamodb", timeout=timeout, attempts=attempts, endpoint=endpoint, region=region
    )
    client.meta.events.register("before-parse.dynamodb", _refuse_half_a_reply)
    return client


def _refuse_half_a_reply(response_dict: Mapping[str, Any], **_: object) -> None:
    """Refuse a truncated reply or one that is not a JSON object: botocore would read it as an empty reply.

    Error pages that are not JSON are left to botocore, which uses the status.
    """
    body: bytes = response_dict["body"]
    try:
        reply = json.loads(body.decode())
    except UnicodeDecodeError:
        reply = None
    except ValueError:
        reply = None if response_dict["status_code"] == 200 else {}
    if not isinstance(reply, dict):
        expected = response_dict["headers"].get("content-length", "unknown")
        raise IncompleteReadError(actual_bytes=len(body), expected_bytes=expected)
