"""How long modules and handlers take to import, each in a fresh process, beside bare ``import boto3``.

Run with names of modules and paths of handlers; without any, all handlers of ``functions/``:

    python tests/benchmarks/import_time.py functions/solve/handler.py stepwise.observability

Prints the median and the fastest of 7 imports; the start of the interpreter is not in them.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
RUNS = 7

_PROGRAM = """
import importlib, runpy, sys, time
target = sys.argv[1]
started = time.perf_counter()
if target.endswith(".py"):
    runpy.run_path(target)
elif target:
    importlib.import_module(target)
print(time.perf_counter() - started)
"""


def import_time(target: str) -> float:
    """Seconds that a fresh interpreter needs to import a module, or to run the file of a handler."""
    path = os.pathsep.join(str(ROOT / "layers" / name) for name in ("stepwise", "checkers"))
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM, target],
        cwd=ROOT,
        env={"TABLE_NAME": "stepwise", "AWS_REGION": "eu-west-1", **os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SystemExit(f"{target} cannot be imported:\n{done.stderr}")
    return float(done.stdout.split()[-1])


def main(targets: list[str]) -> None:
    """Print one line for each target, interleaved runs so that a busy moment hits all of them alike."""
    targets = targets or sorted(str(path.relative_to(ROOT)) for path in ROOT.glob("functions/*/handler.py"))
    targets = ["boto3", *targets]
    started = time.time()
    times: dict[str, list[float]] = {target: [] for target in targets}
    for target in targets:
        import_time(target)
    for _ in range(RUNS):
        for target in targets:
            times[target].append(import_time(target))
    print(f"{'median':>8} {'fastest':>8}   of {RUNS} imports in fresh processes, in ms")
    for target in targets:
        print(
            f"{statistics.median(times[target]) * 1000:8.0f} {min(times[target]) * 1000:8.0f}   import {target}"
        )
    print(f"took {time.time() - started:.0f} s on Python {sys.version.split()[0]}")


if __name__ == "__main__":
    main(sys.argv[1:])
