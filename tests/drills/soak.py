"""Drill: many requests over a long time.

    python tests/drills/soak.py [--requests 20000] [--clients 4]

Half of the requests repeat an earlier one. What a call takes, and the memory, the descriptors and the number of the
processes are the same at the end as after the first tenth. The table is kept in a file, as it is to grow. Needs Linux;
takes about half an hour.
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import httpx

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / part) for part in ("tests", "infra/local", "layers/stepwise")]

from drills.load.processes import Sample, processes_of, sample_of  # noqa: E402 - the path comes first
from support.drills import App, drilled_stack, long_answer  # noqa: E402
from support.hosts.model_host import ModelHost  # noqa: E402

TOKENS = 12
PARTS = 10
"""Parts of the drill; after each the processes are looked at."""
MOST_TIMES_AS_LONG = 1.5
MOST_GROWTH, SPARE_MEGABYTES = 1.1, 4.0
SPARE_DESCRIPTORS, SPARE_PROCESSES = 4, 4


@dataclass(frozen=True)
class Part:
    """One part of the drill: seconds of each call, of new problems and of repeated ones, and the processes after it."""

    new: Sequence[float]
    repeated: Sequence[float]
    statuses: Counter[int]
    sample: Sample


@dataclass
class Soak:
    app: App
    chance: random.Random = field(default_factory=lambda: random.Random(14))
    asked: int = 0

    def problems(self, count: int) -> Iterator[tuple[str, bool]]:
        """Problems, and whether each was asked before; half of them were, long before or just now."""
        for number in range(count):
            if number % 2 and self.asked:
                yield _problem(self.chance.randrange(self.asked)), True
            else:
                self.asked += 1
                yield _problem(self.asked - 1), False

    def call(self, problem: tuple[str, bool]) -> tuple[bool, float, int]:
        """Whether it was repeated, its seconds and its status; 0 where the connection broke."""
        began = time.monotonic()
        try:
            status = self.app.solve(problem[0]).status_code
        except httpx.HTTPError:
            status = 0
        return problem[1], time.monotonic() - began, status

    def part(self, count: int, pool: ThreadPoolExecutor) -> Part:
        calls = list(pool.map(self.call, list(self.problems(count))))
        return Part(
            [seconds for repeated, seconds, _ in calls if not repeated],
            [seconds for repeated, seconds, _ in calls if repeated],
            Counter(status for _, _, status in calls),
            sample_of(processes_of(self.app.running)),
        )


def _problem(number: int) -> str:
    return f"How much is {number} times 37?"


def drill(requests: int, clients: int) -> list[Part]:
    """Send *requests* in ten parts; what was seen in each."""
    script = long_answer(TOKENS)
    with (
        tempfile.TemporaryDirectory() as folder,
        ModelHost(lambda _: script) as host,
        drilled_stack(host.url, MODEL_SLOTS=str(2 * clients), DATA_DIR=folder) as stack,
        ThreadPoolExecutor(clients) as pool,
    ):
        soak, found = Soak(App(stack.base_url, stack=stack)), []
        try:
            for number in range(PARTS):
                began = time.monotonic()
                found.append(soak.part(requests // PARTS, pool))
                say(f"part {number + 1} of {PARTS}: {time.monotonic() - began:.0f} s, {_told(found[-1])}")
                host.requests.clear()  # what it was asked is not to count as memory
                host.paths.clear()
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
            soak.app.http.close()
        return found


def growths(first: Part, last: Part) -> dict[str, float]:
    """How many times as long a call takes at the end."""
    return {
        "a new problem": statistics.median(last.new) / statistics.median(first.new),
        "a repeated one": statistics.median(last.repeated) / statistics.median(first.repeated),
    }


def faults(parts: Sequence[Part]) -> list[str]:
    """What of the promise does not hold."""
    first, last = parts[0], parts[-1]
    found = []
    if any(set(part.statuses) - {200} for part in parts):
        found.append("a call failed")
    for what, times in growths(first, last).items():
        if times > MOST_TIMES_AS_LONG:
            found.append(f"{what} takes {times:.2f} times as long at the end")
    for role, size in last.sample.megabytes.items():
        before = first.sample.megabytes.get(role, size)
        if size > before * MOST_GROWTH + SPARE_MEGABYTES:
            found.append(f"{role} grew from {before:.0f} to {size:.0f} MB")
    for role, number in last.sample.descriptors.items():
        before = first.sample.descriptors.get(role, number)
        if number > before + SPARE_DESCRIPTORS:
            found.append(f"{role} has {number} descriptors after {before}")
    counts = [sum(part.sample.count.values()) for part in (first, last)]
    if counts[1] > counts[0] + SPARE_PROCESSES:
        found.append(f"{counts[1]} processes after {counts[0]}")
    return found


def report(parts: Sequence[Part]) -> None:
    first, last = parts[0], parts[-1]
    for name, part in {"first part": first, "last part": last}.items():
        print(f"{name}: {_told(part)}; {dict(part.statuses)}")
    print(f"{'role':24}{'processes':>12}{'MB':>16}{'descriptors':>14}")
    for role in sorted(last.sample.count):
        samples = (first.sample, last.sample)
        counts = " → ".join(str(each.count.get(role, 0)) for each in samples)
        sizes = " → ".join(f"{each.megabytes.get(role, 0):.0f}" for each in samples)
        descriptors = " → ".join(str(each.descriptors.get(role, 0)) for each in samples)
        print(f"{role:24}{counts:>12}{sizes:>16}{descriptors:>14}")
    for what, times in growths(first, last).items():
        print(f"{what}: {times:.2f} times as long at the end")
    load = ", ".join(f"{part:.1f}" for part in os.getloadavg())
    print(f"load of this machine in the last 1, 5 and 15 minutes: {load} on {os.cpu_count()} cores")


def _told(part: Part) -> str:
    new, repeated = (1000 * statistics.median(each) for each in (part.new, part.repeated))
    return f"a new problem {new:.0f} ms, a repeated one {repeated:.0f} ms"


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--requests", type=int, default=20_000, help="%(default)s, at least 40")
    parser.add_argument("--clients", type=int, default=4, help="at a time (%(default)s)")
    options = parser.parse_args(arguments)
    try:
        parts = drill(max(4 * PARTS, options.requests), options.clients)
    except KeyboardInterrupt:
        say("stopped")
        return 130
    report(parts)
    wrong = faults(parts)
    print("\n".join(f"DOES NOT HOLD: {each}" for each in wrong) or "all of it holds")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
