"""Estimate the tokens of a chunk, before the host's count at the end of the call.

Ollama sends a chunk for each token, but holds back the bytes of an incomplete character: a chunk of Chinese or emoji
can be several tokens. The host's count at the end of a call is exact, and improves the estimate for the next call.
"""

from __future__ import annotations

import threading

__all__ = ["ChunkCounter", "MultiByteTokens"]

_FIRST_OF_THREE_BYTES = "\u0800"
_LEAST_CHUNKS = 16
_MOST_TOKENS = 4.0
_WEIGHT = 0.3


class MultiByteTokens:
    """Moving average of tokens per chunk that holds a character of three or four bytes. Thread-safe."""

    def __init__(self) -> None:
        self._average = 1.0
        self._learned = False
        self._lock = threading.Lock()

    @property
    def average(self) -> float:
        return self._average

    def learn(self, chunks: int, tokens: int) -> None:
        """Update the average after a call: *chunks* with such a character were *tokens* tokens."""
        if chunks < _LEAST_CHUNKS:
            return
        found = min(max(tokens / chunks, 1.0), _MOST_TOKENS)
        with self._lock:
            self._average += (found - self._average) * (_WEIGHT if self._learned else 1.0)
            self._learned = True


class ChunkCounter:
    """Counts the tokens of one call by chunks; fractions are carried over to the next chunk."""

    def __init__(self, expected: MultiByteTokens) -> None:
        self._expected = expected
        self._carried = 0.0
        self._plain = 0
        self._multi_byte = 0
        self.total = 0

    def tokens_of(self, text: str) -> int:
        """Tokens that the chunk *text* stands for, at least one."""
        tokens = 1
        if max(text) >= _FIRST_OF_THREE_BYTES:
            self._multi_byte += 1
            self._carried += self._expected.average - 1.0
            tokens += int(self._carried)
            self._carried -= int(self._carried)
        else:
            self._plain += 1
        self.total += tokens
        return tokens

    def finish(self, counted: int) -> None:
        """The host has *counted* the tokens of the call."""
        self._expected.learn(self._multi_byte, counted - self._plain)
