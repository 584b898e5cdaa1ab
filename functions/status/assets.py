"""Static files of the pages: read once, with a version made of their contents, and ETags."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

__all__ = ["PAGE_HEADERS", "Asset", "playground", "playground_page", "version_of"]

_KINDS = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
}
PAGE_HEADERS = {
    "Content-Security-Policy": "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "img-src 'self'",
            "font-src data:",
            "connect-src 'self'",
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'none'",
            "require-trusted-types-for 'script'",
            "trusted-types dompurify",
        )
    ),
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
}
"""Headers of the page; its policy allows only its own files and API, and fonts embedded in its style sheets."""

_PLACEHOLDER = re.compile(r"\b(VERSION|MODULES)\b")


@dataclass(frozen=True)
class Asset:
    """A text file with its content type and ETag."""

    text: str
    kind: str
    etag: str = field(default="")

    def matches(self, if_none_match: str) -> bool:
        """Whether ``If-None-Match`` names this file (weak comparison, RFC 9110, 13.1.2)."""
        known = {tag.strip().removeprefix("W/") for tag in if_none_match.split(",")}
        return "*" in known or self.etag in known


def playground(folder: Path) -> dict[str, Asset]:
    """The playground's files by name, vendored libraries included."""
    paths = [path for path in (*folder.iterdir(), *(folder / "vendor").iterdir()) if path.suffix in _KINDS]
    return {path.name: _asset(path.read_text("utf-8"), path.suffix) for path in sorted(paths)}


def version_of(assets: Mapping[str, Asset]) -> str:
    """A version made of the contents of all files, so that browsers may cache them for ever under it."""
    return _digest("".join(f"{name} {asset.etag}\n" for name, asset in sorted(assets.items())))


def playground_page(assets: Mapping[str, Asset], version: str) -> Asset:
    """The page with its links to files of *version*, and preload links to all its modules.

    It is made from ``index.html`` of *assets*, the playground's files.
    """
    modules = _preloads((name for name in assets if name.endswith(".js")), version)
    values = {"VERSION": version, "MODULES": modules}
    return _asset(_PLACEHOLDER.sub(lambda found: values[found[1]], assets["index.html"].text), ".html")


def _preloads(names: Iterable[str], version: str) -> str:
    return "\n".join(f'<link rel="modulepreload" href="playground/{version}/{name}">' for name in names)


def _asset(text: str, suffix: str) -> Asset:
    return Asset(text, _KINDS[suffix], f'"{_digest(text)}"')


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]
