"""``python -m embedded_model``: listens on 127.0.0.1, prints its address, ends with SIGINT or SIGTERM."""

from __future__ import annotations

import argparse
import math
import os
import signal
import socket
import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import NoReturn

import uvicorn

from embedded_model import MODEL
from embedded_model.answering.conversation import too_late
from embedded_model.server.application import application
from embedded_model.server.engine import Engine
from embedded_model.server.residency import Residency
from embedded_model.server.rumination import Rumination
from embedded_model.server.thinker import WORKER, Thinker

__all__ = ["main"]

_DEFAULT_SPEED = "0"


def main(arguments: Sequence[str], environ: Mapping[str, str]) -> int:
    """Serve until a signal comes; the exit code: 1 after a start that failed, 130 after SIGINT."""
    # Who starts it as a background job or under nohup lets it inherit that SIGINT is ignored.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        options = _parser(environ).parse_args(arguments)
        listener = _listen(options.port)
    except (OSError, argparse.ArgumentError) as error:
        print(f"embedded model server: {error}", file=sys.stderr)  # noqa: T201 - the program's own output
        return 1
    command = (*WORKER, "--witness-differs") if options.witness == "differs" else WORKER
    thinker = Thinker(time_limit=options.time_limit, late=too_late, command=command)
    engine = Engine(
        thinker,
        Residency(_now),
        now=_now,
        parallel=options.parallel,
        speed=options.tokens_per_second,
        rumination=Rumination(options.thinking_tokens, options.loop),
    )
    config = uvicorn.Config(
        application(engine, thinker), log_level="warning", access_log=False, timeout_graceful_shutdown=2
    )
    host, port = listener.getsockname()
    print(f"{MODEL}: listening on http://{host}:{port}", flush=True)  # noqa: T201 - the program's own output
    try:
        _Server(config, engine).run(sockets=[listener])
    except KeyboardInterrupt:
        # uvicorn has ended everything, and raises the signal again.
        return 130
    return 0


class _Server(uvicorn.Server):
    """uvicorn's server, which ends running generations before it waits for their connections."""

    def __init__(self, config: uvicorn.Config, engine: Engine) -> None:
        super().__init__(config)
        self._engine = engine

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._engine.close()
        await super().shutdown(sockets)


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in one sentence."""

    def error(self, message: str) -> NoReturn:
        raise argparse.ArgumentError(None, f"{message}.")


def _parser(environ: Mapping[str, str]) -> _Parser:
    speed = environ.get("EMBEDDED_TOKENS_PER_SECOND", "").strip() or _DEFAULT_SPEED
    parser = _Parser(prog="embedded_model", description=__doc__)
    parser.add_argument("--port", type=_whole(0, 65_535), default="11434", help="0 picks a free one")
    parser.add_argument("--parallel", type=_whole(1, 256), default="4", help="generations at a time")
    parser.add_argument(
        "--time-limit", type=_number(0.1, 60), default="8", help="seconds of thought for one question"
    )
    parser.add_argument(
        "--tokens-per-second",
        type=_number(0, 1_000_000, " (also as EMBEDDED_TOKENS_PER_SECOND)"),
        default=speed,
        help="0: as fast as it can; EMBEDDED_TOKENS_PER_SECOND is the default",
    )
    parser.add_argument(
        "--thinking-tokens",
        type=_whole(0, 100_000),
        default=environ.get("EMBEDDED_THINKING_TOKENS", "").strip() or "0",
        help="tokens of thinking, at the least; EMBEDDED_THINKING_TOKENS is the default",
    )
    parser.add_argument(
        "--loop",
        choices=["", "thinking", "answer"],
        default=environ.get("EMBEDDED_LOOP", "").strip(),
        help="think or answer in circles without an end; EMBEDDED_LOOP is the default",
    )
    parser.add_argument(
        "--witness",
        choices=["", "differs"],
        default=environ.get("EMBEDDED_WITNESS", "").strip(),
        help="write problems as equations of another result than its answer; EMBEDDED_WITNESS is the default",
    )
    return parser


def _listen(port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(("127.0.0.1", port))
        listener.listen(512)
    except OSError as error:
        listener.close()
        raise OSError(f"port {port} cannot be used ({error.strerror}): choose another one.") from None
    return listener


def _now() -> datetime:
    return datetime.now(UTC)


def _whole(low: int, high: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        if not text.isascii() or not text.isdigit() or not low <= int(text[:9]) <= high:
            raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from {low} to {high}")
        return int(text)

    return read


def _number(low: float, high: float, note: str = "") -> Callable[[str], float]:
    def read(text: str) -> float:
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        if not low <= value <= high:
            raise argparse.ArgumentTypeError(f"{text!r} is not a number from {low:.9g} to {high:.9g}{note}")
        return value

    return read


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], os.environ))
