"""Find a loop: a text that ends with repetitions of the same passage.

Ollama stops a model that repeats one token 30 times, but does not notice longer periods. The result depends only on the
text and not on its division into tokens, so it is the same after a hand-over.
"""

from __future__ import annotations

__all__ = ["loop_start", "without_loop"]

REPEATS = 4
LONGEST_PERIOD = 1_250
"""Characters: 200 tokens of English at 0.16 a character (see :mod:`stepwise.text.tokens`)."""
_SHORT_PERIOD = 8
_LEAST_SPAN = 100
_LEAST_SPAN_SHORT = 200
"""Least length of a loop with a short period; rulers, zeros and dotted lines are shorter."""
_BROKEN_SPAN = 24
"""Least length after a stream that the host broke off, as it does after 30 equal tokens."""
_PROBE = 16


def loop_start(text: str, *, broken: bool = False) -> int | None:
    """Offset of the end of the first period of the loop at the end of *text*; None if there is no loop.

    A loop is a period of at most 1,250 characters, at least four times. *broken* says that the host ended the stream
    without its last line, as it does after equal tokens; then a shorter loop counts too.
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
    """*text* up to the end of the first period of the loop at its end; None if there is no loop."""
    start = loop_start(text, broken=broken)
    return None if start is None else text[:start]


def _period(window: str, *, broken: bool) -> int | None:
    """The shortest period that is repeated often enough at the end of *window*."""
    probe = window[-_PROBE:]
    at = len(window) - len(probe)
    while probe and (at := window.rfind(probe, 0, at + len(probe) - 1)) >= 0:
        period = len(window) - len(probe) - at
        if period > LONGEST_PERIOD:
            return None
        unit = window[-period:]
        if (unit + unit).find(unit, 1) < period:
            continue  # a multiple of a shorter period, which was tested before
        span = REPEATS * period
        if not broken:
            span = max(span, _LEAST_SPAN_SHORT if period < _SHORT_PERIOD else _LEAST_SPAN)
        else:
            span = max(span, _BROKEN_SPAN)
        tail = window[-span:]
        if len(tail) == span and tail[period:] == tail[:-period] and tail.strip():
            return period
    return None
