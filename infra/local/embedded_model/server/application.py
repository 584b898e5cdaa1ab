"""The server's routes as an ASGI application."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from embedded_model.server.engine import Engine
from embedded_model.server.ollama_routes import OllamaRoutes
from embedded_model.server.openai_routes import OpenAIRoutes
from embedded_model.server.thinker import Thinker

__all__ = ["VERSION", "application"]

# The version whose protocol it speaks; the suffix says that it is not that program.
VERSION = "0.24.0-embedded"
_TEXTS = {404: "404 page not found", 405: "405 method not allowed"}


def application(engine: Engine, thinker: Thinker) -> Starlette:
    """The application; its lifespan starts and ends the worker process."""

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        await thinker.start()
        try:
            yield
        finally:
            await thinker.stop()

    ollama, openai = OllamaRoutes(engine, VERSION), OpenAIRoutes(engine)
    handlers: list[tuple[str, str, Callable[[Request], Awaitable[Response]]]] = [
        ("GET", "/", ollama.root),
        ("GET", "/api/version", ollama.version),
        ("GET", "/api/tags", ollama.tags),
        ("GET", "/api/ps", ollama.processes),
        ("POST", "/api/show", ollama.show),
        ("POST", "/api/chat", ollama.chat),
        ("POST", "/api/generate", ollama.generate),
        ("GET", "/v1/models", openai.models),
        ("POST", "/v1/chat/completions", openai.chat),
    ]
    return Starlette(
        routes=[Route(path, handler, methods=[method]) for method, path, handler in handlers],
        exception_handlers={HTTPException: _plain_text},
        lifespan=lifespan,
    )


async def _plain_text(_: Request, error: Exception) -> Response:
    """Unknown paths and wrong methods, in the words of Go's server."""
    status = error.status_code if isinstance(error, HTTPException) else 500
    headers = dict(error.headers or {}) if isinstance(error, HTTPException) else {}
    return Response(_TEXTS.get(status, "").encode(), status, headers=headers | {"content-type": "text/plain"})
