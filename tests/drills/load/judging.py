"""What a service under load has promised, computed of what its partners and its model host saw."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence

from drills.load.host import problem_of
from drills.load.records import Asked, Exchange, Span

__all__ = ["late", "longest_queue", "needless", "pauses", "server_errors", "unrealistic", "use_of_capacity"]

_GRACE = 2.0


def server_errors(asked: Iterable[Asked]) -> list[Exchange]:
    """Replies with a 5xx, and connections that broke."""
    return [each for one in asked for each in one.exchanges if each.status >= 500 or each.status == 0]


def late(asked: Iterable[Asked]) -> list[Exchange]:
    """Replies that came more than two seconds after the wait that their client wanted."""
    return [each for one in asked for each in one.exchanges if each.took > each.wait + _GRACE]


def use_of_capacity(asked: Iterable[Asked], spans: Sequence[Span], slots: int) -> float:
    """Seconds in which slots wrote, of those in which there was work for them.

    An answer is work from when its request was sent to the end of its last generation.
    """
    work = _work(asked, spans)
    offered = sum(min(slots, count) * seconds for count, seconds in _steps(work))
    busy = sum(min(slots, count) * seconds for count, seconds in _steps([(s.begin, s.end) for s in spans]))
    return busy / offered if offered else 1.0


def pauses(spans: Iterable[Span], slots: int) -> list[float]:
    """Seconds from the end of an answer to the begin of the next one on its slot."""
    ordered = sorted(spans, key=lambda span: span.begin)
    ends = sorted(span.end for span in ordered)
    return [max(0.0, span.begin - end) for span, end in zip(ordered[slots:], ends, strict=False)]


def longest_queue(asked: Iterable[Asked], spans: Sequence[Span], slots: int) -> int:
    """The most answers that waited at a time."""
    return max((count for count, _ in _steps(_work(asked, spans))), default=slots) - slots


def needless(asked: Sequence[Asked], spans: Sequence[Span], most: int) -> list[Asked]:
    """Refusals at a time when fewer than *most* answers ran or waited."""
    work = _work(asked, spans)

    def most_between(begin: float, end: float) -> int:
        edges = [begin, *(sent for sent, _ in work if begin <= sent <= end)]
        return max(sum(sent <= edge < done for sent, done in work) for edge in edges)

    return [one for one in asked if one.refused and most_between(one.sent, one.replied) < most]


def unrealistic(asked: Iterable[Asked], spans: Sequence[Span], most: int) -> list[Asked]:
    """Refusals whose Retry-After was in vain, or needlessly long.

    Until then at least one answer must have left the queue, and at most half of the *most* that wait there. A time
    at which no work was left says nothing.
    """
    ends = sorted(span.end for span in spans)

    def left(one: Asked) -> int:
        return sum(one.replied < end <= one.replied + one.retry_after for end in ends)

    told = [one for one in asked if one.refused and ends and one.replied + one.retry_after <= ends[-1]]
    return [one for one in told if not 1 <= left(one) <= max(1, most // 2)]


def _work(asked: Iterable[Asked], spans: Iterable[Span]) -> list[tuple[float, float]]:
    """When each answer was asked for and written; what was refused or never written is no work."""
    written: dict[str, float] = {}
    for span in spans:
        written[span.problem] = max(span.end, written.get(span.problem, 0.0))
    asks = [(one.sent, problem_of(one.problem)) for one in asked if not one.refused]
    return [(sent, written[problem]) for sent, problem in asks if problem in written]


def _steps(intervals: Iterable[tuple[float, float]]) -> list[tuple[int, float]]:
    """How many of *intervals* are open, and for how many seconds, in the order of time."""
    edges = sorted(edge for begin, end in intervals for edge in ((begin, 1), (end, -1)))
    found, count = [], 0
    for (moment, change), (until, _) in itertools.pairwise(edges):
        count += change
        found.append((count, until - moment))
    return found
