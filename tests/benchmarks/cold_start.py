"""Cold starts: the time from the start of a process to its first answer, for every function as ``sam build`` makes it.

    python tests/benchmarks/cold_start.py [--runs 7] [--build FOLDER]

Each function is started with and without the layers' bytecode, in turns, so that a busy moment hits all alike; the table
holds medians. The last rows are solve on FastAPI with Mangum, over the same layer, and a plain service that has nothing of
it (``fastapi_plain.py``). AWS is moto, the model a script that answers at once. Lambda adds
its own time to make an environment, and SnapStart takes nearly all of this away: it is what a snapshot holds. Processor
time (in steps of 10 ms) does not depend on what else runs. Memory and processor time are those of the function's
process; behind the plus is the memory of the checkers'.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import platform
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / part) for part in ("tests", "infra/local", "layers/stepwise")]

from stepwise_local.aws.client import Aws  # noqa: E402 - the path comes first
from stepwise_local.template.model import Function  # noqa: E402
from support.built import HERE, Place, missing_tool, sam_build  # noqa: E402
from support.hosts.model_host import ModelHost  # noqa: E402
from support.one_invocation import one_invocation  # noqa: E402

FASTAPI = ("fastapi", "mangum")
PLAIN = (*FASTAPI, "boto3", "httpx", "pydantic")
ROWS: tuple[tuple[str, str, str, dict[str, Any]], ...] = (
    ("solve", "SolveFunction", "solve", {"verify": False}),
    ("solve, checked", "SolveFunction", "solve", {"verify": True}),
    ("analyze", "AnalyzeFunction", "analyze", {"verify": False}),
    ("chat", "ChatFunction", "chat", {}),
    ("jobs", "JobsFunction", "jobs", {}),
    ("worker", "WorkerFunction", "worker", {}),
    ("warmup", "WarmupFunction", "warmup", {}),
    ("status", "StatusFunction", "status", {}),
    ("authorizer", "KeyAuthorizerFunction", "authorizer", {}),
    ("solve on FastAPI + Mangum", "FastApi", "solve", {"verify": False}),
    ("plain, FastAPI + Mangum + boto3", "Plain", "solve", {"verify": False}),
)


@dataclass(frozen=True)
class Start:
    """Seconds to the first answer, seconds of processor time until then, MiB of this process and of its children."""

    seconds: float
    processor: float
    memory: int
    checkers: int


@dataclass
class Seen:
    """Starts with and without bytecode."""

    compiled: list[Start] = field(default_factory=list)
    bare: list[Start] = field(default_factory=list)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument(
        "--build", type=Path, help="an output of sam build for this processor, instead of a new one"
    )
    arguments = parser.parse_args()
    if reason := missing_tool():
        raise SystemExit(reason)
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        build = arguments.build or folder / "build"
        if not arguments.build:
            sam_build(build, HERE)
        with local_aws() as aws_url, ModelHost() as model:
            place = Place(build, aws_url, folder / "compiled", {"OLLAMA_HOST": model.url})
            bare = replace(place, folder=folder / "bare")
            asyncio.run(_create(place))
            functions = {
                **place.bundle.functions,
                "FastApi": _fastapi(place, folder),
                "Plain": _plain(place, folder),
            }
            _without_bytecode(bare, functions)
            _print(_measured(place, bare, functions, arguments.runs), arguments.runs)


def _measured(place: Place, bare: Place, functions: dict[str, Function], runs: int) -> dict[str, Seen]:
    seen = {label: Seen() for label, *_ in ROWS}
    for run in range(-1, runs):  # the first one, of cold disks, does not count
        for label, name, event, changes in ROWS:
            for where in (place, bare):
                start = _first_answer(where, functions[name], _event(event, changes))
                if run >= 0:
                    (seen[label].compiled if where is place else seen[label].bare).append(start)
    return seen


def _first_answer(place: Place, function: Function, event: dict[str, Any]) -> Start:
    command = place.command(function)
    with one_invocation(event, function.timeout) as runtime:
        environment = place.environment(function, runtime.address)
        # On Lambda nothing can be written beside the code.
        environment["PYTHONDONTWRITEBYTECODE"] = "1"
        began = time.perf_counter()
        process = subprocess.Popen(
            command, cwd=function.code, env=environment, stdout=subprocess.DEVNULL, start_new_session=True
        )
        try:
            path, body = runtime.answer(timeout=60)
            seconds = time.perf_counter() - began
            if not path.endswith("/response") or b'"errorType"' in body:
                raise SystemExit(f"{function.name} failed: {body.decode()[:1000]}")
            return Start(seconds, _processor_time(process.pid), *_peak(process.pid))
        finally:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _peak(pid: int) -> tuple[int, int]:
    """The most memory that a process and its children had, MiB."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split()
    return _high_water(pid), sum(_high_water(int(child)) for child in children)


def _processor_time(pid: int) -> float:
    """Seconds that a process itself worked; fields 14 and 15 of proc(5)'s stat."""
    fields = Path(f"/proc/{pid}/stat").read_text("ascii", errors="replace").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _high_water(pid: int) -> int:
    lines = Path(f"/proc/{pid}/status").read_text("ascii", errors="replace").splitlines()
    return next((int(line.split()[1]) // 1024 for line in lines if line.startswith("VmHWM")), 0)


def _event(name: str, changes: dict[str, Any]) -> dict[str, Any]:
    event: dict[str, Any] = json.loads((ROOT / "tests/events" / f"{name}.json").read_text("utf-8"))
    if changes:
        body = {**json.loads(event["body"]), **changes}
        subject = "problem" if "problem" in body else "text"
        # Another text each time, or it would come out of the cache.
        body[subject] = f"{body[subject]} [{time.monotonic_ns()}]"
        event["body"] = json.dumps(body)
    return event


def _fastapi(place: Place, folder: Path) -> Function:
    """Solve behind FastAPI, its packages as another layer, compiled like the others."""
    packages = _installed(folder / "fastapi", FASTAPI)
    # Those that the layer has come from there.
    for name in ("pydantic", "pydantic_core", "anyio", "annotated_types", "idna", "typing_inspection"):
        shutil.rmtree(packages / name, ignore_errors=True)
    layers = place.bundle.functions["SolveFunction"].layers
    return _on_lambda(place, folder, "FastApi", "fastapi_solve", (packages, *layers))


def _plain(place: Place, folder: Path) -> Function:
    """The plain service, with packages of its own."""
    return _on_lambda(place, folder, "Plain", "fastapi_plain", (_installed(folder / "plain", PLAIN),))


def _installed(packages: Path, names: Iterable[str]) -> Path:
    uv = os.environ.get("UV") or shutil.which("uv") or "uv"
    subprocess.run([uv, "pip", "install", "--quiet", "--target", str(packages), *names], check=True)
    compiled = ["-m", "compileall", "-q", "--invalidation-mode", "unchecked-hash", str(packages)]
    subprocess.run([sys.executable, *compiled], check=True)
    return packages


def _on_lambda(place: Place, folder: Path, name: str, module: str, layers: tuple[Path, ...]) -> Function:
    """The file *module* beside this one as a function like solve, under AWS's own runtime."""
    code = folder / module
    code.mkdir()
    shutil.copy(ROOT / f"tests/benchmarks/{module}.py", code)
    solve = place.bundle.functions["SolveFunction"]
    variables = {key: value for key, value in solve.environment.items() if key != "AWS_LAMBDA_EXEC_WRAPPER"}
    return replace(
        solve, name=name, code=code, handler=f"{module}.handler", environment=variables, layers=layers
    )


def _without_bytecode(place: Place, functions: dict[str, Function]) -> None:
    for function in functions.values():
        for compiled in list(place.opt(function).rglob("__pycache__")):
            shutil.rmtree(compiled)


@contextmanager
def local_aws() -> Iterator[str]:
    """The address of an AWS in memory, for as long as the context is open."""
    command = [sys.executable, "-m", "stepwise_local.aws.server"]
    environment = {"PYTHONPATH": str(ROOT / "infra" / "local")}
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            yield server.stdout.readline().strip()
        finally:
            server.kill()


async def _create(place: Place) -> None:
    aws = Aws(place.aws_url)
    await aws.create(place.bundle.tables, place.bundle.queues)
    await aws.close()


def _print(seen: dict[str, Seen], runs: int) -> None:
    print(
        f"Medians of {runs}, ms, on {os.cpu_count()} cores ({platform.machine()}), Python {platform.python_version()}\n"
    )
    print("| function | with bytecode | without | processor time with | without | peak memory, MiB |")
    print("|---|---:|---:|---:|---:|---:|")
    for label, entry in seen.items():
        own, checkers = (
            max(getattr(start, name) for start in entry.compiled) for name in ("memory", "checkers")
        )
        cells = [
            _ms(start.seconds for start in entry.compiled),
            _ms(start.seconds for start in entry.bare),
            _ms(start.processor for start in entry.compiled),
            _ms(start.processor for start in entry.bare),
            f"{own} + {checkers}" if checkers else str(own),
        ]
        print(f"| {label} | {' | '.join(cells)} |")


def _ms(seconds: Iterable[float]) -> str:
    return f"{statistics.median(seconds) * 1000:.0f}"


if __name__ == "__main__":
    main()
