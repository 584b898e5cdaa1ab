"""Partners' apps that ask at a rate, wait as README says, and note what they saw."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass, field

import httpx
from drills.load.records import Asked, Exchange
from support.drills import ENDS, App

__all__ = ["Load", "Wish", "at_rates"]

_WAITS = {"": 25.0, "wait=5": 5.0, "wait=20": 20.0, "respond-async": 0.0}
"""What partners prefer, and how long they wait then."""
_MOST_AT_ONCE = 400
_PAUSE = 0.2


@dataclass(frozen=True)
class Wish:
    """A request that is to be sent *at* so many seconds after the begin."""

    at: float
    partner: str
    problem: str
    prefer: str


def at_rates(rates: Mapping[str, float], seconds: float, *, seed: int, first: int = 0) -> list[Wish]:
    """Requests of each partner at its rate (a second), at moments by chance; each problem is another one."""
    chance = random.Random(seed)
    found = []
    for partner, rate in rates.items():
        moment = chance.uniform(0, 1 / rate)
        while moment < seconds:
            found.append((moment, partner, chance.choice(list(_WAITS))))
            moment += chance.uniform(0.5, 1.5) / rate
    return [
        Wish(moment, partner, f"How much is {first + number} times 31?", prefer)
        for number, (moment, partner, prefer) in enumerate(sorted(found))
    ]


@dataclass
class Load:
    """Sends wishes, each in a thread of its own, and follows them to their ends; closing it lets go of all."""

    apps: Mapping[str, App]
    say: Callable[[str], None]
    asked: list[Asked] = field(default_factory=list)
    _pool: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(_MOST_AT_ONCE))
    _stop: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> Load:
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._pool.shutdown(wait=False, cancel_futures=True)

    def offer(self, wishes: Sequence[Wish], patience: float) -> list[Asked]:
        """What became of *wishes*, once all have ended or *patience* seconds after the last was sent."""
        began = time.monotonic()
        mine: list[Asked] = []
        futures = []
        told = 0.0
        for wish in wishes:
            while (left := began + wish.at - time.monotonic()) > 0:
                time.sleep(min(_PAUSE, left))
            one = Asked(wish.partner, wish.problem, time.monotonic())
            mine.append(one)
            futures.append(self._pool.submit(self._follow, one, wish.prefer))
            if time.monotonic() - told > 10:
                told = time.monotonic()
                self._tell(began, mine)
        end = time.monotonic() + patience
        while (left := end - time.monotonic()) > 0 and wait(futures, min(10.0, left)).not_done:
            self._tell(began, mine)
        self.asked += mine
        return mine

    def _tell(self, began: float, asked: Sequence[Asked]) -> None:
        ends = Counter(one.end or "open" for one in asked)
        self.say(f"{time.monotonic() - began:4.0f} s: {len(asked)} sent, {dict(ends)}")

    def _follow(self, one: Asked, prefer: str) -> None:
        try:
            self._ask(one, prefer)
        except httpx.HTTPError as error:
            one.end = type(error).__name__
            one.exchanges.append(Exchange("broken", 0.0, 0.0, 0))
        one.ended = time.monotonic()

    def _ask(self, one: Asked, prefer: str) -> None:
        app = self.apps[one.partner]
        reply = app.solve(one.problem, prefer)
        one.replied = time.monotonic()
        one.exchanges.append(
            Exchange(prefer or "default", _WAITS[prefer], one.replied - one.sent, reply.status_code)
        )
        if reply.status_code == 200:
            one.end = "succeeded"
        elif reply.status_code == 429:
            one.end, one.retry_after = "refused", int(reply.headers.get("retry-after", 0))
        elif reply.status_code == 202:
            self._wait_for(one, app, reply.headers["location"])
        else:
            one.end = f"status {reply.status_code}"

    def _wait_for(self, one: Asked, app: App, job: str) -> None:
        while not self._stop.is_set():
            began = time.monotonic()
            reply = app.http.get(job, headers={"Prefer": "wait=20"})
            one.exchanges.append(Exchange("job", 20.0, time.monotonic() - began, reply.status_code))
            status = reply.json()["status"] if reply.status_code == 200 else f"status {reply.status_code}"
            if status in ENDS or reply.status_code != 200:
                one.end = str(status)
                return
