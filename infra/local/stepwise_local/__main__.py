"""``python -m stepwise_local``: the bundle on this machine, until Ctrl-C."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import logging
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TextIO

from stepwise_local.model_choice import ModelMissing, context_hint
from stepwise_local.processes.log import Log
from stepwise_local.processes.processes import StartFailed
from stepwise_local.stack import KEYS, Options, Running, running_stack
from stepwise_local.template.yaml_values import TemplateError

__all__ = ["main"]

_TEMPLATE = Path(__file__).resolve().parents[3] / "template.yaml"
_REAL_MODEL = "For a real model: install Ollama, run `ollama pull phi4-mini-reasoning`, and start this again."
_PROBLEM = "解方程 x² + 2x - 3 = 0"


def main(arguments: Sequence[str], environ: Mapping[str, str]) -> int:
    """Run the stack; the exit code: 0 after Ctrl-C or SIGTERM, 1 with a sentence on standard error otherwise."""
    parsed = _parser(environ).parse_args(arguments)
    with contextlib.ExitStack() as files:
        log_file: TextIO = sys.stderr
        if parsed.log_file:
            log_file = files.enter_context(Path(parsed.log_file).open("a", encoding="utf-8"))
        options = Options(
            template=Path(parsed.template),
            port=parsed.port,
            admin_port=parsed.admin_port,
            throttle=parsed.throttle,
            most_environments=parsed.most_environments,
            idle_seconds=parsed.idle_seconds,
            keys=(*KEYS, *parsed.key),
        )
        # It warns of each write to a client that has left, which is nothing unusual here.
        logging.getLogger("asyncio").setLevel(logging.ERROR)
        log = Log(log_file, structured=parsed.quiet or environ.get("LOG") == "json")
        return asyncio.run(_run(options, environ, log, quiet=parsed.quiet))


async def _run(options: Options, environ: Mapping[str, str], log: Log, *, quiet: bool) -> int:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    running = asyncio.create_task(_until_a_part_fails(options, environ, log, quiet=quiet))
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait({running, stopping}, return_when=asyncio.FIRST_COMPLETED)
    running.cancel()
    stopping.cancel()
    try:
        await running
    except asyncio.CancelledError:
        return 0
    except (StartFailed, ModelMissing, TemplateError) as error:
        print(error, file=sys.stderr)  # noqa: T201 - the program's own output
    return 1


async def _until_a_part_fails(options: Options, environ: Mapping[str, str], log: Log, *, quiet: bool) -> None:
    async with running_stack(options, environ, log) as running:
        print(_start_line(running) if quiet else _banner(running), flush=True)  # noqa: T201 - the program's own output
        ended, _ = await asyncio.wait(running.parts, return_when=asyncio.FIRST_COMPLETED)
        part = ended.pop()
        error = None if part.cancelled() else part.exception()
        if isinstance(error, TemplateError):
            raise error
        raise StartFailed(
            f"{running.parts[part]} ended ({type(error).__name__ if error else 'its process died'})."
        )


def _start_line(running: Running) -> str:
    model = running.model
    return json.dumps(
        {
            "url": running.url,
            "admin_url": running.admin_url,
            "pid": os.getpid(),
            "model": {"host": model.host, "name": model.name, "embedded": model.embedded},
        }
    )


def _banner(running: Running) -> str:
    model = running.model
    kind = " (the embedded model server: SymPy, no network)" if model.embedded else ""
    body = json.dumps({"problem": _PROBLEM}, ensure_ascii=False)
    return "\n".join(
        (
            f"Stepwise listens on {running.url}, API keys: {', '.join(KEYS)}",
            f"The model {model.name}{kind} answers, at {model.host}",
            f"Open {running.url}/playground#key={KEYS[0]} in a browser, or try it here:",
            f"curl {running.url}/v1/math/solve -H 'x-api-key: {KEYS[0]}' -H 'content-type: application/json' -d '{body}'",
            *([_REAL_MODEL] if model.embedded else []),
            *_context_hint(running),
            "Ctrl-C ends it. One line a request follows; LOG=json shows all that the functions log.",
        )
    )


def _context_hint(running: Running) -> list[str]:
    settings = next(
        (each.environment for each in running.bundle.functions.values() if "NUM_CTX" in each.environment), {}
    )
    if not settings:
        return []
    hint = context_hint(running.model, int(settings["NUM_CTX"]), int(settings["NUM_PREDICT"]))
    return [hint] if hint else []


def _parser(environ: Mapping[str, str]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="stepwise_local", description=__doc__)
    parser.add_argument("--template", default=str(_TEMPLATE), help="the SAM template (%(default)s)")
    parser.add_argument("--port", type=int, default=environ.get("PORT") or "3000", help="0 takes a free one")
    parser.add_argument("--admin-port", type=int, help="where GET /_local/environments tells what runs")
    parser.add_argument("--log-file", help="where the log goes instead of standard error")
    parser.add_argument("--quiet", action="store_true", help="print one line of JSON instead of the banner")
    parser.add_argument("--key", action="append", default=[], help="one more API key; may be repeated")
    parser.add_argument("--throttle", action="store_true", help="apply the usage plan's rate and burst")
    parser.add_argument(
        "--most-environments", type=int, default=200, help="of one function (%(default)s); beyond it 429"
    )
    parser.add_argument(
        "--idle-seconds", type=float, default=300.0, help="after which an environment ends (%(default)s)"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], os.environ))
