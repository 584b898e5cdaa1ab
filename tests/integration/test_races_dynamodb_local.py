"""Races for slots, places, single_flight and runs on Amazon's own DynamoDB Local: of many at once exactly one wins.

Skipped where there is no Java 17 for it, or no Maven Central to fetch it from.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from botocore.config import Config
from botocore.exceptions import ReadTimeoutError
from botocore.session import Session
from stepwise.answering.joining import Begun, begin, take_over
from stepwise.answering.ownership import Ownership
from stepwise.answering.work import Progress
from stepwise.api.idempotency import Idempotency
from stepwise.api.reply import Reply
from stepwise.config import Settings
from stepwise.coordination.coordination import Coordination
from stepwise.coordination.hosts import HOSTS
from stepwise.coordination.places import NOWHERE, QueuePlace
from stepwise.coordination.runs import RunLost
from stepwise.coordination.slots import LEASE_SECONDS, Slot
from stepwise.coordination.transitions import SlotTaken
from stepwise.coordination.waiting_line import MARK
from stepwise.errors import IdempotencyInProgress, ModelError, QueueFull
from stepwise.plan import Plan
from stepwise.storage.table import Table, TableUnavailable
from support.clock import Clock
from support.dynamodb_local import DynamoDBLocalMissing, dynamodb_local
from support.scene import FakeQueue, Scene, plan_of, take_slot

PLAN = Plan("solve", ({"role": "user", "content": "q"},), "m", {}, 10, key="k")
RESULT: dict[str, Any] = {
    "solution": "42",
    "final_answer": "42",
    "finish_reason": "stop",
    "verification": None,
    "usage": {"duration_ms": 5_000},
}
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
                config=Config(
                    max_pool_connections=THREADS, retries={"mode": "standard", "total_max_attempts": 3}
                ),
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


class Fleet:
    """Environments of functions that share *table*."""

    def __init__(self, table: Table, *, slots: int = 4, most: int = 26) -> None:
        self.table, self.clock = table, Clock()
        self.settings = Settings(model_slots=slots, max_queued=most)
        self.scene = Scene(self.settings, clock=self.clock)
        self.scene.table = table  # type: ignore[assignment]
        self.scene.queue = FakeQueue(self.clock)

    def begin(self, question: str, waiter_id: str, **options: Any) -> Begun:
        deps = self.scene.environment()
        assert deps.shared is not None
        since = self.clock()
        plan = plan_of(question)
        return begin(deps, deps.shared, plan, group="g", waiter_id=waiter_id, since=since, **options)

    @property
    def shared(self) -> Coordination:
        shared = self.scene.environment().shared
        assert shared is not None
        return shared

    def slots(self) -> list[int]:
        return sorted(item["number"] for item in self.table.query("slots"))


def ends(step: Callable[[], object]) -> bool:
    """Whether an owner's last step was done; one that met nothing but other transactions does it again."""
    while True:
        try:
            step()
        except (RunLost, SlotTaken):
            return False
        except TableUnavailable:
            continue
        return True


def test_fifty_at_once_get_each_slot_once(table: Table) -> None:
    fleet = Fleet(table)

    won = [slot.number for slot in at_once(lambda _: take_slot(fleet.shared)) if slot]

    assert sorted(won) == fleet.slots()
    assert len(won) == len(set(won)) <= 4


def test_of_fifty_that_race_for_a_slot_whose_owner_died_one_wins(table: Table) -> None:
    fleet = Fleet(table, slots=1)
    dead = take_slot(fleet.shared)
    assert dead is not None
    fleet.clock.advance(LEASE_SECONDS + 1)

    won = [slot for slot in at_once(lambda _: take_slot(fleet.shared)) if slot]

    assert len(won) == 1
    nowhere = QueuePlace(NOWHERE, "", 0)
    assert not ends(lambda: fleet.shared.transitions.take_slot(dead, nowhere))
    fleet.shared.transitions.free_slot(dead)
    assert fleet.shared.slots.find() == []


def test_the_dead_owner_and_the_next_one_are_never_both_owners(table: Table) -> None:
    fleet = Fleet(table, slots=1)
    nowhere = QueuePlace(NOWHERE, "", 0)
    for _ in range(10):
        dead = take_slot(fleet.shared)
        assert dead is not None
        fleet.clock.advance(LEASE_SECONDS + 1)

        def go(number: int, dead: Slot = dead) -> bool:
            if number:
                return ends(lambda: fleet.shared.transitions.take_slot(dead, nowhere))
            return take_slot(fleet.shared) is not None

        assert sum(at_once(go, 2)) == 1
        fleet.clock.advance(LEASE_SECONDS + 1)


def test_of_more_than_there_is_room_for_exactly_the_rest_is_refused(table: Table) -> None:
    fleet = Fleet(table, slots=4, most=16)

    def begun(number: int) -> int | None:
        while True:
            try:
                return fleet.begin(f"q{number}", f"job_{number}").run.place
            except QueueFull:
                return None
            except TableUnavailable:
                continue  # nothing but other transactions

    places = [place for place in at_once(begun) if place is not None]

    assert fleet.slots() == list(range(4))
    assert sorted(place for place in places if place >= 0) == list(range(16))
    assert len(places) == 20


def filled(table: Table, fleet: Fleet, count: int) -> None:
    """Let *count* answers wait, and note it."""
    admission = fleet.shared.admission
    places = [QueuePlace(number, f"other-{number}", number) for number in range(count)]
    writes = [admission.placing(place, "others", owned=False) for place in places]
    for first in range(0, count, 100):
        table.transact(writes[first : first + 100])
    admission.line.mark()


def test_of_more_than_a_long_queue_has_room_for_exactly_the_rest_is_refused(table: Table) -> None:
    fleet = Fleet(table, slots=4, most=300)
    filled(table, fleet, 284)
    for _ in range(4):
        assert take_slot(fleet.shared)

    def begun(number: int) -> int | None:
        while True:
            try:
                return fleet.begin(f"q{number}", f"job_{number}").run.place
            except QueueFull:
                return None
            except TableUnavailable:
                continue  # nothing but other transactions

    places = [place for place in at_once(begun) if place is not None]

    assert sorted(places) == list(range(284, 300))


def test_of_fifty_that_find_an_old_summary_of_a_long_queue_one_counts(table: Table) -> None:
    fleet = Fleet(table, most=300)
    filled(table, fleet, 150)
    mark = table.get(*MARK, consistent=True)
    for _ in range(3):
        lines = at_once(lambda _, mark=mark: fleet.shared.admission.line.seen(mark))  # type: ignore[misc]

        assert [line.waiting for line in lines if not line.estimate] == [150]
        mark = table.get(*MARK, consistent=True)
        assert mark is not None
        assert mark["waiting"] == 150
        fleet.clock.advance(6)


def test_fifty_hosts_that_tell_their_slots_at_once_are_all_counted(table: Table) -> None:
    fleet = Fleet(table, slots=2_000)
    until = round(fleet.clock()) + 60

    at_once(lambda number: table.update(*HOSTS, set={f"i-{number}": {"slots": number, "until": until}}))

    assert fleet.shared.hosts.slots() == sum(range(THREADS))


def test_while_hosts_come_and_go_fifty_get_each_slot_once(table: Table) -> None:
    fleet = Fleet(table, slots=8)
    until = round(fleet.clock()) + 60

    def go(number: int) -> Slot | None:
        if number % 5:
            return take_slot(fleet.shared)
        table.update(*HOSTS, set={f"i-{number % 2}": {"slots": 4, "until": until - (number % 3) * 100}})
        return None

    won = [slot.number for slot in at_once(go) if slot]

    assert sorted(won) == fleet.slots()
    assert len(won) == len(set(won)) <= 8


def test_of_fifty_identical_questions_one_is_computed_and_holds_one_slot(table: Table) -> None:
    fleet = Fleet(table)

    def ask(number: int) -> Begun | None:
        try:
            return fleet.begin("same", f"job_{number}")
        except TableUnavailable:
            return None

    begun = [each for each in at_once(ask) if each]

    assert len({each.run.id for each in begun}) == 1
    assert [each.ownership is not None for each in begun].count(True) == 1
    assert len(fleet.slots()) == 1
    run = fleet.shared.runs.get(begun[0].run.id)
    assert run is not None
    assert len(run.waiters) >= len(begun)


def test_of_fifty_that_replace_an_ended_run_one_does(table: Table) -> None:
    fleet = Fleet(table)
    first = fleet.begin("same", "job_first")
    assert first.ownership is not None
    first.ownership.fail(ModelError())
    table.put({"pk": "flight#key-same#unchecked", "sk": "flight", "run_id": first.run.id})

    begun = at_once(lambda number: fleet.begin("same", f"job_{number}"), 20)

    assert len({each.run.id for each in begun} - {first.run.id}) == 1
    assert len(fleet.slots()) == 1


def test_of_fifty_that_take_a_dead_owners_run_one_owns_it(table: Table) -> None:
    fleet = Fleet(table)
    first = fleet.begin("q", "job_1")
    assert first.ownership is not None
    fleet.clock.advance(LEASE_SECONDS + 1)

    taken = [run for run in at_once(lambda _: fleet.shared.runs.take(first.run.id)) if run]

    assert [run.fence for run in taken] == [2]
    with pytest.raises(RunLost):
        first.ownership.succeed(RESULT, Progress())
    next_owner = take_over(fleet.scene.environment(), fleet.shared, taken[0], plan_of("q"))
    assert next_owner.succeed(RESULT, Progress())


def test_of_fifty_workers_with_one_message_one_takes_run_and_slot(table: Table) -> None:
    fleet = Fleet(table)
    first = fleet.begin("q", "job_1")
    assert first.ownership is not None
    first.ownership.hand_over(Progress())

    def take(_: int) -> bool:
        shared = fleet.shared
        run = shared.runs.get(first.run.id)
        assert run is not None
        return any(ends(lambda slot=slot: shared.transitions.take(run, slot)) for slot in shared.slots.find())

    assert at_once(take).count(True) == 1
    run = fleet.shared.runs.get(first.run.id)
    assert run is not None
    assert (run.status, run.fence) == ("running", 2)
    assert len(fleet.slots()) == 1
    assert table.query("queue") == []
    assert len(table.query("taken")) == 1


def test_an_end_a_failure_and_a_cancellation_at_once_make_one_end(table: Table) -> None:
    fleet = Fleet(table)
    for number in range(10):
        begun = fleet.begin(f"q{number}", "job_1")
        owner = begun.ownership
        assert owner is not None

        def end(which: int, owner: Ownership = owner, run_id: str = begun.run.id) -> bool:
            match which:
                case 0:
                    return ends(lambda: owner.succeed(RESULT, Progress()))
                case 1:
                    return ends(lambda: owner.fail(ModelError()))
            return fleet.shared.runs.cancel(run_id, "job_1")

        done = at_once(end, 3)

        seen = fleet.shared.runs.get(begun.run.id)
        assert seen is not None
        assert done.count(True) == 1
        assert seen.status == ("succeeded", "failed", "cancelled")[done.index(True)]
        answered = table.get(f"answer#key-q{number}", "answer", consistent=True) is not None
        assert answered == (seen.status == "succeeded"), (
            "an answer is stored with its run's end, or not at all"
        )
        owner.release()
        assert fleet.slots() == []


def test_ends_at_once_all_take_effect_though_they_write_the_same_average(table: Table) -> None:
    fleet = Fleet(table, slots=20)
    owners = [fleet.begin(f"q{number}", "job_1").ownership for number in range(20)]

    def end(number: int) -> bool:
        owner = owners[number]
        assert owner is not None
        return ends(lambda: owner.succeed(RESULT, Progress()))

    assert all(at_once(end, 20))
    assert fleet.slots() == []


def test_of_fifty_that_join_and_leave_nobody_is_forgotten(table: Table) -> None:
    runs = Fleet(table).shared.runs
    writes, run = runs.creating("r", PLAN, group="g", waiter_id="t")
    table.transact(writes)
    joined = [seen for seen in at_once(lambda number: runs.join(run.id, f"job-{number}")) if seen]
    assert len(joined) == THREADS

    cancelled = at_once(lambda number: runs.cancel(run.id, f"job-{number}"))
    assert cancelled.count(True) == 0
    assert runs.cancel(run.id, "t")


def test_a_transaction_that_is_sent_again_under_its_token_is_done_once(table: Table, client: Any) -> None:
    """The reply of the first attempt was lost on its way: boto3 sends it again."""
    sent: list[object] = []

    def lose_the_first(request: Any, **_: Any) -> None:
        sent.append(request)
        if len(sent) == 1:
            client._endpoint.http_session.send(request)
            raise ReadTimeoutError(endpoint_url=request.url)

    fleet = Fleet(table)
    writes, run = fleet.shared.runs.creating("r", PLAN, group="g", waiter_id="t")
    client.meta.events.register("before-send.dynamodb.TransactWriteItems", lose_the_first)
    try:
        done = fleet.shared.transitions.begin((writes, run), flight="k", instead_of=None, number=3)
    finally:
        client.meta.events.unregister("before-send.dynamodb.TransactWriteItems", lose_the_first)

    assert len(sent) == 2
    assert fleet.shared.runs.get("r") == done


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
