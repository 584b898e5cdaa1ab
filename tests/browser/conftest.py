"""A browser, and stacks for it to talk to."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from playwright.sync_api import Browser, expect, sync_playwright
from support.browser import Playground, answer_first, chromium, launched, opened
from support.local_stack import LocalStack, local_stack

type Open = Callable[..., Playground]

expect.set_options(timeout=90_000)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if chromium() is None:
        pytest.skip("no Chromium on this machine (apt install chromium-headless-shell)")
    with sync_playwright() as playwright:
        browser = launched(playwright)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def embedded_stack() -> Iterator[LocalStack]:
    """The bundle as `make run` starts it, with its first answer given."""
    with local_stack() as stack:
        answer_first(stack.base_url)
        yield stack


@pytest.fixture
def opens(browser: Browser) -> Iterator[Open]:
    """Opens pages before a stack; at the end none of them may have complained."""
    with ExitStack() as pages:
        playgrounds: list[Playground] = []

        def open_page(base_url: str, **settings: Any) -> Playground:
            playgrounds.append(pages.enter_context(opened(browser, base_url, **settings)))
            return playgrounds[-1]

        yield open_page
        assert [text for playground in playgrounds for text in playground.complaints] == []
