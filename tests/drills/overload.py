"""Drill: twice as many requests as the model host can answer.

    python tests/drills/overload.py [--seconds 120] [--slots 4] [--answer 3] [--queued 100]

Four partners, of whom one sends ten times what each of the others does. First the three small ones alone, then as many
requests as may wait within some seconds, then all four at twice the capacity. Nobody gets a 5xx or a late reply, the
slots are hardly ever idle while there is work, the last of the queue waits hardly longer than it must, a small partner
waits hardly longer than for the next free slot, and only who comes to a full queue is refused. Takes seven minutes.
"""

from __future__ import annotations

import argparse
import functools
import os
import random
import statistics
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / part) for part in ("tests", "infra/local", "layers/stepwise")]

from drills.load import judging  # noqa: E402 - the path comes first
from drills.load.host import SPREAD, TimedHost  # noqa: E402
from drills.load.ideal import times_as_long  # noqa: E402
from drills.load.partners import Load, Wish, at_rates  # noqa: E402
from drills.load.records import Asked, Span, median_time  # noqa: E402
from support.drills import App, drilled_stack  # noqa: E402

LARGE = "large"
KEYS = {"small 1": "demo-key", "small 2": "demo-key-2", "small 3": "drill-key-3", LARGE: "drill-key-4"}
TIMES_AS_MANY = 10
A_SECOND = 15.0
LEAST_USE, LONGEST_QUEUE_WAIT, LONGEST_SMALL_WAIT = 0.95, 1.1, 1.2
"""The last two are times the ideal; that of a small partner is to have the next slot that is free."""


@dataclass(frozen=True)
class Sizes:
    seconds: float = 120.0
    slots: int = 4
    answer: float = 3.0
    queued: int = 100
    factor: float = 2.0
    seed: int = 1

    def rates(self) -> dict[str, float]:
        """Requests a second of each partner."""
        share = self.factor * self.slots / self.answer / (TIMES_AS_MANY + len(KEYS) - 1)
        return {name: share * (TIMES_AS_MANY if name == LARGE else 1) for name in KEYS}


@dataclass(frozen=True)
class Seen:
    """What each of the three parts of the drill has shown."""

    sizes: Sizes
    alone: Sequence[Asked]
    queue: Sequence[Asked]
    together: Sequence[Asked]
    spans: Sequence[Span]


def drill(sizes: Sizes) -> Seen:
    """Run the three parts on one stack, each after the end of the one before."""
    rates = sizes.rates()
    small = {name: rate for name, rate in rates.items() if name != LARGE}
    patience = 2 * sizes.queued * sizes.answer / sizes.slots + 60
    keys = [part for key in list(KEYS.values())[2:] for part in ("--key", key)]
    settings = {"MODEL_SLOTS": str(sizes.slots), "MAX_QUEUED": str(sizes.queued)}
    with ExitStack() as cleanup:
        host = cleanup.enter_context(TimedHost(sizes.answer))
        stack = cleanup.enter_context(
            drilled_stack(host.url, *keys, "--most-environments", "400", **settings)
        )
        apps = {name: App(stack.base_url, key) for name, key in KEYS.items()}
        for app in apps.values():
            cleanup.callback(app.http.close)
        load = cleanup.enter_context(Load(apps, say))
        say("every slot has worked, so that all functions and their checkers have started")
        load.offer(
            quickly("wait=20", sizes.slots, 100) + quickly("respond-async", 2 * sizes.slots, 200), patience
        )
        say("the small partners alone")
        alone = load.offer(at_rates(small, sizes.seconds, seed=sizes.seed, first=1_000), patience)
        say(f"{sizes.queued} as quickly as may be")
        queue = load.offer(quickly("respond-async", sizes.queued, 2_000), patience)
        say("all four")
        together = load.offer(at_rates(rates, sizes.seconds, seed=sizes.seed, first=3_000), patience)
        return Seen(sizes, alone, queue, together, list(host.spans))


def quickly(prefer: str, count: int, first: int) -> list[Wish]:
    """So many requests of the large partner, as quickly as a machine with few cores takes them."""
    problems = [f"How much is {first + number} times 31?" for number in range(count)]
    return [Wish(number / A_SECOND, LARGE, problem, prefer) for number, problem in enumerate(problems)]


def figures(seen: Seen) -> dict[str, float]:
    """The figures that are promised."""
    sizes = seen.sizes
    alone, beside = (
        median_time(one for one in part if one.partner != LARGE) for part in (seen.alone, seen.together)
    )
    begun = min((one.sent for one in seen.queue), default=0.0)
    last = max((one.ended for one in seen.queue), default=0.0) - begun
    spans = of(seen.queue, seen)
    lengths = [span.end - span.begin for span in spans]
    ideal = sum(lengths) / sizes.slots
    idle = judging.pauses(spans, sizes.slots)
    return {
        "an answer of the model, s": statistics.mean(lengths) if lengths else 0.0,
        "a slot between two answers, s": statistics.median(idle) if idle else 0.0,
        "use of the capacity": judging.use_of_capacity(seen.together, of(seen.together, seen), sizes.slots),
        "wait of the last of the queue": last / ideal if ideal else 1.0,
        "a small partner's median, s": beside,
        "without the large one, s": alone,
        "times as long": beside / alone if alone else 1.0,
        "at the least, as no answer is interrupted": least(sizes),
    }


@functools.cache
def least(sizes: Sizes) -> float:
    """How many times as long a small partner waits beside the large one if it always comes first."""
    small = sum(rate for name, rate in sizes.rates().items() if name != LARGE)

    def length(chance: random.Random) -> float:
        return sizes.answer * chance.uniform(1 - SPREAD, 1 + SPREAD)

    return times_as_long(small, sizes.slots, length)


def of(asked: Sequence[Asked], seen: Seen) -> list[Span]:
    """The host's generations for *asked*."""
    problems = {judging.problem_of(one.problem) for one in asked}
    return [span for span in seen.spans if span.problem in problems]


def faults(seen: Seen, found: Mapping[str, float]) -> list[str]:
    """What of the promise does not hold."""
    every = [*seen.alone, *seen.queue, *seen.together]
    spans, sizes = of(seen.together, seen), seen.sizes
    checks = {
        "a 5xx": not judging.server_errors(every),
        "a late reply": not judging.late(every),
        "an answer that did not come": not {one.end for one in every} - {"succeeded", "refused"},
        "idle slots": found["use of the capacity"] >= LEAST_USE,
        "a queue that is slow": found["wait of the last of the queue"] <= LONGEST_QUEUE_WAIT,
        "a small partner that waits": found["times as long"] <= LONGEST_SMALL_WAIT * least(sizes),
        "a refusal below the limit": not judging.needless(seen.together, spans, sizes.queued)
        and not any(one.refused for one in [*seen.alone, *seen.queue]),
        "a Retry-After that is not true": not judging.unrealistic(seen.together, spans, sizes.queued),
    }
    return [what for what, holds in checks.items() if not holds]


def report(seen: Seen, found: Mapping[str, float]) -> None:
    for name, part in {"alone": seen.alone, "queue": seen.queue, "all four": seen.together}.items():
        ends = dict(Counter(one.end for one in part))
        errors = Counter((each.what, each.status) for each in judging.server_errors(part))
        late = sorted((round(each.took - each.wait, 1), each.what) for each in judging.late(part))
        print(
            f"{name}: {len(part)} asked, {ends}; 5xx: {dict(errors)}; late by s: {late[-5:]} of {len(late)}"
        )
    for name in KEYS:
        mine = [one for one in seen.together if one.partner == name]
        told = [one.retry_after for one in mine if one.refused]
        print(f"  {name}: {len(mine)} asked, {len(told)} refused, median {median_time(mine):.2f} s", end="")
        print(f", Retry-After {min(told)} to {max(told)} s" if told else "")
    spans = of(seen.together, seen)
    print("longest queue:", judging.longest_queue(seen.together, spans, seen.sizes.slots))
    for what, value in found.items():
        print(f"{what}: {value:.3f}")
    load = ", ".join(f"{part:.1f}" for part in os.getloadavg())
    print(f"load of this machine in the last 1, 5 and 15 minutes: {load} on {os.cpu_count()} cores")


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name, default in vars(Sizes()).items():
        parser.add_argument(f"--{name}", type=type(default), default=default, help="%(default)s")
    sizes = Sizes(**vars(parser.parse_args(arguments)))
    try:
        seen = drill(sizes)
    except KeyboardInterrupt:
        say("stopped")
        return 130
    found = figures(seen)
    report(seen, found)
    wrong = faults(seen, found)
    print("\n".join(f"DOES NOT HOLD: {each}" for each in wrong) or "all of it holds")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
