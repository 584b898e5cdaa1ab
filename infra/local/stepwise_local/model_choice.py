"""Which model answers: the host that was asked for, a running Ollama, or the embedded model server."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

import httpx

__all__ = ["EMBEDDED_MODEL", "Model", "ModelMissing", "choose_model", "context_hint"]

DEFAULT_HOST = "http://127.0.0.1:11434"
"""Where Ollama listens when it is not told otherwise."""
EMBEDDED_MODEL = "embedded-sympy"


class ModelMissing(Exception):
    """No model can answer; the text is a sentence for the person who started the stack."""


@dataclass(frozen=True)
class Model:
    """A model's host and name, and whether it is the embedded one."""

    host: str
    name: str
    embedded: bool = False
    context_length: int | None = None
    """Tokens that it was trained for, as ``/api/show`` says; None where the host does not say."""


def context_hint(model: Model, num_ctx: int, num_predict: int) -> str | None:
    """What to set where *model* was trained for a shorter context than ``NUM_CTX``; None where nothing is to be set."""
    has = model.context_length
    if has is None or has >= num_ctx:
        return None
    predict = "" if num_predict < has else f" NUM_PREDICT={has // 2}"
    return f"{model.name} was trained for a context of {has} tokens, NUM_CTX is {num_ctx}: set NUM_CTX={has}{predict}."


async def choose_model(environ: Mapping[str, str], default_name: str) -> Model | None:
    """The model of ``OLLAMA_HOST`` and ``MODEL_NAME``, or of an Ollama on its default port; ``None``: the embedded one.

    A host of ``OLLAMA_HOST`` that answers, but to neither ``/api/tags`` nor ``/api/show``, is taken at its word: what
    stands before a model host may pass only generations on.

    Raises:
        ModelMissing: ``OLLAMA_HOST`` is set, but nothing answers there or it has no such model.
    """
    name = environ.get("MODEL_NAME") or default_name
    asked = environ.get("OLLAMA_HOST", "").strip().rstrip("/")
    async with httpx.AsyncClient(trust_env=False) as http:
        if asked:
            await _check(http, asked, name)
            return Model(asked, name, context_length=await _context_length(http, asked, name))
        try:
            names = await _models(http, DEFAULT_HOST, timeout=1.0)
        except (httpx.HTTPError, ValueError, KeyError, TypeError):
            return None
        if not _has(names, name):
            return None
        return Model(DEFAULT_HOST, name, context_length=await _context_length(http, DEFAULT_HOST, name))


async def _check(http: httpx.AsyncClient, host: str, name: str) -> None:
    if not _is_address(host):
        raise ModelMissing(f"OLLAMA_HOST is {host}, but it must be an address such as {DEFAULT_HOST}.")
    try:
        try:
            names = await _models(http, host, timeout=10.0)
        except (httpx.HTTPStatusError, ValueError, KeyError, TypeError):
            shown = await http.post(f"{host}/api/show", json={"model": name}, timeout=10.0)
            if (
                shown.status_code == httpx.codes.NOT_FOUND
                and "not found" in shown.text
                and name in shown.text
            ):
                raise ModelMissing(f"The model host {host} does not have the model {name}.") from None
            return
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise ModelMissing(
            f"OLLAMA_HOST is {host}, but no Ollama answers there ({type(error).__name__})."
        ) from error
    if not _has(names, name):
        there = ", ".join(names[:10]) or "no model at all"
        raise ModelMissing(f"The model host {host} does not have the model {name}; it has {there}.")


def _is_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


async def _models(http: httpx.AsyncClient, host: str, timeout: float) -> list[str]:
    response = await http.get(f"{host}/api/tags", timeout=timeout)
    return [str(model["name"]) for model in response.raise_for_status().json()["models"]]


async def _context_length(http: httpx.AsyncClient, host: str, name: str) -> int | None:
    """Tokens that the model was trained for; it is only for a hint, so whatever goes wrong is None."""
    try:
        shown = await http.post(f"{host}/api/show", json={"model": name}, timeout=5.0)
        values = shown.raise_for_status().json()["model_info"]
        found = values[f"{values['general.architecture']}.context_length"]
    except (httpx.HTTPError, ValueError, KeyError, TypeError):
        return None
    return found if isinstance(found, int) and found > 0 else None


def _has(names: list[str], name: str) -> bool:
    return name in names or f"{name}:latest" in names
