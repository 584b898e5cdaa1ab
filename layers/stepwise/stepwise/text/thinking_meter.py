"""Count the tokens of a thinking while it streams in, and build the text that closes it."""

from __future__ import annotations

from stepwise.text.thinking import CLOSING, OPENING, Thinking, begins_aloud

__all__ = ["ThinkingMeter", "closing_text"]


_START = 64
"""Characters that decide whether a text begins like a thinking without its opening tag."""


class ThinkingMeter:
    """Follows a draft: whether it ends inside a thinking, and the number of tokens of thinking.

    The result does not depend on how the text is cut: a meter that begins with half of a draft and its counts continues
    like one that saw all of it.
    """

    def __init__(self, mode: Thinking, *, text: str = "", tokens: int = 0, thought: int = 0) -> None:
        """Begin with *text*, of *tokens* tokens, of which *thought* were thinking."""
        self._mode = mode
        self._tokens = tokens
        self.thought = thought
        self._tail = ""
        self._start = ""
        self._tagged = False
        self._inside = False
        self._missed_opening = False
        self._read(text)

    @property
    def thinking(self) -> bool:
        """Whether the text ends inside a thinking."""
        if self._tagged:
            return self._inside
        return self._mode == "implicit" or (self._mode == "auto" and begins_aloud(self._start))

    @property
    def tagged(self) -> bool:
        """Whether a tag has been seen."""
        return self._tagged

    def feed(self, delta: str, tokens: int) -> None:
        """Take *delta*, the text of *tokens* more tokens."""
        before = self.thinking
        closed_untagged = not self._tagged
        self._tokens += tokens
        self._read(delta)
        if self._tagged and closed_untagged and not self._inside and self._missed_opening:
            self.thought = self._tokens  # the text so far was thinking without an opening tag
        elif before or self.thinking:
            self.thought += tokens

    def _read(self, delta: str) -> None:
        text = self._tail + delta
        if len(self._start) < _START:
            self._start += delta[: _START - len(self._start)]
        at = 0
        while True:
            found = [(place, tag) for tag in (OPENING, CLOSING) if (place := text.find(tag, at)) >= 0]
            if not found:
                break
            place, tag = min(found)
            if not self._tagged:
                self._missed_opening = tag == CLOSING and self._mode != "tagged"
            self._tagged = True
            self._inside = tag == OPENING
            at = place + len(tag)
        self._tail = text[at:][-(len(CLOSING) - 1) :]


def closing_text(text: str, answer_start: str) -> str:
    """The text that closes the thinking at the end of *text*: the closing tag and the beginning of the answer.

    An incomplete tag at the end is completed.
    """
    for length in range(min(len(CLOSING) - 1, len(text)), 0, -1):
        if CLOSING.startswith(text[-length:]):
            return f"{CLOSING[length:]}\n\n{answer_start}"
    return f"\n{CLOSING}\n\n{answer_start}"
