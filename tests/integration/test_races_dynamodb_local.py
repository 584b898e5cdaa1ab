"""Races for slots, places, single_flight and runs on Amazon's own DynamoDB Local: of many at once exactly one wins.

Skipped where there is no Java 17 for it, or no Maven Central to fetch it from.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from botocore.config import Config
from botocore.session import Session
from stepwise.api.idempotency import Idempotency
from stepwise.api.reply import Reply
from stepwise.coordination.admission import Admission
from stepwise.coordination.average_duration import AverageDuration
from stepwise.coordination.runs import RunLost, Runs
from stepwise.coordination.single_flight import SingleFlight
from stepwise.coordination.slots import LEASE_SECONDS, Slots
from stepwise.errors import IdempotencyInProgress, QueueFull
from stepwise.plan import Plan
from stepwise.storage.table import Table
from support.clock import Clock
from support.dynamodb_local import DynamoDBLocalMissing, dynamodb_local

PLAN = Plan("solve", ({"role": "user", "content": "q"},), "m", {}, 10, key="k")
THREADS = 50


@pytest.fixture(scope="module")
def client() -> Iterator[object]:
    try:
        with dynamodb_local() as endpoint:
            yield Session().create_client(
                "dynamodb",
                region_name="us-east-1",
                endpoint_url=endpoint,
                aws_access_key_id="local",
                aws_secret_access_key="local",
                config=Config(max_pool_connections=THREADS),
            )
    except DynamoDBLocalMissing as missing:
        pytest.skip(str(missing))


@pytest.fixture
def table(client: object) -> Table:
    name = f"races-{uuid.uuid4().hex}"
    client.create_table(  # type: ignore[attr-defined]
        TableName=name,
        AttributeDefinitions=[{"AttributeName": part, "AttributeType": "S"} for part in ("pk", "sk")],
        KeySchema=[
            {"AttributeName": "pk", "KeyType": "HASH"},
            {"AttributeName": "sk", "KeyType": "RANGE"},
        ],
        BillingMode="PAY_PER_REQUEST",
    )
    return Table(client, name)


def at_once[T](call: Callable[[int], T], count: int = THREADS) -> list[T]:
    """What *count* threads get that call at the same moment."""
    barrier = Barrier(count)

    def run(number: int) -> T:
        barrier.wait()
        return call(number)

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))


def test_fifty_at_once_get_each_slot_once(table: Table) -> None:
    slots = Slots(table, 4, clock=Clock())

    won = [slot.number for slot in at_once(lambda _: slots.acquire()) if slot]

    assert sorted(won) == [0, 1, 2, 3]


def test_of_fifty_that_race_for_a_slot_whose_owner_died_one_wins(table: Table) -> None:
    clock = Clock()
    slots = Slots(table, 1, clock=clock)
    dead = slots.acquire()
    assert dead is not None
    clock.advance(LEASE_SECONDS + 1)

    won = [slot for slot in at_once(lambda _: slots.acquire()) if slot]

    assert len(won) == 1
    assert not slots.renew(dead)
    slots.release(dead)
    assert slots.acquire() is None


def test_the_dead_owner_and_the_next_one_are_never_both_owners(table: Table) -> None:
    clock = Clock()
    slots = Slots(table, 1, clock=clock)
    for _ in range(10):
        dead = slots.acquire()
        assert dead is not None
        clock.advance(LEASE_SECONDS + 1)

        renewed, taken = at_once(lambda n, dead=dead: slots.renew(dead) if n else slots.acquire(), 2)[::-1]  # type: ignore[misc]

        assert bool(renewed) != bool(taken)
        clock.advance(LEASE_SECONDS + 1)


def test_of_more_than_there_is_room_for_exactly_the_rest_is_refused(table: Table) -> None:
    admission = Admission(
        table, max_queued=26, slots=4, average_duration=AverageDuration(table), clock=Clock()
    )

    def admitted(number: int) -> int | None:
        try:
            return admission.admit(f"run-{number}", "g").number
        except QueueFull:
            return None

    numbers = [number for number in at_once(admitted) if number is not None]

    assert sorted(numbers) == list(range(30))


def test_of_fifty_identical_questions_one_flies(table: Table) -> None:
    single_flight = SingleFlight(table, clock=Clock())

    won = at_once(lambda number: single_flight.begin("k", f"run-{number}", instead_of=None))

    assert won.count(True) == 1
    assert single_flight.run_of("k") == f"run-{won.index(True)}"


def test_of_fifty_that_replace_an_ended_run_one_does(table: Table) -> None:
    single_flight = SingleFlight(table, clock=Clock())
    single_flight.begin("k", "ended", instead_of=None)

    won = at_once(lambda number: single_flight.begin("k", f"run-{number}", instead_of="ended"))

    assert won.count(True) == 1


def test_of_fifty_that_take_a_dead_owners_run_one_owns_it(table: Table) -> None:
    clock = Clock()
    runs = Runs(table, clock=clock)
    first = runs.create("r", PLAN, group="g", waiter_id="t")
    clock.advance(LEASE_SECONDS + 1)

    taken = [run for run in at_once(lambda _: runs.take("r")) if run]

    assert [run.fence for run in taken] == [2]
    with pytest.raises(RunLost):
        runs.succeed(first, {"x": 1}, tokens=1)
    runs.succeed(taken[0], {"x": 2}, tokens=1)


def test_an_end_a_failure_and_a_cancellation_at_once_make_one_end(table: Table) -> None:
    for number in range(10):
        runs = Runs(table, clock=Clock())
        run = runs.create(f"r{number}", PLAN, group="g", waiter_id="t")

        def end(which: int, runs: Runs = runs, run: object = run) -> bool:
            try:
                match which:
                    case 0:
                        runs.succeed(run, {"x": 1}, tokens=1)  # type: ignore[arg-type]
                    case 1:
                        runs.fail(run, {"code": "model_error"})  # type: ignore[arg-type]
                    case _:
                        return runs.cancel(run.id, "t")  # type: ignore[attr-defined]
            except RunLost:
                return False
            return True

        ends = at_once(end, 3)

        seen = runs.get(run.id)
        assert seen is not None
        assert ends.count(True) == 1
        assert seen.status == ("succeeded", "failed", "cancelled")[ends.index(True)]


def test_of_fifty_that_join_and_leave_nobody_is_forgotten(table: Table) -> None:
    runs = Runs(table, clock=Clock())
    run = runs.place(runs.create("r", PLAN, group="g", waiter_id="t"), 0, 0)
    joined = [seen for seen in at_once(lambda number: runs.join(run.id, f"job-{number}")) if seen]
    assert len(joined) == THREADS

    cancelled = at_once(lambda number: runs.cancel(run.id, f"job-{number}"))
    assert cancelled.count(True) == 0
    assert runs.cancel(run.id, "t")


def test_of_fifty_with_one_idempotency_key_one_computes(table: Table) -> None:
    idempotency = Idempotency(table, clock=Clock(), patience=60)
    computed: list[int] = []

    def compute(number: int) -> Reply:
        computed.append(number)
        return Reply(200, {"n": number})

    def post(number: int) -> object:
        try:
            return idempotency.once("p", "k", b"body", lambda: compute(number))
        except IdempotencyInProgress as error:
            return error.code

    replies = at_once(post)

    assert len(computed) == 1
    assert {reply for reply in replies if isinstance(reply, str)} <= {"idempotency_in_progress"}
