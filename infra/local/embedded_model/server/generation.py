"""From the whole text of an answer to the tokens that one request gets of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Literal

from embedded_model.server import tokens
from embedded_model.server.options import Options

__all__ = ["Plan", "continuation", "fit", "plan"]

_OPENING, _CLOSING = "<think>", "</think>"


@dataclass(frozen=True)
class Plan:
    """What is sent: its tokens, why it ends, and the length of the prompt in tokens."""

    pieces: tuple[str, ...]
    done_reason: Literal["stop", "length"]
    prompt_tokens: int


def continuation(full: str, prefill: str) -> str:
    """What comes after *prefill*, the beginning of an answer whose whole text is *full*.

    The exact rest where *full* begins with it, also where its opening ``<think>`` was dropped. Where
    somebody closed the thinking before its end, the answer follows, from where it was begun. Where somebody else
    wrote the beginning, its thinking is closed and the answer follows.
    """
    for text in (full, full.removeprefix(_OPENING), full.removeprefix(_OPENING).lstrip()):
        if text.startswith(prefill):
            return text[len(prefill) :]
    _, _, answer = full.partition(_CLOSING)
    _, closed, begun = prefill.rpartition(_CLOSING)
    if closed and answer.lstrip().startswith(begun.lstrip()):
        return answer.lstrip()[len(begun.lstrip()) :]
    lead = f"\n{_CLOSING}\n\n" if prefill.count(_OPENING) > prefill.count(_CLOSING) else "\n\n"
    return lead + answer.lstrip()


def plan(text: str, prompt_tokens: int, options: Options, *, shift: bool) -> Plan:
    """The part of *text* that the limits leave.

    With ``shift`` off an answer ends where the context is full: recorded with ``num_ctx`` 256 and a prompt of 20
    tokens, 237 came.
    """
    limits = [options.num_predict] if options.num_predict >= 0 else []
    if not shift or options.num_predict == -2:
        limits.append(max(options.num_ctx - prompt_tokens + 1, 1))
    text = _before_stop(text, options.stop)
    if not limits:
        return Plan(tuple(tokens.split(text)), "stop", prompt_tokens)
    limit = min(limits)
    pieces = tuple(islice(tokens.split(text), limit + 1))
    return Plan(pieces[:limit], "length" if len(pieces) > limit else "stop", prompt_tokens)


def fit(contents: Sequence[str], roles: Sequence[str], num_ctx: int) -> list[int]:
    """Indices of the messages that stay in a context of *num_ctx* tokens: the oldest leave first.

    System messages and the last one stay, as in Ollama.
    """
    kept = list(range(len(contents)))
    while tokens.prompt_tokens([contents[at] for at in kept]) > num_ctx:
        oldest = next((at for at in kept[:-1] if roles[at] != "system"), None)
        if oldest is None:
            break
        kept.remove(oldest)
    return kept


def _before_stop(text: str, stops: Sequence[str]) -> str:
    found = [at for at in (text.find(stop) for stop in stops) if at >= 0]
    return text[: min(found)] if found else text
