"""Loops: a text that ends in the same passage over and over.

Ollama stops a model that repeats one token 30 times and does not notice longer cycles. What is found here depends on
the text alone, not on how it was cut into tokens, so that a draft gives the same after a hand-over.
"""

from __future__ import annotations

__all__ = ["loop_start", "without_loop"]

REPEATS = 4
LONGEST_PERIOD = 1_000
"""Characters; about 200 tokens of English."""
_SHORT_PERIOD = 8
_LEAST_SPAN = 100
_LEAST_SPAN_SHORT = 200
"""Rulers, zeros and dotted lines repeat a few characters too, but not for so long."""
_BROKEN_SPAN = 24
"""After a stream that the host broke off, 30 equal tokens are a loop however short they are."""
_PROBE = 16


def loop_start(text: str, *, broken: bool = False) -> int | None:
    """Where the repetition that *text* ends in may be cut: behind its first period. None where there is none.

    A repetition is a period of at most 1,000 characters, at least four times. *broken* says that the host ended the
    stream without its last line, as it does when it sees equal tokens; then a shorter repetition counts too.
    """
    window = text[-(REPEATS + 1) * LONGEST_PERIOD :]
    period = _period(window, broken=broken)
    if period is None:
        return None
    start = len(text) - period
    while start > 0 and text[start - 1] == text[start - 1 + period]:
        start -= 1
    return start + period


def without_loop(text: str, *, broken: bool = False) -> str | None:
    """*text* up to the end of the first period of the repetition that it ends in; None where it ends in none."""
    start = loop_start(text, broken=broken)
    return None if start is None else text[:start]


def _period(window: str, *, broken: bool) -> int | None:
    """The shortest period that the end of *window* repeats often enough."""
    probe = window[-_PROBE:]
    at = len(window) - len(probe)
    while probe and (at := window.rfind(probe, 0, at + len(probe) - 1)) >= 0:
        period = len(window) - len(probe) - at
        if period > LONGEST_PERIOD:
            return None
        unit = window[-period:]
        if (unit + unit).find(unit, 1) < period:
            continue  # it repeats a shorter one, which was looked at before
        span = REPEATS * period
        if not broken:
            span = max(span, _LEAST_SPAN_SHORT if period < _SHORT_PERIOD else _LEAST_SPAN)
        else:
            span = max(span, _BROKEN_SPAN)
        tail = window[-span:]
        if len(tail) == span and tail[period:] == tail[:-period] and tail.strip():
            return period
    return None
