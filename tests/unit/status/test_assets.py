"""The playground's files as they are sent, and what is vendored among them."""

from __future__ import annotations

import gzip
import importlib.util
import re
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[3]
FOLDER = ROOT / "functions/status/playground"
MOST_BYTES = 500_000


def _module(path: Path) -> Any:
    spec = importlib.util.spec_from_file_location(f"playground_{path.stem}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look it up
    spec.loader.exec_module(module)
    return module


assets = _module(ROOT / "functions/status/assets.py")
vendor = _module(ROOT / "infra/vendor.py")


@pytest.fixture(scope="module")
def files() -> dict[str, Any]:
    found: dict[str, Any] = assets.playground(FOLDER)
    return found


def test_all_that_the_page_may_load_is_under_500_kb_compressed(files: dict[str, Any]) -> None:
    sizes = {name: len(gzip.compress(asset.text.encode(), 6)) for name, asset in files.items()}
    assert sum(sizes.values()) < MOST_BYTES, sizes


def test_the_page_names_only_files_that_are_there(files: dict[str, Any]) -> None:
    page = assets.playground_page(files, "v1").text
    named = set(re.findall(r'"playground/v1/([^"]+)"', page))
    assert {"app.js", "style.css", "katex.css", "katex.js", "icon.svg"} <= named <= set(files)
    assert "VERSION" not in page
    assert "MODULES" not in page


def test_modules_import_only_modules_that_are_there(files: dict[str, Any]) -> None:
    own = {name: asset.text for name, asset in files.items() if (FOLDER / name).exists()}
    imported = {
        found
        for text in own.values()
        for found in re.findall(r'^import .*?"\./([\w.-]+)";$', text, re.MULTILINE)
    }
    assert {"katex.js", "purify.js", "marked.js"} <= imported <= set(files)


def test_no_file_of_ours_names_another_host(files: dict[str, Any]) -> None:
    for name in files:
        if (FOLDER / name).exists():
            hosts = set(re.findall(r"https?://([\w.-]+)", files[name].text))
            assert hosts <= {"www.w3.org", "html.spec.whatwg.org"}, name


def test_the_policy_allows_no_inline_script_style_or_other_host() -> None:
    policy = assets.PAGE_HEADERS["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "http" not in policy
    assert "*" not in policy
    assert {"default-src 'none'", "script-src 'self'", "style-src 'self'"} <= set(policy.split("; "))


def test_another_text_makes_another_version(tmp_path: Path) -> None:
    (tmp_path / "vendor").mkdir()
    (tmp_path / "a.js").write_text("1")
    before = assets.playground(tmp_path)
    (tmp_path / "a.js").write_text("2")
    after = assets.playground(tmp_path)
    assert assets.version_of(before) != assets.version_of(after)
    assert before["a.js"].etag != after["a.js"].etag
    assert assets.version_of(after) == assets.version_of(assets.playground(tmp_path))


@pytest.mark.parametrize(
    ("header", "known"),
    [
        ('"x"', True),
        ('W/"x"', True),
        ('"a", "x"', True),
        ("*", True),
        ('"a"', False),
        ("x", False),
        ("", False),
    ],
)
def test_a_validator_matches_weakly_and_in_lists(header: str, known: bool) -> None:
    assert assets.Asset("text", "text/plain", '"x"').matches(header) is known


def test_what_is_vendored_is_what_the_manifest_says() -> None:
    assert vendor.changed_files() == []


def test_a_changed_vendored_file_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for path in (FOLDER / "vendor").iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    with (tmp_path / "purify.js").open("a") as file:
        file.write("fetch('/');")
    (tmp_path / "more.js").write_text("")
    (tmp_path / "marked.js").unlink()
    monkeypatch.setattr(vendor, "FOLDER", tmp_path)
    assert vendor.changed_files() == ["marked.js", "more.js", "purify.js"]


def test_every_vendored_library_has_its_licence_beside_it() -> None:
    for package in vendor.PACKAGES:
        assert len((FOLDER / f"vendor/{package.name}-LICENSE.txt").read_text("utf-8")) > 500


def test_both_languages_word_the_same_things() -> None:
    text = (FOLDER / "words.js").read_text("utf-8")
    parts = re.findall(r"const (en|zh) = \{(.*?)\n\};", text, re.DOTALL)
    keys = {name: re.findall(r'(?:^|[,{]\s*|\n\s*)"?([\w.-]+)"?: "', body) for name, body in parts}
    assert len(keys["en"]) > 150
    assert keys["en"] == keys["zh"]


def test_every_wording_that_is_used_exists() -> None:
    text = (FOLDER / "words.js").read_text("utf-8")
    used = {
        key
        for path in FOLDER.glob("*.*")
        for key in re.findall(
            r"""(?:\bt: |data-t(?:-label|-hint)?=|\blabel: |\bhint: )"([\w.-]+)\"""", path.read_text("utf-8")
        )
    }
    assert len(used) > 60
    assert [key for key in sorted(used) if f'"{key}": ' not in text and f" {key}: " not in text] == []
