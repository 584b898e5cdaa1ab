"""Drill: kill -9 of worker, function and model host in the middle of the work.

    python tests/drills/kills.py [--jobs 200] [--kills 20] [--seed 1]

Partners ask for as many answers as --jobs says, and meanwhile each kind of process is killed as often as --kills says,
at random moments. Every accepted job ends, none twice, and no slot or place stays taken past its expiry. Takes about
ten minutes.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / part) for part in ("tests", "infra/local", "layers/stepwise")]

from support.drills import ENDS, App, drilled_stack, items_of, long_answer, problems_left  # noqa: E402
from support.local_stack import LocalStack  # noqa: E402 - the path comes first

KINDS = ("worker", "function", "model host")
TOKENS, SPEED = 120, 40
SOLUTION = "".join(long_answer(TOKENS)).split("</think>")[1].strip()
LEASE_SECONDS = 15


class Host:
    """The scripted model host as a process that can be killed and comes back at its port."""

    def __init__(self) -> None:
        self.process = self._start(0)
        assert self.process.stdout
        self.url = self.process.stdout.readline().strip()

    def kill(self) -> None:
        self.process.kill()
        self.process.communicate()
        time.sleep(1.5)
        self.process = self._start(int(self.url.rsplit(":", 1)[1]))
        assert self.process.stdout
        self.process.stdout.readline()

    def close(self) -> None:
        self.process.kill()
        self.process.communicate()

    def _start(self, port: int) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "support.hosts.model_host", "--port", str(port)]
        command += ["--tokens", str(TOKENS), "--tokens-per-second", str(SPEED)]
        return subprocess.Popen(
            command,
            cwd=ROOT / "tests",
            env={**os.environ, "PYTHONPATH": str(ROOT / "tests")},
            stdout=subprocess.PIPE,
            text=True,
        )


@dataclass
class Scene:
    app: App
    stack: LocalStack
    host: Host
    chance: random.Random
    accepted: list[str] = field(default_factory=list)
    replies: Counter[Any] = field(default_factory=Counter)
    killed: Counter[str] = field(default_factory=Counter)
    in_the_middle: Counter[str] = field(default_factory=Counter)
    ends: dict[str, str] = field(default_factory=dict)
    changed: list[str] = field(default_factory=list)

    def ask(self, number: int) -> None:
        """Jobs at once, and requests that wait and may become jobs: both kinds of owners can be killed."""
        prefer = self.chance.choice(["respond-async", "wait=1", "wait=2", "wait=20"])
        try:
            reply = self.app.solve(f"How much is {number} times seven?", prefer)
        except httpx.HTTPError as error:
            self.replies[type(error).__name__] += 1
            return
        self.replies[reply.status_code] += 1
        if reply.status_code == 202:
            self.accepted.append(reply.json()["id"])

    def kill(self, kind: str) -> bool:
        """Kill one process of a kind, busy if there is one; False when none runs."""
        if kind == "model host":
            with suppress(httpx.HTTPError):
                stats = httpx.get(f"{self.host.url}/stats", trust_env=False).json()
                self.in_the_middle[kind] += stats["running"] > 0
            self.host.kill()
        else:
            name = "WorkerFunction" if kind == "worker" else "SolveFunction"
            found = [one for one in self.stack.environments(name) if one["pid"]]
            busy = [one for one in found if one["state"] == "busy"]
            if not busy:
                return False
            with suppress(ProcessLookupError):
                os.kill(self.chance.choice(busy)["pid"], signal.SIGKILL)
            self.in_the_middle[kind] += 1
        self.killed[kind] += 1
        return True

    def look(self) -> int:
        """See that what has ended stays as it is; returns how many have not ended."""
        for job_id in list(self.accepted):
            if self.ends.get(job_id) in ENDS and self.chance.random() > 0.2:
                continue
            status = self.app.job(job_id)["status"]
            if self.ends.get(job_id, "") in ENDS and status != self.ends[job_id]:
                self.changed.append(job_id)
            self.ends[job_id] = status
        return sum(self.ends.get(job_id) not in ENDS for job_id in self.accepted)


def drill(jobs: int, kills: int, seed: int, seconds: float) -> tuple[Scene, dict[str, Any]]:
    host = Host()
    try:
        with drilled_stack(
            host.url,
            MODEL_SLOTS="4",
            MAX_QUEUED=str(jobs),
            IDLE_TIMEOUT_SECONDS="5",
        ) as stack:
            scene = Scene(App(stack.base_url), stack, host, random.Random(seed))
            begun = time.monotonic()
            with ThreadPoolExecutor(6) as pool:
                asking = [pool.submit(_spread, scene, number, jobs, kills) for number in range(jobs)]
                plan = [kind for kind in KINDS for _ in range(kills)]
                scene.chance.shuffle(plan)
                _kill_all(scene, plan, begun + seconds)
                for future in asking:
                    future.result()
            while scene.look() and time.monotonic() < begun + seconds:
                time.sleep(2)
            done = time.monotonic() - begun
            time.sleep(LEASE_SECONDS + 1)
            scene.look()
            left = problems_left(items_of(stack), time.time())
            wrong = sum(
                scene.app.job(job_id)["result"]["solution"] != SOLUTION
                for job_id, end in scene.ends.items()
                if end == "succeeded"
            )
            errors = Counter(
                (scene.app.job(job_id).get("error") or {}).get("code")
                for job_id, end in scene.ends.items()
                if end == "failed"
            )
            return scene, {
                "done after s": round(done),
                "left": dict(left),
                "reasons": dict(errors),
                "wrong": wrong,
            }
    finally:
        host.close()


def _spread(scene: Scene, number: int, jobs: int, kills: int) -> None:
    time.sleep(scene.chance.uniform(0, 1.0))
    scene.ask(number)


def _kill_all(scene: Scene, plan: list[str], end: float) -> None:
    stop = threading.Event()

    def watch() -> None:
        while not stop.wait(3):
            scene.look()

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        waiting = list(plan)
        while waiting and time.monotonic() < end:
            time.sleep(scene.chance.uniform(0.3, 2.5))
            kind = next((kind for kind in waiting if scene.kill(kind)), None)
            if kind is None:
                continue
            waiting.remove(kind)
            scene.chance.shuffle(waiting)
    finally:
        stop.set()
        watcher.join()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--jobs", type=int, default=200)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=1200, help="the longest that it may take")
    arguments = parser.parse_args()
    scene, row = drill(arguments.jobs, arguments.kills, arguments.seed, arguments.seconds)
    print("killed                ", dict(scene.killed), "of these at work", dict(scene.in_the_middle))
    print("replies               ", dict(scene.replies))
    print("accepted jobs         ", len(scene.accepted))
    print("their ends            ", dict(Counter(scene.ends.values())), row["reasons"] or "")
    print("with a torn text      ", row["wrong"])
    print("ended twice           ", len(scene.changed))
    print("left in the table     ", row["left"] or "nothing")
    print("all done after        ", row["done after s"], "s")
    lost = [job_id for job_id in scene.accepted if scene.ends.get(job_id) not in ENDS]
    return int(bool(lost or scene.changed or row["left"] or row["wrong"]))


if __name__ == "__main__":
    sys.exit(main())
