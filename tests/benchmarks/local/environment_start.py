"""CPU that an environment of the local stack costs until it waits for its first event.

    python tests/benchmarks/local/environment_start.py [--function SolveFunction] [--count 20]

The first of a function makes the function's snapshot, the others are forked from it. Each line is the CPU of the new
process; the last is that of all snapshots together, before and after the starts.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import statistics
import sys
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
sys.path[:0] = [str(ROOT / "infra/local")]

from stepwise_local.functions.forking import Snapshots  # noqa: E402 - the path comes first
from stepwise_local.functions.sandbox import LambdaEnvironment  # noqa: E402
from stepwise_local.processes.log import Log  # noqa: E402
from stepwise_local.processes.processes import Processes  # noqa: E402
from stepwise_local.template.model import Function  # noqa: E402
from stepwise_local.template.reader import read_bundle  # noqa: E402

AWS = "http://127.0.0.1:9"


def cpu_ms(pid: int) -> float:
    """CPU time that the threads of a process have had (ms)."""
    tasks = Path(f"/proc/{pid}/task").iterdir()
    return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks) / 1e6


def descendants(pid: int) -> list[int]:
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [each for child in children for each in (int(child), *descendants(int(child)))]


async def started(function: Function, processes: Processes, snapshots: Snapshots, log: Log) -> int:
    """Start an environment; its process id when it waits for an event."""
    ready = asyncio.Event()
    environment = LambdaEnvironment(
        function, AWS, processes, snapshots, log, lambda _: ready.set(), lambda *_: ready.set()
    )
    RUNNING.append(asyncio.create_task(environment.run()))
    await ready.wait()
    assert environment.process, "the function does not start; see the log"
    return environment.process.pid


RUNNING: list[asyncio.Task[None]] = []


async def measure(name: str, count: int, environ: Mapping[str, str]) -> list[float]:
    function = read_bundle(ROOT / "template.yaml", environ, AWS).functions[name]
    log = Log(sys.stderr)
    async with Processes(log) as processes:
        snapshots = Snapshots(processes, log)
        first = await started(function, processes, snapshots, log)
        others = set(descendants(os.getpid())) - {first}
        before = sum(map(cpu_ms, others))
        costs = [cpu_ms(await started(function, processes, snapshots, log)) for _ in range(count)]
        after = sum(map(cpu_ms, others))
        print(f"snapshots of {name}, once: {before:.0f} ms")
        print(f"a fork costs them {(after - before) / count:.1f} ms")
        for task in RUNNING:
            task.cancel()
        await asyncio.gather(*RUNNING, return_exceptions=True)
        await snapshots.close()
        await log.close()
    return costs


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--function", default="SolveFunction")
    parser.add_argument("--count", type=int, default=20)
    arguments = parser.parse_args()
    settings = {"OLLAMA_HOST": "http://127.0.0.1:9", "MODEL_NAME": "model"}
    costs = asyncio.run(measure(arguments.function, arguments.count, settings))
    print(f"an environment: median {statistics.median(costs):.1f} ms, worst {max(costs):.1f} ms of CPU")
    return 0


if __name__ == "__main__":
    sys.exit(main())
