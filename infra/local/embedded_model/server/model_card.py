"""What the server says about its one model: its names and the bodies that describe it.

Shapes are those recorded from Ollama 0.24; the values say that there is no network behind them.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from typing import Any

from embedded_model import MODEL

__all__ = ["TAGGED", "knows", "resident", "show", "tag", "timestamp"]

TAGGED = f"{MODEL}:latest"
_MODIFIED = datetime(2026, 1, 1, tzinfo=UTC)
_DIGEST = hashlib.sha256(MODEL.encode()).hexdigest()
_CONTEXT_LENGTH = 131_072


def knows(name: str) -> bool:
    """Whether *name* means the embedded model; ``:latest`` may be left out, and case does not count."""
    return name.lower() in {MODEL, TAGGED}


def timestamp(moment: datetime) -> str:
    """*moment* as Go writes it: RFC 3339 in UTC, with a Z."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _details() -> dict[str, Any]:
    """The ``details`` object of tags, ps and show."""
    return {
        "parent_model": "",
        "format": "sympy",
        "family": "sympy",
        "families": ["sympy"],
        "parameter_size": "0",
        "quantization_level": "exact",
    }


def tag() -> dict[str, Any]:
    """The model's entry in ``/api/tags``."""
    return {
        "name": TAGGED,
        "model": TAGGED,
        "modified_at": timestamp(_MODIFIED),
        "size": 0,
        "digest": _DIGEST,
        "details": _details(),
    }


def resident(expires_at: datetime, num_ctx: int) -> dict[str, Any]:
    """The model's entry in ``/api/ps``; *num_ctx* in tokens."""
    return {
        "name": TAGGED,
        "model": TAGGED,
        "size": 0,
        "digest": _DIGEST,
        "details": _details(),
        "expires_at": timestamp(expires_at),
        "size_vram": 0,
        "context_length": num_ctx,
    }


def show() -> dict[str, Any]:
    """The body of ``/api/show``: completion only, so that ``think`` is refused as the real model refuses it."""
    return {
        "details": _details(),
        "capabilities": ["completion"],
        "parameters": "",
        "template": "{{- range .Messages }}{{ .Role }}: {{ .Content }}\n{{ end }}",
        "modified_at": timestamp(_MODIFIED),
        "model_info": {
            "general.architecture": "sympy",
            "general.basename": MODEL,
            "general.license": "mit-0",
            "general.parameter_count": 0,
            "general.type": "model",
            "sympy.context_length": _CONTEXT_LENGTH,
        },
    }
