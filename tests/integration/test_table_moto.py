"""One contract for all that stands for the table: moto, DynamoDB Local, the local stack's, and the one in memory."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import boto3
import pytest
from botocore.config import Config
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from moto import mock_aws
from stepwise.storage.table import (
    ConditionFailed,
    Delete,
    InvalidCall,
    ItemTooLarge,
    Put,
    Table,
    TableUnavailable,
    TransactionFailed,
    Update,
    absent,
    all_of,
    any_of,
    at_most,
    equals,
    is_in,
    less,
)
from support.dynamodb_local import DynamoDBLocalMissing, dynamodb_local
from support.local_stack import aws_server
from support.tables import MemoryTable


def _client(endpoint: str | None = None) -> Any:
    return boto3.session.Session("test", "test", region_name="eu-west-1").client(
        "dynamodb", endpoint_url=endpoint, config=Config(max_pool_connections=60)
    )


def _make_table(client: Any) -> Table:
    client.create_table(
        TableName="stepwise",
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
        AttributeDefinitions=[
            {"AttributeName": "pk", "AttributeType": "S"},
            {"AttributeName": "sk", "AttributeType": "S"},
        ],
        BillingMode="PAY_PER_REQUEST",
    )
    return Table(client, "stepwise")


@pytest.fixture(scope="session")
def local_endpoint() -> Iterator[str]:
    try:
        with dynamodb_local() as endpoint:
            yield endpoint
    except DynamoDBLocalMissing as missing:
        pytest.skip(str(missing))


@pytest.fixture
def local_table(local_endpoint: str) -> Iterator[Table]:
    client = _client(local_endpoint)
    yield _make_table(client)
    client.delete_table(TableName="stepwise")
    client.close()


@pytest.fixture(scope="session")
def stack_endpoint() -> Iterator[str]:
    with aws_server() as endpoint:
        yield endpoint


@pytest.fixture
def stack_table(stack_endpoint: str) -> Iterator[Table]:
    client = _client(stack_endpoint)
    yield _make_table(client)
    client.delete_table(TableName="stepwise")
    client.close()


@pytest.fixture(params=["memory", "moto", "dynamodb_local", "local_stack"])
def table(request: pytest.FixtureRequest) -> Iterator[Table]:
    match request.param:
        case "memory":
            yield MemoryTable()
        case "moto":
            with mock_aws():
                yield _make_table(_client())
        case "local_stack":
            yield request.getfixturevalue("stack_table")
        case _:
            yield request.getfixturevalue("local_table")


VALUES: dict[str, Any] = {
    "text": "解方程 x² + 2x − 3 = 0 🙂",
    "empty": "",
    "whole": -12,
    "huge": 10**37,
    "fraction": 0.1,
    "tiny": 1e-100,
    "yes": True,
    "no": False,
    "nothing": None,
    "bytes": b"\x00\xff",
    "set": {"a", "b"},
    "list": [1, "a", None, [2.5], {"deep": []}],
    "dict": {"a": {"b": {"c": 1}}, "L": True},
}


def test_values_come_back_as_they_were_put(table: Table) -> None:
    table.put({"pk": "p", "sk": "s", **VALUES})

    assert table.get("p", "s", consistent=True) == {"pk": "p", "sk": "s", **VALUES}


def test_types_come_back_as_they_were_put(table: Table) -> None:
    table.put({"pk": "p", "sk": "s", **VALUES})

    item = table.get("p", "s", consistent=True)

    assert item is not None
    assert {name: type(value) for name, value in item.items() if name in VALUES} == {
        name: type(value) for name, value in VALUES.items()
    }


def test_an_item_that_is_not_there_is_none(table: Table) -> None:
    assert table.get("p", "s") is None


def test_a_put_takes_the_place_of_the_whole_item(table: Table) -> None:
    table.put({"pk": "p", "sk": "s", "a": 1})
    table.put({"pk": "p", "sk": "s", "b": 2})

    assert table.get("p", "s", consistent=True) == {"pk": "p", "sk": "s", "b": 2}


def test_what_was_put_does_not_change_with_the_callers_dict(table: Table) -> None:
    item = {"pk": "p", "sk": "s", "list": [1]}
    table.put(item)
    item["list"].append(2)  # type: ignore[attr-defined]

    found = table.get("p", "s", consistent=True)
    assert found is not None
    found["list"].append(3)

    assert table.get("p", "s", consistent=True) == {"pk": "p", "sk": "s", "list": [1]}


@pytest.mark.parametrize(
    "value",
    [float("nan"), float("inf"), 1e-200, 10**200, 1.5j, set(), {1}, {1: 2}, {"": 2}, "\ud800", object()],
)
def test_a_value_that_a_table_cannot_hold_is_an_invalid_call(table: Table, value: object) -> None:
    with pytest.raises(InvalidCall):
        table.put({"pk": "p", "sk": "s", "value": value})
    with pytest.raises(InvalidCall):
        table.update("p", "s", set={"value": value})


@pytest.mark.parametrize(
    "item",
    [
        {},
        {"pk": "p"},
        {"pk": "", "sk": "s"},
        {"pk": "p", "sk": 1},
        {"pk": "p" * 2049, "sk": "s"},
        {"pk": "p", "sk": ""},
    ],
)
def test_an_item_without_a_proper_key_is_an_invalid_call(table: Table, item: dict[str, Any]) -> None:
    with pytest.raises(InvalidCall):
        table.put(item)


def test_an_item_over_400_kilobytes_is_too_large(table: Table) -> None:
    with pytest.raises(ItemTooLarge):
        table.put({"pk": "p", "sk": "s", "bytes": b"x" * 409_600})

    table.put({"pk": "p", "sk": "s", "text": "x" * 404_000})
    assert table.get("p", "s", consistent=True) is not None


def test_an_update_that_would_grow_an_item_over_400_kilobytes_is_an_invalid_call(table: Table) -> None:
    table.put({"pk": "p", "sk": "s", "a": b"x" * 300_000})

    with pytest.raises(InvalidCall):
        table.update("p", "s", set={"b": b"x" * 200_000})

    assert table.get("p", "s", consistent=True) == {"pk": "p", "sk": "s", "a": b"x" * 300_000}


def test_an_update_returns_the_whole_item_as_it_is_afterwards(table: Table) -> None:
    table.put({"pk": "p", "sk": "s", "keep": "k", "old": 1, "number": 5, "members": {"a", "b"}, "gone": True})

    item = table.update(
        "p",
        "s",
        set={"old": [2], "status": "new"},
        add={"number": -2, "counter": 1, "names": {"x"}},
        remove=["gone", "never_there"],
        delete={"members": {"a", "z"}},
    )

    assert item == {
        "pk": "p",
        "sk": "s",
        "keep": "k",
        "old": [2],
        "status": "new",
        "number": 3,
        "counter": 1,
        "names": {"x"},
        "members": {"b"},
    }
    assert table.get("p", "s", consistent=True) == item


def test_an_update_makes_an_item_that_is_not_there(table: Table) -> None:
    assert table.update("p", "s", add={"counter": 1}) == {"pk": "p", "sk": "s", "counter": 1}


def test_a_set_that_loses_its_last_member_is_gone(table: Table) -> None:
    table.put({"pk": "p", "sk": "s", "members": {"a"}})

    assert table.update("p", "s", delete={"members": {"a"}, "others": {"b"}}) == {"pk": "p", "sk": "s"}


def test_adding_to_a_set_unites(table: Table) -> None:
    table.put({"pk": "p", "sk": "s", "members": {"a"}})

    assert table.update("p", "s", add={"members": {"a", "b"}})["members"] == {"a", "b"}


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"set": {"pk": "q"}},
        {"set": {"a": 1}, "remove": ["a"]},
        {"add": {"text": 1}},
        {"add": {"number": {"a"}}},
        {"add": {"new": "text"}},
        {"delete": {"number": {"a"}}},
    ],
)
def test_an_update_that_makes_no_sense_is_an_invalid_call(table: Table, change: dict[str, Any]) -> None:
    table.put({"pk": "p", "sk": "s", "text": "t", "number": 1})

    with pytest.raises(InvalidCall):
        table.update("p", "s", **change)


def test_names_that_dynamodb_reserves_are_names_like_others(table: Table) -> None:
    names = ["status", "name", "ttl", "owner", "a.b", "a-b", "size", "步骤"]

    item = table.update("p", "s", set=dict.fromkeys(names, 1), condition=all_of(*map(absent, names)))

    assert item == {"pk": "p", "sk": "s", **dict.fromkeys(names, 1)}


def test_deleting_takes_an_item_away_and_twice_is_no_error(table: Table) -> None:
    table.put({"pk": "p", "sk": "s"})
    table.delete("p", "s")
    table.delete("p", "s")

    assert table.get("p", "s", consistent=True) is None


def test_values_nested_as_deep_as_a_table_holds_them_come_back(table: Table) -> None:
    value: Any = 1
    for _ in range(31):
        value = [value]
    table.put({"pk": "p", "sk": "s", "value": value})

    assert table.get("p", "s", consistent=True) == {"pk": "p", "sk": "s", "value": value}


def test_a_query_gives_the_items_of_one_partition_in_order(table: Table) -> None:
    for sk in ["job#2", "job#10", "job#1", "meta", "job"]:
        table.put({"pk": "p", "sk": sk})
    table.put({"pk": "q", "sk": "job#3"})

    assert [item["sk"] for item in table.query("p")] == ["job", "job#1", "job#10", "job#2", "meta"]
    assert [item["sk"] for item in table.query("p", begins_with="job#")] == ["job#1", "job#10", "job#2"]
    assert [item["sk"] for item in table.query("p", begins_with="job#", limit=2)] == ["job#1", "job#10"]
    assert table.query("nobody") == []


def test_a_query_goes_on_past_the_megabyte_of_one_page(table: Table) -> None:
    for number in range(5):
        table.put({"pk": "p", "sk": f"{number}", "bytes": b"x" * 300_000})

    assert [item["sk"] for item in table.query("p")] == ["0", "1", "2", "3", "4"]
    assert [item["sk"] for item in table.query("p", limit=4)] == ["0", "1", "2", "3"]


def test_a_query_for_no_items_is_an_invalid_call(table: Table) -> None:
    with pytest.raises(InvalidCall):
        table.query("p", limit=0)


ITEM: dict[str, Any] = {
    "pk": "p",
    "sk": "s",
    "number": 5,
    "text": "banana",
    "set": {"a"},
    "list": ["a", 1],
    "flag": True,
    "nothing": None,
}

CONDITIONS = [
    (absent("pk"), False),
    (absent("other"), True),
    (equals("number", 5), True),
    (equals("number", 5.0), True),
    (equals("number", "5"), False),
    (equals("flag", True), True),
    (equals("nothing", None), True),
    (equals("set", {"a"}), True),
    (equals("list", ["a", 1.0]), True),
    (less("number", 5), False),
    (less("number", 5.5), True),
    (less("number", 40), True),
    (less("other", 5), False),
    (less("text", "c"), True),
    (less("text", "banan"), False),
    (at_most("number", 5), True),
    (at_most("number", 4), False),
    (is_in("text", ["apple", "banana"]), True),
    (is_in("text", ["apple"]), False),
    (is_in("number", ["5"]), False),
    (all_of(equals("number", 5), equals("text", "banana")), True),
    (all_of(equals("number", 5), equals("text", "apple")), False),
    (any_of(equals("number", 4), equals("text", "banana")), True),
    (any_of(equals("number", 4), equals("text", "apple")), False),
    (all_of(any_of(absent("pk"), less("number", 6)), equals("set", {"a"})), True),
    (any_of(all_of(absent("pk"), less("number", 6)), equals("set", {"b"})), False),
]

NEVER_TRUE = [
    is_in("other", [None]),
    equals("other", None),
    less("text", 7),
    at_most("number", "7"),
    less("nothing", 1),
]


def _outcome(write: Callable[[], object]) -> bool:
    try:
        write()
    except ConditionFailed:
        return False
    return True


def test_conditions_hold_when_they_should(table: Table) -> None:
    found = []
    for condition, _ in CONDITIONS:
        table.put(ITEM)
        found.append((condition, _outcome(lambda held=condition: table.put(ITEM, condition=held))))  # type: ignore[misc]

    assert found == CONDITIONS


def test_a_value_of_another_type_neither_equals_nor_orders(
    table: Table, request: pytest.FixtureRequest
) -> None:
    if "moto" in request.node.name:
        pytest.skip("moto compares values of different types and fails")

    table.put(ITEM)

    assert [_outcome(lambda held=held: table.put(ITEM, condition=held)) for held in NEVER_TRUE] == [  # type: ignore[misc]
        False for _ in NEVER_TRUE
    ]


def test_conditions_hold_alike_for_every_kind_of_write(table: Table) -> None:
    wrong = []
    for condition, expected in CONDITIONS:
        writes: list[Callable[[], object]] = [
            lambda held=condition: table.update("p", "s", set={"seen": 1}, condition=held),  # type: ignore[misc]
            lambda held=condition: table.delete("p", "s", condition=held),  # type: ignore[misc]
        ]
        for place, write in enumerate(writes):
            table.put(ITEM)
            if _outcome(write) != expected:
                wrong.append((place, condition))

    assert wrong == []


def test_a_condition_on_an_item_that_is_not_there_sees_no_attributes(table: Table) -> None:
    with pytest.raises(ConditionFailed) as failed:
        table.put({"pk": "p", "sk": "s"}, condition=equals("owner", "me"))

    assert failed.value.item is None
    assert table.get("p", "s", consistent=True) is None


@pytest.mark.parametrize("operation", ["put", "update", "delete"])
def test_a_failed_condition_tells_the_item_that_is_there(table: Table, operation: str) -> None:
    item = {"pk": "p", "sk": "s", "owner": "you", "until": 12.5}
    table.put(item)
    mine = equals("owner", "me")
    writes: dict[str, Callable[[], object]] = {
        "put": lambda: table.put({"pk": "p", "sk": "s"}, condition=mine),
        "update": lambda: table.update("p", "s", set={"owner": "me"}, condition=mine),
        "delete": lambda: table.delete("p", "s", condition=mine),
    }

    with pytest.raises(ConditionFailed) as failed:
        writes[operation]()

    assert failed.value.item == item
    assert table.get("p", "s", consistent=True) == item


def _race(table: Table, contenders: int) -> list[str]:
    """Names of those who got a lease that all of *contenders* threads ask for at once."""
    start = threading.Barrier(contenders)

    def contend(number: int) -> str | None:
        start.wait()
        free = any_of(absent("pk"), less("lease_until", 1000))
        try:
            table.update("lease", "problem", set={"owner": f"{number}", "lease_until": 1060}, condition=free)
        except ConditionFailed:
            return None
        return f"{number}"

    with ThreadPoolExecutor(contenders) as pool:
        return [winner for winner in pool.map(contend, range(contenders)) if winner]


def test_fifty_threads_racing_for_a_lease_get_exactly_one_winner(local_table: Table) -> None:
    winners = _race(local_table, 50)

    item = local_table.get("lease", "problem", consistent=True)
    assert item is not None
    assert winners == [item["owner"]]


def test_a_batch_gives_the_items_that_are_there(table: Table) -> None:
    for number in range(3):
        table.put({"pk": "p", "sk": f"{number}", **VALUES})
    keys = [("p", "0"), ("p", "2"), ("p", "9"), ("other", "0")]

    found = table.batch_get(keys, consistent=True)

    assert found == {("p", sk): {"pk": "p", "sk": sk, **VALUES} for sk in ("0", "2")}
    assert table.batch_get([("nowhere", "x")]) == {}


@pytest.mark.parametrize(
    "keys",
    [[], [("p", "s"), ("p", "s")], [("p", f"{number}") for number in range(101)], [("", "s")]],
    ids=["none", "one twice", "too many", "no key"],
)
def test_a_batch_that_no_table_takes_is_an_invalid_call(table: Table, keys: list[tuple[str, str]]) -> None:
    with pytest.raises(InvalidCall):
        table.batch_get(keys)


def test_a_transaction_does_all_of_its_writes(table: Table) -> None:
    table.put({"pk": "counter", "sk": "c", "n": 1})
    table.put({"pk": "old", "sk": "o"})

    table.transact(
        [
            Put({"pk": "new", "sk": "n"}, absent("pk")),
            Update("counter", "c", add={"n": 1}, condition=less("n", 2)),
            Delete("old", "o", equals("pk", "old")),
            Delete("nothing", "n", any_of(absent("pk"), equals("n", 1))),
        ]
    )

    assert table.get("new", "n", consistent=True) == {"pk": "new", "sk": "n"}
    assert table.get("counter", "c", consistent=True) == {"pk": "counter", "sk": "c", "n": 2}
    assert table.get("old", "o", consistent=True) is None


def test_a_transaction_with_failed_conditions_does_nothing_and_tells_all_of_them(table: Table) -> None:
    table.put({"pk": "counter", "sk": "c", "n": 2})

    with pytest.raises(TransactionFailed) as failed:
        table.transact(
            [
                Put({"pk": "new", "sk": "n"}),
                Update("counter", "c", add={"n": 1}, condition=less("n", 2)),
                Delete("nowhere", "x", equals("pk", "nowhere")),
            ]
        )

    assert failed.value.items == {1: {"pk": "counter", "sk": "c", "n": 2}, 2: None}
    assert table.get("new", "n", consistent=True) is None
    assert table.get("counter", "c", consistent=True) == {"pk": "counter", "sk": "c", "n": 2}


@pytest.mark.parametrize(
    "writes",
    [
        [],
        [Put({"pk": "p", "sk": "s"}), Delete("p", "s")],
        [Put({"pk": "p", "sk": f"{number}"}) for number in range(101)],
        [Put({"pk": "p", "sk": "s"}), Put({"pk": "", "sk": "s"})],
    ],
    ids=["none", "one item twice", "too many", "no key"],
)
def test_a_transaction_that_no_table_takes_is_an_invalid_call(table: Table, writes: list[Any]) -> None:
    with pytest.raises(InvalidCall):
        table.transact(writes)

    assert table.query("p") == []


def test_transactions_that_race_for_slots_never_give_out_too_many(local_table: Table) -> None:
    local_table.put({"pk": "slots", "sk": "count", "taken": 0})
    start = threading.Barrier(20)

    def take(number: int) -> bool:
        start.wait()
        writes = [
            Update("slots", "count", add={"taken": 1}, condition=less("taken", 4)),
            Put({"pk": "slots", "sk": f"owner#{number}"}, absent("pk")),
        ]
        try:
            local_table.transact(writes)
        except (TransactionFailed, TableUnavailable):
            return False
        return True

    with ThreadPoolExecutor(20) as pool:
        taken = sum(pool.map(take, range(20)))

    count = local_table.get("slots", "count", consistent=True)
    owners = local_table.query("slots", begins_with="owner#")
    assert count is not None
    assert 1 <= taken == count["taken"] == len(owners) <= 4


def test_fifty_threads_racing_in_memory_get_exactly_one_winner() -> None:
    assert len(_race(MemoryTable(), 50)) == 1


PLAIN = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**37), 10**37)
    | st.floats(-1e15, 1e15).filter(lambda number: number == 0 or abs(number) > 1e-100)
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
    | st.binary(max_size=20)
    | st.sets(
        st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=5), min_size=1, max_size=4
    ),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=5), inner, max_size=4
        )
    ),
    max_leaves=8,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(value=PLAIN)
def test_any_plain_value_comes_back_equal(table: Table, value: Any) -> None:
    table.put({"pk": "p", "sk": "s", "value": value})

    item = table.get("p", "s", consistent=True)
    assert item is not None
    assert item["value"] == value
