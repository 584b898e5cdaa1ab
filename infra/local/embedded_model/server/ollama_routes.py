"""Ollama's own endpoints, as recorded from version 0.24."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from embedded_model.server import model_card, requests
from embedded_model.server.engine import Engine, Run
from embedded_model.server.replies import json_response, stream, unless_gone
from embedded_model.server.requests import ChatRequest, Refusal

__all__ = ["OllamaRoutes"]

_NDJSON = "application/x-ndjson"
Fill = Callable[[str], dict[str, Any]]


class OllamaRoutes:
    """The handlers; each takes a request and gives a response."""

    def __init__(self, engine: Engine, version: str) -> None:
        self._engine = engine
        self._version = version

    async def root(self, _: Request) -> Response:
        """``GET /``: the sign of life."""
        return Response(b"Ollama is running", headers={"content-type": "text/plain; charset=utf-8"})

    async def version(self, _: Request) -> Response:
        """``GET /api/version``."""
        return json_response({"version": self._version})

    async def tags(self, _: Request) -> Response:
        """``GET /api/tags``: the models there are."""
        return json_response({"models": [model_card.tag()]})

    async def processes(self, _: Request) -> Response:
        """``GET /api/ps``: the models that are loaded."""
        return json_response({"models": self._engine.residency.models()})

    async def show(self, request: Request) -> Response:
        """``POST /api/show``."""
        try:
            requests.model_name(requests.body(await request.body()))
        except Refusal as refusal:
            return json_response({"error": refusal.text}, refusal.status)
        return json_response(model_card.show())

    async def chat(self, request: Request) -> Response:
        """``POST /api/chat``: answers, continues, loads or unloads."""
        return await self._answer(request, requests.chat, _message)

    async def generate(self, request: Request) -> Response:
        """``POST /api/generate``: the older form of the same."""
        return await self._answer(request, requests.generate, _response)

    async def _answer(
        self, request: Request, read: Callable[[dict[str, Any]], ChatRequest], fill: Fill
    ) -> Response:
        try:
            asked = read(requests.body(await request.body()))
        except Refusal as refusal:
            return json_response({"error": refusal.text}, refusal.status)
        if not asked.messages:
            return self._load(asked, fill)
        if asked.stream:
            return await stream(request, self._lines(asked, fill), _NDJSON, _stream_refusal)
        return await unless_gone(request, self._whole(asked, fill))

    def _load(self, asked: ChatRequest, fill: Fill) -> Response:
        if asked.stay:
            self._engine.residency.load(asked.options.num_ctx, asked.stay)
        else:
            self._engine.residency.unload()
        line = self._line(asked, fill("")) | {"done": True, "done_reason": "load" if asked.stay else "unload"}
        return json_response(line)

    async def _whole(self, asked: ChatRequest, fill: Fill) -> Response:
        try:
            async with self._engine.run(asked) as run:
                pieces = [piece async for piece in self._engine.paced(run)]
                now = time.monotonic_ns()
        except Refusal as refusal:
            return json_response({"error": refusal.text}, refusal.status)
        line = self._line(asked, fill("".join(pieces))) | _logprobs(asked, pieces)
        return json_response(_done(line, run, len(pieces), now))

    async def _lines(self, asked: ChatRequest, fill: Fill) -> AsyncGenerator[bytes]:
        async with self._engine.run(asked) as run:
            emitted = 0
            try:
                async with aclosing(self._engine.paced(run)) as pieces:
                    async for piece in pieces:
                        emitted += 1
                        line = self._line(asked, fill(piece)) | _logprobs(asked, [piece])
                        yield _encoded(line | {"done": False})
            except Refusal as refusal:
                # Recorded: the status is sent, so the error is a line.
                yield _encoded({"error": refusal.text})
                return
            line = self._line(asked, fill(""))
            yield _encoded(_done(line, run, emitted, time.monotonic_ns()))

    def _line(self, asked: ChatRequest, content: dict[str, Any]) -> dict[str, Any]:
        return {"model": asked.model, "created_at": self._engine.stamp()} | content


def _message(text: str) -> dict[str, Any]:
    return {"message": {"role": "assistant", "content": text}}


def _response(text: str) -> dict[str, Any]:
    return {"response": text}


def _logprobs(asked: ChatRequest, pieces: list[str]) -> dict[str, Any]:
    """What is certain has the probability 1."""
    if not asked.logprobs:
        return {}
    return {"logprobs": [{"token": piece, "logprob": 0.0, "bytes": list(piece.encode())} for piece in pieces]}


def _done(line: dict[str, Any], run: Run, emitted: int, now_ns: int) -> dict[str, Any]:
    end = {"done": True, "done_reason": run.plan.done_reason}
    logprobs = {"logprobs": line.pop("logprobs")} if "logprobs" in line else {}
    return line | end | logprobs | run.figures(emitted, now_ns)


def _stream_refusal(refusal: Refusal) -> Response:
    # Recorded: without the charset, as the header was set for a stream.
    return json_response({"error": refusal.text}, refusal.status, "application/json")


def _encoded(line: dict[str, Any]) -> bytes:
    return json.dumps(line, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
