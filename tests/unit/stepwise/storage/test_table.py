"""How the port reads what DynamoDB says, told by a client that says what the test wants."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import (
    ClientError,
    ConnectionClosedError,
    ConnectTimeoutError,
    NoCredentialsError,
    ParamValidationError,
    ReadTimeoutError,
)
from stepwise.storage.conditions import Expression
from stepwise.storage.table import (
    ConditionFailed,
    InvalidCall,
    Put,
    Table,
    TableError,
    TableUnavailable,
    TransactionFailed,
    absent,
    all_of,
    any_of,
    equals,
    is_in,
    less,
)
from support.tables import Crash, MemoryTable


class Scripted:
    """A client whose calls give or raise what is next in the script."""

    def __init__(self, *script: Any) -> None:
        self.script = list(script)
        self.calls: list[tuple[str, dict[str, Any]]] = []

    def __getattr__(self, operation: str) -> Callable[..., Any]:
        def call(**parameters: Any) -> Any:
            self.calls.append((operation, parameters))
            outcome = self.script.pop(0)
            if isinstance(outcome, Exception):
                raise outcome
            return outcome

        return call


def _fault(code: str, **more: Any) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "never shown"}, **more}, "Operation")  # type: ignore[arg-type]


def _closed() -> ConnectionClosedError:
    return ConnectionClosedError(endpoint_url="http://host")


def _table(*script: Any) -> tuple[Table, Scripted, list[float]]:
    client, naps = Scripted(*script), list[float]()
    return Table(client, "stepwise", sleep=naps.append, jitter=lambda: 0.5), client, naps


CALLS: dict[str, Callable[[Table], object]] = {
    "get": lambda table: table.get("p", "s"),
    "put": lambda table: table.put({"pk": "p", "sk": "s"}),
    "update": lambda table: table.update("p", "s", set={"a": 1}),
    "delete": lambda table: table.delete("p", "s"),
    "query": lambda table: table.query("p"),
    "batch_get": lambda table: table.batch_get([("p", "s")]),
    "transact": lambda table: table.transact([Put({"pk": "p", "sk": "s"})]),
}

NO_ANSWERS = {
    "throttled": _fault("ProvisionedThroughputExceededException"),
    "limited": _fault("RequestLimitExceeded"),
    "gone": _fault("ResourceNotFoundException"),
    "denied": _fault("AccessDeniedException"),
    "its own error": _fault("InternalServerError"),
    "no code": ClientError({}, "Operation"),
    "connect timeout": ConnectTimeoutError(endpoint_url="http://host"),
    "read timeout": ReadTimeoutError(endpoint_url="http://host"),
    "no credentials": NoCredentialsError(),
}


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("no_answer", NO_ANSWERS)
def test_whatever_is_no_answer_is_unavailable_and_says_nothing_of_the_message(
    no_answer: str, call: str
) -> None:
    table, _, _ = _table(NO_ANSWERS[no_answer])

    with pytest.raises(TableUnavailable) as unavailable:
        CALLS[call](table)

    assert "never shown" not in str(unavailable.value)
    assert "host" not in str(unavailable.value)


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("fault", [_fault("ValidationException"), ParamValidationError(report="never shown")])
def test_what_the_table_could_never_take_is_an_invalid_call(fault: Exception, call: str) -> None:
    table, _, _ = _table(fault)

    with pytest.raises(InvalidCall, match=r"^((?!never shown).)*$"):
        CALLS[call](table)


@pytest.mark.parametrize("call", ["get", "query", "batch_get"])
def test_a_read_is_tried_once_more_on_a_connection_that_was_dead(call: str) -> None:
    table, client, _ = _table(_closed(), {"Item": {"pk": {"S": "p"}}, "Items": []})

    assert CALLS[call](table) in ({"pk": "p"}, [], {})
    assert len(client.calls) == 2


def test_a_read_is_tried_no_third_time() -> None:
    table, client, _ = _table(_closed(), _closed(), {})

    with pytest.raises(TableUnavailable):
        table.get("p", "s")
    assert len(client.calls) == 2


@pytest.mark.parametrize("call", ["put", "update", "delete", "transact"])
def test_a_write_is_not_tried_again_when_nobody_knows_whether_it_took_effect(call: str) -> None:
    table, client, _ = _table(_closed(), {})

    with pytest.raises(TableUnavailable):
        CALLS[call](table)
    assert len(client.calls) == 1


@pytest.mark.parametrize("call", ["put", "update", "delete", "transact"])
def test_a_conflict_is_tried_again_after_growing_pauses(call: str) -> None:
    conflict = _fault("TransactionConflictException")
    table, client, naps = _table(conflict, conflict, {"Attributes": {}})

    CALLS[call](table)

    assert len(client.calls) == 3
    assert naps == [0.01, 0.02]


def test_a_conflict_that_stays_is_unavailable_in_the_end() -> None:
    table, client, naps = _table(*[_fault("TransactionConflictException")] * 10)

    with pytest.raises(TableUnavailable):
        table.delete("p", "s")
    assert len(client.calls) == 5
    assert sum(naps) < 1


def _cancelled(*codes: str, **more: Any) -> ClientError:
    return _fault(
        "TransactionCanceledException", CancellationReasons=[{"Code": code, **more} for code in codes]
    )


@pytest.mark.parametrize("code", ["TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"])
def test_a_transaction_that_met_another_one_or_a_throttle_is_tried_again_under_its_token(code: str) -> None:
    table, client, naps = _table(_cancelled("None", code), _fault("TransactionInProgressException"), {})

    table.transact([Put({"pk": "p", "sk": "s"}), Put({"pk": "p", "sk": "t"})])

    assert naps == [0.01, 0.02]
    tokens = {parameters["ClientRequestToken"] for _, parameters in client.calls}
    assert (len(client.calls), len(tokens)) == (3, 1)


def test_two_transactions_have_two_tokens() -> None:
    table, client, _ = _table({}, {})

    for _ in range(2):
        table.transact([Put({"pk": "p", "sk": "s"})])

    assert len({parameters["ClientRequestToken"] for _, parameters in client.calls}) == 2


def test_a_conflict_that_never_ends_or_a_reason_without_a_remedy_is_unavailable() -> None:
    table, client, naps = _table(*[_cancelled("TransactionConflict")] * 9)
    with pytest.raises(TableUnavailable):
        table.transact([Put({"pk": "p", "sk": "s"})])
    assert (len(client.calls), sum(naps) < 1) == (5, True)

    table, client, _ = _table(_cancelled("SomethingElse"))
    with pytest.raises(TableUnavailable):
        table.transact([Put({"pk": "p", "sk": "s"})])
    assert len(client.calls) == 1


def test_a_failed_condition_counts_though_another_write_met_a_conflict() -> None:
    table, client, _ = _table(
        _cancelled("ConditionalCheckFailed", "TransactionConflict", Item={"n": {"N": "1"}})
    )

    with pytest.raises(TransactionFailed) as failed:
        table.transact([Put({"pk": "p", "sk": "s"}), Put({"pk": "p", "sk": "t"})])

    assert failed.value.items == {0: {"n": 1}}
    assert len(client.calls) == 1


def test_a_write_of_a_transaction_that_the_table_refuses_is_an_invalid_call() -> None:
    table, _, _ = _table(_cancelled("None", "ValidationError", "ConditionalCheckFailed"))

    with pytest.raises(InvalidCall):
        table.transact([Put({"pk": "p", "sk": "s"})])


def test_what_a_batch_leaves_out_is_asked_for_again() -> None:
    def answer(sk: str, *left: str) -> dict[str, Any]:
        keys = [{"pk": {"S": "p"}, "sk": {"S": each}} for each in left]
        unprocessed = {"stepwise": {"Keys": keys}} if left else {}
        return {
            "Responses": {"stepwise": [{"pk": {"S": "p"}, "sk": {"S": sk}}]},
            "UnprocessedKeys": unprocessed,
        }

    table, client, naps = _table(answer("a", "b", "c"), answer("b", "c"), answer("c"))

    assert set(table.batch_get([("p", "a"), ("p", "b"), ("p", "c")])) == {("p", "a"), ("p", "b"), ("p", "c")}
    asked = [len(parameters["RequestItems"]["stepwise"]["Keys"]) for _, parameters in client.calls]
    assert (asked, naps) == ([3, 2, 1], [0.01, 0.02])

    table, client, _ = _table(*[answer("a", "b")] * 9)
    with pytest.raises(TableUnavailable):
        table.batch_get([("p", "a"), ("p", "b")])
    assert len(client.calls) == 5


def test_every_name_and_value_of_a_request_is_a_placeholder() -> None:
    table, client, _ = _table({"Attributes": {}})

    table.update("p", "s", set={"status": "x"}, add={"size": 1}, condition=equals("status", "y"))

    ((operation, parameters),) = client.calls
    assert operation == "update_item"
    assert parameters == {
        "TableName": "stepwise",
        "Key": {"pk": {"S": "p"}, "sk": {"S": "s"}},
        "UpdateExpression": "SET #n0 = :v0 ADD #n1 :v1",
        "ConditionExpression": "#n0 = :v2",
        "ExpressionAttributeNames": {"#n0": "status", "#n1": "size"},
        "ExpressionAttributeValues": {":v0": {"S": "x"}, ":v1": {"N": "1"}, ":v2": {"S": "y"}},
        "ReturnValues": "ALL_NEW",
        "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
    }


def test_reads_are_consistent_where_they_are_asked_to_be() -> None:
    table, client, _ = _table({}, {}, {"Items": []}, {"Items": []})

    table.get("p", "s")
    table.get("p", "s", consistent=True)
    table.query("p")
    table.query("p", consistent=False)

    assert [parameters["ConsistentRead"] for _, parameters in client.calls] == [False, True, True, False]


def test_conditions_are_bracketed_so_that_they_mean_what_they_say() -> None:
    condition = all_of(any_of(absent("a"), less("b", 1)), all_of(equals("c", 2), is_in("d", [3, 4])))

    text = Expression().condition(condition)

    assert text == ("((attribute_not_exists(#n0) OR #n1 < :v0) AND (#n2 = :v1 AND #n3 IN (:v2, :v3)))")


@pytest.mark.parametrize("build", [all_of, any_of, lambda: is_in("a", []), lambda: is_in("a", range(101))])
def test_a_condition_without_a_meaning_is_an_invalid_call(build: Callable[[], object]) -> None:
    with pytest.raises(InvalidCall):
        build()


def test_all_errors_of_the_table_have_one_base() -> None:
    assert issubclass(TableUnavailable, TableError)
    assert issubclass(ConditionFailed, TableError)
    assert issubclass(TransactionFailed, TableError)
    assert issubclass(InvalidCall, TableError)
    assert issubclass(InvalidCall, ValueError)


@pytest.mark.parametrize("depth", [32, 100_000])
def test_a_value_nested_too_deep_is_an_invalid_call(depth: int) -> None:
    value: Any = 1
    for _ in range(depth):
        value = [value]

    for table in (MemoryTable(), _table({})[0]):
        with pytest.raises(InvalidCall):
            table.put({"pk": "p", "sk": "s", "value": value})


# The faults that the table in memory plays


def test_a_failing_table_in_memory_fails_as_often_as_told_and_changes_nothing() -> None:
    table = MemoryTable()
    table.fail_next(2)
    for _ in range(2):
        with pytest.raises(TableUnavailable):
            table.put({"pk": "p", "sk": "s"})

    assert table.items() == []
    table.put({"pk": "p", "sk": "s"})
    assert table.items() == [{"pk": "p", "sk": "s"}]


def test_a_write_whose_answer_is_lost_took_effect() -> None:
    table = MemoryTable()
    table.lose_next()

    with pytest.raises(TableUnavailable):
        table.put({"pk": "p", "sk": "s"})

    assert table.get("p", "s") == {"pk": "p", "sk": "s"}


def test_a_process_can_crash_before_and_after_a_write() -> None:
    def crash(_: object) -> None:
        raise Crash

    table = MemoryTable()
    table.before_write = crash
    with pytest.raises(Crash):
        table.put({"pk": "before", "sk": "s"})
    table.before_write, table.after_write = None, crash
    with pytest.raises(Crash):
        table.put({"pk": "after", "sk": "s"})

    assert [item["pk"] for item in table.items()] == ["after"]


def test_a_stale_read_sees_the_item_before_its_last_write() -> None:
    table = MemoryTable()
    table.stale = True
    table.put({"pk": "p", "sk": "s", "n": 1})
    assert table.get("p", "s") is None
    table.update("p", "s", add={"n": 1})

    assert table.get("p", "s") == {"pk": "p", "sk": "s", "n": 1}
    assert table.get("p", "s", consistent=True) == {"pk": "p", "sk": "s", "n": 2}
    assert table.query("p", consistent=False) == [{"pk": "p", "sk": "s", "n": 1}]


def test_the_ttl_takes_away_what_expired_and_nothing_else() -> None:
    table = MemoryTable()
    for sk, expiry in (("old", 99), ("now", 100), ("new", 101), ("never", None), ("text", "1")):
        table.put({"pk": "p", "sk": sk, "expires_at": expiry})

    assert table.expire(100) == 1
    assert {item["sk"] for item in table.items()} == {"now", "new", "never", "text"}
