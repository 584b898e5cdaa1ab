"""Detect whether a host continues a draft or restarts its answer."""

from __future__ import annotations

__all__ = ["ContinuationCheck", "NotContinued"]

_PROBE = 32
"""Characters of a continuation that decide whether the host continues or restarts."""
_LEAST = 8
"""Least length of a draft whose repetition can be recognised."""
_OPENING = "<think>"


class NotContinued(Exception):
    """The host restarted its answer instead of continuing it."""


class ContinuationCheck:
    """Holds back the beginning of a continuation until it is clear that it continues *text*."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._held = ""
        self._decided = not text.strip()

    @property
    def holding(self) -> bool:
        """Whether received text is held back."""
        return bool(self._held)

    def pass_on(self, delta: str) -> str:
        if self._decided:
            return delta
        self._held += delta
        if len(self._held.lstrip()) < _PROBE:
            return ""
        return self.rest()

    def rest(self, *, cut: bool = False) -> str:
        """The text that is still held back, at the end; raises NotContinued if it is a restart.

        If the continuation was *cut* before that is clear, text that may be a restart is dropped: a few tokens, which
        the next continuation generates again.
        """
        if not self._decided and _begins_anew(self._text, self._held):
            raise NotContinued
        if not self._decided and cut and _may_begin_anew(self._text, self._held):
            self._held = ""
        held, self._held, self._decided = self._held, "", True
        return held


def _begins_anew(text: str, continuation: str) -> bool:
    """Whether *continuation* repeats the beginning of *text*.

    If *text* is repetitive or very short this cannot be decided, and the host is assumed to continue.
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
    """How a restart of *text* may begin: with its opening tag, or without, as thinking may be a separate field."""
    whole = text.lstrip()
    inside = whole.removeprefix(_OPENING).lstrip()
    return (whole, inside) if inside and inside != whole else (whole,)
