"""Cache hits: milliseconds of processor time of one, in process, from the gateway's event to the response.

    python tests/benchmarks/cache_hit.py [--other CHECKOUT ...] [--fastapi] [--runs 9] [--hits 2000]

Processes of this checkout and of each other one, which needs its own .venv, take turns, so that a busy moment hits all
alike; with ``--fastapi`` this checkout's work behind FastAPI and Mangum too, installed for the run. A process answers
once, by a script in place of the model, and then gives that answer again from its memory. The table holds the least and
the median of the processes' means, and the ratio of the medians to this checkout's.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / part) for part in ("tests", "tests/benchmarks", "infra/local")]

from cold_start import FASTAPI, local_aws  # noqa: E402 - the path comes first
from stepwise_local.aws.client import Aws  # noqa: E402
from stepwise_local.functions.sandbox import environment_variables  # noqa: E402
from stepwise_local.template.reader import read_bundle  # noqa: E402
from support.hosts.model_host import ModelHost  # noqa: E402

_CHILD = """
import importlib, json, os, sys, time
event = json.load(open(sys.argv[1], encoding="utf-8"))
event["body"] = json.dumps({"problem": "Solve x^2 + 2x - 3 = 0 for x.", "verify": False})
handler = importlib.import_module(sys.argv[2]).handler

class Context:
    function_name = "solve"
    memory_limit_in_mb = 512
    invoked_function_arn = "arn:aws:lambda:eu-central-1:123456789012:function:solve"
    aws_request_id = "request-1"
    def get_remaining_time_in_millis(self):
        return 29_000

def times(number):
    began = time.process_time()
    for _ in range(number):
        response = handler(event, Context())
    assert response["statusCode"] == 200 and json.loads(response["body"])["cached"], response
    return (time.process_time() - began) / number

handler(event, Context())
times(300)
print(times(int(sys.argv[3])) * 1000, file=sys.stderr)
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--other", type=Path, action="append", default=[], help="another checkout")
    parser.add_argument("--fastapi", action="store_true", help="the same work behind FastAPI and Mangum")
    parser.add_argument("--runs", type=int, default=9, help="processes of each")
    parser.add_argument("--hits", type=int, default=2000, help="hits of each process")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as made, local_aws() as aws_url, ModelHost() as model:
        variables = asyncio.run(_environment(aws_url, model.url))
        services = {str(root): _command(root) for root in (ROOT, *arguments.other)}
        if arguments.fastapi:
            services["FastAPI and Mangum"] = _fastapi(Path(made))
        seen: dict[str, list[float]] = {name: [] for name in services}
        for _ in range(arguments.runs):
            for name, (python, module, path) in services.items():
                seen[name].append(_mean(python, module, path, variables, arguments.hits))
    ours = statistics.median(seen[str(ROOT)])
    print(
        f"{'':40} {'least':>7} {'median':>7} {'ratio':>6}   ({arguments.runs} processes, {arguments.hits} hits)"
    )
    for name, means in seen.items():
        median = statistics.median(means)
        print(f"{name[-40:]:40} {min(means):7.3f} {median:7.3f} {median / ours:6.2f}")


type Service = tuple[Path, str, str]
"""Python, the handler's module, and where modules are found."""


def _command(root: Path) -> Service:
    path = os.pathsep.join(str(root / part) for part in ("functions/solve", "layers/stepwise"))
    return root / ".venv/bin/python", "handler", path


def _fastapi(folder: Path) -> Service:
    uv = os.environ.get("UV") or shutil.which("uv") or str(ROOT / ".tools/bin/uv")
    packages = folder / "packages"
    subprocess.run([uv, "pip", "install", "--quiet", "--target", str(packages), *FASTAPI], check=True)
    path = os.pathsep.join([str(ROOT / "tests/benchmarks"), str(ROOT / "layers/stepwise"), str(packages)])
    return ROOT / ".venv/bin/python", "fastapi_solve", path


def _mean(python: Path, module: str, path: str, variables: dict[str, str], hits: int) -> float:
    """Milliseconds of a hit in a new process."""
    event = ROOT / "tests/events/solve.json"
    command = [str(python), "-c", _CHILD, str(event), module, str(hits)]
    environment = {**variables, "PYTHONPATH": path}
    done = subprocess.run(
        command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=False
    )
    if done.returncode:
        raise SystemExit(done.stderr)
    return float(done.stderr.split()[-1])


async def _environment(aws_url: str, model_url: str) -> dict[str, str]:
    """The variables of the deployed function, with its table in moto."""
    bundle = read_bundle(ROOT / "template.yaml", {"OLLAMA_HOST": model_url}, aws_url)
    aws = Aws(aws_url)
    await aws.create(bundle.tables, bundle.queues)
    await aws.close()
    return environment_variables(bundle.functions["SolveFunction"], "", aws_url)


if __name__ == "__main__":
    main()
