"""The playground over HTTP: where it is, and how its files are sent."""

from __future__ import annotations

import re
from typing import Any

import pytest

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


@pytest.fixture(scope="module")
def page(embedded: Any) -> Any:
    return embedded.http.get("/playground")


def test_a_browser_at_the_root_is_sent_to_the_playground(embedded: Any) -> None:
    response = embedded.http.get("/", headers={"Accept": BROWSER})
    assert response.status_code == 303
    assert str(response.next_request.url) == f"{embedded.stack.base_url}/playground"
    assert response.headers["vary"] == "Accept"


@pytest.mark.parametrize("accept", ["*/*", "application/json", "application/json, text/html"])
def test_a_program_at_the_root_gets_json(embedded: Any, accept: str) -> None:
    response = embedded.http.get("/", headers={"Accept": accept})
    assert response.status_code == 200
    assert "/playground" in response.json()["endpoints"]
    assert response.headers["vary"] == "Accept"


def test_the_page_needs_no_key_and_may_run_only_its_own_scripts(embedded: Any, page: Any) -> None:
    assert page.status_code == 200
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    policy = page.headers["content-security-policy"]
    assert "script-src 'self';" in policy
    assert "unsafe" not in policy
    assert not re.search(r"<script(?![^>]*\bsrc=)|\son\w+=|style=", page.text)


def test_every_file_that_the_page_names_is_sent_compressed_and_may_be_kept(embedded: Any, page: Any) -> None:
    named = re.findall(r'(?:href|src)="(playground/[^"]+)"', page.text)
    assert len(named) > 20
    for path in named:
        response = embedded.http.get(f"/{path}")
        assert response.status_code == 200, path
        assert response.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert response.headers["x-content-type-options"] == "nosniff"
        if path.endswith(".js"):
            assert response.headers["content-type"] == "text/javascript; charset=utf-8"
        if len(response.content) >= 1024:
            assert response.headers["content-encoding"] == "gzip", path


def test_a_file_that_the_client_has_is_not_sent_again(embedded: Any, page: Any) -> None:
    etag = page.headers["etag"]
    again = embedded.http.get("/playground", headers={"If-None-Match": etag})
    assert again.status_code == 304
    assert again.content == b""
    assert again.headers["etag"] == etag


def test_a_page_of_another_version_gets_a_file_that_it_may_not_keep(embedded: Any) -> None:
    response = embedded.http.get("/playground/0123456789abcdef/app.js")
    assert response.status_code == 200
    assert response.headers["cache-control"] == "no-cache"


@pytest.mark.parametrize("name", ["nothing.js", "index.html%00", "..%2Fhandler.py", "assets.py"])
def test_nothing_else_is_sent(embedded: Any, name: str) -> None:
    response = embedded.http.get(f"/playground/v/{name}")
    assert response.status_code == 404
    assert response.json()["code"] == "not_found"


def test_an_address_with_a_slash_at_its_end_is_sent_to_the_one_without(embedded: Any) -> None:
    response = embedded.http.get("/playground/")
    assert response.status_code == 308
    assert str(response.next_request.url) == f"{embedded.stack.base_url}/playground"


def test_a_client_that_takes_no_compression_gets_none(embedded: Any, page: Any) -> None:
    path = re.findall(r'src="(playground/[^"]+app\.js)"', page.text)[0]
    response = embedded.http.get(f"/{path}", headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in response.headers
    assert "import" in response.text
