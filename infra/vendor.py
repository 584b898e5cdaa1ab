"""Fetch the playground's browser libraries from npm at pinned versions: `make vendor`.

The files are committed, so that neither a build nor a clone needs Node or a network. ``--check`` compares what is
committed with the digests in the manifest, without a network. Fonts become data URIs in the style sheets: a REST API
passes text as it is, but files of bytes only with a binary media type for every path.
"""

from __future__ import annotations

import base64
import hashlib
import io
import json
import re
import subprocess
import sys
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path

__all__ = ["FOLDER", "PACKAGES", "changed_files", "main"]

FOLDER = Path(__file__).parent.parent / "functions/status/playground/vendor"
MANIFEST = "vendor.json"


@dataclass(frozen=True)
class Package:
    """One npm package: its version, npm's own digest of it (Subresource Integrity), and the files that are taken."""

    name: str
    version: str
    integrity: str
    licence: str
    files: dict[str, str]
    """Name here by name inside the package."""


PACKAGES = (
    Package(
        "katex",
        "0.19.1",
        "sha512-jG8uKntjSEcm2EpQOh0XturpPuuC9r3Sq5HLHdsFdWZT27E672SF19QEi+of0/YeOy15lDgRhKvr5614uRrEfA==",
        "MIT; its fonts SIL OFL 1.1",
        {"dist/katex.min.js": "katex.js"},
    ),
    Package(
        "marked",
        "18.2.1",
        "sha512-ii4bxCTCqqwpT86XZWgJNs+ZnAIZksmLGYMViWA7PDIXYIeNo1x6cDdX3JOip9NM/cI6p8z57FxliACboTruMA==",
        "MIT",
        {"lib/marked.esm.js": "marked.js"},
    ),
    Package(
        "dompurify",
        "3.5.0",
        "sha512-LYC0ZkE8P1V42JsRYTwMdme/2ET8SpOc5AA2eOFjP/IadvRd2fwiT4TVz5vkfy0XUx12aS2UaRkTnfVPNOv9vw==",
        "MPL-2.0 OR Apache-2.0",
        {"dist/purify.min.js": "purify.js"},
    ),
)
# What every formula needs, and what some do: the second style sheet is loaded when the page stands.
FONTS = {
    "katex.css": (
        "Main-Regular",
        "Math-Italic",
        "Size1-Regular",
        "Size2-Regular",
        "Size3-Regular",
        "Size4-Regular",
    ),
    "katex-more.css": (
        "AMS-Regular",
        "Caligraphic-Regular",
        "Fraktur-Regular",
        "Main-Bold",
        "Main-Italic",
        "Math-BoldItalic",
        "SansSerif-Regular",
        "Script-Regular",
        "Typewriter-Regular",
    ),
}
_FONT_FACE = re.compile(r"@font-face\{[^}]*fonts/KaTeX_([\w-]+)\.woff2[^}]*\}")
_SOURCES = re.compile(r"src:[^;}]*")
_SOURCE_MAP = re.compile(rb"\n?//# sourceMappingURL=\S+\s*$")


def main(arguments: list[str]) -> int:
    """Vendor the files, or say which ones differ from the manifest; the exit code."""
    if arguments == ["--check"]:
        changed = changed_files()
        for name in changed:
            sys.stderr.write(f"vendor/{name} is not what make vendor writes.\n")
        return 1 if changed else 0
    FOLDER.mkdir(parents=True, exist_ok=True)
    written: dict[str, bytes] = {}
    for package in PACKAGES:
        content = _fetched(package)
        written |= {name: _SOURCE_MAP.sub(b"\n", content[path]) for path, name in package.files.items()}
        written[f"{package.name}-LICENSE.txt"] = content["LICENSE" if "LICENSE" in content else "LICENSE.md"]
        if package.name == "katex":
            written |= _style_sheets(content)
    for name, data in written.items():
        (FOLDER / name).write_bytes(data)
    manifest = {
        "packages": [
            {"name": p.name, "version": p.version, "licence": p.licence, "integrity": p.integrity}
            for p in PACKAGES
        ],
        "files": {name: hashlib.sha256(data).hexdigest() for name, data in sorted(written.items())},
    }
    (FOLDER / MANIFEST).write_text(json.dumps(manifest, indent=1) + "\n", "utf-8")
    return 0


def changed_files() -> list[str]:
    """Names of vendored files that are missing, differ from the manifest's digest, or that it does not list."""
    wanted = json.loads((FOLDER / MANIFEST).read_text("utf-8"))["files"]
    there = {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in FOLDER.iterdir()
        if path.name != MANIFEST
    }
    return sorted(name for name in wanted.keys() | there.keys() if wanted.get(name) != there.get(name))


def _fetched(package: Package) -> dict[str, bytes]:
    """The package's files by their names inside it; npm finds the registry.

    Raises:
        SystemExit: what came has another digest.
    """
    with tempfile.TemporaryDirectory() as folder:
        command = ["npm", "pack", "--silent", f"{package.name}@{package.version}"]
        subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)  # noqa: S603 - fixed arguments
        data = next(Path(folder).glob("*.tgz")).read_bytes()
    digest = "sha512-" + base64.b64encode(hashlib.sha512(data).digest()).decode()
    if digest != package.integrity:
        raise SystemExit(f"{package.name} {package.version} has the digest {digest}, not the pinned one.")
    with tarfile.open(fileobj=io.BytesIO(data)) as archive:
        files = {member.name: archive.extractfile(member) for member in archive if member.isfile()}
        return {name.removeprefix("package/"): file.read() for name, file in files.items() if file}


def _style_sheets(katex: dict[str, bytes]) -> dict[str, bytes]:
    """KaTeX's style sheet with the fonts that every formula needs in it, and one with the others."""
    css = katex["dist/katex.min.css"].decode()
    faces = {found[1]: found[0] for found in _FONT_FACE.finditer(css)}
    rules = _FONT_FACE.sub("", css)
    sheets = {
        sheet: "".join(_embedded(faces[name], katex[f"dist/fonts/KaTeX_{name}.woff2"]) for name in names)
        for sheet, names in FONTS.items()
    }
    sheets["katex.css"] += rules
    return {name: (text + "\n").encode() for name, text in sheets.items()}


def _embedded(face: str, font: bytes) -> str:
    data = base64.b64encode(font).decode()
    return _SOURCES.sub(lambda _: f"src:url(data:font/woff2;base64,{data}) format('woff2')", face, count=1)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
