"""Tell whether a host goes on with a draft or begins its answer anew."""

from __future__ import annotations

__all__ = ["ContinuationCheck", "NotContinued"]

_PROBE = 32
"""Characters of a continuation that show whether the host goes on or begins anew."""
_LEAST = 8
"""A shorter draft is not recognized when it comes again."""
_OPENING = "<think>"


class NotContinued(Exception):
    """The host answered a continuation from the beginning."""


class ContinuationCheck:
    """Holds the beginning of a continuation back until it is clear that it goes on with *text*."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._held = ""
        self._decided = not text.strip()

    @property
    def holding(self) -> bool:
        """Whether text is held back that has come already."""
        return bool(self._held)

    def pass_on(self, delta: str) -> str:
        if self._decided:
            return delta
        self._held += delta
        if len(self._held.lstrip()) < _PROBE:
            return ""
        return self.rest()

    def rest(self, *, cut: bool = False) -> str:
        """What is held, for good; raises when it is the beginning again.

        Of a continuation that was *cut* before it could be told, what may be the beginning again is dropped: a few
        tokens, which the next continuation writes once more.
        """
        if not self._decided and _begins_anew(self._text, self._held):
            raise NotContinued
        if not self._decided and cut and _may_begin_anew(self._text, self._held):
            self._held = ""
        held, self._held, self._decided = self._held, "", True
        return held


def _begins_anew(text: str, continuation: str) -> bool:
    """Whether *continuation* repeats the beginning of *text*.

    A text that repeats itself, or is very short, cannot tell: there the benefit of the doubt goes to the host.
    """
    start = continuation.lstrip()
    if start.startswith(_OPENING):
        return True
    for whole in _beginnings(text):
        length = min(_PROBE, len(whole))
        again = len(start) >= length >= _LEAST and start[:length] == whole[:length]
        if again and whole.find(start[:length], 1) < 0:
            return True
    return False


def _may_begin_anew(text: str, continuation: str) -> bool:
    start = continuation.lstrip()[:_PROBE]
    return any(whole.startswith(start) or start.startswith(whole) for whole in _beginnings(text))


def _beginnings(text: str) -> tuple[str, ...]:
    """How a host would write *text* again: with its opening tag, or without where thinking is a field of its own."""
    whole = text.lstrip()
    inside = whole.removeprefix(_OPENING).lstrip()
    return (whole, inside) if inside and inside != whole else (whole,)
