"""The local stack's DynamoDB does what moto does, its items expire, and a file keeps them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from hypothesis import given, settings
from hypothesis import strategies as st
from moto import mock_aws
from stepwise_local.aws.dynamodb import DynamoDB
from stepwise_local.aws.errors import AwsError
from stepwise_local.aws.server import encoded

type Call = Callable[[str, Mapping[str, Any]], dict[str, Any]]

TABLE = {
    "TableName": "t",
    "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
    "AttributeDefinitions": [
        {"AttributeName": "pk", "AttributeType": "S"},
        {"AttributeName": "sk", "AttributeType": "S"},
    ],
    "BillingMode": "PAY_PER_REQUEST",
}
NAMES = ("n", "s", "t", "m", "l", "size")
PLACEHOLDERS = {f"#{name}": name for name in (*NAMES, "pk", "sk")}

keys = st.fixed_dictionaries(
    {
        "pk": st.sampled_from([{"S": "p"}, {"S": "q"}]),
        "sk": st.sampled_from([{"S": text} for text in ("a", "ab", "b", "é", "B")]),
    }
)
numbers = st.builds(lambda number: {"N": str(number)}, st.integers(-3, 3) | st.decimals(-2, 2, places=1))
texts = st.builds(lambda text: {"S": text}, st.sampled_from(["", "a", "ab", "1", "é"]))
sets = st.builds(lambda each: {"SS": sorted(each)}, st.sets(st.sampled_from("abc"), min_size=1))
flat = numbers | texts | sets | st.sampled_from([{"BOOL": True}, {"NULL": True}])
values = (
    flat
    | st.builds(lambda each: {"L": each}, st.lists(flat, max_size=3))
    | st.builds(lambda each: {"M": each}, st.dictionaries(st.sampled_from("xy"), flat, max_size=2))
)
# Of one type each: moto fails with a TypeError where it compares values of two types; test_table_moto.py does that.
attributes = st.fixed_dictionaries(
    {},
    optional={
        "n": numbers,
        "s": texts,
        "t": sets,
        "m": st.builds(lambda each: {"M": each}, st.dictionaries(st.sampled_from("xn"), numbers)),
        "l": st.builds(lambda each: {"L": each}, st.lists(numbers | texts, max_size=3)),
        "size": values,
    },
)
items = st.builds(lambda key, more: {**more, **key}, keys, attributes)

CONDITIONS = (
    "attribute_exists(#pk)",
    "attribute_not_exists(#pk)",
    "attribute_not_exists(#n) OR #n < :n",
    "#n >= :n AND (#s = :s OR NOT #n <> :n)",
    "#n BETWEEN :n AND :k",
    "#s IN (:s, :n)",
    "begins_with(#s, :s)",
    "contains(#t, :s)",
    "contains(#l, :n)",
    "attribute_type(#n, :kind)",
    "#m.#n = :n",
    "#l[0] = :n",
    "NOT (attribute_exists(#s) AND #s > :s)",
)
UPDATES = (
    "SET #n = :n, #s = :s",
    "SET #n = #n + :n",
    "SET #n = if_not_exists(#n, :k) - :n REMOVE #s",
    "SET #l = list_append(if_not_exists(#l, :list), :list)",
    "SET #m = :map",
    "SET #m.x = :n",
    "SET #l[1] = :s",
    "REMOVE #l[0], #n",
    "ADD #n :n, #t :set",
    "DELETE #t :set SET #s = :s",
)
RANGES = (
    "#pk = :p",
    "#pk = :p AND begins_with(#sk, :from)",
    "#pk = :p AND #sk BETWEEN :from AND :to",
    "#pk = :p AND #sk > :from",
    "#sk <= :from AND #pk = :p",
    "#pk = :p AND #sk = :from",
)
GIVEN = {
    ":n": numbers, ":k": numbers, ":s": texts, ":set": sets, ":kind": st.sampled_from([{"S": "N"}, {"S": "SS"}]),
    ":list": st.builds(lambda each: {"L": each}, st.lists(flat, min_size=1, max_size=2)),
    ":map": st.builds(lambda each: {"M": each}, st.dictionaries(st.sampled_from("xn"), flat)),
    ":p": st.just({"S": "p"}), ":from": st.sampled_from([{"S": "a"}, {"S": "b"}]), ":to": st.just({"S": "é"}),
}  # fmt: skip


@st.composite
def with_expressions(draw: Any, request: dict[str, Any]) -> dict[str, Any]:
    """*request* with the placeholders that its expressions use."""
    text = " ".join(value for name, value in request.items() if name.endswith("Expression"))
    words = "".join(mark if mark.isalnum() or mark in "#:" else " " for mark in text).split()
    names = {word: PLACEHOLDERS[word] for word in words if word.startswith("#")}
    given_values = {word: draw(GIVEN[word]) for word in sorted(set(words)) if word.startswith(":")}
    more: dict[str, Any] = {}
    if names:
        more["ExpressionAttributeNames"] = names
    if given_values:
        more["ExpressionAttributeValues"] = given_values
    return request | more


@st.composite
def writes(draw: Any) -> tuple[str, dict[str, Any]]:
    operation = draw(st.sampled_from(["PutItem", "UpdateItem", "DeleteItem"]))
    request: dict[str, Any] = {"TableName": "t"}
    if operation == "PutItem":
        request["Item"] = draw(items)
    else:
        request["Key"] = draw(keys)
    if operation == "UpdateItem":
        request["UpdateExpression"] = draw(st.sampled_from(UPDATES))
    if draw(st.booleans()):
        request["ConditionExpression"] = draw(st.sampled_from(CONDITIONS))
    return operation, draw(with_expressions(request))


@st.composite
def calls(draw: Any) -> tuple[str, dict[str, Any]]:
    kind = draw(st.sampled_from(["write"] * 6 + ["get", "query", "scan", "transaction", "batch"]))
    if kind == "write":
        operation, request = draw(writes())
        most = "ALL_NEW" if operation == "UpdateItem" else "ALL_OLD"
        more = {"ReturnValues": most, "ReturnValuesOnConditionCheckFailure": "ALL_OLD"}
        return operation, {**request, **(more if draw(st.booleans()) else {})}
    if kind == "get":
        return "GetItem", {"TableName": "t", "Key": draw(keys)}
    if kind == "batch":
        wanted = draw(st.lists(keys, min_size=1, max_size=3, unique_by=str))
        return "BatchGetItem", {"RequestItems": {"t": {"Keys": wanted}}}
    if kind == "transaction":
        parts = draw(st.lists(writes(), min_size=1, max_size=3, unique_by=lambda each: str(key_of(each[1]))))
        return "TransactWriteItems", {
            "TransactItems": [{name.removesuffix("Item"): part} for name, part in parts]
        }
    request = {"TableName": "t"}
    if kind == "query":
        request["KeyConditionExpression"] = draw(st.sampled_from(RANGES))
        request["ScanIndexForward"] = draw(st.booleans())
    if draw(st.booleans()):
        request["FilterExpression"] = draw(st.sampled_from(["#n >= :n", "attribute_exists(#s)"]))
    return kind.capitalize(), {**draw(with_expressions(request)), "Limit": draw(st.integers(1, 4))}


def key_of(request: Mapping[str, Any]) -> tuple[str, str]:
    holder = request.get("Item") or request["Key"]
    return holder["pk"]["S"], holder["sk"]["S"]


class Local:
    def __init__(self, path: Path | None = None, now: float = 0.0) -> None:
        self.now = now
        self.tables = DynamoDB(path, clock=lambda: self.now)

    def __call__(self, operation: str, request: Mapping[str, Any]) -> dict[str, Any]:
        answer: dict[str, Any] = json.loads(encoded(self.tables.answer(operation, request)))
        return answer


@pytest.fixture(scope="module")
def moto() -> Iterator[Call]:
    with mock_aws():
        client = boto3.client(
            "dynamodb", region_name="us-east-1", aws_access_key_id="x", aws_secret_access_key="x"
        )

        def call(operation: str, request: Mapping[str, Any]) -> dict[str, Any]:
            method = "".join(f"_{mark.lower()}" if mark.isupper() else mark for mark in operation).strip("_")
            answer: dict[str, Any] = getattr(client, method)(**request)
            return answer

        yield call


def outcome(call: Call, operation: str, request: dict[str, Any]) -> Any:
    """What a caller has of it: all pages of items, what a write gave back, or the error's name and item."""
    pages: list[Any] = []
    while True:
        try:
            answer = call(operation, request)
        except ClientError as error:
            response = error.response
            reasons = [each["Code"] for each in response.get("CancellationReasons", [])]
            return response["Error"]["Code"], plain(response.get("Item") or {}), reasons
        except AwsError as error:
            reasons = [each["Code"] for each in error.more.get("CancellationReasons", [])]
            return error.code, plain(error.more.get("Item", {})), reasons
        pages += [plain(item) for item in answer.get("Items", [])]
        pages += sorted(map(repr, (plain(item) for item in answer.get("Responses", {}).get("t", []))))
        pages += [plain(answer[name]) for name in ("Item", "Attributes") if name in answer]
        if "LastEvaluatedKey" not in answer:
            return pages if operation != "Scan" else sorted(pages, key=repr)
        request = {**request, "ExclusiveStartKey": answer["LastEvaluatedKey"]}


def plain(value: Any) -> Any:
    """An item where equal ones look alike."""
    if isinstance(value, dict):
        return {
            name: (Decimal(each) + 0).normalize()
            if name == "N"
            else sorted(each)
            if name == "SS"
            else plain(each)
            for name, each in sorted(value.items())
        }
    return [plain(each) for each in value] if isinstance(value, list) else value


@settings(max_examples=40, deadline=None)
@given(st.lists(calls(), min_size=4, max_size=14))
def test_any_calls_come_to_the_same_as_with_moto(
    moto: Call, sequence: list[tuple[str, dict[str, Any]]]
) -> None:
    local = Local()
    local("CreateTable", TABLE)
    moto("CreateTable", TABLE)
    try:
        for operation, request in [*sequence, ("Scan", {"TableName": "t"})]:
            expected = outcome(moto, operation, request)
            assert outcome(local, operation, request) == expected, (operation, request)
    finally:
        moto("DeleteTable", {"TableName": "t"})
        local.tables.close()


@pytest.fixture
def local() -> Iterator[Local]:
    made = Local(now=1_000_000.0)
    made("CreateTable", TABLE)
    yield made
    made.tables.close()


def put(local: Local, sk: str, **more: Any) -> None:
    local("PutItem", {"TableName": "t", "Item": {"pk": {"S": "p"}, "sk": {"S": sk}, **more}})


def left(local: Local) -> list[str]:
    return [item["sk"]["S"] for item in local("Scan", {"TableName": "t"})["Items"]]


def test_items_are_gone_when_their_time_is_over(local: Local) -> None:
    put(local, "early", expires={"N": "1000010"})
    specification = {"AttributeName": "expires", "Enabled": True}
    local("UpdateTimeToLive", {"TableName": "t", "TimeToLiveSpecification": specification})
    put(local, "late", expires={"N": "1000020.5"})
    put(local, "never")
    put(local, "text", expires={"S": "1000010"})
    put(local, "ancient", expires={"N": str(1_000_000 - 6 * 365 * 86_400)})
    assert local.tables.expire() == 0
    local.now = 1_000_011.0
    assert local.tables.expire() == 1
    assert left(local) == ["ancient", "late", "never", "text"]
    local.now = 1_000_021.0
    assert local.tables.expire() == 1


def test_a_file_keeps_tables_items_and_times(tmp_path: Path) -> None:
    first = Local(tmp_path / "tables", now=1_000_000.0)
    first("CreateTable", TABLE)
    specification = {"AttributeName": "expires", "Enabled": True}
    first("UpdateTimeToLive", {"TableName": "t", "TimeToLiveSpecification": specification})
    put(first, "a", expires={"N": "1000010"})
    put(first, "b", text={"S": "解"})
    # Not closed: a program that is killed does not close it either.
    second = Local(tmp_path / "tables", now=1_000_011.0)
    assert left(second) == ["a", "b"]
    assert second.tables.expire() == 1
    with pytest.raises(AwsError) as caught:
        second("CreateTable", TABLE)
    assert caught.value.code == "ResourceInUseException"
    first.tables.close()
    second.tables.close()


def test_a_transaction_writes_all_or_nothing_and_once_for_its_token(local: Local) -> None:
    def transaction(token: str, condition: str) -> dict[str, Any]:
        count = {
            "TableName": "t",
            "Key": {"pk": {"S": "p"}, "sk": {"S": "n"}},
            "UpdateExpression": "ADD n :one",
        }
        check = {
            "TableName": "t",
            "Key": {"pk": {"S": "p"}, "sk": {"S": "x"}},
            "ConditionExpression": condition,
        }
        one = {"ExpressionAttributeValues": {":one": {"N": "1"}}}
        return {
            "TransactItems": [{"Update": count | one}, {"ConditionCheck": check}],
            "ClientRequestToken": token,
        }

    with pytest.raises(AwsError) as caught:
        local("TransactWriteItems", transaction("a", "attribute_exists(pk)"))
    assert [reason["Code"] for reason in caught.value.more["CancellationReasons"]] == [
        "None",
        "ConditionalCheckFailed",
    ]
    assert left(local) == []
    for _ in range(2):
        local("TransactWriteItems", transaction("b", "attribute_not_exists(pk)"))
    found = local("GetItem", {"TableName": "t", "Key": {"pk": {"S": "p"}, "sk": {"S": "n"}}})
    assert found["Item"]["n"] == {"N": "1"}
    with pytest.raises(AwsError, match="another transaction"):
        local("TransactWriteItems", transaction("b", "attribute_exists(pk)"))


@pytest.mark.parametrize(
    ("operation", "request_", "code"),
    [
        ("PutItem", {"TableName": "none", "Item": {}}, "ResourceNotFoundException"),
        ("PutItem", {"TableName": "t", "Item": {"pk": {"S": "p"}}}, "ValidationException"),
        ("GetItem", {"TableName": "t", "Key": {"pk": {"S": "p"}, "sk": {"S": ""}}}, "ValidationException"),
        ("Query", {"TableName": "t", "KeyConditionExpression": "pk > :p"}, "ValidationException"),
        ("Query", {"TableName": "t", "KeyConditionExpression": "pk = "}, "ValidationException"),
        ("Scan", {"TableName": "t", "IndexName": "other"}, "ValidationException"),
        ("Scan", {"TableName": "t", "ScanFilter": {}}, "ValidationException"),
        ("Scan", {"TableName": "t", "ExpressionAttributeNames": {"#n": "n"}}, "ValidationException"),
        ("ExecuteStatement", {"Statement": "SELECT"}, "UnknownOperationException"),
    ],
)
def test_what_is_wrong_or_not_there_is_refused(
    local: Local, operation: str, request_: dict[str, Any], code: str
) -> None:
    with pytest.raises(AwsError) as caught:
        local(operation, request_)
    assert caught.value.code == code
