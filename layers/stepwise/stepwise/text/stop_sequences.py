"""``stop``: end an answer before a sequence that the client names, in its answer and not in its thinking."""

from __future__ import annotations

from stepwise.text.thinking import CLOSING, OPENING

__all__ = ["Stopper"]


class Stopper:
    """Looks for the first of *sequences* in the answer part of a raw text that grows.

    A tail that may become a sequence is held back, so that nothing of it is shown.
    """

    def __init__(self, sequences: tuple[str, ...], text: str = "") -> None:
        self._sequences = sequences
        self._longest = max(map(len, sequences))
        self._raw = text
        self._shown = len(text)
        self.stopped = False

    @property
    def text(self) -> str:
        """The raw text, cut before the sequence once one was found."""
        return self._raw

    def feed(self, delta: str) -> str:
        """What may be shown now; ``stopped`` tells whether a sequence was found."""
        self._raw += delta
        start = self._answer_start()
        if start is None:
            return self._show(len(self._raw))
        begin = max(start, self._shown - self._longest)
        found = [at for sequence in self._sequences if (at := self._raw.find(sequence, begin)) >= 0]
        if found:
            self.stopped = True
            self._raw = self._raw[: min(found)]
            return self._show(len(self._raw))
        return self._show(max(start, len(self._raw) - self._held()))

    def rest(self) -> str:
        """What was held back, at the end."""
        return self._show(len(self._raw))

    def _answer_start(self) -> int | None:
        """Where the answer begins; None while the model thinks."""
        end = self._raw.rfind(CLOSING)
        if self._raw.rfind(OPENING) > end:
            return None
        return end + len(CLOSING) if end >= 0 else 0

    def _held(self) -> int:
        """Length of the longest tail that a sequence or a tag begins with."""
        for length in range(min(len(self._raw), max(self._longest, len(CLOSING)) - 1), 0, -1):
            tail = self._raw[-length:]
            if any(word.startswith(tail) for word in (*self._sequences, OPENING, CLOSING)):
                return length
        return 0

    def _show(self, end: int) -> str:
        text = self._raw[self._shown : end]
        self._shown = max(self._shown, end)
        return text
