"""Ollama's OpenAI-compatible endpoints, as recorded from version 0.24."""

from __future__ import annotations

import itertools
import json
import time
from collections.abc import AsyncGenerator
from contextlib import aclosing
from datetime import datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from embedded_model.server import model_card, requests
from embedded_model.server.engine import Engine, Run
from embedded_model.server.replies import json_response, stream, unless_gone
from embedded_model.server.requests import ChatRequest, Refusal

__all__ = ["OpenAIRoutes"]

_PLAIN_JSON = "application/json"
_TYPES = {400: "invalid_request_error", 404: "not_found_error"}


class OpenAIRoutes:
    """The handlers of ``/v1``."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._numbers = itertools.count(1)

    async def models(self, _: Request) -> Response:
        """``GET /v1/models``."""
        tag = model_card.tag()
        created = int(datetime.fromisoformat(tag["modified_at"]).timestamp())
        entry = {"id": tag["name"], "object": "model", "created": created, "owned_by": "library"}
        return json_response({"object": "list", "data": [entry]}, content_type=_PLAIN_JSON)

    async def chat(self, request: Request) -> Response:
        """``POST /v1/chat/completions``."""
        try:
            fields = requests.body(await request.body())
            asked = _translated(fields)
        except Refusal as refusal:
            return _error(refusal)
        head = {
            "id": f"chatcmpl-{next(self._numbers)}",
            "created": int(time.time()),
            "model": asked.model,
            "system_fingerprint": "fp_ollama",
        }
        if asked.stream:
            options = fields.get("stream_options")
            usage = isinstance(options, dict) and options.get("include_usage") is True
            return await stream(request, self._events(asked, head, usage), "text/event-stream", _error)
        return await unless_gone(request, self._whole(asked, head))

    async def _whole(self, asked: ChatRequest, head: dict[str, Any]) -> Response:
        try:
            async with self._engine.run(asked) as run:
                pieces = [piece async for piece in self._engine.paced(run)]
        except Refusal as refusal:
            return _error(refusal)
        choice = {
            "index": 0,
            "message": {"role": "assistant", "content": "".join(pieces)},
            "finish_reason": run.plan.done_reason,
        }
        body = head | {"object": "chat.completion", "choices": [choice], "usage": _usage(run, len(pieces))}
        return json_response(body, content_type=_PLAIN_JSON)

    async def _events(self, asked: ChatRequest, head: dict[str, Any], usage: bool) -> AsyncGenerator[bytes]:
        head = head | {"object": "chat.completion.chunk"}
        async with self._engine.run(asked) as run:
            emitted = 0
            try:
                async with aclosing(self._engine.paced(run)) as pieces:
                    async for piece in pieces:
                        emitted += 1
                        yield _event(head | {"choices": [_delta(piece, None)]})
            except Refusal as refusal:
                yield _event(_error_body(refusal))
                return
            yield _event(head | {"choices": [_delta("", run.plan.done_reason)]})
            if usage:
                yield _event(head | {"choices": [], "usage": _usage(run, emitted)})
            yield b"data: [DONE]\n\n"


def _translated(fields: dict[str, Any]) -> ChatRequest:
    """The same request in Ollama's own words; ``think``, ``truncate`` and the like do not exist here."""
    limit = fields.get("max_completion_tokens", fields.get("max_tokens"))
    stop = fields.get("stop")
    asked = requests.chat(
        {
            "model": fields.get("model"),
            "messages": fields.get("messages"),
            "stream": bool(fields.get("stream", False)),
            "options": {
                "num_predict": limit,
                "temperature": fields.get("temperature"),
                "top_p": fields.get("top_p"),
                "seed": fields.get("seed"),
                "stop": [stop] if isinstance(stop, str) else stop,
            },
        }
    )
    if not asked.messages:
        raise Refusal(400, "[] is too short - 'messages'")
    return asked


def _error(refusal: Refusal) -> Response:
    return json_response(_error_body(refusal), refusal.status, _PLAIN_JSON)


def _error_body(refusal: Refusal) -> dict[str, Any]:
    error = {
        "message": refusal.text,
        "type": _TYPES.get(refusal.status, "api_error"),
        "param": None,
        "code": None,
    }
    return {"error": error}


def _delta(text: str, reason: str | None) -> dict[str, Any]:
    return {"index": 0, "delta": {"role": "assistant", "content": text}, "finish_reason": reason}


def _usage(run: Run, emitted: int) -> dict[str, int]:
    prompt = run.plan.prompt_tokens
    return {"prompt_tokens": prompt, "completion_tokens": emitted, "total_tokens": prompt + emitted}


def _event(value: dict[str, Any]) -> bytes:
    return b"data: " + json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode() + b"\n\n"
