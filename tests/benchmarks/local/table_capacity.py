"""Capacity of the table by size of the fleet: `python tests/benchmarks/local/table_capacity.py [SLOTS…]` prints two tables.

The functions' own code on Amazon's DynamoDB Local, which says what each call consumes (ReturnConsumedCapacity); it counts
a write in a transaction once, DynamoDB twice, and so does this. An answer takes 75 s, so the busiest fleet of 1,500 slots
gives 20 a second. Hosts of four slots tell them every 20 s. Half of the slots are taken, and half of the places in the queue
where answers wait.

The first table is what an answer consumes. *at once*: a stream that finds a slot. *queued*: a job at once, two looks at the job, and
its worker. The second one is what a partition of each kind sees a second in the mean, if all answers are queued: DynamoDB
gives each partition 3,000 read and 1,000 write units a second.
"""

from __future__ import annotations

import os
import sys
import uuid
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest import mock

ROOT = Path(__file__).resolve().parents[3]
sys.path[:0] = [str(ROOT / "layers" / "stepwise"), str(ROOT / "tests")]
os.environ.setdefault("POWERTOOLS_LOG_LEVEL", "CRITICAL")

from botocore.session import Session  # noqa: E402 - the path above makes these importable
from stepwise.answering.stream import live  # noqa: E402
from stepwise.answering.tasks import Presentation  # noqa: E402
from stepwise.config import Settings  # noqa: E402
from stepwise.coordination import waiting_line  # noqa: E402
from stepwise.coordination.hosts import HOSTS  # noqa: E402
from stepwise.coordination.places import QueuePlace  # noqa: E402
from stepwise.coordination.slots import Slot  # noqa: E402
from stepwise.storage.table import Table, Write  # noqa: E402
from support.dynamodb_local import dynamodb_local  # noqa: E402
from support.scene import (  # noqa: E402
    PRESENTATION,
    SECONDS_PER_TOKEN,
    Scene,
    answer,
    caller,
    look_up,
    plan_of,
    work,
)

ANSWER_SECONDS = 75.0
SLOTS_PER_HOST, TELL_SECONDS = 4, 20
ANSWERS = 5
"""Answers of each kind, of which the mean is taken."""

type Units = Counter[tuple[str, str]]
"""Units by kind of partition key (the part before "#") and "read" or "write"."""


class CountingTable(Table):
    """Adds up what its calls consume."""

    def __init__(self, client: Any, name: str) -> None:
        super().__init__(client, name)
        self.units: Units = Counter()

    def _call(self, operation: str, **parameters: Any) -> dict[str, Any]:
        response = super()._call(operation, **parameters, ReturnConsumedCapacity="TOTAL")
        found = response["ConsumedCapacity"]
        total = sum(each["CapacityUnits"] for each in (found if isinstance(found, list) else [found]))
        kinds = [_kind(pk) for pk in _partition_keys(operation, parameters)]
        match operation:
            case "batch_get_item":
                (asked,) = parameters["RequestItems"].values()
                self._share(kinds, total, "read", 1.0 if asked.get("ConsistentRead") else 0.5)
            case "transact_write_items":
                self._share(kinds, 2 * total, "write", 2.0)
            case "get_item" | "query":
                self.units[kinds[0], "read"] += total
            case _:
                self.units[kinds[0], "write"] += total
        return response

    def _share(self, kinds: list[str], total: float, what: str, least: float) -> None:
        """Most items are small and cost the *least*. The hosts have the rest where they were read, else a run's own items."""
        large = [kind for kind in kinds if kind == "hosts"] or [
            kind for kind in kinds if kind in ("run", "answer")
        ]
        for kind in kinds:
            self.units[kind, what] += least
        for kind in large:
            self.units[kind, what] += (total - least * len(kinds)) / len(large)


def _kind(pk: str) -> str:
    return pk.split("#")[0]


def _partition_keys(operation: str, parameters: Mapping[str, Any]) -> Iterator[str]:
    match operation:
        case "batch_get_item":
            (asked,) = parameters["RequestItems"].values()
            yield from (key["pk"]["S"] for key in asked["Keys"])
        case "transact_write_items":
            for entry in parameters["TransactItems"]:
                (write,) = entry.values()
                yield (write.get("Key") or write["Item"])["pk"]["S"]
        case "query":
            yield next(each["S"] for each in parameters["ExpressionAttributeValues"].values())
        case _:
            yield (parameters.get("Key") or parameters["Item"])["pk"]["S"]


class Bench:
    """A scene on a table of DynamoDB Local."""

    def __init__(self, client: Any, slots: int, *, waiting: bool) -> None:
        self.slots = slots
        self.most = max(100, 2 * slots)
        settings = Settings(model_slots=slots, max_queued=self.most)
        self.scene = Scene(settings, tokens=round(ANSWER_SECONDS / SECONDS_PER_TOKEN))
        self.table = CountingTable(client, _created(client))
        self.scene.table = self.table  # type: ignore[assignment]
        self.scene.deps = self.scene.environment()
        shared = self.scene.deps.shared
        assert shared is not None
        self.line = shared.admission.line
        far = self.scene.clock() + 10**6
        self.hosts = [f"i-{number:017x}" for number in range(-(-slots // SLOTS_PER_HOST))]
        for host in self.hosts:
            self.tell(host, round(self.scene.clock()) + 3_000)
        self._fill([shared.slots.taking(Slot(number, "o" * 16), until=far) for number in range(1, slots, 2)])
        if waiting:
            places = [
                QueuePlace(number, f"{number:032d}", 10**6 + number) for number in range(0, self.most, 2)
            ]
            self._fill([shared.admission.placing(place, "g" * 16, owned=False) for place in places])
            self.line.mark()
            self.line.recount()

    def _fill(self, writes: list[Write]) -> None:
        for first in range(0, len(writes), 100):
            self.table.transact(writes[first : first + 100])

    @contextmanager
    def counting(self) -> Iterator[Units]:
        self.table.units = Counter()
        yield self.table.units

    def tell(self, host: str, until: int) -> None:
        """As the watch on a host does."""
        self.table.update(*HOSTS, set={host: {"slots": SLOTS_PER_HOST, "until": until}})

    def at_once(self, number: int) -> None:
        asked = Presentation.from_dict(PRESENTATION)
        pieces = list(live(self.scene.environment(), plan_of(f"once-{number}"), asked, caller(self.scene)))
        assert pieces[-1] is not None
        assert pieces[-1].kind == "done"

    def queued(self, number: int) -> None:
        who = caller(self.scene, respond_async=True)
        reply = answer(self.scene.environment(), plan_of(f"queued-{number}"), PRESENTATION, who)
        for _ in range(2):
            deps = self.scene.environment()
            assert deps.shared is not None
            look_up(deps, deps.shared, reply.body["id"], "partner-a", until=0, instance="i")
        work(self.scene)
        assert self.scene.deps.shared is not None
        job = self.scene.deps.shared.jobs.get(reply.body["id"], "partner-a")
        run = self.scene.deps.shared.runs.get(job.run_id)
        assert run is not None
        assert run.status == "succeeded"


def _created(client: Any) -> str:
    name = f"capacity-{uuid.uuid4().hex}"
    client.create_table(
        TableName=name,
        AttributeDefinitions=[{"AttributeName": part, "AttributeType": "S"} for part in ("pk", "sk")],
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
        BillingMode="PAY_PER_REQUEST",
    )
    return name


def measured(client: Any, slots: int, kind: str) -> tuple[Units, Units, int]:
    """Units of an answer, those of others in a second, and the number of partitions of the queue."""
    bench = Bench(client, slots, waiting=kind == "queued")
    ask = bench.queued if kind == "queued" else bench.at_once
    ask(0)
    # Answers come one after the other here and would each find an old summary: the count is measured by itself.
    with mock.patch.object(waiting_line, "_STANDS_SECONDS", 10**9), bench.counting() as units:
        for number in range(1, ANSWERS + 1):
            ask(number)
    each = Counter({key: count / ANSWERS for key, count in units.items()})
    with bench.counting() as counted:
        if bench.line.is_long and kind == "queued":
            bench.line.recount()
    others = Counter({key: count / _STANDS for key, count in counted.items()})
    with bench.counting() as told:
        bench.tell(bench.hosts[0], 10**10)
    others["hosts", "write"] = told["hosts", "write"] * len(bench.hosts) / TELL_SECONDS
    return each, others, bench.line.parts


def _sum(units: Units, what: str) -> float:
    return sum(count for (_, each), count in units.items() if each == what)


def main(sizes: list[int]) -> None:
    with dynamodb_local() as endpoint:
        client = Session().create_client(
            "dynamodb",
            region_name="us-east-1",
            endpoint_url=endpoint,
            aws_access_key_id="local",
            aws_secret_access_key="local",
        )
        found = {
            slots: {kind: measured(client, slots, kind) for kind in ("at once", "queued")} for slots in sizes
        }
    print(
        "| slots | answers a second | at once: read | write | queued: read | write | with its share of counts |"
    )
    print("|---:|---:|---:|---:|---:|---:|---:|")
    for slots, kinds in found.items():
        rate = slots / ANSWER_SECONDS
        cells = [f"{_sum(units, what):.1f}" for units, _, _ in kinds.values() for what in ("read", "write")]
        shared = _sum(kinds["queued"][0], "read") + _sum(kinds["queued"][1], "read") / rate
        print(f"| {slots:,} | {rate:.2f} | {' | '.join(cells)} | {shared:.1f} |")
    print()
    print("| slots | partition | of them | read units a second | write units a second |")
    print("|---:|---|---:|---:|---:|")
    for slots, kinds in found.items():
        units, others, queue = kinds["queued"]
        partitions = {"slots": -(-slots // 64), "queue": queue, "taken": 1, "pace": 1, "hosts": 1}
        for kind, parts in partitions.items():
            load = {
                what: (units[kind, what] * slots / ANSWER_SECONDS + others[kind, what]) / parts
                for what in ("read", "write")
            }
            print(f"| {slots:,} | {kind} | {parts} | {load['read']:.1f} | {load['write']:.1f} |")


_STANDS = waiting_line._STANDS_SECONDS

if __name__ == "__main__":
    main([int(each) for each in sys.argv[1:]] or [4, 64, 1_500])
