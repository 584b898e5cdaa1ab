"""A longer thinking than this model needs, or one that never ends: to try how the bundle deals with them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from embedded_model.server import tokens

__all__ = ["LONGEST_LOOP_TOKENS", "Rumination"]

LONGEST_LOOP_TOKENS = 40_000
"""A loop ends here where the request sets no limit."""
_OPENING, _CLOSING = "<think>\n", "\n</think>"
_LOOPS = ("Wait, let me check this once more. ", "等等，我再检查一遍。")


@dataclass(frozen=True)
class Rumination:
    """How the model is to think: at least *thinking_tokens* tokens, and in circles where *loop* says so."""

    thinking_tokens: int = 0
    loop: Literal["", "thinking", "answer"] = ""

    def applied(self, text: str) -> str:
        """*text*, a thinking and an answer, as this model would write it."""
        if not text.startswith(_OPENING) or _CLOSING not in text:
            return text
        thinking, _, answer = text.removeprefix(_OPENING).rpartition(_CLOSING)
        if self.loop == "thinking":
            return _OPENING + thinking + "\n" + _in_circles(answer)
        if self.loop == "answer":
            return text + "\n\n" + _in_circles(answer)
        return _OPENING + self._prolonged(thinking) + _CLOSING + answer

    def _prolonged(self, thinking: str) -> str:
        """*thinking* with its lines gone over again, each pass counted, so that no two passages are the same."""
        lines = [line for line in thinking.split("\n") if line.strip()] or ["…"]
        written = [thinking]
        length, passes = tokens.count(thinking), 0
        while length < self.thinking_tokens:
            line = lines[passes % len(lines)]
            passes += 1
            written.append(f"({passes}) {line}")
            length += tokens.count(written[-1])
        return "\n".join(written)


def _in_circles(answer: str) -> str:
    line = _LOOPS[1] if any("\u4e00" <= character <= "\u9fff" for character in answer[:200]) else _LOOPS[0]
    return line * (LONGEST_LOOP_TOKENS // tokens.count(line))
