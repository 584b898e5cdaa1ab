"""What each kind of request asks of the table: `python tests/benchmarks/local/table_calls.py [SLOTS…]` prints a table in Markdown.

The functions' own code on the table in memory of the tests, with their model and queue. A request makes its calls one after
the other, so their number is that of its round trips; "before the model" is what passes until it is asked. Units are read and
write units as DynamoDB counts them: by the size of each item, twice as many for a write in a transaction, half for a read
that need not be consistent (developer guide, "DynamoDB read and write operations"). DynamoDB Local does not count
transactions so.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[3]
sys.path[:0] = [str(ROOT / "layers" / "stepwise"), str(ROOT / "tests")]
os.environ.setdefault("POWERTOOLS_LOG_LEVEL", "CRITICAL")

from stepwise.answering.worker import Message, process_message  # noqa: E402 - the path above makes these importable
from stepwise.config import Settings  # noqa: E402
from stepwise.storage.table import Put  # noqa: E402
from support.scene import PRESENTATION, SECONDS_PER_TOKEN, Scene, answer, caller, plan_of  # noqa: E402
from support.tables import MemoryTable  # noqa: E402

_READ_BYTES, _WRITE_BYTES = 4096, 1024


@dataclass
class Counted:
    """The calls of one kind of request."""

    calls: list[str] = field(default_factory=list)
    before_model: int | None = None
    reads: float = 0.0
    writes: float = 0.0

    def row(self, name: str, slots: int) -> str:
        before = "" if self.before_model is None else str(self.before_model)
        return f"| {name} | {slots} | {len(self.calls)} | {before} | {self.reads:g} | {self.writes:g} |"


class MeteredTable(MemoryTable):
    """Counts its calls, and what they consume."""

    def __init__(self) -> None:
        super().__init__()
        self.counted = Counted()

    def get(self, pk: str, sk: str, *, consistent: bool = False) -> Any:
        self._read("get", [self._size(pk, sk)], consistent=consistent)
        return super().get(pk, sk, consistent=consistent)

    def batch_get(self, keys: Any, *, consistent: bool = False) -> Any:
        self._read("batch_get", [self._size(*key) for key in keys], consistent=consistent)
        return super().batch_get(keys, consistent=consistent)

    def query(self, pk: str, *, consistent: bool = True, **options: Any) -> Any:
        found = super().query(pk, consistent=consistent, **options)
        self._read(
            "query", [sum(self._size(each["pk"], each["sk"]) for each in found)], consistent=consistent
        )
        return found

    def _apply(self, name: str, *writes: Any) -> Any:
        self.counted.calls.append(name)
        keys = [
            (each.item["pk"], each.item["sk"]) if isinstance(each, Put) else (each.pk, each.sk)
            for each in writes
        ]
        before = [self._size(*key) for key in keys]
        try:
            return super()._apply(name, *writes)
        finally:
            sizes = [max(old, self._size(*key)) for old, key in zip(before, keys, strict=True)]
            each = 2 if name == "transact" else 1
            self.counted.writes += sum(each * max(1, -(-size // _WRITE_BYTES)) for size in sizes)

    def _read(self, name: str, sizes: list[int], *, consistent: bool) -> None:
        self.counted.calls.append(name)
        unit = 1.0 if consistent else 0.5
        self.counted.reads += sum(unit * max(1, -(-size // _READ_BYTES)) for size in sizes)

    def _size(self, pk: str, sk: str) -> int:
        """Bytes of an item as DynamoDB stores it, or a little more; 0: there is none."""
        item = self._items.get((pk, sk))
        return 0 if item is None else sum(len(name) + len(str(value)) for name, value in item.items())


class Bench:
    """A scene with a metered table, half of whose slots are taken, and a model that writes *seconds* long."""

    def __init__(self, slots: int, seconds: float) -> None:
        self.scene = Scene(Settings(model_slots=slots), tokens=round(seconds / SECONDS_PER_TOKEN))
        self.table = MeteredTable()
        self.scene.table = self.table
        self.scene.deps = self.scene.environment()
        for number in range(1, slots, 2):
            until = round(self.scene.clock() * 1000) + 3_600_000
            pk = f"slots#{number // 64}" if number >= 64 else "slots"
            item = {"pk": pk, "sk": f"slot#{number:04d}", "number": number, "owner": "o" * 16, "until": until}
            self.table.put(item)

    def ask(self, question: str, **preferences: Any) -> Any:
        deps = self.scene.environment()
        return answer(deps, plan_of(question), PRESENTATION, caller(self.scene, **preferences))

    @contextmanager
    def counting(self) -> Iterator[Counted]:
        counted = self.table.counted = Counted()

        def first_token(number: int) -> None:
            if counted.before_model is None:
                counted.before_model = len(counted.calls)

        self.scene.model.at_token = first_token
        yield counted
        self.scene.model.at_token = lambda _: None
        self.table.counted = Counted()

    def work(self) -> None:
        """A worker with an environment of its own continues what the queue holds."""
        scene = self.scene
        scene.clock.advance(1)
        for sent in list(scene.queue.messages):
            scene.queue.messages.remove(sent)
            deps = scene.environment()
            assert deps.shared is not None
            message = Message(sent.run_id, lambda _: None, sent.fence)
            process_message(deps, deps.shared, message, remaining=lambda: 900.0)


def _miss(bench: Bench) -> Counted:
    with bench.counting() as counted:
        assert bench.ask("miss").status == 200
    return counted


def _hit(bench: Bench) -> Counted:
    bench.ask("hit")
    with bench.counting() as counted:
        assert bench.ask("hit").body["cached"]
    return counted


def _hit_in_memory(bench: Bench) -> Counted:
    deps = bench.scene.environment()
    plan = plan_of("memory")
    answer(deps, plan, PRESENTATION, caller(bench.scene))
    with bench.counting() as counted:
        assert answer(deps, plan, PRESENTATION, caller(bench.scene)).body["cached"]
    return counted


def _job_at_once(bench: Bench) -> Counted:
    with bench.counting() as counted:
        assert bench.ask("job", respond_async=True).status == 202
    return counted


def _worker(bench: Bench) -> Counted:
    with bench.counting() as counted:
        bench.work()
    return counted


def _hand_over(bench: Bench) -> Counted:
    with bench.counting() as counted:
        assert bench.ask("late", wait=1.0).status == 202
    return counted


def _follower(bench: Bench) -> Counted:
    """One that asks while another environment writes the answer, and takes a job after its first look."""
    found: list[Counted] = []

    def follow(number: int) -> None:
        if number == 1:
            with bench.counting() as counted:
                assert bench.ask("followed", wait=0.0).status == 202
            found.append(counted)

    bench.scene.model.at_token = follow
    bench.ask("followed")
    bench.scene.queue.messages.clear()
    return found[0]


KINDS: dict[str, Callable[[Bench], Counted]] = {
    "hit in memory": _hit_in_memory,
    "hit in the table": _hit,
    "miss, 2.5 s": _miss,
    "job at once: its request": _job_at_once,
    "job at once: its worker, 2.5 s": _worker,
    "hand-over after 1 s: its request": _hand_over,
    "hand-over after 1 s: its worker, 1.5 s": _worker,
    "follower, to its job": _follower,
}


def _saves(slots: int) -> Counted:
    """What a miss that takes nine seconds longer asks for more."""
    short, long = (Bench(slots, seconds) for seconds in (2.5, 11.5))
    counts = []
    for bench in (short, long):
        bench.ask("warm")
        counts.append(_miss(bench))
    less, more = counts
    return Counted(
        more.calls[len(less.calls) :], reads=more.reads - less.reads, writes=more.writes - less.writes
    )


def main(sizes: list[int]) -> None:
    print("| request | slots | calls | before the model | read units | write units |")
    print("|---|---:|---:|---:|---:|---:|")
    for slots in sizes:
        bench = Bench(slots, 2.5)
        bench.ask("warm")  # what is read at most once a minute is there to be read
        for name, kind in KINDS.items():
            print(kind(bench).row(name, slots))
        print(_saves(slots).row("9 s more of writing: 3 saves, 6 looks", slots))


if __name__ == "__main__":
    main([int(each) for each in sys.argv[1:]] or [4, 64, 1_500])
