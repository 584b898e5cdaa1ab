"""DynamoDB's operations on the tables of this machine.

Not there: secondary indexes, numbers as keys, PartiQL, streams, the parameters of before expressions; they are refused,
never passed over. ``tests/integration/test_local_table.py`` compares what is there with moto.

Source: "Amazon DynamoDB API reference".
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from stepwise_local.aws.attributes import Item, checked, item_size
from stepwise_local.aws.errors import AwsError, invalid
from stepwise_local.aws.evaluation import Placeholders, holds, projected, updated
from stepwise_local.aws.key_conditions import key_condition
from stepwise_local.aws.store import Key, Store, StoredTable
from stepwise_local.aws.table_keys import KeySchema

__all__ = ["DynamoDB", "Raw"]

_LARGEST_ITEM = 400 * 1024
_PAGE_BYTES = 1024 * 1024
_MOST = {"BatchGetItem": 100, "BatchWriteItem": 25, "TransactGetItems": 100, "TransactWriteItems": 100}
_TOKEN_SECONDS = 600.0
_LEGACY = {
    "AttributesToGet", "AttributeUpdates", "ConditionalOperator", "Expected", "IndexName", "KeyConditions",
    "QueryFilter", "ScanFilter", "Segment",
}  # fmt: skip


class Raw(str):
    """JSON text that becomes part of an answer as it is."""

    __slots__ = ()


class DynamoDB:
    """Answers operations; *path* is the file that the tables are kept in, or None."""

    def __init__(self, path: Path | None = None, clock: Callable[[], float] = time.time) -> None:
        self._store = Store(path)
        self._clock = clock
        self._tables = self._store.tables()
        self._schemas = {name: KeySchema(table.description) for name, table in self._tables.items()}
        self._tokens: dict[str, tuple[float, str]] = {}

    def close(self) -> None:
        self._store.close()

    def expire(self) -> int:
        """Delete items whose time is over."""
        return self._store.expire(self._clock())

    def answer(self, operation: str, request: Mapping[str, Any]) -> dict[str, Any]:
        """The answer to a request.

        Raises:
            AwsError: as DynamoDB words it.
        """
        unknown = _LEGACY & set(request)
        if unknown:
            raise invalid(f"Not supported here: {', '.join(sorted(unknown))}")
        found: Callable[[Mapping[str, Any]], dict[str, Any]] | None = getattr(self, f"_{operation}", None)
        if found is None:
            raise AwsError("UnknownOperationException", f"{operation} is not supported here")
        return found(request)

    def _CreateTable(self, request: Mapping[str, Any]) -> dict[str, Any]:  # noqa: N802 - named as the operation
        name = str(request["TableName"])
        if name in self._tables:
            raise AwsError("ResourceInUseException", f"Table already exists: {name}")
        if request.get("GlobalSecondaryIndexes") or request.get("LocalSecondaryIndexes"):
            raise invalid("Secondary indexes are not supported here")
        wanted = ("TableName", "AttributeDefinitions", "KeySchema")
        description = {part: request[part] for part in wanted}
        self._schemas[name] = KeySchema(description)
        self._keep(name, StoredTable(description, None))
        return {"TableDescription": self._description(name)}

    def _DescribeTable(self, request: Mapping[str, Any]) -> dict[str, Any]:  # noqa: N802
        return {"Table": self._description(self._name(request))}

    def _DeleteTable(self, request: Mapping[str, Any]) -> dict[str, Any]:  # noqa: N802
        name = self._name(request)
        description = self._description(name)
        self._store.drop_table(name)
        del self._tables[name], self._schemas[name]
        return {"TableDescription": description}

    def _ListTables(self, _: Mapping[str, Any]) -> dict[str, Any]:  # noqa: N802
        return {"TableNames": sorted(self._tables)}

    def _UpdateTimeToLive(self, request: Mapping[str, Any]) -> dict[str, Any]:  # noqa: N802
        name, wanted = self._name(request), request["TimeToLiveSpecification"]
        expiry = str(wanted["AttributeName"]) if wanted["Enabled"] else None
        self._keep(name, StoredTable(self._tables[name].description, expiry))
        for text, _ in list(self._store.scan(name, None)):
            self._put(name, json.loads(text))
        return {"TimeToLiveSpecification": wanted}

    def _DescribeTimeToLive(self, request: Mapping[str, Any]) -> dict[str, Any]:  # noqa: N802
        expiry = self._tables[self._name(request)].expiry
        if expiry is None:
            return {"TimeToLiveDescription": {"TimeToLiveStatus": "DISABLED"}}
        return {"TimeToLiveDescription": {"TimeToLiveStatus": "ENABLED", "AttributeName": expiry}}

    def _GetItem(self, request: Mapping[str, Any]) -> dict[str, Any]:  # noqa: N802
        found = self._got(self._name(request), request)
        return {} if found is None else {"Item": found}

    def _got(self, name: str, request: Mapping[str, Any]) -> Item | Raw | None:
        key = self._schemas[name].exactly(request["Key"])
        placeholders = Placeholders(request.get("ExpressionAttributeNames"), None)
        text = self._store.get(name, key)
        projection = request.get("ProjectionExpression")
        if projection:
            item = projected(json.loads(text or "{}"), projection, placeholders)
        placeholders.check()
        if text is None:
            return None
        return item if projection else Raw(text)

    def _PutItem(self, request: Mapping[str, Any]) -> dict[str, Any]:  # noqa: N802
        return self._written(self._name(request), request, self._put_one)

    def _UpdateItem(self, request: Mapping[str, Any]) -> dict[str, Any]:  # noqa: N802
        return self._written(self._name(request), request, self._update_one)

    def _DeleteItem(self, request: Mapping[str, Any]) -> dict[str, Any]:  # noqa: N802
        return self._written(self._name(request), request, self._delete_one)

    def _written(
        self,
        name: str,
        request: Mapping[str, Any],
        write: Callable[..., tuple[Item | None, Item | None, set[str]]],
    ) -> dict[str, Any]:
        old, new, changed = write(name, request)
        wanted = request.get("ReturnValues", "NONE")
        before, after = old or {}, new or {}
        match wanted:
            case "ALL_OLD":
                found = before
            case "ALL_NEW":
                found = after
            case "UPDATED_OLD":
                found = {each: before[each] for each in changed if each in before}
            case "UPDATED_NEW":
                found = {each: after[each] for each in changed if each in after}
            case "NONE":
                found = {}
            case _:
                raise invalid(f"ReturnValues can not be {wanted}")
        return {"Attributes": found} if found else {}

    def _put_one(self, name: str, request: Mapping[str, Any]) -> tuple[Item | None, Item | None, set[str]]:
        if request.get("ReturnValues", "NONE") not in ("NONE", "ALL_OLD"):
            raise invalid("ReturnValues can only be ALL_OLD or NONE")
        item = {each: checked(attribute) for each, attribute in request["Item"].items()}
        key = self._schemas[name].of(item)
        old, placeholders = self._condition(name, key, request)
        placeholders.check()
        self._check_size(item)
        self._put(name, item)
        return old, item, set()

    def _update_one(self, name: str, request: Mapping[str, Any]) -> tuple[Item | None, Item | None, set[str]]:
        key = self._schemas[name].exactly(request["Key"])
        old, placeholders = self._condition(name, key, request)
        item = dict(old or request["Key"])
        changed: set[str] = set()
        if "UpdateExpression" in request:
            item, changed = updated(
                item, request["UpdateExpression"], placeholders, self._schemas[name].names
            )
        placeholders.check()
        self._check_size(item, "Item size to update has exceeded the maximum allowed size")
        self._put(name, item)
        return old, item, changed

    def _delete_one(self, name: str, request: Mapping[str, Any]) -> tuple[Item | None, Item | None, set[str]]:
        if request.get("ReturnValues", "NONE") not in ("NONE", "ALL_OLD"):
            raise invalid("ReturnValues can only be ALL_OLD or NONE")
        key = self._schemas[name].exactly(request["Key"])
        old, placeholders = self._condition(name, key, request)
        placeholders.check()
        self._store.delete(name, key)
        return old, None, set()

    def _check_one(self, name: str, request: Mapping[str, Any]) -> None:
        _, placeholders = self._condition(name, self._schemas[name].exactly(request["Key"]), request)
        placeholders.check()

    def _condition(self, name: str, key: Key, request: Mapping[str, Any]) -> tuple[Item | None, Placeholders]:
        """The item that is there, and the request's placeholders; where its condition holds."""
        placeholders = Placeholders(
            request.get("ExpressionAttributeNames"), request.get("ExpressionAttributeValues")
        )
        text = self._store.get(name, key)
        old: Item | None = None if text is None else json.loads(text)
        condition = request.get("ConditionExpression")
        if condition and not holds(condition, old or {}, placeholders):
            tell = old and request.get("ReturnValuesOnConditionCheckFailure") == "ALL_OLD"
            raise AwsError(
                "ConditionalCheckFailedException",
                "The conditional request failed",
                **({"Item": old} if tell else {}),
            )
        return old, placeholders

    def _Query(self, request: Mapping[str, Any]) -> dict[str, Any]:  # noqa: N802
        name = self._name(request)
        schema = self._schemas[name]
        placeholders = _placeholders(request)
        partition, wanted = key_condition(request["KeyConditionExpression"], schema, placeholders)
        start = request.get("ExclusiveStartKey")
        after = schema.exactly(start).range if start else None
        forward = request.get("ScanIndexForward", True)
        return self._page(
            name, request, placeholders, self._store.query(name, partition, wanted, after, forward=forward)
        )

    def _Scan(self, request: Mapping[str, Any]) -> dict[str, Any]:  # noqa: N802
        name = self._name(request)
        start = request.get("ExclusiveStartKey")
        after = self._schemas[name].exactly(start) if start else None
        return self._page(name, request, _placeholders(request), self._store.scan(name, after))

    def _page(
        self,
        name: str,
        request: Mapping[str, Any],
        placeholders: Placeholders,
        rows: Iterable[tuple[str, int]],
    ) -> dict[str, Any]:
        """Up to a megabyte, or *Limit* items that were looked at."""
        most = request.get("Limit")
        if most is not None and most < 1:
            raise invalid("Limit must be greater than or equal to 1")
        condition, projection = request.get("FilterExpression"), request.get("ProjectionExpression")
        if condition:
            holds(condition, {}, placeholders)
        if projection:
            projected({}, projection, placeholders)
        placeholders.check()
        found: list[Item | Raw] = []
        seen = size = 0
        last = None
        for text, bytes_ in rows:
            if seen == most or size >= _PAGE_BYTES:
                break
            seen, size, last = seen + 1, size + bytes_, text
            if condition and not holds(condition, json.loads(text), placeholders):
                continue
            found.append(projected(json.loads(text), projection, placeholders) if projection else Raw(text))
        else:
            last = last if seen == most else None
        answer: dict[str, Any] = {"Count": len(found), "ScannedCount": seen}
        if request.get("Select") != "COUNT":
            answer["Items"] = found
        if last is not None:
            answer["LastEvaluatedKey"] = self._schemas[name].part_of(json.loads(last))
        return answer

    def _BatchGetItem(self, request: Mapping[str, Any]) -> dict[str, Any]:  # noqa: N802
        wanted = [
            (self._known(name), {**{k: v for k, v in each.items() if k != "Keys"}, "Key": key})
            for name, each in request["RequestItems"].items()
            for key in each["Keys"]
        ]
        self._check_batch("BatchGetItem", [(name, part["Key"]) for name, part in wanted])
        answers: dict[str, list[Item | Raw]] = {name: [] for name, _ in wanted}
        for name, part in wanted:
            found = self._got(name, part)
            if found is not None:
                answers[name].append(found)
        return {"Responses": answers, "UnprocessedKeys": {}}

    def _BatchWriteItem(self, request: Mapping[str, Any]) -> dict[str, Any]:  # noqa: N802
        wanted = [
            (self._known(name), *next(iter(part.items())))
            for name, parts in request["RequestItems"].items()
            for part in parts
        ]
        keys = [
            (name, self._schemas[name].part_of(part.get("Item") or part["Key"])) for name, _, part in wanted
        ]
        self._check_batch("BatchWriteItem", keys)
        for name, kind, part in wanted:
            (self._put_one if kind == "PutRequest" else self._delete_one)(name, part)
        return {"UnprocessedItems": {}}

    def _TransactGetItems(self, request: Mapping[str, Any]) -> dict[str, Any]:  # noqa: N802
        parts = [part["Get"] for part in request["TransactItems"]]
        self._check_batch("TransactGetItems", [(self._name(part), part["Key"]) for part in parts])
        found = [self._got(self._name(part), part) for part in parts]
        return {"Responses": [{} if item is None else {"Item": item} for item in found]}

    def _TransactWriteItems(self, request: Mapping[str, Any]) -> dict[str, Any]:  # noqa: N802
        if self._repeated(request):
            return {}
        actions = [next(iter(part.items())) for part in request["TransactItems"]]
        keys = [
            (self._name(part), self._schemas[self._name(part)].part_of(part.get("Item") or part["Key"]))
            for _, part in actions
        ]
        self._check_batch("TransactWriteItems", keys)
        writes: dict[str, Callable[..., Any]] = {
            "Put": self._put_one,
            "Update": self._update_one,
            "Delete": self._delete_one,
            "ConditionCheck": self._check_one,
        }
        reasons: list[dict[str, Any]] = []
        with self._store.transaction():
            for kind, part in actions:
                try:
                    writes[kind](self._name(part), part)
                    reasons.append({"Code": "None"})
                except AwsError as error:
                    if error.code != "ConditionalCheckFailedException":
                        raise
                    reasons.append({"Code": "ConditionalCheckFailed", "Message": error.message, **error.more})
            codes = [reason["Code"] for reason in reasons]
            if set(codes) != {"None"}:
                raise AwsError(
                    "TransactionCanceledException",
                    "Transaction cancelled, please refer cancellation reasons for specific reasons "
                    f"[{', '.join(codes)}]",
                    CancellationReasons=reasons,
                )
        self._remember(request)
        return {}

    def _repeated(self, request: Mapping[str, Any]) -> bool:
        """Whether this transaction was done before, under its token."""
        token = request.get("ClientRequestToken")
        now = self._clock()
        self._tokens = {
            each: entry for each, entry in self._tokens.items() if entry[0] > now - _TOKEN_SECONDS
        }
        if token not in self._tokens:
            return False
        if self._tokens[token][1] != json.dumps(request["TransactItems"]):
            raise AwsError("IdempotentParameterMismatchException", "The token stands for another transaction")
        return True

    def _remember(self, request: Mapping[str, Any]) -> None:
        token = request.get("ClientRequestToken")
        if token:
            self._tokens[token] = (self._clock(), json.dumps(request["TransactItems"]))

    def _check_batch(self, operation: str, keys: Sequence[tuple[str, Mapping[str, Any]]]) -> None:
        if not 1 <= len(keys) <= _MOST[operation]:
            raise invalid(f"{operation} takes 1 to {_MOST[operation]} items")
        if len({(name, self._schemas[name].exactly(key)) for name, key in keys}) != len(keys):
            raise invalid("Provided list of item keys contains duplicates")

    def _name(self, request: Mapping[str, Any]) -> str:
        return self._known(str(request["TableName"]))

    def _known(self, name: str) -> str:
        name = name.rpartition("/")[2]  # of an ARN
        if name not in self._tables:
            raise AwsError("ResourceNotFoundException", "Requested resource not found")
        return name

    def _keep(self, name: str, table: StoredTable) -> None:
        self._tables[name] = table
        self._store.keep_table(name, table)

    def _put(self, name: str, item: Item) -> None:
        expires = item.get(self._tables[name].expiry or "", {}).get("N")
        self._store.put(
            name,
            self._schemas[name].of(item),
            json.dumps(item, separators=(",", ":")),
            item_size(item),
            None if expires is None else float(expires),
        )

    def _check_size(
        self, item: Item, message: str = "Item size has exceeded the maximum allowed size"
    ) -> None:
        if item_size(item) > _LARGEST_ITEM:
            raise invalid(message)

    def _description(self, name: str) -> dict[str, Any]:
        return {
            **self._tables[name].description,
            "TableStatus": "ACTIVE",
            "TableArn": f"arn:aws:dynamodb:us-east-1:123456789012:table/{name}",
            "ItemCount": self._store.count(name),
            "BillingModeSummary": {"BillingMode": "PAY_PER_REQUEST"},
        }


def _placeholders(request: Mapping[str, Any]) -> Placeholders:
    return Placeholders(request.get("ExpressionAttributeNames"), request.get("ExpressionAttributeValues"))
