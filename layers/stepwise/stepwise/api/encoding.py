"""JSON as this API sends it."""

from __future__ import annotations

import json
from typing import Any

__all__ = ["json_bytes"]


def json_bytes(value: Any) -> bytes:
    """JSON in UTF-8 on one line; half of a surrogate pair, which UTF-8 cannot say, becomes a question mark."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
