"""The playground in Chromium, driven by Playwright, with the actions of a user."""

from __future__ import annotations

import contextlib
import io
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
from playwright.sync_api import Browser, ConsoleMessage, Dialog, Locator, Page, Playwright, expect

__all__ = [
    "RUN",
    "SCREENSHOTS",
    "Playground",
    "answer_first",
    "chromium",
    "launched",
    "opened",
    "shown_programs",
]

SCREENSHOTS = Path(__file__).resolve().parents[2] / ".local/screenshots"
_NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
"""The first one is the same engine without a window's parts, and takes half the time."""

_PATIENCE_MS = 90_000
_EXPECTED_ERRORS = ("Failed to load resource",)
"""Chromium's console message for a response that is not 2xx."""

_SETTINGS = {"locale": "en-GB", "viewport": {"width": 1280, "height": 860}, "reduced_motion": "reduce"}


def chromium() -> str | None:
    """Path of the browser: ``CHROMIUM``, or the first one on the path."""
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, _NAMES)), None)


def answer_first(base_url: str) -> None:
    """Have a problem solved: the first answer of a stack waits for its functions to start and to import SymPy."""
    reply = httpx.post(
        f"{base_url}/v1/math/solve",
        json={"problem": "What is 1 + 1?"},
        headers={"x-api-key": "demo-key", "Prefer": "wait=60"},
        timeout=120,
        trust_env=False,
    )
    reply.raise_for_status()


def launched(playwright: Playwright) -> Browser:
    # The sandbox needs user namespaces, which containers do not have; the pages are our own.
    arguments = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
    return playwright.chromium.launch(executable_path=chromium(), args=arguments)


@dataclass
class Playground:
    """A user's page. *complaints* are the errors and policy violations in the browser's console."""

    page: Page
    base_url: str
    complaints: list[str] = field(default_factory=list)

    def open(self, view: str = "solve", *, key: str | None = "demo-key") -> None:
        """Open *view*; a *key* is passed in the address, as in the start banner's link."""
        hash_ = f"#key={quote(key)}" if key else f"#{view}"
        self.page.goto(f"{self.base_url}/playground{hash_}")
        self.page.wait_for_selector("html[data-ready]")
        if key and view != "solve":
            self.go(view)

    def go(self, view: str) -> None:
        self.page.locator(f"nav a[data-view={view}]").click()
        expect(self.view(view)).to_be_visible()

    def view(self, name: str) -> Locator:
        return self.page.locator(f"#view-{name}")

    def ask(self, text: str, view: str = "solve") -> None:
        """Type *text* into the first field of *view* and send it."""
        here = self.view(view)
        here.locator("textarea").first.fill(text)
        here.locator("button[type=submit]").click()

    def answer(self, view: str = "solve") -> Locator:
        """The answer, once it is complete."""
        found = self.view(view).locator(".answer, .turn.assistant:has(.imprint)").last
        found.wait_for(timeout=_PATIENCE_MS)
        return found

    def failure(self, view: str = "solve") -> Locator:
        """The error that the page shows."""
        found = self.view(view).locator(".failure").last
        found.wait_for(timeout=_PATIENCE_MS)
        return found

    def screenshot(self, name: str) -> None:
        """Save a screenshot for review by people."""
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=str(SCREENSHOTS / f"{name}.png"), full_page=True)

    def refuse(self, dialog: Dialog) -> None:
        self.complaints.append(f"a dialog: {dialog.message}")
        dialog.dismiss()

    def hear(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not message.text.startswith(_EXPECTED_ERRORS):
            self.complaints.append(message.text)


@contextlib.contextmanager
def opened(browser: Browser, base_url: str, **settings: Any) -> Iterator[Playground]:
    """A page in a new browser context without stored data; *settings* are those of the context."""
    context = browser.new_context(**{**_SETTINGS, **settings})
    context.set_default_timeout(_PATIENCE_MS)
    try:
        page = context.new_page()
        playground = Playground(page, base_url)
        page.on("console", playground.hear)
        page.on("pageerror", lambda error: playground.complaints.append(str(error)))
        page.on("dialog", playground.refuse)
        yield playground
    finally:
        context.close()


# The programs under "Show request", run for real; their key is STEPWISE_KEY


def shown_programs(page: Page) -> dict[str, str]:
    """The programs of the drawer that is open, by their tabs."""
    drawer = page.locator("#request-dialog")
    sources = {}
    for tab in RUN:
        drawer.get_by_role("tab", name=tab).click()
        sources[tab] = drawer.locator(".source").inner_text()
    return sources


def run_by_shell(source: str, _: Page) -> str:
    process = subprocess.run(["bash", "-c", source], capture_output=True, text=True, check=True, timeout=60)
    return process.stdout


def run_by_python(source: str, _: Page) -> str:
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        exec(compile(source, "shown", "exec"), {"__name__": "__main__"})  # noqa: S102 - that they run is the test
    return said.getvalue()


def run_by_browser(source: str, page: Page) -> str:
    """As Node runs a module, in a page of the same origin, where no policy forbids code out of text."""
    plain = page.context.new_page()
    plain.goto(page.url.partition("/playground")[0] + "/openapi.json")
    said: str = plain.evaluate(
        """async (source) => {
            const said = [];
            const module = Object.getPrototypeOf(async function () {}).constructor;
            const process = { env: { STEPWISE_KEY: "demo-key" } };
            const console = { log: (value) => said.push(JSON.stringify(value)) };
            await new module("process", "console", source)(process, console);
            return said.join("");
        }""",
        source,
    )
    plain.close()
    return said


RUN: dict[str, Callable[[str, Page], str]] = {
    "curl": run_by_shell,
    "Python · httpx": run_by_python,
    "Python · openai": run_by_python,
    "JavaScript": run_by_browser,
}
"""How each is run; what it prints."""
