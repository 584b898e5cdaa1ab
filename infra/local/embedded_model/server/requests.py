"""Request bodies, read as strictly as Go's decoder reads them, with its sentences where it refuses."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from embedded_model.server import durations, model_card
from embedded_model.server.options import OptionError, Options
from embedded_model.server.options import read as read_options
from embedded_model.values.message import Message

__all__ = ["ChatRequest", "Refusal", "body", "chat", "generate", "model_name"]

_SURROGATE = re.compile("[\ud800-\udfff]")


class Refusal(Exception):
    """A request that Ollama would not serve: HTTP *status* and the text of its ``error`` field."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status
        self.text = text


@dataclass(frozen=True)
class ChatRequest:
    """What a generation needs to know; *form* is ``None``, ``"json"`` or a JSON schema."""

    model: str
    messages: tuple[Message, ...]
    stream: bool
    options: Options
    stay: timedelta
    truncate: bool
    shift: bool
    logprobs: bool
    form: str | dict[str, Any] | None


def body(raw: bytes) -> dict[str, Any]:
    """The JSON object in *raw*.

    Raises:
        Refusal: 400 with Go's words, as recorded for an empty and a cut body.
    """
    if not raw:
        raise Refusal(400, "missing request body")
    text = raw.decode("utf-8", errors="replace")
    try:
        value = json.loads(text, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        rest = text[error.pos :].lstrip()
        if not rest or error.msg.startswith("Unterminated string"):
            raise Refusal(400, "unexpected EOF") from None
        raise Refusal(400, f"invalid character {rest[0]!r} looking for beginning of value") from None
    except (RecursionError, ValueError):
        raise Refusal(400, "exceeded max depth") from None
    if not isinstance(value, dict):
        raise Refusal(400, f"json: cannot unmarshal {_kind(value)} into Go value of type api.ChatRequest")
    return value


def model_name(fields: dict[str, Any]) -> str:
    """The model that is asked for.

    Raises:
        Refusal: 400 without one, 404 for one that is not here; both texts as recorded.
    """
    name = _field(fields, "model", str, "") or _field(fields, "name", str, "")
    if not name:
        raise Refusal(400, "model is required")
    if not model_card.knows(name):
        raise Refusal(404, f"model '{name}' not found")
    return str(name)


def chat(fields: dict[str, Any]) -> ChatRequest:
    """The body of ``/api/chat``."""
    messages = _field(fields, "messages", list, [])
    return _request(fields, tuple(_message(item) for item in messages))


def generate(fields: dict[str, Any]) -> ChatRequest:
    """The body of ``/api/generate``; no prompt means: only load."""
    prompt, system = _field(fields, "prompt", str, ""), _field(fields, "system", str, "")
    turns = [Message("system", _clean(system))] if system and prompt else []
    turns += [Message("user", _clean(prompt))] if prompt else []
    return _request(fields, tuple(turns))


def _request(fields: dict[str, Any], messages: tuple[Message, ...]) -> ChatRequest:
    name = model_name(fields)
    think = fields.get("think")
    if think is True or (isinstance(think, str) and think):
        raise Refusal(400, f'"{name.removesuffix(":latest")}" does not support thinking')
    try:
        options = read_options(_field(fields, "options", dict, {}))
    except OptionError as error:
        raise Refusal(500, str(error)) from None
    try:
        stay = durations.keep_alive(fields.get("keep_alive"))
    except durations.DurationError as error:
        raise Refusal(400, str(error)) from None
    return ChatRequest(
        model=name,
        messages=messages,
        stream=_field(fields, "stream", bool, True),
        options=options,
        stay=stay,
        truncate=_field(fields, "truncate", bool, True),
        shift=_field(fields, "shift", bool, True),
        logprobs=_field(fields, "logprobs", bool, False),
        form=_form(fields.get("format")),
    )


def _message(item: object) -> Message:
    if not isinstance(item, dict):
        raise Refusal(
            400,
            f"json: cannot unmarshal {_kind(item)} into Go struct field ChatRequest.messages of type api.Message",
        )
    return Message(_field(item, "role", str, ""), _clean(_field(item, "content", str, "")))


def _form(value: object) -> str | dict[str, Any] | None:
    if value is None or value == "":
        return None
    if value == "json" or isinstance(value, dict):
        return value
    given = json.dumps(json.dumps(value, ensure_ascii=False), ensure_ascii=False)
    raise Refusal(500, f'invalid format: {given}; expected "json" or a valid JSON Schema object')


def _field[T](fields: dict[str, Any], name: str, kind: type[T], default: T) -> T:
    value = fields.get(name)
    if value is None:
        return default
    if not isinstance(value, kind):
        wanted = {str: "string", list: "[]api.Message", bool: "bool", dict: "map[string]interface {}"}[kind]
        raise Refusal(
            400,
            f"json: cannot unmarshal {_kind(value)} into Go struct field ChatRequest.{name} of type {wanted}",
        )
    return value


def _kind(value: object) -> str:
    names: dict[type, str] = {str: "string", list: "array", dict: "object", bool: "bool", type(None): "null"}
    return names.get(type(value), "number")


def _clean(text: str) -> str:
    # Go's decoder does the same with half a surrogate pair.
    return _SURROGATE.sub("\ufffd", text)


def _no_constant(name: str) -> object:
    raise json.JSONDecodeError("constant", name, 0)
