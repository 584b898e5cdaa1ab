"""Questions, a queue and GPU hosts as a discrete-event simulation (SimPy).

Questions arrive at random (Poisson). A share of them was asked before and is answered from the cache. The others take a slot
of the least busy host, or wait in one bounded queue, or are refused. A function writes each answer: its request, and after the
request's wait a worker. Functions are bounded by the account's concurrency, workers by their event source's too. A host writes more tokens in all when several answers
are under way, but fewer for each: the slots share its speed, and an answer's speed changes whenever a neighbour begins or ends.

Times are in seconds, speeds in tokens a second, prices in US dollars.
"""

from __future__ import annotations

import math
import random
from collections import deque
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import simpy

__all__ = ["Demand", "Fleet", "Outcome", "erlang_c", "exponential", "lognormal", "simulate"]

Tokens = Callable[[random.Random], float]


def lognormal(mean: float, sigma: float, most: float) -> Tokens:
    """Tokens of an answer: most are short, some are long; *most* is where the model is cut (NUM_PREDICT)."""
    location = math.log(mean) - sigma**2 / 2
    return lambda rng: min(most, max(1.0, rng.lognormvariate(location, sigma)))


def exponential(mean: float) -> Tokens:
    """Tokens of an answer as queueing formulas like them."""
    return lambda rng: rng.expovariate(1 / mean)


@dataclass(frozen=True)
class Demand:
    """What comes in: questions a second, the share that the cache answers, and how long an answer is."""

    per_second: float
    repeat: float
    tokens: Tokens


@dataclass(frozen=True)
class Fleet:
    """What answers. *alone* is the speed of one answer on an idle host; each further one adds *gain* times that in all.

    ``gain=1``: slots do not slow each other down; ``gain=0``: they share one speed.
    """

    hosts: int
    slots: int
    alone: float
    gain: float
    max_queued: float = math.inf
    wait: float = math.inf
    """Seconds that a request waits for its answer; then a worker writes it."""
    workers: float = math.inf
    """Workers that run at a time, as their event source lets them."""
    functions: float = math.inf
    """Requests and workers that run at a time in the account; a request beyond them is refused."""

    def speed(self, busy: int) -> float:
        """Tokens a second of a host with *busy* answers under way, all together."""
        return self.alone * (1 + self.gain * (busy - 1)) if busy else 0.0


@dataclass
class Outcome:
    """What happened after the warm-up. ``waits`` and ``answers`` have one entry for each generated answer, in seconds."""

    seconds: float
    waits: list[float] = field(default_factory=list)
    answers: list[float] = field(default_factory=list)
    written: list[float] = field(default_factory=list)
    from_cache: int = 0
    refused: int = 0
    waited: int = 0
    functions: int = 0
    """Most requests and workers that ran at the same time."""
    tokens: float = 0.0

    @property
    def asked(self) -> int:
        return len(self.answers) + self.from_cache + self.refused

    @property
    def answered(self) -> int:
        return len(self.answers) + self.from_cache

    @property
    def refused_share(self) -> float:
        return self.refused / self.asked if self.asked else 0.0

    def within(self, limit: float) -> float:
        """Share of the answered questions that were answered in *limit* seconds, the cache's included."""
        soon = sum(answer <= limit for answer in self.answers) + self.from_cache
        return soon / self.answered if self.answered else 1.0

    def gpu_use(self, fleet: Fleet) -> float:
        """Tokens written, as a share of what the hosts could have written."""
        return self.tokens / (fleet.hosts * fleet.speed(fleet.slots) * self.seconds)


def quantile(values: Sequence[float], share: float) -> float:
    """The value that *share* of them does not exceed; 0 of none."""
    if not values:
        return 0.0
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, math.ceil(share * len(ordered)) - 1)]


@dataclass(eq=False)
class _Answer:
    asked_at: float
    tokens: float
    left: float
    began_at: float = 0.0
    host: _Host | None = None
    waited_for: bool = True
    """Its request runs."""


class _Host:
    """Answers under way on one host. Only the next end is scheduled; when the company changes, it is scheduled anew."""

    def __init__(self, env: simpy.Environment, fleet: Fleet, ended: Callable[[_Answer], None]) -> None:
        self._env = env
        self._fleet = fleet
        self._ended = ended
        self._since = 0.0
        self._version = 0
        self.busy: list[_Answer] = []

    def begin(self, answer: _Answer) -> None:
        self._write()
        self.busy.append(answer)
        self._schedule()

    def leave(self, answer: _Answer) -> None:
        """End the call of *answer*; what was written of it is kept."""
        self._write()
        self.busy.remove(answer)
        self._schedule()

    def _write(self) -> None:
        """Bring what is left of each answer up to now."""
        now = self._env.now
        if self.busy:
            each = (now - self._since) * self._fleet.speed(len(self.busy)) / len(self.busy)
            for answer in self.busy:
                answer.left -= each
        self._since = now

    def _schedule(self) -> None:
        self._version += 1
        if not self.busy:
            return
        least = max(0.0, min(answer.left for answer in self.busy))
        event = self._env.timeout(least * len(self.busy) / self._fleet.speed(len(self.busy)))
        event.callbacks.append(partial(self._due, self._version))

    def _due(self, version: int, _event: Any) -> None:
        if version != self._version:
            return
        self._write()
        done = min(self.busy, key=lambda answer: answer.left)
        self.busy.remove(done)
        self._schedule()
        self._ended(done)


class _Bundle:
    """The functions, the queue and the hosts."""

    def __init__(self, env: simpy.Environment, fleet: Fleet, warm_up: float, outcome: Outcome) -> None:
        self._env = env
        self._fleet = fleet
        self._warm_up = warm_up
        self._outcome = outcome
        self._queue: deque[_Answer] = deque()
        self._hosts = [_Host(env, fleet, self._ended) for _ in range(fleet.hosts)]
        self._requests = 0
        self._workers = 0

    def ask(self, tokens: float) -> None:
        """A question that is not in the cache: its request is a function that waits."""
        counted = self._env.now >= self._warm_up
        if self._functions >= self._fleet.functions:
            self._outcome.refused += counted
            return
        answer = _Answer(self._env.now, tokens, tokens)
        self._queue.append(answer)
        self._requests += 1
        self._fill()
        if answer.host is None and len(self._queue) > self._fleet.max_queued:
            self._queue.remove(answer)
            self._requests -= 1
            self._outcome.refused += counted
            return
        self._outcome.waited += counted and answer.host is None
        if counted:
            self._outcome.functions = max(self._outcome.functions, self._functions)
        if math.isfinite(self._fleet.wait):
            self._env.timeout(self._fleet.wait).callbacks.append(partial(self._late, answer))

    @property
    def _functions(self) -> int:
        return self._requests + self._workers

    def _late(self, answer: _Answer, _event: Any) -> None:
        """The request of *answer* ends: a worker goes on with it, as soon as there is one."""
        if not answer.waited_for:
            return
        answer.waited_for = False
        self._requests -= 1
        if answer.host is None:
            return
        if self._worker_free():
            self._workers += 1
            return
        answer.host.leave(answer)
        answer.host = None
        self._queue.appendleft(answer)
        self._fill()

    def _worker_free(self) -> bool:
        return self._workers < self._fleet.workers and self._functions < self._fleet.functions

    def _fill(self) -> None:
        """Let those begin that a slot and a function are there for, in their order."""
        while self._queue:
            host = min(self._hosts, key=lambda host: len(host.busy))
            ready = (each for each in self._queue if each.waited_for or self._worker_free())
            answer = next(ready, None)
            if len(host.busy) >= self._fleet.slots or answer is None:
                return
            self._queue.remove(answer)
            self._workers += not answer.waited_for
            answer.began_at = answer.began_at or self._env.now
            answer.host = host
            host.begin(answer)

    def _ended(self, answer: _Answer) -> None:
        now, outcome = self._env.now, self._outcome
        if answer.waited_for:
            answer.waited_for = False
            self._requests -= 1
        else:
            self._workers -= 1
        if now >= self._warm_up:
            outcome.tokens += answer.tokens
        if answer.asked_at >= self._warm_up:
            outcome.waits.append(answer.began_at - answer.asked_at)
            outcome.answers.append(now - answer.asked_at)
            outcome.written.append(now - answer.began_at)
        self._fill()


def simulate(demand: Demand, fleet: Fleet, *, seconds: float, warm_up: float, seed: int = 1) -> Outcome:
    """Run the bundle for *warm_up* and then *seconds* more; only the latter counts. The same seed gives the same outcome."""
    env = simpy.Environment()
    # S311: a simulation wants repeatable numbers, not secret ones.
    rng = random.Random(seed)
    outcome = Outcome(seconds)
    bundle = _Bundle(env, fleet, warm_up, outcome)

    def arrivals() -> Generator[Any, Any]:
        while True:
            yield env.timeout(rng.expovariate(demand.per_second))
            if rng.random() < demand.repeat:
                outcome.from_cache += env.now >= warm_up
            else:
                bundle.ask(demand.tokens(rng))

    env.process(arrivals())
    env.run(until=warm_up + seconds)
    return outcome


def erlang_c(offered: float, servers: int) -> float:
    """Probability that an arrival waits in an M/M/c queue; *offered* is arrivals times mean service, in erlangs.

    By the recursion of Erlang B, which does not overflow (A. K. Erlang, 1917; any text on queueing theory).
    """
    if offered >= servers:
        return 1.0
    blocked = 1.0
    for server in range(1, servers + 1):
        blocked = offered * blocked / (server + offered * blocked)
    return blocked / (1 - offered / servers * (1 - blocked))
