"""Run the mathematics checker in this process, with a time limit for each check."""

from __future__ import annotations

import importlib
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

__all__ = ["CHECKERS", "Check", "TooSlow", "checked", "limited", "mathematics_checker"]

CHECKERS = Path(__file__).resolve().parents[2] / "layers" / "checkers"

Check = Callable[[dict[str, Any]], dict[str, Any]]


class TooSlow(BaseException):
    """The time limit of one check, raised inside of the computation."""


@contextmanager
def limited(seconds: float) -> Iterator[None]:
    """End the block by an alarm after *seconds* of CPU time, instead of a process for each check as in the sandbox.

    CPU time, so that the result does not depend on other processes.
    """

    def stop(number: int, frame: FrameType | None) -> None:
        raise TooSlow

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def mathematics_checker(folder: Path = CHECKERS) -> Check:
    """The `verify` of the checkers in a folder, another checkout's included; one folder a process."""
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))
    module: Any = importlib.import_module("checkers.mathematics.verify")
    if not Path(str(module.__file__)).is_relative_to(folder):
        raise ImportError(f"another folder's checkers are loaded already: {module.__file__}")
    check: Check = module.verify
    return check


def checked(
    verify: Check, problem: str, answer: str | None, language: str, limit: float, solution: str = ""
) -> dict[str, Any]:
    """The verdict of one check, in so many seconds.

    It is `unverifiable` by the method `killed` where the limit was reached, and by `failed` where it met an
    error that it does not foresee. `detail` then has the error's name.
    """
    request = {"problem": problem, "final_answer": answer, "solution": solution, "language": language}
    try:
        with limited(limit):
            verdict = verify(request)
    except TooSlow:
        return {"status": "unverifiable", "method": "killed", "detail": ""}
    except Exception as error:  # noqa: BLE001 - an error of the checker is a finding, not the end of a report
        return {"status": "unverifiable", "method": "failed", "detail": type(error).__name__}
    if "fault" in verdict:
        return {"status": "unverifiable", "method": "failed", "detail": str(verdict["fault"])}
    return verdict
