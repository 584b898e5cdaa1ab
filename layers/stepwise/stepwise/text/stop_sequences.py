"""Stop sequences: end an answer before the first of the client's sequences; the thinking is not searched."""

from __future__ import annotations

from stepwise.text.thinking import CLOSING, OPENING

__all__ = ["Stopper"]


class Stopper:
    """Searches the answer part of a growing raw text for the first of *sequences*.

    An end that may be the beginning of a sequence is held back, so that no part of a sequence is shown.
    """

    def __init__(self, sequences: tuple[str, ...], text: str = "") -> None:
        self._sequences = sequences
        self._longest = max(map(len, sequences))
        self._raw = text
        self._shown = len(text)
        self.stopped = False

    @property
    def text(self) -> str:
        """The raw text, up to the sequence if one was found."""
        return self._raw

    def feed(self, delta: str) -> str:
        """Take *delta* and return the text that may be shown now; ``stopped`` says whether a sequence was found."""
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
        """The text that is still held back, at the end."""
        return self._show(len(self._raw))

    def _answer_start(self) -> int | None:
        """Offset of the answer; None while the model thinks."""
        end = self._raw.rfind(CLOSING)
        if self._raw.rfind(OPENING) > end:
            return None
        return end + len(CLOSING) if end >= 0 else 0

    def _held(self) -> int:
        """Length of the longest end of the text with which a sequence or a tag begins."""
        for length in range(min(len(self._raw), max(self._longest, len(CLOSING)) - 1), 0, -1):
            tail = self._raw[-length:]
            if any(word.startswith(tail) for word in (*self._sequences, OPENING, CLOSING)):
                return length
        return 0

    def _show(self, end: int) -> str:
        text = self._raw[self._shown : end]
        self._shown = max(self._shown, end)
        return text
