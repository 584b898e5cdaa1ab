"""Ollama's chat protocol: build requests, parse lines of an answer and errors.

There is no input or output here. Sources: recorded answers of an Ollama 0.24 server, and Ollama's API document
(https://github.com/ollama/ollama/blob/main/docs/api.md) for ``message.thinking`` and durations in nanoseconds.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from stepwise.ollama.port import Prompt

__all__ = [
    "Garbage",
    "ResidentModel",
    "ThinkingJoiner",
    "UpstreamError",
    "chat_body",
    "keep_alive_value",
    "launch_attributes",
    "parse_line",
    "parse_object",
    "refusal_reason",
    "resident_models",
    "same_model",
    "upstream_reason",
]

OPEN, CLOSE = "<think>", "</think>"
_REPEAT_PENALTY = 1.0
"""Off. Ollama sends 1.1 over 64 tokens where a request says nothing (until 0.32.10), which distorts long reasoning."""


@dataclass(frozen=True)
class ResidentModel:
    """A model that the host holds in memory, with the context length that it was loaded with."""

    name: str
    context_length: int
    expires_at: str = ""


class Garbage(ValueError):
    """A violation of the protocol; the text says which, without the host's text."""


class UpstreamError(Exception):
    """The host sent ``{"error": …}``; the text is a word of :func:`upstream_reason`."""


@dataclass(frozen=True)
class Line:
    """One line of a streamed answer, its types checked. ``done`` is None until the last line."""

    content: str
    thinking: str
    done: Done | None


@dataclass(frozen=True)
class Done:
    """The figures of the last line; None where the host left one out. Durations in nanoseconds."""

    reason: str | None
    prompt_tokens: int | None
    completion_tokens: int | None
    load_ns: int | None
    total_ns: int | None
    prompt_ns: int | None


def keep_alive_value(keep_alive: str) -> int | str:
    """``keep_alive`` as Ollama reads it: a number means seconds, a string a duration such as ``30m``."""
    try:
        return int(keep_alive)
    except ValueError:
        return keep_alive


def chat_body(prompt: Prompt, *, num_ctx: int, keep_alive: str) -> dict[str, Any]:
    """The body of ``POST /api/chat``.

    Sampling parameters are in ``options``; at the top level they are silently ignored. ``truncate: false`` makes a too
    long prompt an error instead of truncating it, ``shift: false`` ends a full context with ``length`` instead of
    dropping its beginning. ``think`` and ``format`` are never sent: the first is a 400 with this model, the second
    prevents its thinking.
    """
    messages = [dict(message) for message in prompt.messages]
    if prompt.prefill:
        messages.append({"role": "assistant", "content": prompt.prefill})
    return {
        "model": prompt.model,
        "messages": messages,
        "stream": True,
        **launch_attributes(num_ctx=num_ctx, keep_alive=keep_alive),
        "options": {
            "repeat_penalty": _REPEAT_PENALTY,
            **prompt.options,
            "num_ctx": num_ctx,
            "num_predict": prompt.num_predict,
        },
    }


def launch_attributes(*, num_ctx: int, keep_alive: str) -> dict[str, Any]:
    """What the host loads a model with: the same in every call, as another value makes it load the model again."""
    return {
        "truncate": False,
        "shift": False,
        "keep_alive": keep_alive_value(keep_alive),
        "options": {"num_ctx": num_ctx},
    }


def parse_object(data: bytes) -> dict[str, Any]:
    """One JSON object of the host.

    Raises:
        Garbage: it is something else.
        UpstreamError: it is an error.
    """
    try:
        value = json.loads(data)
    except (ValueError, RecursionError):
        raise Garbage("not_json") from None
    if not isinstance(value, dict):
        raise Garbage("not_an_object")
    if value.get("error") is not None:
        raise UpstreamError(upstream_reason(value["error"]))
    return value


def parse_line(data: bytes) -> Line:
    """One line that is not blank of an answer of ``/api/chat``; raises as :func:`parse_object` does."""
    value = parse_object(data)
    done = value.get("done", False)
    message = value.get("message", {} if done is True else None)
    if not isinstance(done, bool) or not isinstance(message, dict):
        raise Garbage("not_a_chat_line")
    return Line(
        content=_text(message, "content"),
        thinking=_text(message, "thinking"),
        done=_done(value) if done else None,
    )


def _done(value: Mapping[str, Any]) -> Done:
    reason = value.get("done_reason")
    if not (reason is None or isinstance(reason, str)):
        raise Garbage("done_reason_type")
    return Done(
        reason=reason,
        prompt_tokens=_count(value, "prompt_eval_count"),
        completion_tokens=_count(value, "eval_count"),
        load_ns=_count(value, "load_duration"),
        total_ns=_count(value, "total_duration"),
        prompt_ns=_count(value, "prompt_eval_duration"),
    )


def _text(message: Mapping[str, Any], key: str) -> str:
    text = message.get(key)
    if text is None:
        return ""
    if not isinstance(text, str):
        raise Garbage(f"{key}_type")
    try:
        text.encode()
    except UnicodeEncodeError:
        # A lone surrogate cannot be encoded as UTF-8.
        return text.encode(errors="surrogatepass").decode(errors="replace")
    return text


def _count(value: Mapping[str, Any], key: str) -> int | None:
    count = value.get(key)
    if count is None:
        return None
    if type(count) is not int or count < 0:
        raise Garbage(f"{key}_type")
    return count


class ThinkingJoiner:
    """Joins ``message.thinking`` and ``message.content`` into one raw text with ``<think>…</think>``.

    A prefill may end inside an open ``<think>``. The host then either goes on in ``content`` (the closing tag comes
    from the model) or in ``thinking``; in that case the tag that is already open is not opened again. Thinking that
    never ends stays open: the answer that would follow does not exist.
    """

    def __init__(self, prefill: str = "") -> None:
        self._prefill_thinks = prefill.rfind(OPEN) > prefill.rfind(CLOSE)
        self._thinking = False

    def join(self, thinking: str, content: str) -> str:
        """The raw text of one line."""
        text = ""
        if thinking:
            if not self._thinking and not self._prefill_thinks:
                text += OPEN
            self._thinking, self._prefill_thinks = True, False
            text += thinking
        if content:
            if self._thinking:
                text += CLOSE
            self._thinking = False
            text += content
        return text


_REASONS = (
    ("input length exceeds", "prompt_too_long"),
    ("exceeds the context", "prompt_too_long"),
    ("requires more system memory", "out_of_memory"),
    ("out of memory", "out_of_memory"),
    ("maximum pending requests", "host_busy"),
    ("running the model", "runner_died"),
    ("runner process", "runner_died"),
    ("does not support", "capability_missing"),
    ("not found", "model_missing"),
    ("must be of type", "option_type"),
)


def upstream_reason(message: object) -> str:
    """A fixed word for an error text of the host, which may quote the prompt."""
    text = message.lower() if isinstance(message, str) else ""
    return next((word for needle, word in _REASONS if needle in text), "unknown_error")


def refusal_reason(body: bytes) -> str:
    """A fixed word for the body of a response whose status is not 200."""
    try:
        parse_object(body)
    except UpstreamError as error:
        return str(error)
    except Garbage:
        pass  # the host's proxy, perhaps; the status is told all the same
    return "no_error_text"


def resident_models(value: Mapping[str, Any]) -> list[ResidentModel]:
    """The answer of ``GET /api/ps``."""
    models = []
    for entry in _entries(value):
        context = entry.get("context_length", 0)
        expires = entry.get("expires_at", "")
        if type(context) is not int or not isinstance(expires, str):
            raise Garbage("ps_types")
        models.append(ResidentModel(name=_name(entry), context_length=context, expires_at=expires))
    return models


def _entries(value: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    models = value.get("models")
    if models is None:
        models = []
    if not isinstance(models, list) or not all(isinstance(entry, dict) for entry in models):
        raise Garbage("models_type")
    return models


def _name(entry: Mapping[str, Any]) -> str:
    name = entry.get("name") or entry.get("model")
    if not isinstance(name, str):
        raise Garbage("model_name_type")
    return name


def same_model(one: str, other: str) -> bool:
    """True if both names mean the same model: a name without a tag means ``:latest``."""
    return _tagged(one) == _tagged(other)


def _tagged(name: str) -> str:
    return name if ":" in name.rsplit("/", 1)[-1] else f"{name}:latest"
