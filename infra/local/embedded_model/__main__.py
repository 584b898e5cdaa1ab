"""``python -m embedded_model``: listens on 127.0.0.1, prints its address, ends with SIGINT or SIGTERM."""

from __future__ import annotations

import argparse
import os
import socket
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

import uvicorn

from embedded_model import MODEL
from embedded_model.application import application
from embedded_model.conversation import too_late
from embedded_model.engine import Engine
from embedded_model.residency import Residency
from embedded_model.thinker import Thinker

__all__ = ["main"]

_DEFAULT_SPEED = 60.0
_FASTEST = 1_000_000.0


def main(arguments: Sequence[str], environ: Mapping[str, str]) -> int:
    """Serve until a signal comes; the exit code, 1 after a start that failed."""
    try:
        options = _parser(environ).parse_args(arguments)
        listener = _listen(options.port)
    except (OSError, ValueError) as error:
        print(f"embedded model server: {error}", file=sys.stderr)  # noqa: T201 - the program's own output
        return 1
    engine_thinker = Thinker(time_limit=options.time_limit, late=too_late)
    residency = Residency(_now)
    engine = Engine(
        engine_thinker, residency, now=_now, parallel=options.parallel, speed=options.tokens_per_second
    )
    config = uvicorn.Config(
        application(engine, engine_thinker),
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=1,
    )
    host, port = listener.getsockname()
    print(f"{MODEL}: listening on http://{host}:{port}", flush=True)  # noqa: T201 - the program's own output
    try:
        uvicorn.Server(config).run(sockets=[listener])
    except KeyboardInterrupt:
        # uvicorn has ended everything, and raises the signal again.
        return 130
    return 0


def _parser(environ: Mapping[str, str]) -> argparse.ArgumentParser:
    speed = environ.get("EMBEDDED_TOKENS_PER_SECOND", "").strip() or str(_DEFAULT_SPEED)
    parser = argparse.ArgumentParser(prog="embedded_model", description=__doc__)
    parser.add_argument("--port", type=_port, default=11434, help="0 picks a free one")
    parser.add_argument("--parallel", type=_positive, default=4, help="generations at a time")
    parser.add_argument(
        "--time-limit", type=_seconds, default=8.0, help="seconds of thought for one question"
    )
    parser.add_argument(
        "--tokens-per-second",
        type=_speed,
        default=speed,
        help="0: as fast as it can; EMBEDDED_TOKENS_PER_SECOND is the default",
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


def _port(text: str) -> int:
    value = int(text)
    if not 0 <= value <= 65_535:
        raise argparse.ArgumentTypeError("a port is a whole number from 0 to 65535")
    return value


def _positive(text: str) -> int:
    value = int(text)
    if not 1 <= value <= 256:
        raise argparse.ArgumentTypeError("it must be from 1 to 256")
    return value


def _seconds(text: str) -> float:
    value = float(text)
    if not 0.1 <= value <= 60:
        raise argparse.ArgumentTypeError("it must be from 0.1 to 60")
    return value


def _speed(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value <= _FASTEST:
        raise argparse.ArgumentTypeError(
            f"{text!r} is not a speed; EMBEDDED_TOKENS_PER_SECOND is a number from 0 to {_FASTEST:.0f}"
        )
    return value


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], os.environ))
