"""Looks for lies of the mathematics checker: problems with known truth, and the wrong answers that pupils give.

    python tests/drills/find_lies.py [--count N] [--seed N] [--family NAME ...] [--workers 2] [--limit SECONDS]
        [--checkers FOLDER] [--kept FILE] [--output FILE]

The truth is an oracle's that shares no code with the checker (drills/lies). Prints the share of the problems that the
checker recognises, by family, notation and language; then each wrong answer that it verifies (a lie), each right one
that it refutes, and each check that did not end, the smallest problem first. Ctrl-C prints what was found so far.

`--kept` adds each portion of 100 problems to a file, one JSON object a line. A portion of this seed that is there already
is not asked again, so that a long run can be stopped and go on; lines of other seeds count as well, and `--count 0`
prints the sum of what a file holds.

Exit status: 0 where neither lie nor refuted right answer was found, 1 where one was, 2 where it was interrupted.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from drills.lies.grammar import FAMILIES, problems
from drills.lies.report import Report
from support.bounded_checks import CHECKERS, mathematics_checker

__all__ = ["drill", "main"]

PORTION = 100


def drill(
    seed: int, count: int, limit: float, families: tuple[str, ...] = (), checkers: Path = CHECKERS
) -> Report:
    """Put so many problems of a seed to the checker, in this process."""
    report = Report(mathematics_checker(checkers), limit)
    for drilled in problems(seed, count, families):
        report.put(drilled)
    return report


def _portion(task: tuple[int, int, float, tuple[str, ...], Path]) -> tuple[int, Report]:
    report = drill(*task)
    # What goes back to the parent is what was found, without the checker.
    report.verify = dict
    return task[0], report


def _silent() -> None:
    """Leave Ctrl-C to the parent."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _reports(options: argparse.Namespace, known: set[int]) -> Iterator[tuple[int, Report]]:
    """Each portion's seed and report, but of those that are known."""
    families = tuple(options.family)
    whole, rest = divmod(options.count, PORTION)
    sizes = [PORTION] * whole + ([rest] if rest else [])
    tasks = [
        (options.seed * 1_000_000 + place, size, options.limit, families, options.checkers.resolve())
        for place, size in enumerate(sizes)
        if options.seed * 1_000_000 + place not in known
    ]
    if options.workers == 1:
        yield from map(_portion, tasks)
        return
    with multiprocessing.get_context("spawn").Pool(options.workers, _silent, maxtasksperchild=20) as pool:
        yield from pool.imap_unordered(_portion, tasks)


def _keep(file: Path | None, seed: int, portion: Report) -> None:
    if file is not None:
        with file.open("a", encoding="utf-8") as kept:
            kept.write(json.dumps({"seed": seed} | portion.as_dict(), ensure_ascii=False) + "\n")


def _read(file: Path | None, report: Report) -> set[int]:
    """Merge the portions of a file into the report, each once; their seeds."""
    known: set[int] = set()
    for line in file.read_text("utf-8").splitlines() if file is not None and file.exists() else ():
        try:
            kept = json.loads(line)
        except ValueError:
            continue  # the last line of a run that was killed
        if kept["seed"] not in known:
            known.add(kept["seed"])
            report.merge(Report.from_dict(kept))
    return known


def main(arguments: list[str] | None = None) -> int:
    """Run the drill and print its report; 1 where something was judged wrongly, 2 where it was interrupted."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--count", type=int, default=2_000, help="problems")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--family", action="append", default=[], choices=list(FAMILIES))
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--limit", type=float, default=4.0, help="seconds for one check")
    parser.add_argument("--most", type=int, default=5, help="findings shown of a group")
    parser.add_argument("--checkers", type=Path, default=CHECKERS, help="layers/checkers of another checkout")
    parser.add_argument("--kept", type=Path, help="a file that portions are added to, and read from")
    parser.add_argument("--output", type=Path, help="write the report to a file as well")
    options = parser.parse_args(arguments)
    report = Report(dict, options.limit)
    known = _read(options.kept, report)
    before, interrupted, begun = report.problems, False, time.monotonic()
    try:
        with closing(_reports(options, known)) as portions:
            for seed, portion in portions:
                report.merge(portion)
                _keep(options.kept, seed, portion)
                pace = (report.problems - before) / (time.monotonic() - begun)
                said = f"{report.problems} problems, {len(report.wrong)} findings, {pace:.0f}/s"
                print(said, end="\r" if sys.stderr.isatty() else "\n", file=sys.stderr, flush=True)
    except KeyboardInterrupt:
        interrupted = True
    print(file=sys.stderr)
    text = report.text(options.most)
    print(text)
    if options.output:
        options.output.write_text(text + "\n", "utf-8")
    return 2 if interrupted else 1 if report.wrong else 0


if __name__ == "__main__":
    # What a shell runs in the background ignores Ctrl-C otherwise.
    for sign in (signal.SIGINT, signal.SIGTERM):
        signal.signal(sign, signal.default_int_handler)
    sys.exit(main())
